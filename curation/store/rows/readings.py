"""What models read in rows: a line a row, version of its texts, model and rubric; no row is changed by it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, select

from curation.records import Reading, text_digest
from curation.store.database import bump, put_rows
from curation.store.database.schema import calls, examples, history, readings, sources, states

AT_ONCE = 500
"""Rows looked up at once (see `decisions.CHUNK`)."""
TIMED = 200
"""Calls whose time is taken for that of the next: their mean is then steady to a few per cent."""


@dataclass(frozen=True)
class Kept:
    """A reading as it is stored: the group of suspicion its row was drawn from, when it was made, whether the texts of
    the row have changed since, and the row's answer as it stands."""

    reading: Reading
    stratum: str
    at: str
    is_stale: bool
    answer: str


def save(connection: Connection, made: Sequence[Reading], stratum_of: Mapping[str, str], at: str) -> None:
    """Keep readings, each in place of what the same model said of the same texts by the same rubric before.

    `stratum_of` is the group of suspicion of each row; rows that are not in the project are left out.
    """
    numbers = _numbers(connection, {one.example for one in made})
    lines = [
        {
            "example": numbers[one.example], "text": one.text, "model": one.model, "rubric": one.rubric,
            "again": one.again, "answer": one.answer, "kind": one.kind, "passage": one.passage, "reason": one.reason,
            "labels": json.dumps(one.labels, ensure_ascii=False), "stratum": stratum_of.get(one.example, ""), "at": at,
        }
        for one in made
        if one.example in numbers
    ]  # fmt: skip
    put_rows(connection, readings, lines)
    bump(connection)


def models(connection: Connection) -> list[str]:
    """The models that have read rows, of the set or not, in name order."""
    return sorted(connection.scalars(select(readings.c.model).distinct()))


def _numbers(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), AT_ONCE):
        query = select(examples.c.id, examples.c.seq).where(examples.c.id.in_(wanted[start : start + AT_ONCE]))
        found.update({row.id: row.seq for row in connection.execute(query)})
    return found


def stored(connection: Connection, labels: bool, model: str = "", rubric: str = "") -> list[Kept]:
    """The readings of rows of the set in its order, newest last of a row; "" is any model, any rubric.

    `labels` says whether the answer of a row is its label: by that its present texts are told from those read.
    """
    answer = func.coalesce(states.c.output, examples.c.output)
    if labels:
        answer = func.coalesce(states.c.label, states.c.output, examples.c.label)
    texts = (func.coalesce(states.c.input, examples.c.input).label("input_now"), answer.label("answer_now"))
    joined = readings.join(examples, examples.c.seq == readings.c.example)
    joined = joined.join(sources, sources.c.id == examples.c.source)
    joined = joined.outerjoin(states, states.c.example == examples.c.seq)
    query = select(readings, examples.c.id.label("id"), *texts).select_from(joined).where(sources.c.active)
    if model:
        query = query.where(readings.c.model == model)
    if rubric:
        query = query.where(readings.c.rubric == rubric)
    order = (readings.c.example, readings.c.at, readings.c.model, readings.c.rubric, readings.c.again)
    return [_kept(dict(row._mapping)) for row in connection.execute(query.order_by(*order))]


def _kept(row: Mapping[str, Any]) -> Kept:
    same = ("text", "answer", "model", "rubric", "kind", "passage", "reason", "again")
    values = {name: row[name] for name in same}
    reading = Reading(example=row["id"], labels=tuple(json.loads(row["labels"])), **values)
    answer = row["answer_now"] or ""
    return Kept(reading, row["stratum"], row["at"], reading.text != text_digest(row["input_now"], answer), answer)


def named(connection: Connection, ids: Sequence[str], model: str, rubric: str) -> dict[str, tuple[str, ...]]:
    """The labels that a model named for those of these examples whose texts are still those it was asked about."""
    text = func.coalesce(states.c.input, examples.c.input).label("input_now")
    query = select(examples.c.id, text, readings.c.text, readings.c.labels)
    query = query.join(examples, examples.c.seq == readings.c.example)
    query = query.outerjoin(states, states.c.example == examples.c.seq).where(readings.c.answer == "named")
    query = query.where(readings.c.model == model, readings.c.rubric == rubric, ~readings.c.again)
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(ids), AT_ONCE):
        for row in connection.execute(query.where(examples.c.id.in_(ids[start : start + AT_ONCE]))):
            if row.text == text_digest(row.input_now, ""):
                found[row.id] = tuple(json.loads(row.labels))
    return found


def labelled_since(connection: Connection, model: str, rubric: str) -> list[tuple[str, str, str, str]]:
    """(example, the label a model named first, the one a person gave alone after that, when) of rows without one, each
    row's first label."""
    since = and_(
        history.c.example == readings.c.example, history.c.at >= readings.c.at, history.c.action == "label",
        history.c.batch == "",
    )  # fmt: skip
    query = select(examples.c.id, readings.c.labels, history.c.value, history.c.at).join(history, since)
    query = query.join(examples, examples.c.seq == readings.c.example).where(readings.c.answer == "named")
    query = query.where(readings.c.model == model, readings.c.rubric == rubric, ~readings.c.again)
    found: dict[str, tuple[str, str, str, str]] = {}
    for id, labels, given, at in connection.execute(query.order_by(history.c.seq)):
        found.setdefault(id, (id, json.loads(labels)[0], given, at))
    return list(found.values())


def read_twice(connection: Connection, model: str, rubric: str) -> list[tuple[str, str]]:
    """(first answer, second answer) of the texts that a model read twice by a rubric."""
    first, second = readings.alias("first"), readings.alias("second")
    same = [first.c[name] == second.c[name] for name in ("example", "text", "model", "rubric")]
    query = select(first.c.answer, second.c.answer).join_from(first, second, and_(*same))
    query = query.where(~first.c.again, second.c.again, first.c.model == model, first.c.rubric == rubric)
    return [(one, other) for one, other in connection.execute(query)]


def usual_time(connection: Connection, arm: str, model: str) -> float | None:
    """Milliseconds that the newest calls of an arm took on average with this model; None where none was timed."""
    newest = select(calls.c.latency_ms).where(calls.c.arm == arm, calls.c.model == model, calls.c.state == "done")
    timed = newest.order_by(calls.c.at.desc()).limit(TIMED).subquery()
    return connection.scalar(select(func.avg(timed.c.latency_ms)))
