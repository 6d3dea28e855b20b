"""A blind acceptance sample: which rows people look at to learn the share of wrong answers (`audited` says what it is).

Rows are drawn at random within strata of suspicion (the surest finding that claims a wrong answer). Suspect rows are
few and half of them are wrong, so a fixed number of looks tells more when they are looked at more often; each row
carries the number of rows it stands for, so the rate stays that of the whole set.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, sqrt
from typing import Literal

import numpy as np

from curation.errors import NotChecked
from curation.records import Findings
from curation.sampling.intervals import Z90

CLAIMS = (
    "contradictions",
    "copy_of_input",
    "label_noise",
    "language_mismatch",
    "mismatch",
    "placeholder",
    "refusal",
    "truncated",
)
"""Checks whose finding says that the answer is wrong (a private detail or an odd length makes no answer wrong)."""

Stratum = Literal["none", "weak", "likely", "sure"]
STRATA: Mapping[Stratum, float] = {"none": 0.0, "weak": 1e-9, "likely": 0.5, "sure": 0.75}
"""Least confidence of a row's surest claim, by stratum: .5 as everywhere (more likely right than not), then midway."""
EXPECTED: Mapping[Stratum, float] = {"none": 0.05, "weak": 0.2, "likely": 0.5, "sure": 0.5}
"""Share of wrong answers planned with, in allocation only: about half of the flags are right (cleanlab's own reviewed
data, 45-55 %). A wrong guess costs width, never coverage (benchmarks/audit.py, flags that know nothing)."""
LEAST = 5
"""Rows of the smallest stratum, where it has as many."""
FLAG_ROWS = 10
"""Flagged rows to look at for each check's precision: at half right, a 90 % interval of .27 to .73."""
EXTRA_SHARE = 0.2
"""Rows drawn for precision alone, at most, as a share of the sample."""
DEFAULT_ROWS = 100

Answer = Literal["right", "wrong", "unknown"]


@dataclass(frozen=True)
class Drawn:
    """One row of an audit.

    `weight` is how many rows it stands for, 0 where it was drawn for the precision of the check `extra` only. `flags`
    are the checks that claimed its answer wrong when it was drawn, each at least likely.
    """

    id: str
    stratum: str
    position: int
    weight: float
    flags: tuple[str, ...] = ()
    extra: str = ""


@dataclass(frozen=True)
class Draw:
    """The rows of an audit in the order people see them, and what they were drawn from.

    `strata` are the sizes of all strata, `flagged` the rows each check flags, by stratum.
    """

    rows: tuple[Drawn, ...]
    strata: Mapping[str, int]
    flagged: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def draw(
    ids: Sequence[str],
    findings: Findings,
    size: int = DEFAULT_ROWS,
    half_width: float | None = None,
    seed: int = 0,
) -> Draw:
    """The frozen rows of an audit of the examples `ids`, in random order.

    As many as `size`, or all there are. `half_width` (0..1), where given, sets the size: the fewest rows expected to
    reach it. Rows for the precision of rarely seen checks come on top, at most a fifth. The draw does not depend on the
    order of ids or findings. Raises NotChecked where there is nothing to look at.
    """
    if not ids:
        raise NotChecked("No example has both an input and an answer, so there is nothing to judge. Load some first.")
    rng = np.random.default_rng(seed)
    suspicion, flags = _suspicion(findings, set(ids))
    members: dict[str, list[str]] = {name: [] for name in STRATA}
    for id in sorted(set(ids)):
        members[_stratum(suspicion[id]) if id in suspicion else "none"].append(id)
    sizes = {name: len(inside) for name, inside in members.items() if inside}
    wanted = allocate(sizes, size if half_width is None else rows_for(sizes, half_width))
    chosen = {
        members[name][n]: Drawn(members[name][n], name, 0, sizes[name] / wanted[name])
        for name in sizes
        for n in rng.permutation(sizes[name])[: wanted[name]]
    }
    flagged = _by_check(flags)
    for check, id in _extras(flagged, chosen, int(EXTRA_SHARE * len(chosen)), rng):
        chosen[id] = Drawn(id, _stratum(suspicion[id]), 0, 0.0, extra=check)
    order = [sorted(chosen)[n] for n in rng.permutation(len(chosen))]
    rows = [replace(chosen[id], position=n, flags=tuple(flags.get(id, ()))) for n, id in enumerate(order)]
    counts = {check: Counter[str](_stratum(suspicion[id]) for id in found) for check, found in flagged.items()}
    return Draw(tuple(rows), sizes, counts)


