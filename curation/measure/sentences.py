"""What a measurement says, in sentences: for the command line and the page alike."""

from collections.abc import Mapping
from typing import Any

from curation.measure.plan import TUNED
from curation.wording import points_span


def difference_line(one: Mapping[str, Any]) -> str:
    """How much better one arm is than another on the rows both were asked."""
    p = "" if one["p"] is None else f", McNemar p = {one['p']:.2g}"
    by = points_span(one["value"], one["low"], one["high"])
    models = f"; a tuned model and a prompt: {one['models']}" if one.get("models") else ""
    return f"{by} on the same {one['n']:,} rows{p}{models}"


def remarks(arm: Mapping[str, Any]) -> list[str]:
    """What to know beside an arm's score, one sentence each."""
    found = []
    if arm["silent"]:
        found.append(f"{arm['silent']} replies gave no label; they count as wrong")
    if arm.get("empty"):
        found.append(f"{arm['empty']} replies were empty; they count as failed, not as wrong")
    if arm["cut_off"]:
        found.append(f"{arm['cut_off']} replies were cut off at the limit on their length")
    if arm["estimated"]:
        given = f"gave counts {arm['doubted']} than the text can be" if arm.get("doubted") else "gave no counts"
        found.append(f"tokens of {arm['estimated']} replies are estimates, +-20 %: the endpoint {given}")
    if arm["stopped"]:
        found.append(f"{arm['stopped']}, so the rest was not asked")
    for name, n in (arm.get("borrowed") or {}).items():
        found.append(f"{n} answers were asked before as {name} of the same model, so both arms are one model")
    return found


def run_lines(run: Mapping[str, Any]) -> list[str]:
    """What the last run asked and left out, and why it ended early, one sentence each."""
    stands = list(run.get("stands", ()))
    if "imported" in run:
        return [
            f"{run['rows']:,} outputs of {run['imported']} scored by {run['metric'].replace('_', ' ')}; "
            f"{run['unknown']:,} belong to no row here, {run['repeated']:,} repeat a near-duplicate.",
            *_seen(run),
            *stands,
        ]
    metric, rows = run["metric"].replace("_", " "), run["rows"]
    found = [f"{rows:,} rows held back, {run['pool']:,} others to show as examples; scored by {metric}."]
    if any(name in TUNED for name in run["arms"]):
        found.append(f"{run['model']} is taken for the tuned model, as it was named for a tuned arm.")
    found += _seen(run)
    if run["private"]:
        found.append(f"{run['private']:,} rows with personal data or keys were left out and not sent.")
    if run["hidden_passages"]:
        found.append(f"{run['hidden_passages']:,} paragraphs with personal data or keys were left out and not sent.")
    if "temperature" in run["refused"]:
        found.append("The endpoint does not take temperature 0, so its answers may differ from run to run.")
    if run["ended"]:
        found.append(f"Ended early: {run['ended']}. What was measured stands; run again to go on.")
    return [*found, *stands]


def _seen(run: Mapping[str, Any]) -> list[str]:
    if not run.get("seen"):
        return []
    return [
        f"{run['seen']:,} rows stand in the train part of the last export, so the tuned model may have seen them: they "
        "were left out."
    ]


def spent_line(run: Mapping[str, Any]) -> str:
    """What the questions of a run have cost so far, "" for imported outputs."""
    if "spent" not in run:
        return ""
    spent = run["spent"]
    cost = "" if spent["cost"] is None else f", {spent['cost']:,.4f} {run['currency']}"
    return f"Spent on these questions so far: {spent['calls']:,} calls, {spent['tokens']:,.0f} tokens{cost}."
