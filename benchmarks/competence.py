"""When the estimate of wrong labels may be believed: measured on public sets with a known share of flipped labels.

    python benchmarks/competence.py --sets DIR --state competence.jsonl             measure (resumable) and print
    python benchmarks/competence.py --state competence.jsonl                        print again
    python benchmarks/competence.py --sets DIR --state static.jsonl --static        with static embeddings too

A draw is the beginning of a seeded shuffle of a set without exact repeats; `--flips` of its labels become another one,
any with equal chance. `SET@3` is the set with its texts cut to their first 3 words: right labels, less to go by. The
check `label_noise` gives its estimate r (value, low, high) and how well its models score on rows they never saw: s,
against m for always giving the most frequent label (balanced accuracy against 1 / classes where one label has more
than DOMINANT of the rows).

Three rules say when wrong labels are believed. A, (s - m) / (1 - r - m) >= a: wrong labels would explain nearly all
that the stand-in misses. B, (s - m) / (1 - m) >= b. C reads another estimate t: of the fifth of the rows whose guess is
surest, the share whose label differs from it. Wrong labels do not know how sure a model is, a model's own mistakes
stand among its unsure guesses, so t stays near the share of wrong labels where r counts hard texts too. C asks
(s - m) / (1 - t - m) >= c, B of at least C_GAIN and C_ROWS rows, and its interval is Wilson's, its lower part WIDER
times as wide: a model's own mistakes stand among its surest guesses too, and make t too high, never too low.

For each threshold: false alarms, believed with a low end over 10 % at 0 and 5 % flips, by the size of the draw; power,
the same at 20 and 30 % flips on COMPETENT sets; turns, sets with right labels that are quiet at the largest draw and
raise the alarm in a smaller one.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from public_sets import present, rows

from curation.checks.labels.ranking import WIDER, Judged, Settings, judge, summarise
from curation.dedup import Settings as DedupSettings
from curation.dedup import dedup
from curation.errors import NotChecked
from curation.records import dataset
from curation.records.progress import ignore
from curation.sampling.intervals import auroc, wilson

SETS = (
    "banking77", "clinc150", "trec", "trec_fine", "ag_news", "movies", "subjectivity", "products", "opinions",
    "movies_stars", "irony", "emotion", "hate", "offensive", "sentiment", "cola", "sms", "davidson", "chinese_news",
    "chinese_headlines", "chinese_apps", "snips", "atis", "feelings", "ag_news@12", "ag_news@6", "ag_news@4",
    "ag_news@3", "clinc150@3", "trec@4", "snips@3", "chinese_news@1",
)  # fmt: skip
FLIPS = (0.0, 0.05, 0.1, 0.2, 0.3)
SIZES = (100, 400, 1_000, 2_500, 5_000)
DRAWS = {100: 2, 400: 2}
"""Draws a size, more where they differ more; one for the others."""
DOMINANT = 0.7
ROWS_A_CLASS = 15
"""Distinct rows a label under which the estimate is not asked at all (readiness/policy.toml)."""
FAILS = 0.10
COMPETENT = ("banking77", "clinc150", "trec", "ag_news", "snips", "subjectivity")
"""Sets whose labels follow from their words, where power is asked."""
C_GAIN, C_ROWS, C_AT = 0.3, 400, 0.6
"""Rule C as chosen by the table below."""
Line = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, metavar="DIR", help="folder of the public sets; left out, only print")
    parser.add_argument("--state", type=Path, required=True, help="JSON lines of what was measured")
    parser.add_argument("--only", nargs="*", default=list(SETS), metavar="SET")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--flips", type=float, nargs="*", default=list(FLIPS))
    parser.add_argument("--draws", type=int, help="draws a size; left out, two of the small sizes and one of others")
    parser.add_argument("--static", action="store_true", help="static embeddings too, where installed")
    options = parser.parse_args()
    if options.sets:
        measure(options)
    lines = [json.loads(line) for line in options.state.read_text("utf-8").split("\n") if line]
    print_all([line for line in lines if line["size"] in options.sizes])


def measure(options: argparse.Namespace) -> None:
    """Every cell that is not in the state file yet, small draws first."""
    done = set()
    if options.state.exists():
        done = {json.loads(line)["key"] for line in options.state.read_text("utf-8").split("\n") if line}
    there = present(options.sets, "labels")
    for size in sorted(options.sizes):
        for name in options.only:
            if name.split("@")[0] not in there:
                print(f"{name}: absent")
                continue
            for line in _cells(name, size, options, done):
                with options.state.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")


def _cells(name: str, size: int, options: argparse.Namespace, done: set[str]) -> Iterator[Line]:
    texts, labels = drawn_from(name, options.sets)
    for draw in range(options.draws or DRAWS.get(size, 1)):
        order = np.random.default_rng(draw).permutation(len(texts))[:size]
        for flips in options.flips:
            key = f"{name} {size} {draw} {flips}"
            if key in done or len(order) < 0.8 * size:
                continue
            given = flipped([labels[n] for n in order], flips, draw)
            yield {"key": key, "set": name, "size": size, "draw": draw, "flips": flips} | judged(
                [texts[n] for n in order], given, options.static
            )


def drawn_from(name: str, folder: Path) -> tuple[list[str], list[str]]:
    """Texts and labels of a set without exact repeats; `@N` cuts texts to N words (characters x 4 where unspaced)."""
    base, _, words = name.partition("@")
    first: dict[str, str] = {}
    for row in rows(base, folder):
        text = row["input"]
        if words:
            unspaced = base.startswith("chinese")
            text = text[: 4 * int(words)] if unspaced else " ".join(text.split()[: int(words)])
        first.setdefault(text, row["label"])
    return list(first), list(first.values())


def flipped(labels: list[str], rate: float, seed: int) -> list[str]:
    """The labels with a share changed to another one of the set, any with equal chance."""
    rng, names, given = np.random.default_rng(seed + 1_000), sorted(set(labels)), list(labels)
    for n in rng.permutation(len(given))[: round(rate * len(given))]:
        given[n] = str(rng.choice([name for name in names if name != labels[n]]))
    return given


def judged(texts: list[str], labels: list[str], static: bool) -> Line:
    """What the check makes of the rows: plain figures, or the reason why it was not run."""
    data = dataset(
        [{"id": f"{n:06}", "input": a, "label": b} for n, (a, b) in enumerate(zip(texts, labels, strict=True))]
    )
    start = time.perf_counter()
    clusters = dedup(data, DedupSettings(), ignore)
    try:
        read = judge(data, clusters, Settings(static_embeddings=static), 0, ignore)
        summary = summarise(read)
    except NotChecked as reason:
        return {"reason": str(reason)}
    figures = {k: [round(v, 4) for v in summary[k].values()] for k in ("noise_rate", "accuracy", "balanced_accuracy")}
    counts = {k: summary[k] for k in ("judged", "classes")} | {"majority": round(summary["majority_rate"], 4)}
    labels_there = len(set(labels))
    return (
        figures
        | counts
        | confident(read)
        | {"each": len(texts) / labels_there, "seconds": round(time.perf_counter() - start, 1)}
    )


def confident(read: Judged) -> Line:
    """Where the guesses that differ from the labels stand among the sure and the unsure guesses.

    `auroc` is P(a guess that agrees is surer than one that differs): wrong labels do not know how sure the models are
    (.5), models' own mistakes do. `top` are the guesses that differ among the surest half, third and fifth.
    """
    sure, differs = read.probability.max(axis=1), read.probability.argmax(axis=1) != read.labels
    order = np.argsort(-sure, kind="stable")
    top = {str(part): [int(differs[order[: len(order) // part]].sum()), len(order) // part] for part in (2, 3, 5)}
    each = np.bincount(read.labels)
    area = float(auroc(sure[~differs], sure[differs])[0]) if 0 < differs.sum() < len(differs) else 0.5
    return {"auroc": round(area, 3), "top": top, "median_class": float(np.median(each[read.labels]))}


def gain(line: Line) -> tuple[float, float]:
    """s and m of a line."""
    if line["majority"] > DOMINANT:
        return float(line["balanced_accuracy"][0]), 1.0 / float(line["classes"])
    return float(line["accuracy"][0]), float(line["majority"])


def rule_a(line: Line) -> float:
    s, m = gain(line)
    return float((s - m) / max(1e-9, 1 - line["noise_rate"][0] - m))


def rule_b(line: Line) -> float:
    s, m = gain(line)
    return (s - m) / (1 - m)


def sure_rate(line: Line) -> tuple[float, float, float]:
    """t with its interval, widened below."""
    value, low, high = wilson(*line["top"]["5"])
    return value, max(0.0, value - WIDER * (value - low)), high


def rule_c(line: Line) -> float:
    s, m = gain(line)
    if rule_b(line) < C_GAIN or line["judged"] < C_ROWS:
        return -1.0
    return (s - m) / max(0.02, 1 - sure_rate(line)[0] - m)


def asked(line: Line) -> bool:
    """Whether the estimate is asked at all: the check ran, on enough rows a class."""
    return "noise_rate" in line and line["each"] >= ROWS_A_CLASS


RULES = {
    "none": (lambda line: 0.0, (0.0,)),
    "A": (rule_a, (0.6, 0.65, 0.7, 0.75, 0.8, 0.85)),
    "B": (rule_b, (0.4, 0.5, 0.6, 0.7)),
    "C": (rule_c, (0.5, 0.55, 0.6, 0.65, 0.7)),
}


def print_all(lines: list[Line]) -> None:
    print_sets(lines)
    print_rules(lines)


def print_sets(lines: list[Line]) -> None:
    """A line a set: estimates and rules at the largest draw, without flips and with 20 %."""
    print("| set | rows | r, t at 0 % flips | A | B | C | r, t at 20 % | A | B | C | r, t at 0 %, 400 rows |")
    print("|---" * 11 + "|")
    for name in dict.fromkeys(line["set"] for line in lines):
        mine = [line for line in lines if line["set"] == name and "top" in line]
        if not mine:
            continue
        size = max(line["size"] for line in mine)
        cells = [name, f"{size:,}"]
        for flips in (0.0, 0.2):
            here = [line for line in mine if line["size"] == size and line["flips"] == flips]
            cells += _cells_of(here[0]) if here else [""] * 4
        small = [line for line in mine if line["size"] == 400 and line["flips"] == 0.0]
        cells.append(_both(small[0]) if small else "")
        print("| " + " | ".join(cells) + " |")


def _cells_of(line: Line) -> list[str]:
    return [_both(line), *(f"{rule(line):.2f}" for rule in (rule_a, rule_b, rule_c))]


def _both(line: Line) -> str:
    return f"{line['noise_rate'][0]:.0%}, {sure_rate(line)[0]:.0%}"


def print_rules(lines: list[Line]) -> None:
    """A line a rule and threshold."""
    ready = [line for line in lines if asked(line) and "top" in line]
    sizes = sorted({line["size"] for line in ready})
    quiet = [line for line in ready if line["flips"] <= 0.05]
    heads = [f"{size:,} rows" for size in sizes]
    print("\n| " + " | ".join(["rule", "at", "false alarms", *heads, "power 20 %", "power 30 %", "turns"]) + " |")
    print("|---" * (6 + len(sizes)) + "|")
    for name, (rule, thresholds) in RULES.items():
        for at in thresholds:
            split = [_alarms([line for line in quiet if line["size"] == size], name, rule, at) for size in sizes]
            powers = [_power(ready, flips, name, rule, at) for flips in (0.2, 0.3)]
            cells = [name, f"{at:.2f}", _alarms(quiet, name, rule, at), *split, *powers, _turns(quiet, name, rule, at)]
            print("| " + " | ".join(cells) + " |")


Rule = Callable[[Line], float]


def fires(line: Line, name: str, rule: Rule, at: float) -> bool:
    low = sure_rate(line)[1] if name == "C" else line["noise_rate"][1]
    return bool(rule(line) >= at and low > FAILS)


def _alarms(lines: list[Line], name: str, rule: Rule, at: float) -> str:
    return f"{sum(fires(line, name, rule, at) for line in lines)} of {len(lines)}"


def _power(ready: list[Line], flips: float, name: str, rule: Rule, at: float) -> str:
    """From 1,000 rows on, and in all."""
    there = [line for line in ready if line["flips"] == flips and line["set"] in COMPETENT and line["size"] >= 400]
    large = [line for line in there if line["size"] >= 1_000]
    return f"{_alarms(large, name, rule, at)} from 1,000 rows on, {_alarms(there, name, rule, at)} from 400"


def _turns(quiet: list[Line], name: str, rule: Rule, at: float) -> str:
    turned, all = 0, 0
    for key in {(line["set"], line["flips"]) for line in quiet}:
        mine = [line for line in quiet if (line["set"], line["flips"]) == key]
        largest = max(line["size"] for line in mine)
        loud = {line["size"] for line in mine if fires(line, name, rule, at)}
        all, turned = all + 1, turned + bool(loud and largest not in loud)
    return f"{turned} of {all}"


if __name__ == "__main__":
    main()
