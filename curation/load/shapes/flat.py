"""One example a row: a column with the input and one with the output or the label, told by their names and values."""

import re
from typing import Any

from curation.load.guess import Look, pair_columns, plain, switch_columns
from curation.load.mapping import Example, beside_of, pair
from curation.load.shapes import Reading, row_shape

REFERENCES = (
    "reference",
    "reference_answer",
    "ground_truth",
    "expected",
    "expected_output",
    "expected_answer",
    "ideal",
)
"""Columns that hold the answer that is right beside one that a model gave."""


FILE = re.compile(
    r"\S+\.(?:jpe?g|png|gif|bmp|tiff?|webp|svg|wav|mp3|m4a|flac|ogg|opus|mp4|avi|mov|mkv|webm|pdf)(?:\?\S*)?", re.I
)
FILES = 0.9
"""Share of inputs that are nothing but such a name from which on the set is not of texts."""


@row_shape("flat", "Flat columns")
def flat(look: Look) -> Reading:
    """Claims every row, most weakly of all shapes."""
    columns, is_named = pair_columns(look)
    beside = beside_of(look, columns)
    notes = []
    if not is_named and columns.input and (columns.output or columns.label):
        chosen = {"input": columns.input[0], "output": columns.output, "label": columns.label}
        told = ", ".join(f"{side} = {name}" for side, name in chosen.items() if name)
        notes.append(f"the columns' names do not say what they hold; guessed from their values: {told}. Please check")

    also = [name for name in look.columns if plain(name) in REFERENCES and name not in (*columns.input, columns.output)]
    if also and columns.output and plain(columns.output) not in REFERENCES:
        notes.append(
            f"{', '.join(also)} may hold the right answer too; {columns.output} is read as the answer. Name the right "
            "one (--output) where that is wrong"
        )
    if len(columns.input) == 1 and look.share(columns.input[0], _is_file) > FILES:
        notes.append(
            f"{columns.input[0]!r} holds the names of pictures, sounds or films, not texts: what they show cannot be "
            "checked here, and a language model learns nothing from their names"
        )
    switches = switch_columns(look, look.columns, 1)
    if not columns.output and not columns.label and len(switches) > 1:
        listed = ", ".join(switches[:10])
        notes.append(
            f"the columns {listed} hold 0 and 1, like labels of which a row may have several; name one (--label)"
        )

    def example(values: dict[str, Any]) -> Example:
        return pair(values, columns, beside)

    return Reading(0.1, columns, example, tuple(notes))


def _is_file(value: Any) -> bool:
    return isinstance(value, str) and FILE.fullmatch(value.strip()) is not None
