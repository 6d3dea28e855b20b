"""Who reviews in this session: asked once where several people work, and kept by their browser."""

import uuid
from functools import cache
from typing import Any
from urllib.parse import unquote

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from curation.project import Project
from curation.ui import state
from curation.ui.state import identity

LONGEST = 60
"""Characters of a reviewer's name: it stands in lists and beside every decision."""


@cache
def _component() -> Any:
    """What keeps the cookies, None where its file is not known to Streamlit."""
    try:
        return st.components.v2.component("curation.kept", js="kept.js")
    except StreamlitAPIException:
        return None


def know(project: Project) -> None:
    """Take the name from this browser; where others work here too and it has none, ask, and draw nothing else."""
    browser = st.session_state.setdefault("browser", _cookie("curation-browser") or uuid.uuid4().hex)
    kept = _cookie("curation-reviewer")
    if kept and "reviewer-known" not in st.session_state:
        st.session_state["reviewer-known"] = st.session_state["reviewer"] = kept
    known = st.session_state.get("reviewer-known", "")
    is_shared = _others(project, browser) and not identity.is_served()  # asked of everybody: it notes who is here
    if is_shared and not known:
        keep()
        _ask()
        st.stop()


def keep(spoken: str = "") -> None:
    """Let the browser keep who it is, and the name once one was given; a screen reader says `spoken`."""
    if _component() is not None:
        known = {
            "browser": st.session_state["browser"],
            "name": st.session_state.get("reviewer-known", ""),
            "narrow": state.is_narrow(),
            "spoken": spoken,
        }
        _component()(key=state.KEPT, data=known, height=1, on_narrow_change=_ignore, on_again_change=_ignore)


def _ignore() -> None:
    """The page is drawn anew, which is all there is to do."""


def _ask() -> None:
    st.title("Who are you?", anchor=False)
    st.text(
        "Other people have this project open too. Your name is stored with what you decide, and kept by this browser."
    )
    with st.form("who", border=False):
        st.text_input("Your name", key="who-name", max_chars=LONGEST, width=360)
        st.form_submit_button("Go on", type="primary", on_click=_named, args=("who-name",))


def _named(key: str) -> None:
    if name := st.session_state[key].strip():
        st.session_state["reviewer-known"] = st.session_state["reviewer"] = name[:LONGEST]


def field() -> None:
    """The name, to read and to change."""
    st.session_state.setdefault("reviewer", state.reviewer())
    said = "Stored with your decisions, and kept by this browser."
    st.text_input("Reviewer", key="reviewer", help=said, max_chars=LONGEST, on_change=_named, args=("reviewer",))


def _cookie(name: str) -> str:
    value = st.context.cookies.get(name, "")
    # Without a browser, as in tests of pages, there is something else than a text.
    return unquote(value)[:LONGEST] if isinstance(value, str) else ""


@st.cache_resource
def _browsers() -> dict[str, tuple[str, str]]:
    """(browser, folder of its project) of every session there was since the app started."""
    return {}


def session() -> str:
    """This session's name, "" where there is none."""
    context = get_script_run_ctx()
    return "" if context is None else context.session_id


def sessions() -> set[str] | None:
    """The sessions that are connected, None where that cannot be told."""
    if not exists():
        return None
    try:
        # Streamlit has no public list of them.
        return {info.session.id for info in get_instance()._session_mgr.list_active_sessions()}
    except AttributeError:
        return None


def _others(project: Project, browser: str) -> bool:
    """Whether another browser has the project open now; False where that cannot be told."""
    own, active = session(), sessions()
    if not own or active is None:
        return False
    seen = _browsers()
    seen[own] = (browser, str(project.folder))
    for gone in seen.keys() - active:
        seen.pop(gone, None)
    return any(other != browser and folder == str(project.folder) for other, folder in seen.values())
