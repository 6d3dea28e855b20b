"""What models read in the rows of a project, and the findings it makes of that."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from curation.model_review.findings import NOT_MEASURED, Read, findings_of
from curation.project.examples import Examples
from curation.project.place.access import needs
from curation.records import Findings, Precision, Reading, ReviewedRun, parse_reviewed
from curation.store import database, results
from curation.store.rows import readings
from curation.store.rows.readings import Kept

IMPORTED = "imported"
"""Stands for the rubric of readings made elsewhere, which nobody knows here."""
KIND = "model_review"
"""What runs are stored as among the results."""


class Readings:
    """The readings of a project's rows, those of the newest review unless another model or rubric is named."""

    def __init__(self, examples: Examples) -> None:
        self.place, self.examples = examples.place, examples

    @needs("viewer")
    def last(self) -> ReviewedRun | None:
        """How the newest review went; None before the first."""
        with database.read(self.place.engine) as connection:
            body = results.read_result(connection, KIND)
        return None if body is None else parse_reviewed(body)

    @needs("viewer")
    def kept(self, model: str = "", rubric: str = "") -> list[Kept]:
        """The readings of rows of the set with the group each was drawn from, stale ones among them; "" is any."""
        labels = self.examples.is_classification()
        with database.read(self.place.engine) as connection:
            return readings.stored(connection, labels, model, rubric)

    @needs("viewer")
    def current(self, model: str = "", rubric: str = "") -> list[Reading]:
        """The readings of the rows' texts as they stand; left out, of the newest review's model and rubric."""
        return [one.reading for one in self.standing(model, rubric)]

    @needs("viewer")
    def standing(self, model: str = "", rubric: str = "") -> list[Kept]:
        """As `current`, each with the group of suspicion its row was drawn from."""
        last = self.last()
        if last is None:
            return []
        found = self.kept(model or last.model, rubric or ("" if model else last.rubric))
        return [one for one in found if not one.is_stale]

    @needs("viewer")
    def self_agreement(self) -> tuple[int, int]:
        """(rows the newest review's model read alike, rows it read twice with labels or kinds in another order)."""
        first, second = (
            {one.example: one.answer for one in self.current() if one.again is again} for again in (False, True)
        )
        twice = [id for id in second if id in first]
        return sum(first[id] == second[id] for id in twice), len(twice)

    @needs("viewer")
    def table(self) -> list[dict[str, Any]]:
        """The newest review's readings of the rows as they stand, a dict of plain values each, in the order of the
        set."""
        return [
            {
                "id": one.example, "reading": one.answer, "kind": one.kind, "passage": one.passage,
                "reason": one.reason, "labels": list(one.labels), "again": one.again, "model": one.model,
                "rubric": one.rubric,
            }
            for one in self.current()
        ]  # fmt: skip

    @needs("viewer")
    def models(self) -> list[str]:
        """The models that have read rows of the set as they stand, in name order."""
        return sorted({one.reading.model for one in self.kept() if not one.is_stale})

    @needs("viewer")
    def are_of_several(self) -> bool:
        """Whether more than one model has read rows."""
        with database.read(self.place.engine) as connection:
            return len(readings.models(connection)) > 1

    @needs("viewer")
    def differing(self) -> list[str]:
        """The rows as they stand that one model calls right and another wrong, in the order of the set."""
        said: dict[str, dict[str, str]] = {}
        for one in self.kept() if self.are_of_several() else ():
            if not (one.is_stale or one.reading.again):
                said.setdefault(one.reading.example, {})[one.reading.model] = one.reading.answer  # the newest stands
        return [id for id, answers in said.items() if {"right", "wrong"} <= {*answers.values()}]

    @needs("viewer")
    def findings(self, precision: Mapping[str, Precision | None] = NOT_MEASURED) -> Findings | None:
        """What the newest review's model calls wrong, as findings; None where no row was ever read.

        `precision` is how often rows of a reading ("wrong", "unsure") are wrong by people's answers, None where that
        was not measured.
        """
        if self.last() is None:
            return None
        labels = self.examples.is_classification()
        read = [Read(one.reading, one.answer if labels else None) for one in self.standing()]
        return findings_of(read, precision)

    @needs("viewer")
    def joined(self, found: Findings, precision: Mapping[str, Precision | None] = NOT_MEASURED) -> Findings:
        """Findings of checks and, where rows were read, those of the readings."""
        own = self.findings(precision)
        if own is None:
            return found
        return replace(Findings.join([found, own]), dataset=found.dataset)
