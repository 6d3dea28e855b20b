"""Whether the answers follow from the inputs at all, tried with a small stand-in model, never the language model."""

import numpy as np

from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.stand_in.competence import of_score
from curation.readiness.stand_in.linear import taught
from curation.readiness.stand_in.pairing import pairing
from curation.readiness.stand_in.proxy import proxy, simpler
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.progress import Progress
from curation.sampling.intervals import Interval
from curation.sampling.resampling import resampled
from curation.wording import percent

NOT_THE_MODEL = "A tuned model would score differently."


@evidence("learnability", "A pattern to learn")
def learnability(study: Study, progress: Progress) -> Evidence:
    """Labels: the stand-in's score - the usual answer's. Free text: AUROC of real against shuffled pairs - .5.

    Sets of labels: the overlap (F1) of guessed and given labels - that of the best labels given to all rows alike.
    Numbers: the rank correlation of guess and truth. `detail`: kind (labels, sets, numbers, closed, text), rows,
    classes, score, usual, copy and gain_over_copy (labels), by_label (F1 of each label, sets), auroc (text); competence
    (share of what is above the usual answer's score that the stand-in reaches) and competent.
    """
    if study.answer_kind == "text":
        return _text(study, progress)
    return _linear(study, progress) if study.answer_kind in ("sets", "numbers") else _labels(study, progress)


def _labels(study: Study, progress: Progress) -> Evidence:
    found = proxy(study, progress)

    def of(values: np.typing.NDArray[np.float64]) -> tuple[float, float, float]:
        rng = study.generator("learnability")
        return resampled(values, found.groups, rng, study.policy.resamples, found.weights)

    gain, score, copy = of(found.hit - found.usual), of(found.hit), of(found.copied)
    best = found.copied if copy[0] > float(np.average(found.usual, weights=found.weights)) else found.usual
    over = of(found.hit - best)
    how, method = simpler(found)
    detail = {
        "kind": study.answer_kind, "rows": len(found.hit), "classes": found.classes, "score": list(score),
        "usual": found.top, "copy": list(copy), "gain_over_copy": list(over), "balanced": found.balanced,
        **of_score(score[0], found.top, study.policy.items["learnability"].settings["competence"]).detail(), **method,
    }  # fmt: skip
    message = (
        f"On rows held back, a small model is right {percent(score[0])} of the time; always guessing the commonest "
        f"answer, {percent(found.top)}; copying the nearest row, {percent(copy[0])}. {NOT_THE_MODEL}{how}"
    )
    return rated(study, "learnability", Figure(gain, message, kind="estimated", fix=_FIX, detail=detail))


def _linear(study: Study, progress: Progress) -> Evidence:
    found = taught(study, progress)
    each = np.ones(len(found.score))

    def of(values: np.typing.NDArray[np.float64]) -> Interval:
        return resampled(values, found.groups, study.generator("learnability"), study.policy.resamples, each)

    gain, score, usual = of(found.score - found.usual), of(found.score), float(found.usual.mean())
    least = study.policy.items["learnability"].settings["competence"]
    detail = {
        "kind": study.answer_kind, "rows": len(found.score), "score": list(score), "usual": usual,
        **of_score(score[0], usual, least).detail(),
    }  # fmt: skip
    if study.answer_kind == "sets":
        detail |= {"classes": len(found.by_label), "by_label": found.by_label}
        message = (
            f"On rows held back, the labels a small model gives overlap with the right ones by "
            f"{percent(score[0])} (F1); "
            f"the same labels for every row, those that do best, by {percent(usual)}. {NOT_THE_MODEL}"
        )
    else:
        message = (
            f"On rows held back, a small model's guess of the number goes with the right one by {score[0]:.2f} "
            f"({score[1]:.2f} to {score[2]:.2f}; rank correlation, 0 is guessing, 1 the same order). {NOT_THE_MODEL}"
        )
    return rated(study, "learnability", Figure(gain, message, kind="estimated", fix=_FIX, detail=detail))


def _text(study: Study, progress: Progress) -> Evidence:
    area, low, high = pairing(study, progress)
    detail = {"kind": "text", "rows": len(study.taught), "auroc": [area, low, high]}
    message = (
        f"Shown a real and a shuffled pair, a simple word comparison picks the real one {percent(area)} of the time "
        f"({percent(low)} to {percent(high)}; 50 % is guessing). It shows whether answers fit their inputs, "
        "not whether they are true."
    )
    return rated(
        study,
        "learnability",
        Figure((area - 0.5, low - 0.5, high - 0.5), message, kind="estimated", fix=_FIX, detail=detail),
    )


_FIX = "Check that the inputs hold what is needed to know the answers, and that no step has shuffled the rows."
