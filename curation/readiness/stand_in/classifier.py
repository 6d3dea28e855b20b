"""A small classifier standing in for a pattern: is there one, does it still grow, would copying a neighbour do?

It is not the language model: its scores say whether the answers follow from the inputs, never how a tuned model scores.
"""

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from curation.errors import NotChecked
from curation.progress import Progress, part
from curation.readiness.study import Study
from curation.text.words import term_options

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
LEAST_ROWS = 20
"""Below this, a fifth held out is under four rows: too few to say anything."""
MOST_FITTED = 300
"""Classes up to which a linear model is fitted for each. Measured on 10,000 rows: a fit takes 4.8 s and .6 GB for 300
classes, 8.8 s and .9 GB for 500, and a study makes sixteen. Beyond it the mean row of each class stands in, at .1 s."""
MOST_KNOWN = 100_000
"""Rows learned from where mean rows stand in; their time goes with the rows, and so many take half a minute."""
MOST_CELLS = 4_000_000
"""Likenesses held at once: 32 MB, which is 500 rows held back beside 8,000 to learn from."""


@dataclass(frozen=True)
class Proxy:
    """What the holdouts gave: one entry a row asked for `hit`, `copied`, `usual` (0 or 1), `weights` and `groups`.

    `sizes` (size,) are training rows, `scores` (holdout, size) their weighted accuracies. `top` is the share of
    the most frequent answer, `balanced` whether every class weighs the same, `at_five` whether one of the 5 nearest
    rows is right. `known` are the rows learned from, all holdouts together; `by_means` is True where there are more
    than `MOST_FITTED` classes, so that the mean row of each stands in for the linear model.
    """

    hit: Floats
    copied: Floats
    usual: Floats
    at_five: Floats
    weights: Floats
    groups: list[str]
    sizes: Ints
    scores: Floats
    top: float
    balanced: bool
    classes: int
    known: int
    by_means: bool


@dataclass(frozen=True)
class Sample:
    """Rows to learn from: their `groups`, `answers` numbered 0.. and `folds`.

    `asked` is True where the row is asked while its fold is held back. `words` are counts (row, term), sparse.
    """

    groups: list[str]
    answers: Ints
    folds: Ints
    asked: Mask
    words: Any
    by_means: bool
    seed: int


def proxy(study: Study, progress: Progress) -> Proxy:
    """The holdouts of this study, worked out once. Raises NotChecked for free text, one class or too few rows.

    Several items read them, so they are cut by the seed alone and not by the generator of an item.
    """
    if "proxy" not in study.cache:
        try:
            study.cache["proxy"] = _proxy(study, progress)
        except NotChecked as reason:
            study.cache["proxy"] = reason
    result = study.cache["proxy"]
    if isinstance(result, NotChecked):
        raise NotChecked(str(result))
    found: Proxy = result
    return found


def _proxy(study: Study, progress: Progress) -> Proxy:
    settings = study.policy.items["learnability"].settings
    sample = _sampled(study, int(settings["proxy_rows"]), int(settings["holdouts"]))
    answers, asked, folds = sample.answers, sample.asked, sample.folds
    counts = np.bincount(answers)
    balanced = counts.max() > settings["dominant"] * len(answers)
    weights = 1.0 / counts[answers] if balanced else np.ones(len(answers))
    steps = shares_of_training(study)
    hits = np.zeros((4, len(answers)))
    scores = np.zeros((int(settings["holdouts"]), len(steps)))
    sizes = np.zeros(len(steps), dtype=np.int64)
    for fold in range(len(scores)):
        step = part(progress, fold / len(scores), (fold + 1) / len(scores))
        held = np.flatnonzero((folds == fold) & asked)
        train = _nested(np.flatnonzero(folds != fold), answers, fold, sample.seed)
        for k, share in enumerate(steps):
            step(k / len(steps), f"learning from part of the rows, holdout {fold + 1} of {len(scores)}")
            seen = train[: max(2, round(share * len(train)))]
            sizes[k] = max(sizes[k], len(seen))
            right = _fitted(sample, seen, held, hits if k == len(steps) - 1 else None)
            scores[fold, k] = np.average(right, weights=weights[held])
    hit, copied, usual, at_five = hits[:, asked]
    return Proxy(
        hit=hit,
        copied=copied,
        usual=usual,
        at_five=at_five,
        weights=weights[asked],
        groups=[group for group, is_asked in zip(sample.groups, asked.tolist()) if is_asked],
        sizes=sizes,
        scores=scores,
        top=1.0 / len(counts) if balanced else float(counts.max()) / len(answers),
        balanced=bool(balanced),
        classes=len(counts),
        known=len(answers),
        by_means=sample.by_means,
    )


def simpler(found: Proxy) -> tuple[str, dict[str, Any]]:
    """What stood in where one model a class is too much, as a sentence and as detail; nothing where it is not."""
    if not found.by_means:
        return "", {}
    asked = len(found.hit)
    text = (
        f" With more than {MOST_FITTED:,} different answers (here {found.classes:,}) it compares a row with the mean "
        f"row of each answer, learned from {found.known:,} rows and tested on {asked:,} of them while held back."
    )
    return text, {"method": "mean row of each answer", "learned_rows": found.known, "asked_rows": asked}


def shares_of_training(study: Study) -> list[float]:
    """The parts of the training rows a curve is measured on, ascending to 1.0."""
    settings = study.policy.items["curve"].settings
    return [float(settings["ratio"]) ** k for k in reversed(range(int(settings["sizes"])))]


