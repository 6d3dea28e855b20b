"""Whether the right answers change over time: what you declared, dated contradictions, and words that age."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from curation.errors import NotChecked
from curation.readiness.evidence import SHOWN_ROWS, Figure, Known, evidence, follows, not_applicable, rated
from curation.readiness.stand_in.in_time import Lines, by_month, dated, policy_change
from curation.readiness.study import Study
from curation.records import Evidence, Kind, Status
from curation.records.progress import Progress
from curation.sampling.intervals import Interval, wilson
from curation.wording import PACES, counted, percent, span

FAST = ("monthly", "weekly", "daily")
"""Declared pace of change at which answers outlive no training run (policy)."""

NOTHING: Mapping[str, Any] = {"rows": 0, "ageing": 0, "dated": 0, "labels": False, "ids": [], "novel": 0.0}
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


@evidence("volatility", "Answers that change over time", needs=("substance",))
def volatility(study: Study, progress: Progress) -> Evidence:
    """The share of outputs with words that age; fails (fires) on a declared fast pace that these words or the
    knowledge in the outputs bear out, or on that share with proof.

    Proof is an input whose answer differs by date. Words alone are a question, never a verdict ("founded 1998" is
    stable), and so is a pace alone. Labels that are given otherwise from some date on are a `policy_change` (date,
    from, to, rows). `detail`: declared, fires, declared_fires, proof, dated, policy_change, months (shares of labels),
    and what was counted (rows, ageing, labels, novel, ids).
    """
    rows = study.rows
    ageing = [n for n in study.usable if AGEING.search(rows.outputs[n])]
    ids = sorted(rows.ids[n] for n in (study.conflicts.dated or ageing))[:SHOWN_ROWS]
    made: dict[str, Any] = {
        "rows": len(study.usable), "ageing": len(ageing), "dated": len(study.conflicts.dated),
        "labels": study.labelled_set, "ids": ids, "novel": _novel(study.found.get("substance")),
    }  # fmt: skip
    made |= _in_time(study, progress)
    found = _rated(Known(dict(study.found), study.facts.context, study.policy), made)
    if made.get("policy_change"):
        study.behind["volatility"] = tuple(made["old_ids"])
    return replace(found, detail={name: value for name, value in found.detail.items() if name != "old_ids"})


def _novel(item: Evidence | None) -> float:
    """The low end of the share of words that are knowledge; 0 where it was not measured."""
    return float(item.low) if item is not None and item.value is not None and item.low is not None else 0.0


def _in_time(study: Study, progress: Progress) -> dict[str, Any]:
    """What labels with dates tell: their shares by month and a change of policy, the rows labelled in the old way."""
    settings = study.policy.items["volatility"].settings
    if study.answer_kind not in ("labels", "closed"):
        return {}
    found = dated(study, settings["dated_share"])
    if found is None:
        return {}
    lines = Lines(
        moved_rows=int(settings["moved_rows"]),
        moved_share=settings["moved_share"],
        side_rows=int(settings["side_rows"]),
        parted=settings["parted"],
        by_text=settings["by_text"],
    )
    try:
        change = policy_change(study, found, lines, progress)
    except NotChecked:
        change = None
    told: dict[str, Any] = {"months": by_month(found)[-MOST_MONTHS:]}
    if change:
        ids = [study.rows.ids[n] for n in change.rows]
        told |= {"policy_change": change.detail(), "old_ids": ids, "ids": ids[:SHOWN_ROWS]}
    return told


@follows("volatility")
def again(known: Known) -> Evidence:
    """The same counts under another declared pace."""
    told = known.found["volatility"].detail
    counts = {name: told.get(name, nothing) for name, nothing in NOTHING.items()}
    made = {**counts, **{name: told[name] for name in ("months", "policy_change") if name in told}}
    return _rated(known, {**made, "novel": _novel(known.found.get("substance"))})


def _rated(known: Known, made: Mapping[str, Any]) -> Evidence:
    declared, change = known.context.knowledge.changes, made.get("policy_change")
    fast, n, dated_rows = declared in FAST, int(made["rows"]), int(made["dated"])
    if made["labels"] and not fast and not dated_rows and not change and not made.get("months"):
        why = "The answers are labels, and nothing says that they change over time."
        return not_applicable(known, "volatility", why, made)
    if not n and not fast:
        raise NotChecked("no row has both an input and an answer")
    share = wilson(int(made["ageing"]), n)
    rule = known.policy.items["volatility"]
    declared_fires = fast and _borne_out(known, share, float(made["novel"]))
    fires = declared_fires or (dated_rows > 0 and rule.status(*share) == "fail")
    is_open = rule.status(*share) == "fail" and not made["labels"]
    status: Status = "fail" if fires else "warn" if is_open or dated_rows or fast or change else "ok"
    kind: Kind = "declared" if declared_fires else "counted"
    fix = "Keep the facts outside the model and look them up when answering."
    if not fires:
        fix = _question(fast, dated_rows, change)
    detail = {
        **made, "declared": declared, "fires": fires, "declared_fires": declared_fires, "proof": dated_rows > 0,
    }  # fmt: skip
    message = _changed(change) + _message(declared, declared_fires, share, dated_rows, n)
    if fast and not fires:
        message += f" {ONE_QUESTION}"
    ids = list(made["ids"])
    return rated(
        known, "volatility", Figure(share, message, kind=kind, status=status, fix=fix, rows=ids, detail=detail)
    )


def _borne_out(known: Known, ageing: Interval, novel: float) -> bool:
    """Whether what the answers hold agrees with a declared fast pace: words that age, cited sources, or knowledge."""
    line = known.policy.items["volatility"].fail or 0.0
    high = known.policy.items["substance"].warn or 1.0
    return ageing[1] >= line or known.context.knowledge.must_cite or novel >= high


ONE_QUESTION = "Yet the answers contain little that becomes outdated: do facts in them change, or only the questions?"
MOST_MONTHS = 36
"""Months told, the last ones."""


def _question(fast: bool, dated_rows: int, change: Mapping[str, Any] | None) -> str:
    if change:
        return f"Give the rows from before {change['date']} the labels in use since then, or leave them out."
    if fast:
        return "Say what in the answers changes: facts are better looked up, a style stays."
    return f"Say how often the right answers change{_proof(dated_rows)}."


def _changed(change: Mapping[str, Any] | None) -> str:
    """The sentence on a change of policy, "" where there is none."""
    if not change:
        return ""
    rows = counted(int(change["rows"]), "row")
    return (
        f"From {change['date']} on, inputs that were labelled “{change['from']}” are labelled “{change['to']}”; {rows} "
        "from before are still labelled in the old way. "
    )


def _proof(dated_rows: int) -> str:
    if not dated_rows:
        return ", as the amounts, dates and versions in them may or may not stay true"
    return f": {counted(dated_rows, 'row contradicts', 'rows contradict')} a later or earlier answer"


def _message(declared: str, fast: bool, share: Interval, dated_rows: int, n: int) -> str:
    first = f"You declared that right answers change {declared}"
    if declared == "never":
        first = "You declared that right answers never change"
    elif declared == "unknown":
        first = PACES["unknown"].sentence.removesuffix(".")
    then = ", faster than a model can be retrained" if fast else ""
    text = f"{first}{then}; {percent(share[0])} of {n:,} outputs ({span(share[1], share[2])}) "
    text += "hold amounts, dates or versions."
    return text + (
        f" {counted(dated_rows, 'row contradicts', 'rows contradict')} a later or earlier answer to the same input."
        if dated_rows
        else ""
    )
