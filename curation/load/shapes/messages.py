"""Conversations: a list of turns with role and content in a column of any name; system and tools beside it are kept."""

from curation.load.chat import turn_style
from curation.load.guess import Look, chat_columns
from curation.load.mapping import chat_example
from curation.load.shapes import Reading, row_shape


@row_shape("messages", "Conversations")
def messages(look: Look) -> Reading | None:
    """Claims rows with a column of turns."""
    columns = chat_columns(look)
    if columns is None or turn_style(look.values(columns.messages or "")) != "messages":
        return None
    return Reading(0.5, columns, chat_example(look, columns))
