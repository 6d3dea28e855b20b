"""The review card: it paints a window of the queue by itself and sends a log of what was decided, stored here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any
from zlib import crc32

import streamlit as st
from streamlit.errors import StreamlitAPIException

from curation.project import Project
from curation.project.decisions import Applied, LogEntry
from curation.project.place import folders
from curation.records import Example, Filter, FindingRow
from curation.ui import state
from curation.ui.kept import claims
from curation.ui.review import disputes, guesses, rows, tickets
from curation.ui.review.tickets import Ticket
from curation.ui.widgets import formatting, near, parts

WINDOW = 24
"""Rows the card has ahead: at a key every 60 ms they last for 1.4 s, and a busy computer answers in half of that."""
MOST_TEXT = 400_000
"""Characters of texts sent ahead at once: a few very long rows are as much as all usual ones."""
SUGGESTED = ("hardest", "likeliest")
KEY = "review-card"
APPLIED = "review-applied"
ENDED = "review-ended"
"""Whether the page was drawn with nothing waiting in the queue."""
SIDES = {"input": "Input", "output": "Ideal output"}


@dataclass(frozen=True)
class Sent:
    """What a card sent last: who it is, how many times it has sent, where it stands in which queue, its log.

    `order` is the one that its positions belong to: a queue is put in another one when a model has learned anew.
    `have` are the rows it holds ahead of the position `after`, `want` those it wants anew, `raw` the one whose texts a
    person is about to change.
    """

    client: str = ""
    project: str = ""
    times: int = 0
    queue: str = ""
    after: int = -1
    order: str = ""
    have: tuple[str, ...] = ()
    want: tuple[str, ...] = ()
    raw: str = ""
    log: tuple[LogEntry, ...] = ()
    draft: dict[str, str] = field(default_factory=dict)


@cache
def _component() -> Any:
    """The card's component, None where its files are not known to Streamlit."""
    try:
        return st.components.v2.component("curation.review_card", js="card.js", css="card.css")
    except StreamlitAPIException:
        return None


def is_plain() -> bool:
    """Whether this session has native buttons in place of the card: asked for in the address, or it cannot load."""
    return bool(st.session_state.get("plain")) or _component() is None


@st.fragment
def draw(filter: Filter, titles: dict[str, str]) -> None:
    """The card: stores what it sent, and answers with the rows that come next."""
    project = state.project()
    if project.name != st.session_state["framed"]:  # renamed or deleted by somebody while the card was open
        st.rerun(scope="app")
    sent = _sent(project)
    known, applied = st.session_state.get(APPLIED, (None, []))
    if known != (sent.client, sent.times):
        applied = tickets.of_session(project).store(sent.client, sent.log)
    data = _answer(project, filter, titles, sent, applied)
    if not data["waiting"] and not st.session_state.get(ENDED):
        st.rerun(scope="app")  # the page says what is next
    _component()(key=KEY, data=data, on_said_change=_store)


def _store() -> None:
    """Store what was sent, before anything is drawn: a person may be on the way to another page."""
    project = state.project()
    sent = _sent(project)
    applied = tickets.of_session(project).store(sent.client, sent.log)
    st.session_state[APPLIED] = (sent.client, sent.times), applied


def _sent(project: Project) -> Sent:
    """What the card sent for this project; what it sent for another one waits until that is opened again."""
    sent = _read(st.session_state.get(KEY))
    # Whoever renames a project does not wait for the cards that have it open: they go on under the name they know.
    is_same = sent.project == project.name or sent.project in folders.former_names(project.place)
    return sent if sent.project and is_same else Sent(project=project.name)


def _read(value: Any) -> Sent:
    said = value.get("said") if value is not None else None
    if not isinstance(said, dict):
        return Sent()
    # A tab may be older than the server: what this one does not know is passed over.
    known = {field.name for field in fields(Sent)} & said.keys()
    lists = {name: tuple(said.get(name, ())) for name in ("have", "want")}
    return Sent(**{**{name: said[name] for name in known}, **lists, "log": tickets.log_of(said.get("log", []))})


def _visible(project: Project, ids: Sequence[str]) -> dict[str, list[FindingRow]]:
    """What is found on these rows, without what a model says of those that are decided without it."""
    return project.rounds.suggestions.visible(project.findings.stored.of_examples(ids))


