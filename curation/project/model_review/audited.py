"""What a model had read when an audit was drawn, in the form the draw and the round's settings want it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.project.model_review.readings import IMPORTED, Readings
from curation.records import Reading
from curation.review.audit.draw import Draw
from curation.review.audit.readings import Phase
from curation.review.audit.readings import Readings as Said


@dataclass(frozen=True)
class Before:
    """The readings an audit is drawn by: whose they are, and the label each row called wrong should have instead."""

    model: str
    rubric: str
    said: Said
    labels: Mapping[str, str]

    def settings(self, drawn: Draw) -> dict[str, Any]:
        """What a round keeps of it."""
        rows = [row.id for row in drawn.rows if row.id in self.labels]
        return {
            "model": self.model, "rubric": self.rubric, "is_read": drawn.is_read, "one_answer": drawn.one_answer,
            "phases": [[phase.unread, dict(phase.placed)] for phase in drawn.phases],
            "labels": {id: self.labels[id] for id in rows},
        }  # fmt: skip


def before(readings: Readings, file_of: Mapping[str, str], new: Collection[str]) -> Before | None:
    """What the newest review's model says of these examples, given with their files; None where it read none of them.

    The rows it read were drawn at random, those of a table of readings made elsewhere by nobody knows what rule. Rows
    whose texts changed since, and those of files of which it read nothing, count as `new`: nothing read is like them.
    """
    last = readings.last()
    if last is None:
        return None
    kept = [one for one in readings.kept(last.model, last.rubric) if one.reading.example in file_of]
    first = {one.reading.example: one for one in kept if not one.is_stale and not one.reading.again}
    if not first:
        return None
    files = {file_of[id] for id in first}
    unlike = {one.reading.example for one in kept if one.is_stale}.difference(first)
    unlike.update(new, (id for id, file in file_of.items() if file not in files))
    said = Said({id: one.reading.answer for id, one in first.items()}, last.rubric != IMPORTED, unlike)
    labels = {id: label for id, one in first.items() if (label := better_label(one.reading, one.answer))}
    return Before(last.model, last.rubric, said, labels)


def better_label(reading: Reading, given: str) -> str:
    """The label that a model names first instead of the one the row has, where it calls that wrong; "" where none."""
    if reading.answer != "wrong":
        return ""
    return next((label for label in reading.labels if label != given), "")


def drawn_from(settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields of a draw that what a round kept gives it; none where no model had read its rows."""
    if not settings:
        return {}
    phases: Sequence[Any] = settings["phases"]
    return {
        "is_read": settings["is_read"],
        "one_answer": settings["one_answer"],
        "phases": tuple(Phase(unread, placed) for unread, placed in phases),
    }
