"""What a measurement says, in sentences: for the command line and the page alike."""

from curation.measure.plan import TUNED
from curation.records import ArmResult, AskedRun, Difference, ImportedRun, Run
from curation.wording import ARMS, METRICS, counted, points_span, word


def difference_line(one: Difference) -> str:
    """How much better one arm is than another on the rows both were asked."""
    p = "" if one.p is None else f", McNemar p = {one.p:.2g}"
    by = points_span(one.value, one.low, one.high)
    models = f"; models: {one.models}" if one.models else ""
    return f"{by} on the same {one.n:,} rows{p}{models}"


def remarks(arm: ArmResult) -> list[str]:
    """What to know beside an arm's score, one sentence each."""
    found = []
    if arm.silent:
        found.append(f"{counted(arm.silent, 'reply', 'replies')} gave no label and count as wrong")
    if arm.empty:
        found.append(f"{counted(arm.empty, 'reply was', 'replies were')} empty and count as failed, not as wrong")
    if arm.cut_off:
        found.append(f"{counted(arm.cut_off, 'reply was', 'replies were')} cut off at the token limit of a reply")
    if arm.estimated:
        given = f"gave counts that are {arm.doubted} than the text" if arm.doubted else "gave no counts"
        found.append(
            f"tokens of {counted(arm.estimated, 'reply', 'replies')} are estimated (± 20 %), because the "
            f"endpoint {given}"
        )
    if arm.stopped:
        found.append(f"{arm.stopped}, so the other rows were not asked")
    for name, n in arm.borrowed.items():
        answers = counted(n, "answer was", "answers were")
        found.append(f"{answers} reused from the {word(ARMS, name).noun}, so the two arms are not independent")
    return found


def run_lines(run: Run) -> list[str]:
    """What the last run asked and left out, and why it ended early, one sentence each."""
    if isinstance(run, ImportedRun):
        return [
            f"{run.rows:,} outputs of {run.imported} scored by {word(METRICS, run.metric).noun}; "
            f"{run.unknown:,} belong to no row of this set, {run.repeated:,} belong to a "
            "near-duplicate of a scored row.",
            *_seen(run),
            *run.stands,
        ]
    return [*_asked(run), *run.stands] if isinstance(run, AskedRun) else list(run.stands)


def _asked(run: AskedRun) -> list[str]:
    metric, rows = word(METRICS, run.metric).noun, run.rows
    found = [f"{rows:,} rows held back, {run.pool:,} others to show as examples; scored by {metric}."]
    if any(name in TUNED for name in run.arms):
        found.append(f"{run.model} counts as the tuned model because its arm is a tuned one.")
    found += _seen(run)
    if run.private:
        found.append(f"{run.private:,} rows with personal data or keys were left out and not sent.")
    if run.hidden_passages:
        found.append(f"{run.hidden_passages:,} paragraphs with personal data or keys were left out and not sent.")
    if "temperature" in run.refused:
        found.append("The endpoint does not take temperature 0, so its answers may differ from run to run.")
    if run.ended:
        found.append(f"Ended early: {run.ended}. What was measured is kept; run it again to continue.")
    return found


def _seen(run: Run) -> list[str]:
    if not run.seen:
        return []
    return [
        f"{counted(run.seen, 'row is', 'rows are')} in the training split of the last export, so the "
        "tuned model may "
        "have seen them: they were left out."
    ]


def spent_line(run: Run) -> str:
    """What the questions of a run have cost so far, "" for imported outputs."""
    if not isinstance(run, AskedRun):
        return ""
    calls, tokens, cost = run.spent.calls or 0, run.spent.tokens or 0, run.spent.cost
    priced = "" if cost is None else f", {cost:,.4f} {run.currency}"
    return f"Spent on these questions so far: {calls:,} calls, {tokens:,.0f} tokens{priced}."
