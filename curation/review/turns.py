"""Whose turn it is: the next row of a round for a reviewer, and what the votes on each row add up to. Pure."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.records import Vote
from curation.review.audit.draw import Answer
from curation.review.team.agreement import votes_by_row


@dataclass(frozen=True)
class Said:
    """What the reviewers of one audited row say together; `label` is the right one where they gave one, else ""."""

    answer: Answer
    label: str = ""


def next_in_audit(rows: Sequence[str], answered: Sequence[Vote], reviewer: str) -> str | None:
    """The next row that nobody has answered, None when all are; people at work at once start at different places."""
    seen = {vote.example for vote in answered}
    return next((id for id in _from_own_place(rows, reviewer) if id not in seen), None)


def next_in_team(rows: Sequence[str], answered: Sequence[Vote], reviewer: str, overlap: int) -> str | None:
    """The next row for this reviewer among those they have not answered, None when they have no more to do.

    First rows short of `overlap` answers, those nearest to it before others, so that pairs are complete early; then
    rows whose answers leave no majority. A vote with the answer "" (cannot tell) is not shown again to its reviewer,
    but does not count towards the overlap.
    """
    by_row = votes_by_row(answered)
    told = {id: [answer for answer in by_row.get(id, {}).values() if answer] for id in rows}
    own = [id for id in _from_own_place(rows, reviewer) if reviewer not in by_row.get(id, {})]
    short = [id for id in own if len(told[id]) < overlap]
    if short:
        return max(short, key=lambda id: len(told[id]))
    return next((id for id in own if not _has_majority(told[id])), None)


def _from_own_place(rows: Sequence[str], reviewer: str) -> list[str]:
    if not rows:
        return []
    start = int.from_bytes(hashlib.blake2b(reviewer.encode(), digest_size=4).digest()) % len(rows)
    return [*rows[start:], *rows[:start]]


def _has_majority(answers: Sequence[str]) -> bool:
    return 2 * max(Counter(answers).values(), default=0) > len(answers)


def first_answers(votes: Sequence[Vote], overlap: int) -> list[Vote]:
    """The first `overlap` votes on each row: what agreement is told from.

    Only disputed rows get more, so counting those would weigh them otherwise than the rows nobody disputes.
    """
    taken: Counter[str] = Counter()
    first = []
    for vote in votes:
        if taken[vote.example] < overlap:
            taken[vote.example] += 1
            first.append(vote)
    return first


def added_up(votes: Sequence[tuple[str, str, Answer, str]]) -> dict[str, Said]:
    """By example, from (example, reviewer, answer, label) votes: what more than half of those who could tell say.

    Where right and wrong stand against each other evenly, or nobody could tell, the answer is "unknown". The label is
    the one most often given with "wrong", in name order among equals.
    """
    by_row: dict[str, dict[str, tuple[Answer, str]]] = {}
    for example, reviewer, answer, label in votes:
        by_row.setdefault(example, {})[reviewer] = (answer, label)
    return {example: _together(list(answers.values())) for example, answers in by_row.items()}


def _together(answers: Sequence[tuple[Answer, str]]) -> Said:
    told: Mapping[Answer, int] = Counter(answer for answer, _ in answers if answer != "unknown")
    right, wrong = told.get("right", 0), told.get("wrong", 0)
    if right == wrong:
        return Said("unknown")
    if right > wrong:
        return Said("right")
    labels = Counter(label for answer, label in answers if answer == "wrong" and label)
    return Said("wrong", min(labels, key=lambda name: (-labels[name], name), default=""))
