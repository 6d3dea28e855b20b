"""What of an export differs from run to run (record.json), and whether the folder still is what was written."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from curation.errors import UsageError
from curation.export.manifest import APPROVAL, NAME, RECORD, Manifest, hashed, is_plain, read

KIND = "curation record"


@dataclass(frozen=True)
class Record:
    """When an export was written (`date`, ISO) and by whom; `head` is the hash of the last thing people did in its
    project ("" outside one); `files` gives SHA-256 and bytes of the manifest and of every report."""

    date: str
    who: str
    head: str = ""
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kind: str = KIND

    def to_json(self) -> bytes:
        """The record as indented JSON with sorted keys, ended by a newline."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def write_record(folder: Path, record: Record, reports: Iterable[str]) -> None:
    """Write the record of an export whose manifest and reports stand in the folder."""
    files = {name: hashed(folder / name) for name in (NAME, *sorted(reports))}
    made = Record(record.date, record.who, record.head, files)
    (folder / RECORD).write_bytes(made.to_json())


def read_record(folder: Path) -> Record | None:
    """The record of an export, None in one of an earlier version. Raises UsageError where it cannot be read."""
    try:
        values: Any = orjson.loads((folder / RECORD).read_bytes())
        record = Record(**values)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        raise UsageError(f"{folder / RECORD} cannot be read. Export again.") from None
    names = record.files if isinstance(record.files, dict) else {"": {}}
    if record.kind != KIND or not all(is_plain(name) for name in names):
        raise UsageError(f"{folder / RECORD} is no record of an export. Export again.")
    return record


def verify(out: Path) -> list[str]:
    """What is wrong with an export folder, one sentence each; empty when it is exactly what was written."""
    try:
        manifest, record = read(out), read_record(out)
    except UsageError as error:
        return [str(error)]
    problems = [f"{name} is not part of the export." for name in foreign(out, manifest)]
    for name, written in sorted({**manifest.files, **(record.files if record else {})}.items()):
        if not (out / name).is_file():
            problems.append(f"{name} is missing.")
        elif hashed(out / name) != written:
            problems.append(f"{name} was changed after the export.")
    return problems


def foreign(out: Path, manifest: Manifest) -> list[str]:
    """Names in an export folder that neither the export nor its approval put there."""
    strays = f".{APPROVAL}."  # what an approval leaves that was killed while it was written
    try:
        record = read_record(out)
    except UsageError:
        record = None
    names = {path.name for path in out.iterdir() if not path.name.startswith(strays)}
    return sorted(names - {NAME, APPROVAL, RECORD, *manifest.files, *(record.files if record else ())})


def record_digest(folder: Path) -> str:
    """SHA-256 (hex) of the record, "" where there is none: an approval holds it."""
    path = folder / RECORD
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
