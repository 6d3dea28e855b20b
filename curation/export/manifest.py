"""What an export contains and came from, and whether it still is what was written."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from curation.errors import UsageError

NAME = "manifest.json"
APPROVAL = "approval.json"
KIND = "curation export"
FORMAT = 1
"""Raised when a later version of this file could not be read by this one."""


@dataclass(frozen=True)
class Manifest:
    """An export's contents: no time and no path in it, so that the same input gives the same bytes.

    `dataset` is the digest of the kept rows. `counts` has rows_in = kept + removed + rejected, and train, validation
    and test, which sum to kept. `removed` counts the removed rows by reason. `decisions` says what people did, by
    action. `verdict` has the outcome and what it rests on. `formats` are each format's settings and notes. `files`
    gives SHA-256 and bytes of every other file in the folder (an approval, written later, apart).
    `source` is the digest of the rows before personal data was left out or masked: what a project is compared with.
    `personal` says in how many kept rows personal data or keys were found and what became of them, `marks` how many
    rows are for retrieval and how many for style. `held` says how many `rows` stand in test because models are measured
    on them or on near-duplicates of them, how many others an arm was `scored` on, and how many `labels` have no row in
    train for that; empty where nothing was measured.
    `counted` says how many rows the verdict counts and why more are kept. `lost` counts, by format, the kept rows that
    hold what the format cannot carry; it stands in the file only where something is lost.
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
    kind: str = KIND
    format: int = FORMAT

    @property
    def outcome(self) -> str:
        """The outcome of the verdict it carries, "" where it carries none."""
        return str(self.verdict.get("outcome", ""))

    def to_json(self) -> bytes:
        """The manifest as indented JSON with sorted keys, ended by a newline."""
        values = {name: value for name, value in asdict(self).items() if name != "lost" or value}
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
    """SHA-256 (hex) of an export's manifest, which has those of all its files: what tells one export from another."""
    return hashlib.sha256((folder / NAME).read_bytes()).hexdigest()


def is_plain(name: str) -> bool:
    """Whether this is a file name and nothing more: no folder, not hidden, no control characters."""
    return bool(name) and not name.startswith(".") and name.isprintable() and not set(name) & set("/\\:")


def hashed(path: Path) -> dict[str, Any]:
    """SHA-256 (hex) and size in bytes of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": path.stat().st_size}


def verify(out: Path) -> list[str]:
    """What is wrong with an export folder, one sentence each; empty when it is exactly what was written."""
    try:
        manifest = read(out)
    except UsageError as error:
        return [str(error)]
    problems = [f"{name} is not part of the export." for name in foreign(out, manifest)]
    for name, written in sorted(manifest.files.items()):
        if not (out / name).is_file():
            problems.append(f"{name} is missing.")
        elif hashed(out / name) != written:
            problems.append(f"{name} was changed after the export.")
    return problems


def foreign(out: Path, manifest: Manifest) -> list[str]:
    """Names in an export folder that neither the export nor its approval put there."""
    strays = f".{APPROVAL}."  # what an approval leaves that was killed while it was written
    names = {path.name for path in out.iterdir() if not path.name.startswith(strays)}
    return sorted(names - {NAME, APPROVAL, *manifest.files})


def library_versions() -> dict[str, str]:
    """The versions of this product and of the libraries that decide what an export holds."""
    return {name: version(name) for name in ("curation", "datasketch", "numpy", "pyarrow", "scikit-learn", "scipy")}
