"""A PostgreSQL server of the tests' own: started once for all tests of a process, on a socket nobody else knows."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

MISSING = "The tests of the store need PostgreSQL: `make postgresql` installs it on Debian. Elsewhere, install it so that initdb is found."
USER = "curation"
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "150",
    "autovacuum": "off",
}
"""Nothing of it outlives the tests."""


def programs() -> Path | None:
    """The folder of the server's programs; Debian keeps them out of the path."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(newest[-1]) if newest else shutil.which("initdb")
    return Path(found).parent if found else None


def _run(*command: str) -> None:
    # the server refuses to be run by root
    other = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    done = subprocess.run([*other, *command], capture_output=True, text=True, cwd="/", timeout=120)
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"


def _sweep(found: Path) -> None:
    """Stop the servers whose tests were killed."""
    for folder in Path(tempfile.gettempdir()).glob("pg-*-*"):
        if not psutil.pid_exists(int(folder.name.split("-")[1])):
            stop = [str(found / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "stop"]
            with suppress(AssertionError):
                _run(*stop)
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Server:
    """A server that may be stopped, as when it crashes, and started again."""

    folder: Path
    control: tuple[str, ...]
    settings: str

    @property
    def address(self) -> str:
        return f"postgresql+psycopg://{USER}@/postgres?host={self.folder}"

    def start(self) -> None:
        _run(*self.control, "-w", "-l", str(self.folder / "log"), "-o", self.settings, "start")

    def stop(self) -> None:
        if self.is_running():
            _run(*self.control, "-w", "-m", "immediate", "stop")

    def is_running(self) -> bool:
        return (self.folder / "data" / "postmaster.pid").exists()


@contextmanager
def running(inside: Path | None = None, **options: str) -> Iterator[Server]:
    """A new server, which is gone at the end; `options` are its settings, `inside` is the folder to keep all of it in."""
    found = programs()
    assert found is not None, MISSING
    _sweep(found)
    # the path of a socket has 107 characters at most
    folder = Path(tempfile.mkdtemp(prefix=f"pg-{os.getpid()}-", dir=inside))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        made = "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync"
        _run(str(found / "initdb"), "-D", str(data), *made)
        # one user who needs a password
        rules = (data / "pg_hba.conf").read_text()
        (data / "pg_hba.conf").write_text(f"local all locked scram-sha-256\n{rules}")
        settings = " ".join(f"-c {name}={value}" for name, value in {**FAST, **options}.items())
        server = Server(folder, (str(found / "pg_ctl"), "-D", str(data)), f"-k {folder} -h '' {settings}")
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def started(**options: str) -> Iterator[str]:
    """The address of a database on a new server, which is gone at the end."""
    with running(**options) as server:
        yield server.address
