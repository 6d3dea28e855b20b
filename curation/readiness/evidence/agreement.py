"""Whether reviewers who saw the same rows gave the same answer: Krippendorff's alpha."""

from curation.errors import NotChecked
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.progress import Progress
from curation.wording import counted


@evidence("agreement", "Reviewers agree")
def agreement(study: Study, progress: Progress) -> Evidence:
    """Alpha (1 = always the same, 0 = chance) with its bootstrap interval.

    Reads the run `agreement` among the findings: summary `alpha` {value, low, high}, `rows` and `reviewers`; or
    `untold`, a sentence why answers given cannot tell.
    """
    run = study.run("agreement")
    if run.status != "done" or "alpha" not in run.summary:
        raise NotChecked(run.summary.get("untold") or "no two people have answered the same row")
    figure = run.summary["alpha"]
    alpha = (float(figure["value"]), float(figure["low"]), float(figure["high"]))
    rows, reviewers = int(run.summary.get("rows", 0)), int(run.summary.get("reviewers", 2))
    message = (
        f"On {counted(rows, 'row')} answered by two or more of {reviewers:,} reviewers, Krippendorff's "
        f"alpha is {alpha[0]:.2f} "
        f"({alpha[1]:.2f} to {alpha[2]:.2f}), where 1 is always the same answer and 0 is chance."
    )
    fix = "Agree with the reviewers on what is right, write it down, and review the disputed rows again."
    detail = {"rows": rows, "reviewers": reviewers}
    return rated(
        study,
        "agreement",
        Figure(alpha, message, kind="measured", fix=fix, rows=study.flagged("agreement"), detail=detail),
    )
