"""Clusters, neighbours and strokes -> frames and strings: pure, so that they are tested without a browser."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pandas as pd

from curation.dedup import Neighbour
from curation.project.decisions import Stroke
from curation.store.clusters import Bulk, ClusterRow, Member, Touched
from curation.store.pages import Example
from curation.ui.widgets.formatting import asked, short, visible
from curation.wording import BULK_EFFECTS, BULK_REASONS, BULKS, CLUSTERS, PINS, counted


def clusters_frame(clusters: Sequence[ClusterRow]) -> pd.DataFrame:
    """One page of near-duplicate clusters."""
    rows = [
        {
            "Kind": CLUSTERS[cluster.kind].title,
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
    lines = [
        BULK_EFFECTS[bulk].format(rows=rows, clusters=clusters) if touched.rows else "There is nothing to do here."
    ]
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
    return f"{BULKS[bulk].title}: {counted(touched.rows, 'row')}"


def stroke_line(stroke: Stroke, at: str, now: datetime | None = None) -> str:
    """What a stroke was and when, for the button that takes it back."""
    if stroke.reason.startswith("merged into "):
        return f"Merged two examples, {ago(at, now)}."
    bulk = next((bulk for bulk, reason in BULK_REASONS.items() if reason == stroke.reason), "")
    reason = BULKS[bulk].title if bulk else visible(stroke.reason)
    return f"{reason} ({counted(stroke.decided, 'decision')}), {ago(at, now)}."


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
        return f"Left out by a person, for the kept example beside it, {similarity}."
    if example.pinned == "keeper":
        return f"Exported: {PINS['keeper'].noun}, {similarity}."
    if example.pinned == "keep":
        return f"Exported: {PINS['keep'].noun}, {similarity}."
    if example.status == "edited":
        return f"Exported: its text has changed since, {similarity} before."
    if member.kind in ("exact", "near"):
        return f"Not exported: it repeats the kept example, {similarity}."
    return f"Exported unless you leave it out, {similarity}."


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
