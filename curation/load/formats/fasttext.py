"""fastText: one text a line, its labels before or behind it, each with `__label__` in front."""

import re

from curation.load.formats import file_format
from curation.load.raw.lines import Line, filled_lines
from curation.load.rows import RAW_LIMIT, Claim, Rejection, Row, Rows, Source

MARK = b"__label__"
LABEL = re.compile(r"(?:^|(?<=\s))__label__(\S+?),?(?:\s+|$)")
"""A label with the blanks behind it, wherever in the line: fastText takes every such word for one."""
MOSTLY = 0.5
"""Share of the first lines that must have a label: lines without one are texts that nobody labelled yet."""


@file_format("fasttext", "fastText")
def fasttext(source: Source) -> Claim | None:
    """Claims text whose lines mostly begin or end with a label."""
    found = [line.split() for line in source.head.split(b"\n") if line.strip()][:200]
    labelled = sum(words[0].startswith(MARK) or words[-1].startswith(MARK) for words in found)
    return Claim(0.7, lambda: rows(source)) if found and labelled >= MOSTLY * len(found) else None


def rows(source: Source) -> Rows:
    """Every line that isn't blank: its labels and its text."""
    source.columns.extend(("text", "label"))
    return (_row(line, source) for line in filled_lines(source))


def _row(line: Line, source: Source) -> Row | Rejection:
    raw = line.raw.rstrip(b"\r\n")
    if line.length > source.limits.field:
        message = f"the line is {line.length:,} bytes long, more than {source.limits.field:,}"
        return Rejection(line.number, line.offset, "line_too_long", message, line.raw[: RAW_LIMIT + 1])
    try:
        rest = raw.decode()
    except UnicodeDecodeError as error:
        return Rejection(line.number, line.offset, "bad_encoding", f"byte {error.start:,} of the row is not UTF-8", raw)
    labels = LABEL.findall(rest)
    text = LABEL.sub("", rest) if labels else rest
    return Row(line.number, line.offset, {"text": text.strip() if labels else text, "label": labels}, raw)
