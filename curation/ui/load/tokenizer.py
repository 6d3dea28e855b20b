"""The model's own tokenizer, given to count tokens with."""

from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.ui import state
from curation.wording import ESTIMATED_BAND


def draw(project: Project) -> None:
    """How tokens are counted, a box to give a tokenizer.json, and a button to do without it again."""
    has_one = bool(project.settings.tokenizer())
    with st.expander("How tokens are counted"):
        if has_one:
            st.text("With the tokenizer.json you gave: limits, costs and figures in tokens are exact.")
            st.button("Estimate them instead", on_click=_drop)
            return
        st.text(f"They are estimated by script and content, and may be off by so much: {ESTIMATED_BAND}.")
        st.text("Give the model's tokenizer.json for exact counts.")
        key = f"tokenizer-{st.session_state.get('tokenizers', 0)}"
        st.file_uploader("tokenizer.json from the model's folder", key=key)
        st.button("Count with it", on_click=_keep, args=(key,), disabled=st.session_state.get(key) is None)


def _keep(key: str) -> None:
    with TemporaryDirectory(prefix="curation-") as folder:
        path = Path(folder) / "tokenizer.json"
        path.write_bytes(st.session_state[key].getbuffer())
        try:
            state.project().settings.keep_tokenizer(path)
        except CurationError as error:
            state.notify(str(error))
            return
    st.session_state["tokenizers"] = int(st.session_state.get("tokenizers", 0)) + 1
    state.notify("Tokens are counted with it. What the checks found and the verdict are out of date until they run.")


def _drop() -> None:
    state.project().settings.drop_tokenizer()
    state.notify("Tokens are estimated. What the checks found and the verdict are out of date until they run.")
