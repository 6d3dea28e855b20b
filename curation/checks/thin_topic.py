"""What the evaluation set asks and the training rows hardly have: its rows in groups with too few rows near them.

By word embeddings that ship with the package: they know little of the order of words, and of scripts they saw rarely.
One finding a group, on the training row nearest to it: it is about the set, and says how many rows to collect.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from curation.checks import check
from curation.checks.rows import Hit, cut, findings
from curation.errors import NotChecked
from curation.records import OF_THE_SET, Clusters, Dataset, Findings, Side
from curation.records.progress import Progress
from curation.text.neighbours import nearest
from curation.text.openings import unopened
from curation.text.vectors import Floats, Ints, text_of, vectors_of
from curation.wording import counted

Mask = npt.NDArray[np.bool_]
NEAR = 30
"""Rows looked at around each evaluation row. Of five of 77 intents of BANKING77 thinned to a tenth,
30 named 4.3 among the first eight, 40 named 4.1 and 50 3.9 (mean of ten draws, benchmarks/thin_topics.py)."""
SHARED = 0.2
"""The share of a neighbourhood's evaluation rows that one before it may hold already, 0..1."""
SOME_BY_CHANCE = 0.5
"""The share of the topics named that may be there by chance, 0..1: where nothing was thinned it names one in ten sets,
with 1 nearly one in each."""
LEAST = math.log(0.01)
"""The logarithm of a chance that is looked at no further."""
FEWEST = 50
"""Evaluation rows below which nothing can be said of their topics."""
SHOWN = 3
"""Evaluation rows of a group that its finding shows."""


@dataclass(frozen=True)
class Settings:
    evaluation: Dataset | None = field(default=None, metadata={"help": "The evaluation set to compare with"})
    least_rows: int = field(
        default=5, metadata={"help": "Evaluation rows that make a topic; fewer are chance", "min": 2, "max": 1000}
    )
    most_topics: int = field(
        default=20, metadata={"help": "Thin topics named, the thinnest first", "min": 1, "max": 200}
    )


@check("thin_topic", "Topics with too few rows", settings=Settings(), whole_set=True)
def thin_topic(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a thin topic, the thinnest first; near-duplicates among the training rows count once."""
    if settings.evaluation is None:
        raise NotChecked("no evaluation set was given to compare with")
    side: Side = "input" if dataset.is_classification else "both"
    kept = {id for id, keeper in zip(*(clusters.table[c].to_pylist() for c in ("id", "keeper"))) if id == keeper}
    ids = dataset.values("id")
    ours = {id: text for id, text in zip(ids, _texts(dataset, side), strict=True) if id in kept and text.strip()}
    theirs = [text for text in dict.fromkeys(_texts(settings.evaluation, side)) if text.strip()]
    if len(theirs) < FEWEST or not ours:
        raise NotChecked(f"topics of {counted(len(theirs), 'different evaluation row')} are too few to compare with")
    vectors = vectors_of([*ours.values(), *theirs], progress)
    there = ~np.isnan(vectors[:, 0])
    known = np.flatnonzero(there)
    found = groups(vectors[known], known >= len(ours), settings, seed, progress)
    names, texts = list(ours), [*ours.values(), *theirs]
    hits: dict[str, Hit] = {}
    for group in found:
        id = next((names[known[row]] for row in group.nearest if names[known[row]] not in hits), None)
        if id is not None:
            hits[id] = _hit(group, [texts[known[row]] for row in group.rows])
    wanted = {"thin_topics": len(hits), "rows_wanted": sum(group.wanted for group in found)}
    return findings("thin_topic", list(hits.items()), wanted | {"evaluation_rows": len(theirs)})


@dataclass(frozen=True)
class Group:
    """Evaluation rows alike, the most central first; how many training rows are near them (`near`), how many more are
    `wanted` for as many as elsewhere, and those training rows, nearest first."""

    rows: tuple[int, ...]
    near: int
    wanted: int
    nearest: tuple[int, ...]


def groups(vectors: Floats, is_evaluation: Mask, settings: Settings, seed: int, progress: Progress) -> list[Group]:
    """The groups of evaluation rows with too few training rows near them, the least likely by chance first.

    Around each evaluation row lie its nearest rows of both sets: how likely so many of them are evaluation rows, were
    the two sets drawn alike (binomial; a scan of neighbourhoods, Kulldorff 1997). The least likely neighbourhood is the
    first group, the next one that hardly shares rows with it the second, and so on. Named are those up to which no more
    than a share of SOME_BY_CHANCE is expected by chance (Benjamini and Hochberg 1995, over all evaluation rows).
    """
    asked, training = np.flatnonzero(is_evaluation), np.flatnonzero(~is_evaluation)
    order = np.concatenate([training, asked])
    own = np.arange(len(asked))
    apart = (own, np.concatenate([np.full(len(training), -1), own]))
    at, _ = nearest(vectors[asked], vectors[order], NEAR, apart, seed, progress)
    is_theirs = at >= len(training)
    chance = _chances(is_theirs, len(asked) / len(order))
    found: list[tuple[float, Group]] = []
    taken = np.zeros(len(asked), bool)
    for row in np.argsort(chance, kind="stable").tolist():
        if len(found) == settings.most_topics or chance[row] > LEAST:
            break
        rows = np.append(row, at[row][is_theirs[row]] - len(training))
        if taken[row] or taken[rows].mean() > SHARED:
            continue
        rows = rows[~taken[rows]]
        if len(rows) >= settings.least_rows:
            ours = at[row][~is_theirs[row]]
            found.append((float(chance[row]), _group(rows, ours, asked, training)))
            taken[rows] = True
    expected = [np.exp(one) * len(asked) / place for place, (one, _) in enumerate(found, 1)]
    named = max((place for place, share in enumerate(expected, 1) if share <= SOME_BY_CHANCE), default=0)
    return [group for _, group in found[:named]]


def _chances(is_theirs: Mask, share: float) -> npt.NDArray[np.float64]:
    """The logarithm of how likely so many evaluation rows are among the nearest rows of each."""
    from scipy.stats import binom

    found: npt.NDArray[np.float64] = binom.logsf(is_theirs.sum(axis=1) - 1, is_theirs.shape[1], share)
    return found


def _group(rows: Ints, ours: Ints, asked: Ints, training: Ints) -> Group:
    wanted = math.ceil(len(rows) * len(training) / len(asked)) - len(ours)
    near = tuple(training[ours].tolist()) or (int(training[0]),)
    return Group(tuple(asked[rows].tolist()), len(ours), max(1, wanted), near)


def _hit(group: Group, texts: list[str]) -> Hit:
    shown = [cut(" ".join(text.split()), 80) for text in texts[:SHOWN]]
    message = (
        f"{counted(len(group.rows), 'evaluation row')} like “{shown[0]}” have {counted(group.near, 'training row')} "
        f"near them. For as many as elsewhere, collect about {group.wanted:,} more."
    )
    evidence = {"evaluation_rows": len(group.rows), "near": group.near, "wanted": group.wanted, "like": shown}
    return Hit(0.7, message, evidence, OF_THE_SET)


def _texts(dataset: Dataset, side: Side) -> list[str]:
    inputs = unopened(dataset.values("input"))
    return [text_of(a, b, side) for a, b in zip(inputs, dataset.values("output"), strict=True)]
