"""The members of a project: who they are now, changed by events that stay."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from curation.errors import UsageError
from curation.records import Event, ProjectMember, Role
from curation.store import events
from curation.store.database import bump
from curation.store.database.chain import canonical
from curation.store.database.schema import events as entries
from curation.store.database.schema import members

LAST = "{name} is the last admin of this project. Make somebody else an admin first."
NONE = "{name} is not a member of this project."


def roles(connection: Connection) -> dict[str, Role]:
    """What each member may do, by name; empty where the project has none."""
    return {row.name: row.role for row in connection.execute(ROLES)}


ROLES = select(members.c.name, members.c.role)
"""(name, role) of each member; asked at every call of every verb, so it is made once."""


def all_members(connection: Connection) -> list[ProjectMember]:
    """The members by name."""
    rows = connection.execute(select(members).order_by(members.c.name))
    return [ProjectMember(row.name, row.role, row.at, bool(row.token)) for row in rows]


def put(connection: Connection, name: str, role: Role, by: str, at: str) -> None:
    """Make somebody a member, or give a member another role. Raises UsageError where no admin would be left."""
    if role != "admin":
        _check_others(connection, name)
    _change(connection, name, {"role": role, "token": _token(connection, name)}, by, at)


def remove(connection: Connection, name: str, by: str, at: str) -> None:
    """Take a member out. Raises UsageError on one there is not, and on the last admin."""
    if name not in roles(connection):
        raise UsageError(NONE.format(name=name))
    _check_others(connection, name)
    _change(connection, name, {}, by, at)


def give_token(connection: Connection, name: str, token: str, by: str, at: str) -> None:
    """Let commands that give this token work for a member, in place of any before. Raises UsageError on no member."""
    role = roles(connection).get(name)
    if role is None:
        raise UsageError(NONE.format(name=name))
    _change(connection, name, {"role": role, "token": digest(token)}, by, at)


def of_token(connection: Connection, token: str) -> str:
    """The member that a token belongs to, "" where it is nobody's."""
    return connection.scalar(select(members.c.name).where(members.c.token == digest(token))) or ""


def digest(token: str) -> str:
    """SHA-256 of a token: what is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _token(connection: Connection, name: str) -> str:
    return connection.scalar(select(members.c.token).where(members.c.name == name)) or ""


def _check_others(connection: Connection, name: str) -> None:
    known = roles(connection)
    if name in known or not known:
        known.pop(name, None)
        if "admin" not in known.values():
            raise UsageError(LAST.format(name=name))


def _change(connection: Connection, name: str, becomes: Mapping[str, str], by: str, at: str) -> None:
    """Store what a member becomes, nothing for one who leaves."""
    events.append(connection, Event("member", name, canonical(becomes), by, at))
    connection.execute(delete(members).where(members.c.name == name))
    if becomes:
        connection.execute(insert(members).values(name=name, at=at, **becomes))
    bump(connection)


def misfit(connection: Connection) -> str:
    """Where the members differ from what the events made of them, "" where nowhere."""
    made: dict[str, dict[str, Any]] = {}
    said = select(entries.c.subject, entries.c.payload, entries.c.at).where(entries.c.kind == "member")
    for row in connection.execute(said.order_by(entries.c.seq)):
        becomes = json.loads(row.payload)
        made.pop(row.subject, None)
        if becomes:
            made[row.subject] = {**becomes, "at": row.at}
    kept = {
        row.name: {"role": row.role, "token": row.token, "at": row.at} for row in connection.execute(select(members))
    }
    for name in sorted(made.keys() | kept.keys()):
        if made.get(name) != kept.get(name):
            return f"The member {name!r} is not as an admin made them."
    return ""
