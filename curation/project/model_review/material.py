"""What a review works with, wherever its rows are read: rows, rubric, questions, prices; and how a run is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from curation.endpoint.ledger import Prices
from curation.errors import NotChecked, UsageError
from curation.model_review.plan import Chosen, choose
from curation.model_review.prompt import Writer
from curation.model_review.reading import Review
from curation.model_review.rows import Row, answered
from curation.model_review.rubric import Rubric, built_in, fitting, parse
from curation.project.findings import Checks
from curation.project.measuring import token_prices
from curation.project.model_review.readings import KIND
from curation.project.place import now
from curation.records import Dataset, MeasureSettings, Reading, ReviewedRun, ReviewRun, ReviewSettings
from curation.review.audit.draw import suspicion_strata
from curation.store import database, results
from curation.store.rows import readings
from curation.text.turns import turns_in

RUBRIC = "rubric.toml"
"""The project's own rubric, in its folder."""
LOOKED_AT = 100
"""Rows by which a set of chats is told from one of single questions."""
MOST_WORKERS = 32
LONGEST_TIMEOUT = 300.0
"""Seconds, as in `measure.plan`: a small model on a busy laptop."""
LEAST_REPLY = 50
"""Tokens below which no reply in the form asked for has room."""


@dataclass(frozen=True)
class Material:
    """What a review works with: the rows to read in their order, who writes the questions, what was chosen and why."""

    rows: tuple[Row, ...]
    chosen: Chosen
    stratum_of: Mapping[str, str]
    writer: Writer
    prices: Prices
    currency: str
    unanswered: int


def material_of(checks: Checks, run: ReviewRun) -> Material:
    """What a run works with. Raises UsageError on a setting that cannot be, NotChecked where no row can be read."""
    settings, context = _checked(run.settings), checks.reader.settings.context()
    dataset = checks.examples.curated().dataset
    rows = {row.id: row for row in answered(dataset)}
    if not rows:
        raise NotChecked("No row has both an input and an answer, so there is nothing to read.")
    strata = suspicion_strata(rows, checks.stored.current())
    chosen = choose(strata, settings.rows, settings.suspects, settings.seed)
    labels: dict[str, str] = {}
    if dataset.is_classification:
        meaning = {label.name: label.description for label in context.labels}
        labels = {name: meaning.get(name, "") for name in (*dataset.labels, *context.label_names)}
    writer = Writer(rubric_of(checks, dataset), labels, settings.seed, settings.reply_tokens, run.send_private)
    return Material(
        rows=tuple(rows[id] for id in chosen.ids),
        chosen=chosen,
        stratum_of=strata,
        writer=writer,
        prices=token_prices(context, MeasureSettings()),
        currency=context.prices.currency,
        unanswered=len(dataset) - len(rows),
    )


def rubric_of(checks: Checks, dataset: Dataset) -> Rubric:
    """The project's own rubric, else the built-in one that fits the set."""
    path = checks.place.folder / RUBRIC
    if path.exists():
        return parse(path.read_text("utf-8"), str(path))
    metas = dataset.table["meta"].slice(0, LOOKED_AT).to_pylist()
    turns = [len(turns_in(meta) or ()) for meta in metas]
    return built_in(fitting(dataset.is_classification, checks.reader.settings.context().task.kind, turns))


def keep_readings(checks: Checks, stratum_of: Mapping[str, str], made: Sequence[Reading]) -> None:
    """Store readings for good."""
    with database.write(checks.place.engine) as connection:
        readings.save(connection, made, stratum_of, now())


def summary_of(checks: Checks, material: Material, review: Review) -> dict[str, Any]:
    """What of a run its rows and readings say: fields of `ReviewedRun`."""
    rubric, model = material.writer.rubric.digest, review.asking.endpoint.model
    wanted = frozenset(row.id for row in material.rows)
    kept = [one.reading for one in checks.readings.kept(model, rubric) if not one.is_stale]
    first = [one.answer for one in kept if one.example in wanted and not one.again]
    return {
        "model": model, "rubric": rubric, "rows": len(material.rows), "read": len(first),
        "again": len(material.chosen.again), "strata": material.chosen.strata,
        "answers": {answer: first.count(answer) for answer in sorted(set(first))},
        "masked": review.masked, "unanswered": material.unanswered, "currency": material.currency,
        "seed": material.writer.seed, "at": now(),
    }  # fmt: skip


def keep_run(checks: Checks, done: ReviewedRun) -> ReviewedRun:
    """The same, stored with the findings its readings make; one that read nothing is not stored."""
    if done.read:
        with database.write(checks.place.engine) as connection:
            results.save_result(connection, KIND, asdict(done), now())
        checks.refresh_readings()
    return done


def _checked(settings: ReviewSettings) -> ReviewSettings:
    """The same. Raises UsageError on a number that cannot be."""
    if settings.rows is not None and settings.rows < 1:
        raise UsageError(f"At least 1 row must be read, not {settings.rows}.")
    if not 1 <= settings.workers <= MOST_WORKERS:
        raise UsageError(f"1 to {MOST_WORKERS} calls may be on their way at once, not {settings.workers}.")
    if settings.reply_tokens < LEAST_REPLY:
        raise UsageError(f"A reply needs at least {LEAST_REPLY} tokens, not {settings.reply_tokens}.")
    if not 0 < settings.timeout <= LONGEST_TIMEOUT:
        raise UsageError(f"A call may take up to {LONGEST_TIMEOUT:g} s, not {settings.timeout:g}.")
    return settings
