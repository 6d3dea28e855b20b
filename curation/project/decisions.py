"""What people decide about examples, one at a time or many at once, and how it is taken back."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from curation.errors import Cancelled, CurationError, StaleDecision
from curation.project.examples import Examples
from curation.project.place import Place, at_work, now, processes
from curation.project.place.access import guarded, needs
from curation.project.rounds import AuditResult, Rounds
from curation.records import Action, Decision, Filter, StillOpen
from curation.records.progress import Progress, ignore
from curation.review.state import is_readable, standing, state_of
from curation.store import database, decisions, events, jobs, rounds
from curation.store.queue import StoredQueue
from curation.store.rows import versions

STEP = 5_000
"""Decisions stored in one transaction, half a second on 2 cores: how long somebody else's decision waits at most."""

AUDITED = "found wrong in the audit"
ADOPTED = "what the reviewers agree on"
"""The reasons of the bulk decisions made on the audit and team pages."""
CHANGED = "decided as before the file changed"
CONFIRMED: Mapping[str, Action] = {"accepted": "accept", "rejected": "reject", "flagged": "flag", "skipped": "skip"}
"""The decision that makes a row stand as it stood before a newer file changed it."""
NOTHING = "There is nothing to undo."
UNREADABLE = "This cannot be stored: it is empty or holds half of a character. Write it again."
"""Why a decision that a card sent is refused."""


@dataclass(frozen=True)
class BulkDecision:
    """Many decisions made at once: how many were stored, and how many examples were decided by a person before."""

    batch: str
    decided: int
    passed_over: int
    reason: str


@dataclass(frozen=True)
class LogEntry:
    """One decision that a card made and sends until it hears that it is stored.

    `number` is the card's own and grows. An undo names the entry it takes back in `of`; 0 is the reviewer's newest
    decision, whoever sent it.
    """

    number: int
    action: Action
    example: str = ""
    value: str = ""
    seen_version: int = 0
    of: int = 0


@dataclass(frozen=True)
class Applied:
    """What became of one entry of a log: stored on `example`, or refused with the reason in a sentence."""

    number: int
    example: str
    refused: str = ""


