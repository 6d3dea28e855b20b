"""Readings as findings: what a model calls wrong is a question to people, sure only as far as people measured it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from curation.records import FINDINGS_SCHEMA, CheckRun, Findings, Precision, Reading
from curation.text.private import mask

CHECK = "model_review"
TITLE = "A model calls it wrong"
PRIOR = 0.5
"""How sure a reading is before people measured it: no source says more of a model nobody has held against people."""
FOLLOWED = 0.9
"""Least lower end of the measured precision at which a finding says what to do; below it asks to look (the design)."""
NOT_MEASURED: Mapping[str, Precision | None] = {}


@dataclass(frozen=True)
class Read:
    """A reading of a row, and the label the row has now; None in a set of texts."""

    reading: Reading
    label: str | None


def findings_of(read: Sequence[Read], precision: Mapping[str, Precision | None] = NOT_MEASURED) -> Findings:
    """A finding for each row that a model reads as wrong; for those it is unsure of, only once people measured them.

    `precision` is how often rows of a reading ("wrong", "unsure") are wrong, as people measured it here; where it is
    None or has no rate, PRIOR. Second readings are passed over; of several models the surest finding stands.
    """
    found: dict[str, dict[str, Any]] = {}
    for one in read:
        if one.reading.again:
            continue
        line = _finding(one, precision.get(one.reading.answer))
        if line is not None and line["confidence"] > found.get(one.reading.example, {}).get("confidence", -1.0):
            found[one.reading.example] = line
    rows = list(found.values())
    columns = {name: [row[name] for row in rows] for name in FINDINGS_SCHEMA.names}
    summary = {"read": sum(not one.reading.again for one in read), "models": sorted({o.reading.model for o in read})}
    return Findings(pa.table(columns, schema=FINDINGS_SCHEMA), (CheckRun(CHECK, "done", summary=summary),))


def _finding(one: Read, measured: Precision | None) -> dict[str, Any] | None:
    reading, rate = one.reading, measured.rate if measured is not None else None
    if reading.answer != "wrong" and not (reading.answer == "unsure" and rate is not None):
        return None
    says = "calls it wrong" if reading.answer == "wrong" else "is unsure"
    kind = f" ({reading.kind.replace('_', ' ')})" if reading.kind else ""
    said = f"{reading.model} {says}{kind}" + (f": {reading.reason}" if reading.reason else "")
    evidence = {
        "reading": reading.answer, "kind": reading.kind, "passage": mask(reading.passage), "model": reading.model,
        "labels": list(reading.labels), "measured": rate is not None,
    }  # fmt: skip
    if one.label is not None:
        evidence["given"] = one.label
    return {
        "check": CHECK,
        "id": reading.example,
        "cluster": None,
        "confidence": PRIOR if rate is None else rate[0],
        "message": mask(said),
        "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True),
        "suggestion": _suggestion(one, rate is not None and rate[1] >= FOLLOWED),
    }


def _suggestion(one: Read, is_proven: bool) -> str:
    """What to do, where people have measured that the reading is nearly always right; else to look."""
    if not is_proven:
        return "look"
    better = next((label for label in one.reading.labels if label != one.label), "")
    if one.label is not None and one.reading.kind == "other_label" and better:
        return f"relabel:{better}"
    return "drop"
