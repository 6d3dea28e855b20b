"""Which columns make an example, guessed from their names and, where names say nothing, from their values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from curation.load.chat import decoded, ends_with_answer, looks_like_turns, turn_style, turns_of
from curation.load.rows import Unusable, as_text
from curation.records import Columns
from curation.text.turns import calls, flattened

MESSAGES = ("messages", "conversations", "conversation", "chat", "dialog", "dialogue", "turns")
INPUT = (
    "question", "prompt", "instruction", "query", "input", "inputs", "text", "sentence", "utterance", "message",
    "content", "review", "tweet", "body", "src", "problem", "request", "document",
)  # fmt: skip
OUTPUT = (
    "answer", "response", "completion", "output", "outputs", "answers", "target", "reply", "solution", "summary",
    "result", "expected", "expected_output", "tgt",
)  # fmt: skip
LABEL = ("label", "category", "intent", "class", "labels", "classes", "label_text", "sentiment", "topic", "tag")
COMPANIONS = {
    "instruction": ("input", "context"),
    "question": ("context", "passage", "choices"),
    "premise": ("hypothesis",),
    "sentence1": ("sentence2",),
    "text_a": ("text_b",),
    "question1": ("question2",),
}
"""Columns that only make sense together: alpaca, Dolly, SQuAD, and the sentence pairs of GLUE."""
GROUP = ("group", "group_id", "conversation_id", "thread_id", "session_id", "document_id")
CREATED = ("created", "created_at", "date", "timestamp")
PREFERENCE = ("chosen", "rejected")
ANSWERS = ("chosen", "completion")
"""Columns with the answer to a conversation that stands in another one: TRL, LLaMA-Factory."""
KNOWN = frozenset(MESSAGES + INPUT + OUTPUT + LABEL + GROUP + CREATED + PREFERENCE + tuple(COMPANIONS)) | {
    name for names in COMPANIONS.values() for name in names
}
"""Names that tell a header from a first row."""
LABEL_LENGTH = 100
"""Characters; a longer value is a text, not a label."""
CLOSED_LENGTH = 60
"""Characters; the longest label of BANKING77 has 49, the shortest answers of a FAQ are sentences."""
CLOSED_REPEATS = 5
ENOUGH = 20
"""Rows from which on the share of distinct values says whether a column holds labels."""


def plain(name: str) -> str:
    """A column's name as compared here: lower case, blanks and hyphens as underscores."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def guess(
    available: Sequence[str], rows: Sequence[Mapping[str, Any]], given: Columns | None = None
) -> tuple[str, Columns]:
    """The shape of these rows and the columns that make an example.

    `available` are the column names in file order, `rows` the first rows as they stand in the file. Fields of `given`
    that are set are kept and only the others guessed, from the columns left; a `given` with both input (or messages)
    and output (or label) set is complete, and nothing is guessed. `input` and `messages` may both come back empty
    where no column can be the input.
    """
    if given and (given.input or given.messages) and (given.output or given.label):
        return shape_of(given, rows), given
    columns = given or Columns()
    taken = {*columns.input, columns.output, columns.label, columns.group, columns.created, columns.messages}
    free = [name for name in available if name not in taken]
    columns = replace(
        columns,
        created=columns.created or _first(CREATED, free),
        group=columns.group or _first(GROUP, free),
    )
    free = [name for name in free if name not in (columns.created, columns.group)]
    if not columns.input and not columns.messages and not columns.output:
        columns = replace(columns, messages=_chat(free, rows))
        if columns.messages:
            columns = replace(columns, output=_answers(columns.messages, free, rows))
    if columns.messages:
        label = columns.label or _first(LABEL, free)
        is_answered = not columns.output and plain(columns.messages) not in PREFERENCE
        if not label and is_answered and is_closed(_last_turns(columns.messages, rows)):
            label = columns.messages  # the last turn is the label
        columns = replace(columns, label=label)
    else:
        columns = _pair(columns, free, rows)
    return shape_of(columns, rows), columns


def shape_of(columns: Columns, rows: Sequence[Mapping[str, Any]] = ()) -> str:
    """The name of the shape these columns make: messages, sharegpt, preference, alpaca, prompt_completion or flat."""
    if columns.messages:
        if plain(columns.messages) in PREFERENCE or plain(columns.output or "") in PREFERENCE:
            return "preference"
        if plain(columns.messages) == "prompt":
            return "prompt_completion"
        return turn_style(_values(columns.messages, rows))
    inputs, output = [plain(name) for name in columns.input], plain(columns.output or "")
    if output == "chosen":
        return "preference"
    if inputs[:1] == ["instruction"] and output:
        return "alpaca"
    return "prompt_completion" if inputs == ["prompt"] and output == "completion" else "flat"


def _first(wanted: Sequence[str], free: Sequence[str]) -> str | None:
    names = {plain(name): name for name in reversed(free)}
    return next((names[name] for name in wanted if name in names), None)


