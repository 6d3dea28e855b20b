"""The story of a row in words."""

from collections.abc import Mapping

import streamlit as st

from curation.records import StoryLine
from curation.ui.widgets import formatting, parts
from curation.wording import ACTIONS, MOMENTS


def draw(line: StoryLine, titles: Mapping[str, str]) -> None:
    """One line of the story: when and who, what, why, and the texts before and after where they are long."""
    with st.container(key=f"story-{line.moment}-{line.seq}-{abs(hash(line.value + line.reason))}", gap="xxsmall"):
        st.caption(formatting.plain(head(line)))
        st.text(what(line, titles))
        if line.reason and line.moment != "found":
            st.text(f"Why: {formatting.visible(line.reason)}")
        for side in line.after:
            if side != "label":
                with st.expander(f"{side.capitalize()} before and after"):
                    left, right = st.columns(2)
                    with left:
                        parts.text_box("Before", line.before[side] or "")
                    with right:
                        parts.text_box("After", line.after[side] or "")


def head(line: StoryLine) -> str:
    """When, and by whom."""
    when = line.at.replace("T", " ")[:16]
    return ", ".join(filter(None, (when, line.by))) or "Before the checks were run last"


def what(line: StoryLine, titles: Mapping[str, str]) -> str:
    """What happened, in a sentence without its reason."""
    value = formatting.visible(line.value)
    if line.moment == "imported":
        return f"{MOMENTS['imported'].title} from {value}."
    if line.moment == "found":
        return f"{titles.get(line.value, formatting.words(line.value))}: {formatting.visible(line.reason)}"
    if line.moment == "sent":
        return f"{MOMENTS['sent'].title} to {value}."
    if line.moment != "decided":
        return f"{MOMENTS[line.moment].title}: {value}"
    said = ACTIONS[line.action].title
    if "label" in line.after:
        was, now = (formatting.visible(texts["label"]) or "no label" for texts in (line.before, line.after))
        said = f"{said}: “{was}” → “{now}”"
    elif line.value:
        said = f"{said}: “{value}”"
    return f"{said} (taken back later)." if line.undone else f"{said}."
