"""Style or substance, row by row: what a tuned model could learn, and what is better looked up."""

from collections import defaultdict

import pyarrow as pa

from curation.readiness.evidence.substance import one_a_pattern
from curation.readiness.evidence.volatility import AGEING
from curation.readiness.rules import Policy
from curation.readiness.shares import Shares, Wording, shares, usual_words, wording
from curation.readiness.study import Study
from curation.records import Facts
from curation.records.progress import Progress, Run, ignore, in_turn
from curation.sampling.binding import cluster_of
from curation.text.openings import unopened
from curation.text.words import terms

STYLE, RETRIEVAL = "style", "retrieval"
MARKS_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("cluster", pa.int64()),
        ("copied", pa.float64()),
        ("template", pa.float64()),
        ("novel", pa.float64()),
        ("volatile", pa.bool_()),
        ("mark", pa.string()),
    ]
)
EVERY = 2000
"""Rows in a batch; progress is reported after each, well under a second."""


def marks(facts: Facts, policy: Policy, progress: Progress = ignore) -> pa.Table:
    """The marks of the rows of these facts, see `marks_of`."""
    return marks_of(Study(facts, policy), in_turn, progress)


def marks_of(study: Study, engine: Run, progress: Progress = ignore) -> pa.Table:
    """One row an example, in row order, with the columns of `MARKS_SCHEMA`; findings are not read.

    A near-duplicate cluster gets one mark, so that it never stands in both files: `retrieval` when an output
    in it holds words that age (amounts, dates, versions) or when on average so many of its outputs' words are knowledge
    as the policy calls substance, counted as the evidence item does; else `style`. Shares (0..1) and `volatile` are
    each row's own. Labels are style.
    """
    facts, policy = study.facts, study.policy
    ids, inputs, outputs = (facts.dataset.values(name) for name in ("id", "input", "output"))
    inputs = unopened(inputs)
    numbers = cluster_of(facts.clusters)
    clusters = [numbers.get(id) for id in ids]
    if study.labelled_set:
        found: list[Shares] = [(0.0, 0.0, 0.0)] * len(ids)
        known = [0.0] * len(ids)
        ageing = [False] * len(ids)
    else:
        found, known = _all_shares(study, (inputs, outputs), engine, progress)
        ageing = [AGEING.search(output) is not None for output in outputs]
    line = policy.items["substance"].warn or 1.0
    members: dict[object, list[int]] = defaultdict(list)
    for n, (id, cluster) in enumerate(zip(ids, clusters)):
        members[id if cluster is None else cluster].append(n)
    result = [STYLE] * len(ids)
    for rows in members.values():
        knowledge = sum(known[n] for n in rows) / len(rows)
        if knowledge >= line or any(ageing[n] for n in rows):
            for n in rows:
                result[n] = RETRIEVAL
    columns = [*zip(*found)] if found else [(), (), ()]
    return pa.table([ids, clusters, *columns, ageing, result], schema=MARKS_SCHEMA)


def _all_shares(
    study: Study, texts: tuple[list[str], list[str]], engine: Run, progress: Progress
) -> tuple[list[Shares], list[float]]:
    """The shares of each row, and the share of its output's words that are knowledge."""
    told = [terms(study.rows.outputs[n]) for n in one_a_pattern(study)] if study.unique else []
    usual = usual_words(told, study.policy.items["substance"].settings["template"])
    shown = _wording(study, usual)
    is_asked = study.facts.context.task.kind == "question_answering"
    inputs, outputs = texts
    parts = [(inputs[n : n + EVERY], outputs[n : n + EVERY]) for n in range(0, len(inputs), EVERY)]
    work = [(*part, usual, shown, is_asked) for part in parts]
    made = engine(_shares_of, work, lambda done, _: progress(done, "telling style from substance"))
    found: list[Shares] = []
    known: list[float] = []
    for some, rates in made:
        found += some
        known += rates
    return found, known


def _shares_of(
    inputs: list[str], outputs: list[str], usual: set[str], shown: Wording, is_asked: bool
) -> tuple[list[Shares], list[float]]:
    found, known = [], []
    for text, output in zip(inputs, outputs):
        own, words = set(terms(text)), terms(output)
        origin = shown.origin(own, [word for word in words if word not in own and word not in usual])
        found.append(shares(own, words, usual))
        # in questions and answers common language is knowledge too, as the evidence item counts it
        known.append((origin.knowledge + origin.language * is_asked) / max(1, len(words)))
    return found, known


def _wording(study: Study, usual: set[str]) -> Wording:
    chosen = one_a_pattern(study) if study.unique else []
    asked = [set(terms(study.rows.inputs[n])) for n in chosen]
    new = [
        [word for word in terms(study.rows.outputs[n]) if word not in own and word not in usual]
        for n, own in zip(chosen, asked)
    ]
    return wording(asked, new)
