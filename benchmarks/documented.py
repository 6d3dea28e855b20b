"""Faults of Stanford's Alpaca that are documented, so that their rows are known: what each is, and who has to find it.

The kinds are those of "Issues with the Original Dataset" in the README of gururise/AlpacaDataCleaned; where that
repository searches for one by a script, its own expression is used (`tools/tool_inputcheck.py`,
`tools/tool_mergedInstructions.py`). They were written down before the checks were run on the set. That a row
differs in that repository's cleaned file says nothing any more: since April 2023 nearly all its answers are new.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SET = "instructions"
"""The set of public_sets.py whose faults these are: 9,229 rows of the original."""
Parts = Mapping[str, str]
"""A row as published: instruction, input (what stands below the first line of ours), output."""

# tools/tool_inputcheck.py, and its N/A outputs said of inputs
NO_INPUT = re.compile(r"[\[\(\<]?no[ ]?input[\]\)\>\.]?", re.IGNORECASE)
NOT_APPLICABLE = re.compile(r"\W*(?:n/?a|none)\W*", re.IGNORECASE)
# tools/tool_inputcheck.py, and "<Picture Attached>" of the README
PICTURE = re.compile(r"!\[.*\]\(http|img[ ]?src=|image:", re.IGNORECASE)
NAMED_PICTURE = re.compile(r"[\[(<][^\])>\n]*\b(?:image|picture|photo|figure)\b[^\])>\n]*[\])>]", re.IGNORECASE)
# tools/tool_mergedInstructions.py
MERGED = re.compile(r"\d{1,2}\.\sInstruction:", re.IGNORECASE)
LINK = re.compile(r"https?:|\bwww\.|[\[(<][^\])>\n]*\b(?:link|url)\b[^\])>\n]*[\])>]", re.IGNORECASE)
# asked of the address itself, which is there: to name its domain, to mend it, to match it
OF_THE_ADDRESS = re.compile(
    r"\bdomain|\bhyperlinks\b|\burl\b\. Identify|\bURI\b|\bregex\b|\bHTTP request\b|\]\(http", re.IGNORECASE
)
NO_OUTPUT = re.compile(
    r"<?no ?output\b.*|\W*(?:n/?a|none)\W*|[\[<][^\])>\n\d,]*[\]>]|!\[[^\]\n]*\]\(\S+\)", re.IGNORECASE
)
SLOT = re.compile(
    r"[\[(<](?:insert [^\])>\n]*|text about [^\])>\n]*|location|data table|excel file"
    r"|[^\])>\n]* provided)[\])>]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Documented:
    """A kind of fault: whether a row has it, and the checks of which one has to flag it."""

    name: str
    has: Callable[[Parts], bool]
    checks: tuple[str, ...]


def _is_no_input(row: Parts) -> bool:
    return bool(NO_INPUT.search(row["input"]) or NOT_APPLICABLE.fullmatch(row["input"]))


def _is_picture(row: Parts) -> bool:
    return bool(PICTURE.search(row["input"]) or NAMED_PICTURE.search(row["input"]))


def _is_link(row: Parts) -> bool:
    asked = f"{row['instruction']}\n{row['input']}"
    return bool(LINK.search(asked)) and not _is_picture(row) and not OF_THE_ADDRESS.search(row["instruction"])


KINDS = (
    Documented("words for “no input”", _is_no_input, ("stand_in_text",)),
    Documented("about a link", _is_link, ("out_of_reach",)),
    Documented("about a picture", _is_picture, ("out_of_reach", "stand_in_text")),
    Documented(
        "a slot instead of the text",
        lambda row: bool(SLOT.fullmatch(row["input"].strip())),
        ("out_of_reach", "placeholder", "stand_in_text"),
    ),
    Documented(
        "a stand-in as the answer",
        lambda row: bool(NO_OUTPUT.fullmatch(row["output"].strip())),
        ("stand_in_text", "placeholder", "out_of_reach"),
    ),
    Documented("a second example", lambda row: bool(MERGED.search(row["output"])), ("merged_examples",)),
    Documented("no answer", lambda row: not row["output"].strip(), ("empty",)),
)
"""By kind. An answer is looked for by all checks that speak of what is not there."""


def faults(rows: list[dict[str, Any]]) -> dict[str, list[int]]:
    """Places of the rows that have each kind of documented fault, in the order of KINDS."""
    parts = [_parts(row) for row in rows]
    return {kind.name: [n for n, row in enumerate(parts) if kind.has(row)] for kind in KINDS}


def _parts(row: dict[str, Any]) -> Parts:
    return {"instruction": row.get("instruction", row["input"]), "input": row.get("given", ""), "output": row["output"]}
