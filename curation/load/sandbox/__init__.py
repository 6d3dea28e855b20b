"""The parent's side: starts the child that parses a file, watches it, and takes over what it wrote."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from curation.errors import ColumnsUnclear, CurationError, InputRejected, UsageError
from curation.files import temporary_folder
from curation.files.confined import HAS_LIMITS, environment
from curation.load.limits import Limits
from curation.load.raw.folders import size_of
from curation.load.rows import Request
from curation.load.writer import EXAMPLES_FILE, REJECTED_FILE
from curation.records import DATASET_SCHEMA, REJECTED_SCHEMA, Columns, Dataset, Imported
from curation.records.progress import Progress

POLL = 0.2
"""Seconds between two looks at the child: five a second keep a progress bar moving and a cancel prompt."""


@dataclass(frozen=True)
class Spooled:
    """A file as the child read it, left on disk: `examples` is an Arrow file of `stored` rows of DATASET_SCHEMA."""

    examples: Path
    stored: int
    rejected: pa.Table
    columns: Columns
    warnings: tuple[str, ...]


def parsed(request: Request, progress: Progress) -> Imported:
    """The file as the child read it; a private folder holds what passes between the two and is gone afterwards.

    Raises InputRejected and UsageError as the child does, InputRejected where the child dies or exceeds a limit,
    CurationError where our own reader fails or the system cannot limit it, and lets Cancelled through. The child never
    outlives this call.
    """
    with _read(request, progress) as (folder, status):
        return take_over(folder, request.name, status, request.limits)


@contextmanager
def spooled(request: Request, progress: Progress) -> Iterator[Spooled]:
    """The file as the child read it, for as long as the block lasts and never in memory as a whole; raises as above."""
    with _read(request, progress) as (folder, status):
        summary = _summary(folder, request.name, status, request.limits)
        with pa.memory_map(str(folder / EXAMPLES_FILE)) as file:
            reader = pa.ipc.open_file(file)
            stored = sum(reader.get_batch(n).num_rows for n in range(reader.num_record_batches))
        rejected = _table(folder / REJECTED_FILE, REJECTED_SCHEMA)
        chosen = Columns(**{**summary["columns"], "input": tuple(summary["columns"]["input"])})
        yield Spooled(folder / EXAMPLES_FILE, stored, rejected, chosen, tuple(summary["warnings"]))


@contextmanager
def _read(request: Request, progress: Progress) -> Iterator[tuple[Path, int]]:
    """The child's folder and exit status; the folder is gone when the block ends."""
    if not HAS_LIMITS:
        raise CurationError(
            f"{request.name}: not read. Files are parsed in a process whose memory and time are limited, so that a "
            "hostile one does no harm; Windows has no such limits. Use Linux, macOS, or Windows' own WSL."
        )
    with temporary_folder("load-") as folder:
        size = size_of(request.path)
        asked = asdict(request) | {"path": str(request.path.absolute()), "size": size}
        (folder / "request.json").write_text(json.dumps(asked))
        yield folder, _run(folder, request.name, request.limits.wall_seconds * request.limits.patience(size), progress)


def _run(folder: Path, name: str, wall: float, progress: Progress) -> int:
    """The child's exit status; minus the number of the signal that ended it."""
    command = [sys.executable, "-P", "-m", "curation.load.sandbox.child", str(folder)]
    deadline = time.monotonic() + wall
    with (folder / "stderr").open("wb") as stderr:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr, cwd=folder, env=environment()
        )
    try:
        while True:
            try:
                return child.wait(POLL)
            except subprocess.TimeoutExpired:
                _report(folder, name, progress)
            if time.monotonic() > deadline:
                raise InputRejected(
                    f"{name}: could not be parsed safely: it took more than {wall:.0f} s; split the file"
                )
    finally:
        child.kill()
        child.wait()


def _report(folder: Path, name: str, progress: Progress) -> None:
    try:
        done, rows = (folder / "progress").read_text().split()
    except FileNotFoundError:
        progress(0.0, f"reading {name}")
        return
    progress(float(done), f"reading {name}: {int(rows):,} rows")


def _summary(folder: Path, name: str, status: int, limits: Limits) -> dict[str, Any]:
    if status < 0:
        raise InputRejected(f"{name}: could not be parsed safely: {_cause(-status, limits)}; export the file again")
    if status:
        raise CurationError(f"{name}: the reader failed: {_last_words(folder / 'stderr')}; please report it")
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    if "rejected" in summary:
        raise InputRejected(summary["rejected"])
    if "unclear" in summary:
        raise ColumnsUnclear(summary["unclear"], tuple(summary["available"]))
    if "usage" in summary:
        raise UsageError(summary["usage"])
    return summary


def take_over(folder: Path, name: str, status: int, limits: Limits) -> Imported:
    """What a child that ended with `status` left in `folder`; raises as `parsed` does."""
    summary = _summary(folder, name, status, limits)
    columns = summary.pop("columns")
    return Imported(
        dataset=Dataset(_table(folder / EXAMPLES_FILE, DATASET_SCHEMA)),
        rejected=_table(folder / REJECTED_FILE, REJECTED_SCHEMA),
        columns=Columns(**{**columns, "input": tuple(columns["input"])}),
        available=tuple(summary.pop("available")),
        warnings=tuple(summary.pop("warnings")),
        sheets=tuple(summary.pop("sheets")),
        splits=tuple(summary.pop("splits")),
        **summary,
    )


def _cause(number: int, limits: Limits) -> str:
    if number == signal.SIGXCPU:
        return f"it took more than {limits.cpu_seconds} s of computing per 20 MB"
    return f"the reader was ended by {signal.Signals(number).name}"


def _last_words(stderr: Path) -> str:
    written = stderr.read_text(errors="replace").strip().splitlines()
    return written[-1].partition(":")[0][:80] if written else "it left no message"


def _table(path: Path, schema: pa.Schema) -> pa.Table:
    """What the child wrote, mapped, not copied: the pages stay readable after the file is removed."""
    with pa.memory_map(str(path)) as file:
        table = pa.ipc.open_file(file).read_all()
    table.validate(full=True)
    return table.cast(schema) if table.schema != schema else table
