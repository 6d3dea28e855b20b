"""Reading the rows: each question asked, its reply understood or asked for once more, its reading handed on at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from curation.endpoint.asking import Asking
from curation.endpoint.ledger import CapReached
from curation.endpoint.prompt import Prompt
from curation.endpoint.together import together
from curation.model_review.prompt import Writer
from curation.model_review.reply import Said, said_in
from curation.model_review.rows import Row
from curation.records import Reading

ARM = "model_review"
"""What calls of a review are kept as, beside those of the arms that are measured."""
KEPT = 25
"""Readings handed on at a time: some seconds' worth."""
NONE = Said("none")


@dataclass(frozen=True)
class Wanted:
    """Rows with the same question, each of the same texts, and the names under which the replies about it are kept."""

    rows: tuple[Row, ...]
    again: bool
    first: str
    repeat: str


@dataclass
class Review:
    """One run. `keep` stores readings for good; of the questions `read` were, `failed` got no reply, `left` were not
    asked. `masked` rows are sent with personal data or keys masked."""

    asking: Asking
    writer: Writer
    workers: int
    keep: Callable[[Sequence[Reading]], None]
    read: int = 0
    failed: int = 0
    left: int = 0
    masked: int = 0
    capped: bool = False
    currency: str = ""
    _waiting: list[Reading] = field(default_factory=list)

    def wanted(self, rows: Sequence[Row], again: frozenset[str]) -> list[Wanted]:
        """The questions about these rows, those of `again` twice."""
        found: dict[str, Wanted] = {}
        for n, row in enumerate(rows):
            if n % KEPT == 0:
                self.asking.progress(0.0, f"writing the questions, row {n + 1:,} of {len(rows):,}")
            for twice in (False, True)[: 1 + (row.id in again)]:
                question = self.writer.write(row, twice)
                self.masked += question.is_masked and not twice
                first, repeat = map(self.asking.key, (question.first, question.repeat))
                before = found.get(first, Wanted((), twice, first, repeat))
                found[first] = replace(before, rows=(*before.rows, row))
        return list(found.values())

    def _look_up(self, wanted: Sequence[Wanted]) -> None:
        """Take over what earlier runs asked; it counts against the caps."""
        self.asking.known(key for one in wanted for key in (one.first, one.repeat))

    def questions(self, wanted: Iterable[Wanted]) -> Iterator[tuple[str, Prompt]]:
        """Everything that may be asked about these rows, under the names its replies are kept by."""
        for one in wanted:
            question = self.writer.write(one.rows[0], one.again)
            yield one.first, question.first
            yield one.repeat, question.repeat

    def open_questions(self, wanted: Sequence[Wanted]) -> Iterator[tuple[str, Prompt, bool]]:
        """What has to be asked next and under which name; True where it is once more, as a reply could not be read."""
        self._look_up(wanted)
        for one in wanted:
            question = self.writer.write(one.rows[0], one.again)
            reply = self._reply(one.first)
            if reply is None:
                yield one.first, question.first, False
            elif said_in(reply, question, self.writer.rubric) is None and self._reply(one.repeat) is None:
                yield one.repeat, question.repeat, True

    def _reply(self, key: str) -> str | None:
        call = self.asking.calls.get(key)
        return None if call is None or call.state != "done" else str(call.reply["text"])

    def run(self, wanted: Sequence[Wanted]) -> None:
        """Ask them, several at a time; what was read so far is stored whatever ends it."""
        self._look_up(wanted)

        def tick() -> None:
            self.asking.done = (self.read + self.failed) / max(1, len(wanted))
            self.asking.progress(self.asking.done, self._said(len(wanted)))

        try:
            for rows, said in together(self._one, self._left_to_ask(wanted), self.workers, tick):
                self._take(rows, said)
        finally:
            self._hand_on()
        self.left = len(wanted) - self.read - self.failed

    def _left_to_ask(self, wanted: Iterable[Wanted]) -> Iterator[Wanted]:
        for one in wanted:
            # what is known already costs nothing, whatever ended the asking
            if not self.asking.ended or one.first in self.asking.calls:
                yield one

    def _one(self, wanted: Wanted) -> tuple[Wanted, Said | Literal["failed", "not asked"]]:
        """What is said of some rows, or why nothing is."""
        question = self.writer.write(wanted.rows[0], wanted.again)
        for key, prompt in ((wanted.first, question.first), (wanted.repeat, question.repeat)):
            if self.asking.ended and self._reply(key) is None:
                return wanted, "not asked"
            try:
                call = self.asking.reply(ARM, prompt)
            except CapReached as reason:
                self.asking.ended, self.capped = str(reason), True
                return wanted, "not asked"
            if call.state != "done":
                return wanted, "failed"
            said = said_in(str(call.reply["text"]), question, self.writer.rubric)
            if said is not None:
                return wanted, said
        return wanted, NONE

    def _take(self, wanted: Wanted, said: Said | str) -> None:
        if isinstance(said, str):
            self.failed += said == "failed"
            return
        self.read += 1
        model, rubric = self.asking.endpoint.model, self.writer.rubric.digest
        self._waiting += [reading_of(row, said, model, rubric, wanted.again) for row in wanted.rows]
        if len(self._waiting) >= KEPT:
            self._hand_on()

    def _hand_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.keep(waiting)

    def _said(self, whole: int) -> str:
        ledger = self.asking.ledger
        cost = f", {ledger.cost:,.4f} {self.currency} so far".rstrip() if ledger.prices.known else ""
        failed = f", {self.failed:,} failed" if self.failed else ""
        return f"{self.read:,} of {whole:,} read{failed}{cost}"


def reading_of(row: Row, said: Said, model: str, rubric: str, again: bool) -> Reading:
    """What was said of a row, as it is kept."""
    return Reading(
        example=row.id,
        text=row.text,
        answer=said.answer,
        model=model,
        rubric=rubric,
        kind=said.kind,
        passage=said.passage,
        reason=said.reason,
        labels=said.labels,
        again=again,
    )
