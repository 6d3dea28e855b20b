"""Kiln's task runs: the input with its output. Where somebody mended it, the repaired one is the output, and the first
one is kept as rejected; an output that was rated as failed and not mended is a bad answer: rejected, and no output."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from curation.load.guess import Look, beside
from curation.load.mapping import Beside, Example, pair
from curation.load.rows import Unusable
from curation.load.shapes import Reading, row_shape
from curation.wording import counted

PASS_OR_FAIL = ("pass_fail", "pass_fail_critical")
HIGH = 4
"""Stars from which on Kiln counts an output among the good ones (`TaskOutputRating.is_high_quality`)."""


@row_shape("kiln", "Kiln task runs")
def kiln(look: Look) -> Reading | None:
    """Claims rows whose output is an object with an output and a source or a rating."""
    if look.share("output", _is_output) <= 0.9 or (look.given and (look.given.input or look.given.output)):
        return None
    columns = replace(beside(look)[0], input=("input",), output="output")

    def example(values: dict[str, Any]) -> Example:
        output, repaired = values.get("output"), values.get("repaired_output")
        if not isinstance(output, Mapping) or not _is_output(output):
            raise Unusable("not_text", "the run has no output")
        rest = {name: value for name, value in values.items() if name != "repaired_output"}
        rest |= {"rating": output["rating"]} if output.get("rating") else {}
        mended = repaired.get("output") if isinstance(repaired, Mapping) else None
        if isinstance(mended, str):
            return pair(rest | {"output": mended}, columns, Beside(), {"rejected": output["output"]})
        if _has_failed(output):
            return pair(rest | {"output": ""}, columns, Beside(), {"rejected": output["output"]})
        return pair(rest | {"output": output["output"]}, columns, Beside())

    return Reading(1.0, columns, example, tuple(_notes(look)))


def _is_output(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("output"), str)
        and bool({"source", "rating", "v"} & value.keys())
    )


def _notes(look: Look) -> list[str]:
    """Notes on the ratings of the first rows, for whoever loads the file."""
    notes = []
    if any(map(_has_failed, look.values("output"))):
        notes.append("Kiln: outputs rated as failed and not repaired are no training targets; each is kept as rejected")
    if low := sum(_stars(row.get("output")) < HIGH and not row.get("repaired_output") for row in look.rows):
        notes.append(
            f"Kiln: {counted(low, 'output')} of the first {len(look.rows)} with fewer than {HIGH} stars, which Kiln "
            "leaves out of what it trains on: read as answers, the rating kept with them"
        )
    return notes


def _rating(output: Any) -> tuple[str, float | None]:
    """The kind of an output's rating and its value, None where nobody rated it."""
    rating = output.get("rating") if isinstance(output, Mapping) else None
    if not isinstance(rating, Mapping) or rating.get("value") is None:
        return "", None
    try:
        return str(rating.get("type")), float(str(rating["value"]))
    except ValueError:
        return "", None


def _has_failed(output: Any) -> bool:
    kind, value = _rating(output)
    return kind in PASS_OR_FAIL and value is not None and value <= 0


def _stars(output: Any) -> float:
    """The stars of an output; as many as there are where it has none."""
    kind, value = _rating(output)
    return value if kind == "five_star" and value is not None else 5.0
