"""What the verdict rests on: its reasons, and each item of evidence with the examples behind it."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from curation.project import Project
from curation.records import Evidence, Verdict
from curation.ui.readiness import sentences
from curation.ui.widgets import formatting, outcomes
from curation.wording import EVIDENCE_GROUPS, KINDS, STATUSES, believed, counted


def reasons(verdict: Verdict, most: int | None = None) -> None:
    """Why the verdict is what it is, at most so many: each beside how it is known, so that guesses stand apart."""
    for n, (text, kinds) in enumerate(sentences.grounded(verdict)[:most]):
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"beside-reason-{most}-{n}"):
            for kind in kinds:
                outcomes.badge(kind)
            st.text(text, width="stretch")


def draw(project: Project, fact: Evidence) -> None:
    """A card as high as its neighbour."""
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            outcomes.badge(STATUSES[fact.status])
            outcomes.badge(KINDS[fact.kind])
            st.text(fact.title)
        st.text(formatting.visible(fact.message))
        if fact.fix and fact.status != "ok":
            st.text(f"To do: {formatting.visible(fact.fix)}")
        if fact.rows:
            with st.popover(f"Show {counted(len(fact.rows), 'example')}"):
                rows = project.examples.stored.get_all(list(fact.rows))
                st.dataframe(formatting.sample_frame(rows), hide_index=True, width=720)
        st.caption(formatting.value_line(fact))
        if how := believed(fact.detail):
            st.caption(formatting.plain(how))


def grid(project: Project, evidence: Sequence[Evidence]) -> None:
    """The evidence by how it is known: facts first, then what was declared, then guesses, then what nobody checked."""
    for name, items in sentences.grouped(evidence).items():
        group = EVIDENCE_GROUPS[name]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(formatting.plain(group.title), anchor=False, width="content")
            st.badge(f"{len(items)}", color=outcomes.TONES[group.tone][0], icon=outcomes.TONES[group.tone][1])
        st.caption(formatting.plain(group.sentence))
        if name not in ("missing", "not_applicable"):
            _cards([partial(draw, project, item) for item in items])
            continue
        to_know = project.verdict.to_know() if name == "missing" else {}
        _cards([partial(_unknown, item, to_know.get(item.id, "")) for item in items])


def _unknown(fact: Evidence, would_tell: str) -> None:
    """What was not checked, why, and what would tell."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.text(fact.title)
        st.caption(formatting.plain(fact.message))
        if how := believed(fact.detail):
            st.caption(formatting.plain(how))
        if would_tell:
            st.text(formatting.visible(f"What would tell: {would_tell}"))


def _cards(cards: Sequence[Callable[[], None]]) -> None:
    """Two side by side."""
    for pair in zip(cards[::2], [*cards[1::2], None], strict=False):
        for column, card in zip(st.columns(2), pair, strict=True):
            if card is not None:
                with column:
                    card()
