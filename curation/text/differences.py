"""Where two texts differ, word by word, for showing them side by side."""

import re
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["same", "removed", "added"]
Span = tuple[Op, str]

_WORD = re.compile(r"\s+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+|.", re.DOTALL)
MAX_WORDS = 1_500
"""Words of the differing middle that are aligned (quadratic in the worst case); a longer one is marked as a whole."""


def differences(a: str, b: str) -> tuple[list[Span], list[Span]]:
    """The spans of each text, ("same" | "removed", text) for `a` and ("same" | "added", text) for `b`.

    The texts of each list joined give `a` and `b` back. Neighbouring spans of one kind are one span.
    """
    left, right = _WORD.findall(a), _WORD.findall(b)
    head = 0
    while head < min(len(left), len(right)) and left[head] == right[head]:
        head += 1
    tail = 0
    while tail < min(len(left), len(right)) - head and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    ours, theirs = [_span("same", left[:head])], [_span("same", right[:head])]
    _middle(left[head : len(left) - tail], right[head : len(right) - tail], ours, theirs)
    ours.append(_span("same", left[len(left) - tail :]))
    theirs.append(_span("same", right[len(right) - tail :]))
    return _merged(ours), _merged(theirs)


def _middle(left: list[str], right: list[str], ours: list[Span], theirs: list[Span]) -> None:
    if len(left) + len(right) > MAX_WORDS:
        ours.append(_span("removed", left))
        theirs.append(_span("added", right))
        return
    for op, i, i_end, j, j_end in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        ours.append(_span("same" if op == "equal" else "removed", left[i:i_end]))
        theirs.append(_span("same" if op == "equal" else "added", right[j:j_end]))


def _span(op: Op, words: list[str]) -> Span:
    return op, "".join(words)


def _merged(spans: list[Span]) -> list[Span]:
    found: list[Span] = []
    for op, text in spans:
        if text and found and found[-1][0] == op:
            found[-1] = op, found[-1][1] + text
        elif text:
            found.append((op, text))
    return found
