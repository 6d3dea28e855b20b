"""Counts -> frames -> Altair charts, in the theme's colours."""

import math
from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from curation.ui.theme import FIGURE, ROW
from curation.ui.widgets.formatting import told_apart, words
from curation.wording import percent


def bars(frame: pd.DataFrame, name: str, value: str) -> alt.LayerChart | alt.FacetChart:
    """Horizontal bars, longest first, with their figures, for which the axis leaves room."""
    bare = alt.Axis(grid=False, labels=False, ticks=False, domain=False)
    base = alt.Chart(frame).encode(
        y=alt.Y(name, type="nominal", sort="-x", title=None, axis=alt.Axis(labelLimit=190, labelOverlap=False)),
        x=alt.X(
            value, type="quantitative", title=None, axis=bare, scale=alt.Scale(domainMax=_room(frame[value].max()))
        ),
        tooltip=list(frame.columns),
    )
    figures = base.mark_text(align="left", dx=4, color=FIGURE).encode(text=alt.Text(value, format=","))
    return alt.layer(base.mark_bar(), figures).properties(height=alt.Step(ROW))


FIGURE_SHARE = 0.05
"""Of the longest bar, for each sign of the figure behind it: 7 pixels a sign beside bars of 150 on a phone."""


def _room(longest: int) -> float:
    """Where an axis ends that has room for the figure behind its longest bar."""
    return float(longest) * (1 + FIGURE_SHARE * (1 + len(f"{longest:,}")))


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
    legend = alt.Legend(orient="top") if len(set(frame["Side"])) > 1 else None  # one side needs no name
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(opacity=0.6)
        .encode(
            x=alt.X("Characters", type="quantitative", bin="binned", title="Characters"),
            x2="To",
            y=alt.Y("Examples", type="quantitative", stack=None, axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("Side", type="nominal", title=None, legend=legend),
            tooltip=["Side", "Characters", "To", "Examples"],
        )
        .properties(height=240)
    )
    return chart


TOP = 25  # bars a chart shows: what fits on one screen
BIN = 10  # characters a bin of the length chart, at least
BARS = 30  # bins of the length chart, at most


def label_frame(labels: Sequence[tuple[str, int]]) -> pd.DataFrame:
    """The commonest labels."""
    names = told_apart([label for label, _ in labels[:TOP]], 40, [label for label, _ in labels])
    return pd.DataFrame([{"Label": name, "Examples": n} for name, (_, n) in zip(names, labels, strict=False)])


def noise_frame(suspects: Sequence[tuple[str, int]], sizes: Sequence[tuple[str, int]]) -> pd.DataFrame:
    """The labels with most suspect rows, and what share of the label's rows these are."""
    rows = dict(sizes)
    names = told_apart([label for label, _ in suspects[:TOP]], 40, list(rows))
    return pd.DataFrame(
        [
            {
                "Label": name,
                "Suspect rows": n,
                "Of that label": percent(min(1.0, n / max(rows.get(label, n), 1))),
            }
            for name, (label, n) in zip(names, suspects, strict=False)
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
