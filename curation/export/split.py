"""Train, validation and test rows such that nothing near-identical, and no group, stands on both sides."""

import hashlib
from collections.abc import Sequence, Set

import numpy as np
import numpy.typing as npt

from curation.errors import UsageError
from curation.records import Clusters, Dataset
from curation.records.progress import Progress, ignore, part
from curation.sampling.binding import STEP, bound_sets

SPLITS = ("train", "validation", "test")
SHARES = (0.8, 0.1, 0.1)
"""Share of the rows each split aims at, 0..1, in the order of SPLITS: our default, changeable in every call."""

TEST = 2
"""The number of the split no model is trained on."""

Integers = npt.NDArray[np.int64]
Counts = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def split(
    dataset: Dataset,
    clusters: Clusters,
    shares: Sequence[float] = SHARES,
    seed: int = 0,
    progress: Progress = ignore,
    held: Set[str] = frozenset(),
) -> list[str]:
    """The split of every row, in row order: one of SPLITS.

    Rows that are bound together (see `binding`) never part. Within that, each label is spread over the splits by
    `shares` as well as it can be, and keeps at least one row in train. The ids in `held`, and all bound to them, are
    always test rows; what that makes test exceed its share by, train and validation give in proportion.
    The answer depends on the ids, the seed and `held` alone, not on the order of rows.
    Raises UsageError when the shares are not three numbers >= 0 that sum to 1 with train above 0.
    """
    whole = check_shares(shares)
    if len(dataset) == 0:
        return []
    ids = dataset.values("id")
    bound = bound_sets(dataset, clusters, part(progress, 0.0, 0.2))
    order = np.argsort(_drawn(ids, seed, part(progress, 0.2, 0.4)), kind="stable")
    labels = _codes([label or "" for label in dataset.values("label")])
    fixed = np.array([name in held for name in ids], np.bool_)
    chosen = np.empty(len(ids), np.int64)
    chosen[order] = _assign(_first_seen(bound[order]), labels[order], whole, fixed[order], progress)
    progress(1.0, "split")
    return [SPLITS[n] for n in chosen]


def check_shares(shares: Sequence[float]) -> Counts:
    """The shares as an array. Raises UsageError when they are not three numbers >= 0 that sum to 1, train above 0."""
    whole = np.array(shares, float)
    if whole.shape != (3,) or not (whole >= 0).all() or abs(whole.sum() - 1) > 1e-9 or whole[0] == 0:
        raise UsageError(f"The shares of {', '.join(SPLITS)} must sum to 1 with train above 0, got {tuple(shares)}.")
    return whole


def _drawn(names: list[str], seed: int, progress: Progress) -> list[bytes]:
    """A number for each name as bytes, random by seed and the name alone."""
    key = str(seed).encode()
    drawn = []
    for position, name in enumerate(names):
        if position % STEP == 0:
            progress(position / len(names), "drawing")
        drawn.append(hashlib.blake2b(name.encode(), digest_size=16, key=key).digest())
    return drawn


def _codes(values: list[str]) -> Integers:
    return np.asarray(np.unique(np.array(values, dtype=object), return_inverse=True)[1], np.int64)


def _first_seen(values: Integers) -> Integers:
    """The same partition numbered by first appearance."""
    _, first, codes = np.unique(values, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[codes], np.int64)


def _assign(bound: Integers, labels: Integers, shares: Counts, fixed: Flags, progress: Progress) -> Integers:
    """Per row, in drawn order, the number of its split: fixed rows, bound ones largest first, then the single ones."""
    wanted = np.bincount(labels)[:, None] * shares[None, :]
    have = np.zeros_like(wanted)
    sizes = np.bincount(bound)
    of_group = np.full(len(sizes), -1, np.int64)
    of_group[bound[fixed]] = TEST
    have[:, TEST] += np.bincount(labels[of_group[bound] == TEST], minlength=len(have))
    members = np.split(np.argsort(bound, kind="stable"), np.cumsum(sizes)[:-1])
    several = sorted(np.flatnonzero((sizes > 1) & (of_group < 0)).tolist(), key=lambda group: (-sizes[group], group))
    for n, group in enumerate(several):
        if n % 1000 == 0:
            progress(0.4 + 0.4 * n / len(several), "splitting")
        kinds, counts = np.unique(labels[members[group]], return_counts=True)
        of_group[group] = best = _emptiest(have, wanted, kinds, counts)
        have[kinds, best] += counts
    singles = np.flatnonzero((sizes[bound] == 1) & (of_group[bound] < 0))
    of_group[bound[singles]] = _shared_out(labels[singles], have, wanted)
    _train_for_all(of_group, members, labels, np.unique(bound[fixed]))
    return of_group[bound]


def _emptiest(have: Counts, wanted: Counts, kinds: Integers, counts: Integers) -> int:
    """The split whose squared relative excess, summed over the labels and over all rows, grows least."""
    total_have, total_wanted = have.sum(axis=0), wanted.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = counts[:, None] * (2 * (have[kinds] - wanted[kinds]) + counts[:, None]) / wanted[kinds]
        whole = counts.sum() * (2 * (total_have - total_wanted) + counts.sum()) / total_wanted
    return int(np.argmin(np.where(total_wanted > 0, own.sum(axis=0) + whole, np.inf)))


def _shared_out(labels: Integers, have: Counts, wanted: Counts) -> Integers:
    """Splits of unbound rows: each label's to where it is short, the rounding carried on so that totals come out."""
    chosen = np.empty(len(labels), np.int64)
    carry = np.zeros(3)
    order = np.argsort(labels, kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(labels, minlength=len(have)))[:-1]):
        if len(rows) == 0:
            continue
        label = labels[rows[0]]
        short = np.maximum(wanted[label] - have[label], 0)
        ideal = len(rows) * (short / short.sum() if short.sum() > 0 else wanted[label] / wanted[label].sum())
        counts = _rounded(ideal + carry, len(rows), wanted[label] > 0)
        carry += ideal - counts
        chosen[rows] = np.repeat(np.arange(3), counts)
    return chosen


def _rounded(ideal: Counts, total: int, allowed: Flags) -> Integers:
    """Whole numbers >= 0 nearest to `ideal` that sum to `total` (largest remainder, Hamilton's method)."""
    counts = np.where(allowed, np.maximum(np.floor(ideal + 1e-9), 0), 0).astype(np.int64)
    while counts.sum() > total:
        counts[np.argmax(np.where(counts > 0, counts - ideal, -np.inf))] -= 1
    while counts.sum() < total:
        counts[np.argmax(np.where(allowed, ideal - counts, -np.inf))] += 1
    return counts


def _train_for_all(of_group: Integers, members: list[Integers], labels: Integers, fixed: Integers) -> None:
    """Moves the smallest group of each label that train lacks into train, but no fixed one."""
    holds = np.repeat(np.arange(len(members)), [len(rows) for rows in members])[np.argsort(np.concatenate(members))]
    trained = np.unique(labels[of_group[holds] == 0])
    for label in np.setdiff1d(labels, trained):
        groups = np.setdiff1d(holds[labels == label], fixed)
        if len(groups):
            of_group[min(groups.tolist(), key=lambda group: (len(members[group]), group))] = 0
