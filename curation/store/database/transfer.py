"""A whole project from one database into another, table by table; what only helps to find rows is made anew there."""

from sqlalchemy import Connection, delete, select

from curation.store.database import schema

AT_ONCE = 10_000
"""Rows a read and an insert: enough to hide the call, 10 MB at a kilobyte a row."""


def transfer(source: Connection, target: Connection) -> None:
    """Fill an empty project with all that stands in another as this transaction sees it."""
    of = schema.database_of(target)
    for name in schema.OLD_ACTS:
        of.allow(target, name, "INSERT")
    target.execute(delete(schema.about))
    for table in schema.metadata.sorted_tables:
        columns = [column.name for column in table.columns]
        rows = source.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=AT_ONCE))
        for some in rows.partitions(AT_ONCE):
            of.insert(target, table.name, columns, some)
        of.number_on(target, table)
    schema.read_only(target)
    # the words are indexed anew, when somebody searches
    target.execute(delete(schema.about).where(schema.about.c.key == schema.INDEXED))
