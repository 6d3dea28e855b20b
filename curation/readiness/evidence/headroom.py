"""What tuning could win at most: the target (or what wrong labels leave of it) minus the best prompt's score."""

from dataclasses import replace

from curation.errors import NotChecked
from curation.readiness.arms import PROMPTS, best_prompt, ceiling, scored
from curation.readiness.arms import headroom as room
from curation.readiness.evidence import Known, derived, reading
from curation.records import Evidence, Status
from curation.wording import LEAST_POINTS, percent, points, points_span


@derived("headroom", "Room above the best prompt")
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
    goal = f"the target of {percent(task.target)}"
    if cap[0] < task.target:
        goal = f"the {percent(cap[0])} that wrong labels leave reachable"
    against = (
        f"{best.words} at {percent(best.score)}" if best else "nothing, as every prompt breaks a need you declared"
    )
    room_words = points_span(*found)
    message = f"Between {against} and {goal} lie {room_words}; you called {points(task.minimum_lift)} worth the work."
    if found[0] <= 0:
        most = max(0.0, found[2])
        left = f"at most {points(most)} are left to win" if most >= LEAST_POINTS else "nothing is left to win"
        message = f"From {against} to {goal} nothing is missing as measured; {left}, and you called "
        message += f"{points(task.minimum_lift)} worth the work."
    status: Status = "ok" if found[1] >= task.minimum_lift else "warn"
    fix = "Score the prompts on more rows." if found[2] >= task.minimum_lift else "Stay with the prompt."
    made = reading(
        known, "headroom", found, message, status=status, fix=fix, detail={"target": task.target, "ceiling": list(cap)}
    )
    return replace(
        made, threshold=task.minimum_lift, origin="declared: the smallest improvement you called worth the work"
    )
