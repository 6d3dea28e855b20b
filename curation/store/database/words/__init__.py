"""The index of our own words: which rows hold a term. Each database has its own, with the same answers."""

from types import ModuleType

from sqlalchemy import Connection

from curation.store.database.dialect import is_postgresql
from curation.store.database.words import postgresql, sqlite


def words_of(connection: Connection) -> ModuleType:
    """The index of a database."""
    return postgresql if is_postgresql(connection) else sqlite
