"""Examples as the card draws them: JSON of blocks and turns in which every text has passed `visible`."""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from curation.records import Example, FindingRow
from curation.text.blocks import Place, blocks
from curation.text.differences import differences
from curation.text.turns import calls, last_answer, shown, turns_in
from curation.text.turns.exact import compact
from curation.ui.widgets import formatting
from curation.ui.widgets.formatting import visible
from curation.wording import BAD_ANSWER, DECISIONS

Found = Mapping[tuple[str, int | None], list[Place]]
"""Places that checks found, by side and number of the turn, None for the side as one text."""
NEAREST = 5
"""Neighbours listed beside an example: more would push its text away."""


def drawn(
    example: Example,
    findings: Sequence[FindingRow],
    titles: Mapping[str, str],
    guesses: Sequence[Mapping[str, Any]] = (),
    said: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """One example: where it stands, why it is here, its texts as turns of blocks, what was changed in it.

    `guesses` are its likeliest labels by those given so far, `said` is what people of a team said of it.
    """
    found = _found(findings)
    before, answer = _turns(example, found)
    likely = [*_likely(example, findings), *(guess["label"] for guess in guesses)]
    return {
        "id": example.id,
        "version": example.version,
        "status": example.status,
        "stands": DECISIONS[example.status].title,
        "from": f"{visible(example.source)}, row {example.row + 1:,}",
        "label": example.label,
        "shownLabel": visible(example.label),
        "was": visible(example.imported_label) if example.label != example.imported_label else "",
        "suggested": likely[0] if likely else None,
        "guesses": guesses,
        "why": [_reason(finding, titles) for finding in findings],
        "beside": [*said, *(beside for finding in findings for beside in _beside(_evidence(finding)))],
        "input": before,
        "output": answer,
        "bad": BAD_ANSWER if formatting.bad_answer(example) else "",
        "changed": _changed(example),
    }


def _reason(finding: FindingRow, titles: Mapping[str, str]) -> dict[str, str]:
    title = titles.get(finding.check, formatting.words(finding.check))
    return {"title": title, "sure": formatting.how_sure(finding), "text": formatting.reason(finding)}


def _likely(example: Example, findings: Sequence[FindingRow]) -> list[str]:
    """Labels it may have instead, the likeliest first: what a check suggests, then what rows like it are labelled."""
    suggested = formatting.suggested_label(findings)
    twins = [_twin(_evidence(finding)).get("label") for finding in findings]
    return [label for label in dict.fromkeys((suggested, *twins)) if label and label != example.label]


def _beside(evidence: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What is shown beside the text: the nearest rows with the suggested label, the row it contradicts."""
    if near := [one for one in evidence.get("nearest", ()) if isinstance(one, dict)]:
        lines = [_line(one.get("similarity"), [("same", formatting.short(one.get("text")))], "") for one in near]
        yield {"title": "Nearest with the suggested label", "lines": lines[:NEAREST]}
    if twin := _twin(evidence):
        # Both stand in the evidence cut to one length, so that no difference is where one of them ends.
        now = compared(str(evidence["this"].get("input", "")), str(twin.get("input", "")))["now"]
        answer = formatting.short(twin.get("label") or twin.get("output"))
        yield {"title": "The row it contradicts", "lines": [_line(evidence.get("similarity"), now, answer)]}


def _twin(evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    twin, this = evidence.get("twin"), evidence.get("this")
    return twin if isinstance(twin, dict) and isinstance(this, dict) else {}


def _line(similarity: Any, runs: Sequence[tuple[str, str]], answer: str) -> dict[str, Any]:
    said = f"{similarity:.2f}" if isinstance(similarity, int | float) else ""
    return {"similarity": said, "runs": runs, "answer": answer}


def _evidence(finding: FindingRow) -> dict[str, Any]:
    held = json.loads(finding.evidence)
    return held if isinstance(held, dict) else {}


def _found(findings: Sequence[FindingRow]) -> Found:
    found: dict[tuple[str, int | None], list[Place]] = {}
    for finding in findings:
        spans = _evidence(finding).get("spans")
        for span in spans if isinstance(spans, list) else ():
            match span:
                case {"field": str(field), "turn": int() | None as turn, "start": int(start), "end": int(end)}:
                    found.setdefault((field, turn), []).append((start, end))
    return found


def _turns(example: Example, found: Found) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The turns of the input, and those of the output; a row that is no chat has one of each, without a role."""
    turns = turns_in(example.meta)
    if bad := formatting.bad_answer(example):
        is_asked = turns and example.input == example.imported_input
        before = list(_before(turns, found)) if turns and is_asked else [_whole("input", example.input, found)]
        return before, [_whole("output", bad, {})]
    last = last_answer(turns) if turns else None
    is_chat = turns is not None and last is not None
    # Turns keep the text as it was imported: an edited side is drawn as the one text it was edited as.
    before = [_whole("input", example.input, found)]
    if turns and is_chat and example.input == example.imported_input:
        before = list(_before(turns[:last], found))
    answer = [_whole("output", example.output, found)]
    if turns and last is not None and example.output == example.imported_output:
        answer = [_turn(turns[last], "output", _places(found, "output", last, (0, len(example.output))))]
    return before, answer


def _before(turns: Sequence[Mapping[str, Any]], found: Found) -> Iterator[dict[str, Any]]:
    at = 0
    for number, turn in enumerate(turns):
        text = shown(turn)
        lead = 0 if len(turns) == 1 and turn.get("role") == "user" else len(f"{turn.get('role')}: ")
        yield _turn(turn, "input", _places(found, "input", number, (at + lead, at + lead + len(text))))
        at += lead + len(text) + 1


def _places(found: Found, side: str, number: int, within: Place) -> list[Place]:
    """The places of one turn: its own, and those of the side as one text, in which the turn stands `within`."""
    first, last = within
    whole = [(max(start, first) - first, min(end, last) - first) for start, end in found.get((side, None), ())]
    return [*found.get((side, number), ()), *((start, end) for start, end in whole if start < end)]


def _turn(turn: Mapping[str, Any], side: str, places: Sequence[Place]) -> dict[str, Any]:
    content = turn.get("content")
    text = content if isinstance(content, str) else ""
    made = [_call(call) for call in calls(turn)]
    if not text.strip() and not made:
        text = shown(turn)
    role = str(turn.get("role") or "")
    return {"role": role, "blocks": _blocks(text, places) if text else [], "calls": made}


def _whole(side: str, text: str, found: Found) -> dict[str, Any]:
    return {"role": "", "blocks": _blocks(text, found.get((side, None), ())) if text else [], "calls": []}


def _call(call: Any) -> dict[str, str]:
    function = call.get("function", call) if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping):
        return {"name": "", "arguments": visible(compact(call))}
    arguments = function.get("arguments", "")
    said = arguments if isinstance(arguments, str) else compact(arguments)
    return {"name": visible(str(function.get("name", ""))), "arguments": visible(said)}


def _blocks(text: str, places: Sequence[Place]) -> list[dict[str, Any]]:
    if not places:
        cut = blocks(visible(text))
    else:
        text, origins = formatting.visible_traced(text)
        cut = blocks(text, [(bisect_left(origins, start), bisect_left(origins, end)) for start, end in places])
    return [{"kind": block.kind, "runs": block.runs} for block in cut]


def _changed(example: Example) -> dict[str, Any]:
    """By side that a person edited: the runs as imported and as they are now, word by word."""
    changed = {}
    for side in ("input", "output"):
        was, now = getattr(example, f"imported_{side}"), getattr(example, side)
        if was != now and not (side == "output" and now == example.label):
            changed[side] = compared(was, now)
    return changed


def compared(was: str, now: str) -> dict[str, Any]:
    """The runs of a text and of what it became: "same", "removed" or "added", and the piece."""
    before, after = differences(visible(was), visible(now))
    return {"was": before, "now": after}
