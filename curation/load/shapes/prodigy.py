"""Prodigy's annotations: the accepted option or label of a text, a typed answer, or the better of two answers.

What was answered with reject or ignore is set aside, counted and downloadable. Where all rows ask for one label, a
rejected row is of the class "not" that label.
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
    if _are_answers(look):
        note = "Prodigy: the option that was chosen is the output; of two, the other one is kept as rejected"
        return Wrapped(1.0, _picked, (note,))
    if alone := _asked_alone(look):
        note = f"Prodigy asked whether each text is {alone!r}: what was rejected has the label 'not {alone}'"
        return Wrapped(1.0, lambda values: _yes_or_no(values, alone), (note,), Columns(label="label"))
    typed = look.named(*TYPED) or next((str(name) for name in look.values("field_id") if name in look.columns), None)
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
        rest["label"] = _names(values["accept"], values.get("options"))
    elif isinstance(values.get("cats"), Mapping):
        rest["label"] = [name for name, score in values["cats"].items() if float(str(score)) >= 0.5]
    return [rest]


def _names(accepted: list[Any], options: Any) -> list[Any]:
    """The accepted options as people read them: by their ids, or by their texts where ids are mere numbers."""
    texts = {str(one.get("id")): one.get("text") for one in options or [] if isinstance(one, Mapping)}
    if all(isinstance(texts.get(str(id)), str) and str(id).isdigit() for id in accepted):
        return [texts[str(id)] for id in accepted]
    return accepted


def _options(value: Any) -> dict[str, str]:
    """The texts of options by their ids."""
    listed = value if isinstance(value, list) else []
    return {
        str(one.get("id")): one["text"]
        for one in listed
        if isinstance(one, Mapping) and isinstance(one.get("text"), str)
    }


def _are_answers(look: Look) -> bool:
    """Whether the options are answers to choose from, others in every row, and not the classes of a set."""
    given = [tuple(sorted(_options(value).values())) for value in look.values("options")]
    return len(given) > 1 and len(set(given)) > len(given) / 2 and all(len(texts) > 1 for texts in given)


def _asked_alone(look: Look) -> str | None:
    """The one label that all rows ask for by accept or reject; None where they differ or options are chosen from."""
    labels, answers = set(map(str, look.values("label"))), set(look.values("answer"))
    is_binary = not {"options", "accept", "spans"} & set(look.columns) and {"accept", "reject"} <= answers
    return labels.pop() if is_binary and len(labels) == 1 and len(look.values("label")) == len(look.rows) else None


def _yes_or_no(values: dict[str, Any], label: str) -> list[dict[str, Any] | Unusable]:
    if values.get("answer") not in ("accept", "reject"):
        return [Unusable("set_aside", f"it was answered with {values.get('answer')!r} in Prodigy")]
    rest = {name: value for name, value in values.items() if name != "answer"}
    return [{**rest, "label": label if values["answer"] == "accept" else f"not {label}"}]


def _picked(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
    """A row whose options are answers, the chosen one as its output."""
    if why := _answered(values):
        return [why]
    texts, accepted = _options(values.get("options")), values.get("accept") or []
    chosen = [str(id) for id in accepted if str(id) in texts] if isinstance(accepted, list) else []
    if len(chosen) != 1:
        return [Unusable("no_output", "not one of the options was chosen")]
    rest = {name: value for name, value in values.items() if name not in ("answer", "accept", "input")}
    others = [text for id, text in texts.items() if id != chosen[0]]
    sides = {"chosen": texts[chosen[0]], "rejected": others[0]} if len(others) == 1 else {"output": texts[chosen[0]]}
    return [{"prompt": _text(values.get("input", values.get("text"))), **rest, **sides}]


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
