"""What the evaluation set asks and the training rows hardly have: its rows in groups with too few rows near them.

By word embeddings that ship with the package: they know little of the order of words, and of scripts they saw rarely.
One finding a group, on the training row nearest to it: it is about the set, and says how many rows to collect.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

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
NEAR = 20
"""Rows looked at around each evaluation row; on CLINC150 20 named more of the thinned intents than 10 or 15."""
CHANCE = 0.01
"""How unlikely so few training rows among them have to be, were the two sets drawn alike (binomial, one-sided)."""
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
    """The groups of evaluation rows with too few training rows near them, the thinnest first.

    An evaluation row is thin where so many of its NEAR nearest rows are evaluation rows themselves that two sets drawn
    alike would hardly ever show it; thin rows among the nearest of each other are one group.
    """
    from scipy.sparse.csgraph import connected_components
    from scipy.stats import binom

    asked, training = np.flatnonzero(is_evaluation), np.flatnonzero(~is_evaluation)
    order = np.concatenate([training, asked])
    own = np.arange(len(asked))
    apart = (own, np.concatenate([np.full(len(training), -1), own]))
    at, similarity = nearest(vectors[asked], vectors[order], NEAR, apart, seed, progress)
    share = len(asked) / len(order)
    is_theirs = at >= len(training)
    many = is_theirs.sum(axis=1)
    thin = binom.sf(many - 1, at.shape[1], share) < CHANCE
    number = np.where(is_theirs, at - len(training), 0)
    ok = is_theirs & thin[:, None] & thin[number]
    left = np.repeat(own, at.shape[1])[ok.ravel()]
    graph = csr_matrix((np.ones(len(left)), (left, number[ok])), (len(asked), len(asked)))
    _, component = connected_components(graph.multiply(graph.T), directed=False)
    made = []
    for one in np.unique(component[thin]):
        rows = np.flatnonzero((component == one) & thin)
        if len(rows) >= settings.least_rows:
            made.append((-len(rows) * (many[rows].mean() / at.shape[1] - share), rows))
    made.sort(key=lambda pair: (pair[0], int(pair[1][0])))
    parts = (at, similarity, is_theirs)
    return [_group(rows, parts, asked, training) for _, rows in made[: settings.most_topics]]


def _group(rows: Ints, parts: tuple[Ints, Floats, Mask], asked: Ints, training: Ints) -> Group:
    at, similarity, is_theirs = parts[0][rows], parts[1][rows], parts[2][rows]
    central = rows[np.argsort(-np.where(is_theirs, similarity, 0).sum(axis=1), kind="stable")]
    places, first = np.unique(at[~is_theirs], return_index=True)
    ours = places[np.argsort(-similarity[~is_theirs][first], kind="stable")]
    wanted = math.ceil(len(rows) * len(training) / len(asked)) - len(ours)
    return Group(
        tuple(asked[central].tolist()), len(ours), max(1, wanted), tuple(training[ours].tolist()) or (int(training[0]),)
    )


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
