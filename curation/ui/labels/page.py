"""Labels: what the set has, what each means, and renaming, merging or deleting one over the whole set at once."""

import streamlit as st

from curation.ui import state
from curation.ui.labels import changes, table
from curation.ui.widgets import bulk_actions

project = state.project()
st.title("Labels")
if not project.examples.stored.sources():
    st.text("This project is empty. Load a file of examples first.")
    st.page_link(str(state.page_file("load")), label="Load a file", icon=":material/upload_file:")
    st.stop()

bulk_actions.undo_bar(project)
labels = project.labels.all()
unlabelled = project.examples.stored.totals()["unlabelled"]
if labels or project.examples.is_classification():
    st.text(table.count_line(labels, unlabelled))
else:
    st.text("The outputs of this set are free text, not labels.")
changes.merge_variants(project, labels)
if labels:
    chosen = table.choose(project, labels)
    if chosen is not None:
        changes.draw(project, chosen, labels)
changes.add(project, labels)
