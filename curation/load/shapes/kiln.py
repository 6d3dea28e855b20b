"""Kiln's task runs: the input with its output, the repaired one where somebody mended it. Outputs that failed and were
not repaired are set aside."""

from collections.abc import Mapping
from typing import Any

from curation.load.guess import Look
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape
from curation.records import Columns

PASS_OR_FAIL = ("pass_fail", "pass_fail_critical")


@row_shape("kiln", "Kiln task runs")
def kiln(look: Look) -> Wrapped | None:
    """Claims rows whose output is an object with an output and a source or a rating."""
    return Wrapped(1.0, _rows, (), Columns(("input",), "output")) if look.share("output", _is_output) > 0.9 else None


def _is_output(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("output"), str)
        and bool({"source", "rating", "v"} & value.keys())
    )


def _rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
    rest = dict(values)
    output, repaired = rest.pop("output", None), rest.pop("repaired_output", None)
    if not _is_output(output):
        return [Unusable("not_text", "the run has no output")]
    rating = output.get("rating") or {}
    if isinstance(repaired, Mapping) and isinstance(repaired.get("output"), str):
        return [{**rest, "output": repaired["output"], "original_output": output["output"], "rating": rating or None}]
    if rating.get("type") in PASS_OR_FAIL and rating.get("value") is not None and float(str(rating["value"])) <= 0:
        return [Unusable("marked_bad", "the output was rated as failed in Kiln and not repaired")]
    return [{**rest, "output": output["output"], **({"rating": rating} if rating else {})}]
