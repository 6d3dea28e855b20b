"""What people see on stderr while a command works: a bar with the time left; in a log, a line now and then."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Column

from curation.records.progress import Progress, ignore
from curation.wording import percent, time_left
from curation.wording.visible import marked

SILENT = 1.0
"""Seconds in which a log stays empty: a command that takes less has nothing to tell, and no two steps stand closer."""
REPEATED = 30.0
"""Seconds after which a log says again how far the same step is: two lines a minute show that it lives."""
REDRAWN = 0.1
"""Seconds between two drawings of the bar: ten a second look alive and cost nothing."""


@contextmanager
def shown(quiet: bool) -> Iterator[Progress]:
    """The progress that people watch while the block runs, gone when it ends; nothing where `quiet`."""
    if quiet:
        yield ignore
    elif sys.stderr.isatty() and not Console(file=sys.stderr).is_dumb_terminal:
        with _bar(sys.stderr) as progress:
            yield progress
    else:
        yield lines(lambda line: print(line, file=sys.stderr, flush=True))


def lines(write: Callable[[str], Any], clock: Callable[[], float] = time.monotonic) -> Progress:
    """Progress as lines of a log: one for each new step, and every half minute within one, with the time left."""
    began = said = clock()
    step = ""

    def show(done: float, message: str) -> None:
        nonlocal said, step
        now, here = clock(), re.sub(r"[\d.,]+", "", message)
        if now - said < (SILENT if here != step else REPEATED):
            return
        said, step = now, here
        write(f"{percent(done, 0):>5}  {marked(message)}{time_left(done, now - began)}")

    return show


@contextmanager
def _bar(terminal: TextIO) -> Iterator[Progress]:
    """A bar on its own line; whatever is printed meanwhile stands above it."""
    words = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis"))
    bar = Bar(
        BarColumn(30),
        TaskProgressColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        words,
        console=Console(file=terminal),
        auto_refresh=False,  # it would take a thread, and the processes that are started meanwhile would copy its locks
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    task, drawn = bar.add_task("", total=1.0), 0.0

    def show(done: float, message: str) -> None:
        nonlocal drawn
        bar.update(task, completed=done, description=marked(" ".join(message.split())))
        if time.monotonic() - drawn >= REDRAWN:
            drawn = time.monotonic()
            bar.start()
            bar.refresh()

    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Above(sys.stdout, bar), _Above(sys.stderr, bar)
    try:
        yield show
    finally:
        sys.stdout, sys.stderr = streams
        bar.stop()


class _Above:
    """A stream that takes the bar away before anything is written, so that no result stands on its line."""

    def __init__(self, stream: Any, bar: Bar) -> None:
        self._stream, self._bar = stream, bar

    def write(self, text: str) -> int:
        """As the stream does."""
        self._bar.stop()
        return int(self._stream.write(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
