"""A project as one file: copied while people work in it, and brought back into a folder of its own."""

import json
import shutil
import zipfile
from contextlib import nullcontext
from pathlib import Path

from curation.errors import InputRejected, StoreFailed, UsageError
from curation.files import flush, temporary_folder
from curation.project.place import READ_FILES, Place, now, stores
from curation.project.place.access import require
from curation.project.place.stores import DATABASE
from curation.records.progress import Progress, ignore
from curation.store import database

ABOUT = "backup.json"
"""What the file says of itself: which kind it is, of which project, and when."""
KIND = "curation backup"
BLOCK = 1 << 20
LARGEST = 1 << 40
"""Bytes a backup may unpack to, a terabyte: beyond it the file says of itself what cannot be."""


def back_up(place: Place, out: str | Path, progress: Progress = ignore) -> Path:
    """The backup now at `out`: the project as it stood at one moment, without uploads and exports.

    Others go on meanwhile. For admins, as it holds everything. Raises UsageError where the file's folder is not there,
    StoreFailed where the disk refuses.
    """
    require(place, "admin")
    out = Path(out)
    if not out.parent.is_dir() or out.is_dir():
        raise UsageError(f"{out}: name a file in a folder that is there.")
    try:
        with temporary_folder("backup", out.parent.absolute()) as folder:
            progress(0.0, "copying the database")
            database.copy(place.engine, folder / DATABASE)
            progress(0.5, "packing")
            about = {"kind": KIND, "project": place.name, "at": now()}
            _packed(folder / out.name, place.folder, folder / DATABASE, about)
            flush(folder / out.name)
            (folder / out.name).replace(out)
            flush(out.parent)
    except OSError as error:
        raise StoreFailed(f"{out} was not written: {error.strerror}. Nothing is left of it.") from None
    progress(1.0, "backed up")
    return out


def _packed(path: Path, folder: Path, copied: Path, about: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(ABOUT, json.dumps(about))
        archive.write(copied, DATABASE)
        for name in READ_FILES.values():
            if (folder / name).is_file():
                archive.write(folder / name, name)


def restore(
    backup: str | Path, folder: str | Path, progress: Progress = ignore, store: str | None = None
) -> dict[str, str]:
    """Bring a backup back into a folder that holds no project; returns what it says of itself. `store` is as in
    `Project.open`: a backup of either database is brought back into either.

    Never into a project that is there: an app that has it open would go on writing into files nobody reads. Raises
    UsageError where the folder is not empty, InputRejected where the file is no backup, StoreFailed where the disk
    refuses; then nothing is left behind.
    """
    backup, folder = Path(backup), Path(folder)
    if not backup.is_file():
        raise UsageError(f"{backup}: no such file; check the path")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty. Name a folder that is not there yet, and move it once it is whole.")
    try:
        folder = folder.absolute()
        folder.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder("restore", folder.parent) as temporary:
            whole = temporary / "project"
            whole.mkdir()
            about = _unpacked(backup, whole, progress)
            database.close(database.open_database(whole / DATABASE))
            store = stores.chosen(store)
            with stores.to_server(whole, store, folder) if store else nullcontext():
                flush(whole)
                whole.replace(folder)  # also an empty one; a kill at any moment leaves a whole project or none
            flush(folder.parent)
    except OSError as error:
        raise StoreFailed(f"{folder} was not written: {error.strerror}. Nothing is left of it.") from None
    progress(1.0, "restored")
    return about


def _unpacked(backup: Path, folder: Path, progress: Progress) -> dict[str, str]:
    """What the backup says of itself; its files are in `folder`, under our names for them alone."""
    try:
        with zipfile.ZipFile(backup) as archive:
            about: dict[str, str] = json.loads(archive.read(ABOUT))
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
            if about.get("kind") != KIND or DATABASE not in sizes or sum(sizes.values()) > LARGEST:
                raise KeyError(ABOUT)
            for n, name in enumerate((DATABASE, *READ_FILES.values())):
                progress(n / (len(READ_FILES) + 2), "unpacking")
                if name in sizes:
                    with archive.open(name) as packed, (folder / name).open("wb") as file:
                        shutil.copyfileobj(packed, file, BLOCK)
                    flush(folder / name)
    except (zipfile.BadZipFile, KeyError, ValueError, AttributeError, EOFError):
        raise InputRejected(f"{backup.name} is not a backup of curation, or is damaged. Name another file.") from None
    flush(folder)
    return about
