"""Topics: what the rows are about, in groups of near meaning, with what is known of each."""

import streamlit as st

from curation.project.jobs import FindTopics
from curation.ui import state
from curation.ui.topics import concepts, opened, picture, table
from curation.ui.widgets import formatting, steps
from curation.wording import counted

project = state.project()
st.title("Topics", anchor=False)
if not project.examples.stored.sources():
    st.text("This project is empty. Load a file of examples first.")
    st.page_link(str(state.page_file("load")), label="Load a file", icon=":material/upload_file:")
    st.stop()
if missing := project.meaning.missing():
    st.warning(formatting.plain(missing))

if unknown := project.meaning.unknown():
    said = f"The vectors of your own do not know {counted(unknown, 'row')}, which are in no topic."
    st.warning(formatting.plain(said))

names = project.meaning.topics.names()
job = project.jobs.newest()
waits = bool(missing) or (job is not None and job.state in ("queued", "running"))
with st.container(horizontal=True, vertical_alignment="center", key="topics-find"):
    if not names:
        st.text("Rows of near meaning are put together, and each group is named by its own words.", width="stretch")
    elif project.meaning.topics.is_stale():
        st.text("Rows were added, changed or left out since these topics were found.", width="stretch")
    label, args = ("Find them again" if names else "Find the topics"), (project, FindTopics())
    if not names or project.meaning.topics.is_stale():
        st.button(label, type="primary", key="topics-start", on_click=steps.start, args=args, disabled=waits)
if not names:
    if not missing:
        concepts.draw(project)
    st.stop()

facts = table.facts(project)
whole = [topic for topic in facts if topic.within < 0]
st.text(f"{counted(len(whole), 'topic')}, the largest first. Groups are a small model's guess; Open shows the rows.")
listed, drawn = st.columns([11, 9], gap="medium")
with listed:
    chosen = table.draw(project, whole, facts, "topics")
with drawn:
    picture.draw(project, {topic.number: topic.name for topic in whole})
if chosen is not None:
    opened.draw(project, chosen, facts)
if not missing:
    concepts.draw(project)
