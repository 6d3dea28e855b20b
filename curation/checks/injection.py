"""Text that would steer a model: instructions to ignore instructions, or to give away those it has.

Phrases follow OWASP's LLM01 (prompt injection), in English and 13 more languages; quoted ones, those in code, and texts
about the matter are left alone.
"""

import re
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from curation.checks import Shard, check
from curation.checks.phrases.asked import STORY, TRANSLATE, quoted
from curation.checks.phrases.steering import ABOUT_IT, DEVICE, MARKED, SIGNS, STEERING
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    judged,
)
from curation.checks.texts.column import may_match
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    """Nothing to set."""


def may_steer(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which texts may hold such a phrase."""
    return may_match(STEERING, MARKED)(pc.replace_substring(column, "’", "'"))


@check("injection", "Prompt injection", settings=Settings(), may_match=may_steer)
def injection(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a row with injection phrases in its input or output."""
    labels = shard.labels

    def rule(row: Row) -> Hit | None:
        fields = {"input": row.input} if labels else {"input": row.input, "output": row.output}
        hits = [hit for name, text in fields.items() if (hit := _steering(name, text)) is not None]
        if not hits:
            return None
        hit = max(hits, key=lambda one: one.confidence)
        field, start, _ = hit.spans[0]
        in_story = STORY.search(row.input) and not _is_last(fields[field], start)
        asked = TRANSLATE.search(row.input) or in_story
        said = row.input if labels else f"{row.input}\n{row.output}"
        is_device = " mode" in hit.evidence["found"].casefold() and DEVICE.search(said)
        if asked or is_device or ABOUT_IT.search(said):
            # a text about such phrases has to show them
            return replace(hit, confidence=0.2, evidence={**hit.evidence, "subject": True})
        return hit

    return judged("injection", shard, rule)


def _is_last(text: str, start: int) -> bool:
    """Whether what starts there is a sentence of its own at the end of a text: no character of a story says it."""
    before, after = text[:start].rstrip(), text[start:].strip()
    return bool(re.search(r"(?:^|[.!?。！？])$", before)) and not re.search(r"[.!?。！？]\s+\S", after)


def _steering(name: str, text: str) -> Hit | None:
    phrase = _phrase(text)
    if phrase is None:
        return None
    shown = phrase.group().strip()
    evidence = {"field": name, "found": cut(shown), "text": cut(text)}
    message = f"The {name} tries to steer a model: “{shown}”."
    return Hit(0.7, message, evidence, spans=[(name, *phrase.span())])


def _phrase(text: str) -> re.Match[str] | None:
    """The first phrase that steers and is not quoted."""
    plain = text.replace("’", "'")
    small = plain.lower()
    if not any(sign in small for sign in SIGNS):
        return None
    found = next((one for one in STEERING.finditer(plain) if not quoted(plain, one.start())), None)
    return found or MARKED.search(text)
