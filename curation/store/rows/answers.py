"""Which decisions answer a finding: those made after it was stored, by a person who could read it."""

import json
from typing import Any

from sqlalchemy import Connection, Select, String, cast, exists, func, select

from curation.store.database.schema import examples, history, results, states

ANSWERS = ("accept", "reject", "label", "edit")
"""Decisions that say whether a row is right."""


def last_decision(connection: Connection) -> int:
    """The number of the newest decision, 0 before the first."""
    return int(connection.scalar(select(func.max(history.c.seq))) or 0)


def seen_since(connection: Connection) -> int:
    """The number of the last decision made before the findings were stored; 0 where there are none."""
    query = select(results.c.body, results.c.snapshot).where(results.c.kind.in_(("check", "preview")))
    newest = connection.execute(query.order_by(results.c.seq.desc()).limit(1)).first()
    if newest is None:
        return 0
    # projects of older versions say only what the checks began with
    begun = json.loads(newest.snapshot)["decision"] if newest.snapshot else 0
    return int(json.loads(newest.body).get("decision", begun))


def answered(since: int) -> Select[Any]:
    """The numbers of the rows decided one by one, and not in bulk too, after the decision `since`; undone ones not."""
    in_bulk = select(history.c.example).where(history.c.batch != "", history.c.seq > since)
    return select(history.c.example).where(*_standing_after(since), history.c.example.not_in(in_bulk))


def labelled_by(until: int) -> Select[Any]:
    """The numbers of the rows that people had given a label up to the decision `until`."""
    return select(history.c.example).where(history.c.seq <= until, history.c.action == "label")


def unanswered(connection: Connection) -> Select[Any]:
    """The numbers of the rows that people gave their first label before the findings were stored, and left so since."""
    since = select(history.c.example).where(*_standing_after(seen_since(connection)))
    query = select(states.c.example).join(examples, examples.c.seq == states.c.example)
    return query.where(states.c.status == "labelled", examples.c.label.is_(None), states.c.example.not_in(since))


def _standing_after(since: int) -> list[Any]:
    back = history.alias("back")
    same = (back.c.example == history.c.example, back.c.action == "undo")
    taken_back = exists().where(*same, back.c.value == cast(history.c.seq, String))
    return [history.c.seq > since, history.c.action.in_(ANSWERS), ~taken_back]
