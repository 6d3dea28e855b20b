"""Which review queue is shown: chosen once, kept in the session and in the address until the person chooses another."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zlib import crc32

import streamlit as st

from curation.errors import UsageError
from curation.project import Project
from curation.records import UNLABELLED, Filter
from curation.ui import state
from curation.ui.review import card
from curation.ui.widgets import address, formatting
from curation.ui.widgets.search import placing
from curation.wording import QUEUES, capital

# Kept under keys of our own: what a widget holds is forgotten when the page is left, or when its options change.
_QUEUE, _TEXT, _HANDED, _LINKED = "review-queue-{}", "review-text-{}", "review-filter-{}", "review-linked-{}"
_HOW, _TOPIC = "review-how-{}", "review-topic-{}"
ALSO = ("queue", "place")
"""What an address says of a queue beside its filter."""
WORK = ("", "unlabelled", "sent", "flagged", "disputed", "changed", "all")
"""Queues that wait for somebody, in the order in which they are offered."""
PHONE = 340
"""Pixels of the list of queues on a phone, which their names need: nearly a whole line (a screen has 360 or more)."""
BY_FINDING = ("",)
"""Queues of QUEUES in the order of their findings, as those of checks are."""
STAYS = ("sent", "flagged", "mine", "left-out", *UNLABELLED)
"""Queues that a decision need not take the row out of: the next row is the one after it."""


def filter_of(project: Project, queue: str) -> Filter:
    """The filter of a queue, by its word or its check's name."""
    if queue == "planned":
        verdict = project.verdict.last()
        ids = [id for step in verdict.plan.steps for id in step.examples] if verdict and verdict.plan else []
        return Filter("all", among=project.examples.stored.numbers(ids))
    if queue == "differing":
        ids = project.model_review.readings.differing()
        return Filter("all", among=project.examples.stored.numbers(ids))
    reviewer = state.reviewer()
    named = {
        "sent": Filter("all", assigned=reviewer),
        "flagged": Filter("all", status="flagged"),
        "disputed": Filter("all", disputed=True),
        "mine": Filter("all", reviewer=reviewer),
        "left-out": Filter("all", status="rejected"),
    }
    return named.get(queue, Filter(queue))


def hand_over(project: Project, filter: Filter) -> None:
    """Make a filter of another page one more review queue, and the one shown."""
    st.session_state[_HANDED.format(project.name)] = filter
    st.session_state[_QUEUE.format(project.name)] = state.FROM_FINDINGS
    st.session_state[_TEXT.format(project.name)] = filter.text
    _draw_anew()


def _draw_anew() -> None:
    # The lists remember what was chosen in them, so a queue that comes from elsewhere needs new ones.
    st.session_state["review-turn"] = _turn() + 1
    state.forget_shown()


def _turn() -> int:
    return int(st.session_state.get("review-turn", 0))


def handed(project: Project) -> Filter | None:
    """The filter last handed over from another page, None without one."""
    found = st.session_state.get(_HANDED.format(project.name))
    return found if isinstance(found, Filter) else None


def choose(project: Project, titles: dict[str, str]) -> Filter:
    """The lists to choose from; returns the filter of the queue chosen."""
    _follow_link(project)
    given, chosen = handed(project), _chosen(project)
    names = _names(project, titles, given)
    if chosen not in names:  # nothing of this check is left: the queue stays, empty, until another is chosen
        names[chosen] = titles.get(chosen, formatting.words(chosen))
    # The browser answers with the text of an option, so a list of other texts needs a key of its own.
    key = f"queue-{project.name}-{_digest(names)}-{_turn()}"
    st.selectbox(
        "Queue", list(names), list(names).index(chosen), names.__getitem__, key=key, on_change=_keep,
        args=(_QUEUE.format(project.name), key), width=PHONE if state.is_narrow() else "stretch", help=_order(chosen),
    )  # fmt: skip
    text = st.session_state.get(_TEXT.format(project.name), "")
    key = f"queue-text-{project.name}-{_digest(given)}-{_turn()}"
    st.text_input("Text contains", text, key=key, on_change=_keep, args=(_TEXT.format(project.name), key))
    narrowed = _narrowed(project, given if chosen == state.FROM_FINDINGS else None)
    filter = replace(narrowed or filter_of(project, chosen), text=text)
    if narrowed is None:
        filter = replace(filter, search=_kept(project, _HOW, "exact"), topic=_kept(project, _TOPIC, None))
    if filter.among is None or (given and text != given.text):
        filter = placing.placed_or_none(project, replace(filter, among=None))
    st.session_state["queue-stays"] = is_staying(chosen, filter)
    _show_in_address(project, chosen, filter)
    return filter


def _order(chosen: str) -> str:
    """Which rows a queue has, and in what order they come."""
    known = QUEUES.get(chosen)
    if chosen in BY_FINDING or known is None:
        rows = known.sentence if known else "The rows that nobody has decided of those with such a finding."
        return f"{rows} Each row counts by its surest finding, of whatever check; the surest come first."
    order = "" if chosen in ("hardest", "likeliest") else " They come in the order of their files."
    return f"{known.sentence}{order}"


