"""Rows longer than the model reads, so that training would cut them. An estimate unless a tokenizer is given.

Estimated at four characters a token, OpenAI's rule of thumb for English, and one token a Chinese, Japanese or Korean
character, two an emoji, and never fewer than words. With the `tokenizers` package and the model's own tokenizer.json
the count is exact.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, judged
from curation.errors import NotChecked
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    # the context of Llama 3 8B, the shortest among base models commonly tuned
    tokens: int = field(
        default=8192, metadata={"help": "Context length of the model, in tokens", "min": 64, "max": 2_000_000}
    )
    tokenizer: str = field(default="", metadata={"help": "Path of the model's tokenizer.json, for exact counts"})


CHARACTERS_PER_TOKEN = 4
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_WIDER = re.compile(f"{_WIDE.pattern}|{_ASTRAL.pattern}")


@dataclass(frozen=True)
class Tokens:
    """The tokens the model reads, how those of a text are counted, and that in words."""

    limit: int
    count: Callable[[str], int]
    how: str


def tokens_of(states: Sequence[Any], settings: Settings) -> Tokens:
    """How tokens are counted. Raises NotChecked where a tokenizer is named and cannot be used."""
    if settings.tokenizer:
        return Tokens(settings.tokens, exact(settings.tokenizer), "counted")
    return Tokens(settings.tokens, estimated, "estimated at 4 characters a token")


def figures(state: Tokens, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The rows, the limit, and how tokens were counted."""
    return {"rows": counts["rows"], "limit": state.limit, "how": state.how}


@check("too_long", "Over-long rows", settings=Settings(), merge=tokens_of, summary=figures)
def too_long(shard: Shard, settings: Settings, state: Tokens) -> Findings:
    """One finding a row over the limit."""

    def rule(row: Row) -> Hit | None:
        # no tokenizer makes more tokens than bytes
        if 4 * (len(row.input) + len(row.output)) <= settings.tokens:
            return None
        tokens = state.count(row.input) + state.count(row.output)
        if tokens <= settings.tokens:
            return None
        # the estimate is off by up to a half either way on code and on other languages
        sure = 1.0 if settings.tokenizer else 0.6 if tokens < 1.5 * settings.tokens else 0.95
        evidence = {"tokens": tokens, "limit": settings.tokens, "estimate": not settings.tokenizer}
        return Hit(
            sure, f"About {tokens:,} tokens ({state.how}), and the model reads at most {settings.tokens:,}.", evidence
        )

    return judged("too_long", shard, rule)


def estimated(text: str) -> int:
    """Tokens of a text by its characters and words, rounded up."""
    wide = 0 if text.isascii() else len(_WIDE.findall(text)) + 2 * len(_ASTRAL.findall(text))
    # a word is a token at least, and a run of blanks hardly more than one
    words = text.split()
    rest = sum(map(len, words)) + max(0, len(words) - 1) - (0 if text.isascii() else len(_WIDER.findall(text)))
    return max(wide + -(-max(0, rest) // CHARACTERS_PER_TOKEN), len(words))


def exact(path: str) -> Callable[[str], int]:
    """A counter of tokens by a tokenizer.json. Raises NotChecked where it cannot be read."""
    if find_spec("tokenizers") is None:
        raise NotChecked(
            "counting tokens exactly needs the tokenizers package; leave the tokenizer out for an estimate"
        )
    if not Path(path).is_file():
        raise NotChecked(f"there is no tokenizer file {Path(path).name}")
    tokenizer = import_module("tokenizers").Tokenizer.from_str(Path(path).read_text(encoding="utf-8"))
    return partial(_encoded, tokenizer)


def _encoded(tokenizer: Any, text: str) -> int:
    return len(tokenizer.encode(text).ids)
