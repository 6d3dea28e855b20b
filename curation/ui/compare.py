"""Two examples side by side with their differences marked, and the decisions about a cluster."""

from dataclasses import replace
from typing import Any, Literal

import streamlit as st

from curation.project import Project
from curation.store.pages import ClusterRow, Member
from curation.ui import parts, state, views

SHOWN = 20  # members drawn at once; a cluster can hold thousands

# Painted in the browser by textContent only, so a text can never become markup.
_spans = st.components.v2.component(
    "marked_text",
    html="<div class='text'></div>",
    css="""
    .text { font: inherit; font-size: 0.95rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere;
            color: var(--st-text-color); max-width: 75ch; }
    .mark { background: color-mix(in srgb, var(--st-primary-color) 22%, transparent); border-radius: 3px;
            padding: 0 2px; text-decoration: underline; text-underline-offset: 3px; }
    """,
    js="""
    export default function ({ data, parentElement }) {
        const box = parentElement.querySelector(".text");
        box.replaceChildren(...data.spans.map(([changed, text]) => {
            const span = document.createElement("span");
            span.textContent = text;
            if (changed) span.className = "mark";
            return span;
        }));
    }
    """,
)


def marked(spans: list[tuple[bool, str]], key: str) -> None:
    """A text whose changed words are marked; spans are (changed, text)."""
    _spans(data={"spans": [[changed, views.visible(text)] for changed, text in spans]}, key=key)


KEEPERS: dict[Literal["complete", "oldest", "longest"], str] = {
    "complete": "Most complete",
    "oldest": "Oldest",
    "longest": "Longest",
}
SHINGLES: dict[int | Literal["auto"], str] = {
    "auto": "By text length",
    3: "3 characters: short texts",
    5: "5 characters: long texts",
}


def settings(project: Project) -> None:
    """How near-duplicates are found, and which row of a cluster stays; saving looks again."""
    now = project.dedup_settings()
    with st.popover("How they are found"), st.form("dedup-settings", border=False):
        threshold = st.slider("Least similarity (Jaccard)", 0.5, 0.95, now.threshold, 0.05)
        shingle = st.selectbox("Compared by", list(SHINGLES), list(SHINGLES).index(now.shingle), SHINGLES.__getitem__)
        keeper = st.selectbox("Which one stays", list(KEEPERS), list(KEEPERS).index(now.keeper), KEEPERS.__getitem__)
        if st.form_submit_button("Save and look again", type="primary"):
            project.save_dedup_settings(replace(now, threshold=threshold, shingle=shingle, keeper=keeper))
            parts.start(project, "analyse")
            st.rerun()


def members(project: Project, cluster: ClusterRow) -> None:
    """The kept example, and each other member beside it with its differences and decisions."""
    found = project.members(cluster.cluster, SHOWN)
    keepers = {member.example.id: member for member in found if member.is_keeper}
    for member in sorted(found, key=lambda member: member.keeper != cluster.keeper):
        if not member.is_keeper and member.keeper in keepers:
            _pair(project, keepers[member.keeper], member)
    alone = set(keepers) - {member.keeper for member in found if not member.is_keeper}
    for id in sorted(alone):
        with st.container(border=True):
            st.caption("Kept: it resembles others of this group only through a third one.")
            marked([(False, keepers[id].example.input)], f"alone-{id}")
            _output(keepers[id], f"alone-{id}")
    if cluster.size > len(found):
        st.caption(f"{len(found):,} of {cluster.size:,} rows are shown, the most similar first.")


def _pair(project: Project, keeper: Member, member: Member) -> None:
    key = member.example.id
    left_spans, right_spans = project.differences(keeper.example.input, member.example.input)
    with st.container(border=True):
        left, right = st.columns(2)
        with left:
            st.caption(f"Kept{state_words(keeper)}")
            marked(left_spans, f"left-{key}")
            _output(keeper, f"left-{key}")
        with right:
            st.caption(f"{views.KINDS[member.kind]}, similarity {member.similarity:.2f}{state_words(member)}")
            marked(right_spans, f"right-{key}")
            _output(member, f"right-{key}")
        if reasons := project.guards(keeper.example.input, member.example.input):
            st.caption(f"Not removed by itself: the texts differ in a {', '.join(sorted(reasons))}.")
        _decisions(member)


def state_words(member: Member) -> str:
    pinned = {"keep": ", kept on request", "keeper": ", chosen as the kept one"}.get(member.example.pinned, "")
    left_out = ", left out" if member.example.status == "rejected" else ""
    return pinned + left_out


def _output(member: Member, key: str) -> None:
    if member.example.label is not None:
        st.text(f"Label: {views.visible(member.example.label)}")
    elif member.example.output:
        st.caption("Ideal output")
        marked([(False, views.short(member.example.output, 600))], f"output-{key}")


def _decisions(member: Member) -> None:
    example = member.example
    key = f"{example.id}-{example.version}"

    def button(label: str, action: Any) -> None:
        args = (example.id, action, example.version)
        st.button(label, key=f"{action}-{key}", on_click=state.decide, args=args)

    with st.container(horizontal=True):
        button("Make it the kept one", "keeper")
        button("Keep both", "keep")
        button("Leave it out", "reject")
        if example.version:
            st.button("Undo my last decision", key=f"undo-{key}", on_click=state.undo)
