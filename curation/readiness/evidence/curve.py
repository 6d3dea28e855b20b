"""Whether more rows would still help: how a small stand-in model's score grows with the rows it learns from."""

import numpy as np

from curation.errors import NotChecked
from curation.readiness.arms import ceiling
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.stand_in.competence import Competence, of_score
from curation.readiness.stand_in.curve import Curve, Limits, Measured, fit
from curation.readiness.stand_in.linear import taught
from curation.readiness.stand_in.neighbours import growth
from curation.readiness.stand_in.proxy import proxy, shares_of_training, simpler
from curation.readiness.study import Study
from curation.records import Evidence, Status
from curation.records.progress import Progress
from curation.wording import percent, points, span


@evidence("curve", "Whether more rows would help", needs=("noise",))
def curve(study: Study, progress: Progress) -> Evidence:
    """Late over early slope of the score on ln(rows); compared with a target only in the same metric.

    `detail`: metric (accuracy, balanced, label_f1, correlation, chrf), score, rows, sizes, scores, points (scores by
    holdout), line (fitted: [rows, value, low, high]), doubling (gain of the last one), forecast ({2: [value, low,
    high], 4: ...}), refused, why (no forecast), ceiling, corrected (score over the ceiling wrong labels set);
    competence (share of what is above the usual answer's score that the stand-in reaches; 0 for free text, where
    nothing tells) and competent.
    """
    found = measured(study, progress)
    sizes, mean = found.sizes, found.scores.mean(axis=0)
    if len(set(sizes.tolist())) < len(sizes):
        raise NotChecked(
            f"too few rows for a learning curve: {int(sizes[-1])} cannot be cut into {len(sizes)} growing parts"
        )
    rule, rows = study.policy.items["curve"], max(len(study.taught), int(sizes[-1]))
    reach, resamples = int(rule.settings["reach"]), int(rule.settings["resamples"])
    made = fit(found, rows, Limits(rule.settings["flat"], rule.warn or 1.0, reach), resamples, study.generator("curve"))
    cap = max(0.01, ceiling(study.found.get("noise"))[0])
    how, method = simpler(proxy(study, progress)) if study.answer_kind in ("labels", "closed") else ("", {})
    detail = {
        "metric": found.metric, "score": float(mean[-1]), "rows": rows, "sizes": [int(n) for n in sizes],
        "scores": [float(s) for s in mean], "points": [[float(s) for s in one] for one in found.scores],
        "line": [list(point) for point in made.line], "doubling": list(made.doubling),
        "forecast": {str(m): list(band) for m, band in made.forecast.items()}, "refused": made.refused,
        "why": _why(made), "ceiling": cap, "corrected": min(1.0, float(mean[-1]) / cap), **method,
        **_competence(study, float(mean[-1]), progress).detail(),
    }  # fmt: skip
    status: Status = "warn" if made.steepening else "ok"
    message = _message(made, found) + how
    fix = f"Collect about {rows:,} to {3 * rows:,} more rows (two to four times as many), then judge again."
    return rated(study, "curve", Figure(made.ratio, message, kind="estimated", status=status, fix=fix, detail=detail))


def measured(study: Study, progress: Progress) -> Measured:
    """How the stand-in's score grows with the rows it learns from. Raises NotChecked where it has too few."""
    holdouts = int(study.policy.items["learnability"].settings["holdouts"])
    if study.answer_kind == "text":
        return Measured("chrf", *growth(study, holdouts, shares_of_training(study), progress))
    if study.answer_kind in ("sets", "numbers"):
        held = taught(study, progress)
        metric = "label_f1" if study.answer_kind == "sets" else "correlation"
        return Measured(metric, held.sizes, held.scores, max(1, len(held.score) // holdouts), held.variance)
    found = proxy(study, progress)
    metric = "balanced" if found.balanced else "accuracy"
    return Measured(metric, found.sizes.astype(np.float64), found.scores, max(1, len(found.hit) // holdouts))


def _competence(study: Study, score: float, progress: Progress) -> Competence:
    least = study.policy.items["learnability"].settings["competence"]
    if study.answer_kind == "text":
        return Competence(0.0, False)
    if study.answer_kind in ("sets", "numbers"):
        return of_score(score, float(taught(study, progress).usual.mean()), least)
    return of_score(score, proxy(study, progress).top, least)


def _why(made: Curve) -> str:
    """Why there is no forecast, or none as far as usual; "" when nothing is held back."""
    if made.steepening:
        return "the gains are still growing, so no forecast can be made yet"
    if made.refused:
        return "the gains may still be growing, so no forecast can be made yet"
    return "" if 4 in made.forecast else "the gains are too even for a forecast beyond twice the rows"


def _message(made: Curve, found: Measured) -> str:
    what = "The similarity (chrF) of the nearest row's answer" if found.metric == "chrf" else "A small model's score"
    start, end = (float(score) for score in found.scores.mean(axis=0)[[0, -1]])
    text = (
        f"{what} goes from {percent(start)} at {int(found.sizes[0]):,} rows to {percent(end)} at "
        f"{int(found.sizes[-1]):,}; the last doubling brought {points(made.doubling[0])}"
    )
    if made.refused:
        return f"{text}; {_why(made)}."
    for times, band in made.forecast.items():
        text += (
            f"{', and' if times == 2 else ','} {'twice' if times == 2 else 'four times'} the rows would bring it to "
        )
        text += f"{span(band[1], band[2])}"
    return f"{text}. A tuned model would score differently."
