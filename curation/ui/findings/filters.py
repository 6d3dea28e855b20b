"""The findings page's parts: filters that combine, their effect, the picture of mixed-up labels, acting on all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import streamlit as st

from curation.project import Project
from curation.sampling.intervals import Interval
from curation.store.findings import Pair, Scope
from curation.store.pages import LIKELY, Filter
from curation.ui import frame as parts
from curation.ui import state
from curation.ui.review import queue
from curation.ui.widgets import bulk_actions, charts, finding_texts, formatting
from curation.wording import DECISIONS

LISTED = 100
"""Pairs in the table beside the picture: beyond it the rows a pair are few."""
COLUMNS: Any = {
    "Sure": st.column_config.NumberColumn(format="%.0f %%", width=56),
    "Check": st.column_config.TextColumn(width=150),
    "Input": st.column_config.TextColumn(width=195),
    "Why": st.column_config.TextColumn(width=200),
    "Output or label": st.column_config.TextColumn(width=115),
    "Suggestion": st.column_config.TextColumn(width=145),
    "Decision": st.column_config.TextColumn(width=80),
}
PAIR_COLUMNS: Any = {
    "Labelled": st.column_config.TextColumn(width=145),
    "Reads like": st.column_config.TextColumn(width=145),
    "Rows": st.column_config.NumberColumn(width=50),
    "Of that label": st.column_config.NumberColumn(format="%.0f %%", width=88),
}
"""Widths in pixels that together fit a 1440 px window; the picture beside names the labels in full on hovering."""
NO_THRESHOLD = 1e-9
"""As a filter of the review queue: every finding however weak; 0 means the queue's own threshold there."""


@dataclass(frozen=True)
class Figures:
    """What the page says about a filter; the same until anything stored changes."""

    by_check: dict[str, int]
    by_label: list[tuple[str, int]]
    scope: Scope
    bars: list[tuple[float, int]]
    pairs: list[Pair]
    suggested: dict[str, Scope]
    judged: tuple[int, int]
    precision: dict[str, Interval]


def figures(project: Project, filter: Filter) -> Figures:
    """The figures of a filter, counted once for each version of the project."""
    return _figures(project, str(project.folder), project.version(), repr(filter), filter)


@st.cache_resource(max_entries=500, show_spinner=False)
def _figures(_project: Project, folder: str, version: int, key: str, _filter: Filter) -> Figures:
    by_check, by_label = _project.finding_choices(_filter)
    return Figures(
        by_check,
        by_label,
        _project.finding_scope(_filter),
        _project.confidence_counts(_filter),
        _project.label_pairs(_filter, LISTED),
        _project.suggested_scopes(_filter),
        _project.flags_judged(_filter),
        _precision(_project),
    )


def _precision(project: Project) -> dict[str, Interval]:
    """How often a check's flags are right, by check, from the newest audit if its result still holds."""
    result = project.audit_result()
    if result is None or result.found is None or result.why:
        return {}
    return {one.check: one.rate for one in result.found.precision if one.rate is not None}


def current(project: Project) -> Filter:
    """The filter of this session; more likely right than not to begin with."""
    found = st.session_state.get(f"findings-filter-{project.name}")
    return found if isinstance(found, Filter) else Filter(sure=LIKELY)


def keep(project: Project, filter: Filter) -> None:
    """Change the filter of this session and begin at its first page."""
    st.session_state[f"findings-filter-{project.name}"] = filter
    parts.reset_pages("findings")


def _turn(project: Project) -> int:
    # Widgets remember what was typed under their key: a new number clears them all.
    return int(st.session_state.get(f"findings-turn-{project.name}", 0))


def _clear(project: Project) -> None:
    st.session_state[f"findings-turn-{project.name}"] = _turn(project) + 1
    keep(project, Filter(sure=LIKELY))


def _set(project: Project, field: str, key: str) -> None:
    changed: dict[str, Any] = {field: st.session_state[key] or ""}
    keep(project, replace(current(project), **changed))


def _set_sure(project: Project, key: str) -> None:
    keep(project, replace(current(project), sure=st.session_state[key] / 100))


