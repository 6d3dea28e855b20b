"""The two classifiers of `label_model` at both of their jobs, and whether the score's intervals hold.

    python benchmarks/label_model.py --data train.csv --text text --label category [--test test.csv]
    python benchmarks/label_model.py --coverage

Held-out score: accuracy on the test file, or on a fifth of the rows, learned from 500, 2,500 and all others; once as
they are and once with a fifth of the labels of the rows learned from changed (to one of the three most similar labels).
Ranking: average precision of the changed labels among all, from probabilities of models that did not see a row; those
of the support vector machine are the softmax of its margins, and its margin by itself is ranked too. `linear_svm` is
the plain classifier (words, TF-IDF, machine), `logistic_neighbours` the average of a logistic regression and the 15
nearest rows on 256 leading directions of words and characters. `characters` is the machine on characters as well.

Coverage: how often the 90 % interval of balanced accuracy, macro F1 and accuracy holds the truth, `--draws` draws a
cell, rows alone or in groups of four that are right or wrong together half of the time; labels of equal sizes or in
proportion 1, 1/2, 1/3 ... with at least three groups each.

Times are this machine's; only figures within one run compare.
"""

import argparse
import csv
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from noise import near_labels, planted
from scipy.sparse import csr_matrix, hstack
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from curation.checks.labels.ranking import quality
from curation.label_model.folds import folds
from curation.label_model.linear_svm import counted, learn
from curation.label_model.logistic_neighbours import STRENGTH, TOLERANCE, out_of_sample
from curation.records.progress import ignore
from curation.sampling.grouped import balanced_accuracy, macro_f1, share
from curation.text.features import lsa, tfidf, vectorizers

Ints = npt.NDArray[np.int64]
SIZES = (500, 2_500, 10**9)
RATE = 0.2
"""Share of labels changed."""


