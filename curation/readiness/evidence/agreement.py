"""Whether reviewers who saw the same rows gave the same answer: Krippendorff's alpha."""

from collections.abc import Mapping
from typing import Any

from curation.errors import NotChecked
from curation.readiness.evidence import Figure, evidence, in_words, rated, with_model
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.progress import Progress
from curation.wording import counted


@evidence("agreement", "Reviewers agree")
def agreement(study: Study, progress: Progress) -> Evidence:
    """Alpha (1 = always the same, 0 = chance) with its bootstrap interval.

    Reads the run `agreement` among the findings: summary `alpha` {value, low, high}, `rows` and `reviewers`; or
    `untold`, a sentence why answers given cannot tell. Where a model read the rows, how often it says what people say.
    """
    return with_model(study, "agreement", _agreement, _of_model)


def _of_model(model: Mapping[str, Any], found: Evidence) -> str:
    """How often the model says what people say, beside how often two people do; "" where nobody can tell."""
    agrees, people = (model.get("quality") or {}).get("agrees"), model.get("people")
    if not agrees:
        return ""
    beside = f"; two people say the same on {in_words(people[0])}" if people else ""
    return f"{model['model']}, which read the rows, says what people say on {in_words(agrees)} of all{beside}."


def _agreement(study: Study) -> Evidence:
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
