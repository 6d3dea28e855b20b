"""Export: the clean, leak-free set with its report and manifest, and who approved it."""

import streamlit as st

from curation.project.jobs import EXPORT, Export
from curation.ui import state
from curation.ui.export import approval, layout, sentences
from curation.ui.widgets import formatting, parts, steps

project = state.project()
st.title("Export", anchor=False)
if not steps.is_ready(project, "dedup", "Clean, leak-free splits"):
    st.stop()

st.caption(
    "Rows left out in review and duplicates of a kept example are removed, each with its reason. "
    "Near-duplicates are always in the same split."
)
parts.lines(sentences.open_lines(project.decisions.still_open()))
treatment = approval.treatment(project)
formats = project.exports.formats()
approved = project.exports.approval()[0]
if approved is not None:
    st.text(f"{approved.name} approved the last export. Writing a new one ends this approval.")
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = st.multiselect(
        "Formats", list(formats), default=["parquet"], format_func=lambda name: formats[name], key="formats"
    )
    place = st.empty()
chosen_layout = layout.draw(project, chosen, treatment)
place.button(
    "Write the export",
    type="primary",
    disabled=not chosen or chosen_layout is None,
    on_click=steps.start,
    args=(project, Export(chosen, chosen_layout or {})),
)

manifest = project.exports.last()
if manifest is None:
    st.text("Nothing was exported here yet. Exports that the command wrote elsewhere are listed on the page Projects.")
    st.stop()

st.header("The last export", anchor=False)
faults = project.exports.verify()
if faults:
    st.badge("Changed since it was written", color="red", icon=":material/warning:")
    parts.lines([formatting.visible(fault) for fault in faults])
with st.container(horizontal=True):
    for name, value in formatting.split_figures(manifest.counts):
        st.metric(name, f"{value:,}")
if handed := sentences.handed_line(approval.handed(project)):
    st.badge("Training split holds measured rows", color="orange", icon=":material/warning:")
    st.text(handed)
facts = [sentences.personal_fate(manifest.personal), sentences.marks_line(manifest.marks)]
parts.lines([fact for fact in [*project.exports.remarks(manifest), *facts] if fact])
out = project.folder / EXPORT
with st.container(horizontal=True):
    st.download_button("Download all as ZIP", project.exports.zip, f"{project.name}.zip", "application/zip")
    if (out / "report.html").is_file():
        st.download_button(
            "Download the report", project.exports.report_html, f"{project.name} report.html", "text/html"
        )
    if (out / "removed.parquet").is_file():
        st.download_button(
            "Download the rows left out (CSV)", project.exports.removed_csv, f"{project.name} left out.csv", "text/csv"
        )
st.text(f"Also on this computer: {out}")

approval.draw(project, manifest.outcome)
with st.expander("Files and their hashes"):
    st.dataframe(formatting.files_frame(manifest.files), hide_index=True, width="stretch")
with st.expander("Whether decisions are as they were stored"):
    if st.button("Verify the decisions"):
        parts.lines([formatting.visible(line) for line in project.place.verify().lines()])
with st.expander("How to use it"):
    st.code('import pandas\ntrain = pandas.read_parquet("train.parquet")', language="python")
    st.text("Run this before training. It fails unless the export is approved and unchanged, and says how far the")
    st.text("project has changed since (with --current it fails then, too):")
    st.code(f'curation gate "{out}" --project "{project.folder}"', language="sh")
    for name in manifest.settings.get("recipes", {}):
        st.text(f"Which rows {name} would cut, drop or refuse, by its own rules:")
        st.code(f'curation preflight "{out}" --trainer {name}', language="sh")
