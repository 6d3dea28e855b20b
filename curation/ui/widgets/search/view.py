"""What the Rows page shows: filter, order, columns, the row that is open; kept in the session and in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

import streamlit as st

from curation.project import Project
from curation.records import Filter, Sort
from curation.ui.widgets import address, parts
from curation.ui.widgets.formatting import plain

COLUMNS = (
    "Input", "Output", "Label", "Decision", "Decided by", "Decided at", "Findings", "Tags", "Sent to", "Length",
    "Cluster", "File", "Row", "ID",
)  # fmt: skip


def usual_columns(project: Project) -> tuple[str, ...]:
    """The columns to begin with: what a set of labels or of texts has, the file where there are several."""
    side = "Label" if project.examples.is_classification() else "Output"
    several = len(project.examples.stored.sources()) > 1
    return ("Input", side, "Decision", "Findings", *(["File"] if several else []), "Row")


ORDERS: tuple[Sort, ...] = tuple(sort for sort in get_args(Sort) if sort != "nearest")
"""The orders to choose from."""
ALSO = ("sort", "columns", "row")
"""What an address says of a view beside its filter."""


@dataclass(frozen=True)
class View:
    """A view of the rows; `columns` are empty where nobody chose, `row` is the id of the row that is open."""

    filter: Filter = Filter()
    sort: Sort = "loaded"
    columns: tuple[str, ...] = ()
    row: str = ""

    def params(self) -> dict[str, str]:
        """The view as parameters of an address."""
        said = address.params(self.filter)
        if self.sort != "loaded":
            said["sort"] = self.sort
        if self.columns:
            said["columns"] = ",".join(self.columns)
        return said | ({"row": self.row} if self.row else {})


def view_of(given: Mapping[str, str]) -> tuple[View, list[str]]:
    """The view that an address names, and a sentence for each part of it that cannot be read."""
    filter, wrong = address.filter_of(given)
    sort: Any = given.get("sort", "loaded")
    if sort not in ORDERS:
        wrong.append("The address names an order that there is none of. The rows are as loaded.")
        sort = "loaded"
    columns = tuple(name for name in given.get("columns", "").split(",") if name in COLUMNS)
    return View(filter, sort, columns, given.get("row", "")), wrong


def current(project: Project) -> View:
    """The view of this session: the last one chosen, or that of a link followed since."""
    given = address.said(ALSO)
    if given and given != st.session_state.get(_key(project, "linked")):
        view, wrong = view_of(given)
        keep(project, view)
        st.session_state[_key(project, "turn")] = turn(project) + 1
        for sentence in wrong:
            st.warning(plain(sentence))
        return view
    found = st.session_state.get(_key(project, "view"))
    return found if isinstance(found, View) else View()


def show_in_address(project: Project, view: View) -> None:
    """Let the address be a link to this view."""
    wanted = view.params()
    address.say(project.name, wanted, ALSO)
    st.session_state[_key(project, "linked")] = wanted


def keep(project: Project, view: View) -> None:
    """Change the view of this session; a new filter or order begins at its first page."""
    before = st.session_state.get(_key(project, "view"))
    st.session_state[_key(project, "view")] = view
    if not isinstance(before, View) or (before.filter, before.sort) != (view.filter, view.sort):
        parts.reset_pages("rows")


def change(project: Project, **filter: Any) -> None:
    """Change fields of the filter."""
    view = current_kept(project)
    keep(project, replace(view, filter=replace(view.filter, **filter)))


def current_kept(project: Project) -> View:
    """The view as last kept: for callbacks, which run before the address is read."""
    found = st.session_state.get(_key(project, "view"))
    return found if isinstance(found, View) else View()


def open_row(project: Project, id: str) -> None:
    """Open a row, or with "" go back to the list."""
    keep(project, replace(current_kept(project), row=id))
    st.session_state[_key(project, "turn")] = turn(project) + 1


def like(project: Project, id: str) -> None:
    """Show the rows like one."""
    show(project, Filter(like=id))


def show(project: Project, filter: Filter) -> None:
    """Show the rows of a filter, when this page is opened next."""
    keep(project, replace(current_kept(project), filter=filter, row=""))
    st.session_state[_key(project, "turn")] = turn(project) + 1


def clear(project: Project) -> None:
    """Show every row again."""
    keep(project, replace(current_kept(project), filter=Filter()))
    st.session_state[_key(project, "turn")] = turn(project) + 1


def turn(project: Project) -> int:
    """A number that clears what the widgets hold: they remember what was typed under their key."""
    return int(st.session_state.get(_key(project, "turn"), 0))


def _key(project: Project, name: str) -> str:
    return f"rows-{name}-{project.name}"
