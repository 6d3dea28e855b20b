"""The end of a project's record kept outside it: whoever rewrites the record in the project's folder is found out."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curation.errors import StoreFailed
from curation.files import write_text
from curation.store.database.chain import Head

HEAD_VARIABLE = "CURATION_HEAD_FILE"
"""The file, on a disk that those who may write to projects cannot write to, such as a mounted share or a log's."""


def head_file() -> Path | None:
    """Where ends are kept, None where nowhere."""
    named = os.environ.get(HEAD_VARIABLE, "")
    return Path(named) if named else None


def keep(path: Path, project: Path, head: Head) -> None:
    """Keep the end of a project's record, unless a later one is kept. Raises StoreFailed where the file cannot be."""
    name = str(project.resolve())
    with _changing(path) as ends:
        if name not in ends or ends[name].seq < head.seq:
            ends[name] = head


def move(folder: Path, target: Path | None) -> None:
    """Keep the end of a project's record, if one is kept, under the folder it has now, or no more where it is gone.

    Raises StoreFailed where the file cannot be written.
    """
    path = head_file()
    if path is None or not path.exists():
        return
    with _changing(path) as ends:
        end = ends.pop(str(folder.parent.resolve() / folder.name), None)
        if end is not None and target is not None:
            ends[str(target.resolve())] = end


@contextmanager
def _changing(path: Path) -> Iterator[dict[str, Head]]:
    """The ends by folder, written back where they were changed, by one process at a time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(f"{path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = _read(path)
            ends = dict(before)
            yield ends
            if ends != before:
                said = {name: vars(end) for name, end in ends.items()}
                write_text(path, json.dumps(said, indent=1, sort_keys=True))
    except OSError as error:
        raise StoreFailed(
            f"{path}, which {HEAD_VARIABLE} names, was not written: {error.strerror}. What you did is stored. Mend the "
            "file, or leave the variable out."
        ) from None


def kept(path: Path, project: Path) -> Head | None:
    """The end that is kept of a project, None where none is. Raises StoreFailed where the file cannot be read."""
    return _read(path).get(str(project.resolve()))


def _read(path: Path) -> dict[str, Head]:
    try:
        return {name: Head(**end) for name, end in json.loads(path.read_text("utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError):
        raise StoreFailed(
            f"{path}, which holds the ends of records, cannot be read. Bring it back, or remove it."
        ) from None
