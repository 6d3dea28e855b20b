"""Decisions: appended with a version check as events, read from the history that follows from them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, String, bindparam, case, cast, delete, exists, func, insert, select, update

from curation.errors import StaleDecision
from curation.records import Decision, Event, Process
from curation.store import events
from curation.store.database import answer, chain, insert_rows, run, together
from curation.store.database.chain import DECISION_FIELDS, Head, canonical
from curation.store.database.schema import bulk_acts, claims, examples, history, states
from curation.store.events import HEAD, HISTORY
from curation.store.rows.loaded import coming

_STATE = ("version", "status", "input", "output", "label", "pinned")
OPEN = ("undecided", "skipped", "flagged")
"""Statuses a decision on many examples may change: in all others a person has spoken."""
CHUNK = 500
"""Examples looked up at once: SQLite allows 32,766 values in a statement, and short ones are planned faster."""
StateOf = Callable[[Sequence[Decision]], Any]
"""Turns one example's decisions, oldest first, into its State."""


def append(
    connection: Connection,
    new: Sequence[Decision],
    state_of: StateOf,
    sent: tuple[str, int] | None = None,
    ends: bool = False,
) -> list[int]:
    """The sequence numbers of the stored decisions; each example's state follows from all its decisions.

    `sent` is (client, its number) of one decision that a card sent, so that it is known when it comes again. `ends`
    says that nothing else is done in the transaction.
    Raises StaleDecision when an example is no longer at the version the person saw; then nothing of `new` is stored
    (the transaction is the caller's).
    """
    stored = []
    for number, decision in enumerate(new, start=1):
        row = answer(connection, *now_of(decision.example))
        if row is None:
            raise StaleDecision("This example is not in the project any more. Reload the page.")
        on_row, version, head, is_claimed = row
        if (version or 0) != decision.seen_version:
            raise StaleDecision("Somebody else has just decided this example. Nothing was overwritten.")
        payload = {"action": decision.action, "value": decision.value, "reason": decision.reason}
        on = {"example": on_row, "revision": 0, "seen_version": decision.seen_version}
        event = Event("decision", decision.example, canonical(payload), decision.reviewer, decision.at, **on)
        if sent is not None:
            event = replace(event, client=sent[0], client_seq=sent[1])
        earlier = of_example(connection, decision.example) if version else []
        with together(connection, ends and number == len(new)):
            seq = _append(connection, event, [on_row], events.head_in(head))
            _store_state(connection, on_row, version is None, state_of([*earlier, replace(decision, seq=seq)]))
            if is_claimed:
                run(connection, _LET_GO, {"seq": on_row})
        stored.append(seq)
    return stored


_NOW = (
    select(
        examples.c.seq,
        states.c.version,
        HEAD.scalar_subquery().label("head"),
        exists().where(claims.c.example == examples.c.seq).label("claimed"),
    )
    .outerjoin(states, states.c.example == examples.c.seq)
    .where(examples.c.id == bindparam("id"), examples.c.source.not_in(coming()))
)
_LET_GO = delete(claims).where(claims.c.example == bindparam("seq"))


def now_of(example: str) -> tuple[Any, dict[str, Any]]:
    """What `append` asks of an example, for `write` to ask it."""
    return _NOW, {"id": example}


def _append(connection: Connection, event: Event, numbers: Sequence[int], head: Head | None = None) -> int:
    """The number of the stored event; each of its decisions gets a line in the history, under its example's number."""
    stored = events.append(connection, event, head, data=True)
    made = zip(chain.changes(stored), numbers, strict=True)
    rows = [tuple(number if name == "example" else getattr(one, name) for name in HISTORY) for one, number in made]
    insert_rows(connection, history, HISTORY, rows)
    return stored.seq


def append_all(
    connection: Connection, new: Sequence[Decision], state_of: StateOf, batch: str, only_undecided: bool = True
) -> int:
    """How many decisions were stored, all in one event; `seen_version` is taken from the store.

    All are of one reviewer, time and reason; of several on one example the last counts. With `only_undecided`, examples
    a person has decided already are passed over: a bulk decision never overwrites a person.
    """
    wanted = {decision.example: decision for decision in new}
    seq = events.read_head(connection).seq + 1
    lines: list[tuple[int, Decision]] = []
    ids = list(wanted)
    for start in range(0, len(ids), CHUNK):
        fresh: list[tuple[Any, ...]] = []
        known: list[tuple[Any, ...]] = []
        for id, (number, version, status, earlier) in _histories(connection, ids[start : start + CHUNK]).items():
            if only_undecided and status not in OPEN:
                continue
            decision = replace(wanted[id], seen_version=version, seq=seq)
            lines.append((number, decision))
            state = state_of([*earlier, decision])
            (known if version else fresh).append((number, *(getattr(state, name) for name in _STATE)))
        if known:
            connection.execute(delete(states).where(states.c.example.in_([row[0] for row in known])))
        insert_rows(connection, states, ("example", *_STATE), [*fresh, *known])
        connection.execute(delete(claims).where(claims.c.example.in_([row[0] for row in (*fresh, *known)])))
    if lines:
        lines.sort(key=lambda line: line[0])
        _append(connection, _together([decision for _, decision in lines], batch), [number for number, _ in lines])
    return len(lines)


