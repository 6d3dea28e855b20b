"""JSON: a list of objects, one or several such lists in an object (splits), objects by key or one after another, or
columns of equal length."""

import re
from collections.abc import Iterator, Mapping, Sequence
from mmap import ACCESS_READ, mmap
from typing import Any, NamedTuple

import orjson

from curation.errors import InputRejected
from curation.load.chat import looks_like_turns
from curation.load.formats import file_format
from curation.load.guess import INPUT, KNOWN, Look, is_prose, plain
from curation.load.json.scan import Piece, Scanner
from curation.load.json.values import parse_object
from curation.load.labels import class_names, with_names
from curation.load.rows import RAW_LIMIT, Claim, Rejection, Row, Rows, Source, Unusable, checked_width, raw_of
from curation.load.shapes import Wrapped, row_shape

BEGINNING = re.compile(
    rb"""\s*(?:\[\s*(?:[\[\]{]|"|-?\d[\d.eE+-]*\s*[,\]]|(?:true|false|null)\s*[,\]]|$)|\{\s*["'}]|\{\s*$)"""
)
SCALAR = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\s,]+', re.DOTALL)
KEY = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*:\s*$', re.DOTALL)
KEY_ROOM = 8 << 10
"""Bytes before a list in which its key is looked for; a name is at most 1,000 characters (`Limits.name`)."""
SPLIT = re.compile(r"(train|test|val|valid|dev|eval)(ing|idation|uation)?(_?(set|data|split|examples|rows))?")
"""Keys that name a split; a file whose lists all have such keys holds a data set."""
LISTS = ("rows", "data", "examples", "records", "items", "samples", "instances", "questions", "results")
"""Keys of the list that holds the rows where other lists stand beside it, likeliest first."""
DESCRIBING = ("features", "columns", "fields", "schema", "meta", "metadata", "errors", "links", "labels", "categories")
"""Keys of lists that describe the rows."""
DEEPEST = 3
"""Objects around the rows that are gone into, one inside the other."""
SURE = 0.9
"""How surely a tool's shape must claim a lone object before it is one row, whatever lists it holds."""
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
            source.warn("the objects follow one another and are not in a list; each was read as a row")
            yield from Objects(source, text, source.start).rows(listed=False)


class Objects:
    """The objects between two positions of a JSON text as rows."""

    def __init__(self, source: Source, text: mmap, position: int, number: int = 0) -> None:
        self._source = source
        self._text = text
        self._scanner = Scanner(text, position)
        self._number = self._first = number
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
        is_later = self._number > self._first
        if between == b"," and follows and is_later:
            return
        commas = int(is_later) + follows - 1
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
        return self._reject(
            offset, raw, "not_an_object", "a row must be a JSON object with named fields, this is a single value"
        )

    def _trailing(self, end: int) -> Iterator[Rejection]:
        rest = self._text[end : end + RAW_LIMIT + 1]
        if rest.strip():
            yield self._reject(end, rest.strip(), "bad_json", "this comes after the end of the list")


class Member(NamedTuple):
    """A bracketed member of an object: its key and where its value stands."""

    key: str
    start: int
    end: int


def _single(source: Source, text: mmap, start: int, end: int, depth: int = DEEPEST) -> Rows:
    """The rows of a file that is one object: one example, lists of rows, rows by key, or columns."""
    members, is_all = _members(text, start)
    lists = [m for m in members if text[m.start] == ord("[") and _holds_rows(m, text)]
    if members and _is_example(source, text, start, end):
        return Objects(source, text, start).rows(listed=False)
    if lists:
        return _lists(source, text, lists, members)
    if is_all and _are_rows(source, text, members):
        source.warn("the rows were taken from the object's members; the key of each is kept as id")
        return _by_key(source, text, members)
    if listed := _by_name(source, text[start:end], members):
        return _zipped(source, listed, start)
    columns = _columns(source, text[start:end], members)
    if columns:
        return _zipped(source, columns, start)
    around = [m for m in members if len(members) == 1 or plain(m.key) not in DESCRIBING]
    if depth and len(around) == 1 and text[around[0].start] == ord("{"):
        source.warn(f"the rows were taken from {around[0].key!r}; anything beside it in the file was left out")
        return _single(source, text, around[0].start, around[0].end, depth - 1)
    return Objects(source, text, start).rows(listed=False)


