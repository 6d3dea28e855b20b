"""Whoever changes a project from outside is found out: one byte anywhere, an entry taken away, a record written anew."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from curation.cli.main import main
from curation.errors import NotAllowed
from curation.project import Project
from curation.project.place.heads import HEAD_VARIABLE
from curation.project.place.stores import DATABASE
from curation.records import Actor, Event
from curation.store.database.chain import START, event_hash

pytestmark = pytest.mark.only_sqlite

Change = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="module")
def kept_once(tmp_path_factory: pytest.TempPathFactory, loaded_once: Path) -> Path:
    """A project with decisions, votes, an approved export and two members; its end is kept beside it."""
    home = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HEAD_VARIABLE, str(home / "heads.json"))
        project = Project.open(Path(shutil.copytree(loaded_once, home / "project")))
        ids = project.examples.dataset().values("id")
        round = project.rounds.start_team(rows=3)
        turn = project.rounds.team_next("ann")
        assert turn is not None and turn.example is not None
        project.rounds.vote(round.id, turn.example.id, "ann", "label", "refund")
        project.decisions.decide(ids[0], "label", 0, "refund", "ann")
        project.decisions.decide_all([(id, "accept", "") for id in ids[1:4]], "ann", "all of them")
        manifest = project.exports.write(project.folder / "export")
        project.exports.approve("Ann", {str(manifest.verdict["outcome"]): "a pilot"})
        project.decisions.decide(ids[5], "accept", 0, reviewer="ann")
        project.close()
    return home


@pytest.fixture
def folder(kept_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, whose end is kept as it was."""
    copy = Path(shutil.copytree(kept_once / "project", tmp_path / "project"))
    (head,) = json.loads((kept_once / "heads.json").read_text()).values()
    (tmp_path / "heads.json").write_text(json.dumps({str(copy): head}))
    monkeypatch.setenv(HEAD_VARIABLE, str(tmp_path / "heads.json"))
    return copy


def attacked(folder: Path, change: Change) -> None:
    """Change the database as somebody does who knows it: without the guards inside it."""
    with closing(sqlite3.connect(folder / DATABASE)) as raw, raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        change(raw)


def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["project", "verify", str(folder)]) == 4
    return capsys.readouterr().err


def test_nothing_is_found_where_nothing_was_changed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", "verify", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "chain intact" in told
    assert "Its end: " in told
    assert Project.open(folder).place.newest_fault() == ""
    assert main(["gate", str(folder / "export"), "--project", str(folder)]) == 0


BYTES: dict[str, tuple[str, str]] = {
    "a decision": (
        "UPDATE events SET payload = replace(payload, 'refund', 'refunt') WHERE kind = 'decision'",
        "Event 3",
    ),
    "one of many": ("UPDATE events SET payload = replace(payload, 'accept', 'reject') WHERE batch != ''", "Event 4"),
    "a vote": ("UPDATE events SET payload = replace(payload, 'refund', 'refunt') WHERE kind = 'vote'", "Event 2"),
    "who voted": ("UPDATE events SET actor = 'anm' WHERE kind = 'vote'", "Event 2"),
    "when": ("UPDATE events SET at = replace(at, '2', '3') WHERE seq = 3", "Event 3"),
    "a noted export": ("UPDATE events SET subject = replace(subject, 'a', 'b') WHERE kind = 'export'", "Event 5"),
    "a noted approval": (
        "UPDATE events SET payload = replace(payload, 'Ann', 'Bnn') WHERE kind = 'approval'",
        "Event 6",
    ),
    "an input": (
        "UPDATE examples SET input = replace(input, 'money', 'honey') WHERE seq = 1",
        "A text among the rows 1 to 9",
    ),
    "a label": ("UPDATE examples SET label = 'refunt' WHERE seq = 2", "A text among the rows 1 to 9"),
    "an id": ("UPDATE examples SET id = id || '-1' WHERE seq = 9", "A text among the rows 1 to 9"),
    "a row more": (
        "INSERT INTO examples (id, source, row, input, output, meta) VALUES ('x', 1, 10, 'a', 'b', '{}')",
        "1 rows were added that nobody loaded",
    ),
    "a lookup": ("UPDATE history SET value = 'refunt' WHERE value = 'refund'", "lookups of decision 3"),
    "a member": ("INSERT INTO members VALUES ('local', 'admin', '', '')", "The member 'local'"),
    "the last entry": ("DELETE FROM events WHERE seq = 7", "Event 7 is missing"),
    "the first entry": ("DELETE FROM events WHERE seq = 1", "Event 1 is missing"),
}


