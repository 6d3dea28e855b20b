"""Replies that fail by their form alone: no label of the list, no readable JSON, empty, cut off."""

from curation.errors import NotChecked
from curation.readiness.arms import Scored, best_prompt, scored
from curation.readiness.evidence import Figure, Known, derived, rated
from curation.records import PROMPTED, TUNED, Evidence
from curation.sampling.intervals import wilson
from curation.wording import capital, percent, span

FIX = (
    "Constrain the form before anybody tunes: structured output, a list of allowed labels, tools, or a higher token "
    "limit. Then score the same rows again."
)


@derived("format_faults", "Replies that fail by their form")
def format_faults(known: Known) -> Evidence:
    """The share of the best prompt's replies that fail by form; `detail["arms"]` has that of every arm, by name."""
    arms = scored(known.context)
    told = [one for one in arms if one.arm.form_faults is not None]
    best = best_prompt(arms)
    shown = next((one for one in ([best] if best else []) + told if one.arm.form_faults is not None), None)
    if shown is None:
        counts = [one for one in arms if one.arm.name in (*PROMPTED, *TUNED)]
        why = "no model has been scored yet" if not counts else "nobody said how many replies fail by their form"
        raise NotChecked(f"{why}: measure the arms here, which counts them")
    share = _share(shown)
    message = f"{percent(share[0])} of the replies of {shown.words} fail by their form alone ({span(*share[1:])})"
    message += ": no allowed label, no readable JSON, empty or cut off." if share[0] else "."
    detail = {"arm": shown.arm.name, "arms": {one.arm.name: one.arm.form_faults for one in told}}
    figure = Figure(share, capital(message), kind="measured", fix=FIX, detail=detail)
    return rated(known, "format_faults", figure)


def _share(one: Scored) -> tuple[float, float, float]:
    rows = min(one.arm.n, one.arm.groups or one.arm.n)
    return wilson((one.arm.form_faults or 0.0) * rows, rows)
