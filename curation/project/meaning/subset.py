"""A smaller set that stands for all rows of an export, and what it keeps beside a random one of the same size."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from curation import export
from curation.meaning.subset import Ints, Kept, chosen, kept
from curation.meaning.topics import grouped, how_many
from curation.project.meaning import Meaning
from curation.records import Dataset
from curation.records.progress import Progress, ignore, part
from curation.wording import counted

NAME = "stand_for_all"
"""What the manifest calls it among the settings."""


@dataclass(frozen=True)
class Some:
    """`rows` of the kept rows that stand for all of them; those in `besides` are none of them and stay as they are,
    `last` are taken only where nothing else is left."""

    kept: Dataset
    removed: pa.Table
    besides: frozenset[str]
    last: frozenset[str]
    rows: int
    seed: int


def smaller(meaning: Meaning, of: Some, progress: Progress = ignore) -> tuple[Dataset, pa.Table, dict[str, Any]]:
    """(the rows that stay, the removed with the others behind them, what the subset keeps as the manifest says it).

    As it was, and nothing said, where there are no more rows than asked for. Raises UsageError where no vectors can be
    made.
    """
    ids = of.kept.values("id")
    places = [n for n, id in enumerate(ids) if id not in of.besides]
    if len(places) <= of.rows:
        return of.kept, of.removed, {}
    vectors = meaning.vectors([ids[n] for n in places], part(progress, 0.0, 0.5))
    topics = grouped(vectors, how_many(len(vectors)), of.seed)[0]
    labels = _labels(of.kept, places)
    last = np.fromiter((ids[n] in of.last for n in places), bool, len(places))
    groups = labels if of.kept.is_classification else topics
    ours = chosen(vectors, groups, of.rows, last, of.seed, part(progress, 0.5, 1.0))
    random = np.sort(np.random.default_rng(of.seed).permutation(len(places))[: of.rows])
    whole = Kept(len(np.unique(labels)), len(np.unique(topics)), 1.0)
    by = {name: kept(vectors, labels, topics, rows) for name, rows in (("chosen", ours), ("random", random))}
    found = {"rows": of.rows, "of": len(places)} | {name: asdict(one) for name, one in (*by.items(), ("all", whole))}
    stays = set(np.asarray(places)[ours].tolist())
    leaving = [n not in stays and id not in of.besides for n, id in enumerate(ids)]
    return *export.moved(of.kept, of.removed, leaving, f"not among the {of.rows:,} rows that stand for all"), {
        NAME: found
    }


def kept_line(settings: Mapping[str, Any]) -> str:
    """What a subset keeps beside a random one, in a sentence; "" where none was asked for."""
    found = settings.get(NAME)
    if not found:
        return ""
    ours, random, whole = (Kept(**found[name]) for name in ("chosen", "random", "all"))
    of_labels = f"{ours.labels:,} of {counted(whole.labels, 'label')} ({random.labels:,}), " if whole.labels > 1 else ""
    return (
        f"{counted(found['rows'], 'row')} of {found['of']:,} stand for all. They keep (in brackets as many drawn by "
        f"chance): {of_labels}{ours.topics:,} of {counted(whole.topics, 'topic')} ({random.topics:,}); the nearest "
        f"kept row has a likeness of {ours.nearness:.2f} on average ({random.nearness:.2f})."
    )


def _labels(dataset: Dataset, places: list[int]) -> Ints:
    names = [label or "" for label in dataset.values("label")]
    return np.unique([names[n] for n in places], return_inverse=True)[1].astype(np.int64)
