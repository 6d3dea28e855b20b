"""Whether the learning curve refuses where it must and forecasts where it may: its bands against measured truths.

    python benchmarks/curve.py --train train.csv --test test.csv --state curve.jsonl
    python benchmarks/curve.py --train train.csv --test test.csv --flips 0.2 --rows 2500 --state curve.jsonl
    python benchmarks/curve.py --pairs roleplay.json --rows 150 300 --state curve.jsonl

Labels: a draw is the beginning of a seeded shuffle of the training file; its truths are the scores on the test file of
the same stand-in model taught on a longer beginning of the same shuffle (twice and four times the rows). With --flips,
that share of all labels is another one, any with equal chance: the curve is measured on such rows and so is its truth.
Pairs (JSON list or JSON lines): truths are the likeness of the nearest row's output on the rows of the shuffle that
neither the draw nor its continuation uses.

Everything measured is kept in --state, so that a run can be interrupted, and the curves refitted in seconds.
"""

import argparse
import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from curation.dedup import Settings as DedupSettings
from curation.dedup import dedup
from curation.readiness.evidence.curve import measured
from curation.readiness.policy import load_policy
from curation.readiness.stand_in.curve import Curve, Limits, Measured, fit
from curation.readiness.stand_in.neighbours import LONGEST, chrf
from curation.readiness.study import Study
from curation.records import Facts, Findings, dataset
from curation.records.progress import ignore
from curation.text.features import WORD

INPUTS = ("instruction", "input", "question", "prompt", "text")
OUTPUTS = ("response", "output", "answer", "completion")
Row = dict[str, str]
Truth = Callable[[list[Row], list[Row]], float]


def main() -> None:
    options = _options()
    if options.pairs:
        rows, test, truth = _pairs(options.pairs), [], _likeness
    else:
        rows, test, truth = _labelled(options.train, options.flips), _labelled(options.test, options.flips), _accuracy
    known = _known(options.state)
    name = f"{(options.pairs or options.train).stem} flips={options.flips}"
    for size in options.rows:
        lines = []
        for seed in range(options.draws):
            for line in _drawn(name, rows, test, truth, size, seed, known):
                with options.state.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                known[line["key"]] = line
            lines.append(_judged(known, f"{name} n={size} seed={seed}"))
            print(json.dumps({"set": name, "rows": size, "seed": seed} | lines[-1]), flush=True)
        print(json.dumps({"set": name, "rows": size} | _summed(lines)), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, help="CSV file with the columns text and category")
    parser.add_argument("--test", type=Path, help="CSV file with the same columns, for the truths")
    parser.add_argument("--pairs", type=Path, help="JSON or JSON lines of free-text pairs instead")
    parser.add_argument("--flips", type=float, default=0.0)
    parser.add_argument("--rows", type=int, nargs="*", default=[500, 1000, 2500])
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--state", type=Path, required=True)
    return parser.parse_args()


def _labelled(path: Path, flips: float) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = [{"input": row["text"], "label": row["category"]} for row in csv.DictReader(file)]
    names = sorted({row["label"] for row in rows})
    rng = np.random.default_rng(0)
    for n in np.flatnonzero(rng.random(len(rows)) < flips):
        others = [name for name in names if name != rows[n]["label"]]
        rows[n]["label"] = str(rng.choice(others))
    return rows


def _pairs(path: Path) -> list[Row]:
    text = path.read_text(encoding="utf-8")
    rows = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines()]
    return [
        {
            "input": "\n".join(row[key] for key in INPUTS if row.get(key)),
            "output": next(row[key] for key in OUTPUTS if key in row),
        }
        for row in rows
    ]


def _known(state: Path) -> dict[str, Any]:
    lines = state.read_text(encoding="utf-8").splitlines() if state.exists() else []
    return {line["key"]: line for line in map(json.loads, lines)}