def _answer(
    project: Project, filter: Filter, titles: dict[str, str], sent: Sent, applied: list[Applied]
) -> dict[str, Any]:
    queue = _queue_name(project, sent.project, filter)
    ticket, holder = tickets.of_session(project), claims.holder(project)
    alone = _alone(ticket)  # before anything is counted
    is_same = sent.queue == queue
    order = project.rows.suggestions.version() if filter.check in SUGGESTED else ""
    after = _after(sent, is_same and sent.order == order, ticket.after if ticket.queue == queue else -1)
    page = project.decisions.queue.claim(filter, holder, WINDOW, after)
    have = set(sent.have) if is_same else set()
    positions = {example.id: position for position, example in page}
    ahead = [example for _, example in page if example.id not in have]
    undone = [one.example for one, entry in _pairs(sent, applied) if entry.action == "undo" and not one.refused]
    refused = [one for one in applied if one.refused]
    asked = dict.fromkeys([*sent.want, *undone, *(one.example for one in refused)])
    anew = project.examples.stored.get_all(list(asked))
    drawn = _drawn(project, filter, titles, [*ahead, *anew])

    return {
        "client": sent.client,
        "heard": sent.times,
        "project": sent.project,
        "queue": queue,
        "order": order,
        "after": after,
        "rows": _within_reach([{"position": positions[e.id], **drawn(e)} for e in ahead]),
        "anew": [drawn(e) for e in anew],
        "gone": sorted(have - positions.keys()) if len(page) < WINDOW or len(have) <= WINDOW else [],
        "end": len(page) < WINDOW,
        "stored": max((one.number for one in applied), default=0),
        "undone": undone,
        "refused": [{"example": one.example, "number": one.number, "why": one.refused} for one in refused],
        "raw": _raw(project, sent.raw),
        "compared": _compared(project, sent.draft),
        "others": project.decisions.queue.held(filter, holder) if len(page) < WINDOW else 0,
        **alone,
        **_of_project(project, filter),
    }


def _drawn(
    project: Project, filter: Filter, titles: dict[str, str], examples: Sequence[Example]
) -> Callable[[Example], dict[str, Any]]:
    """How the card draws each of these."""
    findings = _visible(project, [example.id for example in examples])
    extra = guesses.of(project, examples), disputes.of(project, filter, examples)

    def drawn(example: Example) -> dict[str, Any]:
        return rows.drawn(example, findings.get(example.id, []), titles, *(one.get(example.id, ()) for one in extra))

    return drawn


def _alone(ticket: Ticket) -> dict[str, Any]:
    """What the card needs to store decisions by itself, and up to which of them the counts of this answer go."""
    counted = {"client": ticket.client, "number": ticket.stored}
    return {"address": state.DECISIONS, "ticket": ticket.token, "counted": counted}


def _of_project(project: Project, filter: Filter) -> dict[str, Any]:
    """How far people are, and the labels with their keys."""
    totals = project.examples.stored.totals()
    guesses.learn(project, totals["handled"])
    labels = project.examples.label_set()
    keys = {label: key for key, label in parts.label_keys(project, labels)}
    return {
        "waiting": project.decisions.queue.total(filter),
        "handled": totals["handled"],
        "all": totals["stored"],
        "unlabelled": totals["unlabelled"],
        "labels": [{"name": label, "shown": formatting.visible(label), "key": keys.get(label, "")} for label in labels],
        "isLabels": project.examples.is_classification(),
        "likes": not project.meaning.missing(),
    }


def _after(sent: Sent, is_same: bool, stored: int) -> int:
    """Where this queue goes on: where the card stands, and before it has said so, the place in the address or where
    the card before it stood when it `stored` its last decision."""
    if sent.queue:
        st.session_state["passed"] = sent.after if is_same else -1
    elif stored >= 0:
        st.session_state["passed"] = stored
    return int(st.session_state.get("passed", -1))


def _queue_name(project: Project, name: str, filter: Filter) -> str:
    """Stands for the rows the card may hold: another queue, another order of it, or texts no longer masked."""
    shown = state.personal_data_is_shown.get()
    seen = shown, guesses.are_shown()  # not that a model has learned anew: that is no reason to take a row away
    return f"{name}-{crc32(repr((filter, seen, project.place.step('check').at)).encode(errors='replace'))}"


def _pairs(sent: Sent, applied: list[Applied]) -> list[tuple[Applied, LogEntry]]:
    entries = {entry.number: entry for entry in sent.log}
    return [(one, entries[one.number]) for one in applied]


def _within_reach(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows up to MOST_TEXT characters, and at least two: the next has to be there when this one is decided."""
    total = 0
    kept: list[dict[str, Any]] = []
    for row in drawn:
        total += len(repr(row))
        if total > MOST_TEXT and len(kept) > 1:
            break
        kept.append(row)
    return kept


def _raw(project: Project, id: str) -> dict[str, str] | None:
    example = project.examples.stored.get(id) if id else None
    return None if example is None else {"id": id, "input": example.input, "output": example.output}


def _compared(project: Project, draft: dict[str, str]) -> dict[str, Any] | None:
    """What a person is writing against the example as it was imported, and what in the set resembles it."""
    example = project.examples.stored.get(draft["id"]) if draft else None
    if example is None:
        return None
    now = {"input": example.input, "output": example.output} | {side: draft[side] for side in SIDES if side in draft}
    changed = [
        {"title": SIDES[side], **rows.compared(was, now[side])}
        for side in SIDES
        if side in draft and (was := getattr(example, f"imported_{side}")) != now[side]
    ]
    output = "" if project.examples.is_classification() else now["output"]
    found = near.resembling(project, near.Written(now["input"], output, example.label, example.id))
    lines = [] if found.frame is None else found.frame.to_dict("records")
    return {
        "id": example.id,
        "changed": changed,
        "caption": f"{near.WARNING}. {found.caption}" if found.contradicts else found.caption,
        "warns": found.contradicts,
        "near": [
            {"similarity": f"{line['Similarity']:.2f}", "text": line["Text"], "note": line["Note"]} for line in lines
        ],
    }
