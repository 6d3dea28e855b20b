"""The situations the verdict must get right, each made from a seed, small enough to judge in about a second."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from curation.records import CLUSTERS_SCHEMA, FINDINGS_SCHEMA, CheckRun, Clusters, Dataset, Facts, Findings, dataset
from curation.records.context import Arm, Context, Knowledge, Model, Needs, Prices, Task, Traffic

TRAFFIC = Traffic(2_000_000, 1500, 80, 60, 0.0)
PRICES = Prices(
    input_per_million=0.5, output_per_million=1.5, tuned_input_per_million=0.5, tuned_output_per_million=1.5,
    hosting_per_month=0.0, cached_input_per_million=0.5, gpu_hour=2.0, gpu_tflops=312, label_hour=25.0,
    label_minutes_per_row=1.0,
)  # fmt: skip
MODEL = Model(8e9, 2)
FILLER = [f"word{n}" for n in range(60)]


@dataclass(frozen=True)
class Scenario:
    """Rows with the facts around them. `originals` names the cluster of a row by the number of its original."""

    expected: str
    rows: Sequence[Mapping[str, Any]]
    context: Context
    runs: tuple[CheckRun, ...] = ()
    originals: Sequence[int] = ()
    gate: str = ""
    flagged: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def facts(self, seed: int = 0) -> Facts:
        data = dataset(self.rows)
        return Facts(
            data, clusters(data, self.originals), findings(data, self.flagged, self.runs), self.context, 0, seed
        )


def clusters(data: Dataset, originals: Sequence[int] = ()) -> Clusters:
    """Exact repeats, and near-duplicates where `originals` names one row as the origin of several."""
    ids = data.values("id")
    texts = list(zip(data.values("input"), data.values("output"), data.values("label")))
    origin = list(originals) or list(range(len(ids)))
    keeper: dict[int, int] = {}
    first: dict[Any, int] = {}
    kinds, keepers = [], []
    for n, text in enumerate(texts):
        same = first.setdefault(text, n)
        kept = keeper.setdefault(origin[same], same)
        kinds.append("unique" if kept == n else "exact" if texts[kept] == text else "near")
        keepers.append(ids[kept])
    alone = {id for id in ids if keepers.count(id) == 1} if len(ids) < 200 else set()
    kinds = [k if k != "unique" or id in alone or not originals else "near" for id, k in zip(ids, kinds)]
    place = {id: n for n, id in enumerate(ids)}
    columns = {
        "id": ids,
        "cluster": [place[k] for k in keepers],
        "keeper": keepers,
        "similarity": [1.0] * len(ids),
        "kind": kinds,
    }
    return Clusters(pa.table(columns, schema=CLUSTERS_SCHEMA))


def findings(data: Dataset, flagged: Mapping[str, Sequence[int]], runs: Sequence[CheckRun]) -> Findings:
    ids = data.values("id")
    rows = [(check, ids[n]) for check, places in flagged.items() for n in places]
    columns = {
        "check": [check for check, _ in rows],
        "id": [id for _, id in rows],
        "cluster": [None] * len(rows),
        "confidence": [0.9] * len(rows),
        "message": [""] * len(rows),
        "evidence": ["{}"] * len(rows),
        "suggestion": ["look"] * len(rows),
    }
    return Findings(pa.table(columns, schema=FINDINGS_SCHEMA), tuple(runs))


def label_noise(rate: float, accuracy: float = 0.9, majority: float = 0.02) -> CheckRun:
    """The label check's run with a noise estimate about 2 points either way."""
    summary = {
        "noise_rate": {"value": rate, "low": max(0.0, rate - 0.02), "high": rate + 0.02},
        "accuracy": {"value": accuracy, "low": accuracy - 0.01, "high": accuracy + 0.01},
        "surest": {"value": rate, "low": max(0.0, rate - 0.02), "high": rate + 0.02},
        "majority_rate": majority,
        "judged": 1000,
    }
    return CheckRun("label_noise", "done", summary=summary)


def text_checks() -> tuple[CheckRun, ...]:
    """The runs of the checks of free text, in which every answer could be compared."""
    others = (CheckRun(name, "done") for name in ("refusal", "truncated", "placeholder", "too_long"))
    return (CheckRun("mismatch", "done", summary={"judged": 10**6, "auroc": 0.95}), *others)


