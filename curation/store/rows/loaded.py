"""The texts as they were loaded: a digest of them in the chain, so that a change from outside is found."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.exc import OperationalError

from curation.records import Event
from curation.store import events
from curation.store.database.chain import canonical
from curation.store.database.schema import events as entries
from curation.store.database.schema import examples, imports

COLUMNS = ("id", "row", "input", "output", "label", "group", "created", "meta")
"""What a digest is over; which source a row belongs to may change."""
KIND = "load"


class Digest:
    """SHA-256 over rows, fed as they come."""

    def __init__(self) -> None:
        self.sum, self.rows = hashlib.sha256(), 0

    def feed(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take rows of COLUMNS into it."""
        for row in rows:
            self.rows += 1
            self.sum.update(json.dumps(list(row), ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")

    def note(self, connection: Connection, first: int, last: int) -> None:
        """Put it into the chain for the examples of these numbers, both included.

        It names nobody and no time, which stand with the source: the same file gives the same entry.
        """
        if last >= first:
            payload = canonical({"first": first, "last": last, "digest": self.sum.hexdigest()})
            events.append(connection, Event(KIND, "", payload, "", ""))


def coming() -> Select[Any]:
    """The files of which not all rows are stored yet: they are in no set, and may be gone again."""
    return select(imports.c.source).where(imports.c.whole.is_(False))


def last_number(connection: Connection) -> int:
    """The number of the last example that is there to stay, 0 without one."""
    last = connection.scalar(select(func.max(examples.c.seq))) or 0
    for first, end in connection.execute(_kept_free().order_by(imports.c.first.desc())):
        if first <= last <= end:
            last = _last_before(connection, first)
    return last


def last_settled(connection: Connection) -> int:
    """The number of the example up to which all are there to stay, 0 without one: those after it may be none."""
    first = connection.scalar(_kept_free().with_only_columns(func.min(imports.c.first)))
    return last_number(connection) if first is None else _last_before(connection, first)


def next_number(connection: Connection) -> int:
    """The number of the next example, behind those kept for the files that come in."""
    kept = connection.scalar(_kept_free().with_only_columns(func.max(imports.c.last))) or 0
    return max(connection.scalar(select(func.max(examples.c.seq))) or 0, kept) + 1


def _kept_free() -> Select[Any]:
    return select(imports.c.first, imports.c.last).where(imports.c.whole.is_(False))


def _last_before(connection: Connection, number: int) -> int:
    return connection.scalar(select(func.max(examples.c.seq)).where(examples.c.seq < number)) or 0


def note_all(connection: Connection) -> None:
    """Put the examples that the chain does not hold into it, as they are now: those of a project from before it did."""
    first = max((said["last"] for said in _noted(connection)), default=0) + 1
    digest, last = Digest(), last_number(connection)
    digest.feed(_rows(connection, first, last))
    digest.note(connection, first, last)


def _noted(connection: Connection) -> list[dict[str, Any]]:
    found = connection.scalars(select(entries.c.payload).where(entries.c.kind == KIND).order_by(entries.c.seq))
    return [json.loads(payload) for payload in found]


def _rows(connection: Connection, first: int, last: int) -> Iterable[Sequence[Any]]:
    query = select(*(examples.c[name] for name in COLUMNS)).where(examples.c.seq.between(first, last))
    return (tuple(row) for row in connection.execute(query.order_by(examples.c.seq)))


def misfit(connection: Connection) -> str:
    """Which rows are not as they were loaded, "" where all are."""
    rows = 0
    for said in _noted(connection):
        digest = Digest()
        try:
            digest.feed(_rows(connection, said["first"], said["last"]))
        except OperationalError:  # a byte that is no text any more
            digest = Digest()
        if digest.sum.hexdigest() != said["digest"]:
            return f"A text among the rows {said['first']:,} to {said['last']:,} is not as it was loaded."
        rows += digest.rows
    stored = select(func.count()).select_from(examples).where(examples.c.source.not_in(coming()))
    extra = (connection.scalar(stored) or 0) - rows
    return f"{extra:,} rows were added that nobody loaded." if extra > 0 else ""
