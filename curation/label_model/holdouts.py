"""The plain classifier on rows held back: right or wrong, for growing numbers of rows, beside copying the nearest row.

It is not the language model: its scores say whether the answers follow from the inputs, and how well it does itself,
never how a tuned model scores.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.label_model.folds import dealt, nested
from curation.label_model.linear_svm import MOST_CELLS, MOST_FITTED, counted, learn
from curation.records.parcel import packed, unpacked
from curation.records.progress import Progress, Run, in_turn

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
MOST_KNOWN = 100_000
"""Most rows learned from where mean rows stand in: learning takes time in proportion, half a minute for so many."""
NEAREST = 5
"""Rows among which a right answer is looked for."""


@dataclass(frozen=True)
class Rows:
    """Rows to learn from: texts, the number of each answer (0.. into `names`), and the groups that never part."""

    texts: Sequence[str]
    answers: Ints
    names: Sequence[str]
    groups: Sequence[str]


@dataclass(frozen=True)
class Plan:
    """`holdouts` parts are held back in turn; of the others `steps` (ascending to 1.0) are learned from.

    At most `most` rows are asked. With one answer on more than `dominant` (0..1) of the rows every answer weighs the
    same.
    """

    holdouts: int
    steps: Sequence[float]
    most: int
    dominant: float
    seed: int


@dataclass(frozen=True)
class HeldOut:
    """What the holdouts gave: one entry a row asked for `hit`, `copied`, `usual` (0 or 1), `weights` and `groups`.

    `at_five` says whether one of the 5 nearest rows is right. `answers` and `predicted` number the right answer and
    that of the classifier as it can be taken away, into `names`. `sizes` (size,) are training rows, `scores` (holdout,
    size) their weighted accuracies. `top` is the share of the most frequent answer; where `balanced`, every class
    weighs the same and `largest` is that share. `known` are the rows learned from, all holdouts together; `by_means` is
    True where there are more than `MOST_FITTED` classes, so that the mean row of each stands in for the linear model.
    """

    hit: Floats
    copied: Floats
    usual: Floats
    at_five: Floats
    weights: Floats
    groups: list[str]
    answers: Ints
    predicted: Ints
    names: list[str]
    sizes: Ints
    scores: Floats
    top: float
    largest: float
    balanced: bool
    known: int
    by_means: bool

    @property
    def classes(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Sample:
    """Rows to learn from: their `groups`, `answers` numbered 0.. into `names`, and `folds`.

    `asked` is True where the row is asked while its fold is held back. `words` are counts (row, term), sparse.
    """

    groups: list[str]
    answers: Ints
    names: list[str]
    folds: Ints
    asked: Mask
    words: Any
    by_means: bool
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What the last size gave, one entry a row of the sample; filled holdout by holdout."""

    hit: Floats
    copied: Floats
    usual: Floats
    at_five: Floats
    predicted: Ints

    def fill(self, held: Ints, of_held: "Outcome") -> None:
        """Take over what was found of these rows."""
        for name in ("hit", "copied", "usual", "at_five", "predicted"):
            getattr(self, name)[held] = getattr(of_held, name)

    @staticmethod
    def empty(rows: int) -> "Outcome":
        return Outcome(np.zeros(rows), np.zeros(rows), np.zeros(rows), np.zeros(rows), np.zeros(rows, dtype=np.int64))


def held_out(
    rows: Rows,
    plan: Plan,
    rng: np.random.Generator,
    progress: Progress,
    engine: Run = in_turn,
    folder: Path | None = None,
) -> HeldOut:
    """The scores on rows held back; `rng` draws which rows are asked, `engine` works on the holdouts, for which the
    sample lies in `folder`. Raises NotChecked: too few groups, no words.
    """
    sample = _sampled(rows, plan, rng)
    answers, asked = sample.answers, sample.asked
    counts = np.bincount(answers)
    balanced = bool(counts.max() > plan.dominant * len(answers))
    weights = 1.0 / counts[answers] if balanced else np.ones(len(answers))
    steps = [*_steps(sample, plan)]
    work = _work(sample, steps, len(plan.steps) - 1, folder)
    sample = replace(sample, words=None)  # which the work has
    results = engine(_scored, work, lambda done, _: progress(done, "learning from part of the rows"))
    outcome, sizes, scores = _together(steps, results, plan, weights)
    return HeldOut(
        hit=outcome.hit[asked],
        copied=outcome.copied[asked],
        usual=outcome.usual[asked],
        at_five=outcome.at_five[asked],
        weights=weights[asked],
        groups=[group for group, is_asked in zip(sample.groups, asked.tolist()) if is_asked],
        answers=answers[asked],
        predicted=outcome.predicted[asked],
        names=sample.names,
        sizes=sizes,
        scores=scores,
        top=1.0 / len(counts) if balanced else float(counts.max()) / len(answers),
        largest=float(counts.max()) / len(answers),
        balanced=balanced,
        known=len(answers),
        by_means=sample.by_means,
    )


def _work(
    sample: Sample, steps: Sequence["_Step"], last: int, folder: Path | None
) -> list[tuple[Sample | str, Ints, Ints, bool]]:
    """What each step is called with. Where there is a folder the sample goes into a file of it, once: sent with every
    step it would be in memory many times.
    """
    of = sample if folder is None else packed(sample, folder)
    return [(of, step.seen, step.held, step.k == last) for step in steps]


