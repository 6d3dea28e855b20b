"""Progress and cancellation, handed down to long-running functions as one plain callable."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called as `progress(done, message)` with done in 0..1; raises `Cancelled` when the person asked to stop."""


class Cancelled(Exception):
    """The person asked to stop. Not an error: nothing is reported as failed."""


def ignore(done: float, message: str) -> None:
    """A progress that nobody watches."""


def part(progress: Progress, low: float, high: float) -> Progress:
    """The progress of one step that runs from `low` to `high` (0..1) of the whole."""
    return lambda done, message: progress(low + (high - low) * done, message)
