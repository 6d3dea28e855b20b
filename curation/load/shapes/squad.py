"""SQuAD: articles with paragraphs, each with questions. One row a question, with its context and answer.

Questions that the text does not answer (SQuAD 2) have an empty output; `is_impossible` stays with the row.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from curation.load.guess import Look
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape


@row_shape("squad", "SQuAD articles")
def squad(look: Look) -> Wrapped | None:
    """Claims rows with paragraphs that hold questions, and rows that are such a paragraph."""
    if look.share("paragraphs", lambda value: isinstance(value, list) and any(map(_is_paragraph, value))) > 0.5:
        return Wrapped(1.0, _of_article, ("SQuAD: each question is a row, with its context",))
    if look.share("qas", lambda value: isinstance(value, list)) > 0.9 and "context" in look.columns:
        return Wrapped(1.0, _of_paragraph, ("SQuAD: each question is a row, with its context",))
    return None


def _is_paragraph(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("qas"), list)


def _of_article(values: dict[str, Any]) -> Iterator[dict[str, Any] | Unusable]:
    beside = {name: value for name, value in values.items() if name != "paragraphs"}
    paragraphs = values.get("paragraphs")
    for paragraph in paragraphs if isinstance(paragraphs, list) else []:
        if _is_paragraph(paragraph):
            yield from _of_paragraph({**beside, **paragraph})
        else:
            yield Unusable("not_text", "a paragraph has no list of questions")


def _of_paragraph(values: dict[str, Any]) -> Iterator[dict[str, Any] | Unusable]:
    beside = {name: value for name, value in values.items() if name != "qas"}
    for asked in values.get("qas") or []:
        if not isinstance(asked, Mapping) or not isinstance(asked.get("question"), str):
            yield Unusable("not_text", "a question has no text")
            continue
        rest = {name: value for name, value in asked.items() if name not in ("question", "answers", "answer")}
        yield {**beside, **rest, "question": asked["question"], "answer": asked.get("answers", asked.get("answer"))}
