"""Rows ranked by how little their label fits, by models that saw neither the row nor any row bound to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from curation.checks.labels.labelled import Labelled, labelled
from curation.errors import NotChecked
from curation.label_model.folds import fold_count, nested
from curation.label_model.logistic_neighbours import NEIGHBOURS, Probabilities, out_of_sample, regresses
from curation.records import Clusters, Dataset
from curation.records.progress import Progress, part
from curation.sampling.binding import bound_sets, cluster_of
from curation.sampling.intervals import Interval, balanced_accuracy, wilson
from curation.text.features import Encode, Floats, Ints, static_embeddings, text_features
from curation.text.vectors.known import KnownVectors

Ranking = Literal["root_margin", "normalized_margin", "self_confidence"]
MOST_CELLS = 100_000_000
"""Rows times labels whose probabilities are held at once: .8 GB a copy, and there are two."""
MOST_ROWS = 100_000
"""Rows judged at most: the words and letters of so many short texts take 1 GB while they are read, and a rate is then
known to half a point."""


SUREST = 5
"""The surest guesses are the fifth with the highest probabilities."""
WIDER = 1.75
"""Factor on the lower part of their rate's interval, where the models' own mistakes stand too. So wide below and plain
above it held the planted rate in 200 of 213 draws of six public sets in 400 to 2,500 rows; plain at both ends in 136,
with 74 of 77 misses below (benchmarks/competence.py)."""


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
        metadata={"help": "What makes a label suspicious", "choices": get_args(Ranking)},
    )
    recall: bool = field(
        default=False, metadata={"help": "Flag more rows: finds more wrong labels but flags more right ones"}
    )
    static_embeddings: bool = field(
        default=True, metadata={"help": "Also read the texts with static embeddings, where they are installed"}
    )
    encode: Encode | None = field(default=None, metadata={"help": "A model of your own: texts -> rows of floats"})
    known: KnownVectors | None = field(default=None, metadata={"help": "Static embeddings that were made before"})


@dataclass(frozen=True)
class Judged:
    """The rows that were judged, in id order, with what the models made of it.

    `labels` are positions in `names`; `probability` has shape (rows, names), rows summing to 1; `quality` is low where
    the label is suspicious; `sure` is False where no other fold carried the row's label. `whole` is how many rows there
    were to judge: a sample of them was, where all with all labels take too much memory.
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
    whole: int


@dataclass(frozen=True)
class Ready:
    """What the models read: the rows to judge, of `whole` in all, and their features by name, unit rows each."""

    rows: Labelled
    whole: int
    sets: Mapping[str, Floats]


