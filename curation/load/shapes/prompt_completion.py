"""Prompts and their completions: columns `prompt` and `completion`, as texts or as lists of turns (TRL)."""

from typing import Any

from curation.load.chat import answer_turns, looks_like_turns, to_be_answered, turns_of
from curation.load.guess import Look, chat_columns, pair_columns, plain
from curation.load.mapping import Example, beside_of, conversation, pair
from curation.load.shapes import Reading, row_shape


@row_shape("prompt_completion", "Prompts and completions")
def prompt_completion(look: Look) -> Reading | None:
    """Claims rows with a prompt and a completion."""
    columns = chat_columns(look)
    if columns is None:
        columns, _ = pair_columns(look)
    prompt = columns.messages or (columns.input[0] if len(columns.input) == 1 else "")
    if plain(prompt) != "prompt" or plain(columns.output or "") not in ("completion", "response"):
        return None
    if not columns.messages and plain(columns.output or "") != "completion":
        return None
    beside = beside_of(look, columns)

    def example(values: dict[str, Any]) -> Example:
        asked = values.get(prompt)
        if not columns.messages and not looks_like_turns(asked):
            return pair(values, columns, beside)
        answer = columns.output or ""
        turns = to_be_answered(turns_of(asked, prompt)) + answer_turns(values.get(answer), answer)
        return conversation(values, columns, beside, turns)

    return Reading(0.6, columns, example)
