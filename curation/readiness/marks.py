"""Style or substance, row by row: what a tuned model could learn, and what is better looked up."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curation.readiness.evidence.substance import one_a_pattern
from curation.readiness.evidence.volatility import AGEING
from curation.readiness.rules import Policy
from curation.readiness.shares import Shares, Wording, shares, usual_words, wording
from curation.readiness.study import Study
from curation.records import Facts
from curation.records.progress import Progress, Run, ignore, in_turn, part
from curation.sampling.binding import cluster_numbers
from curation.text.openings import opening, without
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
TOGETHER = 100_000
"""Rows whose texts are in memory at once."""

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Substance:
    """Of each row the three shares, shape (rows, 3), the share of its output's words that are knowledge, and whether
    words in it age."""

    shares: Numbers
    known: Numbers
    ageing: Flags


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
    dataset, count = study.facts.dataset, len(study.facts.dataset)
    if study.labelled_set:
        found = _Substance(np.zeros((count, 3)), np.zeros(count), np.zeros(count, np.bool_))
    else:
        found = _substance_of_all(study, engine, progress)
    number = cluster_numbers(dataset, study.facts.clusters)
    # what stands in no cluster is one of its own
    alone = pc.subtract(-1, pa.array(np.arange(count)))
    _, home = np.unique(np.asarray(pc.coalesce(number, alone), np.int64), return_inverse=True)
    knowledge = np.bincount(home, found.known) / np.bincount(home)
    is_looked_up = (knowledge >= (study.policy.items["substance"].warn or 1.0)) | (np.bincount(home, found.ageing) > 0)
    mark = pc.if_else(pa.array(is_looked_up[home], pa.bool_()), RETRIEVAL, STYLE)
    columns = [dataset.table["id"], number, *found.shares.T, found.ageing, mark]
    return pa.table(columns, schema=MARKS_SCHEMA)


def _substance_of_all(study: Study, engine: Run, progress: Progress) -> _Substance:
    """The same of all rows."""
    words = [terms(study.rows.outputs[n]) for n in one_a_pattern(study)] if study.unique else []
    usual = usual_words(words, study.policy.items["substance"].settings["template"])
    shown = _wording(study, usual)
    is_asked = study.facts.context.task.kind == "question_answering"
    dataset = study.facts.dataset
    shared = opening(dataset.values("input"))
    made: list[_Substance] = []
    rows = max(1, len(dataset))

    def saying(done: float, _: str) -> None:
        progress(done, "telling style from substance")

    for start in range(0, rows, TOGETHER):
        some = dataset.table.slice(start, TOGETHER)
        pieces = [some.slice(n, EVERY) for n in range(0, max(1, some.num_rows), EVERY)]
        texts = [(without(piece["input"].to_pylist(), shared), piece["output"].to_pylist()) for piece in pieces]
        step = part(saying, start / rows, min(1.0, (start + TOGETHER) / rows))
        made += engine(_substance_of, [(*each, usual, shown, is_asked) for each in texts], step)
    return _Substance(*(np.concatenate([getattr(one, each.name) for one in made]) for each in fields(_Substance)))


def _substance_of(inputs: list[str], outputs: list[str], usual: set[str], shown: Wording, is_asked: bool) -> _Substance:
    found: list[Shares] = []
    known = []
    for text, output in zip(inputs, outputs):
        own, words = set(terms(text)), terms(output)
        origin = shown.origin(own, [word for word in words if word not in own and word not in usual])
        found.append(shares(own, words, usual))
        # in questions and answers common language is knowledge too, as the evidence item counts it
        known.append((origin.knowledge + origin.language * is_asked) / max(1, len(words)))
    ageing = [AGEING.search(output) is not None for output in outputs]
    return _Substance(np.array(found, float).reshape(-1, 3), np.array(known, float), np.array(ageing, np.bool_))


def _wording(study: Study, usual: set[str]) -> Wording:
    chosen = one_a_pattern(study) if study.unique else []
    asked = [set(terms(study.rows.inputs[n])) for n in chosen]
    new = [
        [word for word in terms(study.rows.outputs[n]) if word not in own and word not in usual]
        for n, own in zip(chosen, asked)
    ]
    return wording(asked, new)
