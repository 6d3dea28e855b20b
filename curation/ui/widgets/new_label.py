"""A label nobody has used yet: added in a place of its own, so that a half-typed search never becomes one."""

from collections.abc import Callable, Sequence

import streamlit as st

from curation.text.normalise import folded
from curation.ui.widgets import formatting


def refusal(name: str, labels: Sequence[str]) -> str:
    """Why this cannot be a new label, in a sentence; "" where it can."""
    if not name:
        return "Write the new label first."
    same = next((label for label in labels if folded(label) == folded(name)), None)
    if same is None:
        return ""
    if same == name:
        return f"“{formatting.visible(same)}” is a label already. Choose it in the list."
    return f"“{formatting.visible(same)}” is a label already and differs only in case or spaces. Choose it in the list."


def longer(name: str, labels: Sequence[str]) -> list[str]:
    """The labels that begin with this name, in name order: the one meant may be among them."""
    return sorted(label for label in labels if folded(label).startswith(folded(name)) and label != name)


def popover(key: str, labels: Sequence[str], add: Callable[[str], None]) -> None:
    """A field and a button behind "New label"; `add` gets the name once it is no typo of an existing one."""
    with st.popover("New label", key=f"new-label-{key}"):
        st.text_input("Name of the new label", key=f"new-label-name-{key}")
        if why := st.session_state.get(f"new-label-why-{key}"):
            st.text(why)
        st.button("Add this label", key=f"new-label-do-{key}", on_click=_add, args=(key, labels, add))


def _add(key: str, labels: Sequence[str], add: Callable[[str], None]) -> None:
    name = " ".join(st.session_state[f"new-label-name-{key}"].split())
    why, found = refusal(name, labels), longer(name, labels)
    if not why and found and st.session_state.get(f"new-label-asked-{key}") != name:
        st.session_state[f"new-label-asked-{key}"] = name
        more = f" and {len(found) - 1:,} more labels begin" if len(found) > 1 else " begins"
        why = f"“{formatting.visible(found[0])}”{more} like this. If you mean a new label, press the button again."
    st.session_state[f"new-label-why-{key}"] = why
    if not why:
        add(name)
