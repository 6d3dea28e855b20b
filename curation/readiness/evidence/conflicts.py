"""The same input with different answers: rows that would have to change for every input to have one answer."""

from curation.errors import NotChecked
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.rows import Conflicts
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.progress import Progress
from curation.sampling.intervals import wilson
from curation.wording import counted, percent, span


@evidence("conflicts", "Same input, different answers")
def conflicts(study: Study, progress: Progress) -> Evidence:
    """Rows to change over usable rows; only identical inputs (case and spacing apart), never merely similar ones.

    Judged where an input has one right answer: labels, numbers, a fixed set of answers, and free text of kinds of task
    that have one. Elsewhere several answers are several references (`detail["references"]`: inputs, rows), no fault.
    Answers that differ because every row of the input carries another date count as volatility instead.
    """
    if not study.usable:
        raise NotChecked("no row has both an input and an answer")
    found = study.conflicts
    share = wilson(len(found.rows), len(study.usable))
    message = _message(found, share) + _dated(found)
    rows = [study.rows.ids[n] for n in found.rows]
    fix = f"Decide on one answer for each of these {counted(found.inputs, 'input')}."
    detail = {
        "inputs": found.inputs, "rows": len(found.rows), "dated": len(found.dated),
        "references": {"inputs": found.references, "rows": len(found.several)},
    }  # fmt: skip
    return rated(study, "conflicts", Figure(share, message, fix=fix, rows=rows, detail=detail))


def _message(found: Conflicts, share: tuple[float, float, float]) -> str:
    if found.inputs:
        return (
            f"{counted(found.inputs, 'input')} {'has' if found.inputs == 1 else 'have'} more than one answer; "
            f"{counted(len(found.rows), 'row')} ({percent(share[0])}, {span(share[1], share[2])}) would have to change."
        )
    inputs, rows = found.references, len(found.several)
    if inputs:
        return (
            f"{counted(inputs, 'input')} {'has' if inputs == 1 else 'have'} several references "
            f"({counted(rows, 'row')}): several answers to one input may all be right here."
        )
    return "No input has two different answers at once." if found.dated else "No input has two different answers."


def _dated(found: Conflicts) -> str:
    if not found.dated:
        return ""
    rows_differ = counted(len(found.dated), "row answers", "rows answer")
    return (
        f" {rows_differ} an input differently from a row of another date: the verdict takes that for change over time, "
        "the checks list it for people to decide."
    )
