"""Questions asked within limits: each attempt set aside before it is sent, and what came of it kept at once."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from curation.endpoint.batch import Elsewhere
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
IN_A_ROW = 5
"""Questions that fail one after the other: then the endpoint is down, and asking on would only cost."""
NOTHING = Usage(0.0, 0.0)


@dataclass
class Asking:
    """Asks one endpoint, from as many threads as the caller likes. `done` is how far the caller is, 0..1, said while
    waiting; `sleep` waits for so many seconds; tests pass one that does not. `calls` are those known so far, by key."""

    endpoint: Endpoint | Elsewhere
    book: Book
    ledger: Ledger
    progress: Progress
    sleep: Callable[[float], None] = time.sleep
    done: float = 0.0
    ended: str = ""
    calls: dict[str, Call] = field(default_factory=dict)
    _failed: int = 0
    _waits: int = 0
    _pause: Lock = field(default_factory=Lock, repr=False, compare=False)

    def key(self, prompt: Prompt) -> str:
        """The name under which the reply to a prompt is kept."""
        return prompt.key(self.endpoint.address.url, self.endpoint.model)

    def known(self, keys: Iterable[str]) -> dict[str, Call]:
        """The calls of these keys made by earlier runs, counted against the caps from now on."""
        found = self.book.find(keys)
        self.ledger.take_over(found.values())
        self.calls |= found
        return found

    def reply(self, arm: str, prompt: Prompt) -> Call:
        """The call of a question whose reply is known, or that is asked now for an arm. Raises CapReached.

        `ended` says from then on why nothing more can be asked, where that shows: five in a row failed, too.
        """
        key = self.key(prompt)
        call = self.calls.get(key) or Call(key, arm, self.endpoint.model, "failed")
        if call.state != "done":
            call = self.calls[key] = self.ask(replace(call, arm=arm), prompt)
        self._failed = 0 if call.state == "done" else self._failed + 1
        if self._failed >= IN_A_ROW and not self.ended:
            self.ended = f"{IN_A_ROW} questions in a row failed, the last because {call.reply.get('error', '')}"
        return call

    def ask(self, call: Call, prompt: Prompt) -> Call:
        """The call after as many attempts as it takes, kept before and after each. Raises CapReached.

        `ended` says from then on why nothing more can be asked, where that shows.
        """
        resumed = int(call.state == "reserved") + int(call.reply.get("resumed", 0))
        if resumed > 1:
            return self._kept(replace(call, state="failed", reply={"error": "two runs stopped during this call"}))
        for attempt in range(ATTEMPTS):
            with self._pause:  # held by whoever waits as long as the endpoint asks
                waits = self._waits
            # some endpoints count the schema
            worst = Usage(most(prompt.whole + prompt.schema, len(prompt.messages)), prompt.reply_tokens)
            self.ledger.reserve(worst)
            before = call
            call = self._kept(self._counting(before, worst, state="reserved", reply={"resumed": resumed}))
            try:
                reply = self.endpoint.ask(prompt)
            except CallFailed as error:
                call = self._without(before, worst, error)
                if error.final:
                    self.ended = str(error)
                if not error.again or self.ended or attempt == ATTEMPTS - 1:
                    return call
                if not (self._wait(2.0**attempt) if error.wait is None else self._hold(error.wait, waits)):
                    return call
                continue
            return self._with(before, worst, prompt, reply)
        raise AssertionError  # the last attempt returns

    def _without(self, before: Call, worst: Usage, error: CallFailed) -> Call:
        counts = worst if error.billed else NOTHING
        self.ledger.settle(worst, counts)
        return self._kept(self._counting(before, counts, state="failed", reply={"error": str(error)}))

    def _with(self, before: Call, worst: Usage, prompt: Prompt, reply: Reply) -> Call:
        counts, body = as_kept(prompt, reply)
        self.ledger.settle(worst, counts)
        return self._kept(
            replace(self._counting(before, counts, state="done", reply=body), latency_ms=reply.latency_ms)
        )

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

    def _hold(self, seconds: float, waits: int) -> bool:
        """As `_wait`, and no other question is asked meanwhile; over at once where somebody waited since."""
        with self._pause:
            if self._waits != waits:
                return True
            self._waits += 1
            return self._wait(seconds)

    def _wait(self, seconds: float) -> bool:
        return waited(seconds, lambda message: self.progress(self.done, message), self.sleep)


def waited(seconds: float, say: Callable[[str], None], sleep: Callable[[float], None]) -> bool:
    """Whether that many seconds were waited: not where they are too many."""
    if seconds > LONGEST_WAIT:
        return False
    while seconds > 0:
        # in slices, so that a person who asks to stop is heard
        say(f"waiting {seconds:.0f} s, as the endpoint asks")
        sleep(min(1.0, seconds))
        seconds -= 1.0
    return True


def as_kept(prompt: Prompt, reply: Reply) -> tuple[Usage, dict[str, Any]]:
    """(what a reply counts against the caps, what is kept of it)."""
    turns = len(prompt.messages)
    found = usage(reply.prompt_tokens, reply.output_tokens, prompt.whole, turns, reply.text, prompt.reply_tokens)
    doubted = doubts(reply.prompt_tokens, reply.output_tokens, prompt.whole, turns, reply.text, prompt.reply_tokens)
    body = {
        "text": reply.text, "prompt_tokens": found.prompt, "output_tokens": found.output,
        "estimated": found.estimated, "doubted": doubted, "cut_off": reply.cut_off,
    }  # fmt: skip
    return counted(found, prompt.whole, reply.text, prompt.reply_tokens), body
