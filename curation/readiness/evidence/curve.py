"""Whether more rows would still help: how a small stand-in model's score grows with the rows it learns from."""

import numpy as np

from curation.errors import NotChecked
from curation.progress import Progress
from curation.readiness.arms import ceiling
from curation.readiness.curve import Curve, fit
from curation.readiness.evidence import evidence, percent, reading, span
from curation.readiness.evidence.noise import noise
from curation.readiness.neighbours import growth
from curation.readiness.proxy import Floats, proxy, shares_of_training
from curation.readiness.study import Study
from curation.records import Evidence, Status


@evidence("curve", "Whether more rows would help")
def curve(study: Study, progress: Progress) -> Evidence:
    """Late over early slope of the score on ln(rows); compared with a target only in the same metric.

    `detail`: metric (accuracy, balanced, chrf), score, sizes, scores, doubling (gain of the last one), forecast
    ({2: [value, low, high], 4: ...}), refused, ceiling, corrected (score over the ceiling wrong labels set).
    """
    metric, sizes, scores, held = measured(study, progress)
    if len(set(sizes.tolist())) < len(sizes):
        raise NotChecked(f"too few rows for a curve: {int(sizes[-1])} cannot be cut into {len(sizes)} growing parts")
    settings = study.policy.items["curve"].settings
    steep, reach, resamples = (
        study.policy.items["curve"].warn or 1.0,
        int(settings["reach"]),
        int(settings["resamples"]),
    )
    rows = max(len(study.effective), int(sizes[-1]))
    made = fit(sizes, scores, held, rows, settings["flat"], steep, reach, resamples, study.facts.seed)
    mean = scores.mean(axis=0)
    cap = _ceiling(study, progress)
    detail = {
        "metric": metric, "score": float(mean[-1]), "sizes": [int(n) for n in sizes],
        "scores": [float(s) for s in mean], "doubling": list(made.doubling),
        "forecast": {str(m): list(band) for m, band in made.forecast.items()},
        "refused": made.refused, "ceiling": cap, "corrected": min(1.0, float(mean[-1]) / cap),
    }  # fmt: skip
    status: Status = "warn" if made.steepening else "ok"
    message = _message(made, int(sizes[0]), int(sizes[-1]), float(mean[0]), float(mean[-1]), metric)
    n = int(sizes[-1])
    fix = f"Collect about {n:,} to {3 * n:,} more rows (two to four times as many), then look again."
    return reading(study, "curve", made.ratio, message, kind="estimated", status=status, fix=fix, detail=detail)


def measured(study: Study, progress: Progress) -> tuple[str, Floats, Floats, int]:
    """Metric, sizes (size,), scores (holdout, size), rows scored a holdout."""
    holdouts = int(study.policy.items["learnability"].settings["holdouts"])
    if study.answer_kind == "text":
        return "chrf", *growth(study, holdouts, shares_of_training(study), progress)
    found = proxy(study, progress)
    metric = "balanced" if found.balanced else "accuracy"
    return metric, found.sizes.astype(np.float64), found.scores, max(1, len(found.hit) // holdouts)


def _ceiling(study: Study, progress: Progress) -> float:
    try:
        return max(0.01, ceiling(noise(study, progress))[0])
    except NotChecked:
        return 1.0


def _message(made: Curve, first: int, last: int, start: float, end: float, metric: str) -> str:
    what = "The likeness of the nearest row's answer" if metric == "chrf" else "A small model's score"
    text = (
        f"{what} goes from {percent(start)} at {first:,} rows to {percent(end)} at {last:,}; the last doubling brought "
    )
    text += f"{100 * made.doubling[0]:.1f} points"
    if made.steepening:
        return f"{text} and growth is still picking up, so no forecast is honest yet."
    if made.refused:
        return f"{text}, too uneven a growth for an honest forecast."
    for times, band in made.forecast.items():
        text += (
            f"{', and' if times == 2 else ','} {'twice' if times == 2 else 'four times'} the rows would bring it to "
        )
        text += f"{span(band[1], band[2])}"
    return f"{text}. It is not the score a tuned model would reach."
