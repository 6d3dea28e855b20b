"""Checks on other processes find the same as in this one."""

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


def mixed(labels):
    """Rows with faults that rule checks find, in a set large enough for those that learn from it."""
    rng, rows = random.Random(4), []
    for n in range(160):
        text = " ".join(
            rng.choices(
                ["card", "transfer", "refund", "money", "open", "limit", "lost", "pay", "bank", "fee", "rate", "top"],
                k=9,
            )
        )
        said = (
            {"label": rng.choice("ab")} if labels else {"output": f"{text} {rng.choice(FAULTS) if n % 9 == 0 else '.'}"}
        )
        rows.append({"id": str(n), "input": f"{text} {n}", **said})
    return dataset(rows)


@pytest.mark.parametrize("labels", [False, True])
def test_two_processes_find_what_this_one_finds(labels, alone, monkeypatch, tmp_path):
    monkeypatch.setattr(spread, "ROWS", 50)
    data = mixed(labels)
    clusters = alone(data)
    here = run(data, clusters, seed=3)
    with processes(2) as engine:
        there = run_on(engine, tmp_path, data, clusters, Asked(seed=3), ignore)
    assert there.runs == here.runs
    assert there.table.to_pylist() == here.table.to_pylist()
    assert labels or {"refusal", "pii", "repetition"} <= set(here.table["check"].to_pylist())


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_whatever_the_set_looks_like(shape, alone, monkeypatch, tmp_path):
    monkeypatch.setattr(spread, "ROWS", 13)
    data = dataset(SHAPES[shape])
    there, here = run_on(in_turn, tmp_path, data, alone(data), Asked(), ignore), run(data, alone(data))
    assert there.runs == here.runs
    assert there.table.to_pylist() == here.table.to_pylist()


def test_settings_that_cannot_be_sent_are_used_here(alone, tmp_path):
    data = mixed(labels=True)
    settings = {"label_noise": LabelNoise(encode=lambda texts: np.ones((len(texts), 4)))}
    assert not spread._can_be_sent(settings["label_noise"])
    asked = Asked(("label_noise", "pii"), settings)
    found = run_on(in_turn, tmp_path, data, alone(data), asked, ignore)
    assert [step.check for step in found.runs] == ["label_noise", "pii"]
