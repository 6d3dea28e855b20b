"""doccano's exports: texts with a list of labels, or with a list of texts written for them (sequence to sequence)."""

from collections.abc import Mapping
from typing import Any

from curation.load.guess import ENOUGH, Look, is_prose
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape
from curation.records import Columns

TEXTS = ("text", "data")
LABELS = ("label", "labels", "cats")
DISTINCT = 0.9
"""Share of distinct values above which they are texts and not classes, from some rows on."""


@row_shape("doccano", "doccano examples")
def doccano(look: Look) -> Wrapped | None:
    """Claims a text with a list of labels, texts or the old annotations; refuses marks in a text."""
    text, name = look.named(*TEXTS), look.named(*LABELS)
    if text and look.share("annotations", _is_old) > 0.9 and "annotation_approver" in look.columns:
        return Wrapped(0.95, _from_annotations, (), _columns(look, "annotations", _from_annotations))
    if not text or not name or look.share(name, lambda value: isinstance(value, list)) < 0.9:
        return None
    if look.given and (look.given.label or look.given.output):
        return None
    if look.share(name, _is_places) > 0.9:
        raise Unusable(
            "not_text",
            f"column {name!r} holds marks in the text (start, end, name), as doccano's sequence labelling does: no "
            "class or answer a row, which is what is curated here",
        )
    first = [value[0] for value in look.values(name) if isinstance(value, list) and value]
    if not all(isinstance(entry, str) for entry in first) or not _are_texts(first):
        return Wrapped(0.2, _as_they_are, (), Columns((text,), label=name)) if "id" in look.columns else None
    return Wrapped(0.95, lambda values: _written(values, name), (), Columns((text,), "output"))


def _as_they_are(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [values]


def _are_texts(values: list[str]) -> bool:
    distinct = len(set(values)) > DISTINCT * len(values)
    return distinct and (is_prose(values) or len(values) >= ENOUGH)


def _is_places(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(mark, list) and len(mark) == 3 for mark in value)


def _is_old(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) and {"label", "text"} & one.keys() for one in value)


def _from_annotations(values: dict[str, Any]) -> list[dict[str, Any]]:
    rest = dict(values)
    given = [one for one in rest.pop("annotations", None) or [] if isinstance(one, Mapping)]
    texts = [one["text"] for one in given if "text" in one]
    return [rest | ({"output": texts} if texts else {"label": [str(one.get("label")) for one in given]})]


def _columns(look: Look, name: str, reader: Any) -> Columns:
    has_texts = any("output" in row for values in look.rows for row in reader(dict(values)))
    return Columns(output="output") if has_texts else Columns(label="label")


def _written(values: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rest = {key: value for key, value in values.items() if key != name}
    return [{**rest, "output": values.get(name)}]
