"""What a review will take, worked out from some of its questions before any is sent."""

import json
from collections.abc import Sequence

from curation.endpoint.forecast import forecast
from curation.endpoint.ledger import Prices
from curation.model_review.prompt import FORM, Question
from curation.records import Forecast, Interval
from curation.text.tokens import Counter

TRIED = 200
"""Questions whose tokens are counted for those of all: their mean is then known to a few per cent."""
USUAL_TURN = 5
"""Tokens a chat template usually adds to a message (ChatML, Llama 3, Gemma: 3 to 6)."""
SENTENCE = 25
"""Tokens of the one sentence a reply is asked for beside its form."""


def forecast_of(some: Sequence[Question], calls: int, reply_tokens: int, counter: Counter, prices: Prices) -> Forecast:
    """What so many calls take whose questions are like these; `counter` counts their tokens.

    A reply usually takes its form and a sentence, at least the names of its fields, at most what it may take; the
    schema of the reply is paid for at some endpoints. What is asked again, as the reply cannot be read or the call
    fails, comes on top.
    """
    form, bare = counter.counts([json.dumps(FORM), json.dumps(dict.fromkeys(FORM, ""))]).values
    usual = min(float(form) + SENTENCE, float(reply_tokens))
    reply: Interval = (usual, min(float(bare), usual), float(reply_tokens))
    whole = counter.counts([question.first.whole for question in some]).total if some else (0.0, 0.0, 0.0)
    schema = counter.counts([question.first.schema for question in some[:1]]).total[2] if some else 0.0
    turns = sum(len(question.first.messages) for question in some) * USUAL_TURN
    value, low, high = ((tokens + turns) / max(1, len(some)) for tokens in whole)
    return forecast([(value, low, high + schema)], reply, calls, prices)
