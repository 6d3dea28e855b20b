"""Prodigy's annotations: the accepted option or label of a text, a typed answer, or the better of two answers.

What was answered with reject or ignore is set aside, counted and downloadable.
"""

from collections.abc import Mapping
from typing import Any

from curation.load.guess import Look
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape
from curation.records import Columns

ANSWERS = ("accept", "reject", "ignore")
OWN = ("_task_hash", "_input_hash", "_view_id", "_session_id")
"""Columns that Prodigy adds to every task."""
TYPED = ("user_input", "transcript", "response")
"""Keys under which a typed answer is stored unless a recipe names another."""


@row_shape("prodigy", "Prodigy annotations")
def prodigy(look: Look) -> Wrapped | None:
    """Claims rows that were answered with accept, reject or ignore and bear Prodigy's own columns, or its options."""
    if look.share("answer", lambda value: value in ANSWERS) < 0.95 or len(look.values("answer")) < len(look.rows) / 2:
        return None
    if not {*OWN, "options", "accept", "spans"} & set(look.columns):
        return None
    if look.share("accept", lambda value: isinstance(value, Mapping)) > 0.9:
        return Wrapped(1.0, _compared)
    typed = look.named(*TYPED)
    has_labels = {"accept", "label", "cats"} & set(look.columns)
    if not has_labels and not typed and "spans" in look.columns:
        raise Unusable(
            "not_text",
            "these are Prodigy annotations of places in a text (spans): no class or answer a row, which is "
            "what is curated here",
        )
    columns = Columns(label="label") if has_labels else Columns(output=typed) if typed else None
    return Wrapped(1.0, _labelled, (), columns)


def _answered(values: dict[str, Any]) -> Unusable | None:
    if values.get("answer") == "accept":
        return None
    return Unusable("set_aside", f"it was answered with {values.get('answer')!r} in Prodigy")


def _labelled(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
    if why := _answered(values):
        return [why]
    rest = {name: value for name, value in values.items() if name not in ("answer", "options", "accept", "cats")}
    if isinstance(values.get("accept"), list):
        rest["label"] = values["accept"]
    elif isinstance(values.get("cats"), Mapping):
        rest["label"] = [name for name, score in values["cats"].items() if float(str(score)) >= 0.5]
    return [rest]


def _compared(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
    if values.get("answer") == "ignore":
        return [Unusable("set_aside", "it was answered with 'ignore' in Prodigy")]
    rest = {name: value for name, value in values.items() if name not in ("answer", "accept", "reject", "input")}
    good, bad = _text(values.get("accept")), _text(values.get("reject"))
    if values.get("answer") == "reject":
        good, bad = bad, good
    return [{"prompt": _text(values.get("input", values.get("text"))), "chosen": good, "rejected": bad, **rest}]


def _text(value: Any) -> Any:
    return value.get("text", value.get("html")) if isinstance(value, Mapping) else value
