"""Which decisions of a person somebody else decided otherwise later. Pure."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from curation.records import Decision
from curation.review.state import standing

ANSWERS = ("accept", "reject", "label", "edit")


def overturned(decisions: Iterable[Decision]) -> tuple[Counter[str], Counter[str]]:
    """By reviewer: how many rows somebody else decided after them, and how many of these otherwise.

    `decisions` come row by row, oldest first. A person's last decision on a row counts; what was taken back does not.
    """
    looked_at: Counter[str] = Counter()
    otherwise: Counter[str] = Counter()
    for _, of_row in groupby(decisions, key=lambda one: one.example):
        made = [one for one in standing(list(of_row)) if one.action in ANSWERS]
        last = {one.reviewer: n for n, one in enumerate(made)}
        for reviewer, n in last.items():
            later = [one for one in made[n + 1 :] if one.reviewer != reviewer]
            looked_at[reviewer] += bool(later)
            otherwise[reviewer] += any(differs(made[n], one) for one in later)
    return +looked_at, +otherwise


def differs(first: Decision, later: Decision) -> bool:
    """Whether the later decision says that the first was wrong; an edit of the text leaves a label as it was given."""
    match later.action:
        case "accept":
            return first.action == "reject"
        case "reject":
            return first.action != "reject"
        case "label":
            return first.action != "edit" and (first.action, first.value) != ("label", later.value)
        case _:
            return first.action != "label" and (first.action, first.value) != ("edit", later.value)