def _drawn(
    name: str, rows: list[Row], test: list[Row], truth: Truth, size: int, seed: int, known: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """What of this draw was not measured yet: its curve, then the truths at twice and four times its rows."""
    order = np.random.default_rng(seed).permutation(len(rows))
    key = f"{name} n={size} seed={seed}"
    if key not in known:
        study = _study([rows[n] for n in order[:size]], seed)
        found = measured(study, ignore)
        yield {
            "key": key, "metric": found.metric, "sizes": found.sizes.tolist(), "scores": found.scores.tolist(),
            "held": found.held, "variance": None if found.variance is None else found.variance.tolist(),
            "effective": len(study.effective),
        }  # fmt: skip
    for times in (2, 4):
        at = min(size * times, len(rows) - (0 if test else 100))
        key = f"{name} truth={at} seed={seed}"
        if size * times <= 1.01 * len(rows) and key not in known:
            rest = test or [rows[n] for n in order[max(at, len(rows) - 300) :]]
            yield {"key": key, "truth": truth([rows[n] for n in order[:at]], rest)}


def _study(rows: list[Row], seed: int) -> Study:
    made = dataset(rows)
    clusters = dedup(made, DedupSettings(), ignore)
    return Study(Facts(made, clusters, Findings.join([]), seed=seed), load_policy())


def _accuracy(rows: list[Row], test: list[Row]) -> float:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD)
    taught = words.fit_transform([row["input"] for row in rows])
    model = LinearSVC(random_state=0, tol=1e-2).fit(taught, [row["label"] for row in rows])
    return float(model.score(words.transform([row["input"] for row in test]), [row["label"] for row in test]))


def _likeness(rows: list[Row], test: list[Row]) -> float:
    words = TfidfVectorizer(sublinear_tf=True, token_pattern=WORD)
    known = words.fit_transform([row["input"] for row in rows])
    nearest = (words.transform([row["input"] for row in test]) @ known.T).toarray().argmax(axis=1)
    pairs = [(rows[n]["output"], row["output"]) for n, row in zip(nearest, test, strict=True)]
    return float(np.mean([chrf(_start(guess), _start(true)) for guess, true in pairs]))


def _start(text: str) -> str:
    return " ".join(text.split())[:LONGEST]


def _judged(known: dict[str, Any], key: str) -> dict[str, Any]:
    line = known[key]
    head, size, seed = key.rsplit(" ", 2)
    variance = None if line["variance"] is None else np.array(line["variance"])
    taken = Measured(line["metric"], np.array(line["sizes"]), np.array(line["scores"]), line["held"], variance)
    rule = load_policy().items["curve"]
    reach, resamples = int(rule.settings["reach"]), int(rule.settings["resamples"])
    made: Curve = fit(
        taken,
        line["effective"],
        Limits(rule.settings["flat"], rule.warn or 1.0, reach),
        resamples,
        np.random.default_rng(0),
    )
    found: dict[str, Any] = {"ratio": [round(x, 3) for x in made.ratio], "refused": made.refused}
    for times, band in made.forecast.items():
        wanted = int(size.removeprefix("n=")) * times
        truths = [k for k in known if k.startswith(f"{head} truth=") and k.endswith(f" {seed}")]
        near = [k for k in truths if abs(int(k.split("truth=")[1].split()[0]) / wanted - 1) < 0.05]
        if near:
            truth = known[near[0]]["truth"]
            found[f"x{times}"] = {
                "forecast": [round(x, 3) for x in band], "truth": round(truth, 3),
                "error": round(band[0] - truth, 3), "held": band[1] <= truth <= band[2],
            }  # fmt: skip
    return found


def _summed(lines: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"draws": len(lines), "refused": sum(line["refused"] for line in lines)}
    for times in ("x2", "x4"):
        given = [line[times] for line in lines if times in line]
        if given:
            found[times] = {
                "forecast": len(given), "held": sum(one["held"] for one in given),
                "mean_error": round(float(np.mean([abs(one["error"]) for one in given])), 3),
                "mean_width": round(float(np.mean([one["forecast"][2] - one["forecast"][1] for one in given])), 3),
            }  # fmt: skip
    both = [line for line in lines if "x2" in line and "x4" in line]
    found["both_held"] = sum(line["x2"]["held"] and line["x4"]["held"] for line in both)
    return found


if __name__ == "__main__":
    main()
