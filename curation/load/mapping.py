"""One row of a file -> one example: the chosen columns joined and cleaned, everything else kept in `meta`."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from curation.errors import UsageError
from curation.load.chat import (
    answer_turns,
    history_turns,
    is_history,
    looks_like_rounds,
    looks_like_turn,
    looks_like_turns,
    to_be_answered,
    turns_of,
    with_system,
)
from curation.load.guess import Look, is_container, is_prose, plain
from curation.load.labels import joined, labels_of, parts_of, separator_of
from curation.load.rows import Unusable, as_text, compact, seen
from curation.records import Columns
from curation.text.carried import TURNS, lost
from curation.text.turns import as_input, flattened
from curation.text.turns.bad_answers import answer_text

STRUCTURE = ("messages", "tools", "rejected", "instruction", "system", "history", "labels")
"""Names in `meta` with a fixed meaning; a column of that name that means something else gets `_column` behind it."""
SYSTEM = ("system", "system_prompt", "system_message")
TOOLS = ("tools", "functions")
SEVERAL_LABELS, SEVERAL_ANSWERS, BAD_ANSWER = "several_labels", "several_answers", "bad_answer"


class Example(NamedTuple):
    """The fields of a Dataset row that come from the file's columns, and what plain turns cannot carry of it.

    `notes` are codes of what a person is told about such rows, counted (see `Writer.notes`). `key` is the value of the
    column that tells rows apart, None where none was named.
    """

    input: str
    output: str
    label: str | None
    group: str | None
    created: str | None
    meta: str
    lost: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    key: str | None = None


class Beside(NamedTuple):
    """The columns that stand beside an input and its output and belong to the conversation; "" where there is none.

    `separator` is what stands between several labels in the label's column, None where a row has one.
    """

    system: str = ""
    history: str = ""
    tools: str = ""
    separator: str | None = None


def beside_of(look: Look, columns: Columns) -> Beside:
    """Which columns hold the system prompt, what was said before, and the tools: told by name and value."""
    chosen = {*columns.input, columns.output, columns.label, columns.messages}
    free = [name for name in look.columns if name not in chosen]
    is_asked = bool(columns.messages) or plain(next(iter(columns.input), "")) in ("instruction", "prompt")
    named = (*SYSTEM, "context") if columns.messages and look.share(columns.messages, _has_authors) > 0.5 else SYSTEM
    prompts = [name for name in free if plain(name) in named and any(map(system_text, look.values(name)))]
    system = next((n for n in prompts if is_asked or plain(n) != "system" or _is_prompt(look.values(n))), "")
    history = next((name for name in free if plain(name) == "history" and look.share(name, is_history) > 0.5), "")
    tools = next((name for name in free if plain(name) in TOOLS and look.share(name, _is_tools) > 0.5), "")
    separator = None
    if columns.label and columns.label != columns.messages:
        labels = [value for value in look.values(columns.label) if isinstance(value, str)]
        separator = separator_of(labels) if labels else None
    return Beside(system, history, tools, separator)


def _has_authors(value: Any) -> bool:
    """Whether turns are PaLM's, beside which `context` is the system prompt."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping) and "author" in value[0]


def _is_prompt(values: Sequence[Any]) -> bool:
    """Whether texts are prompts, not the names of systems that tickets are about."""
    return is_prose([text for text in map(system_text, values) if text])


def system_text(value: Any) -> str:
    """A system prompt's text; it may come as parts or as a turn. "" where it is no text."""
    if isinstance(value, Mapping):
        value = value.get("parts", value.get("content", value.get("text")))
    if isinstance(value, list):
        return "\n".join(filter(None, map(system_text, value)))
    return value if isinstance(value, str) else ""


def _is_tools(value: Any) -> bool:
    if isinstance(value, str):
        return value.lstrip()[:1] in ("[", "{")
    return isinstance(value, list) and all(isinstance(tool, Mapping) for tool in value)


def check_columns(columns: Columns, available: Sequence[str], name: str) -> None:
    """Raises UsageError where a named column is not in the file, with the columns there are, nearest name first."""
    named = [
        *columns.input,
        columns.output,
        columns.label,
        columns.group,
        columns.created,
        columns.messages,
        columns.id,
    ]
    for column in named:
        if column and column not in available:
            near = difflib.get_close_matches(column, available, n=1, cutoff=0)
            others = [other for other in available if other not in near]
            listed = ", ".join((near + others)[:20]) + (", ..." if len(available) > 20 else "")
            raise UsageError(f"{name} has no column {column!r}; its columns are {listed}")


