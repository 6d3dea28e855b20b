"""Style or substance, row by row: what a tuned model could learn, and what is better looked up."""

from collections import defaultdict

import pyarrow as pa

from curation.progress import Progress, ignore
from curation.readiness.evidence.volatility import AGEING
from curation.readiness.rules import Policy
from curation.readiness.shares import Shares, shares, usual_words
from curation.readiness.study import Study
from curation.records import Facts
from curation.sampling.binding import cluster_of
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
"""Rows between two reports of progress: well under a second."""


def marks(facts: Facts, policy: Policy, progress: Progress = ignore) -> pa.Table:
    """One row an example, in row order, with the columns of `MARKS_SCHEMA`.

    A near-duplicate cluster gets one mark, so that it never stands in both files: `retrieval` when an output
    in it holds words that age (amounts, dates, versions) or when on average its outputs are novel by the share at which
    the policy speaks of substance; else `style`. Shares (0..1) and `volatile` are each row's own. Labels are style.
    """
    study = Study(facts, policy)
    ids, inputs, outputs = (facts.dataset.values(name) for name in ("id", "input", "output"))
    numbers = cluster_of(facts.clusters)
    clusters = [numbers.get(id) for id in ids]
    if study.labelled_set:
        found: list[Shares] = [(0.0, 0.0, 0.0)] * len(ids)
        ageing = [False] * len(ids)
    else:
        found = _all_shares(study, inputs, outputs, policy.items["substance"].settings["template"], progress)
        ageing = [AGEING.search(output) is not None for output in outputs]
    line = policy.items["substance"].warn or 1.0
    members: dict[object, list[int]] = defaultdict(list)
    for n, (id, cluster) in enumerate(zip(ids, clusters)):
        members[id if cluster is None else cluster].append(n)
    result = [STYLE] * len(ids)
    for rows in members.values():
        novel = sum(found[n][2] for n in rows) / len(rows)
        if novel >= line or any(ageing[n] for n in rows):
            for n in rows:
                result[n] = RETRIEVAL
    columns = [*zip(*found)] if found else [(), (), ()]
    return pa.table([ids, clusters, *columns, ageing, result], schema=MARKS_SCHEMA)


def _all_shares(
    study: Study, inputs: list[str], outputs: list[str], template: float, progress: Progress
) -> list[Shares]:
    first: dict[int | str, int] = {}
    for n in study.unique:
        first.setdefault(study.rows.clusters[n], n)
    usual = usual_words([terms(study.rows.outputs[n]) for n in first.values()], template)
    found = []
    for n, (text, output) in enumerate(zip(inputs, outputs)):
        if n % EVERY == 0:
            progress(n / len(inputs), "telling style from substance")
        found.append(shares(set(terms(text)), terms(output), usual))
    return found
