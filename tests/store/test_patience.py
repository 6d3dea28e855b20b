"""A project that somebody keeps for longer than a wait: writers ask again, store once, and in the end say who is at it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from curation.errors import StoreFailed
from curation.project import Project
from curation.records import dataset
from curation.store import database, queue
from curation.store.database import patience, postgresql

WAIT = 0.05
"""Seconds of a wait in these tests."""
ROWS = [{"input": f"question {n}", "output": f"answer {n}"} for n in range(4)]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project whose writers wait for a moment at a time."""
    monkeypatch.setattr(patience, "BUSY_SECONDS", WAIT)
    with Project.open(tmp_path / "kept", create=True) as project:
        project.examples.store(dataset(ROWS))
        yield project


@contextmanager
def held(project: Project, store: str) -> Iterator[Callable[[], None]]:
    """Somebody else keeps the project until the block ends or what it is given is called."""
    if store:
        with psycopg.connect(store.replace("+psycopg", ""), autocommit=True) as other:
            schema = project.place.engine.get_execution_options()["schema"]
            other.execute(f"SELECT pg_advisory_lock({postgresql.key(schema)})")
            yield other.close
    else:
        with closing(sqlite3.connect(project.folder / "project.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield other.close


def after_waits(
    project: Project, monkeypatch: pytest.MonkeyPatch, many: int, release: Callable[[], None]
) -> list[object]:
    """The waits that were in vain so far; after so many the project is let go."""
    vain: list[object] = []
    seconds_of = patience.waits

    def one_more(context: object) -> None:
        vain.append(context)
        if len(vain) == many:
            release()

    def waits() -> Iterator[float]:
        for number, seconds in enumerate(seconds_of()):
            if number:
                one_more(number)
            yield seconds

    if database.is_shared(project.place.engine):  # the driver of a server tells of an error nobody but who waits
        monkeypatch.setattr(patience, "waits", waits)
    else:
        event.listen(project.place.engine, "handle_error", one_more)
    return vain


def ids_of(project: Project) -> list[str]:
    return [str(id) for id in project.examples.dataset().values("id")]


@pytest.mark.parametrize("waits", [1, 2])
def test_a_decision_that_waited_in_vain_asks_again_and_is_stored_once(
    kept: Project, store: str, monkeypatch: pytest.MonkeyPatch, waits: int
) -> None:
    (id, *_) = ids_of(kept)
    with held(kept, store) as release:
        vain = after_waits(kept, monkeypatch, waits, release)
        seq = kept.decisions.decide(id, "accept", 0, reviewer="ann")
    assert len(vain) == waits
    assert [(made.seq, made.reviewer) for made in kept.decisions.of(id)] == [(seq, "ann")]
    assert kept.place.verify().is_intact


def test_a_decision_whose_turn_never_comes_says_so_and_is_not_stored(kept: Project, store: str) -> None:
    (id, *_) = ids_of(kept)
    seconds = sum(patience.waits())
    with held(kept, store), pytest.raises(StoreFailed, match=f"to themselves for {seconds:.0f} seconds") as told:
        kept.decisions.decide(id, "accept", 0, reviewer="ann")
    assert "the last step is not" in str(told.value)
    assert kept.decisions.of(id) == []
    kept.decisions.decide(id, "reject", 0, reviewer="ann")
    assert [made.action for made in kept.decisions.of(id)] == ["reject"]


def test_what_was_replaced_before_the_turn_is_kept_while_it_asks_again(
    kept: Project, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_, last = ids_of(kept)
    with held(kept, store) as release:
        vain = after_waits(kept, monkeypatch, 1, release)

        def put_first(connection: database.Connection) -> None:
            queue.put_first(connection, [last, first])

        with database.write(kept.place.engine, replace=put_first) as connection:
            database.bump(connection)
    assert len(vain) == 1
    with database.read(kept.place.engine) as connection:
        placed = connection.exec_driver_sql("SELECT id FROM queue JOIN examples ON seq = example ORDER BY position")
        assert list(placed.scalars()) == [last, first]
