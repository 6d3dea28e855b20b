"""Quality and speed of the wrong-label and mismatch checks on real rows with planted faults.

    python benchmarks/noise.py --data train.csv --text text --label category
    python benchmarks/noise.py --data train.csv --rows 100000 --labels 150 --rates 0.1 --kinds confusable
    python benchmarks/noise.py --pairs roleplay.json --pairs codegen.json

Labels: a share of the rows gets another label, any other with equal chance (symmetric) or one of the three most
similar by the cosine of their words' TF-IDF centroids (confusable). Average precision and precision at k rank the rows
whose label was changed among all; F1 is that of the flagged rows; `covers` tells whether the estimated noise interval
holds the planted rate (errors the set had before count as false alarms and raise the estimate). `preview_ap` is that of
the first look. Where the `datasets` package can be imported, cleanlab's Datalab ranks the same rows on the same text
features in the same run, once from the features and once from a cross-validated logistic regression on them. With
`--rows` and `--labels` the set is grown first: labels are split in two by their texts' first direction until there are
so many, and a new row is the first half of one text of a label and the second half of another.

Pairs: a JSON list or JSON lines; the outputs of 10 % of the rows are dealt to one another (random), or exchanged with
those of the row with the most similar input (neighbour). The figure is the AUROC of the mismatch score, and what the
check itself flags.

Times are this machine's; only figures within one run compare. Peak memory is the whole process's so far.
"""

import argparse
import csv
import json
import resource
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import normalize

from curation.checks import label_noise, mismatch
from curation.checks.labels.preview import preview
from curation.checks.labels.ranking import Judged, judge
from curation.checks.labels.ranking import Settings as LabelSettings
from curation.checks.pairing import likeness
from curation.dedup import Settings as DedupSettings
from curation.dedup import dedup
from curation.records import Dataset, dataset
from curation.records.progress import ignore

Ints = npt.NDArray[np.int64]
INPUTS = ("instruction", "input", "question", "prompt", "text")
OUTPUTS = ("response", "output", "answer", "completion")


def main() -> None:
    options = _options()
    if options.data:
        labels(options)
    if not options.static:
        vars(likeness)["has_static_embeddings"] = lambda: False
    for path in options.pairs:
        pairs(path, options.seed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="CSV file with a text and a label column")
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="category")
    parser.add_argument("--rates", type=float, nargs="*", default=[0.05, 0.1, 0.2, 0.3])
    parser.add_argument("--kinds", nargs="*", default=["confusable", "symmetric"])
    parser.add_argument("--no-static", dest="static", action="store_false", help="as where wordllama is not installed")
    parser.add_argument("--pairs", type=Path, action="append", default=[], help="JSON or JSON lines of pairs")
    parser.add_argument("--rows", type=int, default=0, help="grow the set to so many rows")
    parser.add_argument("--labels", type=int, default=0, help="split labels until there are so many")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def labels(options: argparse.Namespace) -> None:
    """One line a kind and rate of planted wrong labels."""
    with options.data.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    texts, given = [row[options.text] for row in rows], [row[options.label] for row in rows]
    names = sorted(set(given))
    truth = np.array([names.index(label) for label in given])
    texts, names, truth = _grown(texts, names, truth, options.rows, options.labels, options.seed)
    near = near_labels(texts, truth, len(names))
    print(f"{options.data.name}: {len(texts):,} rows, {len(names)} labels, seed {options.seed}")
    peer = find_spec("datasets") is not None
    if not peer:
        print("Datalab: not measured, the datasets package is not installed")
    for kind in options.kinds:
        for rate in options.rates:
            noisy = planted(truth, near if kind == "confusable" else None, rate, len(names), options.seed)
            print(
                json.dumps({"kind": kind, "rate": rate} | _judged(texts, names, noisy, truth, options, peer)),
                flush=True,
            )


