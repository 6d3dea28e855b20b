"""Strings for the Load page: pure, so that what people read is tested without a browser."""

from curation.project.examples import Examples
from curation.records import Imported
from curation.ui.load import own_labels
from curation.wording import SHAPES, word

PLAIN = ("binary", "utf-8", "ascii")
"""Encodings nobody needs to hear of."""


def read_as(imported: Imported) -> str:
    """How a file is understood, in a sentence or two of plain words; nothing in it comes from the data."""
    kind = "an input and its label" if imported.dataset.is_classification else "an input and its ideal output"
    if own_labels.is_bare(imported.dataset):
        kind = "an input alone"
    read = f"{Examples.formats().get(imported.format, 'Table')}, {word(SHAPES, imported.shape).noun}: {kind}."
    if imported.encoding.lower() in PLAIN:
        return read
    return f"{read} Its encoding was read as {imported.encoding}: check that accents are right below."


def first_rows(shown: int) -> str:
    """How many rows of the file the preview shows."""
    return "Its first row, as it will be stored:" if shown == 1 else f"Its first {shown} rows, as they will be stored:"
