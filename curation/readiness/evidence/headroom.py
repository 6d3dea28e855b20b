"""What tuning could win at most: the target (or what wrong labels leave of it) minus the best prompt's score."""

from dataclasses import replace

from curation.errors import NotChecked
from curation.readiness.arms import PROMPTS, best_prompt, ceiling, scored
from curation.readiness.arms import headroom as room
from curation.readiness.evidence import Figure, Known, derived, percent, rated, span
from curation.records import Evidence, Status


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
    goal = f"the target of {percent(task.target)}"
    if cap[0] < task.target:
        goal = f"the {percent(cap[0])} that wrong labels leave reachable"
    against = (
        f"{best.words} at {percent(best.score)}" if best else "nothing, as every prompt breaks a need you declared"
    )
    room_words = f"{100 * found[0]:.1f} points ({span(found[1], found[2]).removesuffix(' %')})"
    message = f"Between {against} and {goal} lie {room_words}; you called {100 * task.minimum_lift:g} worth the work."
    if found[0] <= 0:
        most = f"{100 * max(0.0, found[2]):.1f}"
        left = "nothing is left to win" if most == "0.0" else f"at most {most} points are left to win"
        message = f"From {against} to {goal} nothing is missing as measured; {left}, and you called "
        message += f"{100 * task.minimum_lift:g} worth the work."
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
