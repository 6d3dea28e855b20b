"""What a card sends: which rows it has, where it stands, and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, get_args

from curation.errors import UsageError
from curation.project.decisions import LogEntry
from curation.records import Action

_TYPES = {name: str if name in ("action", "example", "value") else int for name in (f.name for f in fields(LogEntry))}
_LISTS = ("have", "want")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return type(value) is int


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _is_draft(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for pair in value.items() for one in pair)


_SHAPES = {
    **dict.fromkeys(("client", "project", "queue", "order", "raw"), _is_text),
    **dict.fromkeys(("times", "after"), _is_number),
    **dict.fromkeys(_LISTS, _is_list),
    "draft": _is_draft,
}


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
    draft: Mapping[str, str] = field(default_factory=dict)


def read(said: object) -> Sent:
    """A message of a card; what one older or newer than the server says besides is passed over.

    Raises UsageError where it is of another shape.
    """
    if not isinstance(said, dict):
        return Sent()
    known = {name: said[name] for name in _SHAPES.keys() & said.keys()}
    if not all(_SHAPES[name](value) for name, value in known.items()):
        raise UsageError("This is no message of a card.")
    lists = {name: tuple(known[name]) for name in _LISTS if name in known}
    return Sent(**{**known, **lists, "log": log_of(said.get("log", []))})


def log_of(said: object) -> tuple[LogEntry, ...]:
    """The entries of a log as a card sends it; what another version of the card says besides is passed over.

    Raises UsageError where it is no log.
    """
    if not isinstance(said, list) or not all(isinstance(entry, dict) for entry in said):
        raise UsageError("This is no log of decisions.")
    return tuple(_entry(entry) for entry in said if entry.get("action") in get_args(Action))


def _entry(said: Mapping[str, Any]) -> LogEntry:
    known = {name: said[name] for name in _TYPES.keys() & said.keys()}
    if any(type(value) is not _TYPES[name] for name, value in known.items()) or "number" not in known:
        raise UsageError("This is no log of decisions.")
    return LogEntry(**known)
