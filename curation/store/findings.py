"""What a filter over the findings holds, in figures, and what is decided when all of it is acted on at once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Integer, case, cast, func, select

from curation.records import Filter, Pair, Scope
from curation.store.database.schema import examples, findings, history
from curation.store.pages import given_label, label_now, of_findings, status_now

BIN = 0.05
"""Width of a bar of the histogram of confidence: the step of the threshold's slider."""

OPEN = ("undecided", "skipped", "flagged")
"""Statuses a stroke may decide: in all others a person has."""

_decided = case((status_now.not_in(OPEN), examples.c.seq))
_kind = case(
    (findings.c.suggestion.like("relabel:%"), "relabel"),
    (findings.c.suggestion.like("replace:%"), "replace"),
    else_=findings.c.suggestion,
)


def scope(connection: Connection, filter: Filter) -> Scope:
    """How much the filter holds."""
    rows = func.count(examples.c.seq.distinct())
    columns = (func.count(), rows, func.count(label_now.distinct()), func.count(_decided.distinct()))
    return Scope(*connection.execute(of_findings(filter, *columns)).one())


def suggested_scopes(connection: Connection, filter: Filter) -> dict[str, Scope]:
    """How much of the filter has a suggestion that can be followed, by what it is: relabel, drop, replace.

    An example counts once, under its surest suggestion.
    """
    ranked = _surest(filter, _kind.label("kind"), label_now.label("label"), _decided.label("decided"))
    counts = (func.count(), func.count(ranked.c.label.distinct()), func.count(ranked.c.decided))
    query = select(ranked.c.kind, *counts).where(ranked.c.rank == 1).group_by(ranked.c.kind)
    return {kind: Scope(n, n, classes, decided) for kind, n, classes, decided in connection.execute(query)}


def suggestions(connection: Connection, filter: Filter) -> list[tuple[str, str]]:
    """(example id, its surest suggestion) of the examples in the filter that nobody has decided."""
    ranked = _surest(filter, examples.c.id, findings.c.suggestion, _decided.label("decided"))
    query = select(ranked.c.id, ranked.c.suggestion).where(ranked.c.rank == 1, ranked.c.decided.is_(None))
    return [(id, suggestion) for id, suggestion in connection.execute(query.order_by(ranked.c.seq))]


def _surest(filter: Filter, *columns: Any) -> Any:
    order = (findings.c.confidence.desc(), findings.c.seq)
    rank = func.row_number().over(partition_by=examples.c.seq, order_by=order).label("rank")
    query = of_findings(filter, examples.c.seq.label("seq"), rank, *columns)
    return query.where(findings.c.suggestion != "look").subquery()


def open_examples(connection: Connection, filter: Filter) -> list[str]:
    """The ids of the examples in the filter that nobody has decided, in the order of the set."""
    query = of_findings(filter, examples.c.id).where(status_now.in_(OPEN))
    return list(connection.scalars(query.distinct().order_by(examples.c.seq)))


def check_counts(connection: Connection, filter: Filter) -> dict[str, int]:
    """Findings by check that the rest of the filter leaves."""
    query = of_findings(replace(filter, check=""), findings.c.check, func.count()).group_by(findings.c.check)
    return {str(check): int(n) for check, n in connection.execute(query.order_by(findings.c.check))}


def label_counts(connection: Connection, filter: Filter) -> list[tuple[str, int]]:
    """(label, findings on rows with it) that the rest of the filter leaves, commonest first."""
    query = of_findings(replace(filter, label=""), label_now, func.count()).where(label_now.is_not(None))
    rows = connection.execute(query.group_by(label_now).order_by(func.count().desc(), label_now))
    return [(label, n) for label, n in rows]


def confidence_counts(connection: Connection, filter: Filter) -> list[tuple[float, int]]:
    """(lower edge, findings) of the confidences in steps of BIN, whatever the filter's own threshold."""
    last = round(1 / BIN) - 1
    # A hair is added so that 0.15 falls into the bar that begins at 0.15: 0.15 / 0.05 is 2.9999999999999996.
    number = cast(findings.c.confidence / BIN + 1e-9, Integer)
    step = case((number > last, last), else_=number)
    query = of_findings(replace(filter, sure=0.0), step, func.count()).group_by(step).order_by(step)
    return [(round(bar * BIN, 2), n) for bar, n in connection.execute(query)]


def pairs(connection: Connection, filter: Filter, sizes: Mapping[str, int], limit: int) -> list[Pair]:
    """The label pairs most often confused, whatever pair the filter names; `sizes` are the rows by label."""
    bare = replace(filter, given="", suggested="")
    columns = (given_label, findings.c.suggestion, func.count(examples.c.seq.distinct()).label("n"))
    query = of_findings(bare, *columns).where(_kind == "relabel").group_by(given_label, findings.c.suggestion)
    rows = connection.execute(query.order_by(func.count().desc(), given_label, findings.c.suggestion).limit(limit))
    found = [(given, suggestion.partition(":")[2], n) for given, suggestion, n in rows if given is not None]
    return [Pair(given, new, n, min(1.0, n / max(sizes.get(given, n), 1))) for given, new, n in found]


def judged(connection: Connection, filter: Filter) -> tuple[int, int]:
    """(examples a person changed or left out, examples a person found right) of those decided one by one."""
    strokes = select(history.c.example).where(history.c.batch != "")
    wrong = case((status_now.in_(("rejected", "labelled", "edited")), examples.c.seq))
    right = case((status_now == "accepted", examples.c.seq))
    columns = (func.count(wrong.distinct()), func.count(right.distinct()))
    query = of_findings(filter, *columns).where(status_now.not_in(OPEN), examples.c.seq.not_in(strokes))
    changed, kept = connection.execute(query).one()
    return changed, kept
