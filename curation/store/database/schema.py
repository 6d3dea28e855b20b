"""The tables of a project. Imported rows and events are append-only; everything derived may be thrown away."""

from types import ModuleType
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
    desc,
    event,
    text,
)

from curation.store.database import postgresql, sqlite
from curation.store.database.dialect import is_postgresql, portable
from curation.store.database.words import words_of

SCHEMA_VERSION = 9

metadata = MetaData()


def _where(condition: str) -> dict[str, Any]:
    """Which rows an index is of."""
    return {f"{dialect}_where": text(condition) for dialect in ("sqlite", "postgresql")}


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

# How a file came in: the numbers kept for its rows, and the process that stores them. Until the file is `whole` it is
# in no set, and its rows may be deleted; `result` is then what became of it, as JSON. Files of before have no line.
imports = Table(
    "imports",
    metadata,
    Column("source", Integer, ForeignKey("sources.id"), primary_key=True),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("pid", Integer, nullable=False, index=True),
    Column("process_started", Float, nullable=False),
    Column("whole", Boolean, nullable=False, index=True),
    Column("result", Text, nullable=False, server_default=""),
)

# Acts on many rows that are stored a part at a time and not to their end yet, and the process that does it: where that
# is gone, what stands of them is taken back.
bulk_acts = Table(
    "bulk_acts",
    metadata,
    Column("batch", String, primary_key=True),
    Column("reviewer", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("process_started", Float, nullable=False),
)

examples = Table(
    "examples",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("source", Integer, ForeignKey("sources.id"), nullable=False, index=True),
    Column("row", Integer, nullable=False),
    Column("input", Text, nullable=False),
    Column("output", Text, nullable=False),
    Column("label", Text),
    Column("group", Text),
    Column("created", Text),
    Column("meta", Text, nullable=False),
    # a tree of PostgreSQL takes no text of more than 2,700 bytes
    Index("ix_examples_label", "label", postgresql_using="hash"),
    # Rows by source and label are counted from this index alone: .1 s instead of 1 s for a million rows.
    Index("examples_source_label", "source", "label").ddl_if(dialect="sqlite"),
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

# Decisions of format 1, from before there were events: read only.
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
    # Decisions made at once share a batch, so that they can be taken back in one; "" for a single one.
    Column("batch", String, nullable=False, server_default="", index=True),
    # Every decision raises the example's version by one, so two decisions on the same version cannot both be stored.
    UniqueConstraint("example", "seen_version"),
)

# Everything people do, one entry each, chained by hashes (see chain.py). An act on many examples is one entry.
events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("batch", String, nullable=False, server_default=""),
    Column("client", String),
    Column("client_seq", Integer),
    Column("format", Integer, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("example", Integer, ForeignKey("examples.seq")),
    Column("revision", Integer),
    Column("seen_version", Integer),
    UniqueConstraint("client", "client_seq"),
    Index("events_kind", "kind", "seq"),
    Index("events_example", "example", "seq", **_where("example IS NOT NULL")),
    # Two people may vote on what they saw, but not both decide it.
    Index("events_decided", "example", "seen_version", unique=True, **_where("kind = 'decision'")),
)

# Every decision on every example, one line each, from both formats: derived from them, kept for lookups.
history = Table(
    "history",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("example", Integer, ForeignKey("examples.seq"), primary_key=True),
    Column("action", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("seen_version", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    # Decisions made at once share a batch, so that they can be taken back in one; "" for a single one.
    Column("batch", String, nullable=False, server_default="", index=True),
    # Every decision raises the example's version by one, so two decisions on the same version cannot both be stored.
    UniqueConstraint("example", "seen_version"),
    Index("history_reviewer", "reviewer", "example"),
    sqlite_with_rowid=False,
)

# The versions of rows that changed when their file was loaded again, the first one included: which row (its id without
# a number), and the source that brought the version. Of a row one version belongs to its home, the others to no source
# of the set.
versions = Table(
    "versions",
    metadata,
    Column("example", Integer, ForeignKey("examples.seq"), primary_key=True),
    Column("row", String, nullable=False, index=True),
    Column("home", Integer, ForeignKey("sources.id"), nullable=False, index=True),
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
    # The few rows whose texts are not those imported: the search looks at each of them.
    Index("states_edited", "example", **_where("input IS NOT NULL OR output IS NOT NULL")),
)

# What people wrote on rows, and whom they sent them to, as it stands now: derived from the events, kept for filters.
tags = Table(
    "tags",
    metadata,
    Column("tag", Text, primary_key=True),
    Column("example", Integer, ForeignKey("examples.seq"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

assigned = Table(
    "assigned",
    metadata,
    Column("reviewer", Text, primary_key=True),
    Column("example", Integer, ForeignKey("examples.seq"), primary_key=True, index=True),
    # The event that sent it: a decision of theirs after it answers it.
    Column("seq", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Which row lies before whom, so that no two get the same: free again once it is decided or the time is over.
claims = Table(
    "claims",
    metadata,
    Column("example", Integer, ForeignKey("examples.seq"), primary_key=True),
    Column("holder", Text, nullable=False, index=True),
    Column("until", Float, nullable=False),
)

# The likeliest labels of rows without one (JSON: label and probability), and where they stand in either order.
suggestions = Table(
    "suggestions",
    metadata,
    Column("example", Integer, ForeignKey("examples.seq"), primary_key=True),
    Column("guesses", Text, nullable=False),
    Column("hardest", Integer, nullable=False, index=True),
    Column("likeliest", Integer, nullable=False, index=True),
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

# One line a cluster of two or more, so that the list can be paged without grouping a million rows; `similarity` is the
# least one of a row to its keeper.
cluster_sizes = Table(
    "cluster_sizes",
    metadata,
    Column("cluster", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("keeper", Integer, nullable=False),
    Column("similarity", Float, nullable=False, server_default="1"),
    Index("cluster_sizes_order", "size", "cluster"),
    Index("cluster_sizes_kind", "kind", "size", "cluster"),
    Index("cluster_sizes_similarity", "similarity", "cluster", "size"),
    Index("cluster_sizes_kind_similarity", "kind", "similarity", "cluster", "size"),
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
    # In the order of the pages, and with the example at its end so that counting and queueing read the index alone.
    Index("findings_order", "check", desc("confidence"), "seq", "example"),
    Index("findings_sure", desc("confidence"), "seq", "example"),
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
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("example", Integer, ForeignKey("examples.seq"), nullable=False, unique=True),
    Column("confidence", Float, nullable=False),
)

# `kind` is dedup, check or verdict (and preview, measure, held_back); `snapshot` is what it was worked out from, as
# JSON; "" where it belongs to none, for it is of no step or its parts are of different snapshots.
results = Table(
    "results",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("kind", String, nullable=False, index=True),
    Column("snapshot", Text, nullable=False, server_default=""),
    Column("at", String, nullable=False),
    Column("body", Text, nullable=False),
)

# An audit ("audit") or several people on the same rows ("team"): which rows, in which order, and why each was drawn.
rounds = Table(
    "rounds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False, index=True),
    Column("settings", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", String, nullable=False),
)

round_rows = Table(
    "round_rows",
    metadata,
    Column("round", Integer, ForeignKey("rounds.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("example", Integer, ForeignKey("examples.seq"), nullable=False, index=True),
    Column("stratum", String, nullable=False),
    Column("weight", Float, nullable=False),
)

# What a person answered on a row of a round before there were events: read only.
votes = Table(
    "votes",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("round", Integer, ForeignKey("rounds.id"), nullable=False),
    Column("example", Integer, ForeignKey("examples.seq"), nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("answer", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("at", String, nullable=False),
    # which version of the example was on screen; null in projects from before that was kept
    Column("seen_version", Integer),
    Index("votes_round", "round", "example"),
)

# One line a question to a model: reserved before it is sent, so that a killed run neither forgets nor pays twice.
calls = Table(
    "calls",
    metadata,
    Column("key", String, primary_key=True),
    Column("arm", String, nullable=False, index=True),
    Column("model", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("reply", Text, nullable=False),
    Column("prompt_tokens", Float, nullable=False),
    Column("output_tokens", Float, nullable=False),
    Column("cost", Float, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("at", String, nullable=False),
)

# What models said of rows: a line a row, version of its texts (`text`), model and rubric, and one more for a second
# reading with the labels in another order. `stratum` is the group of suspicion the row was drawn from.
readings = Table(
    "readings",
    metadata,
    Column("example", Integer, ForeignKey("examples.seq"), primary_key=True),
    Column("text", String, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("rubric", String, primary_key=True),
    Column("again", Boolean, primary_key=True),
    Column("answer", String, nullable=False),
    Column("kind", Text, nullable=False),
    Column("passage", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("stratum", String, nullable=False),
    Column("at", String, nullable=False),
    sqlite_with_rowid=False,
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
    Column("actor", Text, nullable=False, server_default=""),
)

# Who may work in the project, as it stands now: derived from the events of kind "member". `token` is the SHA-256 of
# what a command gives to say who it works for, "" without one.
members = Table(
    "members",
    metadata,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("token", String, nullable=False, server_default=""),
    Column("at", String, nullable=False),
)


portable(metadata)


def _append_only(target: MetaData, connection: Connection, **_: Any) -> None:
    for table in ("decisions", "events", "examples", "rejected", "votes"):
        # which source an example belongs to may change (see versions.py), what it says never
        written = [f'"{column.name}"' for column in examples.columns if column.name != "source"]
        of = f" OF {', '.join(written)}" if table == "examples" else ""
        for verb in (f"UPDATE{of}", "DELETE"):
            # rows of a file that was not stored to its end are nobody's yet
            only = _STANDS if verb == "DELETE" and table in ("examples", "rejected") else ""
            database_of(connection).refuse(connection, table, verb, "append-only", only)
    read_only(connection)


def read_only(connection: Connection) -> None:
    """Let nothing more be stored where people's acts stood before there were events."""
    for table in OLD_ACTS:
        database_of(connection).refuse(connection, table, "INSERT", "read-only")


OLD_ACTS = ("decisions", "votes")
INDEXED = "words"
"""Where `about` keeps up to which row the words are indexed."""
_STANDS = "NOT EXISTS (SELECT 1 FROM imports WHERE source = OLD.source AND NOT whole)"


def database_of(connection: Connection) -> ModuleType:
    """What knows how things are done in this database."""
    return postgresql if is_postgresql(connection) else sqlite


def _word_index(target: MetaData, connection: Connection, **_: Any) -> None:
    words_of(connection).make(connection)


event.listen(metadata, "after_create", _append_only)
event.listen(metadata, "after_create", _word_index)
