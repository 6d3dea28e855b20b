"""What calls will cost, may cost and have cost.

Forecast from the lengths of rows alone; reserved at its worst before a call, settled after it, never above the caps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from curation.measure.lookup import PASSAGE
from curation.measure.plan import PASSAGES, SHOTS, Task
from curation.measure.prompts import INSTRUCTIONS
from curation.records import WITH_PASSAGES, Amounts, Caps, Forecast, MeasureSettings
from curation.sampling.intervals import Interval
from curation.text.tokens import ESTIMATE, Usage

State = Literal["reserved", "done", "failed"]

USUAL_TURN = 5
"""Tokens a chat template usually adds to a message (ChatML, Llama 3, Gemma: 3 to 6)."""
LETTERS = (4.5, 5.1, 2.7)
"""Characters a token of passages nobody has read yet: usual, most and fewest of prose (`benchmarks/tokens.py`)."""


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


class CapReached(Exception):
    """The next call could go over a limit. Not an error: what was measured so far stands."""


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
    """The running sums of one measurement."""

    caps: Caps
    prices: Prices
    calls: int = 0
    tokens: float = 0.0
    cost: float = 0.0
    earlier: int = 0

    def take_over(self, calls: Iterable[Call]) -> None:
        """Count what earlier runs of the same questions spent, at today's prices where these are higher."""
        for call in calls:
            self.calls += call.attempts
            self.earlier += call.attempts
            self.tokens += call.prompt_tokens + call.output_tokens
            self.cost += max(call.cost, self.prices.of(Usage(call.prompt_tokens, call.output_tokens)))

    def reserve(self, worst: Usage) -> None:
        """Set aside the worst a call can cost; raises CapReached where that would go over a limit."""
        limits = (
            ("calls", self.caps.calls, self.calls + 1),
            ("tokens", self.caps.tokens, self.tokens + worst.total),
            ("cost", self.caps.cost, self.cost + self.prices.of(worst)),
        )
        for name, most, wanted in limits:
            if most is not None and wanted > most:
                raise CapReached(f"the limit of {most:,g} {'on cost' if name == 'cost' else name} would be exceeded")
        self._add(1, worst.total, self.prices.of(worst))

    def settle(self, worst: Usage, counts: Usage) -> None:
        """Put what the call counts in place of what was set aside."""
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


def forecast(settings: MeasureSettings, task: Task, input: Interval, output: Interval, prices: Prices) -> Forecast:
    """Calls, tokens and cost of asking every row of every arm; `input` and `output` are the tokens of a row (mean, at
    least and at most)."""
    head = ESTIMATE.counts([settings.template or settings.instruction or INSTRUCTIONS[""], ", ".join(task.labels)])
    calls = settings.rows * len(settings.arms)
    found = []
    for head_tokens, asked, answer, letters in zip(head.total, input, output, LETTERS, strict=True):
        shown = SHOTS * (asked + answer + 2 * USUAL_TURN)
        looked_up = PASSAGES * PASSAGE / letters
        extra = {"few_shot": shown, "retrieved_few_shot": shown, **dict.fromkeys(WITH_PASSAGES, looked_up)}
        prompt = sum(head_tokens + asked + 2 * USUAL_TURN + extra.get(arm, 0.0) for arm in settings.arms)
        found.append(Usage(prompt * settings.rows, answer * calls))
    whole, least, most = found
    return Forecast(calls, whole.total, least.total, most.total, prices.of(whole) if prices.known else None)
