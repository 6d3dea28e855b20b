"""Decisions: appended with a version check and a hash chain, never changed."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Integer, case, cast, delete, func, insert, select, update

from curation.errors import StaleDecision
from curation.records import Decision
from curation.store.database import bump, insert_rows
from curation.store.database.schema import decisions, examples, states

_FIELDS = ("example", "action", "value", "reviewer", "at", "seen_version", "reason")
_STATE = ("version", "status", "input", "output", "label", "pinned")
CHUNK = 500
"""Examples looked up at once: SQLite allows 32,766 values in a statement, and short ones are planned faster."""


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
            raise StaleDecision("Somebody else has just decided this example. Nothing was overwritten.")
        digest = chain_hash(previous, decision)
        values = {name: getattr(decision, name) for name in _FIELDS} | {"example": row.seq}
        key = connection.execute(insert(decisions).values(**values, previous=previous, hash=digest))
        previous = digest
        stored.append(int((key.inserted_primary_key or (0,))[0]))
        _store_state(connection, row.seq, row.version is None, state_of(of_example(connection, decision.example)))
    bump(connection, data=True)
    return stored


def append_all(
    connection: Connection,
    changes: Sequence[Decision],
    state_of: Callable[[Sequence[Decision]], Any],
    batch: str,
    only_undecided: bool = True,
) -> int:
    """How many decisions were stored, all in one stroke; `seen_version` is taken from the store.

    With `only_undecided`, examples a person has decided already are passed over: a stroke never overwrites a person.
    """
    newest = select(decisions.c.hash).order_by(decisions.c.seq.desc()).limit(1)
    previous = connection.scalar(newest) or ""
    next_seq = (connection.scalar(select(func.max(decisions.c.seq))) or 0) + 1
    stored = 0
    for start in range(0, len(changes), CHUNK):
        chunk = {change.example: change for change in changes[start : start + CHUNK]}
        history = _histories(connection, list(chunk))
        rows: list[tuple[Any, ...]] = []
        fresh: list[tuple[Any, ...]] = []
        known: list[tuple[Any, ...]] = []
        for id, (seq, version, status, earlier) in history.items():
            if only_undecided and status not in ("undecided", "skipped", "flagged"):
                continue
            decision = replace(chunk[id], seen_version=version, seq=next_seq + stored)
            digest = chain_hash(previous, decision)
            values = [getattr(decision, name) for name in _FIELDS[1:]]
            rows.append((decision.seq, seq, *values, previous, digest, batch))
            previous = digest
            stored += 1
            state = state_of([*earlier, decision])
            (known if version else fresh).append((seq, *(getattr(state, name) for name in _STATE)))
        insert_rows(connection, decisions, ("seq", "example", *_FIELDS[1:], "previous", "hash", "batch"), rows)
        if known:
            connection.execute(delete(states).where(states.c.example.in_([row[0] for row in known])))
        insert_rows(connection, states, ("example", *_STATE), [*fresh, *known])
    if stored:
        bump(connection, data=True)
    return stored


def _histories(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[int, int, str, list[Decision]]]:
    """By id: the example's number, version, status and decisions so far; unknown ids are left out."""
    query = (
        select(examples.c.id, examples.c.seq, states.c.version, states.c.status)
        .outerjoin(states, states.c.example == examples.c.seq)
        .where(examples.c.id.in_(ids))
        .order_by(examples.c.seq)
    )
    found: dict[str, tuple[int, int, str, list[Decision]]] = {
        row.id: (row.seq, row.version or 0, row.status or "undecided", []) for row in connection.execute(query)
    }
    decided = [id for id, (_, version, _, _) in found.items() if version]
    if decided:
        for row in connection.execute(_query().where(examples.c.id.in_(decided))):
            found[row.example][3].append(Decision(**row._mapping))
    return found


def standing_of_batch(connection: Connection, batch: str, limit: int) -> list[Decision]:
    """Up to `limit` decisions of a batch that nobody took back, newest first."""
    # All of a batch's undos are in the batch itself, so only they are looked through.
    back = decisions.alias("back")
    taken_back = select(cast(back.c.value, Integer)).where(back.c.batch == batch, back.c.action == "undo")
    query = _query().where(decisions.c.batch == batch, decisions.c.action != "undo", decisions.c.seq.not_in(taken_back))
    rows = connection.execute(query.order_by(None).order_by(decisions.c.seq.desc()).limit(limit))
    return [Decision(**row._mapping) for row in rows]


def standing_in_batch(connection: Connection, batch: str) -> int:
    """How many decisions of a batch nobody took back."""
    undone = func.count(case((decisions.c.action == "undo", 1)))
    made, back = connection.execute(select(func.count(), undone).where(decisions.c.batch == batch)).one()
    return int(made - 2 * back)


def newest_batch(connection: Connection, reviewer: str) -> tuple[str, str, int] | None:
    """(batch, reason, standing decisions) of one reviewer's newest stroke that is not wholly taken back."""
    first, last = func.min(decisions.c.seq), func.max(decisions.c.seq)
    sizes = select(decisions.c.batch, first, last, func.count()).where(decisions.c.batch != "")
    for batch, opened, closed, number in connection.execute(sizes.group_by(decisions.c.batch).order_by(last.desc())):
        ends = select(decisions.c.reviewer, decisions.c.reason, decisions.c.action)
        made = connection.execute(ends.where(decisions.c.seq == opened)).one()
        is_whole = connection.execute(ends.where(decisions.c.seq == closed)).one().action != "undo"
        standing = number if is_whole else standing_in_batch(connection, batch)
        if made.reviewer == reviewer and standing > 0:
            return batch, made.reason, standing
    return None


def _store_state(connection: Connection, example: int, is_new: bool, state: Any) -> None:
    values = {name: getattr(state, name) for name in _STATE}
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
    """One reviewer's newest single decision that is neither an undo nor undone, None when there is none."""
    taken_back = select(cast(decisions.c.value, Integer)).where(decisions.c.action == "undo")
    query = _query().where(
        decisions.c.reviewer == reviewer,
        decisions.c.action != "undo",
        decisions.c.batch == "",
        decisions.c.seq.not_in(taken_back),
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
