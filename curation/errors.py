"""Every error the product raises on purpose.

    CurationError            exit 1, our fault unless a subclass says otherwise
    |- UsageError            exit 2: no such file, column, flag or context field
    |  |- NoProject          there is no project in a folder; it brings the app's of that name
    |  `- ColumnsUnclear     nobody can tell which columns of a file to read; it brings those there are
    |- NotAllowed            exit 2: whoever asks may not do this in this project
    |- InputRejected         exit 3: a file that is unreadable, empty or not what it says; nothing stored
    |- StoreFailed         exit 3: a project's disk is full, read-only, busy, damaged or gone
    |- EndpointFailed        exit 3: an endpoint refused, could not be reached, or answered nothing usable
    |- GateNotPassed         exit 4: no approval that holds, a verdict that forbids training, or a changed record
    |- NotChecked            a check or evidence item that cannot run on this dataset; its message is the reason shown
    |  `- PluginFailed       a plug-in of another package raised an error of its own
    |- StaleDecision         a decision made on a version of the example that is no longer the current one
    `- JobFailed             a background job ended without its result

A message says what happened, where (file, row, column), and what to do next.
`Cancelled` stands outside the tree: the person asked to stop.
"""

import difflib
from collections.abc import Iterable


class CurationError(Exception):
    """The root of the tree; `exit_status` is what the command line returns."""

    exit_status = 1


class UsageError(CurationError):
    """The caller named something that does not exist."""

    exit_status = 2


class NoProject(UsageError):
    """There is no project in the folder `named`; `instead` is the folder of the app's project of that name, if any."""

    def __init__(self, message: str, named: str, instead: str = "") -> None:
        super().__init__(message)
        self.named, self.instead = named, instead


class ColumnsUnclear(UsageError):
    """No column of a file can be an input, or the one chosen holds no texts; `available` are those to choose from."""

    def __init__(self, message: str, available: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.available = tuple(available)


class NotAllowed(CurationError):
    """Whoever asks may not do this here; the message says who may."""

    exit_status = 2


class InputRejected(CurationError):
    """A file was refused as a whole."""

    exit_status = 3


class StoreFailed(CurationError):
    """A project's folder or its disk does not do what was asked; what was acknowledged before is stored."""

    exit_status = 3


class EndpointFailed(CurationError):
    """An endpoint gave nothing that could be measured."""

    exit_status = 3


class GateNotPassed(CurationError):
    """An export may not be used for training as it is, or a project's record is not as it was stored."""

    exit_status = 4


class NotChecked(CurationError):
    """A check or evidence item could not run; the message is the reason a person reads."""


class PluginFailed(NotChecked):
    """A plug-in of another package failed: what it was to find out is not known, and the rest goes on."""


class StaleDecision(CurationError):
    """Somebody else decided this example first."""


class JobFailed(CurationError):
    """A background job stopped without a result."""


class Cancelled(Exception):
    """The person asked to stop. Not an error: nothing is reported as failed."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence naming the known name most like this one, or all known names when none is alike."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(names)}"
