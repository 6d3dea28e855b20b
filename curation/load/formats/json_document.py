"""JSON: a list of objects, such a list wrapped in an object, objects one after another, or columns of equal length."""

import re
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from typing import Any, NamedTuple

import orjson

from curation.errors import InputRejected
from curation.load.chat import looks_like_turns
from curation.load.formats import file_format
from curation.load.guess import INPUT, MESSAGES, plain
from curation.load.json.scan import Piece, Scanner
from curation.load.json.values import parse_object
from curation.load.rows import RAW_LIMIT, Claim, Rejection, Row, Rows, Source, Unusable, checked_width, raw_of

BEGINNING = re.compile(
    rb"""\s*(?:\[\s*(?:[\[\]{]|"|-?\d[\d.eE+-]*\s*[,\]]|(?:true|false|null)\s*[,\]]|$)|\{\s*["'}]|\{\s*$)"""
)
SCALAR = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\s,]+', re.DOTALL)
KEY = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*:\s*$', re.DOTALL)
KEY_ROOM = 8 << 10
"""Bytes before a list in which its key is looked for; a name is at most 1,000 characters (`Limits.name`)."""
REREAD = 4
"""Times the file's size that may be read again after broken objects; beyond it the rest is one rejected row."""


@file_format("json", "JSON")
def json_document(source: Source) -> Claim | None:
    """Claims text that begins like a JSON list or object."""
    return Claim(0.8, lambda: rows(source)) if BEGINNING.match(source.head) else None


def rows(source: Source) -> Rows:
    """Every object as a row; what stands where an object should, as a rejection."""
    with source.text.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        scanner = Scanner(text, source.start)
        first = scanner.next()
        if text[first.start : first.start + 1] == b"[":
            yield from Objects(source, text, first.start + 1).rows()
        elif first.state == "whole" and not text[first.end : first.end + RAW_LIMIT].strip():
            yield from _single(source, text, first.start, first.end)
        else:
            source.warn("the objects stand one after another, not in a list; each was read as a row")
            yield from Objects(source, text, source.start).rows(listed=False)


class Objects:
    """The objects between two positions of a JSON text as rows."""

    def __init__(self, source: Source, text: mmap, position: int) -> None:
        self._source = source
        self._text = text
        self._scanner = Scanner(text, position)
        self._number = 0
        self._reread = REREAD * len(text)

    def rows(self, listed: bool = True, wrapped: bool = False) -> Rows:
        """Rows up to the end of the list, or of the text where the objects stand in none (`listed` False).

        Anything after the list is a rejection, unless the list is `wrapped` in an object.
        """
        while True:
            piece = self._scanner.next()
            yield from self._between(piece, listed)
            if piece.state == "whole":
                yield self._row(piece.start, piece.end)
            elif piece.state == "cut":
                yield self._broken(piece.start)
            elif piece.state == "closed" and listed:
                if not wrapped:
                    yield from self._trailing(piece.end)
                return
            elif piece.state == "over":
                if listed:
                    self._source.warn("the list has no end: the file is cut off")
                return

    def _row(self, start: int, end: int) -> Row | Rejection:
        limits = self._source.limits
        raw = self._text[start:end]
        try:
            if len(raw) > limits.line:
                raise Unusable("line_too_long", f"the object is {len(raw):,} bytes long, more than {limits.line:,}")
            values = parse_object(raw, limits)
            if len(raw) > limits.field or len(values) > limits.columns:
                checked_width(values, limits)
        except Unusable as why:
            return self._reject(start, raw, why.reason, why.message)
        self._number += 1
        return Row(self._number - 1, start, values, raw)

    def _reject(self, start: int, raw: bytes, reason: str, message: str) -> Rejection:
        self._number += 1
        return Rejection(self._number - 1, start, reason, message, raw[: RAW_LIMIT + 1])

    def _broken(self, start: int) -> Rejection:
        self._reread -= len(self._text) - start
        end = self._scanner.recover(start) if self._reread > 0 else len(self._text)
        if end == len(self._text):
            self._scanner.position = end
        message = "the object never ends: a quote or bracket is missing in it, or the file is cut off"
        return self._reject(start, self._text[start : min(end, start + RAW_LIMIT + 1)], "bad_json", message)

    def _between(self, piece: Piece, listed: bool) -> Iterator[Rejection]:
        """What stands before an object: a comma, or values that aren't objects."""
        between = self._text[piece.gap : piece.start].strip()
        follows = piece.state in ("whole", "cut")
        if between == b"," and follows and self._number:
            return
        commas = int(bool(self._number)) + follows - 1
        for found in SCALAR.finditer(between):
            yield self._scalar(piece.gap + found.start(), found.group())
            commas += 1
        if listed and SCALAR.sub(b"", between).count(b",") != max(0, commas) and piece.state != "over":
            self._source.warn(
                "commas are missing or too many between the objects of the list; it was read all the same"
            )

    def _scalar(self, offset: int, raw: bytes) -> Rejection:
        try:
            orjson.loads(raw)
        except orjson.JSONDecodeError:
            return self._reject(offset, raw, "bad_json", "this is no JSON value")
        return self._reject(offset, raw, "not_an_object", "a row must be a JSON object, this is a single value")

    def _trailing(self, end: int) -> Iterator[Rejection]:
        rest = self._text[end : end + RAW_LIMIT + 1]
        if rest.strip():
            yield self._reject(end, rest.strip(), "bad_json", "this stands after the end of the list")


