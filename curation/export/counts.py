"""How many rows an export holds and how many it leaves out and why, in sentences; one without training rows is none."""

from collections.abc import Mapping, Sequence

from curation.errors import UsageError
from curation.export.manifest import Manifest
from curation.export.split import SPLITS
from curation.wording import REMOVALS, counted, listed

WAITING = "not labelled yet"
WHAT_TO_DO: Mapping[str, str] = {
    WAITING: "Label rows in the app (curation app, page Review), or name the column of the labels where the file is "
    "loaded, then export again.",
    "rejected in review": "Take decisions back in the app (page Review, queue “left out”), then export again.",
}
"""What brings rows into an export, by the commonest reason that none is in it."""
OTHERWISE = "Load rows that are neither empty nor there already, then export again."


def count_lines(manifest: Manifest) -> list[str]:
    """How many rows each split of an export has, and how many rows it leaves out and why."""
    counts = manifest.counts
    return [
        f"Rows written: {listed([f'{counts[name]:,} in {name}' for name in SPLITS])}.",
        *left_out_lines(manifest.removed, counts["rejected"]),
    ]


def left_out_lines(removed: Mapping[str, int], unread: int) -> list[str]:
    """How many rows are left out and why, one sentence; none where every row stays."""
    gone = {reason: n for reason, n in [*removed.items(), ("unreadable", unread)] if n}
    if not gone:
        return []
    return [f"Rows left out: {sum(gone.values()):,} ({_reasons(gone)})."]


def check_trains(splits: Sequence[str], removed: Mapping[str, int], unread: int) -> None:
    """Nothing where a row is there to train on. Raises UsageError, with what to do."""
    if "train" in splits:
        return
    if splits:
        raise UsageError(
            f"No row is left to train on: the {counted(len(splits), 'row')} kept went to {listed(sorted(set(splits)))}."
            " Nothing was written. Load more rows or give train a larger share, then export again."
        )
    gone = {reason: n for reason, n in [*removed.items(), ("unreadable", unread)] if n}
    why = f" ({_reasons(gone)})" if gone else ""
    todo = WHAT_TO_DO.get(max(gone, key=lambda reason: gone[reason]), OTHERWISE) if gone else OTHERWISE
    there = f"all {counted(sum(gone.values()), 'row')} would be left out{why}" if gone else "there are no rows"
    raise UsageError(f"No row is left to train on: {there}. Nothing was written. {todo}")


def _reasons(gone: Mapping[str, int]) -> str:
    common = sorted(gone, key=lambda reason: (-gone[reason], reason))
    return ", ".join(f"{gone[reason]:,} {REMOVALS.get(reason, reason)}" for reason in common)
