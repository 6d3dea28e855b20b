"""Strings for the Load page: pure, so that what people read is tested without a browser."""

from curation.load import format_titles
from curation.records import Imported

SHAPES = {
    "flat": "one example a row",
    "messages": "one conversation a row",
    "sharegpt": "one conversation a row, as ShareGPT writes them",
    "alpaca": "one instruction and its answer a row, as Alpaca writes them",
    "prompt_completion": "one prompt and its completion a row",
    "preference": "one preferred answer and one other a row; the preferred one is used",
}
PLAIN = ("binary", "utf-8", "ascii")
"""Encodings nobody needs to hear of."""


def read_as(imported: Imported) -> str:
    """How a file is understood, in a sentence or two of plain words; nothing in it comes from the data."""
    kind = "an input and its label" if imported.dataset.is_classification else "an input and its ideal output"
    read = (
        f"{format_titles().get(imported.format, 'Table')}, {SHAPES.get(imported.shape, 'one example a row')}: {kind}."
    )
    if imported.encoding.lower() in PLAIN:
        return read
    return f"{read} Its letters are written as {imported.encoding}; look whether accents come out right below."


def first_rows(shown: int) -> str:
    """How many rows of the file the preview shows."""
    return "Its first row, as it will be stored:" if shown == 1 else f"Its first {shown} rows, as they will be stored:"