class Member(NamedTuple):
    """A bracketed member of an object: its key and where its value stands."""

    key: str
    start: int
    end: int


def _single(source: Source, text: mmap, start: int, end: int) -> Rows:
    """The rows of a file that is one object: one example, a wrapped list, or columns."""
    members = _members(text, start)
    lists = [m for m in members if text[m.start] == ord("[") and text[m.start + 1 : m.end].lstrip()[:1] == b"{"]
    if members and _is_example(source, text, start, end):
        yield from Objects(source, text, start).rows(listed=False)
        return
    if lists:
        if len(lists) > 1:
            named = ", ".join(repr(member.key) for member in lists[:10])
            raise InputRejected(f"{source.name}: it holds several lists ({named}); save each as a file of its own")
        source.warn(f"the rows were taken from {lists[0].key!r}; anything beside it in the file was left out")
        yield from Objects(source, text, lists[0].start + 1).rows(wrapped=True)
        return
    columns = _columns(source, text[start:end], members)
    if columns:
        for number, values in enumerate(zip(*columns.values())):
            yield _checked(Row(number, start, dict(zip(columns, values))), source)
        return
    yield from Objects(source, text, start).rows(listed=False)


def _checked(row: Row, source: Source) -> Row | Rejection:
    try:
        checked_width(row.values, source.limits)
    except Unusable as why:
        return Rejection(row.number, row.offset, why.reason, why.message, raw_of(row))
    return row


def _members(text: mmap, start: int) -> list[Member]:
    scanner, found = Scanner(text, start + 1), []
    while (piece := scanner.next()).state == "whole":
        key = KEY.search(text[max(piece.gap, piece.start - KEY_ROOM) : piece.start])
        found.append(Member(_name(key.group(1)) if key else "", piece.start, piece.end))
    return found


def _name(quoted: bytes) -> str:
    try:
        return str(orjson.loads(quoted))
    except orjson.JSONDecodeError:
        return quoted.decode(errors="backslashreplace")


def _is_example(source: Source, text: mmap, start: int, end: int) -> bool:
    """Whether an object that holds lists is one example all the same: a conversation, or an input's name with text."""
    if end - start > source.limits.line:
        return False
    try:
        values = parse_object(text[start:end], source.limits)
    except Unusable:
        return False
    chat = any(plain(key) in MESSAGES and looks_like_turns(value) for key, value in values.items())
    return chat or any(plain(key) in INPUT and isinstance(value, str) for key, value in values.items())


def _columns(source: Source, raw: bytes, members: list[Member]) -> dict[str, Any] | None:
    """The object as columns: every member a list (or pandas' object by row number), all equally long; else None."""
    if not members:
        return None
    try:
        values = parse_object(raw, source.limits)
    except Unusable:
        return None
    if not all(isinstance(v, list) for v in values.values()) and not _by_row_number(values):
        return None
    columns = {key: list(v.values()) if isinstance(v, dict) else v for key, v in values.items()}
    lengths = {key: len(column) for key, column in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{key!r} {length:,}" for key, length in list(lengths.items())[:10])
        raise InputRejected(
            f"{source.name}: its columns are not equally long ({listed}); correct or re-export the file"
        )
    return columns


def _by_row_number(values: dict[str, Any]) -> bool:
    columns = list(values.values())
    if not all(isinstance(column, dict) for column in columns):
        return False
    keys = list(columns[0])
    return all(key.isdigit() for key in keys) and all(list(column) == keys for column in columns)