def _together(
    steps: Sequence["_Step"], results: Sequence[tuple[Floats, Outcome | None]], plan: Plan, weights: Floats
) -> tuple[Outcome, Ints, Floats]:
    """(what the last size gave, the training rows of each size, the scores of each holdout and size)."""
    outcome = Outcome.empty(len(weights))
    scores, sizes = np.zeros((plan.holdouts, len(plan.steps))), np.zeros(len(plan.steps), dtype=np.int64)
    for step, (right, of_held) in zip(steps, results, strict=True):
        sizes[step.k] = max(sizes[step.k], len(step.seen))
        scores[step.fold, step.k] = np.average(right, weights=weights[step.held])
        if of_held is not None:
            outcome.fill(step.held, of_held)
    return outcome, sizes, scores


def _sampled(rows: Rows, plan: Plan, rng: np.random.Generator) -> Sample:
    """At most `most` rows, each class in proportion, all asked; beyond `MOST_FITTED` classes `most` of `MOST_KNOWN`.

    Where there are thousands of classes, a sample small enough to fit would leave a row or two of each: all rows are
    learned from, and only those asked are a sample.
    """
    answers, chosen = rows.answers, np.arange(len(rows.answers))
    by_means = int(answers.max()) >= MOST_FITTED
    if by_means and len(answers) > MOST_KNOWN:
        chosen = np.sort(rng.permutation(len(answers))[:MOST_KNOWN])
    elif not by_means and len(answers) > plan.most:
        chosen = np.sort(nested(chosen, answers, 0, plan.seed)[: plan.most])
    present, numbered = np.unique(answers[chosen], return_inverse=True)
    groups = [rows.groups[n] for n in chosen.tolist()]
    folds = dealt(groups, numbered, plan.holdouts, np.random.default_rng(plan.seed))
    asked = np.full(len(chosen), len(chosen) <= plan.most)
    for fold in range(plan.holdouts):
        asked[rng.permutation(np.flatnonzero(folds == fold))[: plan.most // plan.holdouts]] = True
    words = counted([rows.texts[n] for n in chosen.tolist()])
    names = [rows.names[n] for n in present.tolist()]
    return Sample(groups, numbered.astype(np.int64), names, folds, asked, words, by_means, plan.seed)


@dataclass(frozen=True)
class _Step:
    """The rows to learn from and those held back, in one holdout at one size."""

    fold: int
    k: int
    seen: Ints
    held: Ints


def _steps(sample: Sample, plan: Plan) -> Iterator[_Step]:
    for fold in range(plan.holdouts):
        held = np.flatnonzero((sample.folds == fold) & sample.asked)
        train = nested(np.flatnonzero(sample.folds != fold), sample.answers, fold, plan.seed)
        for k, share in enumerate(plan.steps):
            yield _Step(fold, k, train[: max(2, round(share * len(train)))], held)


def _scored(of: Sample | str, seen: Ints, held: Ints, is_last: bool) -> tuple[Floats, Outcome | None]:
    """Which held-out rows the classifier taught `seen` gets right; and the outcome of these rows at the last size.

    `of` is the sample, or the path of a file with it.
    """
    from sklearn.feature_extraction.text import TfidfTransformer

    sample: Sample = unpacked(of) if isinstance(of, str) else of
    answers, words = sample.answers, sample.words
    model = learn(words[seen], answers[seen], sample.seed, sample.by_means)
    right: Floats = (model.predict(words[held]) == answers[held]).astype(np.float64)
    if not is_last:
        return right, None
    weights = TfidfTransformer(sublinear_tf=True).fit(words[seen])
    nearest = _nearest(weights.transform(words[held]), weights.transform(words[seen]), NEAREST)
    near = (answers[seen][nearest] == answers[held][:, None]).astype(np.float64)
    usual = (answers[held] == int(np.bincount(answers[seen]).argmax())).astype(np.float64)
    return right, Outcome(right, near[:, 0], usual, near.max(axis=1), model.predict_known(words[held]))


def _likenesses(test: Any, turned: Any) -> Iterator[Floats]:
    """Cosines (row, column) of unit rows `test` with unit columns `turned`, at most `MOST_CELLS` of them at a time."""
    block = min(500, max(1, MOST_CELLS // turned.shape[1]))
    for start in range(0, test.shape[0], block):
        yield (test[start : start + block] @ turned).toarray()


def _nearest(test: Any, train: Any, k: int) -> Ints:
    """Indices (row, k) of the most similar training rows, nearest first, ties to the earlier row."""
    k = min(k, train.shape[0])
    found = [
        np.argsort(-likeness, axis=1, kind="stable")[:, :k] if k > likeness.shape[1] // 2 else _top(likeness, k)
        for likeness in _likenesses(test, train.T.tocsr())
    ]
    return np.concatenate(found).astype(np.int64)


def _top(likeness: Floats, k: int) -> Ints:
    part_ = np.argpartition(-likeness, k, axis=1)[:, :k]
    part_.sort(axis=1)
    rows = np.arange(len(likeness))[:, None]
    order = np.argsort(-likeness[rows, part_], axis=1, kind="stable")
    picked: Ints = part_[rows, order]
    return picked
