"""Load: drop a file, confirm the columns, see what was stored and what was rejected."""

from urllib.parse import urlencode

import streamlit as st

from curation.errors import CurationError
from curation.ui import state
from curation.ui.load import add_example, changed, intake, tokenizer
from curation.ui.widgets import formatting, parts, steps

PAGE = 25

project = state.project()
st.title("Load examples", anchor=False)
st.caption("One row is one example: an input and its ideal output, or an input and its label.")

files = st.file_uploader(
    "CSV, TSV, JSON, JSONL, Parquet, Arrow, XLSX or fastText (also .gz, .zst or .zip), up to 200 MB each",
    accept_multiple_files=True,
    key=intake.box_key(project),
)
uploads = [intake.keep(project, file) for file in files or []]
intake.clear_when_loaded(project, uploads)
for upload in uploads:
    with st.container(border=True):
        st.header(formatting.plain(upload.name), anchor=False)
        if state.is_sample(project):
            st.text(f"It becomes a project of its own, called {formatting.visible(state.own_name(upload.name))}.")
        try:
            intake.confirm(project, upload)
        except CurationError as error:
            st.badge("Not loaded", color="red", icon=":material/warning:")
            st.text(str(error))

add_example.form(project)
sources = project.examples.stored.sources()
if not sources:
    if not uploads and not steps.is_busy(project):
        st.text("Nothing is loaded yet. Drop a file above, or choose the sample project in the sidebar.")
    st.stop()

totals = project.examples.stored.totals()
st.header("In this project", anchor=False)
with st.container(horizontal=True):
    st.metric("Examples stored", f"{totals['stored']:,}")
    st.metric("Rows rejected", f"{totals['rejected']:,}")
    st.metric("Not labelled yet", f"{totals['unlabelled']:,}" if project.examples.is_classification() else "–")
if not project.place.step("check").ran:
    with st.container(horizontal=True):
        start_labelling = project.examples.is_classification() and 2 * totals["unlabelled"] > totals["stored"]
        if start_labelling and st.button("Start labelling", type="primary", icon=":material/arrow_forward:"):
            st.switch_page(str(state.page_file("review")), query_params={"queue": "unlabelled"})
        steps.run_checks(project, is_main=not start_labelling)

st.dataframe(formatting.sources_frame(sources), hide_index=True, width="stretch")
with st.expander("Leave a file out, or include it again"):
    for source in sources:
        st.checkbox(
            f"{formatting.plain(source.name)} ({source.stored:,} rows)",
            value=bool(source.active),
            key=f"source-{source.id}-{source.active}",
            on_change=project.examples.set_source,
            args=(source.id, not source.active),
        )

changed.draw(project)
tokenizer.draw(project)
if reasons := project.examples.stored.rejected_reasons():
    st.header("Rejected rows", anchor=False)
    st.caption("These rows could not be read; all others were stored. The download counts the rows of a file from 1.")
    st.dataframe(formatting.reasons_frame(reasons), hide_index=True, width="content")
    key = f"rejected-{project.name}"
    shown = project.examples.stored.rejected_page(parts.page_start(key), PAGE)
    st.dataframe(formatting.rejected_frame(shown), hide_index=True, width="stretch")
    parts.turn_pages(key, shown[-1].seq if shown else None, len(shown) == PAGE)
    address = f"{state.REJECTED}?{urlencode({'project': project.name})}"
    st.link_button("Download them with reasons", address, icon=":material/download:")
