"""The projects that the verbs work in. That of a verdict stands as long as its rows do: writing them needs it again."""

import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from curation.project import Project
from curation.records import Dataset

_KEPT: dict[tuple[int, int], Project] = {}
"""By the rows' identity and the seed."""


@contextmanager
def passing(rows: Dataset) -> Iterator[Project]:
    """A project with these rows that is gone when the block ends."""
    with Project.temporary(rows.sources) as project:
        project.examples.store(rows)
        yield project


@contextmanager
def standing(rows: Dataset, seed: int) -> Iterator[Project]:
    """A project with these rows that is gone when they are, at the latest when Python ends.

    What was worked out in it stands, for as long as it rests on the same: the project itself looks after that.
    """
    key = (id(rows), seed)
    if key not in _KEPT:
        stack = ExitStack()
        project = stack.enter_context(Project.temporary(rows.sources))
        project.examples.store(rows)
        _KEPT[key] = project
        weakref.finalize(rows, _let_go, key, stack)
    yield _KEPT[key]


def _let_go(key: tuple[int, int], stack: ExitStack) -> None:
    _KEPT.pop(key, None)
    stack.close()
