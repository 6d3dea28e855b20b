"""Style or substance: are the outputs' words taken from the input, usual wording, or new knowledge?"""

from collections.abc import Sequence

import numpy as np

from curation.errors import NotChecked
from curation.progress import Progress
from curation.readiness.evidence import Figure, evidence, not_applicable, rated
from curation.readiness.shares import shares, usual_words
from curation.readiness.study import Study
from curation.records import Evidence, Status
from curation.sampling.intervals import Interval
from curation.sampling.resampling import resampled
from curation.text.words import words
from curation.wording import percent, span


@evidence("substance", "Style or substance")
def substance(study: Study, progress: Progress) -> Evidence:
    """The share of output words that are novel: neither in the row's input nor in a fifth of all outputs.

    One row a near-duplicate cluster. `detail`: copied, template, novel (shares), says (substance, style or both),
    answerable (share of novel words found in the knowledge base's words, when one was compared).
    """
    if study.answer_kind != "text":
        why = "The answers are labels." if study.labelled_set else "The answers are drawn from a fixed set of texts."
        return not_applicable(study, "substance", why)
    first: dict[int | str, int] = {}
    for n in study.unique:
        first.setdefault(study.rows.clusters[n], n)
    chosen = list(first.values())
    if not chosen:
        raise NotChecked("no row has both an input and an answer")
    settings = study.policy.items["substance"].settings
    parts, totals = _shares(study, chosen, settings["template"], progress)
    if not totals.sum():
        raise NotChecked("the outputs hold no words")
    groups = [study.rows.groups[n] for n in chosen]
    copied, template, novel = (
        resampled(column, groups, study.generator("substance"), study.policy.resamples, np.ones(len(chosen)))
        for column in parts.T
    )
    style = copied[0] + template[0] >= settings["style"] and novel[0] < settings["style_novel"]
    status: Status = study.policy.items["substance"].status(*novel)
    says = "substance" if status == "warn" else "style" if style else "both"
    run = study.run("knowledge")
    answerable = run.summary.get("answerable_rate") if run.status == "done" else None
    message = _message(copied, template, novel, says)
    if answerable is not None:
        message += f" {percent(answerable)} of the answers stand in your knowledge base."
    detail = {"copied": copied[0], "template": template[0], "novel": novel[0], "says": says, "answerable": answerable}
    ids = [study.rows.ids[chosen[n]] for n in np.argsort(-parts[:, 2], kind="stable")[:5]]
    fix = "Say where the new knowledge in the answers comes from: what can be retrieved need not be trained."
    return rated(study, "substance", Figure(novel, message, status=status, fix=fix, rows=ids, detail=detail))


SAYS = {"substance": ": the answers hold knowledge.", "style": ": the answers differ in style.", "both": "."}


def _message(copied: Interval, template: Interval, novel: Interval, says: str) -> str:
    return (
        f"Of the words in the outputs, {percent(copied[0])} stand in the input, {percent(template[0])} are usual "
        f"wording and {percent(novel[0])} ({span(novel[1], novel[2])}) are new{SAYS[says]}"
    )


def _shares(
    study: Study, chosen: Sequence[int], template: float, progress: Progress
) -> tuple[np.typing.NDArray[np.float64], np.typing.NDArray[np.float64]]:
    """Copied, template and novel shares (row, 3) of each output's words, and how many words each has."""
    outputs = [words(study.rows.outputs[n]) for n in chosen]
    usual = usual_words(outputs, template)
    found = np.zeros((len(chosen), 3))
    for place, (n, output) in enumerate(zip(chosen, outputs)):
        if place % 2000 == 0:
            progress(place / len(chosen), "comparing outputs with inputs")
        found[place] = shares(study.rows.inputs[n], output, usual)
    return found, np.array([float(len(output)) for output in outputs])
