"""Measurements -> frames and strings for the page: pure, so that what people read is tested without a browser."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from curation.project.measuring import difference_line, remarks
from curation.project.rounds import AuditResult
from curation.records import ArmResult, AskedRun, Difference, Forecast, Measurement
from curation.ui.widgets.formatting import short, visible
from curation.wording import ARMS, HOSTED, counted, percent, size, span, word
from curation.wording.visible import disarmed

HELD = ("id", "source", "row", "input")


def arms_frame(measurement: Measurement) -> pd.DataFrame:
    """Every arm with its score and 90 % interval, best first, those not measured last."""
    arms = sorted(measurement.arms, key=lambda arm: (bool(arm.reason), -arm.score, arm.name))
    currency = measurement.run.currency if isinstance(measurement.run, AskedRun) else ""
    return pd.DataFrame([_arm_row(arm, currency) for arm in arms])


def _arm_row(arm: ArmResult, currency: str) -> dict[str, str]:
    ran = not arm.reason
    cost = "–" if arm.cost is None or not ran else f"{1000 * arm.cost:,.2f} {visible(currency)}".strip()
    return {
        "Arm": ARMS[arm.name].title,
        "Score": percent(arm.score, 1) if ran else "Not measured",
        "90 % interval": f"{percent(arm.low, 1)} to {percent(arm.high, 1)}" if ran else "–",
        "Rows": f"{arm.n:,}" if ran else "–",
        "Failed": f"{arm.failed:,}",
        "95th percentile latency": "–" if arm.latency_ms is None else f"{arm.latency_ms / 1000:,.1f} s",
        "Tokens in, out": _tokens(arm),
        "1,000 calls cost": cost,
        "Wrong form": "–" if arm.form_faults is None or not ran else percent(arm.form_faults, 1),
        "Model": visible(arm.model or arm.source),
        "Size": size(arm.parameters) if arm.parameters else "Not given",
        "Runs": word(HOSTED, arm.place).title,
    }


def labels_frame(arm: ArmResult) -> pd.DataFrame:
    """How each label went, the worst first."""
    rows = [
        {
            "Label": short(one.label, 60),
            "Rows": one.n,
            "Right": one.right,
            "Given": one.given,
            "Recall": percent(one.recall[0], 1),
            "90 % interval": f"{percent(one.recall[1], 1)} to {percent(one.recall[2], 1)}",
        }
        for one in sorted(arm.labels, key=lambda one: (one.recall[0], one.label))
    ]
    return pd.DataFrame(rows)


def labelled(measurement: Measurement) -> list[ArmResult]:
    """The measured arms of which results by label are known, best first."""
    arms = [arm for arm in measurement.arms if not arm.reason and len(arm.labels) > 1]
    return sorted(arms, key=lambda arm: (-arm.score, arm.name))


def quality_line(result: AuditResult) -> str:
    """What people found of the scored rows."""
    found, scored = result.found, sum(result.round.settings["strata"].values())
    if found is None:
        return result.why
    low, high = found.rate[1:]
    judged = f"{found.reviewed:,} of the {scored:,} scored rows were judged, {found.wrong:,} of them wrong"
    return f"{judged}: {percent(found.rate[0])} ({span(low, high)}). Wrong answers cost every arm alike."


def arm_lines(measurement: Measurement) -> list[str]:
    """What to know beside the scores, one sentence an arm."""
    told = {
        arm.name: f"not measured, {arm.reason}" if arm.reason else "; ".join(remarks(arm)) for arm in measurement.arms
    }
    return [visible(f"{ARMS[name].title}: {line}.") for name, line in told.items() if line]


def _tokens(arm: ArmResult) -> str:
    if arm.prompt_tokens is None or arm.output_tokens is None:
        return "–"
    about = "about " if arm.estimated else ""
    return f"{about}{arm.prompt_tokens:,.0f}, {arm.output_tokens:,.0f}"


def differences_frame(found: Sequence[Difference]) -> pd.DataFrame:
    """How arms differ on the rows both were asked."""
    rows = [
        {
            "Better": ARMS[one.first].title,
            "Than": ARMS[one.second].title,
            "By": visible(difference_line(one)),
            "More than chance": sure(one),
        }
        for one in found
    ]
    return pd.DataFrame(rows)


def sure(one: Difference) -> str:
    """Whether a difference is more than chance, in a word."""
    return "Yes" if one.low > 0 else "Not shown"


def spent_figures(run: AskedRun) -> list[tuple[str, str]]:
    """(title, figure) of what the last run spent against its limits."""
    spent, caps = run.spent, run.caps
    rows = (
        ("Calls", spent.calls, caps.calls, ",.0f"),
        ("Tokens", spent.tokens, caps.tokens, ",.0f"),
        ("Cost", spent.cost, caps.cost, ",.2f"),
    )
    return [
        (title, f"{taken:{form}}{'' if limit is None else f' of {limit:{form}}'}")
        for title, taken, limit, form in rows
        if taken is not None
    ]


def forecast_line(told: Forecast, currency: str) -> str:
    """What starting would cost, in one sentence."""
    cost = "" if told.cost is None else f", about {told.cost:,.2f} {currency}"
    return (
        f"At most {told.calls:,} calls before retries, about {_rounded(told.tokens)} tokens "
        f"({_rounded(told.least)} to {_rounded(told.most)}){cost}. Calls made before are not repeated."
    )


def _rounded(tokens: float) -> str:
    return f"{float(f'{tokens:.2g}'):,.0f}"


def waiting_line(rows: int) -> str:
    """That rows are kept out of training for scores that have not come yet."""
    who, them = counted(rows, "row is", "rows are"), "it" if rows == 1 else "them"
    return f"{who} held back, and no model has been scored on {them} yet. Exports keep {them} in the test split."


def held_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Held-back rows for a spreadsheet: nothing in it runs as a formula, and the mark lets Excel see that it is UTF-8.

    The column output is empty, for the model's answers.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*HELD, "output"])
    writer.writerows([*(disarmed(str(row[name])) for name in HELD), ""] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def held_jsonl(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Held-back rows, one JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
