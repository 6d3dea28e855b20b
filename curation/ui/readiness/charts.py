"""The readiness page's pictures: the learning curve, costs over volume, and what moves them."""

import math
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from curation.ui.readiness.sentences import curve_frames
from curation.ui.theme import FIGURE

HEIGHT, LINE_HEIGHT = 300, 16
"""Pixels of the plots, and of a line of text in them."""
Layers = alt.LayerChart | alt.FacetChart
ACCENT = "#009E73"
LIMIT = "#D55E00"
"""Green and vermilion of Okabe and Ito's palette: told apart by everyone, on light and on dark."""


def curve(detail: Mapping[str, Any]) -> Layers:
    """Measured points, fitted line with its 90 % band, forecast dashed, and the ceiling of wrong labels as a rule."""
    points, line = curve_frames(detail)
    x = alt.X("Rows", type="quantitative", scale=alt.Scale(type="log", nice=False), title="Rows learned from")
    y = alt.Y("Score", type="quantitative", scale=alt.Scale(zero=False), axis=alt.Axis(format="%"), title="Score")
    layers: list[alt.Chart] = []
    if len(line):
        base = alt.Chart(line)
        layers.append(
            base.mark_area(opacity=0.18, color=ACCENT).encode(
                x=x, y=alt.Y("Low", type="quantitative", title="Score"), y2="High"
            )
        )
        dash = alt.StrokeDash("Part", type="nominal", title=None, sort=["Fitted", "Forecast"], legend=_LEGEND)
        layers.append(base.mark_line(color=ACCENT).encode(x=x, y=y, strokeDash=dash, tooltip=_tips(["Low", "High"])))
    kind = alt.Opacity(
        "Kind", type="nominal", scale=alt.Scale(domain=["one holdout", "mean"], range=[0.35, 1]), legend=None
    )
    size = alt.Size(
        "Kind", type="nominal", scale=alt.Scale(domain=["one holdout", "mean"], range=[18, 60]), legend=None
    )
    dots = alt.Chart(points).mark_circle(color=ACCENT)
    layers.append(dots.encode(x=x, y=y, opacity=kind, size=size, tooltip=_tips(["Kind"])))
    if detail.get("ceiling", 1.0) < 1:
        rule = pd.DataFrame([{"Score": detail["ceiling"], "Text": "Most that wrong labels allow"}])
        layers.append(alt.Chart(rule).mark_rule(color=LIMIT, strokeDash=[3, 3]).encode(y=y, tooltip=["Text"]))
        named = alt.Chart(rule).mark_text(align="left", dx=4, dy=-6, color=FIGURE)
        layers.append(named.encode(x=alt.value(0), y=y, text="Text"))
    return alt.layer(*layers).properties(height=HEIGHT)


def _tips(more: list[str]) -> list[Any]:
    shown = [
        alt.Tooltip("Rows", type="quantitative", format=",.0f"),
        alt.Tooltip("Score", type="quantitative", format=".1%"),
    ]
    formats = {"Low": ".1%", "High": ".1%"}
    return [*shown, *(alt.Tooltip(n, type="quantitative", format=formats[n]) if n in formats else n for n in more)]


_LEGEND = alt.Legend(orient="top", symbolStrokeColor=ACCENT)


def volume(frame: pd.DataFrame, calls: int) -> Layers:
    """Cost of the first year over calls a month, both logarithmic, with the present volume as a rule."""
    ticks = alt.Axis(format="~s", tickCount=5)
    x = alt.X("Calls a month", type="quantitative", scale=alt.Scale(type="log", nice=False), axis=ticks)
    y = alt.Y(
        "First year", type="quantitative", scale=alt.Scale(type="log"), axis=ticks, title="Cost of the first year"
    )
    way = alt.Color("Way", type="nominal", sort=None, title=None, legend=None)
    base = alt.Chart(frame[frame["Low"] > 0])
    tips = [
        "Way",
        alt.Tooltip("Calls a month", type="quantitative", format=",.0f"),
        alt.Tooltip("First year", type="quantitative", format=",.0f"),
    ]
    area = alt.Y("Low", type="quantitative", title="Cost of the first year")
    band = base.mark_area(opacity=0.15).encode(x=x, y=area, y2="High", color=way)
    dash = alt.StrokeDash("Way", type="nominal", sort=None, title=None, legend=None)
    line = base.mark_line().encode(x=x, y=y, color=way, strokeDash=dash, tooltip=tips)
    names = alt.Chart(line_names(frame)).mark_text(align="right", dx=-6, fontWeight="bold", limit=320)
    named = names.encode(x=x, y=alt.Y("At", type="quantitative", title="Cost of the first year"), text="Way", color=way)
    now = pd.DataFrame([{"Calls a month": max(calls, 1), "Text": "now"}])
    rule = alt.Chart(now).mark_rule(color=FIGURE, strokeDash=[3, 3]).encode(x=x)
    name = alt.Chart(now).mark_text(align="left", dx=4, color=FIGURE).encode(x=x, y=alt.value(8), text="Text")
    return alt.layer(line, band, rule, name, named).properties(height=HEIGHT)


def line_names(frame: pd.DataFrame) -> pd.DataFrame:
    """The name of each way beside the end of its line (`At`), none over another."""
    positive = frame[frame["Low"] > 0]
    if positive.empty:
        return pd.DataFrame(columns=["Way", "Calls a month", "At"])
    last = positive.loc[positive.groupby("Way")["Calls a month"].idxmax()].sort_values("First year", ascending=False)
    low, high = math.log(positive["Low"].min()), math.log(positive["High"].max())
    gap, below = LINE_HEIGHT / HEIGHT * max(high - low, 1e-9), math.inf
    rows = []
    for way, calls, cost in zip(last["Way"], last["Calls a month"], last["First year"], strict=True):
        below = min(math.log(cost), below - gap)
        rows.append({"Way": way, "Calls a month": calls, "At": math.exp(below)})
    return pd.DataFrame(rows)


def movers(frame: pd.DataFrame) -> Layers:
    """A bar from halved to doubled for every input, around what is saved now."""
    y = alt.Y("Input", type="nominal", sort=None, title=None, axis=alt.Axis(labelLimit=220))
    x = alt.X("Saved in the first year", type="quantitative", axis=alt.Axis(format="~s"), scale=alt.Scale(zero=False))
    way = alt.Color("Change", type="nominal", title=None, sort=["Halved", "Doubled"], legend=alt.Legend(orient="top"))
    bars = alt.Chart(frame).mark_bar(height=12).encode(
        x=x, x2="Now", y=y, color=way,
        tooltip=["Input", "Change", alt.Tooltip("Saved in the first year", type="quantitative", format=",.0f")],
    )  # fmt: skip
    rule = (
        alt.Chart(frame[:1])
        .mark_rule(color=FIGURE)
        .encode(x=alt.X("Now", type="quantitative", title="Saved in the first year"))
    )
    return alt.layer(bars, rule).properties(height=alt.Step(26))
