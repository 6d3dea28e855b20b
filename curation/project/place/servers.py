"""Servers that were named at this computer. A project's folder may come from anybody, and what it names is a stranger's
server until a person has named it too: nothing is sent there before, no password least of all."""

from contextlib import suppress
from pathlib import Path

from curation.files import projects_folder


def _file() -> Path:
    # beside the folder of projects, not in it: folders of others are copied there
    return projects_folder().with_name("servers")


def is_known(address: str) -> bool:
    """Whether a person has named this very address here, options and all."""
    try:
        return address in _file().read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False


def remember(address: str) -> None:
    """A person has named this address, which holds no password."""
    if is_known(address):
        return
    path = _file()
    with suppress(OSError):  # where nothing can be kept, it is named each time
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{address}\n")
