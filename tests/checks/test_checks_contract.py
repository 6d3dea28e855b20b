"""What every check promises, whatever the dataset looks like."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from curation.checks import check, is_whole_set, judged_by, run, shards
from curation.errors import Cancelled
from curation.records import DATASET_SCHEMA, FINDINGS_SCHEMA, Clusters, Dataset, dataset
from curation.records.progress import ignore

PLUGINS = check.all()
BY_SHARD = [name for name, plugin in PLUGINS.items() if not is_whole_set(plugin)]
UNICODE = [
    "日本語のテキストです。",
    "Ça va très bien, merci !",
    "مرحبا بالعالم",
    "👩‍👩‍👧 🎉",
    "İstanbul’da ǅ ﬁ",
    "\u200b\u202e\x00\x07",
    "नमस्ते दुनिया",
]


def words(n, seed=1):
    rng = np.random.default_rng(seed)
    vocabulary = ["card", "transfer", "refund", "money", "open", "limit", "lost", "pay", "bank", "fee", "rate", "top"]
    return [" ".join(rng.choice(vocabulary, 7)) for _ in range(n)]


SHAPES = {
    "no_rows": [],
    "one_row": [{"input": "What is the capital of France?", "output": "Paris"}],
    "one_labelled_row": [{"input": "Where is my card?", "label": "card"}],
    "identical_rows": [{"input": "Where is my card?", "label": "card"}] * 40,
    "identical_texts": [{"input": "Tell me a story about a fox.", "output": "Once upon a time a fox ran."}] * 60,
    "empty_strings": [{"input": "", "output": ""}] * 30,
    "empty_labelled": [{"input": "", "label": "a" if n % 2 else "b"} for n in range(40)],
    "no_labels": [{"input": text} for text in words(60)],
    "one_class": [{"input": text, "label": "only"} for text in words(60)],
    "two_random_classes": [{"input": text, "label": "ab"[n % 2]} for n, text in enumerate(words(60))],
    "classes": [
        {"input": f"{text} {'cash machine' if n % 3 else 'plane ticket'}", "label": "ab"[n % 3 == 0] if n % 10 else "b"}
        for n, text in enumerate(words(90))
    ],
    "unicode": [{"input": UNICODE[n % 7] + str(n), "output": UNICODE[(n * 3) % 7]} for n in range(60)],
    "unicode_labels": [{"input": UNICODE[n % 7] + f" {n}", "label": UNICODE[n % 7]} for n in range(70)],
    "symbols": [{"input": "?" * n, "output": "!" * n} for n in range(1, 60)],
    "free_text": [{"input": a, "output": b} for a, b in zip(words(80), words(80, 2), strict=True)],
    "half_answered": [{"input": a, "output": "yes, that is right" if n % 2 else ""} for n, a in enumerate(words(60))],
    "long": [{"input": "word " * 3000, "output": "x" * 20_000}] * 3,
    "broken_meta": [{"input": "a b c d e", "output": "f g h", "meta": '{"messages": "nonsense"}'}] * 5,
}


@pytest.fixture(params=sorted(SHAPES))
def data(request):
    return dataset(SHAPES[request.param])


def outcome(plugin, data, clusters, progress=ignore, seed=0):
    """The findings, or the reason why there are none."""
    result = run(data, clusters, [plugin.name], seed=seed, progress=progress)
    (ran,) = result.runs
    assert ran.status == "done" or not len(result)
    return result if ran.status == "done" else ran.reason


def rows_by_id(result):
    return result if isinstance(result, str) else sorted(result.table.to_pylist(), key=lambda row: row["id"])


def test_every_check_file_is_found():
    assert {"label_noise", "contradictions", "empty"} <= set(PLUGINS)


@pytest.mark.parametrize("name", PLUGINS)
def test_findings_are_well_formed(name, data, alone):
    result = outcome(PLUGINS[name], data, alone(data))
    if isinstance(result, str):
        assert len(result) > 10
        return
    assert result.table.schema == FINDINGS_SCHEMA
    known = set(data.values("id"))
    for row in result.table.to_pylist():
        assert row["check"] == name
        assert row["id"] in known
        assert 0.0 <= row["confidence"] <= 1.0
        assert row["message"].strip()
        assert isinstance(json.loads(row["evidence"]), dict)
        assert row["suggestion"] in ("look", "drop") or row["suggestion"].startswith(("relabel:", "replace:"))
    assert len(set(result.table["id"].to_pylist())) == len(result)
    (run,) = result.runs
    assert (run.check, run.status) == (name, "done")
    assert json.loads(json.dumps(dict(run.summary))) == dict(run.summary)


@pytest.mark.parametrize("name", PLUGINS)
def test_same_result_twice_and_in_any_row_order(name, data, alone):
    clusters = alone(data)
    first = outcome(PLUGINS[name], data, clusters)
    assert rows_by_id(first) == rows_by_id(outcome(PLUGINS[name], data, clusters))
    order = np.random.default_rng(3).permutation(len(data))
    shuffled = Clusters(clusters.table.take(order))
    assert rows_by_id(first) == rows_by_id(outcome(PLUGINS[name], data.take(order), shuffled))


@pytest.mark.parametrize("name", PLUGINS)
@pytest.mark.parametrize("shape", ["classes", "free_text"])
def test_progress_is_told_and_can_stop_the_check(name, shape, alone):
    data = dataset(SHAPES[shape])
    told = []

    def stop(done, message):
        told.append((done, message))
        if message != PLUGINS[name].title:
            raise Cancelled

    if isinstance(outcome(PLUGINS[name], data, alone(data)), str):
        return
    with pytest.raises(Cancelled):
        run(data, alone(data), [name], progress=stop)
    assert all(0.0 <= done <= 1.0 and message for done, message in told)


@pytest.mark.parametrize("name", BY_SHARD)
def test_progress_never_goes_back(name, alone):
    data = dataset(SHAPES["classes"] * 12)
    told = []
    run(data, alone(data), [name], progress=lambda done, message: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1.0


def in_one_and_in_seven(plugin, data, clusters):
    """The findings of a check on the rows in one shard, and in seven."""
    sizes = max(1, len(data)), max(1, -(-len(data) // 7))
    return [judged_by(plugin, shards(data, clusters, rows), plugin.settings, 0, ignore) for rows in sizes]


@pytest.mark.parametrize("name", BY_SHARD)
def test_the_same_in_one_shard_and_in_seven(name, data, alone):
    together, apart = in_one_and_in_seven(PLUGINS[name], data, alone(data))
    assert apart.runs == together.runs
    assert apart.table.to_pylist() == together.table.to_pylist()


@pytest.mark.parametrize("name", sorted(set(PLUGINS) - set(BY_SHARD)))
@pytest.mark.parametrize("shape", ["classes", "free_text"])
def test_a_whole_set_check_finds_the_same_in_seven_shards(name, shape, alone):
    data = dataset(SHAPES[shape])
    together, apart = in_one_and_in_seven(PLUGINS[name], data, alone(data))
    assert apart.runs == together.runs
    assert rows_by_id(apart) == rows_by_id(together)


@pytest.mark.parametrize("name", [name for name, plugin in PLUGINS.items() if "may_match" in plugin.parts])
def test_rows_that_cannot_match_have_no_findings(name, data, alone):
    plugin, clusters = PLUGINS[name], alone(data)
    every_row = replace(
        plugin, parts={part: f for part, f in plugin.parts.items() if part not in ("may_match", "reads")}
    )
    asked, unasked = (judged_by(p, shards(data, clusters), p.settings, 0, ignore) for p in (plugin, every_row))
    assert asked.table.to_pylist() == unasked.table.to_pylist()
    assert asked.runs == unasked.runs


def test_a_shard_has_the_columns_of_its_rows_and_their_clusters(alone):
    data = dataset(SHAPES["classes"])
    clusters = alone(data, {data.values("id")[0]: [data.values("id")[8]]}, 0.9)
    whole = pa.concat_tables([shard.table for shard in shards(data, Clusters(clusters.table.slice(1)), 13)])
    assert Dataset(whole.select(DATASET_SCHEMA.names)).digest == data.digest
    assert whole["similarity"].to_pylist()[8] == 0.9
    assert whole["keeper"].to_pylist()[8] == data.values("id")[0]
    assert whole["cluster"].to_pylist()[0] is None
    binding = whole["binding"].to_pylist()
    assert len(set(binding)) == len(binding)


def test_rows_of_one_cluster_or_group_are_bound(alone):
    rows = [{"id": str(n), "input": f"text {n}", "group": "chat" if n in (1, 5) else None} for n in range(6)]
    data = dataset(rows)
    (shard,) = shards(data, alone(data, {"0": ["1"]}))
    binding = shard.values("binding")
    assert binding[0] == binding[1] == binding[5]
    assert len(set(binding)) == 4


@pytest.mark.parametrize("name", PLUGINS)
def test_help_and_settings_are_documented(name):
    plugin = PLUGINS[name]
    assert len(plugin.help) > 40
    assert plugin.settings is not None
    for option in plugin.settings.__dataclass_fields__.values():
        assert option.metadata["help"]
        if isinstance(option.default, int | float) and not isinstance(option.default, bool):
            assert option.metadata["min"] <= option.default <= option.metadata["max"]
    with pytest.raises(AttributeError):
        plugin.settings.anything = 1
