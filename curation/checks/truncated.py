"""Outputs that stop before they are finished: an open code block or bracket, or the middle of a sentence (free text).

A missing full stop means something only where the other outputs have theirs; a short answer, a list, a line of verse,
a signature or a formula needs none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.checks import Shard, check
from curation.checks.rows import (
    CUT,
    Hit,
    Outputs,
    Row,
    free_text,
    judged,
    outputs,
)
from curation.checks.texts.forms import CODE_LINE, code
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    peers: float = field(
        default=0.8,
        metadata={
            "help": "Flag a missing full stop only if at least this share of outputs end with one",
            "min": 0.0,
            "max": 1.0,
        },
    )
    # about two sentences
    fewest_words: int = field(
        default=20, metadata={"help": "Outputs with fewer words need no full stop", "min": 5, "max": 500}
    )


_CLOSERS = "\"'”’»›)]}*_`~>$|"
_ENDS = re.compile(rf"[.!?…。！？؟۔।॥։。:;][{re.escape(_CLOSERS)}\s]*$")
# a word that needs another one after it, in English, French, German, Spanish
_DANGLING = re.compile(
    r"\b(?:the|a|an|and|or|but|of|to|in|on|at|for|with|from|by|as|that|which|who|whose|is|are|was|were|be|been|has"
    r"|have|had"
    r"|will|would|can|could|should|may|might|must|if|when|while|because|although|than|into|onto|about|between|its"
    r"|their|his"
    r"|your|our|this|these|those|such|very|et|ou|le|la|les|des|du|de|un|une|que|qui|dans|pour|avec|sur|und|oder|der"
    r"|die|das"
    r"|ein|eine|einen|mit|von|zu|auf|für|dass|el|los|las|y|en|con|por|para|se|su)$",
    re.IGNORECASE,
)
# "What are you looking at"
_STRANDED = re.compile(
    r"^\W*(?:what|who|which|where|whom|whose)\b.*\b(?:of|to|in|on|at|for|with|from|by|about|into)$", re.I
)
_NEVER_LAST = re.compile(r"\b(?:the|an?|and|or|of|le|les|des|du|une?|et|und|der|das|el|los|las|y)$")
_LIST = re.compile(r"^\s*(?:[-*•–+>|#]|\d{1,3}[.)]|[a-zA-Z][.)]|\[.\]|step \d+)(?:\s|$)", re.IGNORECASE)
_FORMULA = re.compile(r"^####|=\s*\S+$|[\d%$€£]\s*$|\\\)|\\\]|https?://\S+$|\S+@\S+$|^\s*[A-Z][\w ]{0,20}:\s|#\w+$")
_NAME = r"(?:[^.!?\n]|\b(?:Dr|Mr|Ms|Mrs|Prof|St|[A-Z])\.){1,60}"
_SIGNED = re.compile(
    r"(?:^|[.!?,\n]\s*)(?:[-–—~] ?\w[\w .]{0,30}|(?:(?:yours|sincerely|regards|best|kind|warm|love|cheers|thanks?"
    rf"|respectfully|signed|faithfully|cordially|gratefully|with (?:respect|love|hope|gratitude|kind|warm|best)"
    rf"|in (?:hope|friendship|solidarity|gratitude))\b[^.!?]{{0,60}}?)[,\n]\s*{_NAME})$",
    re.IGNORECASE,
)
_WORD_END = re.compile(r"[\w,(\[{&/–—-]$")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_STRINGS = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`\n]*`"
# languages differ in what hides a bracket, so all of these readings must find it open
_HIDING = ("(?!)", _STRINGS, rf"{_STRINGS}|#[^\n]*", rf"{_STRINGS}|//[^\n]*|/\*.*?\*/")
_READINGS = [re.compile(hiding, re.DOTALL) for hiding in _HIDING]


@dataclass(frozen=True)
class Endings:
    """What the outputs are, how many are longer prose, and how many of these end like a sentence."""

    outputs: Outputs
    prose: int
    ended: int


def endings(shard: Shard, settings: Settings, seed: int) -> Endings:
    """How the outputs of a shard end."""
    seen = outputs(shard, settings, seed)
    texts = shard.values("output") if seen.some else []
    prose = [text for text in texts if len(text.split()) >= settings.fewest_words and not code(text)]
    return Endings(seen, len(prose), sum(bool(_ENDS.search(text.rstrip())) for text in prose))


def usual(states: Sequence[Endings], settings: Settings) -> float:
    """Share 0..1 of the longer prose outputs that end like a sentence; 0 where there are none."""
    free_text("which cannot be cut off")([state.outputs for state in states], settings)
    prose = sum(state.prose for state in states)
    return sum(state.ended for state in states) / prose if prose else 0.0


def figures(state: float, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The rows, and the share of outputs that end properly."""
    return {"rows": counts["rows"], "peers_ending_properly": state}


@check("truncated", "Cut-off outputs", settings=Settings(), fit=endings, merge=usual, summary=figures)
def truncated(shard: Shard, settings: Settings, state: float) -> Findings:
    """One finding an output that stops too early; not checked on a classification set."""
    strict = state >= settings.peers

    def rule(row: Row) -> Hit | None:
        found = _cut_off(row.output.rstrip(), strict, settings.fewest_words)
        if found is None:
            return None
        sure, why = found
        evidence = {"end": row.output.rstrip()[-CUT:], "why": why, "peers_ending_properly": round(state, 4)}
        return Hit(sure, f"The output {why}.", evidence)

    return judged("truncated", shard, rule)


def _cut_off(text: str, strict: bool, fewest_words: int) -> tuple[float, str] | None:
    if len(re.findall(r"^\s*(?:```|~~~)", text, re.MULTILINE)) % 2:
        return 0.85, "leaves a code block open"
    is_code = code(text)
    last = text.splitlines()[-1] if text else ""
    if text[:1] in "{[" and text[-1:] not in "}]" and len(text) > 1 and '"' in text and _open(text):
        return 0.85, "leaves a bracket open"
    if is_code or CODE_LINE.search(last):
        return (0.7, "leaves a bracket open") if is_code and _open(text) else None
    words = len(text.split())
    if words < 4 or _ENDS.search(text) or not _WORD_END.search(text) or _STRANDED.match(text):
        return None
    if _LIST.match(last) and len(last.split()) < 12 and not _NEVER_LAST.search(last):
        return None
    if _FORMULA.search(last):
        return None
    sentence = last.split()
    if text[-1] in ",([{&" or (_DANGLING.search(text) and len(sentence) >= 4 and text[-1].islower()):
        return 0.85, "stops in the middle of a sentence"
    # the last line of a text without sentences: a title, a name, a verse
    if words < fewest_words or len(sentence) < 8 or not strict or _SIGNED.search(text):
        return None
    return 0.6, "ends without the full stop that the other outputs have"


def _open(text: str) -> bool:
    """Whether a bracket is still open at the end, whichever way strings and comments are written."""
    return all(_unclosed(hidden.sub("", text)) for hidden in _READINGS)


def _unclosed(text: str) -> bool:
    stack: list[str] = []
    for character in text:
        if character in "([{":
            stack.append(character)
        elif character in _PAIRS and stack and stack[-1] == _PAIRS[character]:
            stack.pop()
    return bool(stack)
