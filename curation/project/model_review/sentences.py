"""What a review would do and what it found, in sentences for the command line and the page alike."""

from curation.project.model_review.elsewhere import BatchFile
from curation.records import ReviewedRun, ReviewPlan
from curation.wording import READINGS, counted, listed, minutes, percent, word

ESTIMATE = (
    "What the model says is an estimate and changes no row. How far it may be believed, an audit of some of these rows "
    "shows on Audit."
)
NAMED = (
    "A label it names is a guess: it labels no row. How often it is right is measured as people label such rows "
    "without seeing it."
)
LARGE = "OpenAI takes 50,000 requests and 200 MB in one file: read fewer rows at a time."


def plan_lines(plan: ReviewPlan, currency: str) -> list[str]:
    """What goes where, what of it is masked, and what it takes."""
    whole = sum(there for there, _ in plan.strata.values())
    twice = f", {plan.again:,} of them twice" if plan.again else ""
    lines = [f"{counted(plan.rows, 'row')} of {whole:,} will be read{twice}, by the rubric {plan.rubric}."]
    if not plan.rows:
        lines = [f"No row with a label will be read. The rubric is {plan.rubric}."]
    if plan.host:
        outside = "outside your network" if plan.leaves else "this machine or your own network"
        lines.append(f"Their texts go to {plan.host} ({outside}).")
    lines += _private(plan)
    if plan.unlabelled:
        lines.append(f"For {counted(plan.unlabelled, 'row')} without a label it is asked which one fits.")
    if left := plan.unanswered - plan.unlabelled:
        lines.append(f"{counted(left, 'row')} without an answer will not be read.")
    return [*lines, _cost(plan, currency), _time(plan)]


def _private(plan: ReviewPlan) -> list[str]:
    if not plan.masked:
        return []
    rows = ("" if plan.is_counted else "About ") + counted(plan.masked, "row holds", "rows hold")
    becomes = "sent as they are" if plan.sends_private else "masked before they are sent"
    return [f"{rows} personal data or keys; these are {becomes}."]


def _cost(plan: ReviewPlan, currency: str) -> str:
    told = plan.forecast
    known = f" {counted(plan.known, 'reply is', 'replies are')} known already and cost nothing." if plan.known else ""
    known = known if plan.is_counted else known.replace(" ", " At least ", 1)
    if not told.calls:
        return f"Nothing is left to ask.{known}"
    cost = "; without prices in the context nobody can say what they cost"
    if told.cost is not None:
        cost = f", about {told.cost:,.2f} {currency}".rstrip()
    tokens = f"about {_rounded(told.tokens)} tokens ({_rounded(told.least)} to {_rounded(told.most)})"
    return f"{counted(told.calls, 'call')} before what must be asked again: {tokens}{cost}.{known}"


def _time(plan: ReviewPlan) -> str:
    if not plan.forecast.calls:
        return "It takes some seconds."
    if plan.minutes is not None:
        return f"By the calls of this model so far it takes about {_minutes(plan.minutes)}."
    return (
        f"No call of this model was timed yet: it takes {_minutes(plan.longest)} at most, at the time limit of a call."
    )


def _minutes(number: float) -> str:
    whole = max(1, round(number))
    return minutes((whole, whole))


def _rounded(tokens: float) -> str:
    return f"{float(f'{tokens:.2g}'):,.0f}"


def run_lines(run: ReviewedRun, alike: tuple[int, int] = (0, 0)) -> list[str]:
    """What was read, how steady the model was with itself (`alike`: rows read alike, rows read twice), what was left
    out, and how far it may be believed."""
    if not run.rows:
        return [_named(run), *_left_out(run), NAMED] if run.named else _left_out(run)
    counts = sorted(run.answers.items(), key=lambda one: (-one[1], one[0]))
    said = [f"{n:,} {word(READINGS, answer).noun}" for answer, n in counts]
    lines = [f"{run.read:,} of {counted(run.rows, 'row')} read by {run.model}: {listed(said) or 'none'}."]
    if len(run.answers) == 1:
        only = word(READINGS, next(iter(run.answers))).noun
        lines.append(f"It says the same of every row ({only}), so its readings tell no rows apart.")
    if alike[1]:
        lines.append(
            f"Read twice with labels or kinds in another order: {alike[0]:,} of {counted(alike[1], 'row')} alike "
            f"({percent(alike[0] / alike[1])})."
        )
    lines += [_named(run)] if run.unlabelled else []
    lines += _left_out(run)
    return [*lines, ESTIMATE] if run.read else lines


def _named(run: ReviewedRun) -> str:
    return f"{run.model} named a label for {run.named:,} of {counted(run.unlabelled, 'row')} without one."


def _left_out(run: ReviewedRun) -> list[str]:
    lines = []
    if run.answers.get("none"):
        lines.append(
            f"{counted(run.answers['none'], 'reply', 'replies')} could not be understood, though asked for once more."
        )
    if run.masked:
        lines.append(f"{counted(run.masked, 'row')} went out with personal data or keys masked.")
    if run.unknown:
        lines.append(f"{counted(run.unknown, 'line')} could not be used: of no row as it stands, or no reading.")
    if run.failed:
        lines.append(f"{counted(run.failed, 'question')} got no reply; start it again to ask them.")
    if "temperature" in run.refused:
        lines.append("The endpoint does not take temperature 0, so its answers may differ from run to run.")
    if run.ended:
        lines.append(f"Ended early: {run.ended}. What was read is kept; run it again to continue.")
    return lines


def spent_line(run: ReviewedRun) -> str:
    """What the questions of a review have cost so far; "" where none was asked from here."""
    calls, tokens, cost = run.spent.calls or 0, run.spent.tokens or 0, run.spent.cost
    if not calls:
        return ""
    priced = "" if cost is None else f", {cost:,.4f} {run.currency}".rstrip()
    return f"Spent on these rows so far: {calls:,.0f} calls, {tokens:,.0f} tokens{priced}."


def batch_lines(made: BatchFile, name: str) -> list[str]:
    """What a file of requests holds and what to do with it."""
    if not made.requests:
        return [f"{name}: nothing is left to ask about these {made.rows:,} rows."]
    again = f", {made.once_more:,} of them once more, as the reply could not be read" if made.once_more else ""
    lines = [
        f"{name}: {counted(made.requests, 'request')} about {counted(made.rows, 'row')}{again}.",
        "Have the service work through it, and bring its output file back with --batch-in.",
    ]
    return [*lines, LARGE] if made.is_large else lines
