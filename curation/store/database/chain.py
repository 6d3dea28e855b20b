"""The chain of hashes over everything people do: how an entry is hashed, and which is the first that does not fit.

Nothing here reads the database: entries come in as they are stored, oldest first.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from curation.records import Decision, Event, Verification

FORMAT = 2
"""How events are hashed; decisions of format 1 stand in a table of their own."""
UPGRADE = "upgrade"
"""The kind of the event that takes over what was stored before there were events."""
DECISION_FIELDS = ("example", "action", "value", "reviewer", "at", "seen_version", "reason")


@dataclass(frozen=True)
class Head:
    """The end of the events as it is kept apart from them: the last number and hash, and how many there are."""

    seq: int = 0
    hash: str = ""
    count: int = 0


@dataclass(frozen=True)
class Link:
    """A stored entry: what it says, its `hash` and the one before; `example` is the id of the row it points to."""

    entry: Decision | Event
    previous: str
    hash: str
    example: str | None = None


@dataclass(frozen=True)
class Change:
    """One decision on one example, as a single event or as a line of one on many."""

    seq: int
    example: str
    action: str
    value: str
    reviewer: str
    at: str
    seen_version: int
    reason: str
    batch: str


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, no escapes but those JSON needs."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chain_hash(previous: str, decision: Decision) -> str:
    """SHA-256 of the previous hash and a decision of format 1: changing or removing one breaks all that follow."""
    body = json.dumps([previous, *(getattr(decision, name) for name in DECISION_FIELDS)], ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def event_hash(event: Event) -> str:
    """SHA-256 over every field of an event but the hash itself."""
    fields = {name: value for name, value in vars(event).items() if name != "hash"}
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def linked(event: Event, head: Head) -> Event:
    """The event as the next after the head."""
    event = replace(event, seq=head.seq + 1, previous=head.hash, format=FORMAT)
    return replace(event, hash=event_hash(event))


def vote_digest(values: Iterable[Any]) -> str:
    """SHA-256 of a vote from before there were events: those were never chained."""
    return hashlib.sha256(canonical(list(values)).encode()).hexdigest()


def changes(event: Event) -> list[Change]:
    """The decisions an event holds, in its order; none where it is of another kind."""
    if event.kind != "decision":
        return []
    payload = json.loads(event.payload)
    said = (payload["reason"], event.batch)
    lines = payload.get("changes") or [[event.subject, payload["action"], payload["value"], event.seen_version]]
    return [
        Change(event.seq, id, action, value, event.actor, event.at, seen, *said) for id, action, value, seen in lines
    ]


def verify(
    decisions: Iterable[Link], votes: Iterable[tuple[int, str]], events: Iterable[Link], head: Head
) -> Verification:
    """Whether all entries are as they were stored; else the first that is not, and what is wrong with it.

    `decisions` are those of format 1, `votes` (number, digest) of the time before events, `head` the end as kept.
    """
    previous, count, fault = _walk_decisions(decisions)
    old_votes = list(votes)
    if fault:
        return Verification(count, len(old_votes), 0, fault)
    expected, number = head.seq - head.count + 1, 0
    for link in events:
        event = link.entry
        assert isinstance(event, Event)
        fault = _misfit(link, event, expected)
        if not fault and not number:
            fault = _old_misfit(event, count, old_votes)
        if not fault and event.previous != previous:
            fault = f"An entry before event {event.seq} is not as it was stored."
        if fault:
            return Verification(count, len(old_votes), number, fault)
        previous, expected, number = link.hash, expected + 1, number + 1
    return Verification(count, len(old_votes), number, _end_misfit(head, expected, previous))


def _walk_decisions(decisions: Iterable[Link]) -> tuple[str, int, str]:
    """(last hash, entries that fit, what is wrong with the next) of the decisions of format 1."""
    previous, count = "", 0
    for link in decisions:
        decision = link.entry
        assert isinstance(decision, Decision)
        if decision.seq != count + 1:
            return previous, count, f"Decision {count + 1} is missing."
        if link.previous != previous or chain_hash(previous, decision) != link.hash:
            return previous, count, f"Decision {decision.seq} is not as it was stored."
        previous, count = link.hash, count + 1
    return previous, count, ""


def _misfit(link: Link, event: Event, expected: int) -> str:
    if event.seq > expected:
        return f"Event {expected} is missing."
    if event.seq < expected or event_hash(event) != event.hash:
        return f"Event {event.seq} ({event.kind}) is not as it was stored."
    if event.example is None:
        return ""
    named = event.subject if event.kind == "decision" else json.loads(event.payload).get("example")
    return "" if named == link.example else f"Event {event.seq} ({event.kind}) points to another example."


def _old_misfit(first: Event, decisions: int, votes: list[tuple[int, str]]) -> str:
    """What is wrong with the entries of before, by what the first event took over of them."""
    kept: Mapping[str, Any] = json.loads(first.payload) if first.kind == UPGRADE else {"decisions": 0, "votes": []}
    if decisions != kept["decisions"]:
        return f"Decision {min(decisions, kept['decisions']) + 1} is missing or was added later."
    for was, now in zip_longest(((seq, digest) for seq, digest in kept["votes"]), votes):
        if was is None:
            return f"Vote {now[0]} was added later."
        if now is None or was[0] < now[0]:
            return f"Vote {was[0]} is missing."
        if was != now:
            return f"Vote {now[0]} is not as it was stored."
    return ""


def _end_misfit(head: Head, expected: int, previous: str) -> str:
    if expected <= head.seq:
        return f"Event {expected} is missing: the last one stored was {head.seq}."
    is_end = expected == head.seq + 1 and (previous == head.hash or not head.count)
    return "" if is_end else f"The end of the events is kept as {head.seq}, but they go on to {expected - 1}."


def first_difference(made: Iterable[Change], kept: Iterable[Change]) -> str:
    """Where the decisions kept for lookups differ from the entries they come from, "" where nowhere."""
    for one, other in zip_longest(made, kept):
        if one != other:
            seq = (one or other).seq
            return f"What is kept for lookups of decision {seq} is not what was stored."
    return ""


START = canonical(vars(Head()))
"""The head of a chain without an entry, as it is stored."""