def _holds_rows(member: Member, text: mmap) -> bool:
    """Whether a list holds objects; under the name of a split, lists without names are rows too."""
    first = text[member.start + 1 : member.end].lstrip()[:1]
    return first == b"{" or (first == b"[" and SPLIT.fullmatch(plain(member.key)) is not None)


def _lists(source: Source, text: mmap, lists: Sequence[Member], members: Sequence[Member]) -> Rows:
    """The rows of the list that a person named, of all lists where they are splits, or of the one that holds rows."""
    named = [member for member in lists if member.key == source.options.split]
    splits = [member for member in lists if SPLIT.fullmatch(plain(member.key))]
    if named or (len(splits) == len(lists) and len(lists) > 1):
        source.splits.extend(member.key for member in lists)
        return _splits(source, text, named or splits)
    known = [m for m in lists if plain(m.key) in LISTS and all(plain(o.key) in DESCRIBING for o in lists if o is not m)]
    if len(lists) > 1 and not known:
        keys = ", ".join(repr(member.key) for member in lists[:10])
        raise InputRejected(
            f"{source.name}: it holds several lists ({keys}); name the one to read (--split {lists[0].key}), or save "
            "each as a file of its own"
        )
    rows = known[0] if known else lists[0]
    features = next((member for member in members if member.key == "features"), None)
    classes = _classes(text[features.start : features.end]) if features else {}
    source.warn(f"the rows were taken from {rows.key!r}; anything beside it in the file was left out")
    return _with_names(Objects(source, text, rows.start + 1).rows(wrapped=True), classes)


def _splits(source: Source, text: mmap, lists: Sequence[Member]) -> Rows:
    number = 0
    for member in lists:
        for row in Objects(source, text, member.start + 1, number).rows(wrapped=True):
            number = row.number + 1
            yield row if isinstance(row, Rejection) else row._replace(values={"split": member.key, **row.values})


def _classes(features: bytes) -> dict[str, list[str]]:
    try:
        return class_names(orjson.loads(features))
    except orjson.JSONDecodeError:
        return {}


def _with_names(rows: Rows, classes: Mapping[str, list[str]]) -> Rows:
    """The rows with the numbers of classes as their names, inside the objects of the data set viewer too."""
    for row in rows:
        if classes and isinstance(row, Row):
            inside = row.values.get("row")
            values = inside if isinstance(inside, dict) else row.values
            values.update({key: with_names(values[key], names) for key, names in classes.items() if key in values})
        yield row


def _are_rows(source: Source, text: mmap, members: Sequence[Member]) -> bool:
    """Whether an object's members are rows: objects with the same keys, which are not row numbers."""
    if len(members) < 2 or any(text[member.start] != ord("{") for member in members):
        return False
    try:
        some = [parse_object(text[m.start : m.end], source.limits) for m in members[:20] if m.end - m.start < 1 << 20]
    except Unusable:
        return False
    keys = set.intersection(*map(set, some)) if some else set()
    return bool(keys) and not all(key.isdigit() for key in keys)


def _by_key(source: Source, text: mmap, members: Sequence[Member]) -> Rows:
    for number, member in enumerate(members):
        raw = text[member.start : member.end]
        try:
            if len(raw) > source.limits.line:
                raise Unusable("line_too_long", f"the object is {len(raw):,} bytes long")
            values = parse_object(raw, source.limits)
        except Unusable as why:
            yield Rejection(number, member.start, why.reason, why.message, raw[: RAW_LIMIT + 1])
            continue
        yield _checked(
            Row(number, member.start, {"key" if "id" in values else "id": member.key, **values}, raw), source
        )


