"""Projects as earlier versions left them on disk."""

import sqlite3
from contextlib import closing
from pathlib import Path

from curation.project.place.stores import DATABASE
from curation.store import database
from curation.store.database.migrate import STEPS
from curation.store.database.schema import SCHEMA_VERSION

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


# -- on a server no version before the present one has left anything: a step made up for the tests leads to it

MADE_UP = (
    "ALTER TABLE jobs ADD COLUMN made_up TEXT NOT NULL DEFAULT 'yes'",
    "CREATE TABLE made_up AS SELECT seq FROM events",
)


def make_step_up() -> None:
    """Let the step to the present version be the one made up."""
    STEPS[SCHEMA_VERSION - 1] = MADE_UP


def taken_back_a_version(engine: database.Engine) -> None:
    """A project on a server laid out as before that step."""
    with database.write(engine) as connection:
        for statement in (
            "ALTER TABLE jobs DROP COLUMN IF EXISTS made_up",
            "DROP TABLE IF EXISTS made_up",
            f"UPDATE about SET value = '{SCHEMA_VERSION - 1}' WHERE key = 'schema_version'",
        ):
            connection.exec_driver_sql(statement)


def is_up_to_date(connection: database.Connection) -> bool:
    """Whether the step was done; never by half."""
    version = connection.exec_driver_sql("SELECT value FROM about WHERE key = 'schema_version'").scalar()
    columns = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'made_up'"
    here = f"{columns} AND table_schema = current_schema()"
    found = (
        connection.exec_driver_sql(here).scalar(),
        connection.exec_driver_sql("SELECT to_regclass('made_up')").scalar(),
    )
    assert found in ((1, "made_up"), (0, None)), found
    assert (found[0] == 1) == (version == str(SCHEMA_VERSION))
    return found[0] == 1
