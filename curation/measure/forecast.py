"""What a measurement will cost, before anything is sent: from the lengths of the rows alone."""

from dataclasses import dataclass

from curation.measure.ledger import Prices
from curation.measure.lookup import PASSAGE
from curation.measure.plan import PASSAGES, SHOTS, Settings, Task
from curation.measure.prompts import INSTRUCTIONS
from curation.text.tokens import BAND, Usage, estimate

USUAL_TURN = 5
"""Tokens a chat template usually adds to a message (ChatML, Llama 3, Gemma: 3 to 6)."""


@dataclass(frozen=True)
class Forecast:
    """Calls without retries, tokens +-20 % and their cost, None without prices."""

    calls: int
    tokens: float
    cost: float | None

    @property
    def least(self) -> float:
        """The lower end of the tokens' band."""
        return self.tokens * (1 - BAND)

    @property
    def most(self) -> float:
        """The upper end of the tokens' band."""
        return self.tokens * (1 + BAND)


def forecast(settings: Settings, task: Task, input_tokens: float, output_tokens: float, prices: Prices) -> Forecast:
    """Calls, tokens and cost of asking every row of every arm; `input_tokens` and `output_tokens` are a row's means."""
    head = estimate(settings.template or settings.instruction or INSTRUCTIONS[""]) + estimate(", ".join(task.labels))
    shown = SHOTS * (input_tokens + output_tokens + 2 * USUAL_TURN)
    extra = {"few_shot": shown, "retrieved_few_shot": shown, "knowledge_base": PASSAGES * PASSAGE / 4}
    prompt = sum(head + input_tokens + 2 * USUAL_TURN + extra.get(arm, 0.0) for arm in settings.arms) * settings.rows
    calls = settings.rows * len(settings.arms)
    whole = Usage(prompt, output_tokens * calls)
    return Forecast(calls, whole.total, prices.of(whole) if prices.known else None)
