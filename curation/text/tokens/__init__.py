"""How many tokens a text has, counted or estimated, and whether what an endpoint says about it can be true."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

import numpy as np
import numpy.typing as npt

from curation.text.tokens.scripts import TABLE, Floats, parts_of

COLUMNS = 5
"""Of a table of counts: the value, the ends of the band of one text, and those of the band of a set."""
COSTS: Floats = np.column_stack([TABLE[:, 0], *(TABLE[:, 0] * TABLE[:, n] for n in range(1, COLUMNS))])

TURN = 16
"""Tokens a chat template adds to a message at most, role and separators; the common ones add 3 to 10."""
ABSURD = 4
"""A count further below the estimate than this factor is no count: no tokenizer makes 16 bytes of text one token."""


@dataclass(frozen=True)
class Usage:
    """Tokens of a prompt and its reply; `estimated` where the endpoint's own count was absent or impossible."""

    prompt: float
    output: float
    estimated: bool = False

    @property
    def total(self) -> float:
        return self.prompt + self.output


class Counts:
    """Tokens of texts, one a line: `values`, and what they are at least and at most (`lows`, `highs`), shape (texts,).

    All three are the same where a tokenizer counted. Counts of the same number of texts add up, line by line.
    """

    def __init__(self, table: Floats) -> None:
        self.table = table

    @classmethod
    def exact(cls, values: Sequence[int]) -> "Counts":
        """Those that a tokenizer counted."""
        return cls(np.repeat(np.asarray(values, float)[:, None], COLUMNS, axis=1))

    @property
    def values(self) -> Floats:
        return np.asarray(self.table[:, 0])

    @property
    def lows(self) -> Floats:
        return np.asarray(self.table[:, 1])

    @property
    def highs(self) -> Floats:
        return np.asarray(self.table[:, 2])

    @property
    def total(self) -> tuple[float, float, float]:
        """Tokens of all texts, at least and at most: what is too much for one text is too little for another."""
        value, _, _, low, high = self.table.sum(axis=0)
        return float(value), float(low), float(high)

    def where(self, mask: npt.NDArray[np.bool_]) -> "Counts":
        """Those of some of the texts."""
        return Counts(self.table[mask])

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.table + other.table)

    def __len__(self) -> int:
        return len(self.table)


class Counter(Protocol):
    """Counts tokens: ESTIMATE, or the model's own tokenizer (`tokens.tokenizer`)."""

    @property
    def is_exact(self) -> bool:
        """Whether it counts and does not estimate."""

    def counts(self, texts: Sequence[str]) -> Counts:
        """Tokens of these texts, without what a template adds."""


class Estimate:
    """Tokens by script and content; the band is the one that was measured, see `tokens.scripts`."""

    is_exact = False

    def counts(self, texts: Sequence[str]) -> Counts:
        """Tokens of these texts, each with its band; no tokenizer makes more of a text than it has bytes."""
        sizes = np.array([_bytes_in(text) for text in texts], float)
        return Counts(np.minimum(parts_of(texts) @ COSTS, sizes[:, None]))


def _bytes_in(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


ESTIMATE = Estimate()


def estimate(text: str) -> float:
    """Tokens of a text; `bounds` says how far off that may be."""
    return float(ESTIMATE.counts([text]).values[0])


def bounds(text: str) -> tuple[float, float]:
    """Tokens of a text at least and at most."""
    counts = ESTIMATE.counts([text])
    return float(counts.lows[0]), float(counts.highs[0])


def band(counts: Counts) -> str:
    """How far off the total may be, in words: "-15 % to +15 %"; "" where a tokenizer counted."""
    value, low, high = counts.total
    return off(value, low, high) if value and (low, high) != (value, value) else ""


def off(value: float, low: float, high: float) -> str:
    """How far a value may be off, in words."""
    return f"{low / value - 1:+.0%} to {high / value - 1:+.0%}".replace("%", " %").replace("-", "−")


def most(text: str, turns: int = 1) -> int:
    """More tokens than any tokenizer makes of the text: one a byte, and what a chat template adds."""
    return len(text.encode()) + TURN * max(turns, 1)


def believable(said: object, text: str, limit: int) -> float | None:
    """A count as the endpoint gave it, None where it is absent or cannot be true of this text."""
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= limit:
        return None
    return float(said) if said >= estimate(text) / ABSURD else None


def doubt(said: object, text: str, limit: int) -> str:
    """Why a count that was given is not believed: "lower" or "higher" than the text can be; "" for none given."""
    if isinstance(said, bool) or not isinstance(said, int) or believable(said, text, limit) is not None:
        return ""
    return "higher" if said > limit else "lower"


def doubts(said_prompt: object, said_output: object, prompt: str, turns: int, reply: str, reply_tokens: int) -> str:
    """Why the counts of one call are not believed, "" where they are or where there are none."""
    limit = max(reply_tokens, ceil(estimate(reply))) + 1
    return doubt(said_prompt, prompt, most(prompt, turns)) or doubt(said_output, reply, limit)


def usage(said_prompt: object, said_output: object, prompt: str, turns: int, reply: str, reply_tokens: int) -> Usage:
    """Tokens of one call: the endpoint's counts where they can be true, else estimates."""
    # the end of the text is a token too
    limit = max(reply_tokens, ceil(estimate(reply))) + 1
    first, second = believable(said_prompt, prompt, most(prompt, turns)), believable(said_output, reply, limit)
    estimated = first is None or second is None
    return Usage(estimate(prompt) if first is None else first, estimate(reply) if second is None else second, estimated)


def counted(found: Usage, prompt: str, reply: str, reply_tokens: int) -> Usage:
    """What a call counts against a limit: never less than our own estimate allows, so that no low count hides cost.

    An estimate counts with the upper end of its band, a given count with at least the lower end of ours. A reply that
    may have kept to the tokens it was allowed counts no more than these.
    """
    end = 1 if found.estimated else 0
    ours, theirs = bounds(prompt), bounds(reply)
    output = max(found.output, theirs[end])
    if theirs[0] <= reply_tokens:
        output = min(output, max(reply_tokens, 0 if found.estimated else found.output))
    return Usage(max(found.prompt, ours[end]), output, found.estimated)