class Decisions:
    """What people decide about examples, and how it is taken back. Whatever returns is stored."""

    def __init__(self, place: Place, examples: Examples, rounds: Rounds) -> None:
        self.place, self.examples, self.rounds = place, examples, rounds
        self.queue = guarded(place, StoredQueue(place.engine), claim="reviewer")

    @needs("reviewer")
    def decide(
        self, example: str, action: Action, seen_version: int, value: str = "", reviewer: str = "", reason: str = ""
    ) -> int:
        """Store one decision and return its number. Raises StaleDecision when somebody else was first."""
        decision = Decision(example, action, value, reviewer, now(), seen_version, reason)
        with database.write(self.place.engine, ask=decisions.now_of(example)) as connection:
            return decisions.append(connection, [decision], state_of, ends=True)[0]

    @needs("reviewer")
    def undo(self, reviewer: str = "") -> str | None:
        """Take back the reviewer's newest single decision that still stands; returns its example, None without one."""
        with database.write(self.place.engine) as connection:
            newest = decisions.newest_standing(connection, reviewer)
            if newest is None:
                return None
            version = len(decisions.of_example(connection, newest.example))
            undo = Decision(newest.example, "undo", str(newest.seq), reviewer, now(), version)
            decisions.append(connection, [undo], state_of, ends=True)
            return newest.example

    @needs("reviewer")
    def apply_log(self, client: str, log: Sequence[LogEntry], reviewer: str = "") -> list[Applied]:
        """What became of each entry of a card's log, in the order of its numbers; all of it is committed on return.

        An entry that is stored already is not stored again, so a card sends its log until it hears of it. A decision
        on a version that is not the current one is refused, and the others are stored.
        """
        if not log:
            return []
        entries = sorted(log, key=lambda entry: entry.number)
        with database.write(self.place.engine, ask=decisions.now_of(entries[0].example)) as connection:
            known = events.of_client(connection, client, min(min(one.number, one.of or one.number) for one in entries))
            return [_applied(connection, client, entry, known, reviewer, len(log) == 1) for entry in entries]

    @needs("reviewer")
    def undo_on(self, example: str, reviewer: str = "") -> int | None:
        """Take back the reviewer's newest decision on one example that still stands; its number, None without one."""
        with database.write(self.place.engine) as connection:
            made = decisions.of_example(connection, example)
            own = [decision for decision in standing(made) if decision.reviewer == reviewer]
            if not own:
                return None
            undo = Decision(example, "undo", str(own[-1].seq), reviewer, now(), len(made))
            return decisions.append(connection, [undo], state_of, ends=True)[0]

    @needs("curator")
    def decide_all(
        self,
        changes: Sequence[tuple[str, Action, str]],
        reviewer: str = "",
        reason: str = "",
        progress: Progress = ignore,
        only_undecided: bool = True,
        batch: str = "",
    ) -> BulkDecision:
        """Store (example, action, value) for many examples at once; `reason` is what a person reads of it later.

        With `only_undecided`, examples somebody has decided already are passed over: else this is the newer
        decision on them. Every STEP decisions are a transaction of their own, so that others can decide meanwhile;
        cancelled, all is taken back, and where the process was killed when the project is opened next. `batch` is what
        the act is known by, left out a new name.
        """
        at, batch = now(), batch or uuid.uuid4().hex[:12]
        made = [Decision(example, action, value, reviewer, at, 0, reason) for example, action, value in changes]
        stored = 0
        with at_work.doing(self.place.engine, _bulk(batch)):
            try:
                for start in range(0, len(made), STEP):
                    with database.write(self.place.engine) as connection:
                        if start == 0 and len(made) > STEP:
                            decisions.begin_bulk(connection, batch, reviewer, processes.this())
                        part = made[start : start + STEP]
                        stored += decisions.append_all(connection, part, state_of, batch, only_undecided)
                        if start + STEP >= len(made):
                            decisions.end_bulk(connection, batch)
                    progress(min(1.0, (start + STEP) / len(made)), "storing the decisions")
            except (Cancelled, CurationError):
                self.undo_bulk(batch, reviewer)
                raise
        return BulkDecision(batch, stored, len(made) - stored, reason)

    @needs("viewer")
    def newest_bulk(self, reviewer: str = "", reason: str | None = None) -> BulkDecision | None:
        """The reviewer's newest bulk decision, or newest one made for a reason, that is not wholly taken back."""
        with database.read(self.place.engine) as connection:
            if reason is not None:
                own = rounds.newest_bulk(connection, reviewer, reason)
                return None if own is None else BulkDecision(own[0], own[1], 0, reason)
            found = decisions.newest_batch(connection, reviewer)
        return None if found is None else BulkDecision(found[0], found[2], 0, found[1])

    @needs("curator")
    def undo_bulk(self, batch: str, reviewer: str = "", progress: Progress = ignore) -> int:
        """Take back what still stands of a bulk decision, the same way; returns how many decisions that were."""
        return _take_back(self.place.engine, batch, reviewer, progress)

    @needs("curator")
    def settle_audit(self, reviewer: str = "") -> BulkDecision:
        """Decide every example the newest audit found wrong that still stands so: the label a reviewer gave, else left
        out. All at once.

        The reviewer judged what was on screen, so what was decided before does not stand in the way; a row that a
        person has decided alone since is left as it is.
        """
        return self._settle(self.rounds.audit_result(), reviewer)

    @needs("curator")
    def settle_holdout(self, reviewer: str = "") -> BulkDecision:
        """As `settle_audit`, for the newest audit of rows that models were scored on."""
        return self._settle(self.rounds.holdout_result(), reviewer)

    def _settle(self, result: AuditResult | None, reviewer: str) -> BulkDecision:
        changes: list[tuple[str, Action, str]] = []
        for id in sorted(result.open) if result else ():
            label = result.wrong[id] if result else ""
            changes.append((id, "label", label) if label else (id, "reject", ""))
        return self.decide_all(changes, reviewer, AUDITED, only_undecided=False)

    @needs("curator")
    def adopt_consensus(self, reviewer: str = "") -> BulkDecision:
        """Decide every row on which more than half of two or more people agree as they do. All at once.

        A label other than the row's own is taken over, its own accepted; a right answer is accepted, a wrong left out.
        """
        result = self.rounds.team_result()
        settled = [row for row in result.consensus.rows if row.is_settled] if result and result.consensus else []
        now_on = {example.id: example.label for example in self.examples.stored.get_all([row.id for row in settled])}
        is_labels = self.examples.is_classification()
        changes: list[tuple[str, Action, str]] = []
        for row in settled:
            if row.answer == "wrong" and not is_labels:
                changes.append((row.id, "reject", ""))
            elif is_labels and row.answer != now_on.get(row.id):
                changes.append((row.id, "label", row.answer))
            else:
                changes.append((row.id, "accept", ""))
        return self.decide_all(changes, reviewer, ADOPTED)

    @needs("viewer")
    def changed(self) -> list[tuple[str, str, str | None]]:
        """(id, status before, label given before) of rows that a newer file changed and nobody decided since."""
        with database.read(self.place.engine) as connection:
            return versions.undecided_since(connection)

    @needs("curator")
    def confirm_changed(self, reviewer: str = "") -> BulkDecision:
        """Decide rows that a newer file changed as they were decided before, all at once.

        Edits are passed over: the text they were made on is gone.
        """
        changes: list[tuple[str, Action, str]] = []
        changed = self.changed()
        for id, status, label in changed:
            if status == "labelled" and label is not None:
                changes.append((id, "label", label))
            elif status in CONFIRMED:
                changes.append((id, CONFIRMED[status], ""))
        made = self.decide_all(changes, reviewer, CHANGED)
        return replace(made, passed_over=len(changed) - made.decided)

    @needs("viewer")
    def still_open(self) -> StillOpen:
        """What an export written now would leave undecided."""
        with database.consistent(self.place.engine):
            totals = self.examples.stored.totals()
            unlabelled = totals["unlabelled"] if self.examples.is_classification() else 0
            # A row without a label is not written, whatever else waits on it.
            written = self.queue.labelled_total if unlabelled else self.queue.total
            return StillOpen(
                written(Filter()),
                written(Filter("contradictions")),
                unlabelled,
                written(Filter("all", status="flagged")),
                totals.get("status_rejected", 0),
            )

    @needs("viewer")
    def of(self, id: str) -> list[Decision]:
        """The history of one example, oldest first."""
        with database.read(self.place.engine) as connection:
            return decisions.of_example(connection, id)


