"""A project's database on a PostgreSQL server: what is its own there, and that nothing else is."""

import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import tomli_w
from server import started
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from curation.cli.main import main
from curation.errors import StaleDecision, StoreFailed, UsageError
from curation.project import Project
from curation.project.jobs import Analyse
from curation.project.place import at_work, folders, stores
from curation.project.place.backup import back_up, restore
from curation.records import Filter, dataset
from curation.store import database, decisions, jobs, queue
from curation.store.database import schema

pytestmark = pytest.mark.only_sqlite  # the server is named by each test itself
ODD = "a\0b \uffff0 ü漢 'quoted' \\u0000 %s %(x)s"
ROWS = [{"input": f"question {n}", "output": f"answer {n}"} for n in range(12)]


@pytest.fixture
def made(tmp_path: Path, server: str) -> Callable[..., Project]:
    """Makes a project on the server, of these rows."""

    def make(rows: list[dict[str, str]] = ROWS, name: str = "Tickets of May", store: str = server) -> Project:
        project = Project.open(tmp_path / name, create=True, store=store)
        project.examples.store(dataset(rows))
        return project

    return make


def schemas(server: str) -> set[str]:
    with psycopg.connect(server.replace("+psycopg", "")) as connection:
        return {name for (name,) in connection.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ 'curation'")}


def test_a_project_is_a_folder_that_names_its_schema_and_holds_no_database(
    made: Callable[..., Project], server: str
) -> None:
    with made() as project:
        ids = list(project.examples.dataset().values("id"))
        project.decisions.decide(ids[0], "reject", 0, reviewer="Ann")
    pointer = (project.folder / stores.POINTER).read_text()
    assert "curation_tickets_of_may_" in pointer
    assert not list(project.folder.glob("project.db*"))
    assert folders.in_folder(project.folder.parent) == [project.folder]
    with Project.open(project.folder) as again:  # by the file alone
        assert len(again.examples.curated().dataset) == 11
        assert again.place.verify().lines() == ["Decisions verified: 2 entries, chain intact."]
        deleted = folders.delete(again.place)
    assert (deleted.left, project.folder.exists()) == ((), False)
    assert not [name for name in schemas(server) if "tickets_of_may" in name]


def test_every_character_comes_back_and_is_found(made: Callable[..., Project]) -> None:
    with made([{"input": ODD, "output": "x" * 9_000}, {"input": "plain", "output": "y"}], "odd") as project:
        found = project.examples.dataset()
        assert list(found.values("input")) == [ODD, "plain"]
        id = found.values("id")[0]
        project.decisions.decide(id, "label", 0, f"{ODD}{'l' * 9_000}", reviewer=ODD)
        (decision,) = project.decisions.of(id)
        assert (decision.reviewer, decision.value) == (ODD, f"{ODD}{'l' * 9_000}")
        for search, wanted in (("text", "A\0B"), ("text", "\\U0000"), ("words", "quot"), ("regex", "漢 'q")):
            assert project.rows.stored.ids(Filter("all", text=wanted, search=search)) == [id]  # type: ignore[arg-type]
        project.rows.index()
        assert project.rows.stored.ids(Filter("all", text="quot", search="words")) == [id]
        assert project.place.verify().is_intact


def test_a_row_with_more_words_than_the_index_takes_is_found_all_the_same(made: Callable[..., Project]) -> None:
    many = " ".join(f"word{n:08}" for n in range(90_000))
    with made([{"input": many, "output": "a"}, {"input": "word00000001", "output": "b"}], "wide") as project:
        project.rows.index()
        assert project.rows.stored.unindexed() == 0
        assert project.rows.stored.counts(Filter("all", text="word00000001", search="words")) == (2, 2)
        assert project.rows.stored.counts(Filter("all", text="word00089999", search="words")) == (1, 1)


def test_what_was_changed_from_outside_is_found_in_every_column(made: Callable[..., Project]) -> None:
    with made(name="tampered") as project:
        ids = list(project.examples.dataset().values("id"))
        for id in ids[:4]:
            project.decisions.decide(id, "accept", 0, reviewer="Ann", reason="fine")
        project.decisions.decide_all([(id, "reject", "") for id in ids[4:]], "Bob", "all")
        engine = project.place.engine
        for table in ("events", "examples", "history"):
            for column in schema.metadata.tables[table].columns:
                if (table, column.name) in (("examples", "source"), ("examples", "seq")):
                    continue  # which file a row is of may change
                one = f"WHERE ctid = (SELECT ctid FROM {table} ORDER BY seq LIMIT 1)"
                other = 90 if column.type.python_type is int else "'other'"
                with database.write(engine) as connection:
                    connection.execute(text("SET LOCAL session_replication_role = replica"))
                    connection.execute(text(f'UPDATE {table} SET "{column.name}" = {other} {one}'))
                    with database.consistent(engine):
                        assert project.place.verify().is_intact, "seen before it is stored"
                    found = _verified(connection)
                    connection.rollback()
                assert found, (table, column.name)
        assert project.place.verify().is_intact


def _verified(connection: database.Connection) -> str:
    from curation.store import events
    from curation.store.rows import loaded

    return events.verify(connection).fault or loaded.misfit(connection)


def test_nothing_in_the_record_can_be_changed_by_accident(made: Callable[..., Project]) -> None:
    with made(name="kept") as project:
        project.decisions.decide(project.examples.dataset().values("id")[0], "accept", 0)
        for statement, why in (
            ("UPDATE events SET actor = 'eve'", "append-only"),
            ("DELETE FROM examples", "append-only"),
            ("UPDATE examples SET meta = 'other'", "append-only"),
            ("INSERT INTO votes SELECT 1, 1, 1, 'a', 'b', 'c', 'd', 1", "read-only"),
        ):
            with (
                pytest.raises(IntegrityError, match=why),
                database.write(project.place.engine) as connection,
            ):
                connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("curation@", "locked:not-this-one@"), "does not let locked in: the password is wrong or missing"),
        (("curation@", "nobody@"), "does not let nobody in"),
        (("/postgres?", "/elsewhere?"), "There is no database elsewhere on"),
        (("host=", "host=/no-password"), "does not answer"),
        (("curation@", "poor@"), "poor may not do this in"),
    ],
)
def test_what_a_server_refuses_is_a_sentence_without_the_password(
    server: str, tmp_path: Path, change: tuple[str, str], says: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], tickets: Path,
) -> None:  # fmt: skip
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        for user in ("locked", "poor"):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user]).fetchone():
                connection.execute(f"CREATE ROLE {user} LOGIN PASSWORD 'the-right-one'")
    monkeypatch.setenv(stores.STORE_VARIABLE, server.replace(*change))
    assert main(["load", str(tickets), "--project", str(tmp_path / "new")]) == 3
    said = capsys.readouterr().err
    assert says in said
    assert "not-this-one" not in said
    assert not (tmp_path / "new" / stores.POINTER).exists()


