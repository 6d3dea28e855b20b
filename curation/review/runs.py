"""What people found in audits and team rounds, as findings: the form in which the verdict reads it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from curation.records import FINDINGS_SCHEMA, Agreement, CheckRun, Estimate, Findings, ModelReport, Vote
from curation.review.team.agreement import votes_by_row
from curation.sampling.intervals import Interval


def audit_findings(found: Estimate, wrong: Mapping[str, str]) -> Findings:
    """The run `audit`, with a finding for each wrong answer.

    Its summary: reviewed, right, wrong, unknown, noise_rate {value, low, high}, and `precision` by check, each with
    flagged, reviewed, wrong, value, low and high (checks of which no flagged row was looked at are left out). `wrong`
    maps the examples answered wrong to the label a reviewer gave instead, "" where none.
    """
    rows = [
        {
            "id": id,
            "confidence": 1.0,
            "message": "A reviewer found this answer wrong." if not label else "A reviewer gave another label.",
            "suggestion": f"relabel:{label}" if label else "look",
        }
        for id, label in sorted(wrong.items())
    ]
    summary = {
        "reviewed": found.reviewed,
        "right": found.right,
        "wrong": found.wrong,
        "unknown": found.unknown,
        "noise_rate": _figure(found.rate),
        "precision": {
            one.check: {"flagged": one.flagged, "reviewed": one.reviewed, "wrong": one.wrong, **_figure(one.rate)}
            for one in found.precision
            if one.rate is not None
        },
    }
    return _findings("audit", rows, CheckRun("audit", "done", summary=summary))


def holdout_findings(found: Estimate, wrong: Mapping[str, str], scored: int) -> Findings:
    """The run `holdout`: what an audit of the `scored` rows found, in the form of `audit_findings`."""
    made = audit_findings(found, wrong)
    (run,) = made.runs
    rows = made.table.to_pylist()
    return _findings("holdout", rows, CheckRun("holdout", "done", summary={**run.summary, "scored": scored}))


def agreement_findings(found: Agreement, votes: Sequence[Vote]) -> Findings:
    """The run `agreement`: rows, reviewers, same, commonest_rate; a finding for each row people disagree on.

    Its summary has `alpha` {value, low, high} where that tells whether people agree, else `untold`: the reason why it
    does not, a sentence. A finding's confidence is the share of its votes against the most frequent answer.
    """
    rows = []
    for id, answers in sorted(votes_by_row(votes).items()):
        counts = Counter(answers.values())
        if len(counts) > 1:
            against = 1 - max(counts.values()) / len(answers)
            said = ", ".join(
                f"{n} x “{answer}”" for answer, n in sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))
            )
            rows.append(
                {"id": id, "confidence": against, "message": f"Reviewers disagree: {said}.", "suggestion": "look"}
            )
    summary = {
        "rows": found.rows,
        "reviewers": found.reviewers,
        "same": found.same,
        "commonest_rate": found.commonest_rate,
        **({"untold": found.why_unmeasured} if found.why_unmeasured else {"alpha": _figure(found.alpha)}),
    }
    return _findings("agreement", rows, CheckRun("agreement", "done", summary=summary))


def model_findings(told: ModelReport) -> Findings:
    """The run `model_quality`: what is known of the model that read the rows, all of `ModelReport` as JSON values."""
    return _findings("model_quality", [], CheckRun("model_quality", "done", summary=asdict(told)))


def not_checked(check: str, reason: str) -> Findings:
    """A run that could not be: why is in its reason."""
    return _findings(check, [], CheckRun(check, "not_checked", reason))


def _findings(check: str, rows: Sequence[Mapping[str, Any]], run: CheckRun) -> Findings:
    columns: dict[str, list[Any]] = {
        "check": [check] * len(rows),
        "id": [row["id"] for row in rows],
        "cluster": [None] * len(rows),
        "confidence": [row["confidence"] for row in rows],
        "message": [row["message"] for row in rows],
        "evidence": [json.dumps({})] * len(rows),
        "suggestion": [row["suggestion"] for row in rows],
    }
    return Findings(pa.table(columns, schema=FINDINGS_SCHEMA), (run,))


def _figure(interval: Interval) -> dict[str, float]:
    value, low, high = interval
    return {"value": value, "low": low, "high": high}
