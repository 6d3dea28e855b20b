"""Strings for the Export page: pure, so that what people read is tested without a browser."""

from collections.abc import Mapping

from curation.export import Approval, Treatment
from curation.ui.widgets.formatting import visible

TREATMENTS: dict[Treatment, str] = {
    "mask": "Mask what was found, such as [email]",
    "leave_out": "Leave the rows out",
    "keep": "Export them as they are",
}
"""What can become of rows with personal data, the careful way first."""


def personal_line(rows: int) -> str:
    """In how many rows personal data or keys were found."""
    where = "1 row" if rows == 1 else f"{rows:,} rows"
    return f"Personal data or keys were found in {where} of the clean set. A model can repeat what it was trained on."


def personal_fate(personal: Mapping[str, object]) -> str:
    """What became of such rows in an export, "" where there were none."""
    rows = personal.get("rows") or 0
    fates = {"keep": "are in it as they came", "leave_out": "were left out", "mask": "were masked"}
    return f"Rows with personal data or keys: {rows:,} {fates[str(personal['treatment'])]}." if rows else ""


def marks_line(marks: Mapping[str, int]) -> str:
    """How many rows are for retrieval and how many for style, "" where nobody looked."""
    if not marks:
        return ""
    return (
        f"Better looked up than learned: {marks['retrieval']:,} rows. Teaching form or style: {marks['style']:,} rows."
    )


def handed_line(rows: int) -> str:
    """That rows handed out since the export stand in its train part, "" where none do."""
    if not rows:
        return ""
    who = (
        "1 row that models are measured on stands" if rows == 1 else f"{rows:,} rows that models are measured on stand"
    )
    return f"{who} in the train part of this export. Write it again before you train on it: they go into test then."


def approval_lines(approval: Approval, outcomes: Mapping[str, str]) -> list[str]:
    """Who approved what, when and why; `outcomes` are the words for them."""
    at = approval.at.replace("T", " ")[:16]
    verdict = outcomes.get(approval.outcome, approval.outcome)
    lines = [f"{visible(approval.name)} approved this export on {at} UTC. Verdict: {visible(verdict)}."]
    reasons = [f"Training all the same, because: {visible(reason)}" for reason in approval.waivers.values()]
    return [*lines, *reasons]
