"""OpenAI's preference data: `input` with messages and tools, `preferred_output` and `non_preferred_output`."""

from collections.abc import Mapping
from typing import Any

from curation.load.guess import Look
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape


@row_shape("openai_preference", "OpenAI preference pairs")
def openai_preference(look: Look) -> Wrapped | None:
    """Claims rows whose input is an object with messages, beside both outputs."""
    if not {"input", "preferred_output", "non_preferred_output"} <= set(look.columns):
        return None
    return Wrapped(0.95, _rows) if look.share("input", lambda value: isinstance(value, Mapping)) > 0.5 else None


def _rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
    rest = dict(values)
    asked = rest.pop("input", None)
    if not isinstance(asked, Mapping) or "messages" not in asked:
        return [Unusable("bad_messages", "column 'input' holds no object with messages")]
    sides = {"chosen": rest.pop("preferred_output", None), "rejected": rest.pop("non_preferred_output", None)}
    beside = {name: value for name, value in asked.items() if name != "messages"}
    return [{"prompt": asked["messages"], **sides, **beside, **rest}]
