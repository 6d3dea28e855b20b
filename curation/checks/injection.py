"""Text that would steer a model: instructions to ignore instructions, or to give away those it has.

<<<<<<< HEAD
Phrases follow OWASP's LLM01 (prompt injection). A text about such phrases has to show them.
=======
Control tokens are those of the published chat templates (ChatML, Llama 2 and 3, Gemma, Mistral, Phi, DeepSeek). In
training text they teach the model to forge turns. Phrases follow OWASP's LLM01 (prompt injection), in English and 13
more languages; quoted ones, those in code, and texts about the matter are left alone.
>>>>>>> h-meaning
"""

import re
from dataclasses import dataclass, replace

from curation.checks import Shard, check
from curation.checks.phrases.asked import STORY, TRANSLATE, quoted
from curation.checks.phrases.steering import ABOUT_IT, MARKED, SIGNS, STEERING
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


<<<<<<< HEAD
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
=======
TOKENS = re.compile(
    r"<\|(?:im_start|im_end|im_sep|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|end_of_text|system|user"
    r"|assistant|end|endofprompt|fim_prefix|fim_middle|fim_suffix|pad|eom_id|python_tag|end_of_turn)\|>"
    r"|<(?:start|end)_of_turn>|\[/?INST\]|<</?SYS>>|<｜[^｜\n]{3,30}｜>|\[/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\]"
    r"|(?:^|\n)[ \t]*<s>(?![^\n]{0,200}</s>)|</s>\s*$"
)
HEADERS = re.compile(
    r"(?:^|\n)[ \t]*(?:###\s?(?:Instruction|Response|Input|Human|Assistant|User|System)\s?:|(?:Human|USER"
    r"|ASSISTANT)\s?: )"
)
# a play has speakers too
_DIALOGUE = re.compile(r"\b(?:dialog(?:ue)?|conversation|script|interview|transcript|chat|sketch|role-?play)\b", re.I)


@check("injection", "Prompt injection and chat tokens", settings=Settings())
>>>>>>> h-meaning
def injection(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a row with an injection phrase in its input or output."""
    labels = shard.labels

    def rule(row: Row) -> Hit | None:
        fields = {"input": row.input} if labels else {"input": row.input, "output": row.output}
        hits = [hit for name, text in fields.items() if (hit := _steering(name, text)) is not None]
        if not hits:
            return None
        hit = max(hits, key=lambda one: one.confidence)
<<<<<<< HEAD
        if _SUBJECT.search(row.input) or (not labels and _SUBJECT.search(row.output)):
            # a text about such phrases has to show them
            return replace(hit, confidence=0.2, evidence={**hit.evidence, "subject": True})
=======
        if ABOUT_IT.search(row.input) or (not labels and ABOUT_IT.search(row.output)) or _asked(row.input, hit):
            return Hit(0.2, hit.message, {**hit.evidence, "subject": True}, hit.suggestion)
>>>>>>> h-meaning
        return hit

    return judged("injection", shard, rule)


<<<<<<< HEAD
def _steering(name: str, text: str) -> Hit | None:
    phrase = PHRASES.search(text)
    if phrase is None or text[max(0, phrase.start() - 1) : phrase.start()] in ('"', "“", "'", "«"):
        return None
    shown = phrase.group()
    evidence = {"field": name, "found": cut(shown), "text": cut(text)}
    message = f"The {name} tries to steer a model: “{shown}”."
    return Hit(0.7, message, evidence, spans=[(name, *phrase.span())])
=======
def _steering(name: str, text: str, headers: bool) -> Hit | None:
    token = TOKENS.search(text)
    if token is not None:
        shown = token.group().strip()
        return Hit(0.9, f"The {name} holds the chat control token “{shown}”.", _evidence(name, "token", shown, text))
    phrase = _phrase(text)
    if phrase is not None:
        shown = phrase.group().strip()
        return Hit(0.7, f"The {name} tries to steer a model: “{shown}”.", _evidence(name, "phrase", shown, text))
    header = HEADERS.search(text) if headers and name == "output" else None
    if header is not None:
        shown = header.group().strip()
        return Hit(0.6, f"The output holds the prompt header “{shown}”.", _evidence(name, "header", shown, text))
    return None


def _phrase(text: str) -> re.Match[str] | None:
    """The first phrase that steers and is not quoted."""
    plain = text.replace("’", "'")
    small = plain.lower()
    if not any(sign in small for sign in SIGNS):
        return None
    found = next((one for one in STEERING.finditer(plain) if not quoted(plain, one.start())), None)
    return found or MARKED.search(text)


def _asked(asked: str, hit: Hit) -> bool:
    """Whether the phrase may stand there because the input asks for a translation or a story."""
    return hit.evidence["kind"] == "phrase" and bool(TRANSLATE.search(asked) or STORY.search(asked))


def _evidence(name: str, kind: str, shown: str, text: str) -> dict[str, str]:
    return {"field": name, "kind": kind, "found": cut(shown), "text": cut(text)}
>>>>>>> h-meaning
