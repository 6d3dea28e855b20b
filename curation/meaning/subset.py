"""A smaller set that stands for the whole: of each group its share, and in each the rows nearest to all others.

Facility location (Mirchandani and Francis 1990; greedy: Nemhauser et al. 1978, at least 63 % of the best there is): the
rows for which the nearest chosen row is, over all rows, as near as it can be. Pure and seeded.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curation.records.progress import Progress, ignore

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
AT_ONCE = 2_000
"""Rows compared with each other at once: 16 MB; a larger group is cut into random parts, each with its share."""


def shares(sizes: Ints, total: int) -> Ints:
    """How many of each group are taken, `total` together: as the roots of the sizes, so that small groups stay in
    sight; at least one of each where there are enough, never more than a group has."""
    wanted = np.zeros(len(sizes), np.int64)
    total = min(total, int(sizes.sum()))
    weights = np.sqrt(sizes.astype(float))
    if total >= len(sizes):
        wanted[:] = 1
    while (left := total - int(wanted.sum())) > 0:
        open_groups = wanted < sizes
        exact = np.where(open_groups, weights, 0.0) * left / weights[open_groups].sum()
        more = np.minimum(np.floor(exact).astype(np.int64), sizes - wanted)
        if not more.any():  # fewer left than groups: one each to those with the largest part
            order = np.lexsort((np.arange(len(sizes)), -np.where(open_groups, exact, -1.0)))
            more[order[: min(left, int(open_groups.sum()))]] = 1
        wanted += more
    return wanted


def chosen(vectors: Floats, groups: Ints, size: int, last: Mask, seed: int, progress: Progress = ignore) -> Ints:
    """The places of `size` rows, rising: of each group its share, chosen by facility location in these unit vectors.

    `last` are rows taken only where a group has no others; rows without a vector (NaN) come behind those with one.
    """
    names, of = np.unique(groups, return_inverse=True)
    wanted = shares(np.bincount(of, minlength=len(names)), size)
    rng = np.random.default_rng(seed)
    taken: list[Ints] = []
    for group in range(len(names)):
        progress(group / len(names), "choosing the rows that stand for the others")
        rows = np.flatnonzero(of == group)
        taken.append(_of_group(vectors, rows, int(wanted[group]), last, rng))
    progress(1.0, "rows chosen")
    return np.sort(np.concatenate(taken)) if taken else np.empty(0, np.int64)


def _of_group(vectors: Floats, rows: Ints, wanted: int, last: Mask, rng: np.random.Generator) -> Ints:
    known = ~np.isnan(vectors[rows, 0])
    first, behind = rows[known & ~last[rows]], rows[~(known & ~last[rows])]
    count = min(wanted, len(first))
    parts = np.array_split(rng.permutation(first), -(-len(first) // AT_ONCE)) if len(first) else []
    sizes = np.asarray([len(part) for part in parts], np.int64)
    each = shares(sizes, count) if parts else sizes
    found = [part[facilities(np.asarray(vectors[part]), int(n))] for part, n in zip(parts, each, strict=True)]
    rest = rng.permutation(behind)[: wanted - count]
    return np.concatenate([*found, rest]).astype(np.int64)


def facilities(vectors: Floats, count: int) -> Ints:
    """The places of `count` rows so that the nearest of them is as near to every row as greedy choice brings it."""
    similarity = vectors @ vectors.T
    nearest = np.full(len(vectors), -1.0, np.float32)
    picked = np.empty(count, np.int64)
    free = np.ones(len(vectors), bool)
    for n in range(count):
        gain = np.maximum(similarity - nearest[:, None], 0.0).sum(axis=0)
        picked[n] = int(np.where(free, gain, -1.0).argmax())
        free[picked[n]] = False
        nearest = np.maximum(nearest, similarity[:, picked[n]])
    return picked


@dataclass(frozen=True)
class Kept:
    """What a smaller set keeps: how many of the labels and topics, and the mean cosine of a row with the nearest row
    kept, -1..1."""

    labels: int
    topics: int
    nearness: float


def kept(vectors: Floats, labels: Ints, topics: Ints, rows: Ints) -> Kept:
    """What these rows keep of the whole."""
    there = np.flatnonzero(~np.isnan(vectors[:, 0]))
    held = np.intersect1d(rows, there)
    near = np.full(len(there), np.nan, np.float32)
    for first in range(0, len(there) if len(held) else 0, AT_ONCE):
        part = there[first : first + AT_ONCE]
        near[first : first + len(part)] = (np.asarray(vectors[part]) @ np.asarray(vectors[held]).T).max(axis=1)
    nearness = float(near.mean()) if len(there) and len(held) else float("nan")
    return Kept(len(np.unique(labels[rows])), len(np.unique(topics[rows])), round(nearness, 4))
