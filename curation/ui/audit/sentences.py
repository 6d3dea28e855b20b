"""What an audit found -> sentences and frames."""

from collections.abc import Mapping, Sequence

import pandas as pd

from curation.project.rounds import AuditResult
from curation.records import Estimate, Example, Precision, Round, Rule
from curation.ui.widgets.formatting import asked, short, visible, words
from curation.wording import DECISIONS, counted, percent, span

WHY = (
    "How many answers of this set are wrong? Judge about a hundred rows drawn at random, without seeing what the "
    "checks say of them, and the share is known within a few points. The verdict uses it."
)


def drawn_line(round: Round) -> str:
    """How many rows of an audit were drawn at random, and how many more for the precision of checks alone."""
    extra = sum(bool(check) for _, check in round.settings["flags"])
    random = f"{len(round.settings['flags']) - extra:,} at random"
    if not extra:
        return f"{random}."
    verb = "counts" if extra == 1 else "count"
    return f"{random} and {extra:,} more from rare checks, which {verb} only for those checks' precision."


def these_rows(number: int) -> str:
    """The rows a button is about."""
    return "this row" if number == 1 else f"these {number:,} rows"


def uncorrected_line(number: int) -> str:
    """What becomes of rows found wrong while nobody presses the button."""
    verb = "was" if number == 1 else "were"
    goes = "It still goes" if number == 1 else "They still go"
    them = "it" if number == 1 else "them"
    return f"{counted(number, 'row')} {verb} judged wrong. {goes} into the export unless you correct {them}."


def headline(found: Estimate, is_labels: bool) -> str:
    """The share of wrong answers with its interval, in whole points where the interval is wider than two."""
    value, low, high = found.rate
    what = "labels" if is_labels else "answers"
    if low == high:
        return f"{percent(value)} of the {what} are wrong: every row was judged."
    if value == 0:
        return f"No wrong {what} were found; at most {percent(high)} of them are."
    shown = _points(found.rate) if high - low > 0.02 else f"{percent(value)} ({span(low, high)})"
    return f"About {shown.replace(' (', f' of the {what} are wrong (')}."


def _points(rate: tuple[float, float, float]) -> str:
    value, low, high = rate
    return f"{percent(value, 0)} ({percent(low, 0).removesuffix(' %')} to {percent(high, 0)})"


def basis(found: Estimate) -> str:
    """What the share rests on."""
    line = (
        f"{counted(found.reviewed, 'random row')} answered: {found.wrong:,} wrong, {found.right:,} right. "
        "Suspected rows "
        "are drawn more often and count for less, so the share is that of the whole set. The range is a 90 % "
        "interval."
    )
    if found.unknown:
        line += (
            f" The reviewers could not judge {counted(found.unknown, 'row')}: the lower end counts them as "
            "right, the upper "
            "end as wrong."
        )
    return line


def suggested_line(number: int) -> str:
    """That rows decided with a model's suggestion on screen do not count; "" where there are none."""
    if not number:
        return ""
    were = "row was" if number == 1 else "rows were"
    return f"{number:,} {were} decided with a model's suggestion on screen before: left out of these figures."


def meaning(result: AuditResult, rule: Rule) -> str:
    """What the share means for the verdict, by the rule it is held against; "" without one."""
    found = result.found
    if found is None or (missing := still_needed(result, rule)):
        return missing if found else ""
    status = rule.status(*found.rate)
    fail, warn = percent(rule.fail or 0.0), percent(rule.warn or 0.0)
    if status == "fail":
        return f"More than {fail} are wrong even at the lower end: clean the set before anything else."
    if status == "warn":
        return f"It could be more than {warn}, so the verdict shows a warning. It fails only above {fail} for certain."
    return f"Even at the upper end it is not more than {warn}: the answers are good enough."


def precision_frame(precision: Sequence[Precision], titles: Mapping[str, str]) -> pd.DataFrame:
    """How often each check's flags were right."""
    rows = [
        {
            "Check": titles.get(one.check, words(one.check)),
            "Rows flagged": one.flagged,
            "Judged": one.reviewed,
            "Really wrong": one.wrong,
            "Flags that are right": "–" if one.rate is None else _points(one.rate),
        }
        for one in precision
    ]
    return pd.DataFrame(rows)


def wrong_frame(examples: Sequence[Example], result: AuditResult) -> pd.DataFrame:
    """The rows found wrong, each with the answer that was judged and what pressing the button does to it."""
    rows = [
        {
            "Input": asked(example.input, 90),
            "Answer judged wrong": short(result.judged[example.id], 60),
            "What happens": _fate(example, result.wrong[example.id], example.id in result.open),
        }
        for example in examples
    ]
    return pd.DataFrame(rows)


def _fate(example: Example, label: str, is_open: bool) -> str:
    if is_open:
        return f"Will be relabelled to {visible(label)}" if label else "Will be left out"
    if example.status == "accepted":
        return "Stays: accepted by a person since"
    done = DECISIONS[example.status].title
    return f"{done} to {visible(example.label)}" if example.status == "labelled" else done


def settle_line(result: AuditResult) -> str:
    """What the button would do, in a sentence."""
    relabelled = sum(bool(result.wrong[id]) for id in result.open)
    parts = []
    if relabelled:
        parts.append(f"{counted(relabelled, 'row')} {_verb(relabelled, 'gets', 'get')} the label a reviewer gave")
    if left_out := result.unsettled - relabelled:
        parts.append(f"{counted(left_out, 'row')} {_verb(left_out, 'is', 'are')} left out")
    return f"{' and '.join(parts)}, also where a row had been decided before the audit. You can undo all of it at once."


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def rows_needed(rule: Rule, whole: int) -> int:
    """The answered rows from which on the verdict uses an audit of a set of `whole` rows: all of a small one."""
    return max(1, min(int(rule.settings["audit_rows"]), whole))


def needed_line(rule: Rule, whole: int) -> str:
    """What an audit of a set of `whole` rows must have before the verdict uses it."""
    return f"{_from(rows_needed(rule, whole))}; with fewer it uses the checks' own estimate."


def still_needed(result: AuditResult, rule: Rule) -> str:
    """What is still missing before the verdict uses an audit, or that its rows never suffice; "" once it does."""
    settings = result.round.settings
    needed = rows_needed(rule, sum(settings["strata"].values()))
    if result.found is not None and result.found.reviewed >= needed:
        return ""
    random = sum(not check for _, check in settings["flags"])
    if random >= needed:
        return f"{_from(needed)}."
    return (
        f"{_from(needed)}: the {random:,} drawn at random here are too few. Draw a new audit of at "
        f"least {needed:,} rows."
    )


def _from(needed: int) -> str:
    return f"From {counted(needed, 'answered row')} on the verdict uses the audit"