def questions(classes: int, each: int, seed: int = 0, words: int = 6, hidden: float = 0.0) -> list[dict[str, Any]]:
    """Labelled questions: two of the class's own words among filler, so that a few rows a class teach it.

    The `hidden` share has words that no other row has: a language model may know them, a plain classifier cannot.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for label in range(classes):
        for n in range(each):
            own = [f"c{label}k{k}" for k in rng.choice(words, 2, replace=False)]
            if n < round(hidden * each):
                own = [f"seed{seed}c{label}n{n}k{k}" for k in range(2)]
            text = rng.permutation([*own, *rng.choice(FILLER, 5, replace=False)])
            rows.append({"input": " ".join(text), "label": f"label {label}"})
    return rows


def few_shot(score: float, n: int = 500) -> Arm:
    return Arm("few_shot", score, n)


def context(target: float, *arms: Arm, **parts: Any) -> Context:
    """A full context of a classification service unless `parts` say otherwise."""
    task = replace(Task("accuracy", target, 0.05, "classification"), **parts.pop("task", {}))
    return Context(task, **{"traffic": TRAFFIC, "prices": PRICES, "model": MODEL, **parts}, arms=arms)


HARD = 0.3
"""The hidden share of the sets that a plain classifier does not do."""


def clean_and_large() -> Scenario:
    rows = questions(10, 40, hidden=HARD)
    return Scenario("lora", rows, context(0.88, few_shot(0.70)), (label_noise(0.03),), gate="7")


def clean_large_and_easy() -> Scenario:
    made = context(0.88, few_shot(0.70))
    return Scenario("classifier", questions(10, 40), made, (label_noise(0.03),), gate="3b")


def few_rows_of_many_classes() -> Scenario:
    return Scenario(
        "collect",
        questions(6, 10, hidden=HARD),
        context(0.88, few_shot(0.60)).with_labels(f"label {n}" for n in range(77)),
        (label_noise(0.02),),
        gate="4b",
    )


def many_copies_of_few_rows() -> Scenario:
    rng = np.random.default_rng(3)
    originals = questions(40, 5, hidden=HARD)
    rows, origins = [], []
    for n, row in enumerate(originals):
        for copy in range(6):
            rows.append({**row, "input": f"{row['input']} {rng.choice(FILLER)} {copy}" if copy else row["input"]})
            origins.append(n * 6)
    return Scenario("collect", rows, context(0.88, few_shot(0.60)), (label_noise(0.02),), origins, gate="4b")


def changing_prices() -> Scenario:
    rng = np.random.default_rng(4)
    rows = []
    for n in range(250):
        name = f"plan{n} size{n % 37}"
        answer = f"The {name} costs {rng.integers(5, 90)} dollars a month when you pay by the year."
        rows.append({"input": f"What does the {name} cost?", "output": answer})
    made = context(
        0.9, few_shot(0.6), task={"kind": "question_answering", "metric": "judged"}, knowledge=Knowledge("monthly")
    )
    return Scenario("retrieve", rows, made, text_checks(), gate="2")


def base_model_is_good(
    n: int = 400, lift: float = 0.05, expected: str = "stay_with_prompt", gate: str = "1b"
) -> Scenario:
    made = context(0.95, Arm("zero_shot", 0.96, n), task={"minimum_lift": lift})
    return Scenario(expected, questions(10, 40, hidden=HARD), made, (label_noise(0.0),), gate=gate)


def polite_tone() -> Scenario:
    rng = np.random.default_rng(6)
    rows = []
    for n in range(300):
        wish = f"send {rng.choice(FILLER)} {rng.choice(FILLER)} to room {n}"
        rows.append({"input": f"{wish} now", "output": f"Could you please {wish}? Thank you very much for your help."})
    made = context(
        0.9, few_shot(0.72, 300), task={"kind": "rewriting", "metric": "judged"}, knowledge=Knowledge("never")
    )
    return Scenario("lora", rows, made, text_checks(), gate="7")


def repeated_answers() -> Scenario:
    rng = np.random.default_rng(7)
    rows = []
    for answer in range(50):
        for way in range(10):
            words = [f"topic{answer}", f"matter{answer}", *rng.choice(FILLER, 3, replace=False), f"way{way}"]
            rows.append(
                {"input": " ".join(words), "output": f"Please see page {answer} of the handbook on topic{answer}."}
            )
    task = {"kind": "question_answering", "metric": "exact_match"}
    return Scenario("retrieved_examples", rows, context(0.9, few_shot(0.6, 300), task=task), text_checks(), gate="3")


def flipped_labels() -> Scenario:
    rows = questions(10, 40)
    rng = np.random.default_rng(8)
    for n in rng.choice(len(rows), len(rows) // 5, replace=False):
        rows[n]["label"] = f"label {rng.integers(10)}"
    return Scenario("clean", rows, context(0.88, few_shot(0.6)), (label_noise(0.19, 0.75),), gate="4a")


def leaked_evaluation(leaked: int = 60, score: float = 0.99, expected: str = "fix_data", gate: str = "0") -> Scenario:
    summary = {"evaluation_rows": 200, "leaked_rows": leaked, "score_before": 0.99, "score_after": 0.78}
    run = CheckRun("leakage", "done", summary=summary)
    made = context(0.95, few_shot(score, 200))
    return Scenario(expected, questions(10, 40, hidden=HARD), made, (label_noise(0.0), run), gate=gate)


def offline_device() -> Scenario:
    made = context(0.85, few_shot(0.60), needs=Needs(offline=True), traffic=replace(TRAFFIC, calls_per_month=1000))
    return Scenario("lora", questions(10, 40, hidden=HARD), made, (label_noise(0.02),), gate="7")


def offline_and_easy() -> Scenario:
    return replace(offline_device(), expected="classifier", rows=questions(10, 40), gate="3b")


SCENARIOS: dict[str, Callable[[], Scenario]] = {
    "clean and large": clean_and_large,
    "clean, large and easy": clean_large_and_easy,
    "few rows of many classes": few_rows_of_many_classes,
    "many copies of few rows": many_copies_of_few_rows,
    "changing prices": changing_prices,
    "base model is good": base_model_is_good,
    "polite tone": polite_tone,
    "repeated answers": repeated_answers,
    "flipped labels": flipped_labels,
    "leaked evaluation": leaked_evaluation,
    "offline device": offline_device,
    "offline and easy": offline_and_easy,
}
