"""Whether the right answers change over time: what you declared, dated contradictions, and words that age."""

import re

from curation.errors import NotChecked
from curation.progress import Progress
from curation.readiness.evidence import counted, evidence, not_applicable, percent, reading, span
from curation.readiness.intervals import wilson
from curation.readiness.study import Study
from curation.records import Evidence, Kind, Status

FAST = ("monthly", "weekly", "daily")
"""Declared pace of change at which answers outlive no training run (policy)."""

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
    stable). `detail`: declared, fires, dated, share.
    """
    declared = study.facts.context.knowledge.changes
    fast = declared in FAST
    if study.labelled_set and not fast and not study.conflicts.dated:
        return not_applicable(
            study, "volatility", "The answers are labels, and nothing says that they change over time."
        )
    if not study.usable and not fast:
        raise NotChecked("no row has both an input and an answer")
    rows = study.rows
    ageing = [n for n in study.usable if AGEING.search(rows.outputs[n])]
    share = wilson(len(ageing), len(study.usable))
    rule = study.policy.items["volatility"]
    proof = bool(study.conflicts.dated)
    fires = fast or (proof and rule.status(*share) == "fail")
    status: Status = "fail" if fires else "warn" if rule.status(*share) == "fail" or proof else "ok"
    kind: Kind = "declared" if fast else "measured"
    fix = "Keep the facts outside the model and look them up when answering."
    if not fires:
        fix = "Say how often the answers change: many hold amounts, dates or versions, which may or may not stay true."
    detail = {
        "declared": declared,
        "fires": fires,
        "declared_fires": fast,
        "proof": proof,
        "dated": len(study.conflicts.dated),
    }
    message = _message(declared, fast, share, len(study.conflicts.dated), len(study.usable))
    ids = sorted(rows.ids[n] for n in (study.conflicts.dated or ageing))
    return reading(study, "volatility", share, message, kind=kind, status=status, fix=fix, rows=ids, detail=detail)


def _message(declared: str, fast: bool, share: tuple[float, float, float], dated: int, n: int) -> str:
    said = {
        "unknown": "Nobody has said how often the answers change",
        "never": "You declared that answers never change",
    }
    first = said.get(declared, f"You declared that answers change {declared}")
    then = ", faster than a model can be retrained" if fast else ""
    text = f"{first}{then}; {percent(share[0])} of {n:,} outputs ({span(share[1], share[2])}) "
    text += "hold amounts, dates or versions."
    return text + (f" {counted(dated, 'row')} contradict a later or earlier answer to the same input." if dated else "")
