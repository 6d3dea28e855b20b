"""Which labels are mixed up: given against suggested ones as a picture and a list."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

import altair as alt
import pandas as pd
import streamlit as st

from curation.project import Project
from curation.records import (
    Filter,
    Pair,
)
from curation.ui.findings import filters
from curation.ui.theme import ACCENT, LINE, ROW
from curation.ui.widgets import fit, formatting
from curation.ui.widgets.formatting import ends, short
from curation.wording import percent

PAIR_COLUMNS: Any = {
    "Labelled": st.column_config.TextColumn(width=145),
    "Reads like": st.column_config.TextColumn(width=145),
    "Rows": st.column_config.NumberColumn(width=50),
    "Of that label": st.column_config.NumberColumn(format="%.0f %%", width=88),
}
"""Widths in pixels that together fit a 1440 px window; the picture beside names the labels in full on hovering."""
PAIR_NARROW = {"Labelled": 138, "Reads like": 138, "Rows": 49}
PAIRS = 20
"""Label pairs in the picture: more cells cannot be told apart on one screen."""
LABEL = 18
"""Characters of a label in the list of pairs: what its column shows uncut, both start and end."""
FIGURES = 12  # columns up to which a figure fits into its cell


def draw(project: Project, filter: Filter) -> None:
    """Given against suggested labels as a picture and a list; a press on either narrows the findings to the pair."""
    st.header("Labels confused with each other", anchor=False)
    if not project.examples.stored.label_counts():
        st.text("The outputs of this set are free text, not labels, so no labels can be confused.")
        return
    pairs = filters.figures(project, filter).pairs
    if not pairs:
        st.text("No other label is suggested for any row in this filter.")
        return
    chosen = (filter.given, filter.suggested)
    turn = f"{project.name}-{st.session_state.get('pair-turn', 0)}-{crc32(repr(filter).encode(errors='replace'))}"
    picture, listed = st.columns(2, gap="large")
    with picture:
        chart = confusion(picture_frame(pairs, chosen), st.context.theme.type == "dark")
        key = f"picture-{turn}"
        st.altair_chart(chart, width="stretch", key=key, on_select=_on_select(project, pairs, key))
    with listed:
        key, frame = f"pairs-{turn}", pairs_frame(pairs)
        st.dataframe(
            frame,
            hide_index=True,
            width="stretch",
            height=min(35 * (len(pairs) + 1) + 2, 420),  # Streamlit draws 35 px a row
            key=key,
            on_select=_on_select(project, pairs, key),
            selection_mode="single-row",
            **fit.fitted(frame, PAIR_COLUMNS, PAIR_NARROW, wraps=False),
        )
        st.caption(formatting.plain(pairs_line(len(pairs), filters.LISTED)))


def _on_select(project: Project, pairs: Sequence[Pair], key: str) -> Any:
    def pick() -> None:
        selection = st.session_state[key].selection
        rows = selection.get("rows") or [cell["Cell"] for cell in selection.get("cell") or []]
        if rows:
            show_pair(project, pairs[int(rows[0])])

    return pick


def show_pair(project: Project, pair: Pair | None) -> None:
    """Narrow the findings to one pair of labels, or to none."""
    # Picture and list both forget their mark, so that the same pair can be pressed again.
    st.session_state["pair-turn"] = st.session_state.get("pair-turn", 0) + 1
    given, suggested = (pair.given, pair.suggested) if pair else ("", "")
    filters.keep(project, replace(filters.current(project), given=given, suggested=suggested))


def pair_bar(project: Project, filter: Filter) -> None:
    """Which pair the findings are narrowed to, and the ways out of the filter."""
    if filter == Filter(sure=filter.sure):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="pair-bar"):
        if filter.given:
            pair = f"Only rows labelled “{filter.given}” that read like “{filter.suggested}”."
            st.text(formatting.visible(pair))
            st.button("Show all pairs", key="all-pairs", on_click=show_pair, args=(project, None))
        st.button("Clear the filter", key="clear-filter", on_click=filters.clear, args=(project,))


def pairs_frame(pairs: Sequence[Pair]) -> pd.DataFrame:
    """The most confused pairs, one a row."""
    rows = [
        {
            "Labelled": ends(pair.given, LABEL),
            "Reads like": ends(pair.suggested, LABEL),
            "Rows": pair.rows,
            "Of that label": 100 * pair.share,
        }
        for pair in pairs
    ]
    return pd.DataFrame(rows)


def picture_frame(pairs: Sequence[Pair], chosen: tuple[str, str]) -> pd.DataFrame:
    """One cell a pair among the labels of the PAIRS commonest pairs; `Cell` is the pair's place in the list."""
    top = pairs[:PAIRS]
    given, suggested = {pair.given for pair in top}, {pair.suggested for pair in top}
    most = max(pair.rows for pair in top)
    rows = [
        {
            "Cell": place,
            "Labelled": short(pair.given, 60),
            "Reads like": short(pair.suggested, 60),
            "Rows": pair.rows,
            "Share": percent(pair.share),
            "Dark": pair.rows > most / 2,
            "Chosen": (pair.given, pair.suggested) == chosen,
        }
        for place, pair in enumerate(pairs)
        if pair.given in given and pair.suggested in suggested
    ]
    return pd.DataFrame(rows)


def pairs_line(listed: int, limit: int) -> str:
    """What to do with the picture and the list, and what is not in them."""
    drawn = f" The picture shows the {PAIRS} commonest pairs" if listed > PAIRS else ""
    cut = f", the list the {limit} commonest" if listed == limit else ""
    return f"Select a cell or a row to see its findings.{drawn}{cut}{'.' if drawn else ''}"


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
