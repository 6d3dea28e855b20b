"""Evaluation rows that also stand in the training data, exactly or nearly: a score on them is not a score."""

import json

from curation.errors import NotChecked
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.progress import Progress
from curation.sampling.intervals import wilson
from curation.wording import counted, percent, span


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
    message += _kinds(study)
    before, after = run.summary.get("score_before"), run.summary.get("score_after")
    if before is not None and after is not None:
        message += f" With them the score is {percent(before)}, without them {percent(after)}: use the second."
    detail = {"evaluation_rows": n, "leaked_rows": leaked, "score_before": before, "score_after": after}
    fix = "Take these rows out of the training data and score again on the cleaned evaluation set."
    return rated(study, "leakage", Figure(share, message, fix=fix, rows=study.flagged("leakage"), detail=detail))


def _kinds(study: Study) -> str:
    """How many training rows are equal to an evaluation row and how many only alike; "" where that is not told."""
    texts = study.facts.findings.of("leakage").table["evidence"].to_pylist()
    told = [json.loads(text or "{}").get("similarity") for text in texts]
    if not told or None in told:
        return ""
    equal = sum(similarity >= 1 for similarity in told)
    alike = f"{len(told) - equal:,} closely resemble or share a passage with one"
    return f" Of the training rows, {equal:,} {'equals' if equal == 1 else 'equal'} an evaluation row and {alike}."
