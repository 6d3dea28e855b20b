"""The browser app: page list and frame. Start it with `curation app`."""

import streamlit as st

from curation.ui import frame, identity, state

st.set_page_config(page_title="curation", page_icon="🧺", layout="wide")
state.freeze_garbage_once()
identity.require()


def page(name: str, title: str, default: bool = False) -> st.Page:
    """One page: its file, its title, and its address."""
    return st.Page(state.page_file(name), title=title, url_path=name, default=default)


navigation = st.navigation(
    {
        "Prepare": [
            page("load", "Load"),
            page("overview", "Overview", default=True),
            page("rows", "Rows"),
            page("topics", "Topics"),
            page("labels", "Labels"),
            page("duplicates", "Duplicates"),
            page("findings", "Findings"),
        ],
        "People": [
            page("review", "Review"),
            page("audit", "Audit"),
            page("team", "Team"),
            *([page("members", "Members")] if state.has_members() else []),
        ],
        "Decide": [page("measure", "Measure"), page("readiness", "Readiness"), page("export", "Export")],
    },
    expanded=True,  # else the last pages hide behind a button on a low screen
)
frame.frame(navigation.url_path)
navigation.run()