HOSTILE_NAMES = (
    'x"; DROP SCHEMA public CASCADE; --', "curation_a, public", 'curation_a" , pg_catalog, "b', "public", "pg_catalog",
    "curation_", "Curation_a", "curation_ä", "curation_a\n", f"curation_{'a' * 55}", "", "curation_a;select", "$user",
)  # fmt: skip


def test_a_file_that_names_no_schema_of_ours_is_said_to_be_damaged(
    made: Callable[..., Project], server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with made(name="pointed") as project:
        pointer, good = project.folder / stores.POINTER, (project.folder / stores.POINTER).read_text()
    monkeypatch.setenv(stores.STORE_VARIABLE, server)
    before = schemas(server)
    url = tomllib.loads(good)["url"]
    texts = [tomli_w.dumps({"url": url, "schema": name}) for name in HOSTILE_NAMES]
    texts += [tomli_w.dumps({"url": url, "schema": value}) for value in (1, ["curation_a"], {"a": 1})]
    schema = good.splitlines()[2]
    texts += [
        "",
        "\xff",
        "[" * 9_000,
        schema,
        "url = 1",
        good.replace("postgresql+psycopg://", "sqlite:///"),
        f"{good}x",
    ]
    for hostile in texts:
        pointer.write_text(hostile, encoding="latin-1")
        with pytest.raises(StoreFailed, match=r"(?s)store.toml, which names .* damaged: .* curation project restore"):
            Project.open(project.folder)
        with pytest.raises(StoreFailed, match="damaged"):
            Project.open(project.folder, create=True)
    assert main(["project", "verify", str(project.folder)]) == 3
    assert "is damaged: what stands in it was not written by curation" in capsys.readouterr().err
    assert schemas(server) == before
    pointer.write_text(good)
    with Project.open(project.folder) as again:
        assert len(again.examples.dataset()) == 12


def test_a_server_that_a_folder_names_is_not_asked_before_a_person_has_named_it(
    made: Callable[..., Project], tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with made(name="sent") as project:
        pointer = project.folder / stores.POINTER
        good, said = pointer.read_text(), tomllib.loads(pointer.read_text())
    monkeypatch.setenv("PGPASSWORD", "a-secret")
    with socket.create_server(("127.0.0.1", 0)) as strange:
        port = strange.getsockname()[1]
        here = f"postgresql+psycopg://ann@127.0.0.1:{port}/curation"
        strangers = (
            here, here.replace("+psycopg", ""), f"{said['url']}&host=127.0.0.1&port={port}",
            f"{said['url']}&hostaddr=127.0.0.1&port={port}", f"{said['url']}&sslmode=disable",
            said["url"].replace("curation@", "ann@"),
        )  # fmt: skip
        for url in strangers:
            pointer.write_text(tomli_w.dumps({**said, "url": url}))
            for create in (False, True):
                with pytest.raises(StoreFailed, match="a server that nobody has named at this computer yet"):
                    Project.open(project.folder, create=create)
        assert main(["project", "verify", str(project.folder)]) == 3
        assert "export CURATION_STORE=postgresql+psycopg://USER@HOST" in capsys.readouterr().err
        with pytest.raises(StoreFailed, match="any more"):  # what a person names is asked, whatever the folder says
            Project.open(project.folder, store=server.replace("/postgres?", "/template1?"))
        strange.setblocking(False)
        with pytest.raises(BlockingIOError):
            strange.accept()  # nobody called
    pointer.write_text(good)
    Project.open(project.folder).close()  # named when it was made
    monkeypatch.setenv("CURATION_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(StoreFailed, match="nobody has named"):
        Project.open(project.folder)
    Project.open(project.folder, store=server.replace("curation@", "curation:not-kept@")).close()
    Project.open(project.folder).close()  # named once, it is known
    assert "not-kept" not in (tmp_path / "elsewhere" / "servers").read_text()


def test_a_password_in_a_command_is_refused_and_none_is_written_down(
    server: str, tmp_path: Path, tickets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = server.replace("curation@", "curation:secret-word@")
    command = ["load", str(tickets), "--project", str(tmp_path / "new")]
    assert main([*command, "--store", told]) == 2
    assert "seen by whoever lists the processes" in capsys.readouterr().err
    assert main([*command, "--store", "mysql://host/name"]) == 2
    assert "postgresql+psycopg://USER@HOST/DATABASE" in capsys.readouterr().err
    with Project.open(tmp_path / "told", create=True, store=told) as project:
        assert "secret-word" not in (project.folder / stores.POINTER).read_text()
    assert main([*command, "--store", server]) == 0
    assert stores.is_project(tmp_path / "new")


def test_a_server_that_stops_is_said_so_and_found_again(tmp_path: Path) -> None:
    with started() as address:
        project = Project.open(tmp_path / "gone", create=True, store=address)
        project.examples.store(dataset(ROWS))
        id = project.examples.dataset().values("id")[0]
        with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE pid != pg_backend_pid()")
        project.decisions.decide(id, "accept", 0)  # as after a new start: the connections of before are forgotten
    with pytest.raises(StoreFailed, match="does not answer"):
        project.decisions.decide(id, "reject", 1)
    with pytest.raises(StoreFailed, match="does not answer"):
        Project.open(tmp_path / "gone")


def test_a_project_that_is_not_on_the_server_any_more_is_said_so(made: Callable[..., Project], server: str) -> None:
    project = made(name="dropped")
    stores.database.drop(project.place.engine)
    with pytest.raises(StoreFailed, match="is not in postgres on "):
        project.examples.dataset()
    with pytest.raises(StoreFailed, match="any more"):
        Project.open(project.folder, create=True)  # never an empty one in its place


def test_work_of_another_computer_is_known_while_it_is_done(made: Callable[..., Project]) -> None:
    with made(name="shared") as project:
        engine, gone = project.place.engine, 2**22 + 1  # no process has this number
        with database.write(engine) as connection:
            jobs.add(connection, "there", Analyse.id, {}, "2026-01-01T00:00:00+00:00", "ann")
            jobs.change(connection, "there", state="running", pid=gone, process_started=1.0)
        with database.doing(engine, at_work.job("there")):
            project.jobs.sweep()
            assert _state(project) == "running"
            with pytest.raises(UsageError, match="running already"):
                project.jobs.start(Analyse())
        project.jobs.sweep()
        assert _state(project) == "failed"


def _state(project: Project) -> str:
    job = project.jobs.get("there")
    assert job is not None
    return job.state


RIVAL = """
import sys
from curation.errors import StaleDecision
from curation.project import Project
with Project.open(sys.argv[1]) as project:
    for id in sys.argv[2:]:
        try:
            project.decisions.decide(id, "accept", 0, reviewer="rival")
        except StaleDecision:
            print("conflict")
"""


def test_of_several_processes_that_decide_the_same_rows_each_is_stored_once(made: Callable[..., Project]) -> None:
    with made(name="rivals") as project:
        ids = [str(id) for id in project.examples.dataset().values("id")]
        rivals = [
            subprocess.Popen([sys.executable, "-c", RIVAL, project.folder, *ids], stdout=subprocess.PIPE, text=True)
            for _ in range(3)
        ]
        heard = sum(rival.communicate()[0].count("conflict") for rival in rivals)
        with database.read(project.place.engine) as connection:
            assert sorted(one.example for one in decisions.all_decisions(connection)) == sorted(ids)
        assert heard == 2 * len(ids)
        assert project.place.verify().is_intact
        with pytest.raises(StaleDecision):
            project.decisions.decide(ids[0], "accept", 0)


def test_people_decide_while_what_was_found_is_replaced(made: Callable[..., Project]) -> None:
    with made(name="replaced") as project:
        first, *_, last = (str(id) for id in project.examples.dataset().values("id"))

        def replace(connection: database.Connection) -> None:
            queue.put_first(connection, [last, first])
            project.decisions.decide(first, "accept", 0, reviewer="Ann")  # on another connection, and at once

        with database.write(project.place.engine, replace=replace) as connection:
            database.bump(connection)
        assert [decision.reviewer for decision in project.decisions.of(first)] == ["Ann"]
        assert project.place.verify().is_intact
        with database.read(project.place.engine) as connection:
            assert connection.exec_driver_sql(
                "SELECT position, id FROM queue JOIN examples ON seq = example"
            ).all() == [
                (0, last),
                (1, first),
            ]


def test_two_who_make_one_project_at_once_work_in_the_same(tmp_path: Path, server: str) -> None:
    folder = tmp_path / "twice"
    folder.mkdir()
    url = database.parse_url(server)
    stores._make(folder, url)
    first = (folder / stores.POINTER).read_text()
    stores._make(folder, url)
    assert (folder / stores.POINTER).read_text() == first
    assert len([name for name in schemas(server) if "twice" in name]) == 1


def test_a_backup_moves_a_project_from_one_database_to_the_other_and_back(
    made: Callable[..., Project], tmp_path: Path, server: str
) -> None:
    with made([{"input": f"{ODD} {n}", "output": "yes"} for n in range(30)], "moved") as project:
        ids = [str(id) for id in project.examples.dataset().values("id")]
        project.decisions.decide(ids[3], "reject", 0, reviewer="Ann")
        project.rows.tag(ids[:2], "seen", "Ann")
        project.rows.index()
        project.verdict.analyse()
        head, before = project.place.head(), _held(project)
        back_up(project.place, tmp_path / "one.backup")
    restore(tmp_path / "one.backup", tmp_path / "file", store="")
    assert (tmp_path / "file" / stores.DATABASE).exists()
    with Project.open(tmp_path / "file") as moved:
        assert (moved.place.head(), _held(moved)) == (head, before)
        assert not moved.place.step("verdict").stale
        back_up(moved.place, tmp_path / "two.backup")
    restore(tmp_path / "two.backup", tmp_path / "server", store=server)
    assert not (tmp_path / "server" / stores.DATABASE).exists()
    with Project.open(tmp_path / "server") as back:
        assert (back.place.head(), _held(back)) == (head, before)
        assert back.place.verify().is_intact
        back.examples.store(dataset([{"input": "one more", "output": "no"}]))  # the numbers go on
        back.decisions.decide(ids[4], "accept", 0)
        back.verdict.analyse()
        assert back.place.verify().is_intact
        assert back.rows.stored.counts(Filter("all", text="quot", search="words")) == (30, 28)


def _held(project: Project) -> list[object]:
    findings = project.findings.stored.current()
    assert findings is not None
    return [project.examples.dataset().table, findings.table, project.rows.stored.tags()]
