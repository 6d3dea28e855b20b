"""Argilla's records: fields become columns and each question its answer, as exported nested, flattened or by the first
versions. Drafts and discarded answers do not count, suggestions stay suggestions, and where people disagree and most
do not say the same, the row has no label. Of fields that were ranked the best one is the output, the last one is kept
as rejected."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from curation.load.chat import decoded, looks_like_turns
from curation.load.guess import LABEL, OUTPUT, Look, first, is_label, is_prose
from curation.load.labels import agreed
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape
from curation.records import Columns

RESPONSES = ".responses"
RECORD = ("_server_id", "status", "vectors", "inserted_at", "updated_at", "external_id")
"""What Argilla keeps of a record itself: none of it is a text or a class of the row."""
UNDONE = ("discarded", "draft")
Said = dict[str, list[Any]]
"""The answers to each question."""
Reader = Callable[[dict[str, Any]], tuple[dict[str, Any], Said]]
"""A record's other columns and the answers to its questions."""


@row_shape("argilla", "Argilla records")
def argilla(look: Look) -> Wrapped | None:
    """Claims nested records, flattened ones, those of feedback data sets, and text classification of version 1."""
    reader = _reader(look)
    if reader is None:
        return None
    answers: Said = {}
    for values in look.rows:
        for question, said in reader(dict(values))[1].items():
            answers.setdefault(question, []).extend(said)

    def rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
        if str(values.get("status")).lower() == "discarded":
            return [Unusable("set_aside", "the record was discarded")]
        rest, said = reader(values)
        return [{**rest, **{question: agreed(given) for question, given in said.items()}}]

    others = [name for values in look.rows[:1] for name in reader(dict(values))[0]]
    if ranked := next(
        (name for name, said in answers.items() if said and all(_ranks(one, others) for one in said)), ""
    ):
        note = f"Argilla: {ranked} ranks the answers; the best one is the output, the last one is kept as rejected"
        return Wrapped(1.0, lambda values: [_best_and_last(row, ranked) for row in rows(values)], (note,))
    columns = _columns(answers, others)
    chats = [name for name in others if any(looks_like_turns(reader(dict(row))[0].get(name)) for row in look.rows[:1])]
    if columns and columns.output in answers and chats:
        columns = Columns(messages=chats[0], output=columns.output)
    return Wrapped(1.0, rows, (), columns)


def _reader(look: Look) -> Reader | None:
    names = set(look.columns)
    if {"fields", "responses"} <= names and look.share("fields", lambda value: isinstance(value, Mapping)) > 0.9:
        return _nested
    if flattened := [name.removesuffix(RESPONSES) for name in look.columns if name.endswith(RESPONSES)]:
        return lambda values: _flattened(values, flattened)
    if questions := [name for name in look.columns if look.share(name, _is_feedback) > 0.9]:
        return lambda values: _feedback(values, questions)
    return _first_version if {"annotation", "annotation_agent"} <= names else None


def _columns(answers: Said, others: Sequence[str]) -> Columns | None:
    """The question answered in words as the output, or the one that asks for a class as the label, by name or answers.

    Where the record has an answer among its fields, a question rates it and is neither.
    """
    flat = {
        name: [entry for one in said for entry in (one if isinstance(one, list) else [one])]
        for name, said in answers.items()
    }
    written = next((name for name, said in flat.items() if is_prose([text for text in said if text])), None)
    if field := first(OUTPUT, others):
        return Columns(output=written or field)
    named = first(LABEL, list(flat))
    label = named or next((name for name, said in flat.items() if is_label(said)), None)
    if label:
        return Columns(label=label)
    output = first(OUTPUT, list(flat)) or next(iter(flat), None)
    return Columns(output=output) if output else None


def _ranks(answer: Any, fields: Sequence[str]) -> bool:
    """Whether an answer is a list of the record's own fields."""
    return isinstance(answer, list) and len(answer) > 1 and all(name in fields for name in answer)


def _best_and_last(row: dict[str, Any] | Unusable, ranked: str) -> dict[str, Any] | Unusable:
    if isinstance(row, Unusable):
        return row
    order = row.pop(ranked, None)
    if not _ranks(order, list(row)):
        return Unusable("no_output", f"{ranked!r} ranks no answers, or people ranked them otherwise")
    best, last = row.pop(order[0]), row.pop(order[-1])
    return {**row, "chosen": best, "rejected": last}


def _value(answer: Any) -> Any:
    """An answer's value, a ranking as its names in order; None for marks in a text, which are lists of objects too."""
    value = answer.get("value") if isinstance(answer, Mapping) else answer
    if isinstance(value, list) and value and all(isinstance(one, Mapping) and "rank" in one for one in value):
        places = [float(str(one["rank"] or 0)) for one in value]
        return (
            [one.get("value") for _, one in sorted(zip(places, value), key=lambda pair: pair[0])]
            if (min(places) < max(places))
            else None
        )
    is_places = isinstance(value, list) and any(isinstance(entry, Mapping) for entry in value)
    return None if is_places else value


def _done(answers: Any) -> list[Any]:
    """The values of the answers that were given for good."""
    answers = answers if isinstance(answers, list) else [answers]
    counted = [a for a in answers if not (isinstance(a, Mapping) and str(a.get("status")).lower() in UNDONE)]
    return [value for value in map(_value, counted) if value is not None]


def _nested(values: dict[str, Any]) -> tuple[dict[str, Any], Said]:
    rest = dict(values)
    fields, responses = rest.pop("fields", None), rest.pop("responses", None)
    said: Said = {}
    if isinstance(responses, Mapping):
        said = {question: _done(answers) for question, answers in responses.items()}
    for response in responses if isinstance(responses, list) else []:
        if isinstance(response, Mapping) and str(response.get("status")).lower() not in UNDONE:
            for question, answer in dict(response.get("values") or {}).items():
                said.setdefault(question, []).extend(_done(answer))
    own = {name: rest.pop(name) for name in RECORD if name in rest}
    return {**(fields if isinstance(fields, Mapping) else {}), **rest, "record": own}, said


def _flattened(values: dict[str, Any], questions: Sequence[str]) -> tuple[dict[str, Any], Said]:
    rest, said = dict(values), {}
    for question in questions:
        given, states = (decoded(rest.get(f"{question}{name}")) for name in (RESPONSES, f"{RESPONSES}.status"))
        rest.pop(f"{question}{RESPONSES}", None)
        given = given if isinstance(given, list) else [given] if given else []
        states = states if isinstance(states, list) else [None] * len(given)
        answers = [{"value": value, "status": state} for value, state in zip(given, states)]
        said[question] = _done(answers)
    return rest, said


def _is_feedback(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, Mapping) and {"value", "user_id"} <= one.keys() for one in value
    )


def _feedback(values: dict[str, Any], questions: Sequence[str]) -> tuple[dict[str, Any], Said]:
    rest = {name: value for name, value in values.items() if name not in questions}
    return rest, {question: _done(values.get(question) or []) for question in questions}


def _first_version(values: dict[str, Any]) -> tuple[dict[str, Any], Said]:
    rest = dict(values)
    annotation, inputs = rest.pop("annotation", None), rest.pop("inputs", None)
    if isinstance(inputs, Mapping):
        rest = {**inputs, **rest}
    elif inputs is not None:
        rest.setdefault("text", inputs)
    rest = {name: value for name, value in rest.items() if value is not None}
    return rest, {"annotation": [] if annotation is None else [annotation]}
