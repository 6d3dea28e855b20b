"""Outputs that fit another input better than their own: rows shifted, shuffled or answered off the point (free text).

The words an output shares with its input are compared with what the most similar other inputs and outputs share, both
ways (TF-IDF, the candidates by LSA). It sees whether output and input belong together, never whether a fact is right.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from curation.binding import cluster_of
from curation.checks import check
from curation.checks.rows import (
    Hit,
    cut,
    findings,
    needs_free_text,
)
from curation.errors import NotChecked
from curation.progress import Progress, part
from curation.records import Clusters, Dataset, Findings
from curation.text.features import (
    Ints,
    id_order,
    lsa,
    tfidf,
)
from curation.text.neighbours import nearest
from curation.text.openings import unopened

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    fewest_rows: int = field(
        default=50,
        metadata={"help": "Below this many rows with an output the check does not run", "min": 20, "max": 10000},
    )
    # a word or two can be right without a word in common with the question
    shortest: int = field(
        default=40, metadata={"help": "Outputs with fewer characters are not checked", "min": 1, "max": 1000}
    )
    least_confidence: float = field(
        default=0.05, metadata={"help": "Least confidence of a finding", "min": 0.01, "max": 1.0}
    )


DIMENSIONS = 128
"""LSA dimensions the candidates are found by: 64 loses .01 AUROC on neighbours' outputs."""
CANDIDATES = 10
LETTERS = (4, 4)
"""4-grams alone rank as well as 3- to 5-grams and take half the time."""
LONGEST = 1_000
"""Characters read of each side; reading 4,000 ranks no better."""
SMALLEST = 0.05
"""Added to a row's own similarity, so that next to none and none count alike."""
SURE = 0.5
"""More likely mispaired than not."""
TOLD, CLEAR = 0.85, 0.99
"""AUROC of all pairs, and of those not suspected, against swaps among neighbours from which such swaps are flagged too.
Maths problems (GSM8K) have .895 and .993 or more with 10 % swapped, as every number is another; stories (GPTeacher,
.79 to .96 and at most .985 on 60 to 640 rows), where a neighbour's output may be right, fall short of one."""


@dataclass(frozen=True)
class Compared:
    """Answered rows in id order: their score (high = mismatch) and the scores they get when mispaired on purpose.

    `shuffled` pairs each input with a random other output, `swapped` with the output that fits it next best. `owner`
    is the position of the input that each output fits best beside its own, `own` and `fit` the two similarities.
    """

    score: Floats
    shuffled: Floats
    swapped: Floats
    own: Floats
    owner: Ints
    fit: Floats


