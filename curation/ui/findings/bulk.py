"""What can be done to every row in the filter at once, each counted before and confirmed."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from curation.project import Project
from curation.records import (
    LIKELY,
    PRIVATE_CHECKS,
    Filter,
    Scope,
)
from curation.ui import state
from curation.ui.findings import filters
from curation.ui.review import queue
from curation.ui.widgets import bulk_actions, formatting
from curation.ui.widgets.bulk_actions import BulkAction, already_decided
from curation.wording import ACCEPTED_PRIVATE, counted, listed


def on_all(project: Project, filter: Filter, scope: Scope, titles: dict[str, str]) -> None:
    """What can be done to every row in the filter, each counted before and confirmed."""
    scopes = filters.figures(project, filter).suggested
    where = formatting.filter_words(filter, titles)

    def offer(key: str, label: str, line: str, act: Any, done: str, is_idle: bool) -> None:
        changes = partial(project.findings.changes, filter, act)
        bulk_actions.confirm(project, BulkAction(key, label, line, changes, f"{done}: {where}", is_idle))

    with st.container(horizontal=True, vertical_alignment="center", key="act-on-all"):
        st.text("The one row in the filter:" if scope.rows == 1 else f"All {scope.rows:,} rows in the filter:")
        idle = not any(found.open for found in scopes.values())
        follow = follow_line(scopes, scope)
        offer("follow", "Follow the suggestions", follow, "suggestion", "Followed the suggestions", idle)
        read = filters.figures(project, filter).only_read
        some = replace(scope, rows=scope.rows - read)
        out = _sentences(all_line("Leaves out", some), only_read_line(read))
        offer("leave-out", "Leave them out", out, "reject", "Left out", some.open == 0)
        right = _sentences(all_line("Accepts", scope), ACCEPTED_PRIVATE if filter.check in PRIVATE_CHECKS else "")
        offer("right", "Accept them", right, "accept", "Accepted", scope.open == 0)
        waiting = filters.figures(project, filter).waiting
        label = f"Review them one by one ({waiting:,})"
        if st.button(label, key="to-review", disabled=waiting == 0, on_click=_to_review, args=(filter,)):
            st.switch_page(str(state.page_file("review")))
    if (line := only_read_line(read)) and scope.open:
        st.text(line)
    if why := idle_line(scope, scopes):
        st.text(why)
    planned = filters.figures(project, filter).planned - waiting
    if filter == Filter(sure=LIKELY) and planned > 0:
        st.text(planned_line(planned))


def _to_review(filter: Filter) -> None:
    # The review page offers this filter as one more queue.
    queue.hand_over(state.project(), filters.in_review(filter))


def idle_line(scope: Scope, scopes: Mapping[str, Scope]) -> str:
    """Why an act on all rows of the filter is disabled; "" where none is."""
    if not scope.rows:
        return "These findings are about labels or the whole set, so there is no row to decide."
    if not scope.open:
        all_of = "The one row was" if scope.rows == 1 else f"All {scope.rows:,} rows were"
        return f"{all_of} decided by people; bulk acts pass these over."
    if not any(found.open for found in scopes.values()):
        return "No row that nobody has decided has a suggestion to follow."
    return ""


def only_read_line(n: int) -> str:
    """That rows which a model alone calls wrong are not left out unseen, and what would change that; "" without any."""
    if not n:
        return ""
    rows = f"{counted(n, 'more row is', 'more rows are')} called wrong by a model alone"
    seen = f"people must see {'it' if n == 1 else 'them'} until an audit shows that it is right in nine of ten"
    return f"{rows}: {seen}, and the verdict was judged again with it."


def planned_line(n: int) -> str:
    """That the queue of all findings holds more rows than have a finding in this filter, and whence."""
    return f"Review holds {counted(n, 'more row')} that the work plan asks people to look at."


def follow_line(scopes: Mapping[str, Scope], whole: Scope) -> str:
    """What following every suggestion in the filter would do."""
    done = []
    if relabel := scopes.get("relabel"):
        done.append(f"relabels {_rows(relabel.open)} of {_classes(relabel.classes)}")
    if drop := scopes.get("drop"):
        done.append(f"leaves out {_rows(drop.open)}")
    if replace := scopes.get("replace"):
        done.append(f"replaces the output of {_rows(replace.open)}")
    said = listed(done) if done else "changes nothing"
    silent = whole.rows - sum(scope.rows for scope in scopes.values())
    rest = f"{_rows(silent)} without a suggestion stay as they are." if silent else ""
    return _sentences(
        f"{_capital(said)}.", already_decided(sum(scope.decided for scope in scopes.values())), _capital(rest)
    )


def all_line(verb: str, scope: Scope) -> str:
    """What deciding every row of the filter the same way would do; `verb` is "Leaves out" or "Accepts"."""
    of = f" of {_classes(scope.classes)}" if scope.classes else ""
    return _sentences(f"{verb} {_rows(scope.open)}{of}.", already_decided(scope.decided))


def _rows(n: int) -> str:
    return counted(n, "row", "rows")


def _classes(n: int) -> str:
    return f"{n:,} class" if n == 1 else f"{n:,} classes"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)
