"""Text that would steer a model: chat control tokens left in, and instructions to ignore instructions.

Control tokens are those of the published chat templates (ChatML, Llama 2 and 3, Gemma, Mistral, Phi, DeepSeek). In
training text they teach the model to forge turns. Phrases follow OWASP's LLM01 (prompt injection).
"""

import re
from dataclasses import dataclass, field

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
    headers: bool = field(
        default=True, metadata={"help": "Also flag prompt headers such as '### Response:' in outputs"}
    )


TOKENS = re.compile(
    r"<\|(?:im_start|im_end|im_sep|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|end_of_text|system|user"
    r"|assistant|end|endofprompt|fim_prefix|fim_middle|fim_suffix|pad|eom_id|python_tag|end_of_turn)\|>"
    r"|<(?:start|end)_of_turn>|\[/?INST\]|<</?SYS>>|<｜[^｜\n]{3,30}｜>|\[/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\]"
    r"|(?:^|\n)[ \t]*<s>(?![^\n]{0,200}</s>)|</s>\s*$"
)
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
HEADERS = re.compile(
    r"(?:^|\n)[ \t]*(?:###\s?(?:Instruction|Response|Input|Human|Assistant|User|System)\s?:|(?:Human|USER"
    r"|ASSISTANT)\s?: )"
)
_SUBJECT = re.compile(
    r"\b(?:prompt[- ]injection|jailbreak\w*|chat ?templates?|special tokens?|tokeni[sz]ers?|chatml|red[- ]team\w*"
    r"|injection attacks?|system prompts? (?:is|are)|strikethrough|<s> tag|control tokens?|end-of-sequence"
    r"|(?:android|usb|phone|settings|browser|laptop)\b)",
    re.IGNORECASE,
)


# a play has speakers too
_DIALOGUE = re.compile(r"\b(?:dialog(?:ue)?|conversation|script|interview|transcript|chat|sketch|role-?play)\b", re.I)


@check("injection", "Prompt injection and chat tokens", settings=Settings())
def injection(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a row with control tokens or injection phrases in its input or output."""
    labels = shard.labels

    def rule(row: Row) -> Hit | None:
        fields = {"input": row.input} if labels else {"input": row.input, "output": row.output}
        headers = settings.headers and not _DIALOGUE.search(row.input)
        hits = [hit for name, text in fields.items() if (hit := _steering(name, text, headers)) is not None]
        if not hits:
            return None
        hit = max(hits, key=lambda one: one.confidence)
        if _SUBJECT.search(row.input) or (not labels and _SUBJECT.search(row.output)):
            # a text about such tokens and phrases has to show them
            return Hit(0.2, hit.message, {**hit.evidence, "subject": True}, hit.suggestion)
        return hit

    return judged("injection", shard, rule)


def _steering(name: str, text: str, headers: bool) -> Hit | None:
    token = TOKENS.search(text)
    if token is not None:
        shown = token.group().strip()
        return Hit(0.9, f"The {name} holds the chat control token “{shown}”.", _evidence(name, "token", shown, text))
    phrase = PHRASES.search(text)
    if phrase is not None and text[max(0, phrase.start() - 1) : phrase.start()] not in ('"', "“", "'", "«"):
        shown = phrase.group()
        return Hit(0.7, f"The {name} tries to steer a model: “{shown}”.", _evidence(name, "phrase", shown, text))
    header = HEADERS.search(text) if headers and name == "output" else None
    if header is not None:
        shown = header.group().strip()
        return Hit(0.6, f"The output holds the prompt header “{shown}”.", _evidence(name, "header", shown, text))
    return None


def _evidence(name: str, kind: str, shown: str, text: str) -> dict[str, str]:
    return {"field": name, "kind": kind, "found": cut(shown), "text": cut(text)}
