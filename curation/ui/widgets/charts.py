"""Counts -> frames -> Altair charts, in the theme's colours."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from curation.ui.widgets.formatting import short, words
from curation.wording import percent

FIGURE = "#7C8C8C"  # readable on the light and on the dark background
ROW = 22  # pixels a bar with its label needs to be read


def bars(frame: pd.DataFrame, name: str, value: str) -> alt.LayerChart | alt.FacetChart:
    """Horizontal bars, longest first, with their figures."""
    bare = alt.Axis(grid=False, labels=False, ticks=False, domain=False)
    base = alt.Chart(frame).encode(
        y=alt.Y(name, type="nominal", sort="-x", title=None, axis=alt.Axis(labelLimit=190, labelOverlap=False)),
        x=alt.X(value, type="quantitative", title=None, axis=bare),
        tooltip=list(frame.columns),
    )
    figures = base.mark_text(align="left", dx=4, color=FIGURE).encode(text=alt.Text(value, format=","))
    return alt.layer(base.mark_bar(), figures).properties(height=alt.Step(ROW))


def columns(frame: pd.DataFrame, name: str, value: str) -> alt.Chart:
    """Upright bars in the order of the frame."""
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(size=24)
        .encode(
            x=alt.X(name, type="ordinal", sort=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y(value, type="quantitative", axis=alt.Axis(tickMinStep=1)),
            tooltip=[name, value],
        )
        .properties(height=220)
    )
    return chart


def lengths(frame: pd.DataFrame) -> alt.Chart:
    """Lengths of inputs and outputs as bins, one over the other."""
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(opacity=0.6)
        .encode(
            x=alt.X("Characters", type="quantitative", bin="binned", title="Characters"),
            x2="To",
            y=alt.Y("Examples", type="quantitative", stack=None, axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("Side", type="nominal", title=None, legend=alt.Legend(orient="top")),
            tooltip=["Side", "Characters", "To", "Examples"],
        )
        .properties(height=240)
    )
    return chart


ACCENT = "#178479"  # the theme's accent, readable on both backgrounds
LINE = "#D55E00"  # Okabe and Ito's vermilion


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


FIGURES = 12  # columns up to which a figure fits into its cell


def confusion(frame: pd.DataFrame, is_dark: bool) -> alt.LayerChart | alt.FacetChart:
    """Given labels against suggested ones, a cell a pair, stronger with more rows; a click selects `Cell`."""
    across = frame["Reads like"].nunique()
    angle = -40 if across <= FIGURES else -90  # slanted labels of narrow cells run into each other
    seen: dict[str, Any] = {
        "labelLimit": 130,
        "labelOverlap": False,
        "labelFlush": False,
        "grid": False,
        "ticks": False,
        "domain": False,
    }
    order = alt.EncodingSortField("Rows", op="sum", order="descending")
    base = alt.Chart(frame).encode(
        x=alt.X("Reads like", type="nominal", sort=order, axis=alt.Axis(labelAngle=angle, orient="top", **seen)),
        y=alt.Y("Labelled", type="nominal", sort=order, axis=alt.Axis(**seen)),
        tooltip=["Labelled", "Reads like", "Rows", "Share"],
    )
    picked = alt.selection_point(name="cell", fields=["Cell"], on="click", empty=False)
    ink = "#E4ECEC" if is_dark else "#16252B"
    cells = base.mark_rect(color=ACCENT, cursor="pointer", cornerRadius=2, strokeWidth=2).encode(
        opacity=alt.Opacity("Rows", type="quantitative", scale=alt.Scale(range=[0.2, 1.0], zero=True), legend=None),
        stroke=alt.when("datum.Chosen").then(alt.value(LINE)).otherwise(alt.value(None)),
    )
    layers = [cells.add_params(picked)]
    if across <= FIGURES:
        color = alt.when("datum.Dark").then(alt.value("#FFFFFF")).otherwise(alt.value(ink))
        layers.append(base.mark_text(cursor="pointer").encode(text="Rows", color=color))
    return alt.layer(*layers).properties(height=alt.Step(ROW))


TOP = 25  # bars a chart shows: what fits on one screen
BIN = 10  # characters a bin of the length chart, at least
BARS = 30  # bins of the length chart, at most


def label_frame(labels: Sequence[tuple[str, int]]) -> pd.DataFrame:
    """The commonest labels."""
    return pd.DataFrame([{"Label": short(label, 40), "Examples": n} for label, n in labels[:TOP]])


def noise_frame(suspects: Sequence[tuple[str, int]], sizes: Sequence[tuple[str, int]]) -> pd.DataFrame:
    """The labels with most suspect rows, and what share of the label's rows these are."""
    rows = dict(sizes)
    return pd.DataFrame(
        [
            {
                "Label": short(label, 40),
                "Suspect rows": n,
                "Of that label": percent(min(1.0, n / max(rows.get(label, n), 1))),
            }
            for label, n in suspects[:TOP]
        ]
    )


def count_frame(counts: Mapping[str, int], titles: Mapping[str, str]) -> pd.DataFrame:
    """Findings by check."""
    return pd.DataFrame([{"Check": titles.get(check, words(check)), "Findings": n} for check, n in counts.items()])


def size_frame(sizes: Sequence[tuple[int, int]]) -> pd.DataFrame:
    """Clusters by size, sizes of ten and more together."""
    small = [{"Rows in the cluster": str(size), "Clusters": n} for size, n in sizes if size < 10]
    large = sum(n for size, n in sizes if size >= 10)
    return pd.DataFrame([*small, *([{"Rows in the cluster": "10+", "Clusters": large}] if large else [])])


def length_frame(counts: Sequence[tuple[str, int, int]], is_classification: bool) -> pd.DataFrame:
    """Lengths by side in at most BARS bins; the longest fiftieth is left out so that the bulk can be seen."""
    frame = pd.DataFrame(counts, columns=["Side", "Characters", "Examples"])
    frame = frame[frame["Side"] == "input"] if is_classification else frame
    ordered = frame.sort_values("Characters")
    bulk = ordered.loc[ordered["Examples"].cumsum() <= 0.98 * frame["Examples"].sum(), "Characters"].max()
    limit = int(bulk if pd.notna(bulk) else frame["Characters"].max())
    width = BIN * max(1, math.ceil((limit + BIN) / (BIN * BARS)))
    shown = frame[frame["Characters"] <= limit]
    shown = shown.assign(Characters=shown["Characters"] // width * width, Side=shown["Side"].str.capitalize())
    binned = shown.groupby(["Side", "Characters"], as_index=False)["Examples"].sum()
    return pd.DataFrame(binned.assign(To=binned["Characters"] + width))
