"""Share of answers that are wrong: from people's audit when there is one, else an estimate that says it is one."""

from collections.abc import Mapping
from typing import Any

from curation.errors import NotChecked
from curation.progress import Progress
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.study import Study
from curation.records import Evidence
from curation.sampling.intervals import Interval, wilson
from curation.wording import counted, percent, span

TEXT_CHECKS = ("mismatch", "refusal", "truncated", "placeholder")
"""Free text: findings that make an answer wrong as it stands. A boilerplate finding is `refusal` or `placeholder`."""
AUDITED = 100
"""Rows of an audit, where there are as many (policy)."""
SURE = 0.5
"""A finding counts when it is more likely right than not."""
CALIBRATED, POSSIBLE = "mismatch", 0.2
"""The check whose confidence is a probability, so that unsure findings count by it. On 600 stories with 40 swapped
answers it is sure of 17 and gives 28 more .34 or .39: 4.6 % in all (2.0 to 10 %), and 2.8 % by the sure ones alone."""


@evidence("noise", "Wrong answers")
def noise(study: Study, progress: Progress) -> Evidence:
    """The error rate 0..1; `detail["caps"]` is true where it limits the score a model can reach (labels)."""
    audited = study.run("audit")
    # A set smaller than the audit asked for is known once all of it was looked at.
    enough = min(study.policy.items["noise"].settings["audit_rows"], len(study.usable))
    if audited.status == "done" and audited.summary.get("reviewed", 0) >= max(1, enough):
        return _audited(study, audited.summary)
    return _labels(study) if study.labelled_set else _text(study)


def _audited(study: Study, summary: Mapping[str, Any]) -> Evidence:
    reviewed, wrong = int(summary["reviewed"]), float(summary.get("wrong", 0))
    rate = _triple(summary["noise_rate"]) if "noise_rate" in summary else wilson(wrong, reviewed)
    message = (
        f"People reviewed {counted(reviewed, 'row')} drawn at random and found {percent(rate[0])} of the answers wrong "
        f"({span(rate[1], rate[2])})."
    )
    detail = {"caps": study.labelled_set, "reviewed": reviewed, "source": "audit"}
    return rated(
        study,
        "noise",
        Figure(rate, message, kind="measured", fix=_fix(study, rate), rows=study.flagged("audit"), detail=detail),
    )


def _labels(study: Study) -> Evidence:
    run = study.run("label_noise")
    if run.status != "done":
        raise NotChecked(run.reason)
    each = len(study.effective) / max(1, sum(n > 0 for n in study.class_counts.values()))
    if each < study.policy.items["noise"].settings["class_rows"]:
        raise NotChecked(
            f"{each:.0f} distinct rows a label are too few for a model to tell wrong labels from its own mistakes: "
            f"have people review {counted(min(AUDITED, len(study.usable)), 'random row')}"
        )
    rate, accuracy = _triple(run.summary["noise_rate"]), _triple(run.summary["accuracy"])
    usual = float(run.summary["majority_rate"])
    needed = usual + study.policy.items["noise"].settings["clear_gain"] * (1 - usual)
    if accuracy[1] <= needed:
        raise NotChecked(
            f"the estimating model is right on {percent(accuracy[0])} of rows against {percent(usual)} for always "
            f"giving the most frequent label, too little to call labels wrong: "
            f"have people review {counted(min(AUDITED, len(study.usable)), 'random row')}"
        )
    message = (
        f"About {percent(rate[0])} of the labels look wrong ({span(rate[1], rate[2])}): a model's estimate, "
        "not checked by people yet."
    )
    detail = {"caps": True, "judged": run.summary.get("judged"), "source": "label_noise"}
    flagged = study.flagged("label_noise")
    return rated(
        study, "noise", Figure(rate, message, kind="estimated", fix=_fix(study, rate), rows=flagged, detail=detail)
    )


def _text(study: Study) -> Evidence:
    done = [check for check in TEXT_CHECKS if study.run(check).status == "done"]
    if not done:
        raise NotChecked("none of the checks for wrong answers has run")
    if not study.usable:
        raise NotChecked("no row has both an input and an answer")
    usable = {study.rows.ids[n] for n in study.usable}
    sure: dict[str, float] = {}
    for check in done:
        table = study.facts.findings.of(check).table
        least = POSSIBLE if check == CALIBRATED else SURE
        for id, confidence in zip(table["id"].to_pylist(), table["confidence"].to_pylist()):
            if confidence >= least and id in usable:
                sure[id] = max(confidence if check == CALIBRATED else 1.0, sure.get(id, 0.0))
    rate = _rate(list(sure.values()), len(usable))
    absent = [check for check in TEXT_CHECKS if check not in done]
    message = (
        f"About {percent(rate[0])} of the answers look wrong ({span(rate[1], rate[2])}): they do not fit the input, "
        "refuse, stop short or hold filler text. Wrong facts are not found this way; people have not checked yet."
    )
    if absent:
        message += f" Not checked: {', '.join(absent)}."
    flagged = sorted(sure, key=lambda id: (-sure[id], id))
    detail = {"caps": False, "checks": done, "not_checked": absent, "source": "findings"}
    return rated(
        study, "noise", Figure(rate, message, kind="estimated", fix=_fix(study, rate), rows=flagged, detail=detail)
    )


def _rate(chances: list[float], n: int) -> Interval:
    """The expected share of wrong rows; by the sure ones alone at the low end, by all possible ones at the high end."""
    value = sum(chances) / n
    low, high = wilson(sum(one >= SURE for one in chances), n)[1], wilson(len(chances), n)[2]
    return value, min(low, value), max(high, value)


def _fix(study: Study, rate: Interval) -> str:
    n = len(study.usable)
    wrong = f"{round(rate[1] * n):,} to {max(1, round(rate[2] * n)):,}"
    return f"Review the most suspected rows first; about {wrong} of {n:,} need another answer."


def _triple(figure: Mapping[str, Any]) -> Interval:
    value = float(figure["value"])
    return value, min(value, float(figure["low"])), max(value, float(figure["high"]))
