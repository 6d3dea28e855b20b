"""Questions asked within limits: each attempt set aside before it is sent, and what came of it kept at once."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from curation.endpoint.cache import Book, Call
from curation.endpoint.client import CallFailed, Endpoint, Reply
from curation.endpoint.ledger import Ledger
from curation.endpoint.prompt import Prompt
from curation.records.progress import Progress
from curation.text.tokens import Usage, counted, doubts, most, usage

ATTEMPTS = 4
"""At one question: with waits of 1, 2 and 4 s a hiccup has passed."""
LONGEST_WAIT = 60.0
"""Seconds: an endpoint that asks for more is not waited for; run again later."""
NOTHING = Usage(0.0, 0.0)


@dataclass
class Asking:
    """Asks one endpoint. `done` is how far the caller is, 0..1, said while waiting; `sleep` waits for so many seconds;
    tests pass one that does not."""

    endpoint: Endpoint
    book: Book
    ledger: Ledger
    progress: Progress
    sleep: Callable[[float], None] = time.sleep
    done: float = 0.0
    ended: str = ""

    def key(self, prompt: Prompt) -> str:
        """The name under which the reply to a prompt is kept."""
        return prompt.key(self.endpoint.address.url, self.endpoint.model)

    def known(self, keys: Iterable[str]) -> dict[str, Call]:
        """The calls of these keys made by earlier runs, counted against the caps from now on."""
        found = self.book.find(keys)
        self.ledger.take_over(found.values())
        return found

    def ask(self, call: Call, prompt: Prompt) -> Call:
        """The call after as many attempts as it takes, kept before and after each. Raises CapReached.

        `ended` says from then on why nothing more can be asked, where that shows.
        """
        resumed = int(call.state == "reserved") + int(call.reply.get("resumed", 0))
        if resumed > 1:
            return self._kept(replace(call, state="failed", reply={"error": "two runs stopped during this call"}))
        for attempt in range(ATTEMPTS):
            worst = Usage(most(prompt.whole, len(prompt.messages)), prompt.reply_tokens)
            self.ledger.reserve(worst)
            before = call
            call = self._kept(self._counting(before, worst, state="reserved", reply={"resumed": resumed}))
            try:
                reply = self.endpoint.ask(prompt)
            except CallFailed as error:
                call = self._without(before, worst, error)
                if error.final:
                    self.ended = str(error)
                if not error.again or self.ended or attempt == ATTEMPTS - 1 or not self._wait(attempt, error.wait):
                    return call
                continue
            return self._with(before, worst, prompt, reply)
        raise AssertionError  # the last attempt returns

    def _without(self, before: Call, worst: Usage, error: CallFailed) -> Call:
        counts = worst if error.billed else NOTHING
        self.ledger.settle(worst, counts)
        return self._kept(self._counting(before, counts, state="failed", reply={"error": str(error)}))

    def _with(self, before: Call, worst: Usage, prompt: Prompt, reply: Reply) -> Call:
        turns = len(prompt.messages)
        found = usage(reply.prompt_tokens, reply.output_tokens, prompt.whole, turns, reply.text, prompt.reply_tokens)
        counts = counted(found, prompt.whole, reply.text, prompt.reply_tokens)
        self.ledger.settle(worst, counts)
        body = {"text": reply.text, "prompt_tokens": found.prompt, "output_tokens": found.output}
        doubted = doubts(reply.prompt_tokens, reply.output_tokens, prompt.whole, turns, reply.text, prompt.reply_tokens)
        body |= {"estimated": found.estimated, "doubted": doubted, "cut_off": reply.cut_off}
        made = self._counting(before, counts, state="done", reply=body)
        return self._kept(replace(made, latency_ms=reply.latency_ms))

    def _counting(self, before: Call, counts: Usage, **changes: Any) -> Call:
        return replace(
            before,
            prompt_tokens=before.prompt_tokens + counts.prompt,
            output_tokens=before.output_tokens + counts.output,
            cost=before.cost + self.ledger.prices.of(counts),
            attempts=before.attempts + 1,
            **changes,
        )

    def _kept(self, call: Call) -> Call:
        self.book.write(call)
        return call

    def _wait(self, attempt: int, asked: float | None) -> bool:
        seconds = float(2**attempt) if asked is None else asked
        if seconds > LONGEST_WAIT:
            return False
        while seconds > 0:
            # in slices, so that a person who asks to stop is heard
            self.progress(self.done, f"waiting {seconds:.0f} s, as the endpoint asks")
            self.sleep(min(1.0, seconds))
            seconds -= 1.0
        return True
