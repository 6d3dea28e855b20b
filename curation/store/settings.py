"""Choices a person made for the whole project, by key."""

import json
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from curation.store.database import bump
from curation.store.database.schema import settings

SUGGESTIONS = "suggestions"
"""When people began to see what a model says of rows and when no more."""
NOT_READ = ("label_keys", "topic_names", SUGGESTIONS)
"""Choices that no result rests on: they only make work easier."""


def read_setting(connection: Connection, key: str) -> Any:
    """The stored value, None where nobody chose."""
    value = connection.scalar(select(settings.c.value).where(settings.c.key == key))
    return None if value is None else json.loads(value)


def write_setting(connection: Connection, key: str, value: Any) -> None:
    """Store a choice in place of the earlier one, None to take it back.

    What was computed before is out of date, unless no result rests on this choice.
    """
    connection.execute(delete(settings).where(settings.c.key == key))
    if value is not None:
        connection.execute(insert(settings).values(key=key, value=json.dumps(value)))
    bump(connection, data=key not in NOT_READ)
