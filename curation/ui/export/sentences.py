"""Strings for the Export page: pure, so that what people read is tested without a browser."""

from collections.abc import Mapping

from curation.records import Approval, StillOpen
from curation.ui.widgets.formatting import visible
from curation.wording import OUTCOMES, TREATMENTS, counted, listed, word


def personal_line(rows: int) -> str:
    """In how many rows personal data or keys were found."""
    return (
        f"{counted(rows, 'row')} of the clean set may hold personal data or keys. A model can repeat what it "
        "was trained on."
    )


def personal_fate(personal: Mapping[str, object]) -> str:
    """What became of such rows in an export, "" where there were none."""
    rows = personal.get("rows") or 0
    if not rows:
        return ""
    fate = word(TREATMENTS, str(personal["treatment"])).noun
    return f"{counted(int(str(rows)), 'row')} with personal data or keys: {fate}."


def marks_line(marks: Mapping[str, int]) -> str:
    """How many rows are for retrieval and how many for style, "" where nobody looked."""
    if not marks:
        return ""
    return (
        f"Facts better retrieved than learned: {counted(marks['retrieval'], 'row')}. Form or style to learn: "
        f"{counted(marks['style'], 'row')}."
    )


def handed_line(rows: int) -> str:
    """That rows handed out since the export are in its training split, "" where none are."""
    if not rows:
        return ""
    who = counted(rows, "row used to measure models is", "rows used to measure models are")
    move = "it then moves" if rows == 1 else "they then move"
    return f"{who} in the training split. Export again before training; {move} to test."


def approval_lines(approval: Approval) -> list[str]:
    """Who approved what, when and why."""
    at = approval.at.replace("T", " ")[:16]
    verdict = word(OUTCOMES, approval.outcome).noun
    lines = [f"{visible(approval.name)} approved this export on {at} UTC. Verdict: “{visible(verdict)}”."]
    reasons = [f"Training is allowed anyway, because: {visible(reason)}" for reason in approval.waivers.values()]
    return [*lines, *reasons]


def open_lines(found: StillOpen) -> list[str]:
    """What is still open before an export is written, and what becomes of it."""
    stays = []
    if found.suspects:
        verb = "contradicts" if found.contradicting == 1 else "contradict"
        of_these = f" ({found.contradicting:,} of them {verb} another row)" if found.contradicting else ""
        stays.append(f"{counted(found.suspects, 'suspect')} nobody has decided{of_these}")
    if found.flagged:
        stays.append(f"{counted(found.flagged, 'flagged row')}")
    lines = [f"Still open, and exported as they are: {listed(stays)}."] if stays else []
    if found.unlabelled:
        lines.append(f"Not written, because nobody has labelled them yet: {counted(found.unlabelled, 'row')}.")
    if found.left_out:
        lines.append(f"Not written, because people left them out: {counted(found.left_out, 'row')}.")
    return lines
