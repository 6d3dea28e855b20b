"""Examples a person wrote in the app: imported rows like any other, of a source of their own."""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select, update

from curation.records import Columns, example_ids
from curation.store.database import bump
from curation.store.database.schema import examples, sources
from curation.store.examples import find_source

NAME = "Added by hand"
DIGEST = "added by hand"
"""Stands where a file has the SHA-256 of its bytes, so that the source is found again."""


@dataclass(frozen=True)
class Draft:
    """An example as a person wrote it."""

    input: str
    output: str
    label: str | None
    by: str


def add_by_hand(connection: Connection, draft: Draft, is_classification: bool, at: str) -> str:
    """The id of the new example; who added it and when stand in its `meta`.

    A text that is in the set already gets the next ordinal in its id, so that nothing is dropped.
    """
    source, row = _source(connection, is_classification, at)
    base = example_ids([(draft.input, draft.output, draft.label)], {})[0]
    same = select(examples.c.id).where(examples.c.id >= base, examples.c.id < f"{base}~")
    taken, id, number = set(connection.scalars(same)), base, 0
    while id in taken:
        number += 1
        id = f"{base}-{number}"
    meta = json.dumps({"added_by": draft.by, "added_at": at}, ensure_ascii=False)
    texts = {"input": draft.input, "output": draft.output, "label": draft.label}
    connection.execute(insert(examples).values(id=id, source=source, row=row, **texts, created=at, meta=meta))
    connection.execute(update(sources).where(sources.c.id == source).values(stored=row + 1))
    bump(connection, data=True)
    return id


def _source(connection: Connection, is_classification: bool, at: str) -> tuple[int, int]:
    """(number, rows so far) of the source in the set that such examples belong to; made when there is none."""
    found = find_source(connection, DIGEST)
    if found is not None:
        return found.id, found.stored
    columns = Columns(("input",), None if is_classification else "output", "label" if is_classification else None)
    made = connection.execute(
        insert(sources).values(
            name=NAME, digest=DIGEST, format="typed in", shape="flat", encoding="utf-8",
            columns=json.dumps({key: value for key, value in asdict(columns).items() if value}),
            warnings="[]", stored=0, rejected=0, active=True, at=at,
        )
    )  # fmt: skip
    return int((made.inserted_primary_key or (0,))[0]), 0
