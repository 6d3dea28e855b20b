"""Share of answers that are wrong: from people's audit when there is one, else an estimate that says it is one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from curation.errors import NotChecked
from curation.readiness.evidence import SHOWN_ROWS, Figure, evidence, in_words, missing, rated, with_model
from curation.readiness.stand_in.competence import Competence, of_estimate
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.progress import Progress
from curation.sampling.intervals import Interval, wilson
from curation.text.words import words
from curation.wording import counted, percent, span

CERTAIN: Mapping[str, float] = {"refusal": 0.8, "placeholder": 0.8}
"""Checks whose findings make an answer wrong as it stands, and the confidence from which they are sure."""
SUSPICIONS = (
    "mismatch",
    "refusal",
    "truncated",
    "placeholder",
    "length_outliers",
    "copy_of_input",
    "language_mismatch",
)
"""Checks whose findings count once an audit has measured how often they are right."""
AUDITED = 60
"""Rows of an audit, where there are as many: ten more than make it a measurement (policy)."""
AUDIT_FIRST = "judge {rows:,} random rows (about {minutes:.0f} minutes)"
MINUTES_A_ROW = 0.25
MOST_READ = 2_000
"""Answers held against their inputs: a share of 2,000 is known to within two points."""
USUAL = 0.5
"""From here on it is usual in a set that answers do not stand in their inputs (policy)."""
LIKELY = 0.5
"""Findings below this are more likely wrong than right: no audit draws them as flags."""


@evidence("noise", "Wrong answers")
def noise(study: Study, progress: Progress) -> Evidence:
    """The error rate 0..1; `detail["caps"]` is true where it limits the score a model can reach (labels).

    An estimate on labels counts only where its model is competent: `detail["competence"]` (0..1) and `competent`. Where
    a model read the rows, `detail["model"]` is all that is known of it.
    """
    return with_model(study, "noise", _noise, _of_model)


def _of_model(model: Mapping[str, Any], found: Evidence) -> str:
    """How the share was sharpened, or what the model calls wrong while nobody knows how good it is."""
    quality, name = model.get("quality") or {}, model["model"]
    if found.kind == "measured" and quality.get("finds"):
        return (
            f"{name}, which read the rows, sharpens this: it finds {in_words(quality['finds'])} of the wrong answers."
        )
    wrong, read = int(model["answers"].get("wrong", 0)), int(model["read"])
    return (
        f"{name} calls {percent(wrong / max(1, read))} of {counted(read, 'row')} wrong: an estimate until people have "
        "judged 30 rows of an audit, and no reason for anything before."
    )


def _noise(study: Study) -> Evidence:
    audited = study.run("audit")
    # A set smaller than the audit asked for is known once all of it was looked at.
    enough = min(study.policy.items["noise"].settings["audit_rows"], len(study.usable))
    if audited.status == "done" and audited.summary.get("reviewed", 0) >= max(1, enough):
        return _audited(study, audited.summary)
    return _labels(study) if study.labelled_set else _text(study)


def audit_first(study: Study) -> str:
    """What would tell how many answers are wrong, as a clause."""
    rows = min(AUDITED, len(study.usable))
    return AUDIT_FIRST.format(rows=rows, minutes=max(1.0, rows * MINUTES_A_ROW))


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
    run, settings = study.run("label_noise"), study.policy.items["noise"].settings
    if study.answer_kind in ("sets", "numbers"):
        what = "sets of labels" if study.answer_kind == "sets" else "numbers"
        raise NotChecked(f"the answers are {what}, which no model here can tell wrong from right; {audit_first(study)}")
    if run.status != "done":
        raise NotChecked(run.reason)
    each = len(study.effective) / max(1, sum(n > 0 for n in study.class_counts.values()))
    found = of_estimate(run.summary, settings)
    strays = _surest_differ(study, found, run.summary)
    if strays and (each < settings["class_rows"] or not found.is_enough):
        return strays
    if each < settings["class_rows"]:
        raise NotChecked(
            f"{each:.0f} distinct rows a label are too few for a model to tell wrong labels from its own mistakes; "
            f"{audit_first(study)}"
        )
    if not found.is_enough:
        return _not_believed(study, found, run.summary)
    rate = _triple(run.summary["surest"])
    message = (
        f"About {percent(rate[0])} of the labels look wrong ({span(rate[1], rate[2])}): a model's estimate"
        f"{_on_a_sample(run.summary)}, not checked by people yet."
    )
    weak = _weaker(study)
    if weak:
        alike = f"{counted(weak, 'row reads', 'rows read')} a little like another label"
        message += f" Not counted: {alike}, of which most are right."
    detail = {"caps": True, "judged": run.summary.get("judged"), "source": "label_noise", **found.detail()}
    flagged = study.flagged("label_noise")
    return rated(
        study, "noise", Figure(rate, message, kind="estimated", fix=_fix(study, rate), rows=flagged, detail=detail)
    )


def _on_a_sample(summary: Mapping[str, Any]) -> str:
    """Of how many rows the estimate is, where not all were read."""
    return f" on {summary['judged']:,} of {summary['of']:,} rows" if "of" in summary else ""


def _weaker(study: Study) -> int:
    """Weak suspicions of the check for wrong labels: rows more likely right than wrong."""
    confidences = study.facts.findings.of("label_noise").table["confidence"].to_pylist()
    return sum(confidence < LIKELY for confidence in confidences)


def _surest_differ(study: Study, found: Competence, summary: Mapping[str, Any]) -> Evidence | None:
    """Not checked, where the stand-in learned something and its surest guesses surely differ from too many labels.

    Their share is `detail["strays"]`: what an audit has to explain before anybody trains on these labels
    (benchmarks/verdict.py --power, --false-alarm).
    """
    strays = _triple(summary["surest"]) if found.is_near else (0.0, 0.0, 0.0)
    if strays[1] <= (study.policy.items["noise"].fail or 0.0):
        return None
    why = (
        f"the labels differ from {percent(strays[0])} of a small model's surest guesses: they may be wrong, or the "
        f"texts too hard for it; {audit_first(study)}"
    )
    return replace(missing(study.policy, "noise", "", why), detail={**found.detail(), "strays": list(strays)})


def _not_believed(study: Study, found: Competence, summary: Mapping[str, Any]) -> Evidence:
    """Not checked, with how far the stand-in is from what would be enough."""
    judged = int(summary.get("judged", 0))
    why = f"this task is too hard for the stand-in to tell wrong labels from hard ones; {audit_first(study)}"
    if judged < study.policy.items["noise"].settings["judged_rows"]:
        rows = counted(judged, "row")
        why = f"{rows} are too few for a stand-in to tell wrong labels from hard ones; {audit_first(study)}"
    return replace(missing(study.policy, "noise", "", why), detail=found.detail())


def _text(study: Study) -> Evidence:
    if not study.usable:
        raise NotChecked("no row has both an input and an answer")
    done = [check for check in SUSPICIONS if study.run(check).status == "done"]
    if not done:
        raise NotChecked("none of the checks for wrong answers has run")
    chances = _chances(study, done)
    certain = sum(low == 1.0 for low, _, _ in chances.values())
    usable, judged = len(study.usable), _judged(study)
    fails = wilson(certain, usable)[1] > (study.policy.items["noise"].fail or 0.0)
    if judged < usable * study.policy.items["noise"].settings["judged_share"] and not fails:
        return _unjudged(study, usable - judged)
    if not fails and (suspected := _suspected(study, judged)):
        return suspected
    n = usable if fails else max(judged, certain)
    rate = _rate([*chances.values()], n)
    message = (
        (
            f"At least {percent(certain / usable)} of the answers are plainly wrong (refusals and filler text)"
            if certain
            else "No answer is a refusal or filler text"
        )
        if len(chances) == certain
        else f"About {percent(rate[0])} of the answers look wrong ({span(rate[1], rate[2])}), by checks whose "
        "precision "
        "an audit has measured"
    )
    message += ". Wrong facts are not found this way; people have not checked yet."
    absent = [check for check in CERTAIN if check not in done]
    if absent:
        message += f" Not checked: {', '.join(absent)}."
    flagged = sorted(chances, key=lambda id: (-chances[id][1], id))
    detail = {"caps": False, "checks": done, "not_checked": absent, "source": "findings", "judged": judged}
    return rated(
        study, "noise", Figure(rate, message, kind="estimated", fix=_fix(study, rate), rows=flagged, detail=detail)
    )


def _unjudged(study: Study, answers: int) -> Evidence:
    """Not checked; `detail["strays"]` is the share of answers not taken from their inputs, where most answers are."""
    why = (
        f"nothing here can tell whether {counted(answers, 'answer is', 'answers are')} right (too short, or of too few "
        "words in common with the inputs)"
    )
    strays = _strays(study)
    if strays is None:
        return missing(study.policy, "noise", "", f"{why}; {audit_first(study)}")
    if strays[1] > (study.policy.items["noise"].fail or 0.0):
        why = (
            f"{percent(strays[0])} of the answers share at most half of their words with their inputs, unlike the "
            "others: they may belong to other inputs"
        )
    made = missing(study.policy, "noise", "", f"{why}; {audit_first(study)}")
    return replace(made, detail={"strays": list(strays)})


def _suspected(study: Study, judged: int) -> Evidence | None:
    """Not checked, where answers surely too many look like those of other rows and no audit has looked at such yet.

    `detail["strays"]` is their share. The check runs only where it tells rows swapped on purpose from the others: of
    1,500 medical answers it suspects none, with 20 and 30 % swapped 23 and 36 %.
    """
    told = study.run("audit").summary.get("precision", {}).get("mismatch", {})
    if told.get("reviewed", 0) >= study.policy.items["noise"].settings["precision_rows"]:
        return None
    table, usable = study.facts.findings.of("mismatch").table, {study.rows.ids[n] for n in study.usable}
    found = zip(table["id"].to_pylist(), table["confidence"].to_pylist(), strict=True)
    strays = wilson(sum(id in usable and confidence >= LIKELY for id, confidence in found), judged)
    if strays[1] <= (study.policy.items["noise"].fail or 0.0):
        return None
    why = f"{percent(strays[0])} of the answers look as if they belonged to other inputs; {audit_first(study)}"
    study.behind["noise"] = tuple(study.flagged("mismatch"))
    made = missing(study.policy, "noise", "", why)
    return replace(made, rows=study.behind["noise"][:SHOWN_ROWS], detail={"strays": list(strays)})


def _strays(study: Study) -> Interval | None:
    """The share of answers of whose words at least half do not stand in the input; None where that is usual here.

    A right answer may name a thing by a word of its own; of swapped answers hardly a word is there: .00 of the answers
    from passages, .30 with 30 % swapped; .02 and .31 of sentences made simpler.
    """
    usable = np.array(study.usable, dtype=np.int64)
    chosen = study.generator("noise").permutation(usable)[:MOST_READ]
    inputs, outputs = study.rows.inputs, study.rows.outputs
    strays = sum(_is_elsewhere(set(words(outputs[n])), set(words(inputs[n]))) for n in chosen)
    share = wilson(strays, len(chosen))
    return share if share[2] < USUAL else None


def _is_elsewhere(answer: set[str], asked: set[str]) -> bool:
    return bool(answer) and 2 * len(answer - asked) >= len(answer)


def _judged(study: Study) -> int:
    """Answers of which it can be told whether they fit their input: those that `mismatch` compared, where it can."""
    run, settings = study.run("mismatch"), study.policy.items["noise"].settings
    if run.status != "done" or run.summary.get("auroc", 1.0) < settings["judged_auroc"]:
        return 0
    outputs = sum(study.rows.copies[n] for n in study.usable)
    judged = int(run.summary.get("judged", 0))
    return round(min(1.0, judged / max(1, outputs)) * len(study.usable))


def _chances(study: Study, done: list[str]) -> dict[str, Interval]:
    """How likely each usable row's answer is wrong: surely by a certain finding, else by the precision of its check."""
    usable = {study.rows.ids[n] for n in study.usable}
    measured = study.run("audit").summary.get("precision", {})
    found: dict[str, Interval] = {}
    for check in done:
        table = study.facts.findings.of(check).table
        told = measured.get(check, {})
        is_known = told.get("reviewed", 0) >= study.policy.items["noise"].settings["precision_rows"]
        for id, confidence in zip(table["id"].to_pylist(), table["confidence"].to_pylist()):
            if id not in usable:
                continue
            if confidence >= CERTAIN.get(check, 2.0):
                found[id] = (1.0, 1.0, 1.0)
            elif is_known and confidence >= LIKELY:
                one = (told["low"], told["value"], told["high"])
                found[id] = max(found.get(id, one), one, key=lambda chance: chance[1])
    return found


def _rate(chances: list[Interval], n: int) -> Interval:
    """The expected share of wrong rows; by the least chances at the low end, by the greatest at the high end."""
    lows, values, highs = (sum(one[k] for one in chances) for k in range(3))
    value = values / n
    return value, min(wilson(lows, n)[1], value), max(wilson(highs, n)[2], value)


def _fix(study: Study, rate: Interval) -> str:
    n = len(study.usable)
    wrong = f"{round(rate[1] * n):,} to {max(1, round(rate[2] * n)):,}"
    return f"Review the most suspected rows first; about {wrong} of {n:,} need another answer."


def _triple(figure: Mapping[str, Any]) -> Interval:
    value = float(figure["value"])
    return value, min(value, float(figure["low"])), max(value, float(figure["high"]))
