"""One example's decisions replayed into where it stands. Pure and total."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from curation.records import Action, Decision

Status = Literal["undecided", "accepted", "rejected", "labelled", "edited", "skipped", "flagged"]
Pin = Literal["", "keep", "keeper"]


@dataclass(frozen=True)
class State:
    """Where one example stands after its decisions.

    `version` counts all its decisions, undos included. `input`, `output` and `label` replace the imported values, None
    leaves them. `pinned` protects it from removal as a duplicate; of several keepers in a cluster the one with the
    largest `pinned_at` (a decision's seq) stands. `reason` is the one given with the decision behind `status`. Where
    a rejected example repeats another, `keeper` is the one that stays for it and `similarity` (0..1) that of the two.
    `unreadable` counts its decisions that could not be applied: an empty label, an edit that is not a JSON object of
    texts, an undo of nothing earlier.
    """

    version: int = 0
    status: Status = "undecided"
    input: str | None = None
    output: str | None = None
    label: str | None = None
    pinned: Pin = ""
    pinned_at: int = 0
    reason: str = ""
    keeper: str | None = None
    similarity: float | None = None
    unreadable: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether any value of the example differs from what was imported."""
        return (self.input, self.output, self.label) != (None, None, None)

    @property
    def writes_output(self) -> bool:
        """Whether somebody wrote an output that is not blank."""
        return self.output is not None and bool(self.output.strip())


def state_of(decisions: Sequence[Decision]) -> State:
    """The state of one example after its decisions, given in seq order.

    An undo takes back exactly the decision whose seq it names, as if that had never been made, whatever came after; an
    undone undo does nothing. The last of accept, reject, label and edit decides; skip speaks only where nobody has,
    a flag never brings a rejected row back, and a rename changes the label alone.
    """
    state = State(version=len(decisions))
    for decision in standing(decisions):
        state = _after(state, decision)
    earlier: set[str] = set()
    dangling = 0
    for decision in decisions:
        dangling += decision.action == "undo" and decision.value not in earlier
        earlier.add(str(decision.seq))
    return replace(state, unreadable=state.unreadable + dangling)


def standing(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions of one example that nobody took back, undos left out, in the order given."""
    # Read from the end, because only a later undo can take a decision back and it stands unless one later still does.
    taken_back: set[str] = set()
    standing = []
    for decision in reversed(decisions):
        if str(decision.seq) in taken_back:
            continue
        if decision.action == "undo":
            taken_back.add(decision.value)
        else:
            standing.append(decision)
    return standing[::-1]


def _after(state: State, decision: Decision) -> State:
    match decision.action:
        case "accept":
            return replace(state, status="accepted", reason=decision.reason)
        case "reject":
            keeper, similarity = _stands_for(decision.value)
            return replace(state, status="rejected", reason=decision.reason, keeper=keeper, similarity=similarity)
        case "label" if is_readable("label", decision.value):
            return replace(state, status="labelled", reason=decision.reason, label=decision.value)
        case "rename" if is_readable("rename", decision.value):
            return replace(state, label=decision.value)
        case "edit" if (fields := _edited_fields(decision.value)) is not None:
            return replace(state, status="edited", reason=decision.reason, **fields)
        case "label" | "rename" | "edit":
            return replace(state, unreadable=state.unreadable + 1)
        case "skip" if state.status == "undecided":
            return replace(state, status="skipped", reason=decision.reason)
        case "flag" if state.status != "rejected":
            return replace(state, status="flagged", reason=decision.reason)
        case "keep" | "keeper" as pin:
            return replace(state, pinned=pin, pinned_at=decision.seq)
        case _:
            return state


def _edited_fields(value: str) -> dict[str, Any] | None:
    try:
        fields = orjson.loads(value)
    except ValueError:
        return None
    known = isinstance(fields, dict) and fields.keys() <= {"input", "output", "label"}
    are_texts = known and all(isinstance(text, str) for text in fields.values())
    return fields if are_texts and fields.get("label", "something").strip() else None


def _stands_for(value: str) -> tuple[str | None, float | None]:
    """The example that stays for a rejected one and their similarity, as `repeats` wrote it; (None, None) without."""
    try:
        keeper, similarity = orjson.loads(value)
    except (ValueError, TypeError):
        return None, None
    known = isinstance(keeper, str) and isinstance(similarity, int | float) and 0 <= similarity <= 1
    return (keeper, float(similarity)) if known else (None, None)


def repeats(keeper: str, similarity: float) -> str:
    """The value of a `reject` decision that says for which example, how similar (0..1), this one goes."""
    return orjson.dumps([keeper, similarity]).decode()


def is_readable(action: Action, value: str) -> bool:
    """Whether a decision with this value can be applied."""
    if action == "edit":
        return _edited_fields(value) is not None
    # A lone surrogate, half of a character, is a Python string that no file can hold.
    is_text = not any("\ud800" <= character <= "\udfff" for character in value)
    return is_text and (action not in ("label", "rename") or bool(value.strip()))
