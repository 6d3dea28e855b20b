"""Whether a text is program text, which has its own use for brackets, repeats and words."""

import re

CODE_LINE = re.compile(
    r"[;{}]\s*$|^\s{4,}\S|^\s*(?:def|class|import|from|return|if|for|while|print|function|const|let|var|public"
    r"|private|#include"
    r"|SELECT|FROM|WHERE|INSERT|UPDATE|CREATE|end|fi|done|<\?|</?\w+)\b|^\s*[\w.\[\]'\"]+\s*(?:[-+*/]?=|\()"
    r"|^\s*(?:</|//|/\*|\$ )|=>|->|\(\)|</\w+>",
    re.IGNORECASE,
)


def code(text: str) -> bool:
    """Whether most lines of a text read like program text."""
    lines = [line for line in text.splitlines() if line.strip()]
    return sum(bool(CODE_LINE.search(line)) for line in lines) * 2 > len(lines)


_PROGRAM = re.compile(
    r"#include\b|\bpublic (?:static|class)\b|\bdef \w+\(|\bfunction\b[ \w]*\(|[{};]\s*$|</\w+>|^\s*(?:import|from) \w+"
    r"|\w\(.*\)\s*$|^\s+\w+ ?[-+*]?= ?",
    re.MULTILINE,
)


def holds_program(text: str) -> bool:
    """Whether a text that may begin in plain words has lines of program text, two at least."""
    return len(_PROGRAM.findall(text)) > 1
