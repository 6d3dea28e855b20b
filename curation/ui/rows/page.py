"""Rows: every row of the project, found by any filter, opened, decided, marked, and acted on at once."""

import streamlit as st

from curation.ui import state
from curation.ui.rows import acts, filters, opened, table
from curation.ui.rows import view as views
from curation.ui.widgets import bulk_actions, fit, parts

PAGE = 25  # rows a page

project = state.project()
st.title("Rows")
if not project.examples.stored.sources():
    st.text("This project is empty. Load a file of examples first.")
    st.page_link(str(state.page_file("load")), label="Load a file", icon=":material/upload_file:")
    st.stop()

titles = project.findings.titles()
view = views.current(project)
views.show_in_address(project, view)
if view.row:
    opened.draw(project, view.row, titles)
    st.stop()

bulk_actions.undo_bar(project)
filters.choose(project, view, titles)
found = filters.found(project, view.filter)
if found is None:
    st.stop()
filter, figures = found
sort = view.sort if filter.among is None else "nearest"
with st.container(horizontal=True, vertical_alignment="center", key="rows-count"):
    st.text(acts.count_line(filter, *figures), width="stretch")
    columns = filters.order_and_columns(project, view, filter, views.usual_columns(project))

rows = project.rows.stored.page(filter, sort, parts.page_start("rows"), PAGE + 1)
is_full, rows = len(rows) > PAGE, rows[:PAGE]
if not rows:
    st.stop()
key = f"rows-table-{project.name}-{views.turn(project)}-{hash((view, parts.page_start('rows')))}"
frame = table.rows_frame(rows, columns, titles, project.name)
st.dataframe(
    frame,
    hide_index=True,
    width="stretch",
    height="content",
    **fit.fitted(frame, table.CONFIG, table.NARROW),
    on_select=lambda: opened.open_selected(project, key, [row.example.id for row in rows]),
    selection_mode="single-row",
    key=key,
)
parts.turn_pages("rows", (rows[-1].key, rows[-1].example.seq), is_full)
acts.on_all(project, filter, figures, titles)
