"""Labels on too few rows to learn from, and one label on nearly all rows (classification sets).

One finding a label, on the first of its rows in id order: it is about the label, and says what to collect.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

import numpy as np
import pyarrow as pa

from curation.checks import Shard, check
from curation.checks.rows import Hit, findings
from curation.errors import NotChecked
from curation.label_model.sets import labels_in, separator_of
from curation.records import OF_THE_SET, Findings
from curation.text.features import Ints
from curation.text.normalise import usual_spellings
from curation.wording import percent

FIRST = 100
"""Smallest ids of a label that are kept, to say it on a row that stands for no other: 100 labels share no row."""


@dataclass(frozen=True)
class Settings:
    # OpenAI's fine-tuning guide asks for at least 10 examples; gains show at 50 to 100
    fewest_rows: int = field(
        default=10, metadata={"help": "Labels on fewer distinct rows are flagged", "min": 2, "max": 10000}
    )
    most_share: float = field(
        default=0.9, metadata={"help": "A label on a larger share of the rows is flagged", "min": 0.5, "max": 1.0}
    )


@dataclass(frozen=True)
class Carried:
    """The rows that carry a label: how many, the numbers of their clusters, each once, and their smallest ids."""

    rows: int
    clusters: Ints
    first: Sequence[str]


@dataclass(frozen=True)
class Sizes:
    """What there is to say of a label, by the id of the row it is said on; and the figures of the set."""

    hits: Mapping[str, Hit]
    figures: Mapping[str, Any]


def carried(shard: Shard, settings: Settings, seed: int) -> dict[str, Carried]:
    """The rows of a shard by what stands in the label field."""
    members: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for label, id, cluster in zip(*map(shard.values, ("label", "id", "cluster")), strict=True):
        if label is not None and label.strip():
            members[label].append((id, -1 if cluster is None else cluster))
    return {label: _carried([id for id, _ in of], [cluster for _, cluster in of]) for label, of in members.items()}


def _carried(ids: Sequence[str], clusters: Sequence[int]) -> Carried:
    return Carried(len(ids), np.unique(np.array(clusters, dtype=np.int64)), nsmallest(FIRST, ids))


def _together(parts: Sequence[Carried]) -> Carried:
    clusters = np.unique(np.concatenate([part.clusters for part in parts]))
    return Carried(sum(part.rows for part in parts), clusters, nsmallest(FIRST, (id for p in parts for id in p.first)))


def sizes(states: Sequence[Mapping[str, Carried]], settings: Settings) -> Sizes:
    """Which labels have too few or too many rows; near-duplicates count once. Raises NotChecked below two labels."""
    rows: Counter[str] = Counter()
    for state in states:
        rows.update({label: part.rows for label, part in state.items()})
    usual = usual_spellings(rows)
    separator = separator_of(Counter(usual.values()))
    parts: dict[str, list[Carried]] = defaultdict(list)
    for state in states:
        for field_, part in state.items():
            # of several labels in one field each counts by itself
            for label in [usual[field_]] if separator is None else labels_in(usual[field_], separator):
                parts[label].append(part)
    if len(parts) < 2:
        raise NotChecked(f"there {'is one label' if parts else 'are no labels'}, so none is rarer")
    members = {label: _together(of) for label, of in parts.items()}
    distinct = {label: len(of.clusters) for label, of in members.items()}
    each = sum(distinct.values())
    total = len(np.unique(np.concatenate([of.clusters for of in members.values()]))) if separator else each
    return Sizes(_hits(members, distinct, total, settings), _figures(distinct, each, total, settings))


def _hits(
    members: Mapping[str, Carried], distinct: Mapping[str, int], total: int, settings: Settings
) -> dict[str, Hit]:
    hits: dict[str, Hit] = {}
    for label in sorted(members, key=lambda label: (distinct[label], label)):
        hit = _hit(label, members[label].rows, distinct[label], total, settings)
        first = next((id for id in members[label].first if id not in hits), None)
        # where all its rows stand for other labels of theirs, the summary names it
        if hit is not None and first is not None:
            hits[first] = hit
    return hits


def _figures(distinct: Mapping[str, int], each: int, total: int, settings: Settings) -> dict[str, Any]:
    sizes = distinct.values()
    entropy = -sum(size / each * math.log(size / each) for size in sizes)
    return {
        "classes": len(distinct),
        "smallest": min(sizes),
        "majority_rate": max(sizes) / total,
        "effective_classes": math.exp(entropy),
        "too_few": {label: size for label, size in sorted(distinct.items()) if size < settings.fewest_rows},
    }


def figures(state: Sizes, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """How many labels there are, how even their sizes are, and which are too small."""
    return state.figures


def by_label(table: pa.Table) -> pa.Table:
    """The findings in the order of their labels."""
    labels = [json.loads(evidence)["label"] for evidence in table["evidence"].to_pylist()]
    return table.take(pa.array(sorted(range(len(labels)), key=labels.__getitem__), pa.int64()))


@check(
    "class_imbalance",
    "Rare and dominant labels",
    settings=Settings(),
    fit=carried,
    merge=sizes,
    summary=figures,
    order=by_label,
)
def class_imbalance(shard: Shard, settings: Settings, state: Sizes) -> Findings:
    """One finding a label with too few or too many rows, on the first of them."""
    return findings("class_imbalance", ((id, state.hits[id]) for id in shard.values("id") if id in state.hits), {})


def _hit(label: str, rows: int, size: int, total: int, settings: Settings) -> Hit | None:
    """What there is to say of a label on so many rows, `size` of them distinct, of `total` distinct ones."""
    share = size / total
    evidence = {"label": label, "distinct_rows": size, "rows": rows, "share": round(share, 6)}
    if size < settings.fewest_rows:
        message = f"Label “{label}” is on {size} distinct row{'s' if size > 1 else ''} of {total:,}: too few to learn."
        return Hit(0.9, message, evidence, OF_THE_SET)
    if share > settings.most_share:
        message = f"Label “{label}” is on {percent(share)} of the rows; the other labels are hard to learn next to it."
        return Hit(0.7, message, evidence, OF_THE_SET)
    return None
