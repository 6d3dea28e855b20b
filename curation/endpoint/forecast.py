"""What calls will cost, from the lengths of what is sent alone."""

from collections.abc import Sequence

from curation.endpoint.ledger import Prices
from curation.records import Forecast
from curation.sampling.intervals import Interval
from curation.text.tokens import Usage


def forecast(prompts: Sequence[Interval], reply: Interval, rows: int, prices: Prices) -> Forecast:
    """Calls, tokens and cost of asking each of `rows` rows with every prompt.

    `prompts` are the tokens of one prompt of each kind, `reply` those of a reply: usually, at least and at most.
    """
    calls = rows * len(prompts)
    whole, least, most = (
        Usage(sum(prompt[n] for prompt in prompts) * rows, reply[n] * calls) for n in range(len(reply))
    )
    return Forecast(calls, whole.total, least.total, most.total, prices.of(whole) if prices.known else None)
