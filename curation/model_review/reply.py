"""What a model's reply says of a row: the JSON object in it, held against what was asked; None where it says nothing.

A reply is a text of somebody else: it is cut to length, and a passage counts only where it stands in the row.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.model_review.prompt import FORM, OF_LABELS, Question
from curation.model_review.rubric import OTHER, OTHER_LABEL, Rubric
from curation.records import ReadAs

READ = 20_000
"""Characters of a reply that are looked at, from its end: fifty times what was asked for."""
TRIED = 50
"""Places at which an object may begin that are tried."""
LONGEST_REASON, LONGEST_PASSAGE = 300, 500
"""Characters kept: a sentence, a paragraph."""
MEANT: Mapping[str, ReadAs] = {
    "right": "right", "correct": "right", "wrong": "wrong", "incorrect": "wrong", "unsure": "unsure",
    "cannot tell": "unsure", "can't tell": "unsure", "uncertain": "unsure", "unclear": "unsure", "unknown": "unsure",
}  # fmt: skip
"""Words that say the same as those asked for. All others say nothing: a guess at them would be ours."""
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Said:
    """What a reply says, as in `Reading`."""

    answer: ReadAs
    kind: str = ""
    passage: str = ""
    reason: str = ""
    labels: tuple[str, ...] = ()


def said_in(reply: str, question: Question, rubric: Rubric) -> Said | None:
    """What the last JSON object with a reading says; None where there is none.

    What repeats the question is passed over up to the last mark of the row, and a reply that repeats what a field is
    for says nothing. A reading that its own likeliest label contradicts is unsure.
    """
    text = _THOUGHT.sub("", _after_marks(reply[-READ:], question.nonce))
    if question.is_naming:
        return _named_in(text, question)
    found = [(meant, one) for one in _objects(text) if (meant := meant_by(one.get("reading"))) is not None]
    if not found:
        return None
    answer, values = found[-1]
    if values.get("reason") == FORM["reason"]:
        return None
    kind = str(values.get("kind") or "").strip().casefold().replace(" ", "_")
    labels = _labels([values.get(name) for name in OF_LABELS], question.labels)
    if labels and _contradicts(answer, kind, labels[0] == question.row.answer):
        answer = "unsure"
    reason = _line(values.get("reason"), LONGEST_REASON)
    if answer != "wrong":
        return Said(answer, reason=reason, labels=labels)
    passage = _standing(values.get("passage"), question.sent)
    return Said(answer, kind if kind in rubric.kinds else OTHER, passage, reason, labels)


def _named_in(text: str, question: Question) -> Said | None:
    """The labels that the last JSON object names for a row without one; None where none is of the list."""
    for values in reversed(list(_objects(text))):
        if values.get("reason") == FORM["reason"]:
            return None
        if labels := _labels([values.get(name) for name in OF_LABELS], question.labels):
            return Said("named", reason=_line(values.get("reason"), LONGEST_REASON), labels=labels)
    return None


def meant_by(value: object) -> ReadAs | None:
    """The reading that a word stands for; None for any other value."""
    if not isinstance(value, str):
        return None
    return MEANT.get(value.strip().strip(".!").casefold().replace("_", " "))


def _contradicts(answer: ReadAs, kind: str, is_likeliest: bool) -> bool:
    """Whether a reading does not go with whether the label given is the one the model thinks likeliest."""
    if answer == "wrong":
        return is_likeliest and kind in ("", OTHER_LABEL)
    return answer == "right" and not is_likeliest


def _after_marks(text: str, nonce: str) -> str:
    """What stands behind the last place where the marks of the row are repeated."""
    at = text.rfind(nonce)
    return text if at < 0 else text[at + len(nonce) :]


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """The JSON objects in a text, outermost ones, in order."""
    decoder, at = json.JSONDecoder(), 0
    for _ in range(TRIED):
        at = text.find("{", at)
        if at < 0:
            return
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        if isinstance(value, Mapping):
            yield value


def _labels(values: Sequence[object], known: Mapping[str, str]) -> tuple[str, ...]:
    """The labels of the list that were named, likeliest first, each once."""
    by_name = {_folded(sent): label for sent, label in known.items()}
    found = dict.fromkeys(by_name.get(_folded(one), "") for one in values if isinstance(one, str))
    return tuple(label for label in found if label)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _line(value: object, longest: int) -> str:
    text = " ".join(value.encode("utf-8", "replace").decode().split()) if isinstance(value, str) else ""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _standing(value: object, texts: Sequence[str]) -> str:
    """A passage that stands in one of the texts word for word; "" for any other."""
    said = value.strip() if isinstance(value, str) else ""
    return said if 0 < len(said) <= LONGEST_PASSAGE and any(said in text for text in texts) else ""
