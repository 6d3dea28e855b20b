"""How often the answer of the most similar known question is already right: what looking examples up would give."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from curation.readiness.arms import LABEL_METRICS
from curation.readiness.evidence import Figure, Known, evidence, follows, not_applicable, rated
from curation.readiness.stand_in.proxy import proxy
from curation.readiness.study import Study
from curation.records import Evidence, Status
from curation.records.progress import Progress
from curation.sampling.intervals import Interval
from curation.sampling.resampling import resampled
from curation.wording import percent, span


@evidence("retrieval", "Copying the nearest known answer")
def retrieval(study: Study, progress: Progress) -> Evidence:
    """Accuracy of copying the nearest row's answer on rows held back; `detail["at_five"]`: a right one among five.

    Held against the target only where the metric is accuracy or exact match.
    """
    if study.answer_kind == "text":
        return not_applicable(
            study, "retrieval", "The answers are free text, so copying a whole answer measures nothing."
        )
    if study.answer_kind in ("sets", "numbers"):
        what = "sets of labels" if study.answer_kind == "sets" else "numbers"
        return not_applicable(study, "retrieval", f"The answers are {what}, which are not right or wrong as a whole.")
    found = proxy(study, progress)

    def share(values: np.typing.NDArray[np.float64]) -> tuple[float, float, float]:
        rng = study.generator("retrieval")
        return resampled(values, found.groups, rng, study.policy.resamples, np.ones(len(values)))

    return _rated(Known({}, study.facts.context, study.policy), share(found.copied), share(found.at_five))


@follows("retrieval")
def again(known: Known) -> Evidence:
    """The same score held against another target."""
    made = known.found["retrieval"]
    if made.value is None or made.low is None or made.high is None:
        return made
    return _rated(known, (made.value, made.low, made.high), made.detail["at_five"])


def _rated(known: Known, copy: Interval, five: Sequence[float]) -> Evidence:
    task = known.context.task
    comparable = task.metric in LABEL_METRICS and task.target is not None
    fires = comparable and task.target is not None and copy[1] >= task.target
    message = (
        f"On rows held back, copying the answer of the most similar known input is right {percent(copy[0])} of the "
        f"time ({span(copy[1], copy[2])})"
    )
    message += f", which meets the target of {percent(task.target or 0)}." if fires else "."
    status: Status = "warn" if fires else "ok"
    fix = "Score a prompt with retrieved examples."
    made = rated(
        known,
        "retrieval",
        Figure(copy, message, kind="measured", status=status, fix=fix, detail={"at_five": list(five)}),
    )
    return replace(made, threshold=task.target) if comparable else made
