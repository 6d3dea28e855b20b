"""What tuning could win at most: the target (or what wrong labels leave of it) minus the best prompt's score."""

from dataclasses import replace

from curation.errors import NotChecked
from curation.readiness.arms import (
    Scored,
    allowed,
    best_prompt,
    ceiling,
    ground,
    judged_detail,
    judged_line,
    lift,
    near_target,
    scored,
    won,
    worth,
)  # fmt: skip
from curation.readiness.arms import headroom as room
from curation.readiness.evidence import Figure, Known, derived, rated
from curation.records import PROMPTED, TUNED, Evidence, Status
from curation.sampling.intervals import Interval
from curation.wording import LEAST_POINTS, percent, points, points_span, sentence


@derived("headroom", "Room above the best prompt", needs=("noise",))
def headroom(known: Known) -> Evidence:
    """min(target, noise ceiling) - best prompt score, held against the minimum worthwhile lift.

    `detail["won"]` holds what each tuned model has won over that prompt (value, low, high), on the same rows where both
    were scored on them.
    """
    task = known.context.task
    arms = scored(known.context)
    if task.target is None:
        raise NotChecked("no target score is given")
    if not any(one.arm.name in PROMPTED for one in arms):
        raise NotChecked("no prompt has been scored yet")
    cap = ceiling(known.item("noise"))
    best, least = best_prompt(arms), lift(known.context)
    found = room(best, task.target, cap)
    message = _message(best, task.target, worth(known.context), cap[0], found)
    if near := near_target(known.context):
        message += f" {near}"
    status: Status = "ok" if found[1] >= least else "warn"
    fix = "Score the prompts on more rows." if found[2] >= least else "Stay with the prompt."
    gains = {one.arm.name: list(won(known.context, one, best)) for one in allowed(arms, TUNED)} if best else {}
    detail = {"target": task.target, "ceiling": list(cap), "won": gains, "too_near": bool(near)}
    if best and (said := judged_line(best, known.context)):
        message, detail = f"{message} {said}", detail | judged_detail(best, known.context)
    how = ground(best, known.context) if best else "measured"
    figure = Figure(found, message, kind=how, status=status, fix=fix, detail=detail)
    made = rated(known, "headroom", figure)
    origin = "declared: the smallest improvement that you said is worth the work"
    if task.minimum_lift is None:
        origin = "policy: 5 points, or a third of the best prompt's errors where that is less, as nobody said"
    return replace(made, threshold=least, origin=origin)


def _message(best: Scored | None, target: float, worth: str, cap: float, found: Interval) -> str:
    goal = f"the target of {percent(target)}"
    if cap < target:
        goal = f"the {percent(cap)} that wrong labels leave reachable"
    worth = sentence(worth)
    if best is None:
        return f"No measured prompt meets the hard needs you declared, so all of {goal} is left to win. {worth}"
    start = f"The best prompt scores {percent(best.score)}"
    if found[0] > 0:
        return f"{start}, {points_span(*found)} below {goal}. {worth}"
    most = max(0.0, found[2])
    left = f"At most {points(most)} are left to win" if most >= LEAST_POINTS else "Nothing is left to win"
    return f"{start}, which is at or above {goal}. {left}. {worth}"
