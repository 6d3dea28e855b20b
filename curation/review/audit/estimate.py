"""What an audit's answers say: the share of wrong answers of the whole set, and how often each check's flags are right.

Each row looked at stands for the rows of its stratum (see `audit`), so that the rate is that of the whole set.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from curation.errors import NotChecked
from curation.records import Estimate, ModelQuality, Precision
from curation.review.audit.draw import Answer, Draw
from curation.review.audit.quality import quality, rate_of
from curation.sampling.intervals import Interval, stratified

ENOUGH = 30
"""Answers from which a rate is given at all; below, no normal approximation behind an interval holds."""


def estimate(
    drawn: Draw,
    answers: Mapping[str, Answer],
    mended: Collection[str] = (),
    of_flags: Mapping[str, Answer] | None = None,
) -> Estimate:
    """The noise rate and each check's precision from the answers given so far, by example id.

    "unknown" (cannot tell) counts neither as right nor as wrong: the rate is that of the other rows, its lower bound
    takes every unknown answer as right, its upper bound as wrong (Manski 1989). Rows without an answer are missing at
    random, since people see the rows in random order. `mended` are rows decided since: one that stands for itself
    alone is no longer wrong, one that stands for others still tells of them. Raises NotChecked below ENOUGH answers.

    A precision is that of the flags as raised. For rows whose answer was changed between flag and audit, `of_flags`
    says what the reviewer's answer tells of the flagged one: somebody who follows a right suggestion must not turn the
    flag into a false alarm (`judged.of_flag`).
    """
    main = [row for row in drawn.rows if row.weight > 0 and row.id in answers]
    given = ["right" if row.weight == 1 and row.id in mended else answers[row.id] for row in main]
    told = len(given) - given.count("unknown")
    needed = min(ENOUGH, sum(row.weight > 0 for row in drawn.rows))
    if len(main) < needed or not told:
        raise NotChecked(
            f"{len(main)} of the {needed} answers are in that an error rate needs. Keep answering, in the order shown."
        )
    checks = sorted(drawn.flagged)
    standing = [(row.stratum, answer) for row, answer in zip(main, given, strict=True)]
    return Estimate(
        rate=rate_of(drawn, standing) if drawn.is_read else _bounded(drawn.strata, standing),
        reviewed=told,
        right=given.count("right"),
        wrong=given.count("wrong"),
        unknown=given.count("unknown"),
        precision=tuple(_precision(check, drawn, {**answers, **(of_flags or {})}) for check in checks),
        model=_model(drawn, [(row.stratum, answers[row.id]) for row in main]),
    )


def _model(drawn: Draw, judged: Sequence[tuple[str, Answer]]) -> ModelQuality | None:
    """How good the model is that read the rows; None where none did."""
    if drawn.one_answer:
        said = f"The model says the same ({drawn.one_answer}) of every row it read"
        return ModelQuality(len(judged), why=f"{said}: its readings tell no rows apart, and the audit does without.")
    return quality(drawn, judged) if drawn.is_read else None


def _bounded(sizes: Mapping[str, int], answers: Sequence[tuple[str, Answer]], is_whole: bool = True) -> Interval:
    """The rate over the rows told, its bounds with the unknown as right and as wrong."""
    told = [(stratum, answer) for stratum, answer in answers if answer != "unknown"]
    value, low, high = _share_of(sizes, told, ("wrong",), is_whole)
    if len(told) < len(answers):
        low = min(low, _share_of(sizes, answers, ("wrong",), is_whole)[1])
        high = max(high, _share_of(sizes, answers, ("wrong", "unknown"), is_whole)[2])
    return value, low, high


def _share_of(
    sizes: Mapping[str, int], rows: Sequence[tuple[str, Answer]], bad: tuple[Answer, ...], is_whole: bool
) -> Interval:
    wrong = Counter(stratum for stratum, answer in rows if answer in bad)
    return stratified(sizes, wrong, Counter(stratum for stratum, _ in rows), is_whole)


def _precision(check: str, drawn: Draw, answers: Mapping[str, Answer]) -> Precision:
    """Over the flagged random rows and those drawn for this check: together a random draw within each stratum."""
    rows = [
        (row.stratum, answers[row.id])
        for row in drawn.rows
        if check in row.flags and row.extra in ("", check) and row.id in answers
    ]
    given = [answer for _, answer in rows]
    unknown = given.count("unknown")
    sizes = drawn.flagged[check]
    # A check's precision is that of its future flags too: five of five flags seen do not tell it exactly.
    rate = _bounded(sizes, rows, is_whole=False) if len(given) > unknown else None
    return Precision(check, sum(sizes.values()), len(given) - unknown, given.count("wrong"), unknown, rate)
