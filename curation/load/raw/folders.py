"""The data files that a path stands for: itself, those of a folder or a pattern, or those of a data set on a disk."""

import glob
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curation.errors import InputRejected, UsageError

ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".arrow", ".feather", ".ftz.txt", ".kiln")
"""Endings of files that may hold rows; in a folder only these are read."""
RUN = "task_run.kiln"
"""Kiln keeps each run of a task in a file of this name, in a folder of its own: those of a task are one file here."""
PACKED = (".gz", ".zst", ".zip")
OWN = frozenset(
    {
        "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "config.json", "package.json",
        "tokenizer.json", "manifest.json", "record.json", "report.json", "rejected.jsonl", "removed.parquet",
    }
)  # fmt: skip
"""Files that stand beside data and hold none: Hugging Face's, and those of our own exports."""
SPLIT = re.compile(r"(?:^|[-_./])(train|test|validation|valid|val|dev|eval)(?:ing)?(?=[-_./]|$)", re.IGNORECASE)
"""A split in the name of a file or its folder, as Hugging Face finds it."""
HUB = re.compile(r"(?:hf://datasets/|datasets/)?([\w.-]+)/([\w.-]+)")
ADDRESS = re.compile(r"(?:https?|s3|gs|hf|abfss?)://")
MOST_FILES = 10_000


@dataclass(frozen=True)
class DataFile:
    """A file to read: its path, what it is called, and the split its place says it is, "" where it says none."""

    path: Path
    name: str
    split: str = ""


def data_files(path: Path, split: str = "") -> list[DataFile]:
    """The files behind a path, in order of their names; of those that say their split only the ones of `split`.

    Raises UsageError where there are none, with what to do where the path is an address or a data set's name on a hub.
    """
    if path.is_file():
        return [DataFile(path, path.name)]
    files = list(_found(path))
    if not files:
        raise UsageError(_missing(path))
    if len(files) > MOST_FILES:
        raise UsageError(f"{path}: {len(files):,} files, more than {MOST_FILES:,}; name fewer")
    chosen = [file for file in files if not split or file.split.lower() in ("", split.lower())]
    if not chosen:
        there = ", ".join(sorted({file.split for file in files}))
        raise UsageError(f"{path}: no file of the split {split!r}; its splits are {there}")
    return chosen


def _found(path: Path) -> Iterator[DataFile]:
    if path.is_dir():
        yield from _in_folder(path)
    elif glob.has_magic(str(path)):
        names = glob.glob(str(path), recursive=True)  # noqa: PTH207  (Path.glob takes no absolute pattern)
        for name in sorted(names, key=_natural):
            if Path(name).is_file() and Path(name).name not in OWN:
                yield DataFile(Path(name), Path(name).name, _split(Path(name).name))


def _in_folder(folder: Path) -> Iterator[DataFile]:
    """The files of a folder: those that a data set saved there names, else all with an ending of data."""
    if (folder / "dataset_dict.json").is_file():
        for split in _listed(folder / "dataset_dict.json", "splits"):
            for name in _saved(folder / str(split)):
                yield DataFile(folder / str(split) / name, f"{split}/{name}", str(split))
        return
    if (folder / "state.json").is_file():
        for name in _saved(folder):
            yield DataFile(folder / name, name)
        return
    if tasks := {run.parent.parent for run in folder.rglob(f"*/{RUN}") if not _is_hidden(run.relative_to(folder))}:
        for task in sorted(tasks, key=lambda task: _natural(str(task))):
            yield DataFile(task, task.relative_to(folder).as_posix() if task != folder else folder.absolute().name)
        return
    for file in sorted(folder.rglob("*"), key=lambda file: _natural(str(file))):
        inside = file.relative_to(folder)
        if not _is_hidden(inside) and file.name not in OWN and _is_data(file.name) and file.is_file():
            yield DataFile(file, inside.as_posix(), _split(inside.as_posix()))


def _is_hidden(inside: Path) -> bool:
    return any(part.startswith((".", "__")) for part in inside.parts)


def runs_in(folder: Path) -> list[Path]:
    """The files of the runs in a folder that Kiln keeps a task's runs in; [] for any other folder or file."""
    return sorted(folder.glob(f"*/{RUN}"), key=lambda file: _natural(str(file)))


def size_of(path: Path) -> int:
    """Bytes of a file, or of all runs in a folder of them."""
    return sum(run.stat().st_size for run in runs_in(path)) if path.is_dir() else path.stat().st_size


def _saved(folder: Path) -> list[str]:
    """The Arrow files of a data set written by `save_to_disk`; caches that lie beside them are not among them."""
    state = folder / "state.json"
    if _listed(state, "_indices_data_files"):
        raise InputRejected(
            f"{folder}: the data set was saved with a selection of rows; save it again with "
            "flatten_indices() before save_to_disk"
        )
    names = [entry.get("filename") for entry in _listed(state, "_data_files") if isinstance(entry, dict)]
    plain = [name for name in names if isinstance(name, str) and Path(name).name == name]
    if not plain:
        raise InputRejected(f"{state}: it names no data file; save the data set again with save_to_disk")
    return plain


def _listed(path: Path, key: str) -> list[Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputRejected(f"{path}: it cannot be read as JSON; save the data set again with save_to_disk") from None
    found = values.get(key) if isinstance(values, dict) else None
    return found if isinstance(found, list) else []


def _is_data(name: str) -> bool:
    name = name.lower()
    for ending in PACKED:
        name = name.removesuffix(ending)
    return name.endswith(ENDINGS)


def _split(name: str) -> str:
    """The split a file's own name says, else its folders'."""
    for part in reversed(name.split("/")):
        if match := SPLIT.search(part):
            return match[1]
    return ""


def _natural(name: str) -> list[Any]:
    """Names in the order people count in: part-2 before part-10."""
    return [int(part) if part.isdigit() else part.lower() for part in re.split(r"(\d+)", name)]


def _missing(path: Path) -> str:
    name = str(path)
    if path.is_dir():
        return f"{path}: no data file in this folder; files read have the endings {', '.join(ENDINGS)}"
    if ADDRESS.match(name) or name.startswith(("http:/", "https:/", "hf:/", "s3:/", "gs:/")):
        return f"{name}: addresses are not read; download the file and name it here"
    if glob.has_magic(name):
        return f"{name}: no file fits this pattern; check the path"
    if (match := HUB.fullmatch(name)) and not _is_data(name) and not path.parent.exists():
        owner, title = match[1], match[2]
        return (
            f"{name}: no such file. If it is a data set on the Hugging Face hub, download it first: hf download "
            f"{owner}/{title} --repo-type dataset --local-dir {title}; then name the folder {title} here"
        )
    return f"{name}: no such file; check the path"
