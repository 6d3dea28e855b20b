"""What a card is answered: the rows that come next, what became of its log, how far people are. Draws nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from curation.project import Project
from curation.project.decisions import Applied, LogEntry
from curation.records import Example, Filter, FindingRow
from curation.ui import state
from curation.ui.review import disputes, guesses, rows
from curation.ui.review.sent import Sent
from curation.ui.review.tickets import Ticket, View, queue_name
from curation.ui.widgets import formatting, near, parts

WINDOW = 24
"""Rows the card has ahead: at a key every 60 ms they last for 1.4 s, and a busy computer answers in half of that."""
MOST_TEXT = 400_000
"""Characters of texts sent ahead at once: a few very long rows are as much as all usual ones."""
SUGGESTED = ("hardest", "likeliest")
SIDES = {"input": "Input", "output": "Ideal output"}


def answer(ticket: Ticket, view: View) -> dict[str, Any]:
    """What a card is told after `ticket` heard from it, where its page was drawn with `view`."""
    turn = next(ticket.turns)  # before anything is read: of two answers the later one knows more
    project, (sent, applied), filter = ticket.project, ticket.last, view.filter
    counted = {"client": ticket.client, "number": ticket.stored}  # before anything is counted
    queue = queue_name(ticket, filter, view.shows_guesses, view.shows_personal)
    order = project.rows.suggestions.version() if filter.check in SUGGESTED else ""
    after = ticket.place(queue, order, view.passed)
    page = project.decisions.queue.claim(filter, view.holder, WINDOW, after)
    have = set(sent.have) if sent.queue == queue else set()
    positions = {example.id: position for position, example in page}
    ahead = [example for _, example in page if example.id not in have]
    undone = [one.example for one, entry in _pairs(sent, applied) if entry.action == "undo" and not one.refused]
    refused = [one for one in applied if one.refused]
    asked = dict.fromkeys([*sent.want, *undone, *(one.example for one in refused)])
    anew = project.examples.stored.get_all(list(asked))
    drawn = _drawn(project, view, [*ahead, *anew])
    return {
        "address": state.CARD,
        "ticket": ticket.token,
        "turn": turn,
        "counted": counted,
        "client": sent.client,
        "heard": sent.times,
        "project": sent.project or project.name,
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
        "others": project.decisions.queue.held(filter, view.holder) if len(page) < WINDOW else 0,
        **_of_project(ticket, filter),
    }


def _visible(project: Project, ids: Sequence[str]) -> dict[str, list[FindingRow]]:
    """What is found on these rows, without what a model says of those that are decided without it."""
    return project.rounds.suggestions.visible(project.findings.stored.of_examples(ids))


def _drawn(project: Project, view: View, examples: Sequence[Example]) -> Callable[[Example], dict[str, Any]]:
    """How the card draws each of these."""
    findings = _visible(project, [example.id for example in examples])
    extra = guesses.of(project, examples, view.shows_guesses), disputes.of(project, view.filter, examples)

    def drawn(example: Example) -> dict[str, Any]:
        found = findings.get(example.id, [])
        return rows.drawn(example, found, view.titles, *(one.get(example.id, ()) for one in extra))

    return drawn


def _of_project(ticket: Ticket, filter: Filter) -> dict[str, Any]:
    """How far people are, and the labels with their keys."""
    project = ticket.project
    totals = project.examples.stored.totals()
    ticket.learned = guesses.learn(project, totals["handled"], ticket.learned)
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


def _pairs(sent: Sent, applied: Sequence[Applied]) -> list[tuple[Applied, LogEntry]]:
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


def _compared(project: Project, draft: Mapping[str, str]) -> dict[str, Any] | None:
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
