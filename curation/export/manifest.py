"""What an export contains and came from, what of it differs from run to run, and whether it is as it was written."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from curation.errors import UsageError
from curation.records.display import as_table, panel

NAME = "manifest.json"
APPROVAL = "approval.json"
RECORD = "record.json"
KIND = "curation export"
RECORD_KIND = "curation record"
FORMAT = 1
"""Raised when a later version of this file could not be read by this one."""


@dataclass(frozen=True)
class Manifest:
    """An export's contents: no time, no name and no path in it, so that the same input gives the same bytes.

    `dataset` is the digest of the kept rows. `counts` has rows_in = kept + removed + rejected, and train, validation
    and test, which sum to kept. `removed` counts the removed rows by reason. `decisions` says what people did, by
    action. `verdict` has the outcome and what it rests on. `formats` are each format's settings and notes. `files`
    gives SHA-256 and bytes of every other file in the folder but reports and what differs from run to run: those stand
    in the record (`record.json`), an approval is written later.
    `source` is the digest of the rows before personal data was left out or masked: what a project is compared with.
    `personal` says in how many kept rows personal data or keys were found and what became of them, `marks` how many
    rows are for retrieval and how many for style. `held` says how many `rows` stand in test because models are measured
    on them or on near-duplicates of them, how many others an arm was `scored` on, and how many `labels` have no row in
    train for that; empty where nothing was measured.
    `counted` says how many rows the verdict counts and why more are kept. `lost` counts, by format, the kept rows that
    hold what the format cannot carry; it stands in the file only where something is lost.
    `model` is what is known of the model that read the rows, by people's answers; only where one did.
    `about` has what the card says of licence, task, size, languages, tokens and the largest similarity across splits.
    """

    dataset: str
    counts: Mapping[str, int]
    removed: Mapping[str, int]
    sources: Sequence[str]
    seed: int
    shares: Sequence[float]
    settings: Mapping[str, Any]
    decisions: Mapping[str, int]
    versions: Mapping[str, str]
    verdict: Mapping[str, Any]
    waivers: Sequence[Mapping[str, Any]] = ()
    formats: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    source: str = ""
    personal: Mapping[str, Any] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    counted: Mapping[str, int] = field(default_factory=dict)
    lost: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)
    kind: str = KIND
    format: int = FORMAT

    def __repr__(self) -> str:
        parts = ", ".join(f"{self.counts[name]:,} {name}" for name in ("train", "validation", "test"))
        left = ", ".join(f"{self.counts[name]:,} {name}" for name in ("removed", "rejected"))
        return f"Manifest({self.counts['kept']:,} rows kept: {parts}; {left}; verdict: {self.outcome or 'none'})"

    def _repr_html_(self) -> str:
        removed = as_table(["removed because", "rows"], list(self.removed.items()))
        files = as_table(["file", "bytes"], [(name, each["bytes"]) for name, each in self.files.items()])
        return panel(repr(self)[len("Manifest(") : -1], (), files, removed)

    @property
    def outcome(self) -> str:
        """The outcome of the verdict it carries, "" where it carries none."""
        return str(self.verdict.get("outcome", ""))

    def to_json(self) -> bytes:
        """The manifest as indented JSON with sorted keys, ended by a newline."""
        values = {name: value for name, value in asdict(self).items() if name not in ("lost", "model") or value}
        return orjson.dumps(values, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def read(folder: Path) -> Manifest:
    """The manifest of an export folder. Raises UsageError when there is none or it cannot be read."""
    try:
        values = orjson.loads((folder / NAME).read_bytes())
    except OSError:
        raise UsageError(f"{folder} holds no {NAME}, so it is not an export. Name a folder made by export.") from None
    except ValueError:
        raise UsageError(f"{folder / NAME} is not valid JSON. Export again.") from None
    if not isinstance(values, dict) or values.get("kind") != KIND or values.get("format") != FORMAT:
        raise UsageError(f"{folder / NAME} is not a manifest this version can read. Export again.")
    try:
        manifest = Manifest(**values)
    except TypeError:
        raise UsageError(f"{folder / NAME} lacks fields or has unknown ones. Export again.") from None
    if not isinstance(manifest.files, dict) or not all(is_plain(name) for name in manifest.files):
        raise UsageError(f"{folder / NAME} names files outside its folder. Export again.")
    if not isinstance(manifest.verdict, dict):
        raise UsageError(f"{folder / NAME} holds no readable verdict. Export again.")
    return manifest


def digest(folder: Path) -> str:
    """SHA-256 (hex) of an export's manifest, which has those of its data: what tells one export from another."""
    return hashlib.sha256((folder / NAME).read_bytes()).hexdigest()


def is_plain(name: str) -> bool:
    """Whether this is a file name and nothing more: no folder, not hidden, no control characters."""
    return bool(name) and not name.startswith(".") and name.isprintable() and not set(name) & set("/\\:")


def hashed(path: Path) -> dict[str, Any]:
    """SHA-256 (hex) and size in bytes of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": path.stat().st_size}


_version = cache(version)  # each call reads and parses a file of the package


def library_versions() -> dict[str, str]:
    """The versions of this product and of the libraries that decide what an export holds."""
    return {name: _version(name) for name in ("curation", "datasketch", "numpy", "pyarrow", "scikit-learn", "scipy")}


@dataclass(frozen=True)
class Record:
    """When an export was written (`date`, ISO) and by whom; `head` is the hash of the last thing people did in its
    project ("" outside one); `files` gives SHA-256 and bytes of the manifest and of every report."""

    date: str
    who: str
    head: str = ""
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kind: str = RECORD_KIND

    def to_json(self) -> bytes:
        """The record as indented JSON with sorted keys, ended by a newline."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def write_record(folder: Path, record: Record, reports: Iterable[str]) -> None:
    """Write `record.json` beside the manifest and reports of an export."""
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
    if record.kind != RECORD_KIND or not all(is_plain(name) for name in names):
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