def pair(values: dict[str, Any], columns: Columns, beside: Beside, kept: Mapping[str, Any] | None = None) -> Example:
    """The example of a row with an input and its output, `kept` under its names in `meta`.

    Values are kept as they are. A label that is empty or blank is None; without an output column the output is the
    label, "" where there is none. Where a system prompt or earlier turns stand beside it, the row is a conversation.
    Raises Unusable where a list or object stands in a text's place.
    """
    asked = joined_texts([input_text(values.get(name), name, n > 0) for n, name in enumerate(columns.input)])
    if not columns.output:
        return _finished(values, columns, beside, (asked, None), kept or {})
    answered, several = output_text(values.get(columns.output), columns.output)
    extra = {**(kept or {}), **({"answers": values[columns.output]} if several else {})}
    if columns.input and plain(columns.input[0]) == "instruction":
        extra["instruction"] = input_text(values.get(columns.input[0]), columns.input[0])
    system = system_text(values.get(beside.system)) if beside.system else ""
    history = history_turns(values.get(beside.history), beside.history) if beside.history else []
    if system.strip() or history:
        turns = [*history, {"role": "user", "content": asked}]
        turns += [{"role": "assistant", "content": answered}] if answered.strip() else []
        extra |= {"messages": with_system(turns, system)}
        asked, answered = flattened(extra["messages"])
    return _finished(values, columns, beside, (asked, answered), extra)


def conversation(
    values: dict[str, Any],
    columns: Columns,
    beside: Beside,
    turns: list[dict[str, Any]],
    kept: Mapping[str, Any] | None = None,
) -> Example:
    """The example of a row with these turns; a system prompt and earlier turns beside them are put before them."""
    history = history_turns(values.get(beside.history), beside.history) if beside.history else []
    system = system_text(values.get(beside.system)) if beside.system else ""
    said = [turn for turn in turns if turn["role"] != "system"]
    if said[: len(history)] != history:
        turns = [*history, *turns]
    turns = with_system(turns, system)
    texts = flattened(turns)
    if answer_text((kept or {}).get("rejected")).strip() and turns and turns[-1]["role"] != "assistant":
        # its answer is the rejected one alone: an answer before it is part of what was asked
        texts = as_input(turns), ""
    return _finished(values, columns, beside, texts, {**(kept or {}), "messages": turns})


def _finished(
    values: dict[str, Any],
    columns: Columns,
    beside: Beside,
    texts: tuple[str, str | None],
    kept: Mapping[str, Any],
) -> Example:
    """The example, everything that is not used so far in its `meta`; an output of None is the label."""
    rest, notes = dict(values), set()
    labels: list[str] = []
    label = None
    if columns.label and columns.label == columns.messages:
        label = texts[1] if (texts[1] or "").strip() else None
    elif columns.label:
        label, labels = _label(rest.pop(columns.label, None), columns.label, beside.separator)
    group, created = _optional(rest, columns.group), _optional(rest, columns.created)
    for name in (*columns.input, columns.output, columns.messages):
        if name is not None:
            rest.pop(name, None)
    structure = {"system": beside.system, "history": beside.history, "tools": beside.tools}
    found = {name: rest.pop(column) for name, column in structure.items() if column and column in rest}
    found = {name: value for name, value in found.items() if value not in (None, "", [])} | dict(kept)
    if len(labels) > 1:
        found["labels"] = labels
        notes.add(SEVERAL_LABELS)
    if len(texts_in(kept.get("answers"))) > 1:
        notes.add(SEVERAL_ANSWERS)
    if label is None and not (texts[1] or "").strip() and answer_text(found.get("rejected")).strip():
        notes.add(BAD_ANSWER)
    rest = {_kept_as(name, value): value for name, value in rest.items()} | found
    meta = compact(rest) if rest else "{}"
    output = label or "" if texts[1] is None else texts[1]
    key = _key(values.get(columns.id), columns.id) if columns.id else None
    return Example(texts[0], output, label, group, created, meta, lost(rest, TURNS), frozenset(notes), key)


