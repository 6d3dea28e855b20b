"""Whether people see what a model says of a row before they decide it, and whether that pulls them towards it."""

from collections.abc import Mapping, Sequence

from curation.model_review.findings import CHECK
from curation.project.model_review.readings import Readings
from curation.project.place import now
from curation.project.place.access import needs
from curation.records import OPEN, Decision, FindingRow, Pull, ReadAs, Shown
from curation.review.suggestions import Change, Decided, decided_as, is_blind, pull, was_shown
from curation.store import database, rounds
from curation.store.settings import SUGGESTIONS, read_setting, write_setting

Read = Mapping[str, tuple[ReadAs, str]]
"""What was read of each row, and since when that was known (UTC text, to the second)."""


class Suggestions:
    """Suggestions of the model that read the rows: hidden until a row is decided, unless somebody chose otherwise."""

    def __init__(self, readings: Readings) -> None:
        self.place, self.readings = readings.place, readings

    @needs("viewer")
    def setting(self) -> Shown:
        """Whether they are shown now; on a tenth of the rows never."""
        changes = self._changes()
        return changes[-1].setting if changes else "hidden"

    @needs("curator")
    def choose(self, setting: Shown) -> None:
        """Show them from now on, or hide them. When it changed is kept, so that decisions under each are told apart."""
        changes = self._changes()
        if setting != self.setting():
            made = [[change.at, change.setting] for change in (*changes, Change(now(), setting))]
            with database.write(self.place.engine) as connection:
                write_setting(connection, SUGGESTIONS, made)

    @needs("viewer")
    def is_shown(self, example: str) -> bool:
        """Whether somebody who is to decide this row sees what the model says of it."""
        return self.setting() == "shown" and not is_blind(example)

    @needs("viewer")
    def was_seen(self, example: str, at: str) -> bool:
        """Whether somebody who decided a row at that time (UTC text) saw what a model had said of it."""
        return was_shown(example, at, self._changes())

    @needs("viewer")
    def visible(self, found: Mapping[str, Sequence[FindingRow]]) -> dict[str, list[FindingRow]]:
        """Findings by example without what a model says of rows that are to be decided without it."""
        shown = self.setting() == "shown"
        return {
            id: [
                one
                for one in rows
                if one.check != CHECK or one.example.status not in OPEN or (shown and not is_blind(id))
            ]
            for id, rows in found.items()
        }

    @needs("viewer")
    def seen_on(self, made: Mapping[str, Sequence[Decision]]) -> frozenset[str]:
        """The examples, of those given with decisions of one row each, decided while the suggestion was on screen."""
        changes = self._changes()
        read = self._read() if changes else {}
        return frozenset(
            id for id, own in made.items() if id in read and any(_shown(one, read[id][1], changes) for one in own)
        )

    @needs("viewer")
    def pulls(self) -> dict[str, Pull]:
        """How far suggestions pull each reviewer, by name, and all of them together under ""; those that can be told.

        Only decisions made while suggestions were shown count, each row's first.
        """
        changes = self._changes()
        if not changes:
            return {}
        read = self._read()
        with database.read(self.place.engine) as connection:
            made = rounds.decided(connection, sorted(read))
        found: dict[str, list[Decided]] = {}
        for id, own in made.items():
            alone = (
                one for one, in_bulk in own if not in_bulk and _while_shown(one, changes) and one.at >= read[id][1]
            )
            first = next(alone, None)
            said = first and decided_as(first, read[id][0], not is_blind(id))
            if first and said:
                for name in {"", first.reviewer}:
                    found.setdefault(name, []).append(said)
        told = {name: pull(rows) for name, rows in sorted(found.items())}
        return {name: one for name, one in told.items() if one is not None}

    def _changes(self) -> list[Change]:
        with database.read(self.place.engine) as connection:
            stored = read_setting(connection, SUGGESTIONS) or []
        return [Change(at, setting) for at, setting in stored]

    def _read(self) -> Read:
        """The first readings of the newest review's model, stale ones too: people decided on what they saw."""
        last = self.readings.last()
        if last is None:
            return {}
        found: dict[str, tuple[ReadAs, str]] = {}
        for one in self.readings.kept(last.model, last.rubric):
            if not one.reading.again:
                found.setdefault(one.reading.example, (one.reading.answer, one.at))
        return found


def _while_shown(decision: Decision, changes: Sequence[Change]) -> bool:
    settings = [change.setting for change in changes if change.at <= decision.at]
    return bool(settings) and settings[-1] == "shown"


def _shown(decision: Decision, read_at: str, changes: Sequence[Change]) -> bool:
    return decision.at >= read_at and was_shown(decision.example, decision.at, changes)
