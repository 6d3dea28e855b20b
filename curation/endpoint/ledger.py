"""What calls may cost and have cost: reserved at its worst before a call, settled after it, never above the caps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from curation.endpoint.cache import Call
from curation.errors import UsageError
from curation.records import Amounts, Caps
from curation.text.tokens import Usage


class CapReached(Exception):
    """The next call could go over a limit. Not an error: what was asked so far counts."""


@dataclass(frozen=True)
class Prices:
    """What one token costs; None where nobody said."""

    input: float | None = None
    output: float | None = None

    @property
    def known(self) -> bool:
        return self.input is not None and self.output is not None

    def of(self, usage: Usage) -> float:
        """What these tokens cost; 0 where no price is known."""
        return usage.prompt * (self.input or 0.0) + usage.output * (self.output or 0.0)


@dataclass
class Ledger:
    """The running sums of one run; calls may be reserved and settled from several threads."""

    caps: Caps
    prices: Prices
    calls: int = 0
    tokens: float = 0.0
    cost: float = 0.0
    earlier: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def take_over(self, calls: Iterable[Call]) -> None:
        """Count what earlier runs of the same questions spent, at today's prices where these are higher."""
        for call in calls:
            self.calls += call.attempts
            self.earlier += call.attempts
            self.tokens += call.prompt_tokens + call.output_tokens
            self.cost += max(call.cost, self.prices.of(Usage(call.prompt_tokens, call.output_tokens)))

    def reserve(self, worst: Usage) -> None:
        """Set aside the worst a call can cost; raises CapReached where that would go over a limit."""
        with self._lock:
            limits = (
                ("calls", self.caps.calls, self.calls + 1),
                ("tokens", self.caps.tokens, self.tokens + worst.total),
                ("cost", self.caps.cost, self.cost + self.prices.of(worst)),
            )
            for name, most, wanted in limits:
                if most is not None and wanted > most:
                    what = "on cost" if name == "cost" else name
                    raise CapReached(f"the limit of {most:,g} {what} would be exceeded")
            self._add(1, worst.total, self.prices.of(worst))

    def settle(self, worst: Usage, counts: Usage) -> None:
        """Put what the call counts in place of what was set aside."""
        with self._lock:
            self._add(0, counts.total - worst.total, self.prices.of(counts) - self.prices.of(worst))

    def summary(self, ended: str) -> dict[str, Any]:
        """What was spent of what was allowed, the calls this run made of it, and why it ended early ("" when it did
        not): the fields of `records.AskedRun`."""
        spent = Amounts(self.calls, self.tokens, self.cost if self.prices.known else None)
        caps = Amounts(self.caps.calls, self.caps.tokens, self.caps.cost)
        return {"caps": caps, "spent": spent, "made": self.calls - self.earlier, "ended": ended}

    def _add(self, calls: int, tokens: float, cost: float) -> None:
        self.calls += calls
        self.tokens += tokens
        self.cost += cost


def check_caps(caps: Caps) -> None:
    """Raises UsageError on a limit below 0."""
    for name, value in (("calls", caps.calls), ("tokens", caps.tokens), ("cost", caps.cost)):
        if value is not None and not value >= 0:
            raise UsageError(f"The limit on {name} must be 0 or more, not {value}.")
