"""Which result of an arm stands when it is measured again: a smaller one never takes a fuller one's place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.measure.results import ArmResult


@dataclass(frozen=True)
class Kept:
    """`arms` by name after a run; `stands` says of every earlier result that was not replaced why."""

    arms: tuple[ArmResult, ...]
    stands: tuple[str, ...]


def keep(before: Sequence[ArmResult], arms: Sequence[ArmResult], run: Mapping[str, Any]) -> Kept:
    """The arms known after a run.

    A new result replaces the old one of its name if it scored at least as many rows, was stopped because its answer
    was clear, asked every row there is, or the old one was not measured or was scored otherwise.
    """
    whole = {arm.name: arm for arm in before}
    stands = []
    for arm in arms:
        old = whole.get(arm.name)
        if old is None or _replaces(old, arm, run):
            whole[arm.name] = arm
        else:
            stands.append(_sentence(old, arm))
    return Kept(tuple(whole[name] for name in sorted(whole)), tuple(stands))


def is_idle(run: Mapping[str, Any]) -> bool:
    """Whether a run was ended before it made a single call, so that it has nothing new to say."""
    return bool(run.get("ended")) and not run.get("made")


def _replaces(old: ArmResult, new: ArmResult, run: Mapping[str, Any]) -> bool:
    if old.reason:
        return True
    if new.reason or is_idle(run):
        return False
    if old.metric != new.metric or len(new.scores) >= len(old.scores) or new.stopped:
        return True
    # fewer rows were held back than were wanted: the data has become smaller, and no run can ask more of it
    wanted = run.get("settings", {}).get("rows", 0)
    return bool(run["rows"] < wanted and len(new.scores) + new.failed == run["rows"])


def _sentence(old: ArmResult, new: ArmResult) -> str:
    stays = f"the earlier result of {old.model} on {len(old.scores):,} rows stands"
    if new.reason:
        return f"{new.name} was not measured this time; {stays}."
    found = f"{new.name} of {new.model} scored {new.interval[0]:.3f} on only {len(new.scores):,} rows"
    return f"{found}, so {stays}; at least as many rows would replace it."