def _sampled(study: Study, most: int, holdouts: int) -> Sample:
    """At most `most` rows, each class in proportion, all asked; beyond `MOST_FITTED` classes `most` of `MOST_KNOWN`.

    Where there are thousands of classes, a sample small enough to fit would leave a row or two of each: all rows are
    learned from, and only those asked are a sample.
    """
    effective, answers = _answered(study)
    seed, chosen = study.facts.seed, np.arange(len(answers))
    by_means = int(answers.max()) >= MOST_FITTED
    rng = study.generator("asked")
    if by_means and len(answers) > MOST_KNOWN:
        chosen = np.sort(rng.permutation(len(answers))[:MOST_KNOWN])
    elif not by_means and len(answers) > most:
        chosen = np.sort(_nested(chosen, answers, 0, seed)[:most])
    numbered = np.unique(answers[chosen], return_inverse=True)[1].astype(np.int64)
    positions = effective[chosen]
    groups = [study.rows.groups[n] for n in positions]
    folds = dealt(groups, numbered, holdouts, np.random.default_rng(seed))
    asked = np.full(len(chosen), len(chosen) <= most)
    for fold in range(holdouts):
        asked[rng.permutation(np.flatnonzero(folds == fold))[: most // holdouts]] = True
    words = _counted([study.rows.inputs[n] for n in positions])
    return Sample(groups, numbered, folds, asked, words, by_means, seed)


def _answered(study: Study) -> tuple[Ints, Ints]:
    """Positions of the rows that count and their answers, numbered by appearance."""
    if study.answer_kind not in ("labels", "closed"):
        raise NotChecked("the answers are free text, numbers or sets of labels, not one of a few")
    numbers = dict[str, int]()
    names = [study.answers[n] for n in study.taught]
    answers = np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
    if len(answers) < LEAST_ROWS:
        raise NotChecked(f"only {len(answers)} usable rows; {LEAST_ROWS} are the least to hold some back")
    if len(numbers) < 2:
        raise NotChecked("every row has the same answer")
    return np.array(study.taught, dtype=np.int64), answers


def dealt(groups: Sequence[str], answers: Ints, folds: int, rng: np.random.Generator) -> Ints:
    """Fold of each row (0..folds-1): whole groups dealt round, class by class, so that every fold sees every class."""
    members: dict[str, list[int]] = defaultdict(list)
    for n, group in enumerate(groups):
        members[group].append(n)
    if len(members) < folds:
        raise NotChecked(f"only {len(members)} groups of unlike rows; {folds} are needed to hold some back fairly")
    keyed = list(members.values())
    order = [keyed[n] for n in rng.permutation(len(keyed))]
    order.sort(key=lambda rows: int(Counter(answers[rows].tolist()).most_common(1)[0][0]))
    result = np.empty(len(groups), dtype=np.int64)
    for turn, rows in enumerate(order):
        result[rows] = turn % folds
    return result


def _nested(train: Ints, answers: Ints, fold: int, seed: int) -> Ints:
    """The training rows in an order whose every beginning has each class in proportion."""
    rng = np.random.default_rng([seed, fold])
    shuffled = train[rng.permutation(len(train))]
    totals = np.bincount(answers[train])
    seen: Counter[int] = Counter()
    places = np.empty(len(shuffled))
    for n, answer in enumerate(answers[shuffled].tolist()):
        places[n] = (seen[answer] + 0.5) / totals[answer]
        seen[answer] += 1
    ordered: Ints = shuffled[np.argsort(places, kind="stable")]
    return ordered


def _counted(texts: Sequence[str]) -> Any:
    """Counts of words and word pairs, (row, term) sparse."""
    try:
        return CountVectorizer(ngram_range=(1, 2), **term_options(texts)).fit_transform(texts).astype(np.float64)
    except ValueError as error:
        raise NotChecked("the inputs hold no words") from error


def _fitted(sample: Sample, seen: Ints, held: Ints, hits: Floats | None) -> Floats:
    """Which held-out rows the stand-in taught `seen` gets right; fills `hits` (it, copy, usual, at five) if given."""
    answers = sample.answers
    tfidf = TfidfTransformer(sublinear_tf=True).fit(sample.words[seen])
    train, test = tfidf.transform(sample.words[seen]), tfidf.transform(sample.words[held])
    usual = int(np.bincount(answers[seen]).argmax())
    if len(np.unique(answers[seen])) < 2:
        predicted = np.full(len(held), usual)
    elif sample.by_means:
        predicted = _by_means(train, answers[seen], test, usual)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
            predicted = LinearSVC(random_state=sample.seed, tol=1e-2).fit(train, answers[seen]).predict(test)
    right: Floats = (predicted == answers[held]).astype(np.float64)
    if hits is not None:
        nearest = _nearest(test, train, 5)
        near = answers[seen][nearest] == answers[held][:, None]
        hits[:, held] = right, near[:, 0], answers[held] == usual, near.any(axis=1)
    return right


def _by_means(train: Any, answers: Ints, test: Any, usual: int) -> Ints:
    """The class whose mean row is most similar to each row of `test` (Rocchio 1971); `usual` where none is at all."""
    classes, own = np.unique(answers, return_inverse=True)
    place = (np.ones(len(own)), (own, np.arange(len(own))))
    turned = normalize(csr_matrix(place, shape=(len(classes), len(own))) @ train).T.tocsr()
    found = []
    for likeness in _likenesses(test, turned):
        best = likeness.argmax(axis=1)
        alike = likeness[np.arange(len(best)), best] > 0
        found.append(np.where(alike, classes[best], usual))
    return np.concatenate(found)


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
