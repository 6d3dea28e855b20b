"""Rows that have an id of their own, loaded again: a changed row is a new version, and one version stands in the set.

Texts are written once and never changed, so a new version is an example of its own, under the row's id with a number
behind it. A version that another stands for belongs to a source that is not in the set; everything that asks for the
rows of the set passes over it, and its decisions stay with it. Where the file that brought the newer version is left
out, the version before it stands in the set again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, or_, select, update

from curation.records import Imported
from curation.store.database import insert_rows
from curation.store.database.schema import examples, sources, states, versions
from curation.text.turns import kept

REPLACED = "replaced rows"
"""The format of the source that replaced versions belong to: no file, and never in the set."""
TEXTS = ("input", "output", "label", "group", "created", "meta")
STRUCTURE = ("messages", "tools", "rejected", "instruction", "system", "history", "labels", "answers")
"""What of `meta` a trainer may get to see: a change there is a change of the row."""
CHUNK = 500
"""Rows looked up at once (see `decisions.CHUNK`)."""


@dataclass(frozen=True)
class Again:
    """What a file that was loaded again brought: rows `new`, `changed`, the `same`, and those of before it lacks.

    `unread` of the same rows differ in columns that no trainer sees; those stay as they were.
    """

    new: int
    changed: int
    same: int
    absent: int
    unread: int


def beside(connection: Connection, imported: Imported) -> list[tuple[Any, ...]]:
    """The files in the set that have to do with this one, by name or bytes: what it brings holds while they stay so."""
    own = (sources.c.id, sources.c.name, sources.c.digest, sources.c.stored, sources.c.columns)
    same = or_(sources.c.name == imported.name, sources.c.digest == imported.digest)
    return [tuple(row) for row in connection.execute(select(*own).where(sources.c.active, same).order_by(sources.c.id))]


def same_rows_of(connection: Connection, imported: Imported) -> dict[str, int]:
    """By id without its number: the example that stands for the row, of the files of this name with the same id column.

    Empty where no column was named, or the file is new.
    """
    if not imported.columns.id:
        return {}
    own = [id for id, column in _same_name(connection, imported) if column == imported.columns.id]
    rows = connection.execute(select(examples.c.id, examples.c.seq).where(examples.c.source.in_(own)))
    return {row.id.partition(".")[0]: row.seq for row in rows}


def without_id(connection: Connection, imported: Imported) -> bool:
    """Whether a file of this name is in the set whose rows were not told apart by this column."""
    return any(column != imported.columns.id for _, column in _same_name(connection, imported))


def _same_name(connection: Connection, imported: Imported) -> list[tuple[int, str | None]]:
    """The files of this name in the set, each with the column that tells its rows apart."""
    found = connection.execute(select(sources).where(sources.c.active, sources.c.name == imported.name))
    return [(source.id, json.loads(source.columns).get("id")) for source in found]


def brought(connection: Connection, imported: Imported, there: Mapping[str, int]) -> tuple[Imported, list[int], Again]:
    """What of a file is to be stored, the examples its changed rows stand for, and what it brought."""
    table = imported.dataset.table
    ids = table["id"].to_pylist()
    keep: list[bool] = []
    replaced: list[int] = []
    same = unread = 0
    for start in range(0, len(ids), CHUNK):
        rows = table.slice(start, CHUNK).select(["id", *TEXTS]).to_pylist()
        before = _by_number(connection, [there[row["id"]] for row in rows if row["id"] in there])
        for row in rows:
            number = there.get(row["id"], -1)
            old, new = before.get(number), tuple(row[name] for name in TEXTS)
            is_same = old is not None and _seen_by_a_trainer(old) == _seen_by_a_trainer(new)
            keep.append(not is_same)
            same += is_same
            unread += is_same and old != new
            if old is not None and not is_same:
                replaced.append(number)
    stored = replace(imported, dataset=imported.dataset.where(keep))
    changed = len(replaced)
    counts = Again(sum(keep) - changed, changed, same, len(there) - changed - same, unread)
    return stored, replaced, counts


def _by_number(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """The TEXTS of these examples."""
    columns = (examples.c.seq, *(examples.c[name] for name in TEXTS))
    rows = connection.execute(select(*columns).where(examples.c.seq.in_(numbers)))
    return {row.seq: tuple(row)[1:] for row in rows}


def _seen_by_a_trainer(texts: tuple[Any, ...]) -> tuple[Any, ...]:
    meta = kept(texts[-1])
    return (*texts[:3], {name: meta[name] for name in STRUCTURE if name in meta})


def free_ids(ids: Iterable[str], taken: set[str]) -> list[str]:
    """The ids, with the next number behind those that are taken; `taken` grows by them."""
    made = []
    for id in ids:
        name, number = id, 0
        while name in taken:
            number += 1
            name = f"{id}.{number}"
        taken.add(name)
        made.append(name)
    return made


def replacements(connection: Connection, replaced: Sequence[int], source: int) -> list[tuple[int, str, int]]:
    """The lines of `versions` by which the rows that `source` brought stand for the examples they replace."""
    if not replaced:
        return []
    new = connection.execute(select(examples.c.seq, examples.c.id).where(examples.c.source == source))
    by_base = {row.id.partition(".")[0]: row.seq for row in new}
    made: list[tuple[int, str, int]] = []
    for start in range(0, len(replaced), CHUNK):
        numbers = replaced[start : start + CHUNK]
        query = select(examples.c.seq, examples.c.id, examples.c.source).where(examples.c.seq.in_(numbers))
        old = [(row.seq, row.id.partition(".")[0], row.source) for row in connection.execute(query)]
        known = set(connection.scalars(select(versions.c.example).where(versions.c.example.in_(numbers))))
        made += [line for line in old if line[0] not in known]
        made += [(by_base[base], base, source) for _, base, _ in old]
    return made


def replace_rows(connection: Connection, lines: Sequence[tuple[int, str, int]], source: int) -> None:
    """Let the rows that `source` brought stand for the examples they replace, by the lines of `replacements`."""
    insert_rows(connection, versions, ("example", "row", "home"), lines)
    settle(connection, source)


def settle(connection: Connection, source: int) -> None:
    """Let the newest version whose file is in the set stand for each row that `source` brought a version of."""
    touched = select(versions.c.row).where(versions.c.home == source)
    query = (
        select(versions.c.example, versions.c.row, versions.c.home, sources.c.active, examples.c.source)
        .join(sources, sources.c.id == versions.c.home)
        .join(examples, examples.c.seq == versions.c.example)
        .where(versions.c.row.in_(touched))
        .order_by(versions.c.row, versions.c.example.desc())
    )
    moves: list[dict[str, int]] = []
    moved: dict[int, int] = {}
    stands = ""
    for example, row, home, active, now in connection.execute(query).all():
        # of a row none of whose files is in the set every version goes home: none is in the set either way
        is_replaced = active and row == stands
        stands = row if active else stands
        to = _apart(connection) if is_replaced else home
        if to != now:
            moves.append({"number": example, "to": to})
            moved[now] = moved.get(now, 0) - 1
            moved[to] = moved.get(to, 0) + 1
    if moves:
        place = update(examples).where(examples.c.seq == bindparam("number")).values(source=bindparam("to"))
        connection.execute(place, moves)
    for id, rows in moved.items():
        connection.execute(update(sources).where(sources.c.id == id).values(stored=sources.c.stored + rows))


def _apart(connection: Connection) -> int:
    """The number of the source that replaced versions belong to; made when there is none."""
    there = connection.scalar(select(sources.c.id).where(sources.c.format == REPLACED))
    if there is not None:
        return int(there)
    values = {"name": REPLACED, "digest": REPLACED, "format": REPLACED, "shape": "flat", "encoding": "utf-8"}
    made = connection.execute(
        insert(sources).values(**values, columns="{}", warnings="[]", stored=0, rejected=0, active=False, at="")
    )
    return int((made.inserted_primary_key or (0,))[0])


def newer_versions() -> Select[Any]:
    """The examples that are a newer version of a row, by their numbers."""
    first = select(func.min(versions.c.example)).group_by(versions.c.row)
    return select(versions.c.example).where(versions.c.example.not_in(first))


def undecided_since(connection: Connection) -> list[tuple[str, str, str | None]]:
    """(id, status before, label given before) of the rows that were decided before they changed, and not since."""
    newest = select(func.max(versions.c.example)).group_by(versions.c.row)
    query = (
        select(examples.c.id, versions.c.row)
        .join(versions, versions.c.example == examples.c.seq)
        .join(sources, sources.c.id == examples.c.source)
        .outerjoin(states, states.c.example == examples.c.seq)
        .where(sources.c.active, examples.c.seq.in_(newest), func.coalesce(states.c.status, "undecided") == "undecided")
        .order_by(examples.c.seq)
    )
    rows = {row: id for id, row in connection.execute(query)}
    before = (
        select(versions.c.row, states.c.status, states.c.label)
        .join(states, states.c.example == versions.c.example)
        .where(states.c.status != "undecided")
        .order_by(versions.c.example)
    )
    decided = {row: (status, label) for row, status, label in connection.execute(before) if row in rows}
    return [(rows[row], *decided[row]) for row in rows if row in decided]
