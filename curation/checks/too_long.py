"""Rows longer than the model reads, so that training would cut them. An estimate unless a tokenizer is given.

Estimated by script and content; a row whose estimate may be right or wrong by its band is a suspicion only. With the
model's own tokenizer.json (`--tokenizer`, or on the Findings page) the count is exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.checks import Shard, check, found
from curation.records import Findings
from curation.text.tokens import ESTIMATE, Counter


@dataclass(frozen=True)
class Settings:
    # the context of Llama 3 8B, the shortest among base models commonly tuned
    tokens: int = field(
        default=8192, metadata={"help": "Context length of the model, in tokens", "min": 64, "max": 2_000_000}
    )
    counter: Counter = field(default=ESTIMATE, metadata={"help": "How tokens are counted"})


SURE, LIKELY = 0.95, 0.6
"""Confidence where the low end of the estimate is over the limit, and where its value is."""


def limits(states: Sequence[Any], settings: Settings) -> Settings:
    """The settings, for the summary."""
    return settings


def figures(state: Settings, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The rows, the limit, and how tokens were counted."""
    return {"rows": counts["rows"], "limit": state.tokens, "how": "counted" if state.counter.is_exact else "estimated"}


@check("too_long", "Over-long rows", settings=Settings(), merge=limits, summary=figures)
def too_long(shard: Shard, settings: Settings, state: Settings) -> Findings:
    """One finding a row over the limit."""
    pairs = zip(*(shard.values(name) for name in ("id", "input", "output")), strict=True)
    # no tokenizer makes more tokens than bytes
    long = [row for row in pairs if 4 * (len(row[1]) + len(row[2])) > settings.tokens]
    counts = settings.counter.counts([input for _, input, _ in long])
    counts += settings.counter.counts([output for _, _, output in long])
    rows = [
        _finding(id, (value, low, high), settings)
        for (id, *_), value, low, high in zip(long, counts.values, counts.lows, counts.highs, strict=True)
        if value > settings.tokens
    ]
    return found("too_long", rows)


def _finding(id: str, tokens: tuple[float, float, float], settings: Settings) -> dict[str, Any]:
    value, low, high = (round(end) for end in tokens)
    limit = settings.tokens
    if settings.counter.is_exact:
        message, sure = f"{value:,} tokens, and the model reads at most {limit:,}.", 1.0
    else:
        sure = SURE if low > limit else LIKELY
        message = f"About {value:,} tokens (estimated, {low:,} to {high:,}), and the model reads at most {limit:,}."
    evidence = {"tokens": value, "limit": limit, "estimate": not settings.counter.is_exact}
    return {"id": id, "confidence": sure, "message": message, "evidence": evidence}
