"""What people said of rows beside deciding them: notes, tags, whom a row was sent to; and filters by who did what."""

from typing import Any

from sqlalchemy import Connection, String, cast, delete, exists, func, insert, select

from curation.errors import UsageError
from curation.records import Event, Filter
from curation.store import events
from curation.store.database import bump
from curation.store.database.chain import canonical
from curation.store.database.dialect import json_text, listed
from curation.store.database.schema import assigned, examples, history, rounds, tags, votes
from curation.store.database.schema import events as all_events
from curation.store.rows.loaded import coming

KINDS = ("note", "tag", "untag", "assign")
"""The events on an example that are no decision and no vote."""
SILENT = ("undo", "rename")
"""Decisions that say nothing of the row itself."""
LONGEST_TAG = 60
"""Characters of a tag: it stands in lists and in addresses."""


def of_people(connection: Connection, filter: Filter) -> list[Any]:
    """What a filter says of who did what with a row, as conditions on `examples`."""
    conditions: list[Any] = []
    if filter.reviewer:
        conditions.append(examples.c.seq.in_(_standing(filter.reviewer)))
    if filter.since or filter.until:
        conditions.append(examples.c.seq.in_(_decided_between(filter.since, filter.until)))
    if filter.tag:
        conditions.append(examples.c.seq.in_(select(tags.c.example).where(tags.c.tag == filter.tag)))
    if filter.assigned:
        conditions.append(examples.c.seq.in_(_waits_for(filter.assigned)))
    if filter.disputed:
        conditions.append(examples.c.seq.in_(select(listed(disputed(connection)).c.value)))
    return conditions


def _standing(reviewer: str) -> Any:
    """The rows with a decision of this reviewer that nobody took back."""
    back = history.alias("back")
    same = (back.c.example == history.c.example, back.c.action == "undo")
    taken_back = exists().where(*same, back.c.value == cast(history.c.seq, String))
    spoken = (history.c.reviewer == reviewer, history.c.action.not_in(SILENT))
    return select(history.c.example).where(*spoken, ~taken_back)


def _decided_between(since: str, until: str) -> Any:
    newest = func.max(history.c.at)
    query = select(history.c.example).where(history.c.action != "rename").group_by(history.c.example)
    if since:
        query = query.having(newest >= since)
    # A time of that day is the day followed by T and the hour.
    return query.having(newest < f"{until}U") if until else query


def _waits_for(reviewer: str) -> Any:
    """The rows sent to this reviewer that they have not decided since."""
    answered = exists().where(
        history.c.example == assigned.c.example,
        history.c.reviewer == reviewer,
        history.c.seq > assigned.c.seq,
        history.c.action != "rename",
    )
    return select(assigned.c.example).where(assigned.c.reviewer == reviewer, ~answered)


def disputed(connection: Connection) -> list[int]:
    """The numbers of the rows that people of the newest team round answered differently."""
    newest = select(func.max(rounds.c.id)).where(rounds.c.kind == "team")
    round = connection.scalar(newest)
    if round is None:
        return []
    said = (json_text(all_events.c.payload, "answer"), json_text(all_events.c.payload, "value"))
    before = select(votes.c.example, votes.c.reviewer, votes.c.answer, votes.c.value).where(votes.c.round == round)
    made = select(all_events.c.example, all_events.c.actor, *said).where(
        all_events.c.kind == "vote", all_events.c.subject == str(round)
    )
    answers: dict[int, dict[str, tuple[str, str]]] = {}
    for query in (before.order_by(votes.c.seq), made.order_by(all_events.c.seq)):
        for example, reviewer, answer, value in connection.execute(query):
            answers.setdefault(example, {})[reviewer] = (answer, value)
    # An empty answer takes an earlier one back.
    return [example for example, by in answers.items() if len({said for said in by.values() if said[0]}) > 1]


def note(connection: Connection, example: str, text: str, by: str, at: str) -> None:
    """Leave a note on a row."""
    _append(connection, "note", example, {"text": text}, by, at)


def tag(connection: Connection, example: str, name: str, by: str, at: str) -> None:
    """Put a tag on a row; nothing where it is there. Raises UsageError on a name that is no tag."""
    if not name.strip() or len(name) > LONGEST_TAG:
        raise UsageError(f"A tag has 1 to {LONGEST_TAG} characters. Write a shorter one, or leave a note.")
    number = _number(connection, example)
    if connection.scalar(select(tags.c.tag).where(tags.c.tag == name, tags.c.example == number)) is None:
        _append(connection, "tag", example, {"tag": name}, by, at)
        connection.execute(insert(tags).values(tag=name, example=number))


def untag(connection: Connection, example: str, name: str, by: str, at: str) -> None:
    """Take a tag off a row; nothing where it is not there."""
    here = (tags.c.tag == name, tags.c.example == _number(connection, example))
    if connection.execute(delete(tags).where(*here)).rowcount:
        _append(connection, "untag", example, {"tag": name}, by, at)


def send(connection: Connection, example: str, to: str, by: str, at: str, comment: str = "") -> None:
    """Send a row to somebody, who then has it in a queue of their own until they decide it."""
    seq = _append(connection, "assign", example, {"to": to, "text": comment}, by, at)
    number = _number(connection, example)
    connection.execute(delete(assigned).where(assigned.c.reviewer == to, assigned.c.example == number))
    connection.execute(insert(assigned).values(reviewer=to, example=number, seq=seq))


def _number(connection: Connection, example: str) -> int:
    there = (examples.c.id == example, examples.c.source.not_in(coming()))
    number = connection.scalar(select(examples.c.seq).where(*there))
    if number is None:
        raise UsageError("This example is not in the project any more. Reload the page.")
    return int(number)


def _append(connection: Connection, kind: str, example: str, said: dict[str, str], by: str, at: str) -> int:
    payload = canonical({"example": example, **said})
    event = Event(kind, example, payload, by, at, example=_number(connection, example), revision=0)
    stored = events.append(connection, event)
    bump(connection)
    return stored.seq


def of_example(connection: Connection, example: str) -> list[Event]:
    """The notes, tags and sendings of one row, oldest first."""
    query = select(all_events).where(
        all_events.c.example == _number(connection, example), all_events.c.kind.in_(KINDS)
    )  # fmt: skip
    return [Event(**row._mapping) for row in connection.execute(query.order_by(all_events.c.seq))]
