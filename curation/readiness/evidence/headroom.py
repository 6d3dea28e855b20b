"""What tuning could win at most: the target (or what wrong labels leave of it) minus the best prompt's score."""

from dataclasses import replace

from curation.errors import NotChecked
from curation.readiness.arms import PROMPTS, Scored, best_prompt, ceiling, scored
from curation.readiness.arms import headroom as room
from curation.readiness.evidence import Figure, Known, derived, rated
from curation.records import Evidence, Status
from curation.sampling.intervals import Interval
from curation.wording import LEAST_POINTS, percent, points, points_span


@derived("headroom", "Room above the best prompt", needs=("noise",))
def headroom(known: Known) -> Evidence:
    """min(target, noise ceiling) - best prompt score, held against the minimum worthwhile lift."""
    task = known.context.task
    arms = scored(known.context)
    if task.target is None:
        raise NotChecked("no target score is given")
    if not any(one.arm.name in PROMPTS for one in arms):
        raise NotChecked("no prompt has been scored yet")
    cap = ceiling(known.item("noise"))
    best = best_prompt(arms)
    found = room(best, task.target, cap)
    message = _message(best, task.target, task.minimum_lift, cap[0], found)
    status: Status = "ok" if found[1] >= task.minimum_lift else "warn"
    fix = "Score the prompts on more rows." if found[2] >= task.minimum_lift else "Stay with the prompt."
    made = rated(
        known,
        "headroom",
        Figure(found, message, status=status, fix=fix, detail={"target": task.target, "ceiling": list(cap)}),
    )
    return replace(
        made, threshold=task.minimum_lift, origin="declared: the smallest improvement you called worth the work"
    )


def _message(best: Scored | None, target: float, lift: float, cap: float, found: Interval) -> str:
    goal = f"the target of {percent(target)}"
    if cap < target:
        goal = f"the {percent(cap)} that wrong labels leave reachable"
    worth = f"You said {points(lift)} are worth the work."
    if best is None:
        return f"No measured prompt meets the hard needs you declared, so all of {goal} is left to win. {worth}"
    start = f"The best prompt scores {percent(best.score)}"
    if found[0] > 0:
        return f"{start}, {points_span(*found)} below {goal}. {worth}"
    most = max(0.0, found[2])
    left = f"At most {points(most)} are left to win" if most >= LEAST_POINTS else "Nothing is left to win"
    return f"{start}, which is at or above {goal}. {left}. {worth}"
