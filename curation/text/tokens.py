"""How many tokens a text has, as an estimate, and whether what an endpoint says about it can be true."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from curation.errors import InputRejected, UsageError

BYTES_A_TOKEN = 4
"""UTF-8 bytes: the rule of thumb of OpenAI's tokenizer page for English; other scripts take more bytes a character
and more tokens too."""
BAND = 0.2
"""Either way, stated beside every estimate."""
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


def estimate(text: str) -> float:
    """Tokens of a text, +-20 %."""
    return len(text.encode()) / BYTES_A_TOKEN


def counter(path: Path) -> Callable[[str], float]:
    """How many tokens the tokenizer of a `tokenizer.json` makes of a text, without its special tokens.

    Raises UsageError where the package `tokenizers` is missing or there is no such file, InputRejected where it is no
    tokenizer.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise UsageError(
            "Counting with a tokenizer.json needs the package tokenizers: pip install tokenizers. Left out, tokens are "
            "estimated."
        ) from None
    if not path.is_file():
        raise UsageError(f"{path}: no such file; name the tokenizer.json of the model.")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception:  # noqa: BLE001  the package raises nothing narrower
        raise InputRejected(f"{path} is no tokenizer.json that can be read. Take it from the model's folder.") from None
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


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


def counted(found: Usage, prompt: str, reply: str) -> Usage:
    """What a call counts against a limit: never less than our own estimate allows, so that no low count hides cost.

    An estimate counts with the upper end of its band, a given count with at least the lower end of ours.
    """
    if found.estimated:
        factor = 1 + BAND
        return Usage(max(found.prompt, estimate(prompt) * factor), max(found.output, estimate(reply) * factor), True)
    factor = 1 - BAND
    return Usage(max(found.prompt, estimate(prompt) * factor), max(found.output, estimate(reply) * factor))
