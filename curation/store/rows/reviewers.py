"""How people reviewed: what each decided and when, and the rows that several of them decided."""

from sqlalchemy import Connection, case, distinct, func, select

from curation.records import Decision
from curation.store.database.dialect import seconds
from curation.store.database.schema import examples, history
from curation.store.rows.answers import ANSWERS

HANDLED = (*ANSWERS, "skip", "flag")
"""Acts on one row; an undo takes time too, and is no row."""


def paces(connection: Connection, pause: int) -> list[tuple[str, int, int, int]]:
    """(reviewer, rows handled one by one, how many of these acts came within `pause` seconds of the one before, the
    seconds between those and the ones before), by reviewer."""
    second = seconds(history.c.at)
    before = func.lag(second).over(partition_by=history.c.reviewer, order_by=history.c.seq)
    is_row = history.c.action.in_(HANDLED)
    timed = select(history.c.reviewer, history.c.example, is_row.label("is_row"), (second - before).label("gap"))
    acts = timed.where(history.c.batch == "").subquery()
    is_timed = acts.c.gap <= pause
    query = select(
        acts.c.reviewer,
        func.count(distinct(case((acts.c.is_row, acts.c.example)))),
        func.count(case((is_timed & acts.c.is_row, 1))),
        func.coalesce(func.sum(case((is_timed, acts.c.gap))), 0),
    )
    rows = connection.execute(query.group_by(acts.c.reviewer).order_by(acts.c.reviewer))
    return [(str(name), int(decided), int(timed), int(seconds)) for name, decided, timed, seconds in rows]


def decided_by_several(connection: Connection) -> list[Decision]:
    """All decisions on the rows that two people or more have decided, row by row, oldest first."""
    several = select(history.c.example).where(history.c.action.in_(ANSWERS)).group_by(history.c.example)
    several = several.having(func.count(distinct(history.c.reviewer)) > 1)
    columns = (history.c[name] for name in ("action", "value", "reviewer", "at", "seen_version", "reason", "seq"))
    query = select(examples.c.id.label("example"), *columns).join(examples, examples.c.seq == history.c.example)
    query = query.where(history.c.example.in_(several)).order_by(history.c.example, history.c.seq)
    return [Decision(**row._mapping) for row in connection.execute(query)]
