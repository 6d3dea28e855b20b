"""Fewer rows of the labels that have many: a cap per label, or as many of each as of the smallest."""

import hashlib
from collections.abc import Sequence, Set

import pyarrow as pa

from curation.errors import UsageError
from curation.export.personal import moved
from curation.records import Dataset

BALANCED = "left out to balance the labels"


def capped_reason(cap: int) -> str:
    """Why a row over a cap is left out, as the removed rows say it."""
    return f"over the cap of {cap:,} rows per label"


def check_subset(cap: int, balance: bool, rows: int = 0) -> None:
    """Raises UsageError on a cap below 0, and on so many rows beside a cap or balance, which choose too."""
    if rows < 0:
        raise UsageError(f"{rows} rows cannot stand for a set. Choose 1 or more, or 0 for all of them.")
    if rows and (cap or balance):
        raise UsageError("A subset chooses its rows of each label itself. Leave out the cap and the balance.")
    if cap < 0:
        raise UsageError(f"A cap of {cap} rows per label cannot be kept to. Choose 1 or more, or 0 for no cap.")


def subset(
    kept: Dataset, removed: pa.Table, cap: int, balance: bool, seed: int, held: Set[str] = frozenset()
) -> tuple[Dataset, pa.Table]:
    """The rows within `cap` (0: none) per label, and the removed with the others behind them, each with its reason.

    With `balance` every label keeps as many rows as the smallest has, or `cap` where that is less. Which rows stay is
    drawn by the seed and the ids alone; rows in `held` stay before others. Rows without a label all stay.
    Raises UsageError where no row has a label.
    """
    labels = kept.values("label")
    counts: dict[str, int] = {}
    for label in labels:
        if label is not None:
            counts[label] = counts.get(label, 0) + 1
    if not counts:
        raise UsageError("No row has a label, so there is nothing to cap or to balance. Leave these options out.")
    smallest = min(counts.values())
    most = min(cap or smallest, smallest) if balance else cap
    reason = capped_reason(cap) if most == cap else BALANCED
    leaving = _over(kept.values("id"), labels, most, seed, held)
    return (kept, removed) if not any(leaving) else moved(kept, removed, leaving, reason)


def _over(ids: Sequence[str], labels: Sequence[str | None], most: int, seed: int, held: Set[str]) -> list[bool]:
    """Which rows are over the cap of their label."""
    key = f"subset {seed}".encode()[:64]
    order = sorted(
        range(len(ids)),
        key=lambda n: (ids[n] not in held, hashlib.blake2b(ids[n].encode(), digest_size=16, key=key).digest()),
    )
    taken: dict[str, int] = {}
    over = [False] * len(ids)
    for n in order:
        label = labels[n]
        if label is not None:
            taken[label] = taken.get(label, 0) + 1
            over[n] = taken[label] > most
    return over
