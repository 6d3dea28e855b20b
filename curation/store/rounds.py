"""Rounds of looking: an audit's or a team's rows as they were drawn, and what people answered. Nothing is changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select

from curation.errors import UsageError
from curation.records import Decision, Event, Round, RoundKind, RoundRow, StoredVote
from curation.store import events
from curation.store.database import bump, data_version, insert_rows
from curation.store.database.chain import canonical
from curation.store.database.schema import (
    examples,
    history,
    round_rows,
    rounds,
    states,
    votes,
)
from curation.store.decisions import CHUNK, standing_in_batch
from curation.store.examples import sequence_numbers

TAKEN_BACK = ""
"""The answer of a vote that takes the reviewer's earlier one on this row back."""
CHANGED = ("rejected", "labelled", "edited")
"""Statuses of an example that is not in the set as it was imported."""


@dataclass(frozen=True)
class NewVote:
    """What a reviewer answers on an example; `seen_version` is the version they saw, None the one that stands."""

    example: str
    reviewer: str
    answer: str
    value: str = ""
    seen_version: int | None = None


def add_round(
    connection: Connection,
    kind: RoundKind,
    settings: Mapping[str, Any],
    rows: Sequence[tuple[str, str, float]],
    at: str,
) -> int:
    """The id of a new round of (example id, stratum, weight) rows in the order people see them."""
    newest = connection.scalar(select(func.max(history.c.seq))) or 0
    body = json.dumps({**settings, "decisions": newest}, ensure_ascii=False)
    values = {"kind": kind, "settings": body, "version": data_version(connection), "at": at}
    key = connection.execute(insert(rounds).values(**values)).inserted_primary_key
    id = int(key[0]) if key else 0
    numbers = sequence_numbers(connection)
    lines = [(id, n, numbers[example], stratum, weight) for n, (example, stratum, weight) in enumerate(rows)]
    insert_rows(connection, round_rows, ("round", "position", "example", "stratum", "weight"), lines)
    bump(connection)
    return id


def rounds_of(connection: Connection, kind: RoundKind) -> list[Round]:
    """All rounds of a kind, newest first."""
    query = select(rounds).where(rounds.c.kind == kind).order_by(rounds.c.id.desc())
    return [_round(row) for row in connection.execute(query)]


def newest_round(connection: Connection, kind: RoundKind) -> Round | None:
    """The newest round of a kind."""
    query = select(rounds).where(rounds.c.kind == kind).order_by(rounds.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _round(row)


def _round(row: Row[Any]) -> Round:
    return Round(row.id, row.kind, json.loads(row.settings), row.version, row.at)


def rows_of(connection: Connection, round: int) -> list[RoundRow]:
    """The rows of a round, in the order people see them."""
    query = (
        select(round_rows.c.position, examples.c.id, round_rows.c.stratum, round_rows.c.weight)
        .join(examples, examples.c.seq == round_rows.c.example)
        .where(round_rows.c.round == round)
        .order_by(round_rows.c.position)
    )
    return [RoundRow(*row) for row in connection.execute(query)]


def add_vote(connection: Connection, round: int, vote: NewVote, at: str) -> None:
    """Store what a reviewer answered on a row of a round.

    Raises UsageError when the row is not in the round.
    """
    query = (
        select(round_rows.c.example, func.coalesce(states.c.version, 0).label("version"))
        .join(examples, examples.c.seq == round_rows.c.example)
        .outerjoin(states, states.c.example == examples.c.seq)
        .where(round_rows.c.round == round, examples.c.id == vote.example)
    )
    row = connection.execute(query).first()
    if row is None:
        raise UsageError("This example is not in the round any more. Reload the page.")
    payload = canonical({"example": vote.example, "answer": vote.answer, "value": vote.value})
    seen = row.version if vote.seen_version is None else vote.seen_version
    on = {"example": row.example, "revision": 0, "seen_version": seen}
    events.append(connection, Event("vote", str(round), payload, vote.reviewer, at, **on))
    bump(connection)


def standing_votes(connection: Connection, round: int, reviewer: str | None = None) -> list[StoredVote]:
    """Every reviewer's newest answer on each row unless taken back, oldest first; or one reviewer's alone."""
    newest: dict[tuple[str, str], StoredVote] = {}
    for vote in (*_old_votes(connection, round), *_votes(connection, round)):
        newest[vote.example, vote.reviewer] = vote
    standing = [vote for vote in newest.values() if vote.answer != TAKEN_BACK and reviewer in (None, vote.reviewer)]
    return sorted(standing, key=lambda vote: vote.seq)


def _old_votes(connection: Connection, round: int) -> list[StoredVote]:
    """Those from before there were events."""
    fields = (votes.c.reviewer, votes.c.answer, votes.c.value, votes.c.at, votes.c.seen_version)
    query = select(votes.c.seq, examples.c.id, *fields).join(examples, examples.c.seq == votes.c.example)
    return [StoredVote(*row) for row in connection.execute(query.where(votes.c.round == round).order_by(votes.c.seq))]


def _votes(connection: Connection, round: int) -> list[StoredVote]:
    made = [(one, json.loads(one.payload)) for one in events.of_subject(connection, "vote", str(round))]
    return [
        StoredVote(one.seq, said["example"], one.actor, said["answer"], said["value"], one.at, one.seen_version)
        for one, said in made
    ]


def decided(connection: Connection, ids: Sequence[str]) -> dict[str, list[tuple[Decision, bool]]]:
    """By example, all decisions on those of `ids` that have any, oldest first; each with whether it was in bulk."""
    fields = ("action", "value", "reviewer", "at", "seen_version", "reason", "seq")
    query = (
        select(examples.c.id.label("example"), *(history.c[name] for name in fields), history.c.batch)
        .join(examples, examples.c.seq == history.c.example)
        .order_by(history.c.seq)
    )
    found: dict[str, list[tuple[Decision, bool]]] = {}
    for start in range(0, len(ids), CHUNK):
        for row in connection.execute(query.where(examples.c.id.in_(ids[start : start + CHUNK]))):
            values = dict(row._mapping)
            batch = values.pop("batch")
            found.setdefault(row.example, []).append((Decision(**values), bool(batch)))
    return found


def newest_bulk(connection: Connection, reviewer: str, reason: str) -> tuple[str, int] | None:
    """(batch, standing decisions) of one reviewer's newest bulk decision for this reason, not wholly taken back."""
    last = func.max(history.c.seq)
    query = select(history.c.batch).where(history.c.batch != "", history.c.reason == reason)
    query = query.where(history.c.reviewer == reviewer).group_by(history.c.batch).order_by(last.desc())
    sizes = ((batch, standing_in_batch(connection, batch)) for batch in list(connection.scalars(query)))
    return next(((batch, number) for batch, number in sizes if number > 0), None)


def changed_since(connection: Connection, round: Round) -> tuple[list[str], int]:
    """Examples of the round, and how many outside it, that were decided since and now stand changed or left out."""
    query = (
        select(examples.c.id, round_rows.c.position)
        .join(history, history.c.example == examples.c.seq)
        .join(states, states.c.example == examples.c.seq)
        .outerjoin(round_rows, and_(round_rows.c.example == examples.c.seq, round_rows.c.round == round.id))
        .where(history.c.seq > int(round.settings["decisions"]), states.c.status.in_(CHANGED))
        .distinct()
    )
    found = connection.execute(query).all()
    inside = [row.id for row in found if row.position is not None]
    return sorted(inside), len(found) - len(inside)
