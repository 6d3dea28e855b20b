"""What a browser session works on: its project, its reviewer, its query parameters. No data is kept in the session."""

import gc
import getpass
import os
import re
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Literal

import streamlit as st

from curation import files
from curation.errors import CurationError, NotAllowed, StaleDecision
from curation.project import Project
from curation.project.jobs import Analyse
from curation.project.place import folders as place
from curation.project.place import stores
from curation.records import LOCAL, Action, Actor, Role
from curation.ui.state import identity

SAMPLE = "Sample tickets"
REJECTED = "/download/rejected"
"""The address of the rejected rows, which are sent as they are read."""
CARD = "/review/card"
"""Where a card stores what was decided (/decisions below it) and asks for rows (/rows), its page not being drawn."""
UNUSED = 24 * 3600.0
"""Seconds after which an upload that nobody has loaded is removed."""
_NAMED = "CURATION_PROJECT"
"""The variable with the folder named on the command line."""
personal_data_is_shown: ContextVar[bool] = ContextVar("personal_data_is_shown", default=False)
"""Whether this session asked for personal data and keys as they are; where nobody asked they are masked."""
FROM_FINDINGS = "from findings"
"""The review queue that is the filter of the findings page."""


def page_file(name: str) -> Path:
    """The script of a page, by the word in its address."""
    return Path(__file__).parents[1] / name / "page.py"


@st.cache_resource
def freeze_garbage_once() -> bool:
    """Take all imported modules out of garbage collection: Streamlit collects after every rerun (30 ms without)."""
    gc.collect()
    gc.freeze()
    return True


@st.cache_resource(max_entries=100)
def _open(folder: str, database: int, name: str, role: Role | Literal[""]) -> Project:
    # One for each person: a project knows who opened it. `database` is its file: a project deleted and made again under
    # its name is another one.
    files.sweep_project(Path(folder), UNUSED)
    return Project.open(Path(folder), actor=None if name == LOCAL else Actor(name, role))


def _mine(folder: Path) -> Project:
    """The project in a folder as whoever works in this session. Raises NotAllowed where it is not for them."""
    who = identity.actor() or Actor(LOCAL)
    return _open(str(folder), database_of(folder), who.name, who.role)


def database_of(folder: Path) -> int:
    """The number of a project's file, 0 where there is none: one deleted and made again is another one."""
    try:
        return stores.files(folder)[0].stat().st_ino
    except (FileNotFoundError, IndexError):  # deleted this moment: opening it says so
        return 0


def _is_mine(folder: Path) -> bool:
    try:
        return _mine(folder).members.role() is not None
    except NotAllowed:
        return False


def folders() -> dict[str, Path]:
    """The projects of this computer by name, archived ones too, the one named on the command line first; of a server
    those that whoever signed in may see."""
    return {name: path for name, path in all_folders().items() if not identity.is_served() or _is_mine(path)}


def all_folders() -> dict[str, Path]:
    """Every project there is, whoever may see it."""
    named = os.environ.get(_NAMED)
    if named and not stores.is_project(Path(named)):
        beside = {path.name: path for path in place.in_folder(Path(named).parent)}
        now = called_now(Path(named).name, beside)
        named = os.environ[_NAMED] = str(beside[now]) if now else ""
    found = [Path(named)] if named else []
    return {path.name: path for path in [*found, *place.in_folder(files.projects_folder())]}


def called_now(name: str, known: Mapping[str, Path]) -> str:
    """What the project that had this name is called now, "" where none of these had it."""
    return next((now for now, folder in known.items() if name in _former_names(folder)), "")


def _former_names(folder: Path) -> tuple[str, ...]:
    try:
        return place.former_names(_mine(folder).place)
    except CurationError:  # not for this person, or not to be opened: its own page says so
        return ()


def moved(old: Project, new: Path | None) -> None:
    """Note that a project has another folder now, or none: for all sessions that have it open."""
    _open.clear()  # every project is opened anew: one that keeps its old folder would write there
    if Path(os.environ.get(_NAMED, "")) == old.folder:
        os.environ[_NAMED] = str(new or "")
    if new is not None:
        choose(new.name)


def is_sample(project: Project) -> bool:
    """Whether this is the sample, and whoever works in this session may make a project of their own."""
    return project.folder == files.projects_folder() / SAMPLE and identity.may_create()


def own_name(file: str) -> str:
    """What a project made of this file alone is called."""
    return _free_name(file.partition(".")[0])


def create(name: str) -> Project:
    """Make an empty project, called so or nearly so, and go to it."""
    free = _free_name(name)
    folder = files.projects_folder() / free
    Project.open(folder, create=True, actor=identity.actor()).close()
    choose(free)
    return _mine(folder)


def _free_name(name: str) -> str:
    safe = re.sub(r"[^\w\- ]+", " ", name).strip()[:60] or "Project"
    free, number = safe, 2
    while free in folders() or (files.projects_folder() / free).exists():
        free, number = f"{safe} {number}", number + 1
    return free


