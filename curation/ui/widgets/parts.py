"""Small pieces of a page: a text in its box, sentences, turning the pages of a list."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from curation.ui.widgets import formatting


def text_box(title: str, text: str) -> None:
    """A text in a box of steady height (see the style above), as text."""
    st.caption(title)
    with st.container(border=True, key=f"box-{title}"):
        st.text(formatting.visible(text) or "(empty)", width="stretch")


def page_start(key: str) -> Any:
    """The keyset position after which the page to show starts, None for the first."""
    return st.session_state.setdefault(f"page-{key}", [None])[-1]


def turn_pages(key: str, last: Any, is_full: bool) -> None:
    """Back and forward buttons below a page whose last row is at `last`."""
    stack: list[Any] = st.session_state.setdefault(f"page-{key}", [None])
    if len(stack) == 1 and not is_full:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Back", key=f"back-{key}", disabled=len(stack) == 1, on_click=stack.pop)
        st.button("Next", key=f"next-{key}", disabled=not is_full, on_click=stack.append, args=(last,))
        st.caption(f"Page {len(stack)}")


def reset_pages(key: str) -> None:
    """Go to the first page (after a change of filter)."""
    st.session_state[f"page-{key}"] = [None]


def lines(texts: Sequence[str]) -> None:
    """Sentences under each other, as text."""
    for text in texts:
        st.text(text)


def label_keys(labels: Sequence[str]) -> list[tuple[int, str]]:
    """(key 1-9, label) of the labels in use that have a key: the same keys as long as the browser session lasts."""
    name = f"label-keys-{st.session_state.get('project')}"
    keys = st.session_state[name] = formatting.label_keys(labels, st.session_state.get(name, ()))
    return [(number, label) for number, label in enumerate(keys, start=1) if label in labels]
