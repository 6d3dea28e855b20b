"""Characters nobody sees: control codes, zero-width and direction marks, tags. They change what a model reads.

Direction overrides are the Trojan Source attack (CVE-2021-42574); tag characters carry hidden prompts. Joiners inside
emoji and in the scripts that need them, and direction marks in right-to-left text, are right and stay.
"""

import re
import unicodedata
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from curation.checks import Shard, check
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    judged,
)
from curation.records import Findings
from curation.wording.visible import mark


@dataclass(frozen=True)
class Settings:
    soft_hyphens: bool = field(default=True, metadata={"help": "Also flag soft hyphens, left over from typesetting"})


KINDS = (
    ("tag character", "\U000e0000-\U000e007f", 0.95),
    ("direction override", "\u202a-\u202e\u2066-\u2069", 0.9),
    ("control character", "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f", 0.9),
    ("zero-width character", "\u200b\u200c\u200d\u2060-\u2064\ufeff\u180e\u115f\u1160\u3164\uffa0", 0.7),
    ("direction mark", "\u200e\u200f\u061c", 0.6),
    ("soft hyphen", "\u00ad", 0.5),
)
"""What it is, which characters, and how sure it is a fault."""
_ANY = re.compile("[" + "".join(characters for _, characters, _ in KINDS) + "]")
_EMOJI_JOINER = re.compile(
    "(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
)
_FLAG_TAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007f]{1,8}")
# scripts in which joiners shape words: Arabic, Syriac, N'Ko, the Indic blocks, Sinhala, Myanmar, Khmer, Mongolian
_JOINED = "\u0600-\u07ff\u08a0-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af"
_WORD_JOINER = re.compile(f"(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}\\s]|$)")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
# some scripts break lines at zero-width spaces: Thai, Lao, Myanmar, Khmer
_UNSPACED = re.compile(
    "(?<=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b|\u200b(?=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])"
)


def unprintable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which texts hold more than letters, digits and signs of ASCII: all hidden characters do."""
    return pc.match_substring_regex(column, "[^ -~\\t\\r\\n]")


@check("hidden_characters", "Hidden characters", settings=Settings(), may_match=unprintable)
def hidden_characters(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a row with hidden characters; where only the output has them, the cleaned output is suggested."""
    labels = shard.labels

    def rule(row: Row) -> Hit | None:
        fields = {"input": row.input} if labels else {"input": row.input, "output": row.output}
        marked = {name: marks for name, text in fields.items() if (marks := hidden(text, settings.soft_hyphens))}
        if not marked:
            return None
        confidence, kind = max((sure, kind) for marks in marked.values() for kind, sure, _ in marks)
        characters = sorted({c for marks in marked.values() for _, _, c in marks})
        evidence = {
            "fields": sorted(marked),
            "characters": [f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in characters],
            "count": sum(len(marks) for marks in marked.values()),
            **{name: cut(visible(fields[name])) for name in marked},
        }
        message = f"The {' and the '.join(sorted(marked))} holds a {kind} that cannot be seen."
        only_output = list(marked) == ["output"]
        return Hit(confidence, message, evidence, f"replace:{cleaned(row.output)}" if only_output else "look")

    return judged("hidden_characters", shard, rule)


def hidden(text: str, soft_hyphens: bool = True) -> list[tuple[str, float, str]]:
    """(kind, how sure 0..1, character) of each character that is hidden and has no business where it stands."""
    if (text.isascii() and text.isprintable()) or not _ANY.search(text):
        return []
    rest = _allowed_out(text)
    found = []
    for match in _ANY.finditer(rest):
        kind, sure = next(
            (kind, sure) for kind, characters, sure in KINDS if re.match(f"[{characters}]", match.group())
        )
        if kind != "soft hyphen" or soft_hyphens:
            found.append((kind, sure, match.group()))
    return found


def cleaned(text: str) -> str:
    """The text without its hidden characters; those that are right stay."""
    if not hidden(text):
        return text
    kept = {match.span() for pattern in _rights(text) for match in pattern.finditer(text)}
    inside = {n for start, end in kept for n in range(start, end)}
    text = "".join(c for n, c in enumerate(text) if n in inside or not _ANY.match(c))
    return text


def visible(text: str) -> str:
    """The text with each hidden character shown as its code point."""
    return _ANY.sub(lambda match: mark(match.group()), text)


def _rights(text: str) -> list[re.Pattern[str]]:
    marks = [re.compile("[\u200e\u200f\u061c\u2066-\u2069]")] if _RIGHT_TO_LEFT.search(text) else []
    return [_EMOJI_JOINER, _FLAG_TAGS, _WORD_JOINER, _UNSPACED, *marks]


def _allowed_out(text: str) -> str:
    for pattern in _rights(text):
        text = pattern.sub("", text)
    return text
