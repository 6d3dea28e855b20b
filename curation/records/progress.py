"""Progress and cancellation, and what many pieces of work are done by, handed down as plain callables."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Progress = Callable[[float, str], None]
"""Called as `progress(done, message)` with done in 0..1; raises `Cancelled` when the person asked to stop."""


def ignore(done: float, message: str) -> None:
    """A progress that nobody watches."""


def part(progress: Progress, low: float, high: float) -> Progress:
    """The progress of one step that runs from `low` to `high` (0..1) of the whole."""
    return lambda done, message: progress(low + (high - low) * done, message)


Run = Callable[[Callable[..., Any], Sequence[tuple[Any, ...]], Progress], list[Any]]
"""`run(function, arguments, progress)`: what the function gives for each of the arguments, in their order.

An engine may do it in other processes: the function must be one of a module, its arguments and results values that can
be pickled, and both the same however often it is called, as a process may die at it. What it raises is raised.
"""


_listening: ContextVar[Progress] = ContextVar("listening", default=ignore)


@contextmanager
def heard_by(progress: Progress) -> Iterator[None]:
    """Within the block `tell` is heard by this progress."""
    before = _listening.set(progress)
    try:
        yield
    finally:
        _listening.reset(before)


def tell(done: float, message: str) -> None:
    """The progress of the piece of work that this process is at, for whoever gave it out; raises as that does."""
    _listening.get()(done, message)


def in_turn(function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], progress: Progress) -> list[Any]:
    """One after the other in this process."""
    results = []
    for n, each in enumerate(arguments):
        progress(n / len(arguments), f"{n} of {len(arguments)} parts done")
        with heard_by(part(progress, n / len(arguments), (n + 1) / len(arguments))):
            results.append(function(*each))
    return results