@check("mismatch", "Output does not fit the input", settings=Settings(), whole_set=True)
def mismatch(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding an output that fits another input better. Raises NotChecked on labels and on few rows."""
    needs_free_text(dataset, "whose fit is judged by the check for wrong labels")
    rows = dataset.take(id_order(dataset.values("id")))
    asked, answered = rows.values("input"), rows.values("output")
    rows = rows.where([bool(a.strip()) and len(b.strip()) >= settings.shortest for a, b in zip(asked, answered)])
    if len(rows) < settings.fewest_rows:
        raise NotChecked(
            f"outputs are compared among {settings.fewest_rows} rows with outputs of {settings.shortest} characters or "
            f"more; there are {len(rows)}"
        )
    compared = compare(rows, clusters, seed, part(progress, 0.0, 0.95))
    sure = confidence(compared.score, compared.shuffled)
    swapped = confidence(compared.score, compared.swapped)
    left = compared.score[swapped < SURE]
    told = told_apart(compared.score, compared.swapped)
    if told >= TOLD and len(left) and told_apart(left, compared.swapped) >= CLEAR:
        sure = np.maximum(sure, swapped)
    ids, asked, answered = rows.values("id"), rows.values("input"), rows.values("output")
    hits = {}
    for n in np.flatnonzero(sure >= settings.least_confidence).tolist():
        other = int(compared.owner[n])
        evidence = {
            "input": cut(asked[n]),
            "output": cut(answered[n]),
            "similarity": round(float(compared.own[n]), 4),
            "fits_better": {
                "id": ids[other],
                "input": cut(asked[other]),
                "similarity": round(float(compared.fit[n]), 4),
            },
            "score": round(float(compared.score[n]), 4),
        }
        hits[ids[n]] = Hit(float(sure[n]), "The output fits the input of other rows better than its own.", evidence)
    progress(1.0, "outputs compared")
    ordered = [(id, hits[id]) for id in dataset.values("id") if id in hits]
    return findings("mismatch", ordered, {"judged": len(rows), "auroc": told_apart(compared.score, compared.shuffled)})


def compare(rows: Dataset, clusters: Clusters, seed: int, progress: Progress) -> Compared:
    """How much better each output fits other inputs, and each input other outputs, than their own; `rows` in id order.

    The score is (best other output + best other input - 2 own) / (own + .05), in cosines. Rows of one near-duplicate
    cluster do not compete: their outputs may well fit each other's inputs.
    """
    n = len(rows)
    texts = [text[:LONGEST] for text in (*unopened(rows.values("input")), *rows.values("output"))]
    with threadpool_limits(1):
        words = normalize(tfidf(texts, part(progress, 0.0, 0.4), LETTERS))
        progress(0.4, "finding what texts have in common")
        space = lsa(words, DIMENSIONS, seed)
        number = cluster_of(clusters)
        groups = np.array([number[id] for id in rows.values("id")], dtype=np.int64)
        inputs, outputs = _Side(words[:n], space[:n]), _Side(words[n:], space[n:])
        there = _best(inputs, outputs, groups, seed, part(progress, 0.6, 0.8))
        back = _best(outputs, inputs, groups, seed, part(progress, 0.8, 1.0))
        own = _likeness(words[:n], words[n:], np.arange(n), np.arange(n))
        circle = np.random.default_rng(seed).permutation(n)
        mispaired = np.empty(n, dtype=np.int64)
        mispaired[circle] = np.roll(circle, 1)
        random = _likeness(words[:n], words[n:], np.arange(n), mispaired)
    partner = there.index
    return Compared(
        score=_score(there.first, back.first, own),
        shuffled=_score(np.maximum(there.first, own), np.maximum(back.first, own)[mispaired], random),
        swapped=_score(np.maximum(there.second, own), np.maximum(back.first, own)[partner], there.first),
        own=own,
        owner=back.index,
        fit=back.first,
    )


def told_apart(score: Floats, mispaired: Floats) -> float:
    """AUROC of telling rows mispaired on purpose from the rows as they are."""
    return float(roc_auc_score(np.repeat([0, 1], [len(score), len(mispaired)]), np.concatenate([score, mispaired])))


def confidence(score: Floats, mispaired: Floats) -> Floats:
    """How likely each row is mispaired, 0..1, given the scores of rows mispaired on purpose.

    The share of mispaired rows is twice that of the rows above the median of mispaired ones (Storey 2002, mirrored); a
    row's chance is that share times how much commoner its score is among mispaired rows (local false discovery rate:
    Efron 2001), by isotonic regression.
    """
    share = min(1.0, 2.0 * float((score >= np.median(mispaired)).mean()))
    both = np.concatenate([score, mispaired])
    which = np.repeat([0.0, 1.0], [len(score), len(mispaired)])
    chance = IsotonicRegression(out_of_bounds="clip").fit(both, which).predict(score)
    # 1 where only mispaired rows score so high, which a row of its own then contradicts
    odds = chance / np.maximum(1.0 - chance, 1.0 / len(both))
    sure: Floats = np.minimum(1.0, share * odds)
    return sure


@dataclass(frozen=True)
class _Side:
    """The inputs or the outputs: their words (TF-IDF, sparse) and their places in the LSA space, one row a text."""

    words: Any
    space: Any


@dataclass(frozen=True)
class _Best:
    first: Floats
    second: Floats
    index: Ints


def _best(a: _Side, b: _Side, groups: Ints, seed: int, progress: Progress) -> _Best:
    """For each row of `a` the two highest cosines to rows of `b` of other groups, and the position of the highest."""
    index, similarity = nearest(a.space, b.space, CANDIDATES, (groups, groups), seed, progress)
    n, k = index.shape
    shared = _likeness(a.words, b.words, np.repeat(np.arange(n), k), index.ravel()).reshape(n, k)
    shared[similarity < -1.0] = 0.0
    order = np.argsort(-shared, axis=1, kind="stable")
    ranked = np.take_along_axis(shared, order, 1)
    return _Best(ranked[:, 0], ranked[:, min(1, k - 1)], np.take_along_axis(index, order, 1)[:, 0])


def _score(other_output: Floats, other_input: Floats, own: Floats) -> Floats:
    return (other_output + other_input - 2 * own) / (own + SMALLEST)


def _likeness(a: Any, b: Any, rows: Ints, columns: Ints) -> Floats:
    """Cosines of chosen pairs of rows of two sparse unit matrices, a block at a time to bound memory."""
    out = np.empty(len(rows))
    for start in range(0, len(rows), 20_000):
        block = slice(start, start + 20_000)
        out[block] = np.asarray(a[rows[block]].multiply(b[columns[block]]).sum(axis=1)).ravel()
    return out
