r"""Conversations written in one text, split into turns: `\n\nHuman: ...\n\nAssistant: ...` and chat templates."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from curation.load.chat import to_be_answered
from curation.text.turns import role_of

SPOKEN = re.compile(
    r"(?:\A|\n)[ \t]*\*{0,2}"
    r"(System|Human|User|Assistant|Bot|Chatbot|AI|GPT|SYSTEM|HUMAN|USER|ASSISTANT|Customer|Agent|Question|Answer|Q|A)"
    r"\*{0,2}[ \t]*:\*{0,2}[ \t\n]*"
)
"""A speaker's name at the start of a line: HH-RLHF, Vicuna, support logs."""
HASHED = re.compile(r"#{3}[ \t]*(System|Human|User|Assistant|Instruction|Response)[ \t]*:[ \t\n]*")
"""A speaker behind three hashes, wherever it stands: Alpaca texts, and Guanaco glues the next one to the text before.
What stands before the first one is Alpaca's preamble: a system turn."""
CHATML = re.compile(r"<\|im_start\|>(\w+)\n(.*?)(?:<\|im_end\|>\s*|\Z)", re.DOTALL)
HEADERS = re.compile(
    r"<\|start_header_id\|>(\w+)<\|end_header_id\|>\s*(.*?)(?:<\|eot_id\|>\s*|<\|end_of_text\|>\s*|\Z)", re.DOTALL
)
TAGS = re.compile(
    r"<\|(system|user|prompter|assistant)\|>\s*(.*?)(?:</s>|<\|end\|>|<\|endoftext\|>)?\s*(?=<\|(?:system|user|prompter|"
    r"assistant)\|>|\Z)",
    re.DOTALL,
)
GEMMA = re.compile(r"<start_of_turn>(\w+)\n(.*?)(?:<end_of_turn>\s*|\Z)", re.DOTALL)
LLAMA = re.compile(
    r"\[INST\]\s*(?:<<SYS>>\s*(.*?)\s*<</SYS>>\s*)?(.*?)\s*\[/INST\]\s*(.*?)\s*(?:</s>|(?=<s>|\[INST\])|\Z)", re.DOTALL
)
DEEPSEEK = re.compile(
    r"<｜(User|Assistant)｜>(.*?)(?:<｜end▁of▁sentence｜>)?(?=<｜(?:User|Assistant)｜>|\s*\Z)", re.DOTALL
)
GRANITE = re.compile(r"<\|start_of_role\|>(\w+)<\|end_of_role\|>(.*?)(?:<\|end_of_text\|>\s*|\Z)", re.DOTALL)
HARMONY = re.compile(
    r"<\|start\|>(\w+)(?:<\|channel\|>(?:final|commentary))?<\|message\|>(.*?)(?:<\|end\|>|<\|return\|>|\Z)\s*",
    re.DOTALL,
)
STARTS = ("<|begin_of_text|>", "<bos>", "<s>", "<｜begin▁of▁sentence｜>")
ROLES = {
    "instruction": "user", "question": "user", "q": "user", "response": "assistant", "answer": "assistant",
    "a": "assistant",
}  # fmt: skip
LONGEST = 1 << 20
"""Characters; longer texts are no dialogue anybody wrote, and are not searched."""


def dialogue_turns(text: Any) -> list[dict[str, Any]]:
    """The turns of a dialogue written in one text; [] where it is none.

    A dialogue begins with a speaker, has a user and, after it, an assistant. An assistant named at the end who says
    nothing is no turn: the text is what a model is asked to go on with.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        return []
    for read in READERS:
        turns = read(text)
        roles = [turn["role"] for turn in turns]
        if "user" in roles and "assistant" in roles[roles.index("user") :]:
            return to_be_answered(turns)
    return []


def are_dialogues(values: Sequence[Any]) -> bool:
    """Whether nearly all of these values (9 of 10) are dialogues."""
    some = [value for value in values if value not in (None, "")][:100]
    return bool(some) and sum(bool(dialogue_turns(value)) for value in some) >= 0.9 * len(some)


def _turn(name: str, said: str) -> dict[str, Any] | None:
    role = ROLES.get(name.lower()) or role_of(name)
    return {"role": role, "content": said.strip()} if role else None


def _tagged(form: re.Pattern[str]) -> Callable[[str], list[dict[str, Any]]]:
    def read(text: str) -> list[dict[str, Any]]:
        rest = _start(text)
        found = list(form.finditer(rest))
        if not found or rest[: found[0].start()].strip() or found[-1].end() < len(rest.rstrip()):
            return []
        turns = [_turn(match[1], match[2]) for match in found]
        return [turn for turn in turns if turn] if all(turns) else []

    return read


def _start(text: str) -> str:
    rest = text.lstrip()
    for mark in STARTS:
        rest = rest.removeprefix(mark)
    return rest


def _spoken(form: re.Pattern[str]) -> Callable[[str], list[dict[str, Any]]]:
    def read(text: str) -> list[dict[str, Any]]:
        found = list(form.finditer(text))
        before = text[: found[0].start()].strip() if found else ""
        if not found or (before and form is not HASHED):
            return []
        ends = [*(match.start() for match in found[1:]), len(text)]
        turns = [_turn(match[1], text[match.end() : end]) for match, end in zip(found, ends)]
        said = [turn for turn in turns if turn]
        return [{"role": "system", "content": before}, *said] if before else said

    return read


def _llama(text: str) -> list[dict[str, Any]]:
    found = list(LLAMA.finditer(text))
    if not found or text[: found[0].start()].strip().removeprefix("<s>").strip():
        return []
    turns = []
    for match in found:
        system, asked, answered = match[1], match[2], match[3]
        said = (("system", system), ("user", asked), ("assistant", answered))
        turns += [{"role": role, "content": content} for role, content in said if content]
    return turns


TEMPLATES = (CHATML, HEADERS, GEMMA, TAGS, DEEPSEEK, GRANITE, HARMONY)
READERS = (*map(_tagged, TEMPLATES), _llama, _spoken(HASHED), _spoken(SPOKEN))
