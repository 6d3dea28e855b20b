"""Decisions: appended with a version check and a hash chain, never changed."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, cast, func, insert, select, update

from curation.errors import StaleDecision
from curation.records import Decision
from curation.store.database import bump
from curation.store.schema import decisions, examples, states

_FIELDS = ("example", "action", "value", "reviewer", "at", "seen_version", "reason")


def chain_hash(previous: str, decision: Decision) -> str:
    """SHA-256 of the previous hash and this decision: changing or removing one breaks all that follow."""
    body = json.dumps([previous, *(getattr(decision, name) for name in _FIELDS)], ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def append(connection: Connection, new: Sequence[Decision], state_of: Callable[[Sequence[Decision]], Any]) -> list[int]:
    """The sequence numbers of the stored decisions; each example's state follows from all its decisions.

    `state_of` turns one example's decisions, oldest first, into its State. Raises StaleDecision when an example is no
    longer at the version the person saw; then nothing of `new` is stored (the transaction is the caller's).
    """
    newest = select(decisions.c.hash).order_by(decisions.c.seq.desc()).limit(1)
    previous = connection.scalar(newest) or ""
    stored = []
    for decision in new:
        row = connection.execute(
            select(examples.c.seq, states.c.version)
            .outerjoin(states, states.c.example == examples.c.seq)
            .where(examples.c.id == decision.example)
        ).first()
        if row is None:
            raise StaleDecision("This example is not in the project any more. Reload the page.")
        if (row.version or 0) != decision.seen_version:
            raise StaleDecision("Somebody else decided this example while you looked at it. Nothing was overwritten.")
        digest = chain_hash(previous, decision)
        values = {name: getattr(decision, name) for name in _FIELDS} | {"example": row.seq}
        key = connection.execute(insert(decisions).values(**values, previous=previous, hash=digest))
        previous = digest
        stored.append(int((key.inserted_primary_key or (0,))[0]))
        _store_state(connection, row.seq, row.version is None, state_of(of_example(connection, decision.example)))
    bump(connection, data=True)
    return stored


def _store_state(connection: Connection, example: int, is_new: bool, state: Any) -> None:
    values = {name: getattr(state, name) for name in ("version", "status", "input", "output", "label", "pinned")}
    if is_new:
        connection.execute(insert(states).values(example=example, **values))
    else:
        connection.execute(update(states).where(states.c.example == example).values(**values))


def _query() -> Any:
    columns = [decisions.c[name] for name in _FIELDS if name != "example"]
    return (
        select(decisions.c.seq, examples.c.id.label("example"), *columns)
        .join(examples, examples.c.seq == decisions.c.example)
        .order_by(decisions.c.seq)
    )


def of_example(connection: Connection, example: str) -> list[Decision]:
    """All decisions on one example, oldest first."""
    return [Decision(**row._mapping) for row in connection.execute(_query().where(examples.c.id == example))]


def all_decisions(connection: Connection) -> list[Decision]:
    """All decisions, oldest first."""
    return [Decision(**row._mapping) for row in connection.execute(_query())]


def action_counts(connection: Connection) -> dict[str, int]:
    """How many decisions of each action were made, undos and undone ones included."""
    query = select(decisions.c.action, func.count().label("n")).group_by(decisions.c.action)
    return {row.action: int(row.n) for row in connection.execute(query.order_by(decisions.c.action))}


def newest_standing(connection: Connection, reviewer: str) -> Decision | None:
    """One reviewer's newest decision that is neither an undo nor undone, None when there is none."""
    taken_back = select(cast(decisions.c.value, Integer)).where(decisions.c.action == "undo")
    query = _query().where(
        decisions.c.reviewer == reviewer, decisions.c.action != "undo", decisions.c.seq.not_in(taken_back)
    )
    row = connection.execute(query.order_by(None).order_by(decisions.c.seq.desc()).limit(1)).first()
    return None if row is None else Decision(**row._mapping)


def chain_is_whole(connection: Connection) -> bool:
    """Whether every stored decision still hashes to what was written with it."""
    previous = ""
    for row in connection.execute(_query().add_columns(decisions.c.hash)):
        values = dict(row._mapping)
        found = values.pop("hash")
        previous = chain_hash(previous, Decision(**values))
        if previous != found:
            return False
    return True
