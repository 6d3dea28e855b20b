"""Rows that look as if their outputs had been swapped, against rows swapped on purpose.

A right pair may well have nothing in common ("Give an example of irony."), so that a low likeness alone says little.
What right pairs do not have is another input that their output fits better than its own *and* better than the output
that stands there fits it: that is how a swapped row looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from curation.checks.pairing.likeness import NONE, Floats, Others, Sides, other_inputs, other_outputs
from curation.records.progress import Progress, ignore, part
from curation.text.features import Ints
from curation.text.neighbours import Pool, nearest

SWAPPED = 4_000
"""Rows swapped on purpose, each way, at most: their quantiles are then known to a point."""
NEIGHBOURS, LIKE_LONG = 21, 5
"""A hard swap takes the output of one of the 5 rows of most like length among the 20 rows of most like output."""
STEPS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0])
"""Shares of the swapped rows, highest score first, between which the rows of the set are counted; finer at the end,
where right rows begin."""
SURE = 0.5
"""More likely swapped than not."""


@dataclass(frozen=True)
class Compared:
    """Each row's own likeness, and what speaks for its output being another's; all of shape (rows,).

    `score` is high where a row looks swapped. `owner` is the place of the input that its output fits best instead,
    `fit` the likeness there, and `next_fit` that to the input it fits next best.
    """

    own: Floats
    score: Floats
    owner: Ints
    fit: Floats
    next_fit: Floats


@dataclass(frozen=True)
class Swapped:
    """What rows swapped on purpose have: their score, and their own likeness with the output they got."""

    score: Floats
    own: Floats


@dataclass(frozen=True)
class Trial:
    """The rows as they are, and swapped on purpose: at random, and with rows of like topic and length."""

    rows: Compared
    random: Swapped
    hard: Swapped


def trial(sides: Sides, groups: Ints, seed: int, progress: Progress = ignore) -> Trial:
    """What the rows look like beside swapped ones; rows of one group do not compete, as they may share an output."""
    answers = Pool(sides.outputs, seed)
    inputs = other_inputs(sides, Pool(sides.inputs, seed), groups, part(progress, 0.0, 0.4))
    outputs = other_outputs(sides, answers, groups, part(progress, 0.4, 0.8))
    everywhere = np.arange(len(sides))
    own = sides.likeness(everywhere, everywhere)
    there, back = _gains(inputs, own, own), _gains(outputs, own, own)
    best = there.argmax(axis=1)
    rows = Compared(
        own=own,
        score=_score(own, inputs.likeness.max(axis=1), (there.max(axis=1), back.max(axis=1))),
        owner=inputs.place[everywhere, best],
        fit=inputs.likeness[everywhere, best],
        next_fit=np.sort(inputs.likeness, axis=1)[:, -min(2, inputs.likeness.shape[1])],
    )
    rng = np.random.default_rng(seed)
    some = np.sort(rng.permutation(len(sides))[:SWAPPED])
    ways = (_at_random(len(sides), rng)[some], _alike(sides, some, answers, groups, rng, part(progress, 0.8, 1.0)))
    random, hard = (_swapped(sides, own, inputs, outputs, (some, way), rng) for way in ways)
    return Trial(rows, random, hard)


def _score(own: Floats, fit: Floats, gains: tuple[Floats, Floats]) -> Floats:
    """How much better the output fits another input than its own, and what a swap would gain, as seen from both sides.

    Chosen on three sets with 10 % of the outputs exchanged among neighbours (dolly, Alpaca, MedQuAD: AUROC .982, .980,
    .867; the gains less the own likeness alone .963, .947, .784; at random .998 and more either way), and as good on
    two others (roleplay .948 for .891, GSM8K .9998 for .994), before it was learned which outputs go with which inputs.
    """
    there, back = gains
    score: Floats = fit - own + there + back
    return score


def _gains(others: Others, here: Floats, own: Floats) -> Floats:
    """What a swap with each candidate would gain for the row and for the candidate, whichever gains less."""
    gain: Floats = np.minimum(others.likeness - here[:, None], others.likeness - own[others.place])
    return gain


def _swapped(
    sides: Sides, own: Floats, inputs: Others, outputs: Others, way: tuple[Ints, Ints], rng: np.random.Generator
) -> Swapped:
    """The rows `way[0]` with the outputs of the rows `way[1]`, everything else as it is.

    Both rows whose texts are now elsewhere, the one whose output was taken and the one that has the row's own output,
    have got another output themselves: one with the likeness that swapped rows have.
    """
    rows, partner = way
    got = sides.likeness(rows, partner)
    left, holds = rng.permutation(got), rng.permutation(got)
    there = _instead(inputs, partner, rows)
    back = _instead(outputs, rows, partner)
    gone = np.maximum(_gains(there, got, own).max(axis=1), np.minimum(own[partner] - got, own[partner] - left))
    came = np.maximum(_gains(back, got, own).max(axis=1), np.minimum(own[rows] - got, own[rows] - holds))
    fit = np.maximum(there.likeness.max(axis=1), own[partner])
    return Swapped(_score(got, fit, (gone, came)), got)


def _instead(others: Others, rows: Ints, but: Ints) -> Others:
    """The candidates of these rows but for one each."""
    place = others.place[rows]
    return Others(place, np.where(place == but[:, None], NONE, others.likeness[rows]))


def _at_random(n: int, rng: np.random.Generator) -> Ints:
    circle = rng.permutation(n)
    partner = np.empty(n, dtype=np.int64)
    partner[circle] = np.roll(circle, 1)
    return partner


def _alike(sides: Sides, some: Ints, pool: Pool, groups: Ints, rng: np.random.Generator, progress: Progress) -> Ints:
    """For each of some rows another one of like topic and length."""
    words = np.log1p(np.diff(sides.words.indptr)[sides.output_text])
    found, cosine = nearest(sides.outputs[some], pool, NEIGHBOURS, (groups[some], groups), progress)
    far = np.abs(words[found] - words[some][:, None])
    far[cosine < -1.0] = np.inf
    order = np.argsort(far, axis=1, kind="stable")[:, :LIKE_LONG]
    chosen = order[np.arange(len(some)), rng.integers(order.shape[1], size=len(some))]
    return found[np.arange(len(some)), chosen]


def told_apart(score: Floats, swapped: Floats) -> float:
    """AUROC of telling rows swapped on purpose from the rows as they are."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(np.repeat([0, 1], [len(score), len(swapped)]), np.concatenate([score, swapped])))


