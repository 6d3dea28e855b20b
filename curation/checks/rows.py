"""Checks that read one row at a time: the row, what a rule says about it, and the walk over a shard or the set.

In a chat every answer that a trainer would learn from is judged, not only the last, and the finding names its turn.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from curation.checks import Shard, found
from curation.errors import NotChecked
from curation.records import Dataset, Findings
from curation.text.turns import flattened, last_answer, turns_in

CUT = 200
"""Characters of a text shown in evidence."""
BEFORE = 20_000
"""Characters before an earlier answer that are handed to a rule beside it: what was asked for stands near it."""
MOST_SPANS = 20
"""Places of one finding that are kept for marking: more would be no help to a reader."""


@dataclass(frozen=True)
class Row:
    id: str
    input: str
    output: str
    label: str | None
    meta: str


@dataclass(frozen=True)
class Hit:
    """What a rule found in one row: how sure (0..1), in plain words, with its evidence.

    `spans` are the places of the words it is about: (field, start, end), in code points of that text of the row.
    """

    confidence: float
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    suggestion: str = "look"
    spans: Sequence[tuple[str, int, int]] = ()


COLUMNS = ("id", "input", "output", "label", "meta")
Rule = Callable[[Row], Hit | None]


def cut(text: str, length: int = CUT) -> str:
    """The text as shown in evidence: its first `length` characters, an ellipsis where more follow."""
    return text if len(text) <= length else text[: length - 1] + "…"


LAST_TURN = "\nuser: "
"""What stands before a question that follows other turns, see `text.turns.flattened`."""


def question(row: Row) -> str:
    """What is asked: the input, in a chat what the user said last; the end of the input in any case."""
    return row.input if row.meta == "{}" else row.input.rpartition(LAST_TURN)[2]


@dataclass(frozen=True)
class Outputs:
    """What the outputs of some rows are: labels, or texts, of which `some` are not blank."""

    labels: bool
    some: bool


def outputs(shard: Shard, settings: Any, seed: int) -> Outputs:
    """The `fit` of a check that needs free text."""
    return Outputs(shard.labels, not shard.labels and any(output.strip() for output in shard.values("output")))


def free_text(why: str) -> Callable[[Sequence[Outputs], Any], None]:
    """The `merge` of such a check: raises NotChecked where the outputs are labels, which `why` ends, or absent."""

    def merge(states: Sequence[Outputs], settings: Any) -> None:
        if any(state.labels for state in states):
            raise NotChecked(f"the outputs of this set are labels, {why}")
        if not any(state.some for state in states):
            raise NotChecked("no row has an output yet")

    return merge


def needs_free_text(dataset: Dataset, why: str) -> None:
    """As `free_text`, of a whole set."""
    is_labels = dataset.is_classification
    some = not is_labels and any(output.strip() for output in dataset.values("output"))
    free_text(why)([Outputs(is_labels, some)], None)


def rows(shard: Shard) -> Iterator[Row]:
    """Every row of a shard, in row order."""
    return map(Row, *map(shard.values, COLUMNS))


def judged(name: str, shard: Shard, rule: Rule, turns: bool = True) -> Findings:
    """One finding for each row of a shard in which the rule finds something, in any answer that is learned from.

    Without `turns` the last answer of a chat alone is judged. `turn` in the evidence is the answer's place among the
    turns of a chat, counted from 0, and `turns` those of all answers in which something was found, where there are
    several.
    """
    judge = partial(_surest, rule=rule) if turns else rule
    hits = ((row.id, judge(row)) for row in rows(shard))
    return findings(name, ((id, hit) for id, hit in hits if hit is not None), {})


def _surest(row: Row, rule: Rule) -> Hit | None:
    """What the rule is surest of among the answers of a row, the last one where it is as sure of several."""
    (last, _), *earlier = answers(row)
    found = [(last, hit)] if (hit := rule(row)) is not None else []
    for turn, answer in earlier:
        hit = rule(answer)
        # what stands before an answer is part of the row's own input, or an answer that is judged itself
        if hit is not None and not _is_of_input(hit):
            found.append((turn, of_turn(hit, turn)))
    if not found:
        return None
    turn, surest = max(found, key=lambda one: (one[1].confidence, not _is_of_input(one[1])))
    placed = _placed(surest, turn)
    if turn is None or _is_of_input(surest):
        return placed
    named = sorted(n for n, each in found if n is not None and not _is_of_input(each))
    several = {"turns": named} if len(named) > 1 else {}
    return replace(placed, evidence={**placed.evidence, "turn": turn, **several})


def answers(row: Row) -> list[tuple[int | None, Row]]:
    """A row and the place of its answer among its turns (None in a flat row); then the earlier answers of a chat that a
    trainer learns from, each as a row of its own."""
    turns = turns_in(row.meta) or []
    if not all(isinstance(turn.get("role"), str) for turn in turns):
        turns = []
    last = last_answer(turns)
    return [(last, row), *_earlier(row, turns, last)]


def of_turn(hit: Hit, turn: int | None) -> Hit:
    """A hit as one of an earlier answer: it names the turn, and a person has to mend it."""
    there = [span for span in hit.spans if span[0] == "output"]
    where = f"{hit.message.removesuffix('.')} (turn {(turn or 0) + 1})."
    # what is proposed is done to the row or to its output, which is the last answer
    return replace(hit, message=where, suggestion="look", spans=there)


def _is_of_input(hit: Hit) -> bool:
    """Whether a hit is about what was asked, not about the answer."""
    if hit.spans:
        return all(name == "input" for name, _, _ in hit.spans)
    return bool(hit.evidence.get("field") == "input")


def _placed(hit: Hit, turn: int | None) -> Hit:
    """The hit with its spans in the evidence; `turn` is the place of the answer judged, None in a flat row."""
    spans = [
        {"field": name, "turn": turn if name == "output" else None, "start": start, "end": end}
        for name, start, end in hit.spans[:MOST_SPANS]
    ]
    return replace(hit, evidence={**hit.evidence, "spans": spans}) if spans else hit


def _earlier(row: Row, turns: Sequence[Mapping[str, Any]], last: int | None) -> Iterator[tuple[int, Row]]:
    """The answers of a chat before its last, as rows of their own: those with text, and a weight other than 0."""
    for n, turn in enumerate(turns[:last]):
        said = turn.get("content")
        if turn.get("role") != "assistant" or not isinstance(said, str) or not said.strip() or _unlearned(turn):
            continue
        asked, _ = flattened(turns[: n + 1])
        yield n, replace(row, input=asked[-BEFORE:], output=said)


def _unlearned(turn: Mapping[str, Any]) -> bool:
    with suppress(TypeError, ValueError):
        return float(turn.get("weight", 1)) == 0
    return False


def findings(name: str, hits: Iterable[tuple[str, Hit]], summary: Mapping[str, Any]) -> Findings:
    """The findings of one check from (example id, hit) pairs."""
    return found(
        name,
        [
            {
                "id": id,
                "confidence": round(min(1.0, max(0.0, hit.confidence)), 6),
                "message": hit.message,
                "evidence": hit.evidence,
                "suggestion": hit.suggestion,
            }
            for id, hit in hits
        ],
        summary,
    )
