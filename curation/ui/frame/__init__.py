"""What stands around every page: the sidebar, the running job, the verdict strip, the style."""

import streamlit as st

from curation.project import Project
from curation.project.place import folders
from curation.registry import left_out
from curation.ui import kept, state
from curation.ui.frame import endings
from curation.ui.kept import claims
from curation.ui.state import identity
from curation.ui.widgets import formatting, outcomes, parts
from curation.ui.widgets.steps import is_stale, next_button
from curation.wording import GLOSSARY, JOBS, OUTCOMES, percent

# Streamlit leaves 6 rem free above every page; the only style of ours, and no text from data in it.
_style = st.components.v2.component(
    "page_style",
    css="""
    [data-testid="stMainBlockContainer"] { padding: 3.2rem 3rem 3rem; }
    :is(.st-key-strip, .st-key-ending, [class*="st-key-beside-"])
    > [data-testid="stElementContainer"]:has([data-testid="stText"]) {
        flex: 1 1 12rem; min-width: 0;
    }
    [class*="st-key-beside-reason-"] > [data-testid="stElementContainer"]:first-child { min-width: 7rem; }
    @media (max-width: 700px) {
        [class*="st-key-beside-reason-"] > [data-testid="stElementContainer"]:has([data-testid="stText"]) {
            flex-basis: 100%;
        }
    }
    .st-key-strip > [data-testid="stElementContainer"]:has([data-testid="stCaptionContainer"]) { flex: none; }
    @media (min-width: 701px) { .st-key-strip, .st-key-ending { flex-wrap: nowrap; } }
    /* Streamlit's captions have a contrast of 4.26; WCAG asks for 4.5. */
    body [data-testid="stCaptionContainer"] { color: inherit; opacity: 0.75; }
    body [data-testid="stCaptionContainer"] code { color: inherit; font-size: 0.95em; }
    /* The accent is a background for white: as a text on the dark theme its contrast is 3.5. */
    body :is([data-testid="stTab"][aria-selected="true"], [data-testid="stSliderThumbValue"]) { color: inherit; }
    body button[data-variant][data-selected="true"] { color: inherit !important; }
    .st-key-all-checks :is(td, th) { max-width: none; * { max-width: none; } }
    .st-key-all-checks :is(td, th):nth-child(2) { text-align: right; font-variant-numeric: tabular-nums; }
    [data-testid="stSidebarNavLink"]:focus-visible { outline: 2px solid #178479; outline-offset: -2px; }
    [data-testid="stBottomBlockContainer"] { padding: 0.6rem 3rem 0.8rem; }
    [data-testid="stMainBlockContainer"] [data-testid="stText"] { max-width: 75ch; }
    /* Right to left where the text is, each paragraph by itself. */
    [class*="st-key-box-"] [data-testid="stText"] { unicode-bidi: plaintext; text-align: start; }
    .st-key-labels button, .st-key-actions button { white-space: nowrap; }
    [data-testid="stMain"]:has(.st-key-card-place) [data-testid="stMainBlockContainer"] {
        padding-bottom: 0; padding-left: 2.5rem; padding-right: 2.5rem; max-width: none;
    }
    [class*="st-key-box-"] { min-height: 13rem; max-height: 13rem; overflow-y: auto; }
    @media (max-width: 700px) {
        [data-testid="stMainBlockContainer"] { padding: 4.2rem 1rem 1.5rem; }
        /* The outcome and the next step on one line, the sentence below it. */
        .st-key-strip {
            gap: 0.4rem 0.5rem; padding: 0.6rem 0.75rem;
            > [data-testid="stElementContainer"]:has([data-testid="stText"]) { order: 1; flex: 1 1 100%; }
            > [data-testid="stElementContainer"]:has([data-testid="stCaptionContainer"]) { display: none; }
            > [data-testid="stElementContainer"]:has(button) { margin-left: auto; }
            button { min-height: 2rem; padding: 0.1rem 0.5rem; font-size: 0.85rem; }
            .stMarkdownBadge { font-size: 0.75rem !important; padding: 0.1rem 0.3rem; }
            .stMarkdownBadge [role="img"] { display: none !important; }
            button span:has(> [data-testid="stIconMaterial"]) { display: none; }
            [data-testid="stText"] { font-size: 0.9rem; }
        }
        /* Buttons in two columns: of their own widths they would break into ragged lines. */
        .st-key-rows-acts, .st-key-act-on-all, .st-key-cluster-actions, .st-key-row-decide, .st-key-row-mark,
        .st-key-label-acts, [class*="st-key-acts-"] {
            display: grid; grid-template-columns: 1fr 1fr; gap: 0.5rem;
            > *, button { width: 100% !important; }
            > :has([data-testid="stText"]) { grid-column: 1 / -1; }
            button { min-height: 2.75rem; }
            button p { white-space: normal; }
        }
        :is(.st-key-rows-search, .st-key-rows-count, .st-key-findings-filters) > * {
            flex: 1 1 9rem; width: auto !important;
        }
        .st-key-rows-count > :has([data-testid="stText"]) { flex: 1 1 100%; }
        [data-testid="stBottomBlockContainer"] { padding: 0.4rem 0.6rem; }
        [data-testid="stBottomBlockContainer"] [data-testid="stVerticalBlock"] { gap: 0.4rem; }
        /* Labels and decisions are one row each that a thumb pushes sideways: the card stays in sight above them. */
        .st-key-labels, .st-key-actions { flex-wrap: nowrap; gap: 0.35rem; overflow-x: auto; scrollbar-width: thin; }
        .st-key-labels > *, .st-key-actions > * { flex: 0 0 auto; }
        .st-key-labels > :has([data-testid="stSelectbox"], [data-testid="stPopover"]) { order: 1; }
        .st-key-labels button, .st-key-actions button { min-height: 2.5rem; padding: 0.2rem 0.55rem; }
        [class*="st-key-box-"] { min-height: 7.5rem; max-height: 7.5rem; }
        .st-key-box-Label { min-height: 0; }
        [data-testid="stMain"]:has(.st-key-actions, .st-key-card-place) h1 { font-size: 1.25rem; padding: 0.4rem 0; }
        [data-testid="stMain"]:has(.st-key-actions, .st-key-card-place) [data-testid="stVerticalBlock"] { gap: 0.5rem; }
        [data-testid="stMain"]:has(.st-key-actions, .st-key-card-place) .st-key-strip {
            gap: 0.25rem; padding: 0.4rem;
            > * { width: auto; }
        }
        [data-testid="stMain"]:has(.st-key-actions, .st-key-card-place) [data-testid="stMainBlockContainer"] {
            padding-top: 4rem;
        }
        [data-testid="stMain"]:has(.st-key-card-place) [data-testid="stMainBlockContainer"] { padding: 4rem 1rem 0; }
    }
    @media (hover: none) {
        /* Where nothing hovers, a table's own buttons stay: they get the room they would take from what is above. */
        [data-testid="stElementContainer"]:has(> [data-testid="stFullScreenFrame"] [data-testid="stDataFrame"]) {
            margin-top: 1.5rem;
        }
    }
    @media (max-width: 700px) and (pointer: coarse) {
        .st-key-labels, .st-key-actions { scrollbar-width: none; }
        .st-key-labels button kbd, .st-key-actions button kbd { display: none; }
    }
    """,
    html="<span></span>",
    isolate_styles=False,
)