def _grown(
    texts: list[str], names: list[str], truth: Ints, rows: int, labels: int, seed: int
) -> tuple[list[str], list[str], Ints]:
    names, truth, rng = list(names), truth.copy(), np.random.default_rng(seed)
    words = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    while len(names) < labels:
        largest = int(np.bincount(truth).argmax())
        members = np.flatnonzero(truth == largest)
        direction = TruncatedSVD(2, random_state=seed).fit_transform(words[members])[:, 1]
        truth[members[direction > np.median(direction)]] = len(names)
        names.append(f"{names[largest]} {len(names)}")
    texts, rows_of = list(texts), [np.flatnonzero(truth == k) for k in range(len(names))]
    more = rng.integers(len(names), size=max(0, rows - len(texts)))
    for label in more:
        one, other = (texts[n].split() for n in rng.choice(rows_of[label], 2))
        texts.append(" ".join([*one[: (len(one) + 1) // 2], *other[len(other) // 2 :]]))
    return texts, names, np.concatenate([truth, more])


def near_labels(texts: list[str], truth: Ints, classes: int) -> Ints:
    words = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    centres = normalize(np.vstack([np.asarray(words[truth == k].mean(axis=0)) for k in range(classes)]))
    likeness = centres @ centres.T
    np.fill_diagonal(likeness, -1.0)
    return np.argsort(-likeness, axis=1, kind="stable")[:, : min(3, classes - 1)]


def planted(truth: Ints, near: Ints | None, rate: float, classes: int, seed: int) -> Ints:
    rng = np.random.default_rng(seed)
    noisy = truth.copy()
    for n in np.flatnonzero(rng.random(len(truth)) < rate):
        others = near[truth[n]] if near is not None else np.delete(np.arange(classes), truth[n])
        noisy[n] = rng.choice(others)
    return noisy


def _judged(
    texts: list[str], names: list[str], noisy: Ints, truth: Ints, options: argparse.Namespace, peer: bool
) -> dict[str, Any]:
    ids = [f"{n:07}" for n in range(len(texts))]
    data = dataset([{"id": i, "input": t, "label": names[k]} for i, t, k in zip(ids, texts, noisy, strict=True)])
    clusters = dedup(data, DedupSettings(), ignore)
    settings = LabelSettings(static_embeddings=options.static)
    start = time.perf_counter()
    findings = label_noise.label_noise(data, clusters, settings, options.seed, ignore)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    first = time.perf_counter()
    early = {row["id"]: row["confidence"] for row in preview(data, options.seed).table.to_pylist()}
    first = time.perf_counter() - first
    judged = judge(data, clusters, settings, options.seed, ignore)
    rows = np.array([int(id) for id in judged.ids])
    wrong = (noisy != truth)[rows]
    summary = findings.runs[0].summary
    sure = {r["id"] for r in findings.table.to_pylist() if r["confidence"] >= 0.5}
    flagged = np.array([id in sure for id in judged.ids])
    result = {
        "ap": round(float(average_precision_score(wrong, -judged.quality)), 3),
        "precision_at_k": _precision_at_k(wrong, -judged.quality),
        "f1": round(2 * float((wrong & flagged).sum()) / float(wrong.sum() + flagged.sum()), 3),
        "planted": round(float(wrong.mean()), 3),
        "estimate": {key: round(value, 3) for key, value in summary["noise_rate"].items()},
        "covers": bool(summary["noise_rate"]["low"] <= wrong.mean() <= summary["noise_rate"]["high"]),
        "seconds": round(seconds, 1),
        "preview_ap": round(float(average_precision_score(wrong, [early.get(id, 0.0) for id in judged.ids])), 3),
        "preview_seconds": round(first, 1),
        "peak_mb": peak,
    }
    return result | (_datalab(judged, wrong) if peer else {})


def _precision_at_k(wrong: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> float:
    return round(float(wrong[np.argsort(-score, kind="stable")[: wrong.sum()]].mean()), 3)


def _datalab(judged: Judged, wrong: npt.NDArray[np.bool_]) -> dict[str, Any]:
    from cleanlab import Datalab

    lab = Datalab({"label": judged.labels}, label_name="label", task="classification", verbosity=0)
    start = time.perf_counter()
    lab.find_issues(features=judged.features, issue_types={"label": {}})
    score = -lab.get_issues("label")["label_score"].to_numpy()
    seconds = time.perf_counter() - start
    model = LogisticRegression(max_iter=1000)
    told = cross_val_predict(model, judged.features, judged.labels, cv=5, method="predict_proba")
    lab.find_issues(pred_probs=told, issue_types={"label": {}})
    informed = -lab.get_issues("label")["label_score"].to_numpy()
    return {
        "datalab_ap": round(float(average_precision_score(wrong, score)), 3),
        "datalab_precision_at_k": _precision_at_k(wrong, score),
        "datalab_seconds": round(seconds, 1),
        "datalab_with_probabilities_ap": round(float(average_precision_score(wrong, informed)), 3),
    }


def pairs(path: Path, seed: int) -> None:
    """One line a way of mispairing outputs."""
    asked, answered = _read_pairs(path)
    print(f"{path.name}: {len(asked):,} pairs, seed {seed}")
    for kind, deal in {"random": _dealt, "neighbour": _exchanged}.items():
        outputs, wrong = deal(asked, answered, seed)
        rows = [{"id": f"{n:07}", "input": a, "output": b} for n, (a, b) in enumerate(zip(asked, outputs, strict=True))]
        print(json.dumps({"kind": kind} | _compared(dataset(rows), wrong, seed)), flush=True)


def _read_pairs(path: Path) -> tuple[list[str], list[str]]:
    text = path.read_text(encoding="utf-8")
    rows = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines()]
    asked = ["\n".join(row[key] for key in INPUTS if row.get(key)) for row in rows]
    return asked, [next(row[key] for key in OUTPUTS if key in row) for row in rows]


Deal = Callable[[list[str], list[str], int], tuple[list[str], npt.NDArray[np.bool_]]]


def _dealt(asked: list[str], answered: list[str], seed: int) -> tuple[list[str], npt.NDArray[np.bool_]]:
    chosen = np.random.default_rng(seed).permutation(len(asked))[: len(asked) // 10]
    outputs, wrong = list(answered), np.zeros(len(asked), dtype=bool)
    for n, other in zip(chosen, np.roll(chosen, 1), strict=True):
        outputs[n] = answered[other]
    wrong[chosen] = True
    return outputs, wrong


def _exchanged(asked: list[str], answered: list[str], seed: int) -> tuple[list[str], npt.NDArray[np.bool_]]:
    words = TfidfVectorizer(sublinear_tf=True).fit_transform(asked)
    likeness = (words @ words.T).toarray()
    np.fill_diagonal(likeness, -1.0)
    nearest = likeness.argmax(axis=1)
    outputs, wrong = list(answered), np.zeros(len(asked), dtype=bool)
    for n in np.random.default_rng(seed).permutation(len(asked)):
        other = nearest[n]
        if wrong.sum() >= len(asked) // 10:
            break
        if not wrong[n] and not wrong[other] and answered[n] != answered[other]:
            outputs[n], outputs[other] = answered[other], answered[n]
            wrong[[n, other]] = True
    return outputs, wrong


def _compared(data: Dataset, wrong: npt.NDArray[np.bool_], seed: int) -> dict[str, Any]:
    clusters = dedup(data, DedupSettings(), ignore)
    start = time.perf_counter()
    findings = mismatch.mismatch(data, clusters, mismatch.Settings(), seed, ignore)
    seconds = time.perf_counter() - start
    compared = mismatch.compare(data, clusters, seed, ignore).rows
    sure = [int(row["id"]) for row in findings.table.to_pylist() if row["confidence"] >= 0.5]
    return {
        "auroc": round(float(roc_auc_score(wrong, compared.score)), 3),
        "flagged_precision": round(float(wrong[sure].mean()), 3) if sure else None,
        "flagged_recall": round(float(wrong[sure].sum() / wrong.sum()), 3),
        "seconds": round(seconds, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    main()
