"""Which rows are read: all, or some drawn at random within groups of suspicion, so that what is found of them holds for
the set (two-phase sampling: Cochran, Sampling Techniques, 1977, ch. 12)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor

SECOND = 0.05
"""The share of rows read twice, the second time with labels or kinds in another order (the design's choice)."""
SUSPECT = ("likely", "sure")
"""Groups of rows that a check more likely than not calls wrong (see `review.audit.draw.STRATA`)."""


@dataclass(frozen=True)
class Chosen:
    """The `ids` to read in the order they are asked, `again` those of them read twice, and by group of suspicion the
    rows there are and those chosen: within a group every row is as likely to be among them."""

    ids: tuple[str, ...]
    again: frozenset[str]
    strata: Mapping[str, tuple[int, int]]


def choose(stratum_of: Mapping[str, str], rows: int | None, suspects: bool, seed: int) -> Chosen:
    """The rows to read out of those given with their groups of suspicion.

    `rows` of them at random (None: all), as many of each group as its share; with `suspects` all of the groups in
    SUSPECT as well. Each row has a place of its own by the seed, so that more rows asked for are the same and others
    beside them, and rows loaded later move few of those before.
    """
    members: dict[str, list[str]] = {}
    for id in sorted(stratum_of, key=lambda id: (_place(id, seed), id)):
        members.setdefault(stratum_of[id], []).append(id)
    sizes = {name: len(inside) for name, inside in members.items()}
    wanted = shares(sizes, len(stratum_of) if rows is None else rows)
    if suspects:
        wanted |= {name: sizes[name] for name in SUSPECT if name in sizes}
    taken = [(n / wanted[name], id) for name, inside in members.items() for n, id in enumerate(inside[: wanted[name]])]
    ids = tuple(id for _, id in sorted(taken))
    again = frozenset(id for id in ids if _place(f"again {id}", seed) < SECOND)
    return Chosen(ids, again, {name: (sizes[name], wanted[name]) for name in sorted(sizes)})


def some(ids: Iterable[str], rows: int | None, seed: int) -> tuple[str, ...]:
    """So many of these rows at random (None: all), each in a place of its own as in `choose`."""
    return tuple(sorted(ids, key=lambda id: (_place(id, seed), id))[:rows])


def shares(sizes: Mapping[str, int], rows: int) -> dict[str, int]:
    """So many rows of each group that each has its share of all, by largest remainder; none more than it has."""
    whole = sum(sizes.values())
    rows = min(rows, whole)
    exact = {name: rows * size / whole for name, size in sizes.items()} if whole else {}
    given = {name: floor(share) for name, share in exact.items()}
    by_rest = sorted(exact, key=lambda name: (given[name] - exact[name], name))
    for name in by_rest[: rows - sum(given.values())]:
        given[name] += 1
    return given


def _place(name: str, seed: int) -> float:
    """A number 0..1 of its own for each name and seed."""
    key = str(seed).encode()
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, key=key).digest()) / 2**64
