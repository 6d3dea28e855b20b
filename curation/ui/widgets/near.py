"""Near-duplicates of what a person is writing, looked up in an index that is made in the background and kept."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from threading import Lock

import pandas as pd
import streamlit as st

from curation.errors import NotChecked
from curation.project import Project
from curation.project.duplicates import Neighbours
from curation.records import Example, Neighbour
from curation.ui import state
from curation.ui.widgets.formatting import asked, plain, short

AT_ONCE = 5_000  # examples indexed while the page waits, a quarter of a second; more in the background
SHOWN = 5  # neighbours listed: more would push the buttons off the screen

CONTRADICTION = "Another label: a contradiction"

_workers = ThreadPoolExecutor(1, "near-duplicates")  # one at a time, so that two large sets do not double the memory


class Live:
    """The neighbours of one project, or how far its making is."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.done, self.lock = 0.0, Lock()
        self.made = self._make()

    def _make(self) -> Future[Neighbours]:
        self.done = 0.0
        neighbours = self.project.duplicates.neighbours()
        if self.project.examples.stored.totals()["stored"] > AT_ONCE:
            return _workers.submit(neighbours.build, self._progress)
        ready: Future[Neighbours] = Future()
        ready.set_result(neighbours.build())
        return ready

    def _progress(self, done: float, _: str) -> None:
        self.done = done

    def current(self) -> Neighbours | None:
        """The neighbours with all changes in it, None while it is being made. Raises NotChecked without one."""
        with self.lock:  # several tabs share it
            if self.made.done() and not self.made.result().catch_up():
                self.made = self._make()
            return self.made.result() if self.made.done() else None


@st.cache_resource(max_entries=3, show_spinner=False)
def _live(folder: str, settings: str, _project: Project) -> Live:
    return Live(_project)


SOUGHT = "Near-duplicates already in the set"
INDEXING = "Indexing the set. Near-duplicates of your text appear here afterwards."
NOT_SOUGHT = "Near-duplicates are not searched for here."
WARNING = "Nearly the same text has another label"


@dataclass(frozen=True)
class Written:
    """A text that a person is writing, and the label it gets; `but` is the example being changed."""

    input: str
    output: str
    label: str | None
    but: str = ""


@dataclass(frozen=True)
class Resembling:
    """What in the set resembles a text: a sentence, the rows as a frame where there are any, whether one contradicts
    it."""

    caption: str
    frame: pd.DataFrame | None = None
    contradicts: bool = False
    is_indexing: bool = False


def _live_of(project: Project) -> Live:
    live = _live(str(project.folder), json.dumps(asdict(project.duplicates.settings())), project)
    live.project = project  # shared by everybody: it is made anew as whoever asks now
    return live


def resembling(project: Project, text: Written) -> Resembling:
    """What in the set resembles a text that is being written."""
    try:
        neighbours = _live_of(project).current()
    except NotChecked as why:
        return Resembling(f"{NOT_SOUGHT} {why}")
    if neighbours is None:
        return Resembling(INDEXING, is_indexing=True)
    found = neighbours.near(text.input, text.output, SHOWN, text.but) if text.input.strip() else []
    if not found:
        threshold = neighbours.settings.threshold
        return Resembling(
            f"No near-duplicate in the set (similarity {threshold:.2f} or more)." if text.input.strip() else ""
        )
    examples = {example.id: example for example in project.examples.stored.get_all([near.id for near in found])}
    frame = neighbours_frame(found, examples, text.label, text.output)
    return Resembling(
        SOUGHT, frame, contradicts(frame) and not _is_unchanged(project, text.but, text.input, text.output)
    )


def panel(input: str, output: str, label: str | None, but: str = "") -> None:
    """Under the fields a person writes in: the examples near these texts; `but` is the example being changed."""
    st.caption("Compared with the set when you leave the field (Tab or Ctrl+Enter).")
    project = state.project()
    found = resembling(project, Written(input, output, label, but))
    if found.is_indexing:
        st.fragment(_wait, run_every=1.0)(_live_of(project))
    elif found.caption.startswith(NOT_SOUGHT):
        st.caption(plain(NOT_SOUGHT))
        st.text(found.caption.removeprefix(NOT_SOUGHT).strip())
    elif found.caption:
        st.caption(plain(found.caption))
    if found.contradicts:
        st.badge(plain(WARNING), color="orange", icon=":material/warning:")
    if found.frame is not None:
        similarity = st.column_config.NumberColumn(format="%.2f", width=80)
        st.dataframe(found.frame, hide_index=True, width="stretch", column_config={"Similarity": similarity})


def _wait(live: Live) -> None:
    if live.made.done():
        st.rerun(scope="app")
    st.progress(live.done, text=INDEXING)


def _is_unchanged(project: Project, id: str, input: str, output: str) -> bool:
    """Whether these are still the texts of the example being changed: nobody has written anything to warn of."""
    example = project.examples.stored.get(id) if id else None
    return example is not None and example.input == input and output in ("", example.output)


def contradicts(frame: pd.DataFrame) -> bool:
    """Whether one of the neighbours has another label."""
    return bool((frame["Note"] == CONTRADICTION).any())


def neighbours_frame(
    found: Sequence[Neighbour], examples: Mapping[str, Example], label: str | None, output: str
) -> pd.DataFrame:
    """The near-duplicates of a text that is being written: similarity, text, label or output, and what that means."""
    rows = []
    for near in found:
        example = examples[near.id]
        rows.append(
            {
                "Similarity": near.similarity,
                "Label or output": short(example.label or example.output, 60),
                "Text": asked(example.input),
                "Note": note(example, label, output),
            }
        )
    return pd.DataFrame(rows)


def note(example: Example, label: str | None, output: str) -> str:
    """What it means that an example is so near, given the label and output being written."""
    if label and example.label:
        return "Same label: a repeat" if label == example.label else CONTRADICTION
    if example.label and not label:
        return "No label chosen yet"
    if not output.strip():
        return ""
    return "Same output: a repeat" if output.strip() == example.output.strip() else "Another output: a variant"
