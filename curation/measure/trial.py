"""The measurement itself: every arm asked the same rows, stopped where the answer is clear or a cap is reached."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from curation.endpoint.asking import IN_A_ROW, Asking
from curation.endpoint.cache import Call
from curation.endpoint.ledger import CapReached
from curation.endpoint.prompt import Prompt
from curation.errors import NotChecked
from curation.measure.holdout import Row
from curation.measure.plan import BY_LABEL, Task
from curation.measure.prompts import Writer
from curation.measure.scores import Mark, mark
from curation.records import TUNED
from curation.sampling.exact import clopper_pearson
from curation.wording import ARMS

FIRST = 25
"""Rows before the first look; each later one is at twice as many."""
TAIL = 0.001
"""Chance in each tail of an early look. Haybittle (British Journal of Radiology 1971) and Peto et al. (British Journal
of Cancer 1976): looks this strict leave the last one's 90 % interval as good as it would be without them."""


def interim_sizes(rows: int) -> list[int]:
    """Numbers of rows after which to look: 25, 50, 100, ... and all."""
    found = []
    size = FIRST
    while size < rows:
        found.append(size)
        size *= 2
    return [*found, rows] if rows else []


def is_clear(scores: Sequence[float], target: float | None, minimum_lift: float) -> bool:
    """Whether the mean surely reaches the target, or surely stays further below it than the smallest lift of interest.

    By an exact interval, conservative for scores between 0 and 1.
    """
    if target is None or not scores:
        return False
    low, high = clopper_pearson(sum(scores), len(scores), TAIL)
    return low >= target or high < target - minimum_lift


EMPTY = "The model may use up its tokens before it answers: raise the token limit of a reply (--reply-tokens)."


@dataclass
class Tally:
    """What one arm has shown so far, by row id in the order asked.

    `said` and `answers` hold the labels replied and wanted, where answers are labels; `malformed` counts scored replies
    that fail by their form. `empty` replies are among the `failed`; `borrowed` counts answers taken over that were
    asked as another arm, where one is a prompt and the other a tuned model.
    """

    name: str
    scores: dict[str, float] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    malformed: int = 0
    replies: list[Call] = field(default_factory=list)
    failed: int = 0
    silent: int = 0
    empty: int = 0
    empty_in_a_row: int = 0
    borrowed: dict[str, int] = field(default_factory=dict)
    stopped: str = ""
    reason: str = ""

    def keep(self, row: Row, found: Mark) -> None:
        """Count the mark of a reply to a row."""
        self.scores[row.id] = found.score
        self.silent += found.silent
        self.malformed += found.malformed
        if found.said is not None:
            self.said[row.id], self.answers[row.id] = found.said, row.answer


@dataclass
class Trial:
    """One run."""

    asking: Asking
    writer: Writer
    task: Task
    ended: str = ""
    capped: bool = False

    def run(self, arms: Sequence[str], rows: Sequence[Row]) -> list[Tally]:
        """What each arm showed. Arms advance together from look to look, so that a cap stops all at about one n."""
        tallies = [Tally(name) for name in arms]
        prompts = {tally.name: self._prompts(tally, rows) for tally in tallies}
        self.asking.known(self.asking.key(prompt) for made in prompts.values() for prompt in made)
        start = 0
        for end in interim_sizes(len(rows)):
            for n, tally in enumerate(tallies):
                if tally.stopped or tally.reason:
                    continue
                for at, (row, prompt) in enumerate(zip(rows[start:end], prompts[tally.name][start:end])):
                    done = (start * len(tallies) + n * (end - start) + at) / (len(rows) * len(tallies))
                    self.asking.done = done
                    self.asking.progress(done, f"asking with the {ARMS[tally.name].noun}, row {start + at + 1:,}")
                    self._one(tally, row, prompt)
                    if self.ended:
                        return tallies
                    if tally.reason:
                        break
                self._look(tally, end, len(rows))
            start = end
        self.asking.progress(1.0, "asked")
        return tallies

    def _prompts(self, tally: Tally, rows: Sequence[Row]) -> list[Prompt]:
        try:
            return [self.writer.write(tally.name, row) for row in rows]
        except NotChecked as reason:
            tally.reason = str(reason)
            return []

    def _look(self, tally: Tally, end: int, rows: int) -> None:
        if tally.reason or self.writer.settings.every_row or tally.name in TUNED or end == rows:
            return
        if self.task.metric in BY_LABEL:
            return
        values = list(tally.scores.values())
        if is_clear(values, self.task.target, self.task.minimum_lift):
            tally.stopped = f"clear after {len(values)} rows"

    def _one(self, tally: Tally, row: Row, prompt: Prompt) -> None:
        before = self.asking.calls.get(self.asking.key(prompt))
        try:
            call = self.asking.reply(tally.name, prompt)
        except CapReached as reason:
            self.ended, self.capped = str(reason), True
            return
        self.ended = self.asking.ended
        if before is not None and before.state == "done" and (before.arm in TUNED) != (tally.name in TUNED):
            tally.borrowed[before.arm] = tally.borrowed.get(before.arm, 0) + 1
        if call.state != "done":
            tally.failed += 1
            return
        text = str(call.reply["text"])
        if not text.strip():
            self._empty(tally, prompt)
            return
        tally.empty_in_a_row = 0
        tally.keep(row, mark(self.task, text, row, bool(call.reply.get("cut_off"))))
        tally.replies.append(call)

    def _empty(self, tally: Tally, prompt: Prompt) -> None:
        tally.failed += 1
        tally.empty += 1
        tally.empty_in_a_row += 1
        if tally.empty_in_a_row >= IN_A_ROW:
            tally.reason = f"{IN_A_ROW} replies in a row were empty. {EMPTY} It is {prompt.reply_tokens:,} now"
