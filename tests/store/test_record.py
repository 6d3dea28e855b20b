"""The record of everything people do: one chain of entries, old and new, in which no change from outside goes unseen."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from ended import ended
from old_projects import changed, project_of_version

from curation.cli.main import main
from curation.errors import StaleDecision
from curation.project import Project
from curation.project.jobs import Analyse
from curation.project.place.stores import DATABASE
from curation.records import Actor, Address, Span
from curation.store.database import schema

pytestmark = pytest.mark.only_sqlite


@pytest.fixture(scope="module")
def recorded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An old project in which people went on: a decision, a stroke taken back in part, votes, an approved export."""
    folder = project_of_version(4, tmp_path_factory.mktemp("record") / "old")
    project = Project.open(folder)
    ids = project.examples.dataset().values("id")
    project.decisions.decide(ids[6], "label", 0, "refund", reviewer="bob", reason="is about money")
    stroke = project.decisions.decide_all([(id, "accept", "") for id in ids], "ann", "all of them")
    assert stroke.decided == 2
    turn = project.rounds.team_next("cleo")
    assert turn is not None and turn.example is not None
    project.rounds.vote(turn.round.id, turn.example.id, "cleo", "label", "delivery")
    manifest = project.exports.write(folder / "export")
    project.exports.approve("Ann", {str(manifest.verdict["outcome"]): "a pilot"})
    project.decisions.undo_bulk(stroke.batch, "ann")
    project.close()
    return folder