def _key(value: Any, column: str) -> str:
    """What tells the row apart; raises Unusable where nothing stands there, or a list or object."""
    if is_container(value):
        raise Unusable("not_text", f"column {column!r} holds {seen(value)}, which cannot tell rows apart")
    key = as_text(value).strip()
    if not key:
        raise Unusable("no_id", f"column {column!r}, which tells rows apart, is empty")
    return key


def _kept_as(name: str, value: Any) -> str:
    return f"{name}_column" if name in STRUCTURE and value not in (None, "", [], {}) else name


def _label(value: Any, column: str, separator: str | None) -> tuple[str | None, list[str]]:
    """The label as text and all labels of the row; what came as text stays as it came."""
    labels = labels_of(value, column)
    if not labels:
        return None, []
    if separator and len(labels) == 1:
        labels = parts_of(labels[0], separator) or labels
        return as_text(value) if isinstance(value, str) and len(labels) > 1 else labels[0], labels
    is_text = not is_container(value) and labels == [as_text(value)]
    return (as_text(value), labels) if is_text else (joined(labels), labels)


def joined_texts(texts: Sequence[str]) -> str:
    """Input texts apart by a line end, empty ones left out."""
    return texts[0] if len(texts) == 1 else "\n".join(text for text in texts if text)


def input_text(value: Any, column: str, is_companion: bool = False) -> str:
    """An input's text; a list of texts beside the question (choices) one a line. Raises Unusable for other lists."""
    if not is_container(value):
        return as_text(value)
    if isinstance(value, list) and len(value) == 1 and not is_container(value[0]):
        return as_text(value[0])
    if is_companion and (lines := _choices(value)) is not None:
        return "\n".join(lines)
    raise Unusable("not_text", f"column {column!r} holds {seen(value)}, not a text")


def _choices(value: Any) -> list[str] | None:
    """The lines of a list of texts, or of ARC's object with their letters."""
    if isinstance(value, Mapping):
        texts, letters = value.get("text"), value.get("label")
        if isinstance(texts, list) and isinstance(letters, list) and len(texts) == len(letters):
            return [f"{as_text(letter)}. {as_text(text)}" for letter, text in zip(letters, texts)]
        return None
    return None if any(map(is_container, value)) else [as_text(text) for text in value]


def output_text(value: Any, column: str) -> tuple[str, bool]:
    """An output's text, the first of several right ones, and whether there is more to keep (others, their places).

    Raises Unusable where it is no text.
    """
    if not is_container(value):
        return as_text(value), False
    if looks_like_turn(value) or looks_like_turns(value):
        return flattened(answer_turns(value, column))[1], False
    texts = texts_in(value)
    if value and not texts:
        raise Unusable("not_text", f"column {column!r} holds {seen(value)}, not a text")
    text = texts[0] if texts else ""
    return text, bool(value) and value != [text]


def texts_in(value: Any) -> list[str]:
    """The right answers in a list of texts, or of objects with a text, or in SQuAD's and TriviaQA's object; each once.

    Empty where it holds anything else.
    """
    if isinstance(value, Mapping):
        value = value.get("text", value.get("value"))
        value = value if isinstance(value, list) else [value]
    if not isinstance(value, list):
        return []
    texts = [part.get("text") if isinstance(part, Mapping) else part for part in value]
    is_text = not any(part is None or is_container(part) for part in texts)
    return list(dict.fromkeys(map(as_text, texts))) if is_text else []


def _optional(rest: dict[str, Any], column: str | None) -> str | None:
    return (as_text(rest.pop(column, None)) or None) if column else None


def chat_example(look: Look, columns: Columns) -> Callable[[dict[str, Any]], Example]:
    """How a row with a column of turns becomes an example; an answer in a column of its own is the last turn."""
    beside = beside_of(look, columns)

    def example(values: dict[str, Any]) -> Example:
        name = columns.messages or ""
        given = values.get(name)
        is_rounds = looks_like_rounds(given) and not looks_like_turns(given)
        turns = history_turns(given, name) if is_rounds else turns_of(given, name)
        if columns.output:
            turns = to_be_answered(turns) + answer_turns(values.get(columns.output), columns.output)
        return conversation(values, columns, beside, turns)

    return example
