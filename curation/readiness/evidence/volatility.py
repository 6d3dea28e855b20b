"""Whether the right answers change over time: what you declared, dated contradictions, and words that age."""

import re
from collections.abc import Mapping
from typing import Any

from curation.errors import NotChecked
from curation.progress import Progress
from curation.readiness.evidence import SHOWN_ROWS, Figure, Known, evidence, follows, not_applicable, rated
from curation.readiness.study import Study
from curation.records import Evidence, Kind, Status
from curation.sampling.intervals import wilson
from curation.wording import PACES, counted, percent, span

FAST = ("monthly", "weekly", "daily")
"""Declared pace of change at which answers outlive no training run (policy)."""

NOTHING: Mapping[str, Any] = {"rows": 0, "ageing": 0, "dated": 0, "labels": False, "ids": []}
"""What is counted, where there was nothing to count."""

AGEING = re.compile(
    r"""(?ix)
    [$€£¥]\s?\d | \b\d[\d.,]*\s?(?:usd|eur|gbp|chf|jpy|dollars?|euros?|pounds?)\b    # money
    | \b\d[\d.,]*\s?(?:%|percent\b)                                                     # percent
    | \b(?:19|20)\d\d\b                                                                 # year
    | \b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b                                               # date
    | \b(?:january|february|march|april|june|july|august|september|october|november|december)\s+\d{1,2}\b
    | \bv?\d+\.\d+\.\d+\b | \bversion\s+\d | \bv\d+\b                                   # version
    | \b(?:currently|nowadays|at\ present|as\ of|latest|today|this\ (?:week|month|year))\b
    """
)


@evidence("volatility", "Answers that change over time")
def volatility(study: Study, progress: Progress) -> Evidence:
    """The share of outputs with words that age; fails (fires) on a declared fast pace, or on that share with proof.

    Proof is an input whose answer differs by date. Words alone are a question, never a verdict ("founded 1998" is
    stable). `detail`: declared, fires, declared_fires, proof, dated, and what was counted (rows, ageing, labels, ids).
    """
    rows = study.rows
    ageing = [n for n in study.usable if AGEING.search(rows.outputs[n])]
    ids = sorted(rows.ids[n] for n in (study.conflicts.dated or ageing))[:SHOWN_ROWS]
    made = {
        "rows": len(study.usable), "ageing": len(ageing), "dated": len(study.conflicts.dated),
        "labels": study.labelled_set, "ids": ids,
    }  # fmt: skip
    return _told(Known({}, study.facts.context, study.policy), made)


@follows("volatility")
def again(known: Known) -> Evidence:
    """The same counts under another declared pace."""
    told = known.found["volatility"].detail
    return _told(known, {name: told.get(name, nothing) for name, nothing in NOTHING.items()})


def _told(known: Known, made: Mapping[str, Any]) -> Evidence:
    declared = known.context.knowledge.changes
    fast, n, dated = declared in FAST, int(made["rows"]), int(made["dated"])
    if made["labels"] and not fast and not dated:
        why = "The answers are labels, and nothing says that they change over time."
        return not_applicable(known, "volatility", why, made)
    if not n and not fast:
        raise NotChecked("no row has both an input and an answer")
    share = wilson(int(made["ageing"]), n)
    rule = known.policy.items["volatility"]
    fires = fast or (dated > 0 and rule.status(*share) == "fail")
    status: Status = "fail" if fires else "warn" if rule.status(*share) == "fail" or dated else "ok"
    kind: Kind = "declared" if fast else "counted"
    fix = "Keep the facts outside the model and look them up when answering."
    if not fires:
        fix = f"Say how often the right answers change{_proof(dated)}."
    detail = {**made, "declared": declared, "fires": fires, "declared_fires": fast, "proof": dated > 0}
    message = _message(declared, fast, share, dated, n)
    ids = list(made["ids"])
    return rated(
        known, "volatility", Figure(share, message, kind=kind, status=status, fix=fix, rows=ids, detail=detail)
    )


def _proof(dated: int) -> str:
    if not dated:
        return ", as the amounts, dates and versions in them may or may not stay true"
    return f": {counted(dated, 'row contradicts', 'rows contradict')} a later or earlier answer"


def _message(declared: str, fast: bool, share: tuple[float, float, float], dated: int, n: int) -> str:
    first = f"You declared that right answers change {declared}"
    if declared == "never":
        first = "You declared that right answers never change"
    elif declared == "unknown":
        first = PACES["unknown"].sentence.removesuffix(".")
    then = ", faster than a model can be retrained" if fast else ""
    text = f"{first}{then}; {percent(share[0])} of {n:,} outputs ({span(share[1], share[2])}) "
    text += "hold amounts, dates or versions."
    return text + (
        f" {counted(dated, 'row contradicts', 'rows contradict')} a later or earlier answer to the same input."
        if dated
        else ""
    )
