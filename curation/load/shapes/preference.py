"""Preferred and rejected answers: `chosen` and `rejected` beside a prompt, or both as whole conversations.

Answers may be texts, turns, single turns, or dialogues written in one text. The preferred answer is the output, the
other one is kept as `rejected`: as text, or as the turns in which it differs.
"""

from dataclasses import replace
from typing import Any, NamedTuple

from curation.load.chat import answer_turns, decoded, looks_like_turn, looks_like_turns, shared_turns, turns_of
from curation.load.dialogue import are_dialogues, dialogue_turns
from curation.load.guess import FOREIGN_INPUT, INPUT, MESSAGES, Look, beside, first, is_complete, pair_columns
from curation.load.mapping import Example, beside_of, conversation, input_text, joined_texts, pair
from curation.load.rows import as_text
from curation.load.shapes import Reading, row_shape
from curation.records import Columns

PAIRS = (
    ("chosen", "rejected"), ("preferred_output", "non_preferred_output"), ("chosen_response", "rejected_response"),
    ("response_chosen", "response_rejected"), ("chosen_answer", "rejected_answer"), ("preferred", "dispreferred"),
    ("preferred", "rejected"), ("accepted", "rejected"), ("better_response", "worse_response"), ("win", "lose"),
    ("winner", "loser"), ("response_j", "response_k"), ("chosen_messages", "rejected_messages"),
)  # fmt: skip
"""Columns of the preferred and the rejected answer: TRL, OpenAI, tools for labelling, Stack Exchange pairs."""
Turns = list[dict[str, Any]]


class Sides(NamedTuple):
    """The columns of a preference pair; `asked` has the prompt as text, "" where it stands in the answers alone."""

    chosen: str
    rejected: str
    columns: Columns
    asked: tuple[str, ...]


@row_shape("preference", "Preferred and rejected answers")
def preference(look: Look) -> Reading | None:
    """Claims rows with both columns of such a pair."""
    found = ((look.named(better), look.named(worse)) for better, worse in PAIRS)
    sides = next((sides for good, bad in found if good and bad and (sides := _sides(look, good, bad))), None)
    if sides is None:
        return None
    columns, beside = sides.columns, beside_of(look, sides.columns)

    def example(values: dict[str, Any]) -> Example:
        good = _answer(values.get(sides.chosen), sides.chosen)
        bad = _answer(values.get(sides.rejected), sides.rejected)
        rest = {name: value for name, value in values.items() if name != sides.rejected}
        if isinstance(good, str) and columns.input:
            return pair(rest, columns, beside, {"rejected": bad} if bad else {})
        prompt = _prompt(values, sides)
        whole = [*prompt, *_turns(good)]
        if any(turn["role"] == "user" for turn in _turns(good)):
            whole = _turns(good)
            rest, columns_used = _without_repeat(rest, whole, sides)
        else:
            columns_used = columns
        losing = bad if isinstance(bad, str) else bad[shared_turns(whole[:-1], bad) :]
        return conversation(rest, columns_used, beside, whole, {"rejected": losing} if losing else {})

    return Reading(0.8, columns, example)


def _sides(look: Look, chosen: str, rejected: str) -> Sides | None:
    given = look.given
    if given and given.output not in (None, chosen) and given.messages != chosen:
        return None
    free = Look([name for name in look.columns if name != rejected], look.rows, given)
    columns, names = beside(free)
    asked = tuple(filter(None, [first((*INPUT, *FOREIGN_INPUT), [name for name in names if name != chosen])]))
    if is_complete(given) and given and given.input:
        return Sides(chosen, rejected, given, given.input)
    if not columns.input and look.share(chosen, _is_whole) > 0.5:
        return Sides(chosen, rejected, replace(columns, messages=chosen, output=None), asked)
    prompts = [name for name in names if name != chosen and _holds_turns(look, name)]
    prompt = columns.messages or first((*MESSAGES, *INPUT), prompts) or next(iter(prompts), None)
    if prompt and not columns.input:
        return Sides(chosen, rejected, replace(columns, messages=prompt, output=chosen), ())
    columns, _ = pair_columns(Look(free.columns, look.rows, replace(given or Columns(), output=chosen)))
    return Sides(chosen, rejected, columns, columns.input) if columns.input else None


def _holds_turns(look: Look, name: str) -> bool:
    return look.share(name, looks_like_turns) > 0.5 or are_dialogues(look.values(name))


def _is_whole(value: Any) -> bool:
    """Whether an answer brings its prompt along: turns with a user's among them, or such a dialogue in a text."""
    if isinstance(value, str) and dialogue_turns(value):
        return True
    turns = decoded(value)
    return looks_like_turns(turns) and any(turn["role"] == "user" for turn in turns_of(turns, ""))


def _answer(value: Any, column: str) -> str | Turns:
    if isinstance(value, str) and (turns := dialogue_turns(value)):
        return turns
    if looks_like_turn(value) or looks_like_turns(value):
        return answer_turns(value, column)
    return input_text(value, column)


def _turns(answer: str | Turns) -> Turns:
    if isinstance(answer, list):
        return answer
    return [{"role": "assistant", "content": answer}] if answer.strip() else []


def _prompt(values: dict[str, Any], sides: Sides) -> Turns:
    name = sides.columns.messages
    if name and name != sides.chosen:
        value = values.get(name)
        return dialogue_turns(value) or turns_of(value, name)
    text = joined_texts([input_text(values.get(name), name) for name in sides.asked]) if sides.asked else ""
    return [{"role": "user", "content": text}] if text.strip() else []


def _without_repeat(rest: dict[str, Any], whole: Turns, sides: Sides) -> tuple[dict[str, Any], Columns]:
    """The row without a prompt that the conversation repeats; one that it does not say is kept as it came."""
    said = {turn["content"].strip() for turn in whole}
    repeats = {name for name in sides.asked if as_text(rest.get(name)).strip() in said}
    columns = replace(sides.columns, input=(), output=sides.chosen)
    return {name: value for name, value in rest.items() if name not in repeats}, columns
