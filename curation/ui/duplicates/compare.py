"""Two examples side by side with their differences marked, and the decisions about each."""

from typing import Any

import streamlit as st

from curation.project import Project
from curation.records import (
    OPEN,
    ClusterRow,
    Member,
)
from curation.ui import state
from curation.ui.duplicates import merge
from curation.ui.widgets import formatting
from curation.ui.widgets.parts import Spans, marked
from curation.ui.widgets.search import placing
from curation.wording import ACTIONS, BAD_ANSWER, CLUSTERS, DECISIONS, PINS

SHOWN = 12  # members drawn at once; a cluster can hold thousands
ALL = 100  # members drawn when asked for all: each is a pair of texts with its buttons
OUTPUT_SHOWN = 600  # characters of an output whose differences are marked; the start is shown of longer ones


def members(project: Project, cluster: ClusterRow) -> None:
    """The kept example, and each other member beside it with its differences and decisions."""
    key = f"all-members-{project.name}-{cluster.cluster}"
    limit = ALL if st.session_state.get(key) else SHOWN
    found = project.duplicates.stored.members(cluster.cluster, limit)
    if len(found) < cluster.size and len(found) > 1 and found[-1].is_keeper:
        found = found[:-1]  # the rows beside it were cut off
    keepers = {member.example.id: member for member in found if member.is_keeper}
    for member in found:
        if not member.is_keeper and member.keeper in keepers:
            _pair(project, keepers[member.keeper], member)
    alone = set(keepers) - {member.keeper for member in found if not member.is_keeper}
    for id in sorted(alone):
        with st.container(border=True):
            st.caption("Kept: linked to this group only through another row.")
            marked([(False, keepers[id].example.input)], f"alone-{id}")
            _output(keepers[id], [], f"alone-{id}")
    if cluster.size > len(found):
        st.caption(f"{len(found):,} of {cluster.size:,} rows are shown, the most similar first.")
        if limit < ALL:
            label = "Show all" if cluster.size <= ALL else f"Show {ALL}"
            st.button(label, key=f"show-{key}", on_click=_show_all, args=(key,))


def _show_all(key: str) -> None:
    st.session_state[key] = True


def _pair(project: Project, keeper: Member, member: Member) -> None:
    key = member.example.id
    left_spans, right_spans = _marked_apart(project, keeper.example.input, member.example.input)
    left_output, right_output = _output_spans(project, keeper, member)
    with st.container(border=True):
        left, right = st.columns(2)
        with left:
            st.caption(f"Kept{state_words(keeper)}")
            marked(left_spans, f"left-{key}")
            _output(keeper, left_output, f"left-{key}")
        with right:
            st.caption(f"{CLUSTERS[member.kind].title}{state_words(member)}")
            marked(right_spans, f"right-{key}")
            _output(member, right_output, f"right-{key}")
            st.text(fate(member))
            _decisions(project, member)
        if reasons := project.duplicates.guards(keeper.example.input, member.example.input):
            st.caption(f"Never left out automatically or in bulk: the texts differ in a {', '.join(sorted(reasons))}.")
        _labels(keeper, member)
        merge.form(project, keeper, member)


def _marked_apart(project: Project, left: str, right: str) -> tuple[Spans, Spans]:
    # Masked before they are compared: personal data cut in two by a difference would not be recognised.
    return project.duplicates.differences(formatting.visible(left), formatting.visible(right))


def state_words(member: Member) -> str:
    """What a person said about an example, to stand behind its kind."""
    pinned, status = member.example.pinned, member.example.status
    parts = [PINS[pinned].noun] if pinned else []
    parts += [DECISIONS[status].noun] if status not in OPEN else []
    return "".join(f", {part}" for part in parts)


def _output_spans(project: Project, keeper: Member, member: Member) -> tuple[Spans, Spans]:
    left, right = keeper.example.output, member.example.output
    if max(len(left), len(right)) <= OUTPUT_SHOWN:
        return _marked_apart(project, left, right)
    return [(False, formatting.short(left, OUTPUT_SHOWN))], [(False, formatting.short(right, OUTPUT_SHOWN))]


def _output(member: Member, spans: Spans, key: str) -> None:
    if member.example.label is not None:
        st.text(f"Label: {formatting.visible(member.example.label)}")
    if bad := formatting.bad_answer(member.example):
        st.caption(formatting.plain(BAD_ANSWER))
        marked([(False, formatting.short(bad, OUTPUT_SHOWN))], f"output-{key}")
    if member.example.output and member.example.output != member.example.label:
        st.caption("Ideal output")
        marked(spans or [(False, formatting.short(member.example.output, OUTPUT_SHOWN))], f"output-{key}")


def _decisions(project: Project, member: Member) -> None:
    example = member.example
    key = f"{example.id}-{example.version}"

    def button(label: str, action: Any, value: str = "") -> None:
        args = (example.id, action, example.version, value)
        st.button(label, key=f"{action}-{key}", on_click=state.decide, args=args)

    with st.container(horizontal=True, key=f"acts-{key}"):
        button(ACTIONS["keeper"].title, "keeper")
        button(ACTIONS["keep"].title, "keep")
        button(ACTIONS["reject"].title, "reject", project.duplicates.left_out_for(member))
        merge.button(member)
        placing.like(project, example.id)
        if example.version and _is_mine(project, example.id):
            st.button("Undo my last decision", key=f"undo-{key}", on_click=state.undo)


def _labels(keeper: Member, member: Member) -> None:
    """Where the two have different labels: each may be given the other's."""
    if None in (labels := (keeper.example.label, member.example.label)) or labels[0] == labels[1]:
        return
    with st.container(horizontal=True, key=f"acts-label-{member.example.id}-{member.example.version}"):
        for title, one, other in (("This one", member, keeper), ("The kept one", keeper, member)):
            example, label = one.example, other.example.label or ""
            st.button(
                formatting.plain(f"{title} is “{formatting.short(label, 40)}”"),
                key=f"label-{example.id}-{example.version}-{member.example.id}",
                on_click=state.decide,
                args=(example.id, "label", example.version, label),
            )


def _is_mine(project: Project, id: str) -> bool:
    """Whether the newest decision on an example is this reviewer's own and was made for it alone."""
    newest = project.decisions.of(id)[-1]
    return newest.reviewer == state.reviewer() and newest.action != "undo" and not newest.reason


def fate(member: Member) -> str:
    """What becomes of a row beside its keeper, naming the similarity, as things stand."""
    example, similarity = member.example, f"similarity {member.similarity:.2f}"
    if example.status == "rejected":
        return f"Left out by a person, for the kept example beside it, {similarity}."
    if example.pinned == "keeper":
        return f"Exported: {PINS['keeper'].noun}, {similarity}."
    if example.pinned == "keep":
        return f"Exported: {PINS['keep'].noun}, {similarity}."
    if example.status == "edited":
        return f"Exported: its text has changed since, {similarity} before."
    if member.kind in ("exact", "near"):
        return f"Not exported: it repeats the kept example, {similarity}."
    return f"Exported unless you leave it out, {similarity}."
