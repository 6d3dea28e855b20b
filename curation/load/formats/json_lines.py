"""JSON Lines: one JSON object a line, lines ended by a line feed only."""

import orjson

from curation.load.formats import file_format
from curation.load.json.values import parse_object
from curation.load.raw.lines import Line, filled_lines
from curation.load.rows import RAW_LIMIT, Claim, Rejection, Row, Rows, Source, Unusable, checked_width
from curation.wording import counted

ENOUGH = 50
"""Lines looked at: more would only confirm what the first ones show."""


@file_format("jsonl", "JSON Lines")
def json_lines(source: Source) -> Claim | None:
    """Claims text whose first lines mostly are whole objects, more than one of them."""
    if source.head.lstrip()[:1] != b"{":
        return None
    found = [line.strip() for line in source.head.split(b"\n") if line.strip()][:ENOUGH]
    objects = sum(line.startswith(b"{") and line.endswith(b"}") for line in found)
    if len(found) > 1 and (objects >= len(found) / 2 or _is_json(found[0])):
        return Claim(0.9, lambda: rows(source))
    return None


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def rows(source: Source) -> Rows:
    """Every line that isn't blank as a row or a rejection."""
    empty = 0
    for line in filled_lines(source):
        if line.raw.strip() == b"{}":
            empty += 1
        else:
            yield _row(line, source)
    if empty:
        source.warn(f"{counted(empty, 'line')} of an empty object passed over")


def _row(line: Line, source: Source) -> Row | Rejection:
    limits = source.limits
    if line.length > limits.line:
        message = f"the line is {line.length:,} bytes long, more than {limits.line:,}"
        return Rejection(line.number, line.offset, "line_too_long", message, line.raw[: RAW_LIMIT + 1])
    raw = line.raw.rstrip(b"\r\n")
    try:
        values = parse_object(raw, limits)
        if len(raw) > limits.field or len(values) > limits.columns:
            checked_width(values, limits)
    except Unusable as why:
        return Rejection(line.number, line.offset, why.reason, why.message, raw)
    return Row(line.number, line.offset, values, raw)
