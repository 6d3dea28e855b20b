"""What was asked and what came back, kept by its question: the same question is paid for once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

State = Literal["reserved", "done", "failed"]


@dataclass(frozen=True)
class Call:
    """One question as it stands: what all attempts at it count against the caps, and the reply when there is one.

    `reply` holds text, prompt_tokens, output_tokens, estimated and cut_off when `state` is done, the error when it is
    failed, and resumed where a run ended in the middle of it.
    """

    key: str
    arm: str
    model: str
    state: State
    reply: Mapping[str, Any] = field(default_factory=dict)
    prompt_tokens: float = 0.0
    output_tokens: float = 0.0
    cost: float = 0.0
    latency_ms: float = 0.0
    attempts: int = 0


class Book(Protocol):
    """Where calls are kept, so that a killed run neither forgets nor pays twice."""

    def find(self, keys: Iterable[str]) -> dict[str, Call]:
        """The calls of these keys that are known."""

    def write(self, call: Call) -> None:
        """Keep a call in place of what was known of its key; kept for good when this returns."""