def choose(name: str) -> None:
    """Go to a project. Touches the session only: a callback that draws or changes the address can be interrupted."""
    st.session_state["project"] = name
    st.session_state["unknown"] = ""
    forget_shown()


def project() -> Project:
    """The project of this session: the one last chosen or linked to, else the command line's or the sample.

    The address names it, so that links work; an address that changed since we last saw it is a link followed.
    """
    personal_data_is_shown.set(bool(st.session_state.get("show-personal")))
    if "plain" in st.query_params:  # kept, because the address of the next page says nothing of it
        st.session_state["plain"] = True
    known = folders()
    if not known and not identity.may_create():
        st.title("No project yet", anchor=False)
        st.text("You are not a member of any project here. Ask an admin of one to add you under the name below.")
        identity.field()
        st.stop()
    if not known:
        if not stores.is_project(make_sample(identity.actor())):  # made before, and deleted since
            make_sample.clear()
        known = {SAMPLE: make_sample(identity.actor())}
    linked = st.query_params.get("project")
    if linked and linked != st.session_state.get("linked"):
        st.session_state["project"] = linked
        st.session_state["unknown"] = "" if linked in known else linked
    wanted = st.session_state.get("project")
    name = wanted if wanted in known else _instead(wanted, known)
    st.session_state["project"] = st.session_state["linked"] = name
    if linked != name:
        st.query_params["project"] = name
    return _mine(known[name])


def _instead(wanted: str | None, known: dict[str, Path]) -> str:
    """The project to show where the one wanted is not there: it under its new name, else the first in the list."""
    if wanted and (now := called_now(wanted, known)):
        st.session_state["unknown"] = ""
        notify(f"{wanted} was renamed: it is called {now} now.")
        return now
    if wanted:
        st.session_state["unknown"] = wanted
        st.session_state["was-open"] = wanted == st.session_state.get("linked")
        forget_shown()
    return next((name for name, folder in known.items() if not place.is_archived(folder)), next(iter(known)))


def has_members() -> bool:
    """Whether several people are told apart here: they sign in, or the project has members."""
    return identity.is_served() or bool(project().members.all())


@st.cache_resource
def _fault_at_start(opened: str, _project: Project) -> str:
    return _project.place.newest_fault()


def fault(project: Project) -> str:
    """What was wrong with the newest of the record when the app opened the project, "" where nothing."""
    return _fault_at_start(project.place.opened, project)


@st.cache_resource
def make_sample(_actor: Actor | None = None) -> Path:
    """The folder of the sample project, loaded on first use; its checks start in the background."""
    folder = files.projects_folder() / SAMPLE
    sample = Project.open(folder, create=True, actor=_actor)
    if not sample.examples.stored.sources():
        sample.examples.load(files.app_folder() / "sample_data" / "support_tickets.csv")
        sample.jobs.start(Analyse())
    sample.close()
    return folder


def reviewer() -> str:
    """Who decides in this session: who signed in, else the name given in the sidebar."""
    if identity.is_served():
        return identity.person()
    # A run that leads to another page ends before the field is drawn, and what a field held is then forgotten.
    return str(st.session_state.get("reviewer-known") or st.session_state.get("reviewer") or _user())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "reviewer"


def decide(example: str, action: Action, seen_version: int, value: str = "") -> None:
    """Store a decision at once; a conflict becomes a notice, never an overwrite."""
    try:
        project().decisions.decide(example, action, seen_version, value, reviewer())
    except StaleDecision as conflict:
        mine = project().decisions.of(example)[-1:]
        own = bool(mine) and mine[0].reviewer == reviewer()
        notify("You pressed the key before the next example was on screen. It was ignored." if own else str(conflict))
    if st.session_state.get("queue-stays") and not st.session_state.get("shown"):
        st.session_state["passed"] = st.session_state.get("position", -1)
    st.session_state.pop("shown", None)


def undo() -> None:
    """Take back this reviewer's newest decision and go back to its example."""
    try:
        example = project().decisions.undo(reviewer())
    except StaleDecision as conflict:
        notify(str(conflict))
        return
    if example is None:
        notify("You have nothing to undo.")
    else:
        st.session_state["shown"] = example


def forget_shown() -> None:
    """Start a review queue at its beginning."""
    for key in ("shown", "passed", "position", "trail", "editing"):
        st.session_state.pop(key, None)


def notify(message: str) -> None:
    """Show a sentence on the next drawing of the page."""
    st.session_state["notice"] = message


KEPT = "kept"
"""The key of the component that speaks with the browser."""


def is_narrow() -> bool:
    """Whether the window is as narrow as a phone's, as the browser last said: tables then show what matters first."""
    said = st.session_state.get(KEPT) or {}
    narrow = said.get("narrow")
    return st.context.cookies.get("curation-narrow") == "yes" if narrow is None else bool(narrow)