def main() -> None:
    options = _options()
    with threadpool_limits(1):  # as in the product: as fast, and many times faster where cores are shared
        if options.data:
            jobs(options)
        if options.coverage:
            coverage(options.draws, options.seed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="CSV file with a text and a label column")
    parser.add_argument("--test", type=Path, help="CSV file of rows held back; left out, a fifth of the others is")
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="category")
    parser.add_argument("--coverage", action="store_true")
    parser.add_argument("--draws", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def jobs(options: argparse.Namespace) -> None:
    """One line a size and share of changed labels; then one a ranking."""
    texts, given = _read(options.data, options)
    asked, right = _read(options.test, options) if options.test else ([], [])
    names = sorted({*given, *right})
    labels = np.array([names.index(label) for label in given])
    truth = np.array([names.index(label) for label in right], dtype=np.int64)
    order = np.random.default_rng(options.seed).permutation(len(texts))
    if not options.test:
        held, order = order[: len(texts) // 5], order[len(texts) // 5 :]
        asked, truth = [texts[n] for n in held], labels[held]
    print(f"{options.data.name}: {len(texts):,} rows, {len(names)} labels, seed {options.seed}")
    near = near_labels(texts, labels, len(names))
    for rate in (0.0, RATE):
        noisy = planted(labels, near, rate, len(names), options.seed)
        for size in SIZES:
            some = order[:size]
            learned, known = [texts[n] for n in some], noisy[some]
            line: dict[str, Any] = {"rows": len(some), "changed": rate}
            for name, method in METHODS.items():
                start = time.perf_counter()
                guess = method(learned, known, asked)
                line[name] = round(float((guess == truth).mean()), 4)
                line[f"{name}_seconds"] = round(time.perf_counter() - start, 1)
            print(json.dumps(line), flush=True)
    for kind in ("confusable", "symmetric"):
        noisy = planted(labels, near if kind == "confusable" else None, RATE, len(names), options.seed)
        print(json.dumps({"kind": kind, "changed": RATE} | ranked(texts, noisy, noisy != labels, options.seed)))


def _read(path: Path, options: argparse.Namespace) -> tuple[list[str], list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row[options.text] for row in rows], [row[options.label] for row in rows]


def linear_svm(texts: list[str], labels: Ints, asked: list[str]) -> Ints:
    words = counted([*texts, *asked])
    return learn(words[: len(texts)], labels, 0, False).predict_known(words[len(texts) :])


def characters(texts: list[str], labels: Ints, asked: list[str]) -> Ints:
    readers = vectorizers(len(texts))
    known = csr_matrix(hstack([reader.fit_transform(texts) for reader in readers]))
    return (
        LinearSVC(tol=1e-2, random_state=0)
        .fit(known, labels)
        .predict(csr_matrix(hstack([reader.transform(asked) for reader in readers])))
    )


def logistic_neighbours(texts: list[str], labels: Ints, asked: list[str]) -> Ints:
    from sklearn.linear_model import LogisticRegression

    readers = vectorizers(len(texts))
    known = csr_matrix(hstack([reader.fit_transform(texts) for reader in readers]))
    left, values, directions = randomized_svd(known, min(256, *known.shape), n_iter=4, random_state=0)
    known = normalize(left * values)
    held = normalize(csr_matrix(hstack([reader.transform(asked) for reader in readers])) @ directions.T)
    model = LogisticRegression(C=STRENGTH, tol=TOLERANCE, max_iter=100).fit(known, labels)
    chances = np.zeros((len(asked), int(labels.max()) + 1))
    chances[:, model.classes_] = model.predict_proba(held)
    likeness = held @ known.T
    near = np.argsort(-likeness, axis=1)[:, :15]
    weight = np.maximum(np.take_along_axis(likeness, near, 1), 0)
    votes = np.zeros_like(chances)
    np.add.at(votes, (np.arange(len(asked))[:, None], labels[near]), weight)
    return (chances + votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-9)).argmax(axis=1)


METHODS = {"linear_svm": linear_svm, "logistic_neighbours": logistic_neighbours, "characters": characters}


def ranked(texts: list[str], labels: Ints, wrong: npt.NDArray[np.bool_], seed: int) -> dict[str, float]:
    """Average precision of the changed labels, by what each classifier makes of rows it did not see."""
    groups = np.arange(len(texts))
    features = lsa(tfidf(texts, ignore), 256, seed)
    probability, _ = out_of_sample([features], labels, groups, seed, ignore)
    margins = _margins(texts, labels, groups, seed)
    soft = np.exp(margins - margins.max(axis=1, keepdims=True))
    rows = np.arange(len(texts))
    rest = margins.copy()
    rest[rows, labels] = -np.inf
    ranks = {
        "logistic_neighbours": quality(labels, probability, "root_margin"),
        "linear_svm": quality(labels, soft / soft.sum(axis=1, keepdims=True), "root_margin"),
        "linear_svm_margin": margins[rows, labels] - rest.max(axis=1),
    }
    return {name: round(float(average_precision_score(wrong, -rank)), 3) for name, rank in ranks.items()}


def _margins(texts: list[str], labels: Ints, groups: Ints, seed: int) -> npt.NDArray[np.float64]:
    words, fold = counted(texts), folds(labels, groups, seed)
    out = np.full((len(texts), int(labels.max()) + 1), -9.0)
    for n in range(int(fold.max()) + 1):
        held = fold == n
        model = learn(words[~held], labels[~held], seed, False)
        used = words[held] if model.terms is None else words[held][:, model.terms]
        made = model.estimator.decision_function(model.weights.transform(used))
        out[np.ix_(held, model.estimator.classes_)] = np.column_stack([-made, made]) if made.ndim == 1 else made
    return out


def coverage(draws: int, seed: int) -> None:
    """One line a cell: share of intervals that hold the truth, and of those that lie above it."""
    rng = np.random.default_rng(seed)
    for labels in (2, 10, 40):
        for skew in (0, 1):
            for accuracy in (0.6, 0.85, 0.95):
                for rows in (100, 400, 2_000):
                    for size in (1, 4):
                        if rows // size >= 6 * labels:
                            cell = {"labels": labels, "skew": skew, "score": accuracy, "rows": rows, "group": size}
                            print(json.dumps(cell | _covered(cell, draws, rng)), flush=True)


def _covered(cell: dict[str, Any], draws: int, rng: np.random.Generator) -> dict[str, list[float]]:
    labels, size = cell["labels"], cell["group"]
    answers, groups = _rows(labels, cell["skew"], cell["rows"] // size, size)
    spread = min(0.1, 0.995 - cell["score"])
    recalls = cell["score"] + spread * np.linspace(-1, 1, labels)
    matrix = np.diag(recalls) + ((1 - recalls) / (labels - 1))[:, None] * (1 - np.eye(labels))
    shares = np.bincount(answers, minlength=labels) / len(answers)
    given = shares @ matrix
    truth = (recalls.mean(), (2 * shares * recalls / (shares + given)).mean(), shares @ recalls)
    held, above = np.zeros(3), np.zeros(3)
    for _ in range(draws):
        alone = rng.random(len(answers)) < 0.5
        luck = np.where(alone, rng.random(len(answers)), rng.random(groups.max() + 1)[groups])
        guess = (luck[:, None] > matrix.cumsum(axis=1)[answers]).sum(axis=1).clip(0, labels - 1)
        right = (guess == answers).astype(np.float64)
        ends = (balanced_accuracy(answers, right, groups), macro_f1(answers, guess, groups), share(right, groups))
        held += [low <= value <= high for value, (_, low, high) in zip(truth, ends)]
        above += [low > value for value, (_, low, _) in zip(truth, ends)]
    names = ("balanced_accuracy", "macro_f1", "accuracy")
    pairs = zip(names, (held / draws).round(3), (above / draws).round(3))
    return {name: [float(inside), float(over)] for name, inside, over in pairs}


def _rows(labels: int, skew: int, groups: int, size: int) -> tuple[Ints, Ints]:
    weight = np.arange(1, labels + 1, dtype=np.float64) ** -skew
    counts = np.maximum(3, np.floor(weight / weight.sum() * groups)).astype(int)
    of = np.repeat(np.arange(labels), counts)
    return np.repeat(of, size), np.repeat(np.arange(len(of)), size)


if __name__ == "__main__":
    main()
