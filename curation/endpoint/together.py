"""Several questions on their way at once: work done by threads, a few ahead, its results as they come."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
TICK = 0.5
"""Seconds between two looks at whether to stop."""


def together(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int, tick: Callable[[], None]
) -> Iterator[Result]:
    """What the work gives for each item, as it comes; as many at once as there are workers.

    `tick` is called at least every half second and may raise to stop it: what is on its way is waited for then, as it
    is paid for, and nothing else begun. What the work raises is raised.
    """
    left = iter(items)
    with ThreadPoolExecutor(workers) as threads:
        running: set[Future[Result]] = {threads.submit(work, item) for item in islice(left, workers)}
        while running:
            tick()
            ended, running = wait(running, TICK, FIRST_COMPLETED)
            for future in ended:
                yield future.result()
            running |= {threads.submit(work, item) for item in islice(left, len(ended))}
