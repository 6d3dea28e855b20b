"""The map of the rows as a picture: all rows as shading, some as points; a box drawn on it opens its rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from curation.project import Project
from curation.project.meaning.map import Places
from curation.records import Filter
from curation.ui import state
from curation.ui.theme import FIGURE
from curation.ui.widgets.formatting import asked, short
from curation.ui.widgets.search import view as views
from curation.wording import DECISIONS, counted, word

POINTS = 4_000
"""Points drawn: more cover each other, and a picture of more than 5,000 rows is refused by Altair."""
BINS = 48
"""Cells of the shading along each side."""
HUES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
"""Okabe and Ito's colours, told apart with every kind of colour blindness; each value has a shape of its own too."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
OTHER = "Other"
BY = ("Topic", "Label", "Decision", "Finding", "File")
HEIGHT = 460
INK = {False: "#16252B", True: "#E4ECEC"}
"""The legend's letters, by whether the theme is dark: Streamlit's own are too pale on white."""


def draw(project: Project, names: Mapping[int, str]) -> None:
    """The map with what it is coloured by, and the link to the rows of the box chosen on it."""
    kept = repr(project.meaning.topics.kept())
    places = _places(project, project.place.opened, project.place.version(), kept)
    if places is None or not len(places.numbers):
        return
    by = st.segmented_control("Colour by", BY, default="Topic", key=f"map-by-{project.name}") or "Topic"
    frame = _points(project, project.place.opened, (project.place.version(), kept), places, names)
    cells = shading(places) if len(frame) < len(places.numbers) else None
    chart = scatter(coloured(frame, by), cells, by, st.context.theme.type == "dark")
    key = f"map-{project.name}-{by}-{project.place.version()}"
    chosen: Any = st.altair_chart(chart, width="stretch", on_select="rerun", selection_mode=["box"], key=key)
    if len(frame) < len(places.numbers):
        st.caption(f"{len(frame):,} of {len(places.numbers):,} rows are drawn as points; the shading is of all.")
    st.caption("Draw a box to choose rows. Near each other means near in meaning; far apart says little.")
    if (area := area_of(chosen.selection.get("box", {}))) is not None:
        rows = project.meaning.map.numbers(area)
        if st.button(f"Open the {counted(len(rows), 'row')} in the box", key="map-open", icon=":material/select_all:"):
            views.show(project, Filter(area=area))
            st.switch_page(str(state.page_file("rows")))


@st.cache_resource(max_entries=5, show_spinner=False)
def _places(_project: Project, opened: str, version: int, kept: str) -> Places | None:
    return _project.meaning.map.read()


@st.cache_resource(max_entries=5, show_spinner="Reading the rows on the map")
def _points(
    _project: Project, opened: str, version: tuple[int, str], _places: Places, _names: Mapping[int, str]
) -> pd.DataFrame:
    """Up to POINTS rows, the same each time: place, text, and the values of BY."""
    some = np.sort(np.random.default_rng(0).permutation(len(_places.numbers))[:POINTS])
    number, topic, _ = _project.meaning.topics.of_rows()
    of = dict(zip(number.tolist(), topic.tolist(), strict=True))
    texts = _project.meaning.texts
    known, titles = texts.points(_places.numbers[some].tolist()), _project.findings.titles()
    found: dict[int, str] = {}
    for row, check in texts.findings():
        found.setdefault(row, titles.get(check, check))
    said = cache(partial(short, limit=40))  # many points have one of few labels
    made = []
    for n, (x, y) in zip(_places.numbers[some].tolist(), _places.places[some].tolist(), strict=True):
        if n in known:
            text, label, status, file = known[n]
            values = (said(_names.get(of.get(n, -1), OTHER)), said(label), word(DECISIONS, status).title)
            made.append((x, y, asked(text, 80), *values, found.get(n, "No finding"), said(file)))
    return pd.DataFrame(made, columns=["x", "y", "Row", *BY])


def coloured(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Place, text and value of each point; all but the commonest values together as one."""
    most = [value for value, _ in Counter(frame[by]).most_common(len(HUES))]
    return frame[["x", "y", "Row"]].assign(Value=frame[by], Group=frame[by].where(frame[by].isin(most), OTHER))


def shading(places: Places) -> pd.DataFrame:
    """How many rows lie in each cell of the map that holds any."""
    edges = np.linspace(-1, 1, BINS + 1)
    counts, _, _ = np.histogram2d(places.places[:, 0], places.places[:, 1], bins=[edges, edges])
    left, bottom = np.nonzero(counts)
    columns = {"left": edges[left], "right": edges[left + 1], "bottom": edges[bottom], "top": edges[bottom + 1]}
    return pd.DataFrame(columns | {"Rows": counts[left, bottom]})


def scatter(
    points: pd.DataFrame, cells: pd.DataFrame | None, by: str, is_dark: bool
) -> alt.LayerChart | alt.FacetChart:
    """Shading below where not every row is a point, points above; drawing a box selects `box`."""
    values = [value for value in Counter(points["Group"]) if value != OTHER]
    values = sorted(values, key=lambda value: (-int((points["Group"] == value).sum()), value))
    hues, shapes, domain = [*HUES[: len(values)]], [*SHAPES[: len(values)]], [*values]
    if (points["Group"] == OTHER).any():
        hues, shapes, domain = [*hues, FIGURE], [*shapes, "circle"], [*domain, OTHER]
    place: dict[str, Any] = {"scale": alt.Scale(domain=[-1.05, 1.05]), "axis": None, "type": "quantitative"}
    legend = alt.Legend(
        orient="bottom", columns=2, labelLimit=260, symbolOpacity=1, title=None, labelColor=INK[is_dark]
    )
    box = alt.selection_interval(name="box")
    dots = (
        alt.Chart(points)
        .mark_point(size=22, filled=True, opacity=0.75)
        .encode(
            x=alt.X("x", **place), y=alt.Y("y", **place),
            color=alt.Color("Group", type="nominal", scale=alt.Scale(domain=domain, range=hues), legend=legend),
            shape=alt.Shape("Group", type="nominal", scale=alt.Scale(domain=domain, range=shapes), legend=legend),
            tooltip=[alt.Tooltip("Row"), alt.Tooltip("Value", title=by)],
        )
        .add_params(box)
    )  # fmt: skip
    layers = [dots] if cells is None else [_ground(cells, place, is_dark), dots]
    said = f"Rows by meaning, coloured by {by.lower()}; the list says the same."
    return alt.layer(*layers).properties(height=HEIGHT, description=said)  # of one layer it would name nothing


def _ground(cells: pd.DataFrame, place: Mapping[str, Any], is_dark: bool) -> alt.Chart:
    faint = alt.Scale(type="sqrt", range=[0.03, 0.25])
    made: alt.Chart = (
        alt.Chart(cells)
        .mark_rect(color="#C9D4D4" if is_dark else "#16252B")
        .encode(
            x=alt.X("left", **place), x2="right", y=alt.Y("bottom", **place), y2="top",
            opacity=alt.Opacity("Rows", type="quantitative", scale=faint, legend=None),
        )
    )  # fmt: skip
    return made


def area_of(box: Mapping[str, Sequence[float]]) -> str | None:
    """The box as an address writes it, None where none was drawn."""
    if not (box.get("x") and box.get("y")):
        return None
    sides = (*sorted(map(float, box["x"])), *sorted(map(float, box["y"])))
    return ",".join(f"{side:.4f}" for side in sides)
