"""Control tokens of chat templates left in texts and labels: <|im_start|>, [INST], <|endoftext|>, <start_of_turn>.

Trainers write these tokens themselves; in a text they end it early or teach the model to forge turns. They are those of
the published chat templates (ChatML, Llama 2 and 3, Gemma, Mistral, Phi, DeepSeek, Cohere, gpt-oss). A text about such
tokens has to show them. Where they stand at the ends of an output or a label, the text without them is suggested.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, cut, judged
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    """Nothing to set."""


KNOWN = re.compile(
    r"<\|(?:im_start|im_end|im_sep|endoftext|eot_id|eot|start_header_id|end_header_id|begin_of_text|end_of_text|system|user"
    r"|assistant|end|start|message|channel|return|call|endofprompt|fim_prefix|fim_middle|fim_suffix|pad|eom_id|python_tag"
    r"|end_of_turn|observation|tool_call|tool_response|(?:START|END)_OF_TURN_TOKEN|(?:USER|CHATBOT|SYSTEM)_TOKEN)\|>"
    r"|<(?:start|end)_of_turn>|<start_of_image>|\[/?INST\]|<</?SYS>>|<｜[^｜\n]{3,30}｜>|<\|turn>|<turn\|>|\[gMASK\]"
    r"|\[/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]"
    r"|(?:(?<=\n)|\A)[ \t]*<s>(?![^\n]{0,200}</s>)|</s>(?=\s*\Z)"
)
ALIKE = re.compile(
    r"<\|[A-Za-z0-9_-]{2,40}\|>|<(?:bos|eos|unk|pad)>|\[(?:PAD|CLS|SEP|UNK|BOS|EOS)\]|<(?:extra_id_|unused)\d{1,3}>"
)
"""Written as tokens are, but of no template we know."""
SURE, PROBABLE, SHOWN = 0.9, 0.7, 0.2
"""How sure a known token is a fault, one written like it, and either in a text about tokens."""
_SUBJECT = re.compile(
    r"\b(?:chat ?templates?|special tokens?|tokeni[sz]\w+|chatml|control tokens?|end-of-sequence|strikethrough|<s> tag"
    r"|strike \w+|struck (?:through|out)|cross\w* out"
    r"|prompt[- ](?:injection|format|template)|jailbreak\w*|injection attacks?|fill-in-the-middle|stop (?:token"
    r"|sequence)s?"
    r"|vocabulary|padding|instruct format)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]{1,200}`", re.DOTALL)


def may_hold(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which texts hold what every token begins with."""
    return pc.match_substring_regex(
        column, r"<[|｜/]|<<|<(?:s|bos|eos|unk|pad|turn)|<(?:start|end|extra|unused)|\[/?[A-Zg]"
    )


@check("chat_template", "Chat control tokens", settings=Settings(), may_match=may_hold)
def chat_template(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a row with a control token in its input, its output or its label."""
    labels = shard.labels

    def rule(row: Row) -> Hit | None:
        # in a set of labels the output is the label once more
        output = {"label": row.label or ""} if labels else {"output": row.output}
        found = [hit for name, text in ({"input": row.input} | output).items() for hit in _tokens(name, text)]
        if not found:
            return None
        name, match, sure = max(found, key=lambda one: (one[2], one[0] != "input"))
        shown = match.group().strip()
        evidence = {"field": name, "found": cut(shown), "fields": sorted({each for each, _, _ in found})}
        spans = [("output" if each == "label" else each, *one.span()) for each, one, _ in found]
        message = f"The {name} holds the chat control token “{cut(shown, 60)}”."
        if _SUBJECT.search(row.input) or (not labels and _SUBJECT.search(row.output)):
            return Hit(SHOWN, message, evidence | {"subject": True}, spans=spans)
        return Hit(sure, message, evidence, _mended(name, row), spans)

    return judged("chat_template", shard, rule)


def _tokens(name: str, text: str) -> Iterator[tuple[str, re.Match[str], float]]:
    plain = _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    known = list(KNOWN.finditer(plain))
    yield from ((name, match, SURE) for match in known)
    taken = {match.start() for match in known}
    yield from ((name, match, PROBABLE) for match in ALIKE.finditer(plain) if match.start() not in taken)


def _mended(name: str, row: Row) -> str:
    """The suggestion: the output or label without the tokens at its ends; to look where any stands within."""
    text = (row.label or "") if name == "label" else row.output
    places = [match.span() for pattern in (KNOWN, ALIKE) for match in pattern.finditer(text)]
    start, end = 0, len(text)
    for left, right in sorted(places):
        start = right if not text[start:left].strip() else start
    for left, right in sorted(places, reverse=True):
        end = left if left >= start and not text[right:end].strip() else end
    plain = text[start:end].strip()
    if name == "input" or not plain or KNOWN.search(plain) or ALIKE.search(plain):
        return "look"
    return f"relabel:{plain}" if name == "label" else f"replace:{plain}"
