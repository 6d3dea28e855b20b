"""Questions to models: what each cost and what came back, kept before and after it is sent."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from curation.store.database.schema import calls

AT_ONCE = 500  # keys a statement: far below SQLite's limit of 32,766 parameters


def read_calls(connection: Connection, keys: Iterable[str]) -> list[dict[str, Any]]:
    """The calls of these keys that are known: every column but `at`, `reply` as a dict."""
    wanted = sorted(set(keys))
    found = []
    for start in range(0, len(wanted), AT_ONCE):
        query = select(*(c for c in calls.c if c.name != "at")).where(calls.c.key.in_(wanted[start : start + AT_ONCE]))
        found += [{**row._mapping, "reply": json.loads(row.reply)} for row in connection.execute(query)]
    return found


def write_call(connection: Connection, values: Mapping[str, Any], at: str) -> None:
    """Keep a call in place of what was known of its key."""
    connection.execute(delete(calls).where(calls.c.key == values["key"]))
    reply = json.dumps(values["reply"], ensure_ascii=False)
    connection.execute(insert(calls).values(**{**values, "reply": reply, "at": at}))
