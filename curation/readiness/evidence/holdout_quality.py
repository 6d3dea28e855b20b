"""Whether the scored rows themselves are right: wrong labels among them cost every arm alike."""

from curation.errors import NotChecked
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.progress import Progress
from curation.wording import counted, percent, span

TO_JUDGE = 20
"""Rows to judge (policy): fewer tell little, and these take a few minutes."""
FIX = "Correct these rows first and score the arms again: stored replies are used, so nothing is paid twice."


@evidence("holdout_quality", "Right answers of the scored rows")
def holdout_quality(study: Study, progress: Progress) -> Evidence:
    """The share (0..1) of the scored rows whose answer is wrong, by people who judged some of them blind.

    `detail`: reviewed, wrong, unknown, scored (rows that models were scored on).
    """
    run = study.run("holdout")
    if run.status != "done":
        raise NotChecked(
            f"once a model is scored, judge {TO_JUDGE} of the scored rows (about ten minutes): a wrong answer costs "
            "every arm alike"
        )
    told = run.summary
    rate = told["noise_rate"]
    share = (float(rate["value"]), float(rate["low"]), float(rate["high"]))
    message = (
        f"People judged {counted(told['reviewed'], 'row')} of the {told['scored']:,} that models were scored on and "
        f"found {percent(share[0])} of the answers wrong ({span(*share[1:])})."
    )
    if share[0]:
        message += " They cost every arm alike; audit those first."
    detail = {name: told[name] for name in ("reviewed", "wrong", "unknown", "scored")}
    figure = Figure(share, message, kind="measured", fix=FIX, rows=study.flagged("holdout"), detail=detail)
    return rated(study, "holdout_quality", figure)
