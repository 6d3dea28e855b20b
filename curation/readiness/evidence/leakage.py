"""Evaluation rows that also stand in the training data, exactly or nearly: a score on them is not a score."""

from curation.errors import NotChecked
from curation.intervals import wilson
from curation.progress import Progress
from curation.readiness.evidence import counted, evidence, percent, reading, span
from curation.readiness.study import Study
from curation.records import Evidence


@evidence("leakage", "Evaluation rows seen in training")
def leakage(study: Study, progress: Progress) -> Evidence:
    """Leaked over all evaluation rows, from the comparison run against the evaluation set.

    Reads the run `leakage` among the findings: summary `evaluation_rows`, `leaked_rows` and, where they were measured,
    `score_before` and `score_after` removal; its findings name the training rows.
    """
    run = study.run("leakage")
    if run.status != "done" or not run.summary.get("evaluation_rows"):
        raise NotChecked("no evaluation set was given to compare with")
    n, leaked = int(run.summary["evaluation_rows"]), int(run.summary["leaked_rows"])
    share = wilson(leaked, n)
    message = (
        f"{counted(leaked, 'row')} of {n:,} in the evaluation set ({percent(share[0])}, {span(share[1], share[2])}) "
        "equal or closely resemble rows of the training data."
    )
    before, after = run.summary.get("score_before"), run.summary.get("score_after")
    if before is not None and after is not None:
        message += f" With them the score is {percent(before)}, without them {percent(after)}; only the latter counts."
    detail = {"evaluation_rows": n, "leaked_rows": leaked, "score_before": before, "score_after": after}
    fix = "Take these rows out of the training data and score again on the cleaned evaluation set."
    return reading(study, "leakage", share, message, fix=fix, rows=study.flagged("leakage"), detail=detail)
