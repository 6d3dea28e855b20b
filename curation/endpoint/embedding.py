"""Texts as vectors by a model at an endpoint: each different text asked for once, within limits, and kept at once."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from curation.endpoint.asking import ATTEMPTS, waited
from curation.endpoint.client import CallFailed, Embedded, Endpoint
from curation.endpoint.ledger import CapReached, Ledger
from curation.records.progress import Progress
from curation.text.tokens import Usage, most

BATCH = 32
"""Texts a call: what smaller servers take."""
Vector = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Asked:
    """How vectors are asked for: the endpoint, the limits, what keeps each reply, and how to wait for seconds."""

    endpoint: Endpoint
    ledger: Ledger
    keep: Callable[[Mapping[str, Vector]], None]
    sleep: Callable[[float], None] = time.sleep


def ask_all(asked: Asked, texts: Sequence[str], progress: Progress) -> str:
    """Ask for the vector of every different text; "" once all are kept, else why it ended before."""
    different = list(dict.fromkeys(texts))
    for first in range(0, len(different), BATCH):
        say = partial(progress, first / len(different))
        say("asking the endpoint for vectors")
        some = different[first : first + BATCH]
        try:
            found = _asked(asked, some, say)
        except (CapReached, CallFailed) as reason:
            return str(reason)
        asked.keep(dict(zip(some, found.vectors, strict=True)))
    progress(1.0, "vectors there")
    return ""


def _asked(asked: Asked, texts: Sequence[str], say: Callable[[str], None]) -> Embedded:
    """The vectors of these after as many attempts as it takes. Raises CallFailed, CapReached."""
    worst = Usage(sum(map(most, texts)), 0.0)
    for attempt in range(ATTEMPTS):
        asked.ledger.reserve(worst)
        try:
            found = asked.endpoint.embed(texts)
        except CallFailed as error:
            asked.ledger.settle(worst, worst if error.billed else Usage(0.0, 0.0))
            seconds = 2.0**attempt if error.wait is None else error.wait
            if not error.again or attempt == ATTEMPTS - 1 or not waited(seconds, say, asked.sleep):
                raise
            continue
        said = found.tokens
        is_said = isinstance(said, int) and not isinstance(said, bool) and 0 < said <= worst.prompt
        asked.ledger.settle(worst, Usage(float(said), 0.0) if is_said else worst)  # type: ignore[arg-type]  # an int
        return found
    raise AssertionError  # the last attempt returns
