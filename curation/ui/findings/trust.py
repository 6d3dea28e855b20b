"""What a filter leaves, and how far the findings in it may be trusted."""

from collections.abc import Iterable, Mapping, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from curation.project import Project
from curation.records import (
    BIN,
    LIKELY,
    Filter,
    Scope,
)
from curation.ui.findings import filters
from curation.ui.theme import ACCENT, FIGURE, LINE
from curation.ui.widgets import formatting, parts
from curation.wording import listed, percent, span

GUESSES = ("label_noise", "mismatch")
"""Checks that judge by a model or a score, so that a finding of theirs is a guess; the others find what is there."""
NOT_AUDITED = (
    "Nobody has audited {which} yet. Expect about half of them to be right: in published reviews of label "
    "checks it was "
    "45 to 55 %."
)


def effect(project: Project, filter: Filter, titles: dict[str, str]) -> Scope:
    """The threshold with its histogram, and at once what it leaves and how far that may be trusted."""
    found = filters.figures(project, filter)
    scope = found.scope
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        frame = confidence_frame(found.bars, filter.sure)
        st.altair_chart(confidence(frame, filter.sure), width="stretch")
        filters.threshold(project, filter)
    with right:
        with st.container(horizontal=True, key="figures"):
            st.metric("Findings", f"{scope.findings:,}")
            st.metric("Rows", f"{scope.rows:,}")
            if scope.classes:
                st.metric("Classes", f"{scope.classes:,}")
            st.metric(
                "Decided rows",
                f"{scope.decided:,}",
                help="Rows that people have decided; bulk actions leave them alone.",
            )
        parts.lines(trust_lines(filter, found.by_check, found.precision, found.judged, titles))
    return scope


def confidence(frame: pd.DataFrame, sure: float) -> alt.LayerChart | alt.FacetChart:
    """Findings by confidence in per cent; those in the filter in the accent, and the threshold as a line."""
    scale, axis = (
        alt.Scale(domain=[0, 100]),
        alt.Axis(grid=False, values=list(range(0, 101, 10)), labelExpr="datum.value + ' %'"),
    )
    colors = alt.Scale(domain=["In the filter", "Below"], range=[ACCENT, FIGURE])
    bars = alt.Chart(frame).mark_bar(binSpacing=1).encode(
        x=alt.X("Sure", type="quantitative", bin="binned", scale=scale, axis=axis, title=None),
        x2="To",
        y=alt.Y("Findings", type="quantitative", title=None, axis=alt.Axis(tickMinStep=1, tickCount=4)),
        color=alt.Color("Side", type="nominal", scale=colors, legend=None),
        tooltip=["Sure", "To", "Findings"],
    )  # fmt: skip
    at = alt.Chart(pd.DataFrame({"At": [100 * sure]})).mark_rule(color=LINE, size=2)
    line = at.encode(x=alt.X("At", type="quantitative", scale=scale))
    return alt.layer(bars, line).properties(height=160)


def confidence_frame(counts: Sequence[tuple[float, int]], sure: float) -> pd.DataFrame:
    """Findings by confidence in per cent, every bar from 0 to 100, and on which side of the threshold it stands."""
    known = dict(counts)
    edges = [round(n * BIN, 2) for n in range(round(1 / BIN))]
    rows = [
        {
            "Sure": round(100 * edge),
            "To": round(100 * (edge + BIN)),
            "Findings": known.get(edge, 0),
            "Side": "In the filter" if edge >= sure - 1e-9 else "Below",
        }
        for edge in edges
    ]
    return pd.DataFrame(rows)


def trust_lines(
    filter: Filter,
    counts: Mapping[str, int],
    precision: Mapping[str, tuple[float, float, float]],
    judged: tuple[int, int],
    titles: Mapping[str, str],
) -> list[str]:
    """How far the flags in the filter may be trusted.

    `counts` are the findings by check, `precision` the share an audit found right by check, `judged` the flags that
    people, deciding one by one after the checks ran, found right and wrong. Only of checks that guess (GUESSES) is a
    precision assumed.
    """
    named = {check: n for check, n in counts.items() if n and filter.check in ("", check)}
    audited = {check: n for check, n in named.items() if check in precision}
    lines = []
    if share := expected_precision(audited, precision):
        which = _whose(audited, named, titles)
        line = f"By the audit about {percent(share[0])} of {which} are right ({span(share[1], share[2])})."
        if filter.sure < LIKELY:
            line += f" It looked at flags at least {LIKELY:.0%} sure; weaker ones are right less often."
        lines.append(line)
    if guessed := [check for check in named if check in GUESSES and check not in precision]:
        lines.append(NOT_AUDITED.format(which=_whose(guessed, named, titles)))
    right, wrong = judged
    if right + wrong:
        lines.append(
            f"Of the {right + wrong:,} decided one by one since the checks ran, {right:,} flags were right "
            f"({_share(right, wrong)})."
        )
    return lines


def _whose(some: Iterable[str], named: Mapping[str, int], titles: Mapping[str, str]) -> str:
    """The flags of some of the checks in the filter, by name where others are in it too."""
    if set(some) == set(named):
        return "these flags"
    return f"the flags of {listed([f'“{titles.get(check, formatting.words(check))}”' for check in some])}"


def expected_precision(
    counts: Mapping[str, int], precision: Mapping[str, tuple[float, float, float]]
) -> tuple[float, float, float] | None:
    """The share of these findings (by check) that is right; None where a check with findings was not audited.

    The ends of the interval are those of the checks, weighted: wider than need be, never narrower.
    """
    total = sum(counts.values())
    if not total or any(n and check not in precision for check, n in counts.items()):
        return None
    low, middle, high = (sum(n * precision[check][at] for check, n in counts.items() if n) / total for at in (1, 0, 2))
    return middle, low, high


def _share(right: int, wrong: int) -> str:
    return percent(right / (right + wrong))