def frame(page: str) -> None:
    """Sidebar, notice, running job and verdict strip: the same on every page but Readiness, which shows the verdict."""
    project = state.project()
    st.session_state["framed"] = project.name
    kept.know(project)
    claims.leave(project, page)
    endings.begin()
    job = project.jobs.newest()
    ended = endings.due(job, page)
    _sidebar(project)
    with st.sidebar:
        _style(key="style", height=1)
        kept.keep(endings.spoken(ended, project))
        for sentence in left_out():
            st.warning(formatting.plain(sentence))
    if notice := st.session_state.pop("notice", None):
        st.toast(formatting.plain(notice), icon=":material/info:")
    if unknown := st.session_state.get("unknown"):
        name = f"“{formatting.short(unknown, 60)}”"
        gone = f"{name} is not here any more: somebody renamed or deleted it."
        why = gone if st.session_state.get("was-open") else f"There is no project {name} on this computer."
        st.warning(formatting.plain(f"{why} This is {project.name}."))
    if fault := state.fault(project):
        st.error(formatting.plain(f"{fault} Go back to a copy from before that, or find out who changed it."))
    # Each in a place of its own, there or empty: what comes after it is drawn anew when its place among them changes,
    # and a person may be writing in it.
    with st.container():
        if job is not None and job.state in ("queued", "running"):
            st.fragment(_watch, run_every=1.0)(project, job.id)
        elif ended is not None:
            endings.draw(project, ended, page)
    with st.container():
        if page != "readiness" or is_stale(project):
            _strip(project, page, has_button=ended is None or ended.state != "done")


def _sidebar(project: Project) -> None:
    names = [n for n, folder in state.folders().items() if n == project.name or not folders.is_archived(folder)]
    with st.sidebar:
        st.selectbox(
            "Project",
            names,
            index=names.index(project.name) if project.name in names else 0,
            key=f"project-choice-{project.name}",
            on_change=_switch,
            args=(f"project-choice-{project.name}",),
        )
        if identity.may_create():
            new = st.popover("New project", width="stretch", key=f"new-{project.name}")
            with new, st.form(f"new-project-{project.name}", border=False):
                st.text_input("Name", key=f"new-name-{project.name}")
                st.form_submit_button("Create", on_click=_create, args=(f"new-name-{project.name}",))
        identity.field() if identity.is_served() else kept.field()
        st.toggle(
            "Show personal data",
            key="show-personal",
            help="Unmasks e-mail addresses, phone and account numbers and keys, in this session only.",
        )
        if st.button("What the words mean", width="stretch", key="glossary"):
            _glossary()


@st.dialog("What the words mean", width="medium")
def _glossary() -> None:
    parts.lines([f"{term}: {meaning}" for term, meaning in GLOSSARY.items()])


def _switch(key: str) -> None:
    state.choose(st.session_state[key])


def _create(key: str) -> None:
    if st.session_state[key].strip():
        state.create(st.session_state[key])


def _watch(project: Project, id: str) -> None:
    job = project.jobs.get(id)
    if job is None or job.state not in ("queued", "running"):
        st.rerun(scope="app")
        return
    with st.container(border=True):
        message = f"{JOBS[job.verb].title}: {job.message or 'starting'}"
        st.progress(job.done, text=f"{formatting.plain(message)} ({percent(job.done, 0)}{formatting.time_left(job)})")
        label = "Stop at once" if job.cancelling else "Cancel"
        st.button(label, key=f"cancel-{id}-{label}", on_click=project.jobs.cancel, args=(id,))


def _strip(project: Project, page: str, has_button: bool) -> None:
    stored = project.verdict.last()
    if stored is None:
        return
    verdict = stored.verdict
    with st.container(border=True, key="strip", horizontal=True, vertical_alignment="center"):
        outcomes.badge(OUTCOMES[verdict.outcome])
        if verdict.provisional:
            st.badge("Provisional", color="gray", icon=":material/hourglass_top:")
        if is_stale(project):
            st.badge("Out of date", color="orange", icon=":material/refresh:")
        st.text(formatting.visible(verdict.headline), width="stretch")
        if has_button:
            next_button(project, page)
