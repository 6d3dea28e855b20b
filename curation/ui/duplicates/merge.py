"""One example made of two near-duplicates."""

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.records import Member
from curation.ui import state
from curation.ui.widgets import formatting

LEFT, RIGHT, BOTH = "The kept example", "The other", "Both, one after the other"
OTHER_LABELS = 200  # labels offered beside the two examples' own


def button(member: Member) -> None:
    """Opens the form that makes one example of two."""
    key = f"{member.example.id}-{member.example.version}"
    st.button("Merge the two", key=f"merge-{key}", on_click=_open, args=(member.example.id,))


def _open(id: str | None) -> None:
    st.session_state["merging"] = id


def form(project: Project, keeper: Member, other: Member) -> None:
    """Which texts the one example gets that is made of these two; drawn where the form was opened."""
    if st.session_state.get("merging") != other.example.id:
        return
    is_classification, key = (
        project.examples.is_classification(),
        f"{keeper.example.version}-{other.example.id}",
    )
    with st.container(border=True, key="merge"):
        st.caption("The kept example gets this text, the other one is left out. Both are undone together.")
        input = _side("Input", keeper.example.input, other.example.input, f"merge-in-{key}")
        output = ""
        if not is_classification:
            output = _side("Ideal output", keeper.example.output, other.example.output, f"merge-out-{key}")
        label = _label(project, keeper, other, f"merge-label-{key}")
        with st.container(horizontal=True):
            keys = (input, output, label)
            args = (project, keeper, other, keys)
            st.button("Merge into one", type="primary", key=f"do-merge-{key}", on_click=_merge, args=args)
            st.button("Cancel", key=f"cancel-merge-{key}", on_click=_open, args=(None,))


def _side(title: str, left: str, right: str, key: str) -> str:
    """A text taken from one side or both, to be changed at will; returns the key of the field."""
    texts = {LEFT: left, RIGHT: right, BOTH: f"{left}\n{right}"}
    field = f"{key}-{LEFT}"
    if left != right:
        chosen = st.segmented_control(f"{title} from", list(texts), default=LEFT, key=f"{key}-from", required=True)
        field = f"{key}-{chosen}"
    st.text_area(title, texts[field.removeprefix(f"{key}-")], key=field, height=120)
    return field


def _label(project: Project, keeper: Member, other: Member, key: str) -> str:
    own = [member.example.label for member in (keeper, other) if member.example.label]
    if not own:
        return ""
    names = list(dict.fromkeys([*own, *project.examples.label_set()[:OTHER_LABELS]]))
    st.selectbox("Label", names, key=key, format_func=formatting.visible)
    return key


def _merge(project: Project, keeper: Member, other: Member, keys: tuple[str, str, str]) -> None:
    input, output, label = (st.session_state[key] if key else "" for key in keys)
    st.session_state["merging"] = None
    try:
        project.duplicates.merge(
            keeper.example, other, input, output or keeper.example.output, label or None, state.reviewer()
        )
    except CurationError as error:
        state.notify(str(error))