def filters(project: Project, titles: dict[str, str]) -> Filter:
    """Check, label, text and decision: each list counts what the other filters leave."""
    filter = current(project)
    found = figures(project, filter)
    checks = {"": "All checks"} | {check: f"{titles.get(check, check)} ({n:,})" for check, n in found.by_check.items()}
    labels = {"": "All labels"} | {label: f"{formatting.short(label, 60)} ({n:,})" for label, n in found.by_label}
    statuses = {"": "Decided or not", **{status: word.title for status, word in DECISIONS.items()}}
    left, middle, right, last = st.columns(4)
    with left:
        _choice(project, "Check", "check", checks)
    with middle:
        _choice(project, "Label", "label", labels)
    with right:
        key = f"f-text-{project.name}-{_turn(project)}"
        st.text_input("Text contains", filter.text, key=key, on_change=_set, args=(project, "text", key))
    with last:
        _choice(project, "Decision", "status", statuses)
    return filter


def _choice(project: Project, title: str, field: str, options: dict[str, str]) -> None:
    chosen = getattr(current(project), field)
    options.setdefault(chosen, f"{formatting.short(chosen, 60)} (0)")  # a choice stays even when nothing is left of it
    # The browser answers with the text of an option, so a list whose counts have changed needs a key of its own.
    key = f"f-{field}-{project.name}-{_turn(project)}-{crc32(repr(options).encode(errors='replace'))}"
    at = list(options).index(chosen)
    args = (project, field, key)
    st.selectbox(title, list(options), at, options.__getitem__, key=key, on_change=_set, args=args)


def effect(project: Project, filter: Filter, titles: dict[str, str]) -> Scope:
    """The threshold with its histogram, and at once what it leaves and how far that may be trusted."""
    found = figures(project, filter)
    scope = found.scope
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        frame = finding_texts.confidence_frame(found.bars, filter.sure)
        st.altair_chart(charts.confidence(frame, filter.sure), width="stretch")
        key = f"f-sure-{project.name}-{_turn(project)}"
        sure = round(100 * filter.sure)
        args = (project, key)
        st.slider("At least this sure", 0, 100, sure, 5, "%d %%", key=key, on_change=_set_sure, args=args)
    with right:
        with st.container(horizontal=True, key="figures"):
            st.metric("Findings", f"{scope.findings:,}")
            st.metric("Rows", f"{scope.rows:,}")
            if scope.classes:
                st.metric("Classes", f"{scope.classes:,}")
            st.metric(
                "Decided rows",
                f"{scope.decided:,}",
                help="Rows that people have decided; bulk actions leave them alone.",
            )
        parts.lines(finding_texts.trust_lines(filter, found.by_check, found.precision, found.judged, titles))
    return scope


def mixed_up(project: Project, filter: Filter) -> None:
    """Given against suggested labels as a picture and a list; a press on either narrows the findings to the pair."""
    st.header("Labels confused with each other", anchor=False)
    if not project.label_counts():
        st.text("The outputs of this set are free text, not labels, so no labels can be confused.")
        return
    pairs = figures(project, filter).pairs
    if not pairs:
        st.text("No other label is suggested for any row in this filter.")
        return
    chosen = (filter.given, filter.suggested)
    turn = f"{project.name}-{st.session_state.get('pair-turn', 0)}-{crc32(repr(filter).encode(errors='replace'))}"
    picture, listed = st.columns(2, gap="large")
    with picture:
        frame = finding_texts.picture_frame(pairs, chosen)
        chart = charts.confusion(frame, st.context.theme.type == "dark")
        key = f"picture-{turn}"
        st.altair_chart(chart, width="stretch", key=key, on_select=_on_select(project, pairs, key))
    with listed:
        key = f"pairs-{turn}"
        st.dataframe(
            finding_texts.pairs_frame(pairs),
            hide_index=True,
            width="stretch",
            height=min(35 * (len(pairs) + 1) + 2, 420),  # Streamlit draws 35 px a row
            key=key,
            on_select=_on_select(project, pairs, key),
            selection_mode="single-row",
            column_config=PAIR_COLUMNS,
        )
        st.caption(formatting.plain(finding_texts.pairs_line(len(pairs), LISTED)))


