"""The tables of a project. Imported rows and decisions are append-only; everything derived may be thrown away."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

SCHEMA_VERSION = 1

metadata = MetaData()

about = Table("about", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

settings = Table("settings", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("format", String, nullable=False),
    Column("shape", String, nullable=False),
    Column("encoding", String, nullable=False),
    Column("columns", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("active", Boolean, nullable=False, default=True),
    Column("at", String, nullable=False),
)

examples = Table(
    "examples",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("source", Integer, ForeignKey("sources.id"), nullable=False, index=True),
    Column("row", Integer, nullable=False),
    Column("input", Text, nullable=False),
    Column("output", Text, nullable=False),
    Column("label", Text, index=True),
    Column("group", Text),
    Column("created", Text),
    Column("meta", Text, nullable=False),
)

rejected = Table(
    "rejected",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("source", Integer, ForeignKey("sources.id"), nullable=False, index=True),
    Column("row", Integer, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("reason", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("raw", Text, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("example", Integer, ForeignKey("examples.seq"), nullable=False),
    Column("action", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("seen_version", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    # Every decision raises the example's version by one, so two decisions on the same version cannot both be stored.
    UniqueConstraint("example", "seen_version"),
)

# What the decisions on an example add up to: derived from them, kept for paging.
states = Table(
    "states",
    metadata,
    Column("example", Integer, ForeignKey("examples.seq"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", String, nullable=False, index=True),
    Column("input", Text),
    Column("output", Text),
    Column("label", Text),
    Column("pinned", String, nullable=False),
)

clusters = Table(
    "clusters",
    metadata,
    Column("example", Integer, ForeignKey("examples.seq"), primary_key=True),
    Column("cluster", Integer, nullable=False, index=True),
    Column("keeper", Integer, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("kind", String, nullable=False),
)

# One line a cluster of two or more, so that the list can be paged by size without grouping a million rows.
cluster_sizes = Table(
    "cluster_sizes",
    metadata,
    Column("cluster", Integer, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("keeper", Integer, nullable=False),
    Index("cluster_sizes_order", "size", "cluster"),
)

findings = Table(
    "findings",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("example", Integer, ForeignKey("examples.seq"), nullable=False, index=True),
    Column("check", String, nullable=False),
    Column("cluster", Integer),
    Column("confidence", Float, nullable=False),
    Column("message", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("suggestion", Text, nullable=False),
    Index("findings_order", "check", "confidence", "seq"),
)

check_runs = Table(
    "check_runs",
    metadata,
    Column("check", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("summary", Text, nullable=False),
)

queue = Table(
    "queue",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("example", Integer, ForeignKey("examples.seq"), nullable=False, unique=True),
    Column("confidence", Float, nullable=False),
)

# `kind` is dedup, check or verdict; `version` the project's version it was computed from.
results = Table(
    "results",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("kind", String, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("at", String, nullable=False),
    Column("body", Text, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("verb", String, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("done", Float, nullable=False),
    Column("message", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("pid", Integer),
    Column("process_started", Float),
    Column("cancel", Boolean, nullable=False),
    Column("at", String, nullable=False),
    Column("finished", String),
)


def _append_only(target: MetaData, connection: Connection, **_: Any) -> None:
    for table in ("decisions", "examples", "rejected"):
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
            )


event.listen(metadata, "after_create", _append_only)
