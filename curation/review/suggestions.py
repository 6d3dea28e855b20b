"""What people see of a model's readings, and whether that pulls their decisions towards the model. Pure.

People who see a suggestion follow it and are no faster (410 annotators: arXiv 2507.15821). So a tenth of the rows is
decided without one whatever the setting says, and how much more often the others are decided as the model says is
measured. Agreement that grows because people follow tells nothing of who is right.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from curation.records import Action, Decision, Hits, Pull, ReadAs, Shown
from curation.sampling.intervals import difference, stratified, wilson

BLIND_SHARE = 0.1
"""Rows decided without a suggestion in either setting: enough to tell a pull of 15 points in about 3,000 decisions
(benchmarks/model_review.py, pull), and few enough to cost nobody the help they asked for."""
ENOUGH = 30
"""Rows labelled without a suggestion from which its hit rate is told, as in an audit."""
FEWEST = 10
"""Blind decisions below which no pull is told: their share alone lies anywhere within 50 points."""
_SAID: Mapping[Action, ReadAs] = {"accept": "right", "reject": "wrong", "label": "wrong", "edit": "wrong"}


@dataclass(frozen=True)
class Change:
    """From when on (UTC text, to the second) people saw suggestions or did not."""

    at: str
    setting: Shown


@dataclass(frozen=True)
class Decided:
    """A row decided by a person: what the model said of it, whether that was shown, whether they agree."""

    answer: ReadAs
    shown: bool
    agrees: bool


def is_blind(example: str, seed: int = 0) -> bool:
    """Whether a row is decided without a suggestion whatever the setting says: one in ten, by seed, for good."""
    drawn = hashlib.blake2b(example.encode(), digest_size=8, key=str(seed).encode()).digest()
    return int.from_bytes(drawn) < BLIND_SHARE * 2**64


def was_shown(example: str, at: str, changes: Sequence[Change], seed: int = 0) -> bool:
    """Whether somebody who decided a row that was read by then saw the suggestion; `changes` oldest first."""
    settings = [change.setting for change in changes if change.at <= at]
    return bool(settings) and settings[-1] == "shown" and not is_blind(example, seed)


def decided_as(decision: Decision, answer: ReadAs, shown: bool) -> Decided | None:
    """What a decision says of the model's answer; None where either says nothing of right and wrong."""
    said = _SAID.get(decision.action)
    if said is None or answer not in ("right", "wrong"):
        return None
    return Decided(answer, shown, said == answer)


def hits(who: str, right: int, rows: int) -> Hits:
    """How often labels suggested first are right, as a rate from ENOUGH rows on (Wilson's interval)."""
    return Hits(who, right, rows, wilson(right, rows) if rows >= ENOUGH else None)


def pull(decided: Iterable[Decided]) -> Pull | None:
    """How much more often rows with a suggestion are decided as the model says than rows without; None untold.

    Both shares are those of the same mixture of answers (the model's "wrong" and "right" rows as all decided ones have
    them), with Wilson's interval in each and MOVER between them (`sampling.intervals`). Held the truth in 88 to 93 % of
    simulated reviews (benchmarks/model_review.py, pull).
    """
    rows = list(decided)
    seen: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    agreed: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for row in rows:
        seen[row.shown][row.answer] += 1
        agreed[row.shown][row.answer] += row.agrees
    shown, blind = seen[True].total(), seen[False].total()
    if not shown or blind < FEWEST:
        return None
    mixture = seen[True] + seen[False]
    with_it, without = (stratified(mixture, agreed[kind], seen[kind], is_whole=False) for kind in (True, False))
    return Pull(difference(with_it, without), with_it, without, shown, blind)