def _narrowed(project: Project, given: Filter | None) -> Filter | None:
    """What was handed over as it is; else the lists of how to search and of topics, and None."""
    if given is None:
        with st.popover("Narrow", key="queue-narrow"):
            key = f"queue-how-{project.name}-{_turn()}"
            placing.how(_kept(project, _HOW, "exact"), key, _keep_choice, _HOW.format(project.name))
            key = f"queue-topic-{project.name}-{_turn()}"
            placing.topic(project, _kept(project, _TOPIC, None), key, _keep_choice, _TOPIC.format(project.name))
    return given


def _kept(project: Project, name: str, empty: Any) -> Any:
    return st.session_state.get(name.format(project.name), empty)


def is_staying(chosen: str, filter: Filter) -> bool:
    """Whether a decision need not take the row out of the queue."""
    return chosen in STAYS or filter.check in STAYS or bool(filter.status or filter.reviewer or filter.assigned)


def _placed(project: Project, filter: Filter) -> Filter:
    """The filter with what a search by meaning finds, no row where it cannot search."""
    try:
        return project.meaning.placed(filter)
    except UsageError as error:
        state.notify(str(error))
        return replace(filter, among=())


def _chosen(project: Project) -> str:
    """The queue chosen; until somebody chooses, the first one that has rows."""
    name = _QUEUE.format(project.name)
    if name not in st.session_state:
        filled = next((queue for queue in WORK if _waiting(project, queue)), None)
        if filled is None:
            return ""  # not kept: what is loaded later is shown then
        st.session_state[name] = filled
    return str(st.session_state[name])


def _waiting(project: Project, queue: str) -> int:
    if queue == "unlabelled" and not project.examples.is_classification():
        return 0
    return project.decisions.queue.total(filter_of(project, queue))


def offer_others(project: Project) -> None:
    """Buttons to the queues that have rows, with their counts."""
    with st.container(horizontal=True):
        for queue in WORK:
            if rows := _waiting(project, queue):
                label = f"{capital(QUEUES[queue].title)} ({rows:,})"
                st.button(label, key=f"queue-to-{queue}", on_click=_go_to, args=(project, queue))


def _go_to(project: Project, queue: str) -> None:
    st.session_state[_QUEUE.format(project.name)] = queue
    st.session_state[_TEXT.format(project.name)] = ""
    _draw_anew()


def _follow_link(project: Project) -> None:
    """Take the queue, the text and the place from an address that is not the one we wrote."""
    said = address.said(ALSO)
    # The card moves the place in the address by itself, so another place alone is no link that was followed.
    known = st.session_state.get(_LINKED.format(project.name))
    if not said or (known is not None and _placeless(said) == _placeless(known)):
        return
    filter, _ = address.filter_of(said)
    if "queue" in said or filter == Filter(text=filter.text, search=filter.search):
        st.session_state[_QUEUE.format(project.name)] = said.get("queue", "")
        st.session_state[_TEXT.format(project.name)] = filter.text
        _draw_anew()
    else:
        hand_over(project, _placed(project, filter))
    if said.get("place", "").isdigit():
        st.session_state["passed"] = int(said["place"])


def _placeless(said: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in said.items() if name != "place"}


def _show_in_address(project: Project, chosen: str, filter: Filter) -> None:
    is_given = chosen == state.FROM_FINDINGS
    wanted = address.params(filter) if is_given else address.params(Filter(text=filter.text))
    if chosen and not is_given:
        wanted["queue"] = chosen
    if (passed := card.place(project, filter)) >= 0:
        wanted["place"] = str(passed)
    address.say(project.name, wanted, ALSO)
    st.session_state[_LINKED.format(project.name)] = wanted


def _names(project: Project, titles: dict[str, str], given: Filter | None) -> dict[str, str]:
    # No counts in these: they change with every decision, and a list that changes is drawn anew under the hand.
    several = project.model_review.readings.are_of_several()
    names = {queue: word.title for queue, word in QUEUES.items() if several or queue != "differing"}
    names |= {check: titles[check] for check in project.findings.stored.row_checks() if check in titles}
    if given is None:
        return names
    is_of_rows = given.check in ("all", "unlabelled") or not given.sure
    files = {source.id: source.name for source in project.examples.stored.sources()}
    said = formatting.rows_words(given, titles, files) if is_of_rows else formatting.filter_words(given, titles)
    return names | {state.FROM_FINDINGS: f"{'Rows' if is_of_rows else 'Findings'}: {said}"}


def _digest(value: object) -> int:
    return crc32(repr(value).encode(errors="replace"))


def _keep_choice(name: str, key: str) -> None:
    st.session_state[name] = st.session_state[key]
    state.forget_shown()


def _keep(name: str, key: str) -> None:
    st.session_state[name] = st.session_state[key] or ""
    state.forget_shown()
