"""Rows that a model has read, as a review stores them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict

from curation.project import Project
from curation.project.model_review.readings import IMPORTED, KIND
from curation.records import ReadAs, Reading, ReviewedRun, text_digest
from curation.store import database, results
from curation.store.rows import readings

EARLY, LATE = "2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00"


def read(
    project: Project,
    said: Mapping[str, tuple[ReadAs, str]],
    model: str = "m",
    at: str = EARLY,
    table: bool = False,
    again: bool = False,
) -> None:
    """A model's readings of these examples, each with the label it names instead; `table` where they were brought,
    `again` where it was asked a second time."""
    rows = {one.id: one for one in project.examples.stored.get_all(list(said))}
    rubric = IMPORTED if table else "r"
    made = [
        Reading(
            id, text_digest(rows[id].input, rows[id].label), answer, model, rubric,
            "other_label" if answer == "wrong" else "", labels=(label,) if answer == "wrong" else (), again=again,
        )
        for id, (answer, label) in said.items()
    ]  # fmt: skip
    strata = {"none": (project.examples.stored.totals()["stored"], len(made))}
    answers = dict(sorted(Counter(one.answer for one in made).items()))
    source = "table.csv" if table else "http://127.0.0.1"
    run = ReviewedRun(model, source, rubric, len(made), len(made), answers=answers, strata=strata)
    with database.write(project.place.engine) as connection:
        readings.save(connection, made, dict.fromkeys(said, "none"), at)
        results.save_result(connection, KIND, asdict(run), at)
