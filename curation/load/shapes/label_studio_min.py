"""Label Studio's short export ("JSON_MIN", and its CSV): one annotation a row, its answers in columns."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from curation.load.guess import LABEL, Look, first, is_label, is_prose
from curation.load.labels import labels_of
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape
from curation.load.shapes.label_studio import PLACES
from curation.records import Columns

OWN = ("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "completed_by", "was_cancelled")
"""Columns that the export adds to the task's own."""


@row_shape("label_studio_min", "Label Studio annotations (short)")
def label_studio_min(look: Look) -> Wrapped | None:
    """Claims rows with an annotation's id and who made it or how long it took."""
    if "annotation_id" not in look.columns or not {"annotator", "lead_time"} & set(look.columns):
        return None
    controls = _controls(look)
    places = [name for name in controls if look.share(name, _are_places) > 0.5]
    controls = [name for name in controls if name not in places]
    if places and not controls:
        raise Unusable(
            "not_text",
            f"these are Label Studio annotations that mark places in a text or picture ({', '.join(places)}): no class "
            "or answer a row, which is what is curated here",
        )
    unwrapped = {name: [_inside(value) for value in look.values(name)] for name in controls}
    label = first(LABEL, controls) or next((n for n in controls if _are_labels(unwrapped[n])), None)
    output = None if label else next((n for n in controls if is_prose(_texts(unwrapped[n]))), None)

    def rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
        if values.get("was_cancelled") in (True, "true", "True"):
            return [Unusable("set_aside", "the annotation was cancelled")]
        return [{name: _inside(value) if name in controls else value for name, value in values.items()}]

    return Wrapped(1.0, rows, (), Columns(label=label, output=output) if label or output else None)


def _controls(look: Look) -> list[str]:
    """The columns of answers: those behind the task's id, where data stand before it; else all but its own."""
    names = list(look.columns)
    others = [name for name in names if name not in OWN]
    behind = [name for name in others if "id" in names and names.index(name) > names.index("id")]
    texts = [name for name in others if name not in behind]
    return behind if texts and behind else others


def _inside(value: Any) -> Any:
    """The choices in an object, which CSV holds as JSON text."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    if isinstance(value, Mapping) and isinstance(value.get("choices"), list):
        return value["choices"]
    return value


def _are_places(value: Any) -> bool:
    """Whether a value is a list of objects that say where in the task they are."""
    if isinstance(value, str) and value[:1] == "[":
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return False
    return isinstance(value, list) and any(isinstance(mark, Mapping) and PLACES & mark.keys() for mark in value)


def _are_labels(values: Sequence[Any]) -> bool:
    try:
        return is_label([label for value in values for label in labels_of(value, "")])
    except Unusable:
        return False


def _texts(values: Sequence[Any]) -> list[Any]:
    return [value[0] if isinstance(value, list) and value else value for value in values]
