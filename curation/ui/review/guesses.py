"""What the labels given so far suggest for the rows without one: learned beside the page, shown where wanted."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.jobs import Suggest
from curation.project.rows.suggestions import MOST_ROWS
from curation.records import Example, Guess
from curation.ui.widgets import formatting
from curation.wording import percent

EVERY = 5
"""Decisions of a session after which it is asked anew whether there is more to learn from."""
_SHOWN, _ASKED = "guesses-shown", "guesses-asked-{}"


def choose(project: Project) -> None:
    """Whether suggestions are shown; nothing before there are any."""
    if project.rows.suggestions.learned_from():
        st.toggle("Suggest labels", value=True, key=_SHOWN, help="Learned from the labels given so far.")


def say_reach(project: Project) -> None:
    """That some rows are too far behind for suggestions; nothing where all have some."""
    if are_shown() and (beyond := project.rows.suggestions.beyond_reach()):
        st.caption(
            f"Labels are suggested for the first {MOST_ROWS:,} rows without one. {beyond:,} more get theirs as "
            "rows before them are labelled."
        )


def are_shown() -> bool:
    """Whether this session sees them."""
    return bool(st.session_state.get(_SHOWN, True))


def learn(project: Project, handled: int) -> None:
    """Start learning in the background where there are enough new labels."""
    key = _ASKED.format(project.name)
    if handled - st.session_state.get(key, handled - EVERY) not in range(-EVERY + 1, EVERY):
        st.session_state[key] = handled
        if project.rows.suggestions.is_due():
            try:
                project.jobs.start(Suggest())
            except CurationError:
                st.session_state.pop(key)  # something else runs: asked again next time


def of(project: Project, examples: Sequence[Example]) -> dict[str, list[dict[str, Any]]]:
    """By example without a label: its likeliest labels as the card draws them; nothing where they are hidden."""
    bare = [example.id for example in examples if example.label is None]
    found = project.rows.suggestions.of(bare) if bare and are_shown() else {}
    return {id: [_drawn(guess) for guess in guesses] for id, guesses in found.items()}


def _drawn(guess: Guess) -> dict[str, Any]:
    return {"label": guess.label, "shown": formatting.visible(guess.label), "rate": percent(guess.probability, 0)}
