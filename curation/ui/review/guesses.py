"""What the labels given so far suggest for the rows without one: learned beside the page, shown where wanted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.jobs import Suggest
from curation.project.rows.suggestions import MOST_ROWS
from curation.records import Example, Hits
from curation.ui.widgets import formatting
from curation.wording import percent, span

EVERY = 5
"""Decisions of a session after which it is asked anew whether there is more to learn from."""
Drawn = dict[str, str]
"""A label as the card draws it: its name, what is shown of it, and how likely it is ("" where nobody says)."""
_SHOWN = "guesses-shown"


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


def learn(project: Project, handled: int, asked: int | None) -> int | None:
    """Start learning in the background where there are enough new labels; returns what is `asked` the next time.

    `asked` is how many rows were handled when it was last asked whether there are, None before the first time.
    """
    if asked is not None and abs(handled - asked) < EVERY:
        return asked
    if project.rows.suggestions.is_due():
        try:
            project.jobs.start(Suggest())
        except CurationError:
            return None  # something else runs: asked again next time
    return handled


def of(project: Project, examples: Sequence[Example], are_shown: bool) -> dict[str, list[dict[str, Any]]]:
    """By example without a label: who suggests which labels, as the card draws them.

    Those learned from the labels given so far only where they `are_shown`.

    One row in ten is labelled without, so that how often they are right can be measured.
    """
    bare = [example.id for example in examples if example.label is None]
    if not bare:
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for title, labels_of in sorted(_suggested(project, bare, are_shown), key=lambda one: one[0]):
        for id, labels in labels_of.items():
            found.setdefault(id, []).append({"title": title[1], "labels": labels})
    return found


def _suggested(
    project: Project, bare: Sequence[str], are_shown: bool
) -> Iterator[tuple[tuple[float, str], dict[str, list[Drawn]]]]:
    """Who suggests labels, in the order of how often they are right, with what is said of that; and which."""
    learned = project.rows.suggestions.of(bare) if are_shown else {}
    if learned:
        drawn = {id: [_drawn(one.label, percent(one.probability, 0)) for one in own] for id, own in learned.items()}
        yield _titled("Likeliest, by the labels given so far", project.rows.suggestions.hits()), drawn
    named, hits = project.model_review.named.of(bare), project.model_review.named.hits()
    if named and hits:
        drawn = {id: [_drawn(label, "") for label in labels] for id, labels in named.items()}
        yield _titled(f"{formatting.visible(hits.who)} names", hits), drawn


def first(drawn: Sequence[Mapping[str, Any]]) -> list[str]:
    """The labels suggested for a row in the order of the card, each once."""
    return list(dict.fromkeys(one["label"] for group in drawn for one in group["labels"]))


def _titled(title: str, hits: Hits) -> tuple[float, str]:
    """(place among others, the title with how often the first of them is right)."""
    if hits.rate is None:
        return 0.0, f"{title} (not measured yet)"
    value, low, high = hits.rate
    return -value, f"{title} (right on {percent(value)}, {span(low, high)})"


def _drawn(label: str, rate: str) -> Drawn:
    return {"label": label, "shown": formatting.visible(label), "rate": rate}
