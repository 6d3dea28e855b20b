"""The smallest improvement the held-out rows can show at all."""

from dataclasses import replace
from math import ceil, sqrt

from curation.errors import NotChecked
from curation.readiness.arms import USUAL_SD, best_prompt, ground, lift, scored
from curation.readiness.evidence import Figure, Known, derived, rated
from curation.readiness.holdout import rows_for
from curation.records import PROMPTED, Evidence, Kind, Status
from curation.records.context import Arm
from curation.wording import counted, points

BASE = 0.8
"""Taken for the prompt's score where none was measured, as the design's table does."""


@derived("holdout_power", "What the held-out rows can show", needs=("effective_size",))
def holdout_power(known: Known) -> Evidence:
    """Smallest lift found 4 times in 5, in score units, on the rows that score the arms, else a fifth of the rows."""
    rule, wanted_lift = known.policy.items["holdout_power"], lift(known.context)
    prompts = [one for one in scored(known.context) if one.arm.name in PROMPTED]
    best = best_prompt(prompts) or (prompts[0] if prompts else None)
    size = known.item("effective_size")
    rows = (size.value if size else None) or 0
    n = min(best.arm.n, best.arm.groups or best.arm.n) if best else int(rows * rule.settings["holdout_share"])
    if n < 1:
        raise NotChecked("there is no row to hold back")
    spread = _spread(best.arm, known.context.task.metric) if best else 1.0
    least = rule.settings["at_base_080"] * spread / sqrt(n)
    # in words as the planner of held-out rows has it, over the score the prompt has
    score = best.score if best else BASE
    wanted = ceil(rows_for(wanted_lift, score) * spread**2) if 0 < wanted_lift <= 1 - score else 0
    message = f"{counted(n, 'held-out row')} can show a gain of about {points(least)} or more"
    if wanted:
        message += f"; to show {points(wanted_lift)}, the least worth the work, takes about {wanted:,}"
    message += "." if best or not wanted else ". A first score of a prompt needs fewer."
    status: Status = "warn" if least > wanted_lift else "ok"
    fix = f"Before a tuned model is compared with the prompt, have about {counted(wanted or n, 'held-out row')}."
    if 0 < rows < wanted:
        fix = (
            f"{fix.removesuffix('.')}, more than the {counted(int(rows), 'distinct row')} here, so new ones are needed."
        )
    kind: Kind = ground(best, known.context) if best else "estimated"
    made = rated(
        known,
        "holdout_power",
        Figure(_band(least), message, kind=kind, status=status, fix=fix, detail={"n": n, "wanted": wanted}),
    )
    return replace(made, threshold=wanted_lift, origin=f"declared lift against {rule.source}")


def _spread(arm: Arm, metric: str) -> float:
    """How far the rows' scores spread, over how far right and wrong ones of the same mean do: 1 for these."""
    sd, most = arm.sd if arm.sd is not None else USUAL_SD.get(metric), sqrt(arm.score * (1 - arm.score))
    return min(1.0, sd / most) if sd is not None and most else 1.0


def _band(least: float) -> tuple[float, float, float]:
    """The figure between a base score of .90 and .70, as its variance p(1-p) goes; at .80 it is the figure itself."""
    return least, least * sqrt(0.9 * 0.1 / 0.16), least * sqrt(0.7 * 0.3 / 0.16)
