"""A process of the local engine: calls what it is sent and sends back what comes of it, until the line is closed."""

import sys
import time
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler

from curation.engine.memory import give_back
from curation.files.confined import end_with_parent
from curation.records.progress import Progress, heard_by

PAUSE = 0.2
"""Seconds between two reports of progress inside a piece of work: as often as those who give it out look."""
TRIM_EVERY = 2.0
"""Seconds of a long piece of work after which memory is given back again, which takes milliseconds."""


def serve(line: Connection) -> None:
    """(function, arguments) in, (True, result) or (False, exception) out, one after the other; meanwhile (None, how far
    it is, 0..1)."""
    while True:
        try:
            function, arguments = line.recv()
        except EOFError:
            return
        try:
            with heard_by(_now_and_then(line)):
                result = function(*arguments)
            line.send((True, result))
            del result
        except Exception as error:  # noqa: BLE001  (whatever it is, it is raised where the work was given out)
            _tell(line, error)
        give_back()  # the next piece may be small, and others may need it


def _now_and_then(line: Connection) -> Progress:
    last = trimmed = time.monotonic()

    def progress(done: float, message: str) -> None:
        nonlocal last, trimmed
        now = time.monotonic()
        if now - last >= PAUSE:
            last = now
            line.send((None, done))
        if now - trimmed >= TRIM_EVERY:
            trimmed = now
            give_back()

    return progress


def _tell(line: Connection, error: Exception) -> None:
    """Sends the exception as it is, or what it says where it cannot be sent, or not be made again from what is sent."""
    try:
        ForkingPickler.loads(ForkingPickler.dumps(error))
    except Exception:  # noqa: BLE001  (an exception of a library may fail in any way when it is made again)
        error = RuntimeError(f"{type(error).__name__}: {error}")
    line.send((False, error))


if __name__ == "__main__":
    end_with_parent()
    serve(Connection(int(sys.argv[1])))