def _on_select(project: Project, pairs: Sequence[Pair], key: str) -> Any:
    def pick() -> None:
        selection = st.session_state[key].selection
        rows = selection.get("rows") or [cell["Cell"] for cell in selection.get("cell") or []]
        if rows:
            show_pair(project, pairs[int(rows[0])])

    return pick


def show_pair(project: Project, pair: Pair | None) -> None:
    """Narrow the findings to one pair of labels, or to none."""
    # Picture and list both forget their mark, so that the same pair can be pressed again.
    st.session_state["pair-turn"] = st.session_state.get("pair-turn", 0) + 1
    given, suggested = (pair.given, pair.suggested) if pair else ("", "")
    keep(project, replace(current(project), given=given, suggested=suggested))


def pair_bar(project: Project, filter: Filter) -> None:
    """Which pair the findings are narrowed to, and the ways out of the filter."""
    if filter == Filter(sure=filter.sure):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="pair-bar"):
        if filter.given:
            pair = f"Only rows labelled “{filter.given}” that read like “{filter.suggested}”."
            st.text(formatting.visible(pair))
            st.button("Show all pairs", key="all-pairs", on_click=show_pair, args=(project, None))
        st.button("Clear the filter", key="clear-filter", on_click=_clear, args=(project,))


def act_on_all(project: Project, filter: Filter, scope: Scope, titles: dict[str, str]) -> None:
    """What can be done to every row in the filter, each counted before and confirmed."""
    scopes = figures(project, filter).suggested
    where = finding_texts.filter_words(filter, titles)

    def offer(key: str, label: str, line: str, act: Any, done: str, is_idle: bool) -> None:
        bulk_actions.confirm(
            project, key, label, line, lambda: project.changes(filter, act), f"{done}: {where}", disabled=is_idle
        )

    with st.container(horizontal=True, vertical_alignment="center", key="act-on-all"):
        st.text(f"All {scope.rows:,} rows in the filter:")
        idle = not any(found.open for found in scopes.values())
        follow = finding_texts.follow_line(scopes, scope)
        offer("follow", "Follow the suggestions", follow, "suggestion", "Followed the suggestions", idle)
        out = finding_texts.all_line("Leaves out", scope)
        offer("leave-out", "Leave them out", out, "reject", "Left out", scope.open == 0)
        right = finding_texts.all_line("Accepts", scope)
        offer("right", "Accept them", right, "accept", "Accepted", scope.open == 0)
        label = f"Review them one by one ({scope.open:,})"
        if st.button(label, key="to-review", disabled=scope.open == 0, on_click=_to_review, args=(filter,)):
            st.switch_page(str(state.page_file("review")))


def _to_review(filter: Filter) -> None:
    # The review page offers this filter as one more queue.
    queue.hand_over(state.project(), replace(filter, sure=filter.sure or NO_THRESHOLD))


def _is_checking(project: Project) -> bool:
    job = project.newest_job()
    return job is not None and job.state in ("queued", "running")


def await_quick_look(project: Project) -> None:
    """Draw the page again as soon as first suspects are there, while the checks run."""
    if _is_checking(project):
        st.fragment(_watch, run_every=1.0)(project)


def _watch(project: Project) -> None:
    if project.is_quick_look():
        st.rerun(scope="app")


def quick_look_bar(project: Project) -> None:
    """That these are first suspects only, and whether the checks are still on their way."""
    is_running = _is_checking(project)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="quick-look"):
        word = "First look, still checking" if is_running else "First look only"
        st.badge(word, color="orange", icon=":material/hourglass_top:")
        st.text(
            "Suspected labels by a first, rougher check. The full checks replace them when they end."
            if is_running
            else "The full checks did not finish, so other problems were not searched for and the verdict does "
            "not use these.",
            width="stretch",
        )
        if not is_running:
            parts.run_checks(project)