def judge(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Judged:
    """What the models make of every labelled row whose label is not too rare. Raises NotChecked when too few are."""
    ready = prepared(dataset, clusters, settings, seed, part(progress, 0.0, 0.4))
    rows, step = ready.rows, part(progress, 0.4, 1.0)
    # one thread: as fast here, the same bytes every time, and many times faster where cores are shared
    with threadpool_limits(1):
        said = out_of_sample(list(ready.sets.values()), rows.labels, rows.groups, seed, step)
    return judged_by(ready, said, settings)


def prepared(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Ready:
    """The rows to judge and their features. Raises as `judge`."""
    numbers = cluster_of(clusters)
    repeats = [numbers[id] for id in dataset.values("id")]
    bound = bound_sets(dataset, clusters).tolist()
    rows = labelled(dataset, repeats, settings.smallest_class, settings.fewest_rows, bound)
    if not rows.groups.any():
        raise NotChecked("all labelled rows belong to one group, so none of them can judge another")
    whole = len(rows.ids)
    rows = _sampled(rows, settings.smallest_class, seed)
    with threadpool_limits(1):
        return Ready(rows, whole, feature_sets(rows.texts, settings, seed, progress))


def judged_by(ready: Ready, said: tuple[Probabilities, npt.NDArray[np.bool_]], settings: Settings) -> Judged:
    """The rows with what the models say of them: the probabilities, and which rows could be judged."""
    probability, sure = said
    return Judged(
        ids=ready.rows.ids,
        texts=ready.rows.texts,
        names=ready.rows.names,
        labels=ready.rows.labels,
        features=ready.sets["lsa"],
        probability=probability,
        quality=quality(ready.rows.labels, probability, settings.ranking),
        sure=sure,
        unlabelled=ready.rows.unlabelled,
        too_few=ready.rows.too_few,
        sets=tuple(ready.sets),
        whole=ready.whole,
    )


def _sampled(rows: Labelled, smallest: int, seed: int) -> Labelled:
    """No more than MOST_ROWS rows, and as many as `MOST_CELLS` allows: of each label its share, `smallest` at least.

    Raises NotChecked where these are far too many labels.
    """
    most = min(MOST_ROWS, MOST_CELLS // len(rows.names))
    if len(rows.ids) <= most:
        return rows
    counts, seen = np.bincount(rows.labels), np.zeros(len(rows.names), dtype=np.int64)
    wanted = np.maximum(smallest, counts * most // len(rows.ids))
    if wanted.sum() > 2 * most:
        raise NotChecked(
            f"{len(rows.ids):,} rows of {len(rows.names):,} labels are more than fit in memory; check a part of them"
        )
    chosen = []
    for n in nested(np.arange(len(rows.ids)), rows.labels, 0, seed).tolist():
        label = rows.labels[n]
        seen[label] += 1
        if seen[label] <= wanted[label]:
            chosen.append(n)
    chosen.sort()
    _, groups = np.unique(rows.groups[chosen], return_inverse=True)
    ids, texts = ([column[n] for n in chosen] for column in (rows.ids, rows.texts))
    return replace(rows, ids=ids, texts=texts, labels=rows.labels[chosen], groups=groups.astype(np.int64))


def feature_sets(texts: Sequence[str], settings: Settings, seed: int, progress: Progress) -> dict[str, Floats]:
    """Unit-row features of the texts by name: always `lsa`, then static embeddings and the user's own model if any."""
    step = part(progress, 0.0, 0.9)
    embed = (settings.known or static_embeddings) if settings.static_embeddings else None
    sets = text_features(texts, settings.dimensions, seed, step, embed)
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
    from cleanlab.rank import get_label_quality_scores

    if ranking != "root_margin":
        return np.asarray(get_label_quality_scores(labels, probability, method=ranking), dtype=np.float64)
    given, other = given_and_other(labels, probability)
    return np.sqrt(given) - np.sqrt(other)


def suspects(judged: Judged, recall: bool = False) -> tuple[Ints, int]:
    """Positions of the rows that read like another label, most suspicious first, and how many of them are flagged.

    Flagged are as many as cleanlab counts wrong labels; `recall` uses its calibrated, larger count. The rest are weak
    suspicions: most of them are right, but half of the wrong labels that no count reaches are among them.
    """
    from cleanlab.count import num_label_issues

    method = "off_diagonal_calibrated" if recall else "off_diagonal"
    count = num_label_issues(judged.labels, judged.probability, estimation_method=method)
    given, other = given_and_other(judged.labels, judged.probability)
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
    its sampling error (Wilson). Estimated by a model: it fails with systematic errors and hard texts. `of` is there
    where a sample of so many rows was judged.
    """
    from cleanlab.count import num_label_issues

    n, classes = len(judged.labels), len(judged.names)
    right = judged.probability.argmax(axis=1) == judged.labels
    how = "logistic regression" if regresses(judged.features.size, classes) else "nearness to each label's mean"
    counts = [
        int(num_label_issues(judged.labels, judged.probability, estimation_method=method))
        for method in ("off_diagonal", "off_diagonal_calibrated")
    ]
    return {
        "judged": n,
        **({"of": judged.whole} if judged.whole > n else {}),
        "unlabelled": judged.unlabelled,
        "classes": classes,
        "too_few": dict(judged.too_few),
        "accuracy": _figure(*wilson(int(right.sum()), n)),
        "balanced_accuracy": _figure(*balanced_accuracy(right, judged.labels, classes)),
        "surest": _figure(*_surest_differ(judged.labels, judged.probability)),
        "majority_rate": float(np.bincount(judged.labels).max() / n),
        "noise_rate": _figure(sum(counts) / (2 * n), wilson(min(counts), n)[1], wilson(max(counts), n)[2]),
        "features": list(judged.sets),
        "method": (
            f"{fold_count(n)}-fold {how} and the {NEIGHBOURS} nearest rows on "
            f"{' and '.join(judged.sets)}, averaged; near-duplicates kept in one fold; counted by cleanlab"
        ),
    }


def _surest_differ(labels: Ints, probability: Probabilities) -> Interval:
    """How often the surest guesses differ from the labels: wrong labels are met there too, hard texts seldom."""
    guess, sure = probability.argmax(axis=1), probability.max(axis=1)
    surest = np.argsort(-sure, kind="stable")[: max(1, len(labels) // SUREST)]
    value, low, high = wilson(int((guess[surest] != labels[surest]).sum()), len(surest))
    return value, value - WIDER * (value - low), high


def _figure(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": max(0.0, low), "high": min(1.0, high)}


def given_and_other(labels: Ints, probability: Probabilities) -> tuple[Probabilities, Probabilities]:
    """The probability of each row's own label, and of the best other one; shapes (n,)."""
    rows = np.arange(len(labels))
    rest = probability.copy()
    rest[rows, labels] = 0.0
    return probability[rows, labels], rest.max(axis=1)
