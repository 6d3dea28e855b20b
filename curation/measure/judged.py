"""Arms judged right or wrong row by row: by a model on all rows, by people on some, the model's error in the interval.

What a model says is a stratum, never a score: within each the share that people call right stands for the rest, so that
a biased judge costs width and no truth (stratified and post-stratified estimates: Cochran, Sampling Techniques, 1977,
ch. 5A; for model judges the same correction as in arXiv 2511.21140 and 2601.05420).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass

import numpy as np

from curation.errors import NotChecked, UsageError
from curation.measure.holdout import Row
from curation.measure.outputs import Matched
from curation.measure.plan import Origin
from curation.records import ArmResult
from curation.sampling.intervals import Interval
from curation.sampling.paired import sd_of
from curation.sampling.resampling import Floats, percentile

ENOUGH = 30
"""Rows people must have judged of an arm before it counts as scored, as in an audit."""
PRIOR = 0.5
"""Added to each stratum's rows and to right and wrong within it: Jeffreys' priors."""
OUTCOMES = (-1.0, 0.0, 1.0)
OUTCOME_PRIOR = 0.25
"""Added to each way two arms can differ within a stratum. A third each held the truth in 90 to 99 % of simulated pairs,
a fifth in 86 to 94, this in 87 to 96 (benchmarks/model_review.py, arms)."""
DRAWS = 4000
SEED = 20260102


@dataclass(frozen=True)
class Marks:
    """An arm's rows by id: whether the `model` calls its answer right, and whether `people` do, on a random part."""

    model: Mapping[str, bool]
    people: Mapping[str, bool]

    @property
    def told(self) -> list[str]:
        """The rows both judged."""
        return [id for id in self.model if id in self.people]


def score(marks: Marks) -> Interval:
    """The share of right answers of an arm, by people's standard. Raises NotChecked below ENOUGH rows of theirs."""
    told = marks.told
    if len(told) < min(ENOUGH, len(marks.model)):
        raise NotChecked(
            f"people have judged {len(told)} of the {min(ENOUGH, len(marks.model))} rows that tell how far the model's "
            "marks may be believed"
        )
    rows = Counter(marks.model.values())
    seen = Counter(marks.model[id] for id in told)
    right = Counter(marks.model[id] for id in told if marks.people[id])
    names = sorted(rows)
    share, rng = _shares([rows[name] for name in names], len(marks.model)), np.random.default_rng(SEED)
    rates = np.stack([rng.beta(right[n] + PRIOR, seen[n] - right[n] + PRIOR, DRAWS) for n in names], axis=1)
    looked = sum(rows[name] for name in names if seen[name])
    value = sum(rows[name] / looked * right[name] / seen[name] for name in names if seen[name])
    return percentile(value, (share * rates).sum(1))


def difference(first: Marks, second: Marks) -> tuple[Interval, int] | None:
    """How much more often the first arm is right than the second on the rows both have, and those rows.

    Paired: rows fall into strata by what the model says of both, and people's marks of both on the same rows tell how
    the arms differ within each. None where no row was judged by people for both.
    """
    shared = [id for id in first.model if id in second.model]
    told = [id for id in shared if id in first.people and id in second.people]
    if not told:
        return None
    rows = Counter((first.model[id], second.model[id]) for id in shared)
    names = sorted(rows)
    seen: dict[tuple[bool, bool], Counter[float]] = {name: Counter() for name in names}
    for id in told:
        seen[first.model[id], second.model[id]][float(first.people[id]) - float(second.people[id])] += 1
    share, rng = _shares([rows[name] for name in names], len(shared)), np.random.default_rng(SEED)
    drawn = [
        rng.dirichlet([seen[name][one] + OUTCOME_PRIOR for one in OUTCOMES], DRAWS) @ np.array(OUTCOMES)
        for name in names
    ]
    looked = sum(rows[name] for name in names if seen[name])
    value = sum(rows[name] / looked * _mean(seen[name]) for name in names if seen[name])
    return percentile(value, (share * np.stack(drawn, axis=1)).sum(1)), len(shared)


def _mean(outcomes: Mapping[float, int]) -> float:
    return sum(one * n for one, n in outcomes.items()) / sum(outcomes.values())


def _shares(rows: Sequence[int], whole: int) -> Floats:
    """Draws of the strata's shares among rows of the same kind, shape (draws, strata)."""
    return np.random.default_rng([SEED, whole]).dirichlet([n + PRIOR for n in rows], DRAWS)


MODELS, PEOPLES = "reading", "person"
"""The columns of a table of marks: what the model that judged says of a row's output, and what a person does."""
MARK: Mapping[str, bool] = {"right": True, "wrong": False}


def marks_of(
    lines: Iterable[tuple[str, str, str]], rows: Mapping[str, Row], family_of: Mapping[str, str], seen: Set[str]
) -> tuple[Marks, Matched]:
    """The marks in (row's name, model's word, person's word) lines, one a near-duplicate group; "" is no mark.

    A word is right or wrong. Rows whose id is in `seen` are counted and left out. Raises UsageError on another word.
    """
    model: dict[str, bool] = {}
    people: dict[str, bool] = {}
    done: set[str] = set()
    unknown = repeated = known = 0
    # Rows that people judged first: of near-duplicates those tell more.
    for name, said, person in sorted(lines, key=lambda line: (not line[2].strip(), line)):
        row = rows.get(name)
        mark, own = _mark(said), _mark(person)
        if row is None or mark is None:
            unknown += 1
        elif row.id in seen:
            known += 1
        elif family_of[row.id] in done:
            repeated += 1
        else:
            done.add(family_of[row.id])
            model[row.id] = mark
            if own is not None:
                people[row.id] = own
    return Marks(model, people), Matched(unknown, repeated, known)


def _mark(word: str) -> bool | None:
    said = word.strip().casefold()
    if said and said not in MARK:
        raise UsageError(f"A mark is right or wrong, or empty where nobody judged, not {word[:40]!r}.")
    return MARK.get(said)


def judged_arm(name: str, marks: Marks, origin: Origin) -> ArmResult:
    """The arm as people would score it; where they judged too few rows it is not measured, and says why."""
    try:
        interval, why = score(marks), ""
    except NotChecked as reason:
        interval, why = (0.0, 0.0, 1.0), str(reason)
    value, low, high = interval
    rows = len(marks.model)
    return ArmResult(
        name,
        **asdict(origin),
        score=value,
        low=low,
        high=high,
        scores={id: float(mark) for id, mark in marks.model.items()},
        judged={id: float(mark) for id, mark in marks.people.items()},
        reason=why or ("" if rows else "no row has a mark of the model"),
        sd=sd_of(interval, rows) if rows > 1 else None,
        groups=rows,
    )


def judged_apart(one: ArmResult, other: ArmResult) -> tuple[Interval, int] | None:
    """As `difference`, of two arms that were judged."""
    first, second = (
        Marks({id: bool(s) for id, s in arm.scores.items()}, {id: bool(s) for id, s in arm.judged.items()})
        for arm in (one, other)
    )
    return difference(first, second)
