"""Whether a text is program text, which has its own use for brackets, repeats and words."""

import re

_BEGINS = re.compile(
    r"\s{4,}\S|\s*(?:def|class|import|from|return|if|for|while|print|function|const|let|var|public|private|#include"
    r"|SELECT|FROM|WHERE|INSERT|UPDATE|CREATE|end|fi|done|<\?|</?\w+)\b|\s*[\w.\[\]'\"]+\s*(?:[-+*/]?=|\()"
    r"|\s*(?:</|//|/\*|\$ )",
    re.IGNORECASE,
)
# each begins with a letter of its own, which Python looks for before it tries the pattern
_HOLDS = re.compile(r";\s*$|\{\s*$|\}\s*$|=>|->|\(\)|</\w+>")


def code(text: str) -> bool:
    """Whether most lines of a text read like program text."""
    lines = [line for line in text.splitlines() if line.strip()]
    return sum(map(is_code_line, lines)) * 2 > len(lines)


def is_code_line(line: str) -> bool:
    """Whether a line reads like program text."""
    return bool(_BEGINS.match(line) or _HOLDS.search(line))


_PROGRAM = re.compile(
    r"#include\b|\bpublic (?:static|class)\b|\bdef \w+\(|\bfunction\b[ \w]*\(|[{};]\s*$|</\w+>|^\s*(?:import|from) \w+"
    r"|\w\(.*\)\s*$|^\s+\w+ ?[-+*]?= ?",
    re.MULTILINE,
)


def holds_program(text: str) -> bool:
    """Whether a text that may begin in plain words has lines of program text, two at least."""
    return len(_PROGRAM.findall(text)) > 1
