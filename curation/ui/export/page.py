"""Export: the clean, leak-free set with its report and manifest, and who approved it."""

import streamlit as st

from curation.export import difference, held_line, lost_lines
from curation.ui import frame, state
from curation.ui.export import approval, sentences
from curation.ui.widgets import formatting

project = state.project()
st.title("Export")
if not frame.is_ready(project, "dedup", "Clean, leak-free splits"):
    st.stop()

st.caption(
    "Rows left out in review and duplicates of a kept example are removed, each with its reason. "
    "Near-duplicates are always in the same split."
)
treatment = approval.treatment(project)
formats = project.export_formats()
approved = project.approval()[0]
if approved is not None:
    st.text(f"{approved.name} approved the last export. Writing a new one ends this approval.")
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = st.multiselect(
        "Formats", list(formats), default=["parquet"], format_func=lambda name: formats[name], key="formats"
    )
    out = project.folder / "export"
    st.button(
        "Write the export",
        type="primary",
        disabled=not chosen,
        on_click=frame.start,
        args=(project, "export"),
        kwargs={"out": str(out), "formats": chosen, "treatment": treatment},
    )

manifest = project.last_export()
if manifest is None:
    st.text("Nothing has been exported yet.")
    st.stop()

st.header("The last export", anchor=False)
faults = project.verify_export()
if faults:
    st.badge("Changed since it was written", color="red", icon=":material/warning:")
    frame.lines([formatting.visible(fault) for fault in faults])
with st.container(horizontal=True):
    for name, value in formatting.split_figures(manifest.counts):
        st.metric(name, f"{value:,}")
if handed := sentences.handed_line(approval.handed(project)):
    st.badge("Training split holds measured rows", color="orange", icon=":material/warning:")
    st.text(handed)
facts = [difference(manifest), held_line(manifest), sentences.personal_fate(manifest.personal)]
frame.lines([fact for fact in [*facts, sentences.marks_line(manifest.marks), *lost_lines(manifest)] if fact])
with st.container(horizontal=True):
    st.download_button("Download all as ZIP", project.export_zip, f"{project.name}.zip", "application/zip")
    if "report.html" in manifest.files:
        st.download_button("Read the report", project.export_report, f"{project.name} report.html", "text/html")
st.text(f"Also on this computer: {out}")

approval.draw(project, manifest)
with st.expander("Files and their hashes"):
    st.dataframe(formatting.files_frame(manifest.files), hide_index=True, width="stretch")
with st.expander("How to use it"):
    st.code('import pandas\ntrain = pandas.read_parquet("train.parquet")', language="python")
    st.text("Run this before training. It fails unless the export is approved and unchanged:")
    st.code(f'curation gate "{out}" --project "{project.folder}"', language="sh")