@pytest.mark.parametrize("what", [name for name in BYTES if name != "a member"])
def test_one_byte_changed_inside_is_found_and_named(
    folder: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    statement, named = BYTES[what]
    attacked(folder, lambda raw: raw.execute(statement))
    assert named in said(folder, capsys)


def test_a_member_made_from_outside_is_found(folder: Path) -> None:
    attacked(folder, lambda raw: raw.execute("INSERT INTO members VALUES ('eve', 'admin', '', '')"))
    assert (
        "The member 'eve' is not as an admin made them" in Project.open(folder, actor=Actor("eve")).place.verify().fault
    )
    with pytest.raises(NotAllowed):
        Project.open(folder)


@pytest.mark.parametrize("name", ["train.parquet", "manifest.json", "record.json", "report.html", "approval.json"])
def test_one_byte_changed_in_an_export_is_found_by_verify_and_at_the_gate(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "export" / name
    text = path.read_bytes()
    at = text.index(b"Ann") if name == "approval.json" else len(text) // 2
    path.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :])
    assert "export" in said(folder, capsys)
    assert main(["gate", str(folder / "export"), "--project", str(folder)]) == 4


def test_an_approval_forged_beside_the_export_is_not_in_the_record(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "export" / "approval.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "name": "Boss"}))
    assert "by Boss is not noted in the project" in said(folder, capsys)
    assert main(["gate", str(folder / "export"), "--project", str(folder)]) == 4


def rewritten(raw: sqlite3.Connection, until: int, change: Callable[[dict[str, object]], object]) -> None:
    """All entries up to one, changed and hashed anew, with the end inside set to match: nothing inside shows it."""
    raw.row_factory = sqlite3.Row
    rows = [dict(row) for row in raw.execute("SELECT * FROM events ORDER BY seq")]
    raw.execute("DELETE FROM events")
    previous = ""
    for row in rows[:until]:
        change(row)
        event = Event(**{**row, "previous": previous, "hash": ""})  # type: ignore[arg-type]
        row |= {"previous": previous, "hash": event_hash(event)}
        previous = str(row["hash"])
        names = ", ".join(row)
        raw.execute(f"INSERT INTO events ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    head = json.loads(START) | {"seq": rows[until - 1]["seq"], "hash": previous, "count": until}
    raw.execute("UPDATE about SET value = ? WHERE key = 'events'", [json.dumps(head)])
    raw.execute("DELETE FROM history WHERE seq > ?", [rows[until - 1]["seq"]])


@pytest.mark.parametrize(
    ("until", "change", "named"),
    [
        (6, lambda row: None, "was cut off: event 7"),
        (
            7,
            lambda row: row.update(at="2020-01-01T00:00:00+00:00") if row["kind"] == "approval" else None,
            "written anew",
        ),
    ],
    ids=["a cut tail", "a rehash"],
)
def test_a_record_that_fits_in_itself_is_found_by_its_end_kept_outside(
    folder: Path, until: int, change: Callable[[dict[str, object]], object], named: str,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    attacked(folder, lambda raw: rewritten(raw, until, change))
    assert named in Project.open(folder).place.newest_fault()
    assert named in said(folder, capsys)
    heads = Path(str(folder.parent / "heads.json"))
    monkeypatch.delenv(HEAD_VARIABLE)
    assert Project.open(folder).place.verify().is_intact  # which is why the end is kept outside
    assert main(["project", "verify", str(folder), "--head-file", str(heads)]) == 4


def test_the_end_kept_outside_follows_what_is_done(folder: Path) -> None:
    project = Project.open(folder)
    project.rows.note(project.examples.dataset().values("id")[0], "looked at", "ann")
    (head,) = json.loads((folder.parent / "heads.json").read_text()).values()
    assert project.place.head() == f"{head['seq']} {head['hash']}"
    assert head["seq"] == 8
    assert project.place.newest_fault() == ""


def test_the_newest_is_looked_at_when_the_app_opens_a_project(folder: Path) -> None:
    attacked(folder, lambda raw: raw.execute(BYTES["a vote"][0]))
    assert "Event 2 is missing or not as it was stored" in Project.open(folder).place.newest_fault()
