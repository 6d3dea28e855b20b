"""Where an output's words come from: its own input, usual wording, or nowhere yet."""

from collections import Counter
from collections.abc import Sequence

from curation.text.words import terms

Shares = tuple[float, float, float]
"""Copied, template and novel shares of an output's words (of pairs of characters where there are no spaces); they add up
to 1 unless it has no words."""


def usual_words(outputs: Sequence[Sequence[str]], template: float) -> set[str]:
    """Words that stand in at least the share `template` of all outputs, and in more than one."""
    seen_in = Counter(word for output in outputs for word in set(output))
    return {word for word, n in seen_in.items() if n >= template * len(outputs) and n > 1}


def shares(text: str, output: Sequence[str], usual: set[str]) -> Shares:
    """The shares of the words of one output, given its input's text."""
    if not output:
        return 0.0, 0.0, 0.0
    own = set(terms(text))
    copied = sum(word in own for word in output)
    known = sum(word not in own and word in usual for word in output)
    return copied / len(output), known / len(output), (len(output) - copied - known) / len(output)
