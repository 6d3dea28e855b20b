"""What is kept of a verdict, and what it says otherwise than an earlier one."""

import tomllib
from typing import Any

from curation.errors import NotChecked
from curation.readiness.costs import costs, summary
from curation.readiness.gates.reading import reading_of
from curation.readiness.gates.walk import path
from curation.readiness.policy import load_policy, thresholds
from curation.readiness.rules import Policy
from curation.readiness.texts.topics import NOTHING, Topics, with_topics
from curation.readiness.verdict.plan import Rows, work_plan
from curation.records import Costs, Evidence, StoredVerdict, Verdict, WayCosts, verdict_json
from curation.records.context import Context, write_context
from curation.wording import OUTCOMES, STATUSES, number


def stored_verdict(
    verdict: Verdict, context: Context, policy: Policy, rows: Rows | None = None, topics: Topics = NOTHING
) -> StoredVerdict:
    """All that is kept of a verdict; `rows` names the rows behind each item (`Study.behind`), `topics` are named in the
    steps of the plan that they are about."""
    items = verdict.evidence
    made, missing = _costs(items, context, policy)
    return StoredVerdict(
        verdict=verdict,
        path=path(reading_of(items, context, policy)),
        plan=with_topics(work_plan(items, context, policy, rows), topics),
        costs=made,
        costs_missing=missing,
        changed=tuple(one for one in thresholds(policy, load_policy()) if one.is_changed),
        context=write_context(context),
    )


def _costs(items: tuple[Evidence, ...], context: Context, policy: Policy) -> tuple[Costs[WayCosts] | None, str]:
    """The costs, or why there are none."""
    try:
        return summary(costs(items, context, policy)), ""
    except NotChecked as reason:
        return None, str(reason)


def declared(stored: StoredVerdict) -> dict[str, Any]:
    """What people had declared when the verdict was drawn: section -> field -> value, measured arms left out."""
    whole = tomllib.loads(stored.context or "")
    return {section: fields for section, fields in whole.items() if isinstance(fields, dict)}


def compare(earlier: StoredVerdict, later: StoredVerdict) -> list[str]:
    """What the later verdict says otherwise than the earlier one, a sentence each, the outcome first."""
    before, after = earlier.verdict, later.verdict
    told = []
    if before.outcome != after.outcome:
        told.append(f"The verdict was “{OUTCOMES[before.outcome].noun}” and is now “{OUTCOMES[after.outcome].noun}”.")
    else:
        told.append(f"The verdict is as before: “{OUTCOMES[after.outcome].noun}”.")
    causes = {
        "the data": before.dataset != after.dataset,
        "the thresholds": before.policy != after.policy,
        "what you declared about the task": earlier.context is not None and earlier.context != later.context,
    }
    changed = [cause for cause, is_other in causes.items() if is_other]
    if changed:
        told.append(f"Changed since then: {', '.join(changed)}.")
    elif verdict_json(before) == verdict_json(after):
        return []
    was = {item.id: item for item in before.evidence}
    told += [line for item in after.evidence if (line := _moved(was.get(item.id), item))]
    return told


def _moved(was: Evidence | None, now: Evidence) -> str:
    """How an item stands otherwise: another status, or a value outside the earlier interval; "" when neither."""
    if was is None:
        return f"{now.title}: new, {STATUSES[now.status].noun}."
    values, is_outside = "", False
    if was.value is not None and now.value is not None and was.value != now.value:
        values = f", from {number(was.value, was.detail, None)} to {number(now.value, now.detail, None)}"
        is_outside = was.low is not None and was.high is not None and not was.low <= now.value <= was.high
    if was.status != now.status:
        return f"{now.title}: {STATUSES[was.status].noun} before, {STATUSES[now.status].noun} now{values}."
    return f"{now.title}{values}." if is_outside else ""
