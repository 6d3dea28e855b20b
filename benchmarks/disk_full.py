"""Fill the disk under a project while it imports, decides, checks, exports ... and say what became of it. As root.

    python benchmarks/disk_full.py [--megabytes 24] [--postgresql tables|server]

By kind, on a small disk in memory (tmpfs) of its own, with more and more room left: either all is done, or the sentence
says that there is no room; what was acknowledged before is there; the record is intact; no file is left over; and once
there is room again, the same is done. Ends with an error at the first that does not hold.

With --postgresql it is the disk of a server that is full, of the tables alone, or of all that the server keeps: where
its log has no room it crashes, which the sentence says as such, and it is started again once there is room.
"""

import argparse
import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from curation.errors import CurationError  # noqa: E402
from curation.project import Project, decisions  # noqa: E402
from curation.project.measuring import TRAINED  # noqa: E402
from curation.project.place import backup, processes  # noqa: E402
from curation.project.place.stores import STORE_VARIABLE  # noqa: E402
from curation.records import dataset  # noqa: E402
from curation.store import database  # noqa: E402
from curation.store.rows import imports  # noqa: E402
from tests.server import Server, running  # noqa: E402
from tests.store.kills import gone, is_tidy  # noqa: E402
from tests.store.old_projects import project_of_version  # noqa: E402

ROWS = 400
ROOM = (0, 8, 40, 80, 160, 320, 640, 1280, 2560)
"""Kilobytes left."""
SAYS = ("no room left on", os.strerror(errno.ENOSPC))


SERVER = 150
"""Megabytes of a server's disk: an empty one takes 60."""


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["/bin/umount", str(folder)], check=True)
        folder.rmdir()


