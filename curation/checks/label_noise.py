"""Labels that look wrong: the text reads like another label's rows (classification sets).

Models that never saw a row nor its near-duplicates say how likely each label is for it; the rows whose given label
looks least likely beside the best other label are flagged (confident learning: Northcutt, Jiang and Chuang 2021, by
cleanlab). A flag is a question for a person: in cleanlab's own reviewed data about half of the flagged labels were
right, so nothing is relabelled by itself. The noise rate is an estimate by a model; a reviewed random sample is the
number to rest a verdict on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from cleanlab.count import num_label_issues
from cleanlab.rank import get_label_quality_scores
from threadpoolctl import threadpool_limits

from curation.checks import check, found
from curation.checks.labels.labelled import balanced_accuracy, labelled, needs_signal
from curation.checks.labels.probabilities import (
    NEIGHBOURS,
    Probabilities,
    fold_count,
    out_of_sample,
    regresses,
)
from curation.errors import NotChecked
from curation.progress import Progress, part
from curation.records import Clusters, Dataset, Findings
from curation.sampling.intervals import wilson
from curation.text.features import (
    Encode,
    Floats,
    Ints,
    has_static_embeddings,
    lsa,
    static_embeddings,
    tfidf,
)
from curation.wording import percent

NAME = "label_noise"
Ranking = Literal["root_margin", "normalized_margin", "self_confidence"]
MOST_CELLS = 100_000_000
"""Rows times labels whose probabilities are held at once: .8 GB a copy, and there are three."""
EXAMPLES = 3
CUT = 200


@dataclass(frozen=True)
class Settings:
    smallest_class: int = field(
        default=5, metadata={"help": "Labels on fewer distinct rows are listed, not checked", "min": 2, "max": 100}
    )
    fewest_rows: int = field(
        default=20, metadata={"help": "Below this many usable rows the check does not run", "min": 10, "max": 1000}
    )
    dimensions: int = field(default=256, metadata={"help": "Dimensions of the text features", "min": 16, "max": 1024})
    ranking: Ranking = field(
        default="root_margin",
        metadata={"help": "Score that ranks suspected labels: root_margin, normalized_margin or self_confidence"},
    )
    recall: bool = field(
        default=False, metadata={"help": "Flag more rows: finds more wrong labels but flags more right ones"}
    )
    static_embeddings: bool = field(
        default=True, metadata={"help": "Also read the texts with static embeddings where the extra is installed"}
    )
    encode: Encode | None = field(default=None, metadata={"help": "A model of your own: texts -> rows of floats"})


@dataclass(frozen=True)
class Judged:
    """Every row that could be judged, in id order, with what the models made of it.

    `labels` are positions in `names`; `probability` has shape (rows, names), rows summing to 1; `quality` is low where
    the label is suspicious; `sure` is False where no other fold carried the row's label.
    """

    ids: list[str]
    texts: list[str]
    names: list[str]
    labels: Ints
    features: Floats
    probability: Probabilities
    quality: npt.NDArray[np.float64]
    sure: npt.NDArray[np.bool_]
    unlabelled: int
    too_few: Mapping[str, int]
    sets: tuple[str, ...]


@check(NAME, "Wrong labels", settings=Settings())
def label_noise(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a suspicious label, suggesting the likelier one. Raises NotChecked where labels cannot be judged."""
    judged = judge(dataset, clusters, settings, seed, part(progress, 0.0, 0.9))
    summary = summarise(judged)
    right = judged.probability.argmax(axis=1) == judged.labels
    balanced = balanced_accuracy(right, judged.labels, len(judged.names))
    needs_signal(balanced, right, judged.labels, len(judged.names))
    doubted, flagged = suspects(judged, settings.recall)
    progress(0.9, "looking for rows with the likelier label")
    rows = _rows(judged, doubted, flagged, part(progress, 0.9, 1.0))
    progress(1.0, "labels judged")
    return found(NAME, rows, {**summary, "flagged": flagged})


