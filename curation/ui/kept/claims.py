"""The rows that a session holds while a person looks at them, so that nobody else gets them meanwhile."""

import os
import socket
import time
from functools import cache

import streamlit as st

from curation.project import Project
from curation.project.place import processes, stores
from curation.ui import kept

GRACE = 5.0
"""Seconds without a connection after which another person's rows are free: a network that is gone for longer is rare,
and what was decided meanwhile is refused and said."""
_HELD = "holds-rows-of"


def holder(project: Project) -> str:
    """This session, as the one that holds rows: its process, its browser, itself."""
    st.session_state[_HELD] = project
    let_go_of_gone(project, _me())
    return _me()


def leave(project: Project, page: str) -> None:
    """Let go of the rows held, on a page or in a project where nobody looks at them."""
    held = st.session_state.get(_HELD)
    if held is not None and (page != "review" or held is not project):
        if stores.is_project(held.folder):  # it may be renamed or deleted since
            held.decisions.queue.release(_me())
        del st.session_state[_HELD]


def _me() -> str:
    # Where sessions cannot be told apart, as in tests of pages, neither can browsers.
    browser = "" if kept.sessions() is None else st.session_state.get("browser", "")
    return f"{_process()} {browser} {kept.session()}"


@cache
def _process() -> str:
    return f"{os.getpid()}:{processes.started_at(os.getpid())}@{socket.gethostname()}"


_gone_since: dict[str, float] = {}
"""When a session was first seen to be gone, by its name as a holder."""


def let_go_of_gone(project: Project, holder: str) -> None:
    """Free what is held by servers that have ended, by pages that the browser of `holder` has closed or drawn anew, and
    by others that have been gone for GRACE seconds."""
    active, at, own = kept.sessions(), time.monotonic(), holder.split(" ")[1]
    for name in project.decisions.queue.holders():
        process, browser, session = [*name.split(" "), "", ""][:3]
        if process == _process():
            if active is None or session in active:
                _gone_since.pop(name, None)
                continue
            if browser != own and at - _gone_since.setdefault(name, at) < GRACE:
                continue
        elif _is_alive(process, stores.is_on_server(project.folder)):
            continue
        project.decisions.queue.release(name)
        _gone_since.pop(name, None)


def _is_alive(process: str, is_shared: bool) -> bool:
    """Whether a server runs, as far as can be told: what others hold on another computer ends with its time."""
    named, _, host = process.partition("@")
    if is_shared and host != socket.gethostname():
        return True
    pid, _, started = named.partition(":")
    try:
        return processes.is_alive(int(pid), float(started))
    except ValueError:
        return True  # not a server of ours, such as a script: its claims end with their time