@pytest.fixture
def recorded(recorded_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(recorded_once, tmp_path / "old")
    return tmp_path / "old"


def verified(folder: Path) -> list[str]:
    project = Project.open(folder)
    try:
        return project.place.verify().lines()
    finally:
        project.close()


def test_an_old_project_opens_with_all_that_was_decided_and_voted(tmp_path: Path) -> None:
    folder = project_of_version(4, tmp_path / "old")
    project = Project.open(folder)
    ids = project.examples.dataset().values("id")
    assert [(d.seq, d.action, d.value, d.reviewer, d.reason) for d in project.decisions.of(ids[0])] == [
        (1, "label", "delivery", "ann", "was wrong")
    ]
    assert [d.action for d in project.decisions.of(ids[1])] == ["accept", "undo"]
    curated = project.examples.curated()
    assert curated.dataset.values("label") == ["delivery", "refund", "refund", "refund", "account"]
    team = project.rounds.team_result()
    assert team is not None
    assert [(vote.reviewer, vote.answer) for vote in team.votes] == [("ann", "refund"), ("bob", "refund")]
    assert project.place.step("dedup").stale
    stroke = project.decisions.newest_bulk("ann")
    assert stroke is not None
    assert (stroke.decided, stroke.reason) == (3, "all suspects")
    assert project.decisions.undo_bulk(stroke.batch, "ann") == 3
    assert len(project.examples.curated().dataset) == 7
    assert project.decisions.undo("ann") == ids[0]
    project.close()
    with closing(sqlite3.connect(folder / "project.v4.db")) as copy:
        assert copy.execute("SELECT count(*) FROM decisions").fetchone() == (6,)


def test_the_chain_goes_on_from_the_last_old_decision(recorded: Path) -> None:
    with closing(sqlite3.connect(recorded / DATABASE)) as raw:
        head = raw.execute("SELECT hash FROM decisions ORDER BY seq DESC").fetchone()[0]
        events = raw.execute("SELECT seq, kind, subject, actor, batch, previous FROM events ORDER BY seq").fetchall()
        strokes = raw.execute("SELECT payload FROM events WHERE batch != '' ORDER BY seq").fetchall()
        ids = [id for (id,) in raw.execute("SELECT id FROM examples ORDER BY seq")]
    assert [event[0] for event in events] == list(range(7, 7 + len(events)))
    assert [event[1] for event in events] == [
        "upgrade",
        "load",
        "decision",
        "decision",
        "vote",
        "export",
        "approval",
        "decision",
    ]
    assert events[0][5] == head
    assert events[2][2:4] == (ids[6], "bob")
    assert [event[3] for event in events[5:7]] == ["local", "local"]
    assert json.loads(strokes[0][0]) == {
        "changes": [[ids[1], "accept", "", 2], [ids[2], "accept", "", 0]],
        "reason": "all of them",
    }
    assert [line[:3] for line in json.loads(strokes[1][0])["changes"]] == [
        [ids[1], "undo", "10"],
        [ids[2], "undo", "10"],
    ]


def test_an_untouched_project_is_intact_and_old_votes_are_spoken_of(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["project", "verify", str(recorded)]) == 0
    said = capsys.readouterr().out
    assert "Decisions verified: 14 entries, chain intact." in said
    assert "Votes from before this project was upgraded: 3." in said


UNLOCK = "".join(
    f"DROP TRIGGER {table}_no_{verb};" for table in ("decisions", "votes", "events") for verb in ("update", "delete")
)


ROWS = {"decisions": 4, "votes": 2, "events": 10, "history": 4}
COLUMNS = [
    (table, name, seq)
    for table, seq in ROWS.items()
    for name in (column.name for column in schema.metadata.tables[table].columns)
]


@pytest.mark.parametrize(("table", "column", "seq"), COLUMNS, ids=str)
def test_one_byte_changed_anywhere_is_found_and_named(recorded: Path, table: str, column: str, seq: int) -> None:
    with closing(sqlite3.connect(recorded / DATABASE)) as raw:
        was = raw.execute(f"SELECT {column} FROM {table} WHERE seq = {seq} LIMIT 1").fetchone()[0]
    is_number = column in ("seq", "example", "round", "seen_version", "client_seq", "format", "revision")
    now = str(int(was or 0) + 40) if is_number else f"'{was or ''}x'"
    changed(recorded, f"PRAGMA foreign_keys=OFF; {UNLOCK} UPDATE {table} SET {column} = {now} WHERE seq = {seq}")
    said = verified(recorded)[0]
    assert said.startswith("The record of decisions was changed from outside.")
    assert f" {seq} " in f"{said} ".replace(".", " ")


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM decisions WHERE seq = 3", "Decision 3 is missing."),
        ("DELETE FROM decisions WHERE seq = 6", "Decision 6 is missing"),
        ("DELETE FROM votes WHERE seq = 3", "Vote 3 is missing."),
        ("DELETE FROM events WHERE seq = 9", "Event 9 is missing."),
        ("DELETE FROM events WHERE seq = 14", "Event 14 is missing"),
        ("DELETE FROM events", "Event 7 is missing"),
        ('UPDATE about SET value = \'{"count":7,"hash":"","seq":13}\' WHERE key = \'events\'', "kept as 13"),
        ("DELETE FROM history WHERE seq = 9", "lookups of decision 9"),
        ("UPDATE events SET payload = CAST(x'ff' AS TEXT) WHERE seq = 10", "Event 10"),
        ("UPDATE decisions SET value = CAST(x'ff' AS TEXT) WHERE seq = 2", "Decision 2"),
    ],
)
def test_what_is_removed_or_spoilt_is_named(
    recorded: Path, statement: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(recorded, f"{UNLOCK} {statement}")
    assert main(["project", "verify", str(recorded)]) == 4
    assert says in capsys.readouterr().err


def test_nothing_in_the_record_can_be_changed_by_accident(recorded: Path) -> None:
    with closing(sqlite3.connect(recorded / DATABASE)) as raw:
        for statement in ("UPDATE events SET actor = 'eve'", "DELETE FROM events"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)
        for table in ("decisions", "votes"):
            with pytest.raises(sqlite3.IntegrityError, match="read-only"):
                raw.execute(f"INSERT INTO {table} SELECT * FROM {table}")
        names = "subject, payload, actor, at, batch, format, previous, hash, example, revision, seen_version"
        again = f"INSERT INTO events (seq, kind, {names}) SELECT 90, kind, {names} FROM events WHERE seq = 9"
        with pytest.raises(sqlite3.IntegrityError, match=r"example, events\.seen_version"):
            raw.execute(again)
        sent = "INSERT INTO events (seq, client, client_seq, kind, {0}) SELECT {1}, 'card', 1, 'note', {0} FROM events"
        raw.execute(f"{sent.format(names, 90)} WHERE seq = 9")
        with pytest.raises(sqlite3.IntegrityError, match=r"events\.client"):
            raw.execute(f"{sent.format(names, 91)} WHERE seq = 9")


def test_an_example_may_change_its_source_and_nothing_else(recorded: Path) -> None:
    with closing(sqlite3.connect(recorded / DATABASE)) as raw:
        raw.execute("UPDATE examples SET source = source")
        for column in ("id", "row", "input", "output", "label", "created", "meta"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(f"UPDATE examples SET {column} = 'other'")


@pytest.mark.parametrize(
    "name", ["what now?", "50%20off", "a#b", "with space", "größe 数据", "a?mode=memory&cache=shared", "x%y"]
)
def test_a_folder_may_be_called_anything(tmp_path: Path, tickets: Path, name: str) -> None:
    project = Project.open(tmp_path / name, create=True)
    project.examples.load(tickets)
    project.close()
    again = Project.open(tmp_path / name)
    assert len(again.examples.dataset()) == 9
    again.close()
    assert (tmp_path / name / DATABASE).exists()


def test_two_people_may_vote_on_what_they_saw_but_not_both_decide_it(project: Project) -> None:
    round = project.rounds.start_team(rows=3)
    turn = project.rounds.team_next("ann")
    assert turn is not None and turn.example is not None
    for who in ("ann", "bob"):
        project.rounds.vote(round.id, turn.example.id, who, "label", "refund", seen_version=0)
    project.decisions.decide(turn.example.id, "accept", 0, reviewer="ann")
    with pytest.raises(StaleDecision):
        project.decisions.decide(turn.example.id, "reject", 0, reviewer="bob")
    assert project.place.verify().events == 4


def test_who_opens_a_project_is_kept_with_what_they_start(project: Project) -> None:
    assert project.place.actor == Actor.local() == Actor("local", "admin")
    other = Project.open(project.folder, actor=Actor("eva", "curator"))
    other.jobs.start(Analyse())
    assert ended(other).actor == "eva"
    other.close()


def test_places_in_a_text() -> None:
    assert Span("content", 2, 4, 9).address == Address(2, "content")
    assert Span("input", None, 0, 0).address == Address(None, "input")
    for turn, field in ((-1, "content"), (0, "")):
        with pytest.raises(ValueError, match=r"turn|field"):
            Address(turn, field)
    for start, end in ((-1, 2), (3, 2)):
        with pytest.raises(ValueError, match="a span runs"):
            Span("input", None, start, end)
    with pytest.raises(ValueError, match="turn"):
        Span("content", -1, 0, 1)
