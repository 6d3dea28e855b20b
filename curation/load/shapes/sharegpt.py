"""ShareGPT conversations: turns with `from` and `value`; calls of tools (`function_call`) and their results
(`observation`) become tool calls and tool turns."""

from curation.load.chat import turn_style
from curation.load.guess import Look, chat_columns
from curation.load.mapping import chat_example
from curation.load.shapes import Reading, row_shape


@row_shape("sharegpt", "ShareGPT conversations")
def sharegpt(look: Look) -> Reading | None:
    """Claims rows with a column of from/value turns."""
    columns = chat_columns(look)
    if columns is None or turn_style(look.values(columns.messages or "")) != "sharegpt":
        return None
    return Reading(0.5, columns, chat_example(look, columns))