def _values(name: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [row[name] for row in rows if row.get(name) not in (None, "")]


def _chat(free: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str | None:
    candidates = [name for wanted in MESSAGES for name in free if plain(name) == wanted]
    prompted = _first(INPUT, free)
    if not prompted:
        candidates += [name for name in free if plain(name) == "chosen"]
    elif _first(ANSWERS, free):
        candidates += [name for name in free if plain(name) == "prompt"]
    for name in candidates:
        values = _values(name, rows)
        if values and sum(map(looks_like_turns, values)) > len(values) / 2:
            return name
    return None


def _answers(messages: str, free: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str | None:
    """The column with the answers, where most conversations end without one."""
    answered = [ends_with_answer(decoded(value)) for value in _values(messages, rows) if looks_like_turns(value)]
    is_open = sum(answered) < len(answered) / 2
    return _first(ANSWERS, [name for name in free if name != messages]) if is_open else None


def _pair(columns: Columns, free: list[str], rows: Sequence[Mapping[str, Any]]) -> Columns:
    """The columns with input, output and label filled in as far as they are empty."""
    label, output, inputs = columns.label, columns.output, columns.input
    if not label:
        label = _first(LABEL, free)
    free = [name for name in free if name != label]
    if not output and not columns.label:
        output = _first(("chosen", *OUTPUT), free)
    if not inputs:
        inputs = _inputs([name for name in free if name != output])
    free = [name for name in free if name != output and name not in inputs and plain(name) != "rejected"]
    if not inputs and free:
        longest = max(free, key=lambda name: _length(name, rows))
        inputs = (longest,)
        free.remove(longest)
    if output or label or not free:
        return _settled(replace(columns, input=inputs, output=output, label=label), rows)
    labels = [name for name in free if is_label(_values(name, rows))]
    if labels:
        return replace(columns, input=inputs, label=labels[-1])
    texts = [name for name in free if _is_text(_values(name, rows))]
    return replace(columns, input=inputs, output=max(texts, key=lambda n: _length(n, rows)) if texts else None)


def _settled(columns: Columns, rows: Sequence[Mapping[str, Any]]) -> Columns:
    """`target`, `output` and the like hold labels in a classification file: few short values that come again.

    Under a name that promises a text (`completion`, `answer`) they must be shorter and come again more often.
    """
    output = columns.output
    if output and not columns.label and plain(output) not in PREFERENCE:
        values = _values(output, rows)
        may_be = plain(output) in ("target", "output", "outputs", "expected", "expected_output")
        if (may_be and len(values) >= ENOUGH and is_label(values)) or is_closed(values):
            return replace(columns, output=None, label=output)
    return columns


def _last_turns(name: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the last turn of each conversation says, where it can be read and is the model's.

    None where tools are called: a call that comes again is no label.
    """
    found = []
    for value in _values(name, rows):
        turns = decoded(value)
        if looks_like_turns(turns):
            try:
                read = turns_of(turns, name)
                found.append(flattened(read)[1])
                if any(map(calls, read)):
                    return []
            except Unusable:
                continue
    return found


def _inputs(free: Sequence[str]) -> tuple[str, ...]:
    names = {plain(name): name for name in reversed(free)}
    wanted = ("premise", "sentence1", "text_a", "question1", *INPUT)
    first = next((name for name in wanted if name in names), None)
    if not first:
        return ()
    return (names[first], *(names[name] for name in COMPANIONS.get(first, ()) if name in names))


def _length(name: str, rows: Sequence[Mapping[str, Any]]) -> float:
    values = _values(name, rows)
    return sum(len(as_text(value)) for value in values) / max(1, len(values))


def _is_text(values: Sequence[Any]) -> bool:
    return any(isinstance(value, str) and not _numeric(value) for value in values)


def _numeric(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def is_closed(values: Sequence[Any]) -> bool:
    """Whether answers are surely labels: a line of a few words each, and of 20 or more at most a fifth distinct."""
    texts = [as_text(value).strip() for value in values]
    if len(texts) < ENOUGH or max(map(len, texts)) > CLOSED_LENGTH or any("\n" in text for text in texts):
        return False
    return len(set(texts)) <= len(texts) / CLOSED_REPEATS


def is_label(values: Sequence[Any]) -> bool:
    """Whether values look like labels: short, and from 20 rows on at most half of them distinct."""
    texts = [as_text(value) for value in values]
    if not texts or max(map(len, texts)) > LABEL_LENGTH:
        return False
    if len(texts) < ENOUGH:
        return max(len(text.split()) for text in texts) <= 3
    return len(set(texts)) <= len(texts) / 2


LONGEST_NAME = 64
"""Characters; longer first cells are text, not names (PostgreSQL's limit for a name is 63)."""
MOST_WORDS = 4
"""Words in a column's name; a first cell of more is a sentence."""


def is_header(records: Sequence[Sequence[str]]) -> bool:
    """Whether the first of these records names the columns.

    It does where one of its cells is a name that data sets use (`text`, `label`, ...). Otherwise its cells must be
    distinct, short, no numbers and no sentences, and none may come again further down its column.
    """
    first, others = records[0], records[1:]
    cells = [cell.strip() for cell in first]
    if names_known(cells):
        return True
    named = [cell for cell in cells if cell]
    if not named or len(set(named)) < len(named) or not all(map(_could_name, named)):
        return False
    return not any(
        cell and any(len(record) > n and record[n].strip() == cell for record in others) for n, cell in enumerate(cells)
    )


def names_known(cells: Sequence[str]) -> bool:
    """Whether one of these cells is a name that data sets use."""
    return any(plain(cell) in KNOWN for cell in cells)


def _could_name(cell: str) -> bool:
    if len(cell) > LONGEST_NAME or len(cell.split()) > MOST_WORDS or cell.endswith((".", "?", "!")) or "\n" in cell:
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def unique_names(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names with blank ones called column_N and repeated ones name_2, name_3, and a sentence for each change."""
    made: list[str] = []
    changes: list[str] = []
    for n, name in enumerate(names):
        wanted = name.strip() or f"column_{n + 1}"
        final, count = wanted, 1
        while final in made or (final != wanted and final in names):
            count += 1
            final = f"{wanted}_{count}"
        if not name.strip():
            changes.append(f"column {n + 1} has no name and is called {final}")
        elif final != wanted:
            changes.append(f"column {n + 1} is a second {wanted!r} and is called {final}")
        made.append(final)
    return made, changes
