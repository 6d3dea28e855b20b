"""The end of a project's record kept outside it: whoever rewrites the record in the project's folder is found out."""

import fcntl
import json
import os
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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(f"{path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = _read(path)
            before = known.get(str(project.resolve()))
            if before is None or before.seq < head.seq:
                ends = {name: vars(end) for name, end in {**known, str(project.resolve()): head}.items()}
                write_text(path, json.dumps(ends, indent=1, sort_keys=True))
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
