"""Bringing a project database of an earlier version up to date, after a copy of it was kept beside it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, update

from curation.store.database import schema
from curation.store.events import take_over
from curation.store.rows.loaded import note_all

STEPS: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE decisions ADD COLUMN batch VARCHAR NOT NULL DEFAULT ''",
        "CREATE INDEX ix_decisions_batch ON decisions (batch)",
    ),
    2: (
        "CREATE TEMP TABLE sizes AS SELECT cluster, size, kind, keeper FROM cluster_sizes",
        "DROP TABLE cluster_sizes",
        "CREATE TABLE cluster_sizes (cluster INTEGER NOT NULL PRIMARY KEY, size INTEGER NOT NULL, "
        "kind VARCHAR NOT NULL, keeper INTEGER NOT NULL, similarity FLOAT DEFAULT '1' NOT NULL)",
        "INSERT INTO cluster_sizes SELECT cluster, size, kind, keeper, coalesce("
        "(SELECT min(similarity) FROM clusters WHERE clusters.cluster = sizes.cluster), 1) FROM sizes",
        "DROP TABLE sizes",
        "CREATE INDEX cluster_sizes_order ON cluster_sizes (size, cluster)",
        "CREATE INDEX cluster_sizes_kind ON cluster_sizes (kind, size, cluster)",
        "CREATE INDEX cluster_sizes_similarity ON cluster_sizes (similarity, cluster, size)",
        "CREATE INDEX cluster_sizes_kind_similarity ON cluster_sizes (kind, similarity, cluster, size)",
        "DROP INDEX findings_order",
        'CREATE INDEX findings_order ON findings ("check", confidence DESC, seq, example)',
        "CREATE INDEX IF NOT EXISTS findings_sure ON findings (confidence DESC, seq, example)",
        "CREATE INDEX IF NOT EXISTS examples_source_label ON examples (source, label)",
    ),
    3: (
        # a project of version 1 or 2 has no votes yet
        "CREATE TABLE IF NOT EXISTS votes (seq INTEGER NOT NULL PRIMARY KEY, "
        "round INTEGER NOT NULL REFERENCES rounds (id), example INTEGER NOT NULL REFERENCES examples (seq), "
        "reviewer TEXT NOT NULL, answer VARCHAR NOT NULL, value TEXT NOT NULL, at VARCHAR NOT NULL)",
        "CREATE INDEX IF NOT EXISTS votes_round ON votes (round, example)",
        "ALTER TABLE votes ADD COLUMN seen_version INTEGER",
    ),
    4: (
        # What results of before rest on is not known for sure, so they count as out of date.
        "ALTER TABLE results DROP COLUMN version",
        "ALTER TABLE results ADD COLUMN snapshot TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE jobs ADD COLUMN actor TEXT NOT NULL DEFAULT ''",
    ),
    5: (
        "DROP TABLE IF EXISTS revisions",
        "DROP TRIGGER IF EXISTS examples_no_update",
    ),
    8: (
        "DROP TRIGGER IF EXISTS examples_no_delete",
        "DROP TRIGGER IF EXISTS rejected_no_delete",
    ),
}
"""What a version lacks of the next one, other than whole tables."""
INDEXES = (
    "CREATE INDEX IF NOT EXISTS events_example ON events (example, seq) WHERE example IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS history_reviewer ON history (reviewer, example)",
    "CREATE INDEX IF NOT EXISTS states_edited ON states (example) WHERE input IS NOT NULL OR output IS NOT NULL",
)
"""What tables that version 5 has already lack; the words of the rows are indexed later, when somebody searches."""
EVENTS_SINCE = 5
"""The version from which everything people do stands in `events`."""


TEXTS_SINCE = 8
"""The version from which the texts stand in the chain; those loaded before are taken over as they are then."""


def keep_copy(path: Path, version: int) -> Path:
    """A copy of the database as it was, named after its version; one that is there already is left alone."""
    copy = path.with_name(f"{path.stem}.v{version}{path.suffix}")
    if not copy.exists():
        unfinished = copy.with_suffix(".part")
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        unfinished.replace(copy)
    return copy


def migrate(connection: Connection, version: int) -> None:
    """Take the database from `version` to the present one; new tables and triggers are made where absent."""
    for step in range(version, schema.SCHEMA_VERSION):
        for statement in STEPS.get(step, ()):
            connection.exec_driver_sql(statement)
    schema.metadata.create_all(connection)
    for statement in INDEXES:
        connection.exec_driver_sql(statement)
    if version < EVENTS_SINCE:
        take_over(connection, datetime.now(UTC).isoformat(timespec="seconds"))
    if version < TEXTS_SINCE:
        note_all(connection)
    known = schema.about.c.key == "schema_version"
    connection.execute(update(schema.about).where(known).values(value=str(schema.SCHEMA_VERSION)))
