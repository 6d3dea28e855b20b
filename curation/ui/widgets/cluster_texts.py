"""Clusters, neighbours and strokes -> frames and strings: pure, so that they are tested without a browser."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pandas as pd

from curation.dedup import Neighbour
from curation.project.decisions import Stroke
from curation.store.clusters import (
    Bulk,
    ClusterRow,
    Member,
    Order,
    Touched,
)
from curation.store.pages import Example
from curation.ui.widgets.formatting import (
    KINDS,
    asked,
    short,
    visible,
)
from curation.wording import counted

ORDER_NAMES: dict[Order, str] = {
    "largest": "Largest first",
    "closest": "Most similar first",
    "loosest": "Least similar first",
}
BULKS: dict[Bulk, str] = {
    "leave_out": "Leave out the repeats",
    "keep": "Keep all rows",
    "accept": "Accept as they are",
}
REASONS: dict[Bulk, str] = {
    "leave_out": "repeats a kept example",
    "keep": "kept beside its near-duplicate",
    "accept": "accepted beside its near-duplicates",
}
"""Why a row was decided, as the export and its history say it."""

_DONE = {
    REASONS["leave_out"]: "Left out {n:,} repeats",
    REASONS["keep"]: "Kept {n:,} rows beside their near-duplicates",
    REASONS["accept"]: "Accepted {n:,} rows beside their near-duplicates",
}
_TOUCHES: dict[Bulk, str] = {
    "leave_out": "This leaves out {rows} in {clusters}. They already count once; this makes it a "
    "decision that shows in review, and each names its kept example.",
    "keep": "This keeps {rows} in {clusters} that would leave the set as repeats.",
    "accept": "This accepts {rows} in {clusters} as they are. Repeats still count once.",
}


def clusters_frame(clusters: Sequence[ClusterRow]) -> pd.DataFrame:
    """One page of near-duplicate clusters."""
    rows = [
        {
            "Kind": KINDS[cluster.kind],
            "Rows": cluster.size,
            "Kept example": short(cluster.text),
            "Least similar": cluster.similarity,
            "Left out by people": cluster.left_out,
        }
        for cluster in clusters
    ]
    return pd.DataFrame(rows)


def touched_lines(touched: Touched, bulk: Bulk) -> list[str]:
    """What a decision about all clusters of a filter does, and what it leaves alone, in sentences."""
    rows, clusters = counted(touched.rows, "row", "rows"), counted(touched.clusters, "cluster", "clusters")
    lines = [_TOUCHES[bulk].format(rows=rows, clusters=clusters) if touched.rows else "There is nothing here to do."]
    if touched.unlike:
        left = counted(touched.unlike, "variant or contradiction stays", "variants and contradictions stay")
        lines.append(f"{left}: rows that differ in a number, date, name or negation, or in output or label, are never "
                     "left out in bulk.")  # fmt: skip
    if touched.decided:
        stay = counted(touched.decided, "row that people decided stays", "rows that people decided stay")
        lines.append(f"{stay} as decided.")
    return lines


def confirm_label(touched: Touched, bulk: Bulk) -> str:
    """What the button that does it says."""
    verb = {"leave_out": "Leave out", "keep": "Keep", "accept": "Accept"}[bulk]
    return f"{verb} {counted(touched.rows, 'row', 'rows')}"


def stroke_line(stroke: Stroke, at: str, now: datetime | None = None) -> str:
    """What a stroke was and when, for the button that takes it back."""
    known = "Merged two examples" if stroke.reason.startswith("merged into ") else _DONE.get(stroke.reason)
    what = (known or "{reason} ({n:,} decisions in one stroke)").format(n=stroke.decided, reason=visible(stroke.reason))
    return f"{what}, {ago(at, now)}."


def ago(at: str, now: datetime | None = None) -> str:
    """How long ago a UTC time was, in the largest unit that fits."""
    seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(at)).total_seconds()
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{counted(int(seconds // size), unit, unit + 's')} ago"
    return "just now"


def fate(member: Member) -> str:
    """What becomes of a row beside its keeper, naming the similarity, as things stand."""
    example, similarity = member.example, f"similarity {member.similarity:.2f}"
    if example.status == "rejected":
        return f"Left out by a person. Its kept example stands beside it, {similarity}."
    if example.pinned == "keeper":
        return f"Stays: chosen as the kept one, {similarity}."
    if example.pinned == "keep":
        return f"Stays: kept on request, {similarity}."
    if example.status == "edited":
        return f"Stays: its text was changed since, {similarity} before."
    if member.kind in ("exact", "near"):
        return f"Counts once: not exported, because it repeats the kept example, {similarity}."
    return f"Stays until somebody leaves it out, {similarity}."


CONTRADICTION = "Another label: a contradiction"


def contradicts(frame: pd.DataFrame) -> bool:
    """Whether one of the neighbours has another label."""
    return bool((frame["Note"] == CONTRADICTION).any())


def neighbours_frame(
    found: Sequence[Neighbour], examples: Mapping[str, Example], label: str | None, output: str
) -> pd.DataFrame:
    """The near-duplicates of a text that is being written: similarity, text, label or output, and what that means."""
    rows = []
    for near in found:
        example = examples[near.id]
        rows.append(
            {
                "Similarity": near.similarity,
                "Label or output": short(example.label or example.output, 60),
                "Text": asked(example.input),
                "Note": note(example, label, output),
            }
        )
    return pd.DataFrame(rows)


def note(example: Example, label: str | None, output: str) -> str:
    """What it means that an example is so near, given the label and output being written."""
    if label and example.label:
        return "Same label: a repeat" if label == example.label else CONTRADICTION
    if example.label and not label:
        return "No label chosen yet"
    if not output.strip():
        return ""
    return "Same output: a repeat" if output.strip() == example.output.strip() else "Another output: a variant"