def confidence(score: Floats, random: Floats, hard: Floats, hard_share: float, upper: Sequence[float]) -> Floats:
    """How likely each row is swapped, 0..1, given the scores of rows swapped at random and within their topic.

    Hard swaps count for `hard_share` (0..1) of the swapped. The share of swapped rows is how much rarer rows are than
    swapped ones above the score that `upper` of the random swaps exceed (Storey 2002, mirrored), the least of several.
    A row's chance is that share times how much commoner its score is among swapped rows (local false discovery rate:
    Efron 2001), counted between quantiles and made monotone.
    """
    from sklearn.isotonic import IsotonicRegression

    swapped = np.concatenate([random, hard])
    weight = np.repeat([(1 - hard_share) / len(random), hard_share / len(hard)], [len(random), len(hard)])
    from_top = np.argsort(-swapped, kind="stable")
    reached = np.cumsum(weight[from_top])
    edges = swapped[from_top][np.minimum(np.searchsorted(reached, STEPS - 1e-9), len(swapped) - 1)]
    counted = np.diff([0, *((score[:, None] >= edges).sum(axis=0))]) / len(score)
    width = np.diff([0.0, *STEPS])
    bins = np.arange(len(STEPS))
    rarer = IsotonicRegression().fit(bins, counted / width, sample_weight=width).predict(bins)
    limits = [np.quantile(random, 1 - each) for each in upper]
    share = min(1.0, *(float((score >= limit).mean() / weight[swapped >= limit].sum()) for limit in limits))
    chance = np.minimum(1.0, share / np.maximum(rarer, 1e-12)) if share else np.zeros(len(STEPS))
    middles = np.concatenate([edges[:1], (edges[:-1] + edges[1:]) / 2])
    sure: Floats = np.interp(score, middles[::-1], chance[::-1], left=0.0)
    return sure
