"""Everything people do, appended by one writer, each entry chained to the one before; and whether the chain holds."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import OperationalError

from curation.records import Decision, Event, Verification
from curation.store.database import chain
from curation.store.database.chain import (
    DECISION_FIELDS,
    START,
    UPGRADE,
    Change,
    Head,
    Link,
    canonical,
)
from curation.store.database.schema import (
    about,
    decisions,
    events,
    examples,
    history,
    votes,
)
from curation.store.database.statements import run, set_head

HEAD = select(about.c.value).where(about.c.key == "events")
"""Where the events end, for `head_in`."""
_ADD = insert(events)
_VOTE = ("seq", "round", "reviewer", "answer", "value", "at", "seen_version")
HISTORY = ("seq", "example", "action", "value", "reviewer", "at", "seen_version", "reason", "batch")


def append(connection: Connection, event: Event, head: Head | None = None, data: bool = False) -> Event:
    """The event as it is now stored at the end: its number, the hash before it and its own are filled in. `head` is
    where the events end, where that has been read; `data` says that examples or decisions change by it."""
    head = head or read_head(connection)
    stored = chain.linked(event, head)
    run(connection, _ADD, vars(stored))
    _write_head(connection, Head(stored.seq, stored.hash, head.count + 1), data)
    return stored


def read_head(connection: Connection) -> Head:
    """Where the events end."""
    return head_in(connection.scalar(HEAD))


def head_in(value: str | None) -> Head:
    """The end of the events that `HEAD` read."""
    return Head(**json.loads(value)) if value else Head()


def _write_head(connection: Connection, head: Head, data: bool = False) -> None:
    set_head(connection, canonical(vars(head)), data)
    connection.info["head"] = head  # for whoever keeps it outside, once this is committed


def newest(connection: Connection, kind: str, subject: str) -> Event | None:
    """The newest event of a kind about a subject."""
    query = select(events).where(events.c.kind == kind, events.c.subject == subject).order_by(events.c.seq.desc())
    row = connection.execute(query.limit(1)).first()
    return None if row is None else Event(**row._mapping)


def of_subject(connection: Connection, kind: str, subject: str) -> list[Event]:
    """All events of a kind about a subject, oldest first."""
    query = select(events).where(events.c.kind == kind, events.c.subject == subject).order_by(events.c.seq)
    return [Event(**row._mapping) for row in connection.execute(query)]


def by_day(connection: Connection, most: int) -> list[tuple[str, str, str, int]]:
    """(day, who, kind, how many acts), the newest day first, up to `most`; a bulk act is one. Loads name nobody."""
    acts = select(func.substr(events.c.at, 1, 10).label("day"), events.c.actor, events.c.kind)
    acts_of = acts.where(events.c.kind != UPGRADE, events.c.actor != "").subquery()
    own = (acts_of.c.day, acts_of.c.actor, acts_of.c.kind)
    query = select(*own, func.count()).group_by(*own).order_by(own[0].desc(), *own[1:]).limit(most)
    return [(str(at), str(who), str(kind), int(number)) for at, who, kind, number in connection.execute(query)]


def of_client(connection: Connection, client: str, first: int) -> dict[int, tuple[int, str]]:
    """(number, subject) of a client's events by the client's own number, from `first` on."""
    query = select(events.c.client_seq, events.c.seq, events.c.subject)
    rows = connection.execute(query.where(events.c.client == client, events.c.client_seq >= first))
    return {int(row.client_seq): (int(row.seq), str(row.subject)) for row in rows}


# -- what was stored before there were events


def take_over(connection: Connection, at: str) -> None:
    """Begin the events of a project of before: decisions go into the history, and the first event notes what it held.

    Its number is above all of theirs and the hash before it is the last decision's.
    """
    names = ", ".join(f'"{name}"' for name in HISTORY)
    connection.exec_driver_sql(f"INSERT INTO history ({names}) SELECT {names} FROM decisions ORDER BY seq")
    connection.execute(insert(about).values(key="events", value=START))
    end = connection.execute(select(decisions.c.seq, decisions.c.hash).order_by(decisions.c.seq.desc())).first()
    kept = list(_old_votes(connection))
    if end is None and not kept:
        return
    payload = {"decisions": end.seq if end else 0, "votes": kept}
    before = Head(max((seq for seq, _ in [(end.seq if end else 0, ""), *kept])), end.hash if end else "")
    stored = chain.linked(Event(UPGRADE, "", canonical(payload), "", at), before)
    connection.execute(insert(events).values(**vars(stored)))
    _write_head(connection, Head(stored.seq, stored.hash, 1))


def _old_votes(connection: Connection) -> Iterator[tuple[int, str]]:
    columns = (*(votes.c[name] for name in _VOTE), examples.c.id)
    query = select(*columns).outerjoin(examples, examples.c.seq == votes.c.example).order_by(votes.c.seq)
    for row in connection.execute(query):
        yield row.seq, chain.vote_digest(row)


# -- does the chain hold?


NEWEST = 1_000
"""Entries looked at when a project is opened: a hundredth of a second."""


def end_misfit(connection: Connection, outside: Head | None, newest: int = NEWEST) -> str:
    """What is wrong with the newest entries and the end of them as it is kept inside, and `outside` where it is; ""
    where nothing."""
    head = read_head(connection)
    first = max(head.seq - min(newest, head.count) + 1, 0)
    entries = select(events).where(events.c.seq >= first).order_by(events.c.seq)
    previous, expected = "", first
    for row in connection.execute(entries):
        event = Event(**row._mapping)
        is_next = event.seq == expected and (event.seq == first or event.previous == previous)
        if not is_next or chain.event_hash(event) != event.hash:
            return f"Event {expected} is missing or not as it was stored."
        previous, expected = event.hash, expected + 1
    if head.count and (expected != head.seq + 1 or previous != head.hash):
        return f"Event {expected} is missing: the last one stored was {head.seq}."
    return _outside_misfit(connection, outside)


def _outside_misfit(connection: Connection, outside: Head | None) -> str:
    """Whether the end kept outside is an entry still: a record that was cut off or rewritten whole has another."""
    if outside is None or not outside.count:
        return ""
    found = connection.scalar(select(events.c.hash).where(events.c.seq == outside.seq))
    if found == outside.hash:
        return ""
    why = "was cut off" if found is None else "was written anew"
    return f"The record {why}: event {outside.seq} is not the one whose hash is kept outside the project."


def verify(connection: Connection, outside: Head | None = None) -> Verification:
    """Whether everything people did is as it was stored; else the first entry that is not. `outside` is its end as it
    was kept elsewhere."""
    try:
        kept_votes = list(_old_votes(connection))
    except OperationalError:
        return Verification(0, 0, 0, "A vote is not as it was stored: it cannot be read.")
    result = chain.verify(_old_links(connection), kept_votes, _links(connection), read_head(connection))
    if result.fault:
        return result
    try:
        fault = chain.first_difference(_made(connection), _kept(connection))
    except OperationalError:
        fault = "What is kept for lookups of the decisions cannot be read."
    return replace(result, fault=fault or _outside_misfit(connection, outside))


def _old_links(connection: Connection) -> Iterator[Link]:
    columns = (*(decisions.c[name] for name in DECISION_FIELDS if name != "example"), decisions.c.previous)
    query = (
        select(decisions.c.seq, examples.c.id, *columns, decisions.c.hash)
        .outerjoin(examples, examples.c.seq == decisions.c.example)
        .order_by(decisions.c.seq)
    )
    number = 0
    try:
        for row in connection.execute(query):
            values = dict(row._mapping)
            previous, digest = values.pop("previous"), values.pop("hash")
            yield Link(Decision(example=values.pop("id"), **values), previous, digest)
            number = row.seq
    except OperationalError:  # a byte that is no text any more
        yield Link(Decision("", "accept", seq=number + 1), "", "")


def _links(connection: Connection) -> Iterator[Link]:
    query = (
        select(*events.c, examples.c.id.label("named"))
        .outerjoin(examples, examples.c.seq == events.c.example)
        .order_by(events.c.seq)
    )
    head = read_head(connection)
    number = head.seq - head.count
    try:
        for row in connection.execute(query):
            values = dict(row._mapping)
            named = values.pop("named")
            event = Event(**values)
            yield Link(event, event.previous, event.hash, named)
            number = row.seq
    except OperationalError:
        yield Link(Event("unreadable", "", "", "", "", seq=number + 1), "", "")


def _made(connection: Connection) -> Iterator[Change]:
    """All decisions as the entries say."""
    columns = (decisions.c[name] for name in (*DECISION_FIELDS[1:], "seq", "batch"))
    query = select(examples.c.id.label("example"), *columns).join(examples, examples.c.seq == decisions.c.example)
    for row in connection.execute(query.order_by(decisions.c.seq)):
        yield Change(**row._mapping)
    for row in connection.execute(select(events).where(events.c.kind == "decision").order_by(events.c.seq)):
        yield from chain.changes(Event(**row._mapping))


def _kept(connection: Connection) -> Iterable[Change]:
    """All decisions as the history says."""
    columns = (history.c[name] for name in HISTORY if name != "example")
    query = select(examples.c.id.label("example"), *columns).join(examples, examples.c.seq == history.c.example)
    return (Change(**row._mapping) for row in connection.execute(query.order_by(history.c.seq, history.c.example)))
