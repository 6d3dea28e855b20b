"""Two answers to one question and a column that says which is better (arenas, rankings): the better one is the output,
the other one is kept as rejected. Where neither is better, the row is set aside."""

from typing import Any

from curation.load.guess import INPUT, Look, plain
from curation.load.rows import Unusable, as_text
from curation.load.shapes import Wrapped, row_shape

SIDES = (("0", "1"), ("1", "2"), ("a", "b"))
"""What tells the two answers apart, at the end of their columns' names."""
STEMS = (
    "response", "answer", "output", "completion", "conversation", "summary", "reply", "text", "human_ref", "assistant",
)  # fmt: skip
CHOICES = (
    "better_response_id",
    "winner",
    "preference",
    "preferred",
    "choice",
    "better",
    "preferred_response",
    "labels",
)
"""Columns that say which is better, likeliest first."""
TIES = ("", "tie", "both", "both_bad", "both_good", "neither", "none", "equal", "same", "tie_(bothbad)")


@row_shape("compared", "Two answers and which is better")
def compared(look: Look) -> Wrapped | None:
    """Claims rows with such columns, whose choice names one of the two in every row or says that it is a tie."""
    names = {plain(name): name for name in look.columns}
    pairs = [(names[f"{stem}_{one}"], names[f"{stem}_{two}"], (one, two)) for stem in STEMS for one, two in SIDES
             if {f"{stem}_{one}", f"{stem}_{two}"} <= names.keys()]  # fmt: skip
    chosen = look.named(*CHOICES)
    if len(pairs) != 1 or not chosen or (look.given and (look.given.output or look.given.label or look.given.messages)):
        return None
    first, second, marks = pairs[0]
    numbered = marks if marks != ("a", "b") else _numbers(look.values(chosen))
    # Stanford's human preferences: 1 says that the first is better
    order = numbered[::-1] if first.lower().startswith("human_ref") else numbered
    if not all(_side(value, marks, order) is not None for value in look.values(chosen)):
        return None

    def rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
        side = _side(values.get(chosen), marks, order)
        if side not in (0, 1):
            return [Unusable("no_output", f"{chosen!r} says that neither answer is better")]
        rest = {name: value for name, value in values.items() if name not in (first, second, chosen)}
        if isinstance(rest.get("history"), str) and not look.named(*INPUT):
            rest["prompt"] = rest.pop("history")
        sides = (values.get(first), values.get(second))
        return [{**rest, "chosen": sides[side], "rejected": sides[1 - side]}]

    note = f"{chosen!r} says whether {first} or {second} is the better answer; the other one is kept as rejected"
    return Wrapped(0.88, rows, (note,))


def _numbers(values: list[Any]) -> tuple[str, str]:
    return ("1", "2") if any(as_text(value).strip() in ("2", "2.0") for value in values) else ("0", "1")


def _side(value: Any, marks: tuple[str, str], numbered: tuple[str, str]) -> int | None:
    """0 or 1 for the side that is better, 2 for a tie, None where the value says nothing of the kind."""
    said = plain(as_text(value)).removesuffix(".0")
    if said in TIES:
        return 2
    if said in numbered:
        return numbered.index(said)
    last = said.rpartition("_")[2]
    return marks.index(last) if last in marks and not said.isdigit() else None
