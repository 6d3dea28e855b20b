"""Row shapes: what the rows of a file are, told by their values. One file a shape, found by the registry.

A shape is a function that looks at the first rows and says whether they are of its kind. It answers with a `Reading`
(how a row becomes an example) or with `Wrapped` (how a row is taken out of what a tool has put around it, one row or
several; what comes out is looked at again). The most certain answer wins; a column that a person names and that only
the rows as they stand in the file have makes every `Wrapped` pass.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from curation.errors import PluginFailed
from curation.load.guess import Look, is_complete, taken
from curation.load.mapping import Example
from curation.load.rows import Unusable
from curation.records import Columns
from curation.registry import Registry

MOST = 1000
"""Rows looked at inside a wrapping: as many as are looked at in a file."""
DEEPEST = 4
"""Wrappings one inside the other that are taken off."""


class Wrapped(NamedTuple):
    """That rows are wrapped in this shape: how surely (0..1), and the rows inside one, or why there is none.

    `notes` are sentences for the person; `columns` those of the rows inside that the shape knows, where a person named
    none.
    """

    confidence: float
    rows: Callable[[dict[str, Any]], Iterable[dict[str, Any] | Unusable]]
    notes: tuple[str, ...] = ()
    columns: Columns | None = None


class Reading(NamedTuple):
    """That rows are of this shape: how surely (0..1), their columns, and the example one makes (raises Unusable)."""

    confidence: float
    columns: Columns
    example: Callable[[dict[str, Any]], Example]
    notes: tuple[str, ...] = ()


Shape = Callable[[Look], Wrapped | Reading | None]

row_shape: Registry[Shape] = Registry(__name__, "row_shape", passes=(Unusable,))


@dataclass(frozen=True)
class Choice:
    """How the rows of a file are read: their shape, its columns, all columns seen, and the examples of a row."""

    shape: str
    columns: Columns
    available: tuple[str, ...]
    examples: Callable[[dict[str, Any]], list[Example | Unusable]]
    notes: tuple[str, ...] = ()
    is_wrapped: bool = False


def choose(look: Look, depth: int = DEEPEST) -> Choice:
    """The shape that claims these rows most surely, looked at again where rows are wrapped."""
    found = [(name, _claim(name, plugin.function, look)) for name, plugin in row_shape.all().items()]
    claims = [(name, claim) for name, claim in found if isinstance(claim, Reading) or (claim and depth)]
    for name, claim in sorted(claims, key=lambda pair: -pair[1].confidence if pair[1] else 0.0):
        if isinstance(claim, Reading):
            return Choice(name, claim.columns, tuple(look.columns), _reader(claim), claim.notes)
        if claim and (inner := _inside(look, claim, depth)):
            return _wrapped(name, claim, inner)
    raise AssertionError("the flat shape claims every row")


def _claim(name: str, shape: Shape, look: Look) -> Wrapped | Reading | None:
    """What a shape says; a refusal counts only where no person named both columns."""
    try:
        return shape(look)
    except PluginFailed as failure:
        row_shape.leave_out(name, str(failure))
        return None
    except Unusable:
        if is_complete(look.given):
            return None
        raise


def guess(
    available: Sequence[str], rows: Sequence[Mapping[str, Any]], given: Columns | None = None
) -> tuple[str, Columns]:
    """The shape of these rows and the columns that make an example.

    `available` are the column names in file order, `rows` the first rows as they stand in the file. Fields of `given`
    that are set are kept and only the others guessed, from the columns left; a `given` with both input (or messages)
    and output (or label) set is complete, and nothing is guessed. `input` and `messages` may both come back empty
    where no column can be the input.
    """
    choice = choose(Look(available, rows, given))
    return choice.shape, choice.columns


def _inside(look: Look, claim: Wrapped, depth: int) -> Choice | None:
    """How the rows inside are read; None where a person names a column that they do not have, but the file has."""
    inside = (row for outer in look.rows for row in _rows(claim, dict(outer)))
    rows = list(islice((row for row in inside if not isinstance(row, Unusable)), MOST))
    columns = list(dict.fromkeys(key for row in rows for key in row))
    named = taken(look.given) - {None} if look.given else set()
    if not rows or (not named <= set(columns) and named <= set(look.columns)):
        return None
    given = look.given if named & set(columns) else claim.columns
    return choose(Look(columns, rows, given), depth - 1)


def _rows(claim: Wrapped, values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
    try:
        return list(claim.rows(values))
    except Unusable as why:
        return [why]


def _reader(claim: Reading) -> Callable[[dict[str, Any]], list[Example | Unusable]]:
    def examples(values: dict[str, Any]) -> list[Example | Unusable]:
        try:
            return [claim.example(values)]
        except Unusable as why:
            return [why]

    return examples


def _wrapped(name: str, claim: Wrapped, inner: Choice) -> Choice:
    def examples(values: dict[str, Any]) -> list[Example | Unusable]:
        made: list[Example | Unusable] = []
        for row in _rows(claim, values):
            made.extend([row] if isinstance(row, Unusable) else inner.examples(row))
        return made

    return Choice(name, inner.columns, inner.available, examples, (*claim.notes, *inner.notes), True)
