"""Answers marked good or bad (KTO): a column of true and false beside an answer. Bad answers are no training targets:
they are set aside, counted and downloadable."""

from typing import Any

from curation.load.chat import looks_like_turns
from curation.load.guess import FOREIGN_OUTPUT, OUTPUT, Look, chat_columns, first, is_closed, plain, switch
from curation.load.rows import Unusable, as_text
from curation.load.shapes import Wrapped, row_shape

MARKS = ("kto_tag", "is_correct", "correct", "is_good", "is_desirable", "desirable", "is_chosen", "thumbs_up", "liked")
"""Columns named for a mark; 0 and 1 count too. Under the name `label` only true and false do: others may be classes."""


@row_shape("unpaired_preference", "Answers marked good or bad")
def unpaired_preference(look: Look) -> Wrapped | None:
    """Claims rows with an answer in words and a column of true and false that marks it."""
    label = look.named("label")
    marks = [name for name in [look.named(*MARKS)] if name and look.share(name, _is_mark) > 0.95]
    marks += [label] if label and look.share(label, _is_true_or_false) > 0.95 else []
    if not marks or (look.given and marks[0] in (look.given.label, look.given.output)) or not _answers(look, marks[0]):
        return None
    mark = marks[0]

    def rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
        if switch(values.get(mark)) == 0:
            return [Unusable("marked_bad", f"column {mark!r} marks the answer as bad; nothing is trained on it")]
        return [{name: value for name, value in values.items() if name != mark}]

    note = f"{mark!r} marks answers as good or bad: bad ones are set aside with their reason and not trained on"
    return Wrapped(0.9, rows, (note,))


def _is_mark(value: Any) -> bool:
    return switch(value) is not None


def _is_true_or_false(value: Any) -> bool:
    return isinstance(value, bool) or as_text(value).strip().lower() in ("true", "false")


def _answers(look: Look, mark: str) -> bool:
    """Whether there is an answer in words that the mark can be about."""
    others = Look([name for name in look.columns if name != mark], look.rows, look.given)
    if any(look.share(name, looks_like_turns) > 0.5 for name in others.columns):
        return chat_columns(others) is not None
    named = look.given.output if look.given else None
    output = named or first((*OUTPUT, *FOREIGN_OUTPUT), others.columns)
    return bool(output and plain(output) != plain(mark) and not is_closed(look.values(output)))