def _zipped(source: Source, columns: dict[str, Any], start: int) -> Rows:
    for number, values in enumerate(zip(*columns.values())):
        yield _checked(Row(number, start, dict(zip(columns, values))), source)


def _checked(row: Row, source: Source) -> Row | Rejection:
    try:
        checked_width(row.values, source.limits)
    except Unusable as why:
        return Rejection(row.number, row.offset, why.reason, why.message, raw_of(row))
    return row


def _members(text: mmap, start: int) -> tuple[list[Member], bool]:
    """The bracketed members of an object, and whether it has no others."""
    scanner, members, is_all = Scanner(text, start + 1), [], True
    while (piece := scanner.next()).state == "whole":
        before = text[max(piece.gap, piece.start - KEY_ROOM) : piece.start]
        key = KEY.search(before)
        is_all = is_all and key is not None and before[: key.start()].strip() in (b"", b",")
        members.append(Member(_name(key.group(1)) if key else "", piece.start, piece.end))
    return members, is_all and not text[piece.gap : piece.start].strip()


def _name(quoted: bytes) -> str:
    try:
        return str(orjson.loads(quoted))
    except orjson.JSONDecodeError:
        return quoted.decode(errors="backslashreplace")


def _is_example(source: Source, text: mmap, start: int, end: int) -> bool:
    """Whether an object that holds lists is one example all the same: a conversation, an input's name with text, or
    what a tool writes for one row."""
    if end - start > source.limits.line:
        return False
    try:
        values = parse_object(text[start:end], source.limits)
        claims = [claim for _, claim in row_shape.answers(Look(list(values), [values]))]
    except Unusable:
        return False
    chat = any(map(looks_like_turns, values.values()))
    of_tool = any(isinstance(claim, Wrapped) and claim.confidence >= SURE for claim in claims)
    return chat or of_tool or any(plain(key) in INPUT and isinstance(value, str) for key, value in values.items())


def _by_name(source: Source, raw: bytes, members: Sequence[Member]) -> dict[str, Any] | None:
    """Columns of an object whose names are rows themselves: texts with their answer, or labels with lists of texts."""
    try:
        values = parse_object(raw, source.limits) if len(raw) <= source.limits.line else {}
    except Unusable:
        return None
    if len(values) < 2 or any(plain(name) in KNOWN for name in values):
        return None
    if not members and is_prose(list(values)) and all(type(value) is str for value in values.values()):
        source.warn("the names in the object were read as inputs, what stands under each as its answer")
        return {"text": list(values), "answer": list(values.values())}
    lists = list(values.values())
    if not all(isinstance(value, list) and value and all(type(text) is str for text in value) for value in lists):
        return None
    if len(set(map(len, lists))) > 1 or (len(lists) > 2 and all(map(is_prose, lists))):
        source.warn("the names in the object were read as labels, each text in the list under a name as a row")
        return {"text": [text for texts in lists for text in texts],
                "label": [name for name, texts in values.items() for _ in texts]}  # fmt: skip
    return None


def _columns(source: Source, raw: bytes, members: list[Member]) -> dict[str, Any] | None:
    """The object as columns: every member a list (or pandas' object by row number), all equally long; else None."""
    if not members:
        return None
    try:
        values = parse_object(raw, source.limits)
    except Unusable:
        return None
    if table := _split_table(values):
        return table
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


def _split_table(values: dict[str, Any]) -> dict[str, Any] | None:
    """A table as pandas splits it: the columns' names apart from the rows, which are lists."""
    names, rows = values.get("columns"), values.get("data")
    if values.keys() - {"index"} != {"columns", "data"} or not isinstance(names, list) or not isinstance(rows, list):
        return None
    if not rows or not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return dict(zip(map(str, names), map(list, zip(*rows))))


def _by_row_number(values: dict[str, Any]) -> bool:
    columns = list(values.values())
    if not all(isinstance(column, dict) for column in columns):
        return False
    keys = list(columns[0])
    return all(key.isdigit() for key in keys) and all(list(column) == keys for column in columns)
