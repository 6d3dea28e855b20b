"""Checks on other processes find the same as in this one."""

import json
import random

import numpy as np
import pytest
from test_checks_contract import SHAPES

from curation.checks import run, spread
from curation.checks.labels.ranking import Settings as LabelNoise
from curation.checks.spread import Asked, run_on
from curation.engine.local import processes
from curation.records import dataset
from curation.records.progress import ignore, in_turn

FAULTS = [
    "I am sorry, but as an AI language model I cannot help with that.",
    "Write to ada@kant.org",
    "N/A",
    "no no no " * 9,
]


WORDS = ["card", "transfer", "refund", "money", "open", "limit", "lost", "pay", "bank", "fee", "rate", "top"]


def texts():
    """Rows with faults that rule checks find, in a set large enough for those that learn from it."""
    rng, rows = random.Random(4), []
    for n in range(160):
        text = " ".join(rng.choices(WORDS, k=9))
        rows.append({"id": str(n), "input": f"{text} {n}", "output": f"{text} {FAULTS[n % 4] if n % 9 == 0 else '.'}"})
    return dataset(rows)


def labels():
    """Rows of two labels that their words tell apart, some with the wrong one, and one of a third label."""
    rng, rows = random.Random(4), []
    for n in range(160):
        text = " ".join(rng.choices(WORDS[6 * (n % 2) :][:6], k=9))
        label = "c" if n == 75 else "ab"[(n % 2) ^ (n % 31 == 0)]
        rows.append({"id": str(n), "input": f"{text} {FAULTS[1] if n % 9 == 0 else n}", "label": label})
    return dataset(rows)


SAID = ["Where is my card?", "Please refund me", "It is in the post and will be with you in a day or two, I am told."]
FRENCH = "Je ne sais pas quand la carte va arriver chez vous, mais je peux demander."


def chats():
    """Conversations whose turns, languages and calls are wrong here and there; the same is asked again and again."""
    rng, rows = random.Random(6), []
    for n in range(160):
        turns = [
            {"role": "user", "content": f"{SAID[n % 2]} It was sent to me {n % 20} days ago and is not there yet."}
        ]
        turns += [{"role": rng.choice(["assistant", "assistant", "user"]), "content": rng.choice(SAID)} for _ in "ab"]
        turns.append({"role": "assistant", "content": rng.choice(SAID) if n % 19 else FRENCH})
        if n % 7 == 0:
            turns[-1]["tool_calls"] = [{"id": "1", "function": {"name": "look", "arguments": rng.choice(["{}", "{"])}}]
        meta = json.dumps({"messages": turns})
        rows.append({"id": str(n), "input": turns[0]["content"], "output": turns[-1]["content"], "meta": meta})
    return dataset(rows)


@pytest.fixture(scope="module")
def two():
    with processes(2) as engine:
        yield engine


SETS = {"texts": texts, "labels": labels, "chats": chats}


@pytest.mark.parametrize("size", [37, 90])
@pytest.mark.parametrize("name", SETS)
def test_two_processes_and_shards_of_any_size_find_what_this_one_finds(name, size, two, alone, monkeypatch, tmp_path):
    monkeypatch.setattr(spread, "ROWS", size)
    data = SETS[name]()
    # neighbours lie in other shards than the row they are like
    clusters = alone(data, {str(n): [str(n + 80)] for n in range(0, 60, 3)}, 0.8)
    here = run(data, clusters, seed=3)
    there = run_on(two, tmp_path, data, clusters, Asked(seed=3), ignore)
    assert there.runs == here.runs
    assert there.table.to_pylist() == here.table.to_pylist()


def test_the_sets_above_have_faults_of_the_whole_set(alone):
    found = {name: run(make(), alone(make())).table for name, make in SETS.items()}
    assert {"refusal", "pii", "repetition"} <= set(found["texts"]["check"].to_pylist())
    assert {"contradictions", "roles", "tool_calls", "language_mismatch"} <= set(found["chats"]["check"].to_pylist())
    assert {"pii", "label_noise", "class_imbalance"} <= set(found["labels"]["check"].to_pylist())


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_whatever_the_set_looks_like(shape, alone, monkeypatch, tmp_path):
    monkeypatch.setattr(spread, "ROWS", 13)
    data = dataset(SHAPES[shape])
    there, here = run_on(in_turn, tmp_path, data, alone(data), Asked(), ignore), run(data, alone(data))
    assert there.runs == here.runs
    assert there.table.to_pylist() == here.table.to_pylist()


def test_settings_that_cannot_be_sent_are_used_here(alone, tmp_path):
    data = labels()
    settings = {"label_noise": LabelNoise(encode=lambda texts: np.ones((len(texts), 4)))}
    assert not spread._can_be_sent(settings["label_noise"])
    asked = Asked(("label_noise", "pii"), settings)
    found = run_on(in_turn, tmp_path, data, alone(data), asked, ignore)
    assert [step.check for step in found.runs] == ["label_noise", "pii"]
