"""What is known of a model that read rows, in sentences: measured by people's answers, or an estimate."""

from curation.records import Hits, ModelQuality, ModelReport
from curation.wording import counted, listed, percent, points_span, span


def model_lines(report: ModelReport) -> list[str]:
    """What is known of a model that read the rows, a sentence a line: measured by people's answers, or an estimate."""
    found = report.quality
    if not report.read:  # it named labels alone
        return hits_lines(report)
    lines = [f"{report.model} read {counted(report.read, 'row')} and calls {_called(report)} wrong."]
    if found is None or not report.is_measured:
        lines.append(found.why if found and found.why else ESTIMATE_OF_MODEL)
    else:
        lines += [line for line in _measured_lines(found) if line]
    if report.steady:
        share, rows = report.steady
        lines.append(f"Asked the same again, it says the same on {_share(share)} of {counted(rows, 'row')}.")
    if found and found.agrees:
        line = f"It says what people say on {_share(found.agrees)} of the rows"
        if report.people:
            share, rows = report.people
            line += f"; two people say the same on {_share(share)} of {counted(rows, 'row')}"
        lines.append(f"{line}.")
    return [*lines, *hits_lines(report), *pull_lines(report)]


def hits_lines(report: ModelReport) -> list[str]:
    """How often labels suggested for rows without one are right, the model's and the classifier's."""
    if not report.named:
        return []
    lines = [f"{report.model} named a label for {counted(report.named, 'row')} that had none."]
    return [*lines, *(f"{hits_said(one)}." for one in report.hits)]


def hits_said(one: Hits) -> str:
    """How often a suggested label is right, as a clause that begins a sentence."""
    whose = f"The label {one.who} names first" if one.who else "The label the classifier of the labels given puts first"
    if one.rate is None:
        return f"{whose} is not measured yet: {one.rows:,} of 30 rows are labelled without seeing it"
    return f"{whose} is right on {_share(one.rate)} of {counted(one.rows, 'row')} labelled without seeing it"


ESTIMATE_OF_MODEL = "This is an estimate until people have judged 30 rows in an audit drawn since; it stops no verdict."


def _called(report: ModelReport) -> str:
    wrong = report.answers.get("wrong", 0)
    return f"{wrong:,} of them ({percent(wrong / max(1, report.read))})"


def _measured_lines(found: ModelQuality) -> list[str]:
    """Shares of the whole set, by people's blind answers."""
    lines = []
    if found.finds and found.false_alarms:
        lines.append(
            f"By people's answers on {counted(found.judged, 'row')} it finds {_share(found.finds)} of the wrong "
            f"answers and calls {_share(found.false_alarms)} of the right ones wrong."
        )
    elif found.false_alarms:
        lines.append(
            f"On {counted(found.judged, 'row')} people found no wrong answer, so nobody can tell what share it finds; "
            f"it calls {_share(found.false_alarms)} of the right ones wrong."
        )
    if found.precision:
        lines.append(f"Where it says wrong, it is right in {_share(found.precision)}.")
    if found.misses:
        lines.append(f"Of the answers it calls right, {_share(found.misses)} are wrong.")
    if found.label_hits:
        lines.append(f"The label it names instead is the right one in {_share(found.label_hits)}.")
    return lines


def _share(interval: tuple[float, float, float]) -> str:
    value, low, high = interval
    return percent(value) if low == high else f"{percent(value)} ({span(low, high)})"


UNTOLD = "There are not enough blind rows yet to tell whether"


def pull_lines(report: ModelReport) -> list[str]:
    """How far suggestions pull people, and whom they pull for certain."""
    whole = report.pulls.get("")
    if whole is None:
        return []
    value, low, high = whole.difference
    line = (
        f"People decide as the model says {points_span(value, low, high)} more often where they see what it says "
        f"({counted(whole.shown, 'row')}) than where they do not ({whole.blind:,})."
    )
    pulled = [name or "everybody together" for name, one in report.pulls.items() if one.is_certain]
    if pulled:
        return [line, f"The suggestions pull {listed(pulled)}: hide them, and decide such rows again."]
    return [line, f"{UNTOLD} that is more than 5 points."] if whole.is_open else [line]
