"""How a word is shown on a page: the colour and icon of its tone, always together with the word."""

from typing import Literal

import streamlit as st

from curation.wording import Tone, Word

Color = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]

TONES: dict[Tone, tuple[Color, str]] = {
    "good": ("green", ":material/check_circle:"),
    "caution": ("orange", ":material/warning:"),
    "bad": ("red", ":material/block:"),
    "other": ("blue", ":material/alt_route:"),
    "unknown": ("gray", ":material/help:"),
    "plain": ("gray", ":material/remove:"),
}


def badge(word: Word) -> None:
    """The word as a badge."""
    color, icon = TONES[word.tone]
    title = word.title
    st.badge(title, color=color, icon=icon)
