"""Frames -> Altair charts, in the theme's colours."""

import altair as alt
import pandas as pd

FIGURE = "#7C8C8C"  # readable on the light and on the dark background
ROW = 22  # pixels a bar with its label needs to be read


def bars(frame: pd.DataFrame, name: str, value: str) -> alt.LayerChart | alt.FacetChart:
    """Horizontal bars, longest first, with their figures."""
    bare = alt.Axis(grid=False, labels=False, ticks=False, domain=False)
    base = alt.Chart(frame).encode(
        y=alt.Y(name, type="nominal", sort="-x", title=None, axis=alt.Axis(labelLimit=190, labelOverlap=False)),
        x=alt.X(value, type="quantitative", title=None, axis=bare),
        tooltip=[name, value],
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