def filled(disk: Path, kilobytes: int) -> Path:
    """A file that leaves so much room on the disk."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        left = os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize - (kilobytes << 10)
        os.posix_fallocate(file.fileno(), 0, max(left, 1))
    return ballast


def rows(name: str, number: int = ROWS) -> list[dict[str, str]]:
    return [{"input": f"{name}: question {n} about {'x' * 500}", "output": f"answer {n}"} for n in range(number)]


class Disk:
    """A small disk, what is on it, and the folder of the project."""

    def __init__(self, place: Path, folder: Path, server: Server | None = None) -> None:
        self.place, self.folder, self.server = place, folder, server

    def is_back(self) -> None:
        """There is room again."""
        if self.server is not None and not is_up(self.server):
            self.server.stop()
            self.server.start()


def is_up(server: Server) -> bool:
    try:
        psycopg.connect(server.address.replace("+psycopg", ""), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def server_on(kind: str, megabytes: int) -> Iterator[Disk]:
    """A server with its tables, or with all that it keeps, on a small disk."""
    with small_disk(megabytes) as disk, tempfile.TemporaryDirectory() as ours:
        shutil.chown(disk, "postgres")
        own = {"wal_recycle": "off", "min_wal_size": "32MB", "max_wal_size": "32MB"}
        with running(disk if kind == "server" else None, **own) as server:
            if kind == "tables":
                (disk / "tables").mkdir()
                shutil.chown(disk / "tables", "postgres")
                with psycopg.connect(server.address.replace("+psycopg", ""), autocommit=True) as connection:
                    connection.execute(f"CREATE TABLESPACE small LOCATION '{disk / 'tables'}'")
                    for name in ("default_tablespace", "temp_tablespaces"):
                        connection.execute(f"ALTER SYSTEM SET {name} = 'small'")
                    connection.execute("SELECT pg_reload_conf()")
            os.environ[STORE_VARIABLE] = server.address
            yield Disk(disk, Path(ours), server)


@contextmanager
def on_disk(megabytes: int) -> Iterator[Disk]:
    with small_disk(megabytes) as disk:
        yield Disk(disk, disk)


def made(disk: Path) -> Path:
    with Project.open(disk / "project", create=True) as project:
        project.examples.store(dataset(rows("first")))
        project.findings.check(["empty"])
    return disk / "project"


def load(folder: Path, name: str) -> None:
    with Project.open(folder) as project:
        project.examples.store(dataset(rows(name)))


def decide(folder: Path, name: str) -> None:
    with Project.open(folder) as project:
        for id in list(project.examples.dataset().values("id"))[:50]:
            project.decisions.decide(id, "label", len(project.decisions.of(id)), name, reviewer="ann")


def decide_all(folder: Path, name: str) -> None:
    with Project.open(folder) as project:
        changes = [(id, "label", name) for id in project.examples.dataset().values("id")]
        project.decisions.decide_all(changes, "ann", name, only_undecided=False)  # type: ignore[arg-type]


def check(folder: Path, name: str) -> None:
    with Project.open(folder) as project:
        project.findings.check(["empty", "copy_of_input"])


def export(folder: Path, name: str) -> None:
    with Project.open(folder) as project:
        project.exports.write(folder / "export", ("parquet",))


def migrate(folder: Path, name: str) -> None:
    Project.open(folder).close()


def back_up(folder: Path, name: str) -> None:
    with Project.open(folder) as project:
        backup.back_up(project.place, folder.parent / "out.backup")


def restore(folder: Path, name: str) -> None:
    gone(folder.parent / "again")
    backup.restore(folder.parent / "kept.backup", folder.parent / "again")
    is_tidy(folder.parent / "again")


Act = Callable[[Path, str], None]
KINDS: dict[str, Act] = {
    "import": load, "decision": decide, "bulk": decide_all, "check": check, "export": export, "migration": migrate,
    "backup": back_up, "restore": restore,
}  # fmt: skip


OF_STORE = ("import", "decision", "bulk", "check", "restore")
"""The kinds that write on the disk of a server."""
BESIDE = {"project", "ballast", "again", "kept.backup", "out.backup"}


def held(folder: Path) -> tuple[int, int]:
    """(rows, decisions) in the project; nothing else is left in it or beside it."""
    with Project.open(folder) as project, database.read(project.place.engine) as connection:
        stored, decided = len(project.examples.dataset()), len(decisions_of(connection))
    shutil.rmtree(folder / "export", ignore_errors=True)
    for name in ("project.v4.db", TRAINED):
        (folder / name).unlink(missing_ok=True)
    is_tidy(folder)
    left = {path.name for path in folder.parent.iterdir()} - BESIDE
    assert not left, left
    return stored, decided


def decisions_of(connection: database.Connection) -> list[object]:
    return list(connection.exec_driver_sql("SELECT * FROM history"))


def tried(act: Act, disk: Disk, kilobytes: int) -> str:
    """ "done", or "refused" with the sentence it must be refused with, or "crashed" where the server did."""
    ballast = filled(disk.place, kilobytes)
    try:
        act(disk.folder / "project", f"with {kilobytes}")
        return "done"
    except CurationError as refused:
        if disk.server is not None and "does not answer" in str(refused):
            return "crashed"
        assert any(said in str(refused) for said in SAYS), f"{kilobytes} kB left: {refused!r}"
        return "refused"
    finally:
        ballast.unlink()
        disk.is_back()


def full(name: str, act: Act, new_disk: Callable[[], AbstractContextManager[Disk]]) -> Counter[str]:
    """How often the act was done or refused on a disk with more and more room."""
    ends = Counter[str]()
    for kilobytes in ROOM:
        with new_disk() as disk:
            folder = project_of_version(4, disk.folder / "project") if name == "migration" else made(disk.folder)
            if name == "restore":
                with Project.open(folder) as project:
                    backup.back_up(project.place, disk.folder / "kept.backup")
            before = (7, 6) if name == "migration" else held(folder)
            end = tried(act, disk, kilobytes)
            ends[end] += 1
            after = held(folder)
            assert after >= before, (kilobytes, before, after)
            assert end == "done" or name == "decision" or after[0] == before[0], (kilobytes, before, after)
            act(folder, "again")
            assert held(folder) >= after
    return ends


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--megabytes", type=int, default=24, help="size of the disk; of a server 150 at least")
    arguments.add_argument("--only", nargs="*", default=list(KINDS))
    arguments.add_argument("--postgresql", choices=("tables", "server"), default="")
    asked = arguments.parse_args()
    if asked.postgresql:
        new_disk = partial(server_on, asked.postgresql, max(asked.megabytes, SERVER))
        asked.only = [name for name in asked.only if name in OF_STORE]
    else:
        new_disk = partial(on_disk, asked.megabytes)
    imports.ROWS, decisions.STEP, processes.NICE = 100, 100, 0
    with suppress(KeyboardInterrupt), tempfile.TemporaryDirectory() as home:
        os.environ["CURATION_HOME"] = home
        for name in asked.only:
            print(name, dict(full(name, KINDS[name], new_disk)), flush=True)


if __name__ == "__main__":
    main()
