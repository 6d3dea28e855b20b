"""A process of the local engine: calls what it is sent and sends back what comes of it, until the line is closed."""

import sys
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler

from curation.files.confined import end_with_parent


def serve(line: Connection) -> None:
    """(function, arguments) in, (True, result) or (False, exception) out, one after the other."""
    while True:
        try:
            function, arguments = line.recv()
        except EOFError:
            return
        try:
            line.send((True, function(*arguments)))
        except Exception as error:  # noqa: BLE001  (whatever it is, it is raised where the work was given out)
            _tell(line, error)


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