def begin_bulk(connection: Connection, batch: str, reviewer: str, process: Process) -> None:
    """Note that a bulk decision is being stored a part at a time by this process, until `end_bulk`."""
    values = {"batch": batch, "reviewer": reviewer, "pid": process.pid, "process_started": process.started}
    connection.execute(insert(bulk_acts).values(**values))


def end_bulk(connection: Connection, batch: str) -> None:
    """Note that all of a bulk decision is stored, or none any more."""
    connection.execute(delete(bulk_acts).where(bulk_acts.c.batch == batch))


def unfinished_bulk(connection: Connection) -> list[tuple[str, str, Process]]:
    """(batch, reviewer, process) of the bulk decisions that are being stored, or were when their process ended."""
    rows = connection.execute(select(bulk_acts).order_by(bulk_acts.c.batch))
    return [(row.batch, row.reviewer, Process(row.pid, row.process_started)) for row in rows]


def _together(made: Sequence[Decision], batch: str) -> Event:
    changes = [[one.example, one.action, one.value, one.seen_version] for one in made]
    payload = canonical({"changes": changes, "reason": made[0].reason})
    return Event("decision", "", payload, made[0].reviewer, made[0].at, batch)


def _histories(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[int, int, str, list[Decision]]]:
    """By id: the example's number, version, status and decisions so far; unknown ids are left out."""
    query = (
        select(examples.c.id, examples.c.seq, states.c.version, states.c.status)
        .outerjoin(states, states.c.example == examples.c.seq)
        .where(examples.c.id.in_(ids), examples.c.source.not_in(coming()))
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
    # The decisions of a bulk act share a number, so an undo is of the one on its own example.
    back = history.alias("back")
    taken_back = exists().where(
        back.c.example == history.c.example,
        # Joined to nothing, so that the lookup is by example: by batch, each row would read all rows of its act.
        back.c.batch.concat("") == batch,
        back.c.action == "undo",
        back.c.value == cast(history.c.seq, String),
    )
    query = _query().where(history.c.batch == batch, history.c.action != "undo", ~taken_back)
    newest = (history.c.seq.desc(), history.c.example.desc())
    rows = connection.execute(query.order_by(None).order_by(*newest).limit(limit))
    return [Decision(**row._mapping) for row in rows]


def standing_in_batch(connection: Connection, batch: str) -> int:
    """How many decisions of a batch nobody took back."""
    undone = func.count(case((history.c.action == "undo", 1)))
    made, back = connection.execute(select(func.count(), undone).where(history.c.batch == batch)).one()
    return int(made - 2 * back)


def newest_batch(connection: Connection, reviewer: str) -> tuple[str, str, int] | None:
    """(batch, reason, standing decisions) of one reviewer's newest bulk decision that is not wholly taken back."""
    first, last = func.min(history.c.seq), func.max(history.c.seq)
    sizes = select(history.c.batch, first, last, func.count()).where(history.c.batch != "")
    for batch, opened, closed, number in connection.execute(sizes.group_by(history.c.batch).order_by(last.desc())):
        ends = select(history.c.reviewer, history.c.reason, history.c.action)
        made = connection.execute(ends.where(history.c.seq == opened).limit(1)).one()
        is_whole = connection.execute(ends.where(history.c.seq == closed).limit(1)).one().action != "undo"
        standing = number if is_whole else standing_in_batch(connection, batch)
        if made.reviewer == reviewer and standing > 0:
            return batch, made.reason, standing
    return None


def _store_state(connection: Connection, example: int, is_new: bool, state: Any) -> None:
    values = {name: getattr(state, name) for name in _STATE}
    if is_new:
        insert_rows(connection, states, ("example", *_STATE), [(example, *values.values())])
    else:
        connection.execute(update(states).where(states.c.example == example).values(**values))


def _query() -> Any:
    columns = [history.c[name] for name in DECISION_FIELDS if name != "example"]
    return (
        select(history.c.seq, examples.c.id.label("example"), *columns)
        .join(examples, examples.c.seq == history.c.example)
        .order_by(history.c.seq, history.c.example)
    )


def of_example(connection: Connection, example: str) -> list[Decision]:
    """All decisions on one example, oldest first."""
    return [Decision(**row._mapping) for row in connection.execute(_query().where(examples.c.id == example))]


def all_decisions(connection: Connection) -> list[Decision]:
    """All decisions, oldest first."""
    return [Decision(**row._mapping) for row in connection.execute(_query())]


def count_since(connection: Connection, seq: int) -> int:
    """How many decisions were made after the one of this number, undos included."""
    return connection.scalar(select(func.count()).select_from(history).where(history.c.seq > seq)) or 0


def action_counts(connection: Connection) -> dict[str, int]:
    """How many decisions of each action were made, undos and undone ones included."""
    query = select(history.c.action, func.count().label("n")).group_by(history.c.action)
    return {row.action: int(row.n) for row in connection.execute(query.order_by(history.c.action))}


def newest_standing(connection: Connection, reviewer: str) -> Decision | None:
    """One reviewer's newest single decision that is neither an undo nor undone, None when there is none."""
    taken_back = select(history.c.value).where(history.c.action == "undo")
    query = _query().where(
        history.c.reviewer == reviewer,
        history.c.action != "undo",
        history.c.batch == "",
        cast(history.c.seq, String).not_in(taken_back),
    )
    row = connection.execute(query.order_by(None).order_by(history.c.seq.desc()).limit(1)).first()
    return None if row is None else Decision(**row._mapping)
