"""Projects as earlier versions left them on disk."""

import sqlite3
from contextlib import closing
from pathlib import Path

from curation.project.place.stores import DATABASE

DUMPS = Path(__file__).with_name("schemas")
"""By version what its own code wrote: five tickets, one relabelled by Ann, one that Bob decided and took back, two decided
at once (from 2 on), a vote (from 5 on). Of 4: seven tickets, three decided at once, three votes in a team round."""
ONLY_NOW = (
    "DROP TABLE history", "DROP TABLE events", "DROP TABLE versions",
    "DROP TRIGGER decisions_no_insert", "DROP TRIGGER votes_no_insert",
    "ALTER TABLE results DROP COLUMN snapshot", "ALTER TABLE results ADD COLUMN version INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE jobs DROP COLUMN actor",
    "DELETE FROM about WHERE key = 'events'", "UPDATE about SET value = '4' WHERE key = 'schema_version'",
)  # fmt: skip


def project_of_version(version: int, folder: Path) -> Path:
    """The folder with such a project in it, as that version wrote it."""
    folder.mkdir(parents=True)
    changed(folder, (DUMPS / f"version_{version}.sql").read_text(encoding="utf-8"))
    with closing(sqlite3.connect(folder / DATABASE)) as old:
        old.execute("PRAGMA journal_mode=WAL")
    return folder


def taken_back_to_version_4(folder: Path) -> None:
    """A project without decisions and votes laid out as version 4 did."""
    changed(folder, ";".join(ONLY_NOW))


def changed(folder: Path, statements: str) -> None:
    """Run statements on the database behind the product's back."""
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        raw.executescript(statements)
        raw.commit()
