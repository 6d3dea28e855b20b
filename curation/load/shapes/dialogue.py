r"""Dialogues written in one text: `\n\nHuman: ... \n\nAssistant: ...`, `### Human:`, or a chat template's marks."""

from typing import Any

from curation.load.dialogue import are_dialogues, dialogue_turns
from curation.load.guess import Look, beside, is_container, plain
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape


@row_shape("dialogue", "Dialogues in a text")
def dialogue(look: Look) -> Wrapped | None:
    """Claims rows of which one column alone holds texts, nearly all of them dialogues."""
    if look.given and (look.given.output or look.given.label):
        return None
    _, free = beside(look)
    texts = [name for name in free if look.share(name, is_container) < 0.5 and are_dialogues(look.values(name))]
    named = look.given.input if look.given else ()
    texts = [*(name for name in named if are_dialogues(look.values(name))), *texts]
    if len(texts) != 1 or any(plain(name) in ("chosen", "rejected") for name in look.columns):
        return None
    column = texts[0]

    def rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
        turns = dialogue_turns(values.get(column))
        if not turns:
            return [Unusable("bad_messages", f"column {column!r} holds no dialogue of a user and an assistant")]
        return [{**values, column: turns}]

    return Wrapped(0.7, rows, (f"the dialogues in {column!r} were split into turns",))
