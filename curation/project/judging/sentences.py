"""How far the marking of answers is, in sentences for the command line and the page alike."""

from collections.abc import Sequence

from curation.measure.judged import ENOUGH
from curation.project.judging.judging import Standing
from curation.wording import ARMS, counted

NEXT_JUDGE = (
    "Name the model that calls them right or wrong: --judge NAME, with --judge-endpoint URL where it is another."
)
NEXT_PEOPLE = (
    "Now people mark a part of them blind, on the Measure page: only then is it known how far the model is right."
)


def standing_lines(arms: Sequence[Standing]) -> list[str]:
    """A line an arm."""
    return [_line(one) for one in arms]


def is_ready(arms: Sequence[Standing]) -> bool:
    """Whether people have marked enough of some arm for it to be scored."""
    return any(one.people >= min(ENOUGH, one.wanted) > 0 for one in arms)


def _line(one: Standing) -> str:
    title = ARMS[one.arm].title if one.arm in ARMS else one.arm
    kept = f"{title}: {counted(one.outputs, 'answer')} kept"
    if not one.judge:
        return f"{kept}, not marked yet."
    return f"{kept}, {one.marked:,} marked by {one.judge}, {one.people:,} of {one.wanted:,} marked by people."
