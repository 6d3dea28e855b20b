"""class People: what people decide about examples, one at a time or many in one stroke, and how it is taken back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from curation.desk import Desk, now
from curation.records import Action, Decision
from curation.review.state import state_of
from curation.store import database, decisions


@dataclass(frozen=True)
class Stroke:
    """Many decisions made at once: how many were stored, and how many examples were decided by a person before."""

    batch: str
    decided: int
    passed_over: int
    reason: str


class People(Desk):
    """Decisions, and undo. Whatever returns is stored."""

    def decide(
        self, example: str, action: Action, seen_version: int, value: str = "", reviewer: str = "", reason: str = ""
    ) -> int:
        """Store one decision and return its number. Raises StaleDecision when somebody else was first."""
        decision = Decision(example, action, value, reviewer, now(), seen_version, reason)
        with database.write(self.engine) as connection:
            return decisions.append(connection, [decision], state_of)[0]

    def undo(self, reviewer: str = "") -> str | None:
        """Take back the reviewer's newest single decision that still stands; returns its example, None without one."""
        with database.write(self.engine) as connection:
            newest = decisions.newest_standing(connection, reviewer)
            if newest is None:
                return None
            version = len(decisions.of_example(connection, newest.example))
            undo = Decision(newest.example, "undo", str(newest.seq), reviewer, now(), version)
            decisions.append(connection, [undo], state_of)
            return newest.example

    def decide_all(self, changes: Sequence[tuple[str, Action, str]], reviewer: str = "", reason: str = "") -> Stroke:
        """Store (example, action, value) for many examples in one stroke; `reason` is what a person reads of it later.

        Examples somebody has decided already are passed over: a stroke never overwrites a person's decision.
        """
        at, batch = now(), uuid.uuid4().hex[:12]
        made = [Decision(example, action, value, reviewer, at, 0, reason) for example, action, value in changes]
        with database.write(self.engine) as connection:
            stored = decisions.append_all(connection, made, state_of, batch)
        return Stroke(batch, stored, len(made) - stored, reason)

    def newest_stroke(self, reviewer: str = "") -> Stroke | None:
        """The reviewer's newest stroke that is not wholly taken back."""
        with database.read(self.engine) as connection:
            found = decisions.newest_batch(connection, reviewer)
        return None if found is None else Stroke(found[0], found[2], 0, found[1])

    def undo_stroke(self, batch: str, reviewer: str = "") -> int:
        """Take back what still stands of a stroke; returns how many decisions that were."""
        at = now()
        with database.write(self.engine) as connection:
            standing = decisions.standing_of_batch(connection, batch)
            undone = [Decision(made.example, "undo", str(made.seq), reviewer, at) for made in standing]
            return decisions.append_all(connection, undone, state_of, batch, only_undecided=False)
