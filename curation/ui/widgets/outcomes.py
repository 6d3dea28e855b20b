"""How a word is shown on a page: the colour and icon of its tone, always together with the word."""

from pathlib import Path
from typing import Literal

import streamlit as st

from curation.project import Project
from curation.records import StoredVerdict
from curation.ui.widgets.formatting import command
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


def take_away_command(folder: Path, stored: StoredVerdict) -> str:
    """The whole command that writes the classifier of a project, "" where the next step is another one."""
    is_next = stored.verdict.outcome == "classifier" and "curation classifier" in stored.verdict.next_step
    return command("classifier", "--project", folder, "--out", "classifier") if is_next else ""


def take_away(project: Project, stored: StoredVerdict) -> None:
    """That command, to copy, where there is one."""
    if said := take_away_command(project.folder, stored):
        st.code(said, language=None, wrap_lines=True)
        st.caption("After `make app` the command is `.venv/bin/curation`, in the folder of curation.")
