"""A small classifier standing in for a pattern: is there one, does it still grow, would copying a neighbour do?

It is not the language model: its scores say whether the answers follow from the inputs, never how a tuned model scores.
"""

import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.svm import LinearSVC

from curation.errors import NotChecked
from curation.progress import Progress, part
from curation.readiness.study import Study
from curation.text.normalise import lowered

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
LEAST_ROWS = 20
"""Below this, a fifth held out is under four rows: too few to say anything."""
WORD = r"(?u)\b\w+\b"


@dataclass(frozen=True)
class Proxy:
    """What the holdouts gave: one entry a row for `hit`, `copied`, `usual` (0 or 1), `weights` and `groups`.

    `sizes` (size,) are training rows, `scores` (holdout, size) their weighted accuracies. `top` is the share of
    the most frequent answer, `balanced` whether every class weighs the same, `at_five` whether one of the 5 nearest
    rows is right.
    """

    positions: Ints
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


def proxy(study: Study, progress: Progress) -> Proxy:
    """The holdouts of this study, worked out once. Raises NotChecked for free text, one class or too few rows."""
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
    positions, answers = _answered(study, int(settings["proxy_rows"]))
    rows = study.rows
    groups = [rows.groups[n] for n in positions]
    folds = dealt(groups, answers, int(settings["holdouts"]), study.facts.seed)
    counts = np.bincount(answers)
    balanced = counts.max() > settings["dominant"] * len(answers)
    weights = 1.0 / counts[answers] if balanced else np.ones(len(answers))
    words = _counted([rows.inputs[n] for n in positions])
    steps = shares_of_training(study)
    hits = np.zeros((4, len(positions)))
    scores = np.zeros((int(settings["holdouts"]), len(steps)))
    sizes = np.zeros(len(steps), dtype=np.int64)
    for fold in range(len(scores)):
        step = part(progress, fold / len(scores), (fold + 1) / len(scores))
        held = np.flatnonzero(folds == fold)
        train = _nested(np.flatnonzero(folds != fold), answers, fold, study.facts.seed)
        for k, share in enumerate(steps):
            step(k / len(steps), f"learning from part of the rows, holdout {fold + 1} of {len(scores)}")
            seen = train[: max(2, round(share * len(train)))]
            sizes[k] = max(sizes[k], len(seen))
            last = k == len(steps) - 1
            right = _fitted(words, answers, seen, held, hits if last else None, study.facts.seed)
            scores[fold, k] = np.average(right, weights=weights[held])
    top = 1.0 / len(counts) if balanced else float(counts.max()) / len(answers)
    return Proxy(
        np.array(positions),
        hits[0],
        hits[1],
        hits[2],
        hits[3],
        weights,
        groups,
        sizes,
        scores,
        top,
        bool(balanced),
        len(counts),
    )


def shares_of_training(study: Study) -> list[float]:
    """The parts of the training rows a curve is measured on, ascending to 1.0."""
    settings = study.policy.items["curve"].settings
    return [float(settings["ratio"]) ** k for k in reversed(range(int(settings["sizes"])))]


def _answered(study: Study, most: int) -> tuple[list[int], Ints]:
    """Positions to learn from (at most `most`, each class in proportion) and their answers numbered by appearance."""
    if study.answer_kind == "text":
        raise NotChecked("the answers are free text, not one of a few")
    rows, numbers = study.rows, dict[str, int]()
    names = [(rows.labels[n] or "") if study.labelled_set else lowered(rows.outputs[n]) for n in study.effective]
    answers = np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
    if len(answers) < LEAST_ROWS:
        raise NotChecked(f"only {len(answers)} usable rows; {LEAST_ROWS} are the least to hold some back")
    if len(numbers) < 2:
        raise NotChecked("every row has the same answer")
    chosen = np.arange(len(answers))
    if len(answers) > most:
        chosen = np.sort(_nested(chosen, answers, 0, study.facts.seed)[:most])
    positions = [study.effective[n] for n in chosen]
    kept = answers[chosen]
    return positions, np.unique(kept, return_inverse=True)[1].astype(np.int64)


def dealt(groups: Sequence[str], answers: Ints, folds: int, seed: int) -> Ints:
    """Fold of each row (0..folds-1): whole groups dealt round, class by class, so that every fold sees every class."""
    members: dict[str, list[int]] = defaultdict(list)
    for n, group in enumerate(groups):
        members[group].append(n)
    if len(members) < folds:
        raise NotChecked(f"only {len(members)} groups of unlike rows; {folds} are needed to hold some back fairly")
    keyed = list(members.values())
    rng = np.random.default_rng(seed)
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
        return CountVectorizer(ngram_range=(1, 2), token_pattern=WORD).fit_transform(texts).astype(np.float64)
    except ValueError as error:
        raise NotChecked("the inputs hold no words") from error


def _fitted(words: Any, answers: Ints, seen: Ints, held: Ints, hits: Floats | None, seed: int) -> Floats:
    """Which held-out rows a LinearSVC on `seen` gets right; fills `hits` (svm, copy, usual, at five) when given."""
    tfidf = TfidfTransformer(sublinear_tf=True).fit(words[seen])
    train, test = tfidf.transform(words[seen]), tfidf.transform(words[held])
    usual = int(np.bincount(answers[seen]).argmax())
    if len(np.unique(answers[seen])) < 2:
        predicted = np.full(len(held), usual)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
            predicted = LinearSVC(random_state=seed, tol=1e-2).fit(train, answers[seen]).predict(test)
    right: Floats = (predicted == answers[held]).astype(np.float64)
    if hits is not None:
        nearest = _nearest(test, train, 5)
        near = answers[seen][nearest] == answers[held][:, None]
        hits[:, held] = right, near[:, 0], answers[held] == usual, near.any(axis=1)
    return right


def _nearest(test: Any, train: Any, k: int, block: int = 500) -> Ints:
    """Indices (row, k) of the most similar training rows, nearest first, ties to the earlier row."""
    k = min(k, train.shape[0])
    found = []
    turned = train.T.tocsr()
    for start in range(0, test.shape[0], block):
        likeness = (test[start : start + block] @ turned).toarray()
        found.append(
            np.argsort(-likeness, axis=1, kind="stable")[:, :k] if k > likeness.shape[1] // 2 else _top(likeness, k)
        )
    return np.concatenate(found).astype(np.int64)


def _top(likeness: Floats, k: int) -> Ints:
    part_ = np.argpartition(-likeness, k, axis=1)[:, :k]
    part_.sort(axis=1)
    rows = np.arange(len(likeness))[:, None]
    order = np.argsort(-likeness[rows, part_], axis=1, kind="stable")
    picked: Ints = part_[rows, order]
    return picked