def sweep(engine: database.Engine) -> None:
    """Take back what stands of bulk decisions whose process ended before all of them were stored."""
    with database.read(engine) as connection:
        left = decisions.unfinished_bulk(connection)
        waiting = {json.loads(job.arguments).get("batch") for job in jobs.unfinished(connection)}
    for batch, reviewer, process in left:
        # a job that takes it back says how far it is
        if batch not in waiting and not at_work.is_doing(engine, process, _bulk(batch)):
            _take_back(engine, batch, reviewer, ignore)


def _take_back(engine: database.Engine, batch: str, reviewer: str, progress: Progress) -> int:
    at, undone = now(), 0
    while True:
        with database.write(engine) as connection:
            standing = decisions.standing_of_batch(connection, batch, STEP)
            made = [Decision(one.example, "undo", str(one.seq), reviewer, at) for one in standing]
            undone += decisions.append_all(connection, made, state_of, batch, only_undecided=False)
            left = decisions.standing_in_batch(connection, batch)
            if not made or not left:
                decisions.end_bulk(connection, batch)
                return undone
        progress(undone / (undone + left), "taking back the decisions")


def _bulk(batch: str) -> str:
    return f"decisions {batch}"


def _applied(
    connection: database.Connection,
    client: str,
    entry: LogEntry,
    known: dict[int, tuple[int, str]],
    reviewer: str,
    is_only: bool,
) -> Applied:
    """What becomes of an entry; `known` are the client's stored ones by their number, and gets this one. `is_only`
    says that no other is in this transaction."""
    if entry.number in known:
        return Applied(entry.number, known[entry.number][1])
    try:
        if entry.action == "undo" and max(known, default=0) > entry.number:
            raise StaleDecision(NOTHING)  # refused when those after it were stored: it must not reach one of them now
        made = _as_decision(connection, entry, known, reviewer)
        (seq,) = decisions.append(connection, [made], state_of, (client, entry.number), ends=is_only)
    except StaleDecision as why:
        return Applied(entry.number, entry.example, str(why))
    known[entry.number] = seq, made.example
    return Applied(entry.number, made.example)


def _as_decision(
    connection: database.Connection, entry: LogEntry, known: Mapping[int, tuple[int, str]], reviewer: str
) -> Decision:
    if not is_readable(entry.action, entry.value):
        raise StaleDecision(UNREADABLE)
    if entry.action != "undo":
        return Decision(entry.example, entry.action, entry.value, reviewer, now(), entry.seen_version)
    if entry.of:
        seq, example = known.get(entry.of, (0, ""))
    else:
        newest = decisions.newest_standing(connection, reviewer)
        seq, example = (newest.seq, newest.example) if newest else (0, "")
    if not seq:
        raise StaleDecision(NOTHING)
    version = len(decisions.of_example(connection, example))
    return Decision(example, "undo", str(seq), reviewer, now(), version)