def judge(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Judged:
    """What the models make of every labelled row whose label is not too rare. Raises NotChecked when too few are."""
    group = dict(zip(clusters.table["id"].to_pylist(), clusters.table["cluster"].to_pylist(), strict=True))
    clustered = [group[id] for id in dataset.values("id")]
    rows = labelled(dataset, clustered, settings.smallest_class, settings.fewest_rows)
    if len(rows.ids) * len(rows.names) > MOST_CELLS:
        raise NotChecked(
            f"{len(rows.ids):,} rows of {len(rows.names):,} labels are more than fit in memory; check a part of them"
        )
    # one thread: as fast here, the same bytes every time, and many times faster where cores are shared
    with threadpool_limits(1):
        sets = feature_sets(rows.texts, settings, seed, part(progress, 0.0, 0.4))
        probability, sure = out_of_sample(list(sets.values()), rows.labels, rows.groups, seed, part(progress, 0.4, 1.0))
    return Judged(
        ids=rows.ids,
        texts=rows.texts,
        names=rows.names,
        labels=rows.labels,
        features=sets["lsa"],
        probability=probability,
        quality=quality(rows.labels, probability, settings.ranking),
        sure=sure,
        unlabelled=rows.unlabelled,
        too_few=rows.too_few,
        sets=tuple(sets),
    )


def feature_sets(texts: Sequence[str], settings: Settings, seed: int, progress: Progress) -> dict[str, Floats]:
    """Unit-row features of the texts by name: always `lsa`, then static embeddings and the user's own model if any."""
    matrix = tfidf(texts, part(progress, 0.0, 0.5))
    progress(0.5, "finding what texts have in common")
    sets = {"lsa": lsa(matrix, settings.dimensions, seed)}
    if settings.static_embeddings and has_static_embeddings():
        progress(0.8, "reading with static embeddings")
        sets["static_embeddings"] = static_embeddings(texts)
    if settings.encode is not None:
        progress(0.9, "reading with your model")
        vectors = np.asarray(settings.encode(texts), dtype=np.float32)
        sets["encode"] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    return sets


def quality(labels: Ints, probability: Probabilities, ranking: Ranking) -> npt.NDArray[np.float64]:
    """How well each given label fits, low = suspicious, shape (n,).

    `root_margin`, sqrt(p given) - sqrt(best other p), lies in -1..1. It ranks confusable wrong labels as well as
    cleanlab's normalised margin and random ones nearly as well as its self-confidence, which each rank one kind well
    and the other badly (benchmarks/noise.py). The other two are cleanlab's and lie in 0..1.
    """
    if ranking != "root_margin":
        return np.asarray(get_label_quality_scores(labels, probability, method=ranking), dtype=np.float64)
    given, other = _given_and_other(labels, probability)
    return np.sqrt(given) - np.sqrt(other)


def suspects(judged: Judged, recall: bool = False) -> tuple[Ints, int]:
    """Positions of the rows that read like another label, most suspicious first, and how many of them are flagged.

    Flagged are as many as cleanlab counts wrong labels; `recall` uses its calibrated, larger count. The rest are weak
    suspicions: most of them are right, but half of the wrong labels that no count reaches are among them.
    """
    method = "off_diagonal_calibrated" if recall else "off_diagonal"
    count = num_label_issues(judged.labels, judged.probability, estimation_method=method)
    given, other = _given_and_other(judged.labels, judged.probability)
    worst = np.argsort(judged.quality, kind="stable")
    doubted = worst[(judged.sure & (other > given))[worst]]
    return doubted, min(int(count), len(doubted))


def graded(doubt: npt.NDArray[np.float64], flagged: int) -> npt.NDArray[np.float64]:
    """Confidences 0..1 from doubts 0..1, most suspicious first, of which the first so many are flagged.

    Kept in the order of suspicion: flagged rows lie above .5, weak suspicions below.
    """
    order = np.minimum.accumulate(doubt)  # the ranking may be another than the doubt's own
    last = order[flagged - 1] if flagged else 1.0
    edge = (last + order[flagged]) / 2 if flagged < len(order) else last
    above = 0.5 + 0.5 * (order - edge) / max(1.0 - edge, 1e-9)
    below = 0.5 * (order - 0.5) / max(edge - 0.5, 1e-9)
    return np.clip(np.where(np.arange(len(order)) < flagged, above, np.minimum(below, 0.499999)), 0.0, 1.0)


def summarise(judged: Judged) -> dict[str, Any]:
    """The figures beside every claim, plain JSON values: a rate is {value, low, high}, a two-sided 90 % interval.

    The noise rate lies between cleanlab's two counts of wrong labels, off-diagonal and calibrated, each widened by
    its sampling error (Wilson). Estimated by a model: it fails with systematic errors and hard texts.
    """
    n, classes = len(judged.labels), len(judged.names)
    right = judged.probability.argmax(axis=1) == judged.labels
    how = "logistic regression" if regresses(judged.features.size, classes) else "nearness to each label's mean"
    counts = [
        int(num_label_issues(judged.labels, judged.probability, estimation_method=method))
        for method in ("off_diagonal", "off_diagonal_calibrated")
    ]
    return {
        "judged": n,
        "unlabelled": judged.unlabelled,
        "classes": classes,
        "too_few": dict(judged.too_few),
        "accuracy": _figure(*wilson(int(right.sum()), n)),
        "balanced_accuracy": _figure(*balanced_accuracy(right, judged.labels, classes)),
        "majority_rate": float(np.bincount(judged.labels).max() / n),
        "noise_rate": _figure(sum(counts) / (2 * n), wilson(min(counts), n)[1], wilson(max(counts), n)[2]),
        "features": list(judged.sets),
        "method": (
            f"{fold_count(n)}-fold {how} and the {NEIGHBOURS} nearest rows on "
            f"{' and '.join(judged.sets)}, averaged; near-duplicates kept in one fold; counted by cleanlab"
        ),
    }


def _figure(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": max(0.0, low), "high": min(1.0, high)}


def _given_and_other(labels: Ints, probability: Probabilities) -> tuple[Probabilities, Probabilities]:
    rows = np.arange(len(labels))
    rest = probability.copy()
    rest[rows, labels] = 0.0
    return probability[rows, labels], rest.max(axis=1)


def _rows(judged: Judged, doubted: Ints, flagged: int, progress: Progress) -> list[dict[str, Any]]:
    given, other = _given_and_other(judged.labels, judged.probability)
    confidence = graded(((1.0 - (np.sqrt(given) - np.sqrt(other))) / 2)[doubted], flagged)
    carrying = [np.flatnonzero(judged.labels == k) for k in range(len(judged.names))]
    rows = []
    for n, row in enumerate(doubted.tolist()):
        if n % CUT == 0:
            progress(n / len(doubted), "looking for rows with the likelier label")
        chances = judged.probability[row].copy()
        chances[judged.labels[row]] = -1.0
        best = int(chances.argmax())
        old, new = judged.names[judged.labels[row]], judged.names[best]
        evidence = {
            "given": old,
            "given_probability": round(float(given[row]), 4),
            "suggested": new,
            "suggested_probability": round(float(other[row]), 4),
            "nearest": _nearest(judged, row, carrying[best]),
        }
        message = f"Labelled “{old}”, but it reads like “{new}” ({percent(other[row])} against {percent(given[row])})."
        rows.append(
            {
                "id": judged.ids[row],
                "confidence": round(float(confidence[n]), 6),
                "message": message,
                "evidence": evidence,
                "suggestion": f"relabel:{new}",
            }
        )
    return rows


def _nearest(judged: Judged, row: int, pool: Ints) -> list[dict[str, Any]]:
    similarity = judged.features[pool] @ judged.features[row]
    best = np.argsort(-similarity, kind="stable")[:EXAMPLES]
    return [
        {
            "id": judged.ids[pool[n]],
            "text": judged.texts[pool[n]][:CUT],
            "similarity": round(float(np.clip(similarity[n], 0.0, 1.0)), 4),
        }
        for n in best
    ]
