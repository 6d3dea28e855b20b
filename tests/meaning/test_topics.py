"""Topics: planted groups come back, named by their own words; a project keeps them and says when they are out of date."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from curation.cli.main import main
from curation.errors import UsageError
from curation.meaning import topics
from curation.project import Project
from curation.project.jobs import FindTopics
from curation.records import Filter

THINGS = {
    "garden": (
        "plant the tomato seeds",
        "water the rose bush",
        "prune the apple tree",
        "compost for the vegetable bed",
    ),
    "kitchen": ("bake the bread dough", "boil the pasta", "fry an egg", "season the soup with salt"),
    "مطبخ": ("اطبخ الأرز مع الدجاج", "اخبز الخبز"),
    "厨房": ("怎么煮米饭", "怎么做红烧肉"),
}


@pytest.fixture
def rows(tmp_path: Path) -> Project:
    lines = [f"{text} on day {n},{label}" for n in range(12) for label, texts in THINGS.items() for text in texts]
    path = tmp_path / "things.csv"
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(tmp_path / "things", create=True)
    project.examples.load(path)
    return project


def planted() -> tuple[np.ndarray, list[str]]:
    """Three directions with 30, 20 and 10 rows about them, and one row without a vector."""
    draw = np.random.default_rng(5)
    centres = np.repeat(np.eye(3, 8), (30, 20, 10), axis=0)
    vectors = centres + draw.normal(scale=0.05, size=(60, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = ["the kayak and the river"] * 30 + ["the violin and the bow"] * 20 + ["the"] * 10
    return np.vstack([vectors, np.full((1, 8), np.nan)]).astype(np.float32), [*names, ""]


def test_planted_groups_come_back_the_largest_first_named_by_words_of_their_own() -> None:
    vectors, texts = planted()
    of, nearness = topics.grouped(vectors, 3, seed=1)
    assert of.tolist() == [0] * 30 + [1] * 20 + [2] * 10 + [topics.NONE]
    assert np.isnan(nearness[-1])
    assert (nearness[:60] > 0.9).all()
    again, _ = topics.grouped(vectors, 3, seed=1)
    assert (again == of).all()
    found = topics.described(of, nearness, topics.counted(of, texts))
    assert [topic.rows for topic in found] == [30, 20, 10]
    assert "kayak" in found[0].name
    assert "violin" in found[1].name
    assert found[2].name == "“the”"  # no word of its own: its most central row
    assert all(of[place] == number for number, topic in enumerate(found) for place in topic.central)


def test_a_name_that_fits_too_few_rows_gives_way_to_the_central_rows() -> None:
    draw = np.random.default_rng(7)
    of, nearness = np.repeat([0, 1, 2], (40, 20, 20)), np.ones(80, np.float32)
    nearness[:4] = 1.1
    talk = [f"{' '.join(draw.permutation(list('abcdefghijklmnop'))[:3])} said {n}" for n in range(40)]
    talk[:4] = ["how are you", "who made you", "how old are you", "are you well"]
    texts = talk + [f"tune a violin {n}" for n in range(20)] + [f"paddle a kayak {n}" for n in range(20)]
    found = topics.described(of, nearness, topics.counted(of, texts))
    assert found[0].name == "“how are you” / “who made you”"
    assert [set(topic.name.split(", ")) & {"violin", "kayak"} for topic in found[1:]] == [{"violin"}, {"kayak"}]


def test_topics_with_the_same_words_are_told_apart_by_their_central_rows() -> None:
    said = ["kayak? yes", "kayak! yes", *(f"the {word} of today" for word in ("violin", "soup", "tax", "rose"))]
    texts, of = [text for text in said for _ in range(10)], np.repeat(np.arange(6), 10)
    found = topics.described(of, np.ones(60, np.float32), topics.counted(of, texts))
    assert [topic.name for topic in found[:2]] == ["kayak, yes: “kayak? yes”", "kayak, yes: “kayak! yes”"]
    assert len({topic.name for topic in found}) == 6


def test_a_part_is_named_by_what_tells_it_from_the_rest_of_its_topic() -> None:
    of, part = np.repeat([0, 1, 2], (40, 20, 20)), np.repeat([3, 4, topics.NONE], (20, 20, 40))
    texts = [f"vacation days left {n}" for n in range(20)] + [f"request my vacation {n}" for n in range(20)]
    texts += [f"tune a violin {n}" for n in range(20)] + [f"paddle a kayak {n}" for n in range(20)]
    found = topics.described(part, np.ones(80, np.float32), topics.counted(of, texts), of)
    assert found[0].name.startswith(("days", "left"))
    assert found[1].name.startswith(("request", "my"))


def test_a_name_in_a_script_without_spaces_holds_whole_phrases() -> None:
    asked = ("怎么煮米饭", "汤里要放多少盐", "我想买一张火车票")
    texts = [f"{text} {n}" for text in asked for n in range(20)]
    of = np.repeat(np.arange(3), 20)
    names = [topic.name for topic in topics.described(of, np.ones(60, np.float32), topics.counted(of, texts))]
    assert names[0] == "怎么煮米饭"
    assert all(part in text for name, text in zip(names, asked, strict=True) for part in name.split(", "))


def test_few_rows_equal_rows_and_none() -> None:
    empty = np.empty((0, 8), np.float32)
    none = np.empty(0, np.int64)
    assert topics.described(*topics.grouped(empty, 5, 0), topics.counted(none, [])) == []
    same = np.repeat(np.eye(1, 8, dtype=np.float32), 4, axis=0)
    of, nearness = topics.grouped(same, 3, 0)
    (only,) = topics.described(of, nearness, topics.counted(of, ["a kite"] * 4))
    assert (only.rows, only.name) == (4, "“a kite”")
    assert [topics.how_many(n) for n in (1, 100, 10_000, 10**7)] == [1, 2, 25, 60]


def test_a_topic_is_a_filter_and_changes_are_said(rows: Project) -> None:
    with pytest.raises(UsageError, match="no topics here yet"):
        rows.meaning.placed(Filter(topic=0))
    rows.meaning.find_topics()
    found = rows.meaning.topics.all()
    assert sum(topic.rows for topic in found) == 144
    assert not rows.meaning.topics.is_stale()
    for topic in found:
        filter = rows.meaning.placed(Filter(topic=topic.number))
        assert rows.rows.stored.counts(filter) == (topic.rows, topic.undecided)
        first = rows.rows.stored.page(filter, "nearest", None, 1)[0]
        assert first.example.id == topic.central[0].id
        counted = {
            label: rows.rows.stored.counts(rows.meaning.placed(Filter(topic=topic.number, label=label)))[0]
            for label, _ in topic.labels
        }
        assert counted == dict(topic.labels)
    searched = rows.meaning.placed(Filter(topic=0, text="soup", search="meaning"))
    whole = rows.meaning.placed(Filter(topic=0)).among or ()
    assert searched.among
    assert set(searched.among) <= set(whole)
    assert rows.rows.stored.counts(rows.meaning.placed(Filter(topic=0, text="zebra", search="words"))) == (0, 0)
    with pytest.raises(UsageError, match="no topic 99"):
        rows.meaning.placed(Filter(topic=99))
    id = found[0].central[0].id
    rows.decisions.decide(id, "accept", 0, "", "Ann")
    assert not rows.meaning.topics.is_stale()
    assert rows.meaning.topics.all()[0].undecided == found[0].undecided - 1
    rows.decisions.decide(id, "edit", 1, json.dumps({"input": "sail the boat"}), "Ann")
    assert rows.meaning.topics.is_stale()
    rows.meaning.find_topics()
    assert not rows.meaning.topics.is_stale()
    before = (rows.folder / "vectors" / "topics.parquet").read_bytes()
    rows.meaning.find_topics()
    assert (rows.folder / "vectors" / "topics.parquet").read_bytes() == before


def test_the_job_and_the_command_find_them(rows: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert FindTopics().run(rows, lambda done, message: None) == {"topics": 3}
    assert main(["topics", "--project", str(rows.folder), "--json", "--quiet"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [topic["name"] for topic in said] == rows.meaning.topics.names()
    assert sum(topic["rows"] for topic in said) == 144
    assert main(["topics", "--project", str(rows.folder), "--quiet"]) == 0
    assert said[0]["name"] in capsys.readouterr().out


def test_a_large_topic_has_topics_within_it() -> None:
    draw = np.random.default_rng(6)
    centres = np.repeat(np.eye(4, 16), (600, 150, 40, 10), axis=0)
    centres[:600, 8 + np.arange(600) % 6] += 0.6
    vectors = (centres + draw.normal(scale=0.03, size=centres.shape)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    of, _ = topics.grouped(vectors, 4, seed=1)
    part, nearness = topics.parted(vectors, of, seed=1)
    sizes = np.bincount(of)
    is_large = sizes[of] >= topics.LARGE
    assert is_large.any()
    assert not is_large.all()
    assert ((part == topics.NONE) == ~is_large).all()
    assert np.unique(part[is_large]).tolist() == list(range(len(sizes), len(sizes) + len(np.unique(part[is_large]))))
    assert all(len(np.unique(of[part == one])) == 1 for one in np.unique(part[is_large]))
    assert (nearness[is_large] > 0.8).all()


def test_a_name_that_people_gave_is_kept_when_rows_are_added(rows: Project, tmp_path: Path) -> None:
    rows.meaning.find_topics()
    found = rows.meaning.topics.all()
    chosen = found[1]
    rows.meaning.topics.rename(chosen.number, "  Cooking  at home ")
    assert rows.meaning.topics.names()[chosen.number] == "Cooking at home"
    assert not rows.meaning.topics.is_stale()
    held = set(rows.meaning.topics.numbers(chosen.number).tolist())
    more = tmp_path / "more.csv"
    lines = [f"mend the bicycle tyre number {n},bicycle" for n in range(60)]
    more.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    rows.examples.load(more)
    (rows.folder / "vectors" / "topics.parquet").unlink()
    rows.meaning.find_topics()
    again = rows.meaning.topics.names().index("Cooking at home")
    assert len(held & set(rows.meaning.topics.numbers(again).tolist())) > len(held) / 2
    rows.meaning.topics.rename(again, "")
    assert "Cooking at home" not in rows.meaning.topics.names()
    rows.meaning.find_topics()
    assert "Cooking at home" not in rows.meaning.topics.names()
    with pytest.raises(UsageError, match="at most 120"):
        rows.meaning.topics.rename(0, "x" * 121)


def test_the_topic_of_each_row_is_exported_where_asked_for_and_stands_in_the_report(
    rows: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["export", "--project", str(rows.folder), "--out", str(tmp_path / "clean"), "--quiet", "--format", "csv"]
    assert main([*asked, "--topic-column"]) == 2
    assert "no topics here yet" in capsys.readouterr().err
    assert main([*asked]) == 0
    assert "topic" not in pd.read_csv(tmp_path / "clean" / "train.csv").columns
    assert main(["topics", "--project", str(rows.folder), "--quiet"]) == 0
    assert main(["topics", "--project", str(rows.folder), "--quiet", "--rename", "0", "The first"]) == 0
    assert main([*asked, "--topic-column"]) == 0
    written = pd.read_csv(tmp_path / "clean" / "train.csv")
    by_id = rows.meaning.topics.by_id() or {}
    assert list(written["topic"]) == [by_id[id][0] for id in written["id"]]
    for form in ("md", "html", "json"):
        assert "The first" in rows.exports.report(form)
    assert "What is in the set" in rows.exports.report("md")
