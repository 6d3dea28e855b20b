"""Text that would steer a model: instructions to ignore instructions, or to give away those it has.

Phrases follow OWASP's LLM01 (prompt injection). A text about such phrases has to show them.
"""

import re
from dataclasses import dataclass, replace

from curation.checks import Shard, check
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    judged,
)
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    """Nothing to set."""


_WORDS = r"(?:instructions?|prompts?|directions?|rules|guidelines|commands?|messages?)"
# "ignore my previous message" is what customers write
_OWN = r"(?!my (?:previous|prior|earlier|initial|original) messages?\b)"
_EARLIER = r"(?:previous|prior|above|earlier|preceding|foregoing|initial|original|system)"
PHRASES = re.compile(
    rf"\b(?:ignore|disregard|forget|override|bypass) {_OWN}(?:all |any |every )?(?:of )?"
    rf"(?:the |your |my |these |those )?{_EARLIER} (?:system )?{_WORDS}\b"
    rf"|\b(?:ignore|disregard|forget) (?:all|everything) (?:of )?(?:the |your )?(?:that came before|you were told)"
    rf"|\b(?:ignore|disregard|forget) (?:all )?(?:of )?(?:the |these |those |your )?{_WORDS} (?:above|before)\b"
    rf"|\bignore[zr]? (?:toutes )?(?:les|vos|tes) instructions (?:pr[ée]c[ée]dentes|ant[ée]rieures)"
    rf"|\bignorieren? (?:sie )?(?:alle )?(?:vorherigen|obigen|bisherigen) (?:anweisungen|befehle)"
    rf"|\bignor[ae] (?:todas )?(?:las )?(?:instrucciones|órdenes) (?:anteriores|previas)"
    rf"|\b(?:ignore|disregard) all (?:your |safety )?{_WORDS}\b"
    rf"|\b(?:reveal|print|show|repeat|output|leak)(?: me)? (?:your|the) (?:hidden |full |entire )?system prompt\b"
    rf"|\byou are now (?:dan\b|in developer mode|jailbroken|an unrestricted|free from)|\bdo anything now\b"
    rf"|\b(?:enable|enter|activate) (?:developer|dan|jailbreak) mode\b"
    rf"|\bpretend (?:that )?you have no (?:restrictions|rules)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\b(?:prompt[- ]injection|jailbreak\w*|chat ?templates?|red[- ]team\w*|injection attacks?"
    r"|system prompts? (?:is|are)"
    r"|(?:android|usb|phone|settings|browser|laptop)\b)",
    re.IGNORECASE,
)


@check("injection", "Prompt injection", settings=Settings())
def injection(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a row with an injection phrase in its input or output."""
    labels = shard.labels

    def rule(row: Row) -> Hit | None:
        fields = {"input": row.input} if labels else {"input": row.input, "output": row.output}
        hits = [hit for name, text in fields.items() if (hit := _steering(name, text)) is not None]
        if not hits:
            return None
        hit = max(hits, key=lambda one: one.confidence)
        if _SUBJECT.search(row.input) or (not labels and _SUBJECT.search(row.output)):
            # a text about such phrases has to show them
            return replace(hit, confidence=0.2, evidence={**hit.evidence, "subject": True})
        return hit

    return judged("injection", shard, rule)


def _steering(name: str, text: str) -> Hit | None:
    phrase = PHRASES.search(text)
    if phrase is None or text[max(0, phrase.start() - 1) : phrase.start()] in ('"', "“", "'", "«"):
        return None
    shown = phrase.group()
    evidence = {"field": name, "found": cut(shown), "text": cut(text)}
    message = f"The {name} tries to steer a model: “{shown}”."
    return Hit(0.7, message, evidence, spans=[(name, *phrase.span())])
