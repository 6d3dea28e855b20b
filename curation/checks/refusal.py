"""Outputs that refuse, speak as a chatbot or claim to be another vendor's model, instead of answering (free text).

Phrases of the kind the ShareGPT and Vicuna "unfiltered" sets were cleaned by, in English and 13 more languages. Being
sorry is no refusal, and neither is a refusal that is quoted, asked for, translated, or an answer to a question about
the assistant itself.
"""

import re
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from curation.checks import Shard, check
from curation.checks.phrases.asked import REWRITE, TRANSLATE, quoted
from curation.checks.phrases.refusals import ABOUT_IT, REFUSING, SIGNS, TALKING
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    free_text,
    judged,
    outputs,
)
from curation.checks.texts.column import may_match
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    # a refusal is said at once; further in, the same words are mostly somebody's speech
    opening: int = field(
        default=200,
        metadata={
            "help": "Refusals are searched for in this many characters at the start; chatbot talk everywhere",
            "min": 20,
            "max": 5000,
        },
    )


LONGEST = 4_000
"""Characters of an input read for a refusal in it."""
_QUOTES = re.compile(r"[\"“”«»„「」『』]|```|(?<!\w)'|^>", re.MULTILINE)


def may_refuse(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which texts may refuse or speak as a chatbot."""
    return may_match(TALKING, REFUSING)(pc.replace_substring(column, "’", "'"))


@check(
    "refusal",
    "Refusals and chatbot talk",
    settings=Settings(),
    may_match=may_refuse,
    reads=("output",),
    fit=outputs,
    merge=free_text("which do not refuse"),
)
def refusal(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding an output that refuses; raises NotChecked on a classification set."""

    def rule(row: Row) -> Hit | None:
        text = row.output.strip().replace("’", "'")
        start = text[: settings.opening]
        talk, refused = TALKING.search(start), REFUSING.search(start)
        match = refused or talk
        if match is None:
            talk = match = _further_in(text, settings.opening)
        elif _QUOTES.search(start[: match.end()]):
            return None
        if match is None:
            return None
        confidence = 0.95 if refused and talk else 0.85 if talk else 0.75
        again = TRANSLATE.search(row.input) or REWRITE.search(row.input)
        if ABOUT_IT.search(row.input) or (again and _says_so(row.input)):
            confidence = 0.3
        message = f"The output {'refuses' if refused else 'speaks as a chatbot'}: “{match.group().strip()}”."
        before = len(row.output) - len(row.output.lstrip())
        spans = [("output", before + match.start(), before + match.end())]
        evidence = {"phrase": match.group().strip(), "output": cut(row.output)}
        return Hit(confidence, message, evidence, "drop", spans)

    return judged("refusal", shard, rule)


def _further_in(text: str, opening: int) -> re.Match[str] | None:
    """Chatbot talk behind the opening, unless it is quoted or code."""
    if len(text) <= opening or not SIGNS.search(text, opening):
        return None
    match = TALKING.search(text, opening)
    return None if match is None or quoted(text, match.start()) else match


def _says_so(text: str) -> bool:
    """Whether an input holds a refusal itself, which its output then may hold too."""
    return any(TALKING.search(line) or REFUSING.search(line) for line in re.split(r"[\n:“”\"]", text[:LONGEST]))
