"""The story of one row: where it came from, what was found, what people did with it. Pure."""

import json
from collections.abc import Iterable, Sequence

from curation.records import Decision, Event, Example, FindingRow, Moment, StoryLine
from curation.review.state import standing, state_of

KINDS: dict[str, tuple[Moment, str]] = {
    "note": ("noted", "text"),
    "tag": ("tagged", "tag"),
    "untag": ("untagged", "tag"),
    "assign": ("sent", "to"),
}
"""The moment of an event, and where in it the value stands."""


def story(
    example: Example,
    loaded: str,
    found: Iterable[tuple[FindingRow, str]],
    decisions: Sequence[Decision],
    marks: Iterable[Event],
) -> list[StoryLine]:
    """Everything that happened, oldest first.

    `loaded` is when its file was, `found` are the findings of the last run with the time of it.
    """
    meta = json.loads(example.meta or "{}")
    by, at = (str(meta.get(name) or "") for name in ("added_by", "added_at"))
    lines = [StoryLine("imported", at or loaded, by, f"{example.source}, row {example.row + 1:,}")]
    lines += [StoryLine("found", time, "", one.check, one.message) for one, time in found]
    lines += _decided(example, decisions)
    for event in marks:
        moment, value = KINDS[event.kind]
        said = json.loads(event.payload)
        reason = str(said.get("text") or "") if event.kind == "assign" else ""
        lines.append(StoryLine(moment, event.at, event.actor, str(said[value]), reason, seq=event.seq))
    return [lines[0], *sorted(lines[1:], key=lambda line: (line.at, line.seq))]


def _decided(example: Example, decisions: Sequence[Decision]) -> list[StoryLine]:
    kept = {decision.seq for decision in standing(decisions)}
    lines = []
    texts = _texts(example, ())
    for number, decision in enumerate(decisions, 1):
        now = _texts(example, decisions[:number])
        changed = [side for side in now if now[side] != texts[side]]
        value = decision.value if decision.action in ("label", "rename") else ""
        lines.append(
            StoryLine(
                "decided", decision.at, decision.reviewer, value, decision.reason, decision.action,
                {side: texts[side] for side in changed}, {side: now[side] for side in changed},
                decision.action != "undo" and decision.seq not in kept,
                decision.seq,
            )
        )  # fmt: skip
        texts = now
    return lines


def _texts(example: Example, decisions: Sequence[Decision]) -> dict[str, str | None]:
    """The texts of the row after these decisions."""
    state = state_of(decisions)
    return {
        "input": example.imported_input if state.input is None else state.input,
        "output": example.imported_output if state.output is None else state.output,
        "label": example.imported_label if state.label is None else state.label,
    }


def written(marks: Iterable[Event]) -> list[tuple[str, str]]:
    """(who, text) of the notes and of the comments that rows were sent with."""
    said = [(event.actor, json.loads(event.payload)) for event in marks if event.kind in ("note", "assign")]
    texts = [(by, str(payload.get("text") or "")) for by, payload in said]
    return [(by, text) for by, text in texts if text]
