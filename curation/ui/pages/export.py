"""Export: the clean, leak-free set with its report and manifest."""

import streamlit as st

from curation.ui import parts, state, views

project = state.project()
st.title("Export")
if not parts.is_ready(project, "dedup", "Clean, leak-free splits"):
    st.stop()

st.caption(
    "Rows left out in review and repeats of a kept example are removed, each with its reason. "
    "No near-duplicate cluster crosses a split."
)
formats = project.export_formats()
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = st.multiselect(
        "Formats", list(formats), default=["parquet"], format_func=lambda name: formats[name], key="formats"
    )
    out = project.folder / "export"
    st.button(
        "Write the export",
        type="primary",
        disabled=not chosen,
        on_click=parts.start,
        args=(project, "export"),
        kwargs={"out": str(out), "formats": chosen},
    )

manifest = project.last_export()
if manifest is None:
    st.text("Nothing has been exported yet.")
    st.stop()

st.header("The last export", anchor=False)
faults = project.verify_export()
if faults:
    st.badge("Changed since it was written", color="red", icon=":material/warning:")
    parts.lines([views.visible(fault) for fault in faults])
with st.container(horizontal=True):
    for name, value in views.split_figures(manifest.counts):
        st.metric(name, f"{value:,}")
st.dataframe(views.files_frame(manifest.files), hide_index=True, width="stretch")
st.download_button("Download all as ZIP", project.export_zip, f"{project.name}.zip", "application/zip", type="primary")
st.text(f"Also on this computer: {out}")
with st.expander("What to do with it"):
    st.code('import pandas\ntrain = pandas.read_parquet("train.parquet")', language="python")
