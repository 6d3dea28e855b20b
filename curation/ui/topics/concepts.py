"""Concepts: kinds of row that people show by answers, one row at a time, and what they find."""

import streamlit as st

from curation.errors import CurationError, NotAllowed
from curation.project import Project
from curation.project.meaning.concepts import FIRST
from curation.records import Example, Filter
from curation.ui import state
from curation.ui.widgets import card
from curation.ui.widgets.formatting import asked, plain, visible
from curation.ui.widgets.search import view as views
from curation.wording import counted

SHOWN = 3
"""Of the surest rows, in sight: enough to see whether it goes the right way."""


def draw(project: Project) -> None:
    """The concept chosen: how good it is, the next row to say yes or no to, and its tag."""
    concepts = project.meaning.concepts
    names = concepts.names()
    st.header("Concepts", anchor=False)
    if not names:
        st.text("A kind of row that you show by a few answers. Open a row on Rows and choose “It is of a concept”.")
        return
    name = st.selectbox("Concept", names, format_func=visible, key=f"concept-{project.name}") or names[0]
    try:
        found = concepts.find(name)
        ask = _asked(project, name)
    except CurationError as error:
        st.warning(plain(str(error)))
        return
    st.text(found.sentence)
    for example, score in found.rows[:SHOWN]:
        st.caption(plain(f"{score:.2f}  “{asked(example.input, 160)}”"))
    if ask:
        st.text("Is this row one?")
        with st.container(border=True):
            card.texts(ask[0], project.examples.is_classification())
    with st.container(horizontal=True, key="concept-acts"):
        for title, is_one in (("It is one", True), ("It is not", False)):
            args = (project, name, ask[0].id if ask else "", is_one)
            key = f"concept-{is_one}-{ask[0].id if ask else ''}"
            st.button(title, key=key, on_click=_answer, args=args, disabled=not ask)
        st.button(f"Tag the first {FIRST:,}", key="concept-tag", on_click=_tag, args=(project, name))
        if st.button("Open the rows tagged so", key="concept-rows", icon=":material/sell:"):
            views.show(project, Filter(tag=name))
            st.switch_page(str(state.page_file("rows")))
        st.button("Forget it", key="concept-forget", on_click=_forget, args=(project, name))


def _asked(project: Project, name: str) -> list[Example]:
    """The next row to answer; none for those who may only look."""
    try:
        return project.meaning.concepts.ask(name)
    except NotAllowed:
        return []


def _answer(project: Project, name: str, id: str, is_one: bool) -> None:
    try:
        project.meaning.concepts.answer(name, [id], is_one)
    except CurationError as error:
        state.notify(str(error))


def _tag(project: Project, name: str) -> None:
    try:
        state.notify(f"Tagged “{name}”: {counted(project.meaning.concepts.tag(name, state.reviewer()), 'row')}.")
    except CurationError as error:
        state.notify(str(error))


def _forget(project: Project, name: str) -> None:
    project.meaning.concepts.forget(name)
    state.notify(f"Forgotten: “{name}”. Rows tagged with it stay so.")
