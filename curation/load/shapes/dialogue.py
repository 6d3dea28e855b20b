r"""Dialogues written in one text: `\n\nHuman: ... \n\nAssistant: ...`, `### Human:`, or a chat template's marks."""

from typing import Any

from curation.load.dialogue import are_dialogues, dialogue_turns
from curation.load.guess import (
    ANSWERS,
    FOREIGN_LABEL,
    FOREIGN_OUTPUT,
    LABEL,
    OUTPUT,
    Look,
    beside,
    first,
    is_container,
    plain,
)
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape


@row_shape("dialogue", "Dialogues in a text")
def dialogue(look: Look) -> Wrapped | None:
    """Claims rows of which one column alone holds dialogues in texts, unless another one says what comes of them."""
    if look.given and (look.given.output or look.given.label):
        return None
    _, free = beside(look)
    texts = [name for name in free if look.share(name, is_container) < 0.5 and are_dialogues(look.values(name))]
    named = look.given.input if look.given else ()
    texts = [*(name for name in named if are_dialogues(look.values(name))), *texts]
    if len(texts) != 1 or any(plain(name) in ("chosen", "rejected") for name in look.columns):
        return None
    column = texts[0]
    if _is_input(look, column, [name for name in free if name != column]):
        return None

    def rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
        turns = dialogue_turns(values.get(column))
        if not turns:
            return [Unusable("bad_messages", f"column {column!r} holds no dialogue of a user and an assistant")]
        return [{**values, column: turns}]

    return Wrapped(0.7, rows, (f"the dialogues in {column!r} were split into turns",))


def _is_input(look: Look, column: str, others: list[str]) -> bool:
    """Whether the output or label of a row stands in another column, so that the whole dialogue is its input."""
    turns = filter(None, map(dialogue_turns, look.values(column)))
    ends = [said[-1]["role"] == "assistant" for said in turns]
    is_answered = sum(ends) >= len(ends) / 2
    if output := first((*OUTPUT, *FOREIGN_OUTPUT), others):
        return is_answered or plain(output) not in ANSWERS
    return not is_answered and first((*LABEL, *FOREIGN_LABEL), others) is not None