def allocate(sizes: Mapping[str, int], rows: int) -> dict[str, int]:
    """Rows to draw from each stratum, `rows` in all: Neyman's allocation (1934) at the expected rates.

    Every stratum gets at least LEAST rows (all of a smaller one; fewer where `rows` is too small for that, never none),
    none more than it has.
    """
    rows = max(len(sizes), min(rows, sum(sizes.values())))
    floor = max(1, min(LEAST, rows // max(1, len(sizes))))
    least = {name: min(size, floor) for name, size in sizes.items()}
    share = _between(least, sizes, {name: size * _deviation(name) for name, size in sizes.items()}, rows)
    # A hair is added, so that the last digit of a float takes no row from a stratum.
    given = {name: min(sizes[name], int(share[name] + 1e-6)) for name in sizes}
    left = rows - sum(given.values())
    for name in sorted(sizes, key=lambda name: (given[name] - share[name], name)):
        if left > 0 and given[name] < sizes[name]:
            given[name], left = given[name] + 1, left - 1
    return given


def _between(
    least: Mapping[str, int], most: Mapping[str, int], spread: Mapping[str, float], rows: int
) -> dict[str, float]:
    """Shares of `rows` in proportion to `spread`, none below its least nor above its most; by halving the factor."""

    def at(factor: float) -> dict[str, float]:
        return {name: min(most[name], max(least[name], factor * spread[name])) for name in most}

    low, high = 0.0, max((most[name] / spread[name] for name in most), default=0.0)
    for _ in range(100):  # halvings: far beyond the digits of a float
        middle = (low + high) / 2
        low, high = (low, middle) if sum(at(middle).values()) >= rows else (middle, high)
    return at(high)


def rows_for(sizes: Mapping[str, int], half_width: float) -> int:
    """The fewest rows whose 90 % interval is expected to be no wider than `half_width` (0..1) to either side.

    Neyman's optimum with the finite population correction (Cochran, Sampling Techniques, 1977, eq. 5.25), and as many
    more as whole rows and the least of every stratum take.
    """
    if not 0 < half_width < 1:
        raise ValueError(f"half_width lies between 0 and 1, got {half_width}")
    whole = sum(sizes.values())
    spread = sum(size / whole * _deviation(name) for name, size in sizes.items())
    variance = sum(size / whole * _deviation(name) ** 2 for name, size in sizes.items())
    least = sum(min(LEAST, size) for size in sizes.values())
    rows = min(whole, max(least, ceil(spread**2 / ((half_width / Z90) ** 2 + variance / whole))))
    while rows < whole and _expected_width(sizes, allocate(sizes, rows)) > half_width:
        rows += 1
    return rows


def _expected_width(sizes: Mapping[str, int], given: Mapping[str, int]) -> float:
    whole = sum(sizes.values())
    variances = (
        (size / whole * _deviation(name)) ** 2 / given[name] * (1 - given[name] / size) for name, size in sizes.items()
    )
    return Z90 * sqrt(sum(variances))


def suspicion_strata(ids: Collection[str], findings: Findings | None) -> dict[str, str]:
    """The group of suspicion of each of these examples, by its surest claim; "none" for all before any check ran."""
    known = set(ids)
    suspicion = _suspicion(findings, known)[0] if findings is not None else {}
    return {id: _stratum(suspicion[id]) if id in suspicion else "none" for id in ids}


def _suspicion(findings: Findings, known: set[str]) -> tuple[dict[str, float], dict[str, list[str]]]:
    """Each row's surest claim (0..1), and the checks whose claim on it is at least likely, in name order."""
    suspicion: dict[str, float] = {}
    flags: dict[str, set[str]] = {}
    columns = (findings.table[name].to_pylist() for name in ("check", "id", "confidence"))
    for check, id, confidence in zip(*columns, strict=True):
        if check not in CLAIMS or id not in known:
            continue
        suspicion[id] = max(confidence, suspicion.get(id, 0.0))
        if confidence >= STRATA["likely"]:
            flags.setdefault(id, set()).add(check)
    return suspicion, {id: sorted(checks) for id, checks in flags.items()}


def _stratum(suspicion: float) -> Stratum:
    return max((name for name, least in STRATA.items() if suspicion >= least), key=STRATA.__getitem__)


def _deviation(stratum: str) -> float:
    rate = EXPECTED[stratum]  # type: ignore[index]  # a frozen draw keeps its strata as text
    return sqrt(rate * (1 - rate))


def _by_check(flags: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    checks = sorted({check for found in flags.values() for check in found})
    return {check: sorted(id for id, found in flags.items() if check in found) for check in checks}


def _extras(
    flagged: Mapping[str, Sequence[str]], taken: Collection[str], budget: int, rng: np.random.Generator
) -> list[tuple[str, str]]:
    """(check, id) of rows to look at for precision alone, the checks seen least served first, one row at a time."""
    used = set(taken)
    left = {check: [ids[n] for n in rng.permutation(len(ids)) if ids[n] not in used] for check, ids in flagged.items()}
    seen = {check: len(ids) - len(left[check]) for check, ids in flagged.items()}
    extras: list[tuple[str, str]] = []
    while len(extras) < budget:
        open_checks = [check for check in sorted(left) if left[check] and seen[check] < FLAG_ROWS]
        if not open_checks:
            break
        check = min(open_checks, key=lambda name: (seen[name], name))
        id = left[check].pop()
        if id not in used:
            used.add(id)
            extras.append((check, id))
            seen[check] += 1
    return extras
