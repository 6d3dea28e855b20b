"""What a review works with, wherever its rows are read: rows, rubric, questions, prices; and how a run is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from curation.endpoint.ledger import Prices
from curation.errors import NotChecked, UsageError
from curation.model_review.plan import Chosen, choose, some
from curation.model_review.prompt import Writer
from curation.model_review.reading import Review
from curation.model_review.rows import Row, answered, unlabelled
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
from curation.wording import counted

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
    """What a review works with: the rows to read in their order, who writes the questions, what was chosen and why;
    and the rows without a label that one is to be named for."""

    rows: tuple[Row, ...]
    unlabelled: tuple[Row, ...]
    chosen: Chosen
    stratum_of: Mapping[str, str]
    writer: Writer
    prices: Prices
    currency: str
    unanswered: int

    @property
    def asked(self) -> tuple[Row, ...]:
        """All rows there is a question about."""
        return self.rows + self.unlabelled


def material_of(checks: Checks, run: ReviewRun) -> Material:
    """What a run works with. Raises UsageError on a setting that cannot be, NotChecked where no row can be read."""
    settings, context = _checked(run.settings), checks.reader.settings.context()
    dataset = checks.examples.curated().dataset
    rows, bare = ({row.id: row for row in found(dataset)} for found in (answered, unlabelled))
    named = some(bare, settings.unlabelled, settings.seed)
    if not rows and not named:
        raise NotChecked("No row has both an input and an answer, so there is nothing to read." + _bare_said(len(bare)))
    strata = suspicion_strata(rows, checks.stored.current())
    chosen = choose(strata, settings.rows, settings.suspects, settings.seed)
    labels: dict[str, str] = {}
    if dataset.is_classification:
        meaning = {label.name: label.description for label in context.labels}
        labels = {name: meaning.get(name, "") for name in (*dataset.labels, *context.label_names)}
    if named and len(labels) < 2:
        raise NotChecked("A model can name labels once there are two to choose from: give some, or declare them.")
    writer = Writer(rubric_of(checks, dataset), labels, settings.seed, settings.reply_tokens, run.send_private)
    return Material(
        rows=tuple(rows[id] for id in chosen.ids),
        unlabelled=tuple(bare[id] for id in named),
        chosen=chosen,
        stratum_of=strata,
        writer=writer,
        prices=token_prices(context, MeasureSettings()),
        currency=context.prices.currency,
        unanswered=len(dataset) - len(rows),
    )


def _bare_said(rows: int) -> str:
    return f" {counted(rows, 'row has', 'rows have')} no label yet: ask which it should have." if rows else ""


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
    wanted, bare = (frozenset(row.id for row in rows) for rows in (material.rows, material.unlabelled))
    kept = [one.reading for one in checks.readings.kept(model, rubric) if not one.is_stale]
    first = [one.answer for one in kept if one.example in wanted and not one.again]
    read = {
        "rows": len(material.rows), "read": len(first), "again": len(material.chosen.again),
        "strata": material.chosen.strata, "answers": {answer: first.count(answer) for answer in sorted(set(first))},
        "seed": material.writer.seed,
    }  # fmt: skip
    named = {
        "unlabelled": len(bare), "named": sum(one.example in bare and one.answer == "named" for one in kept),
    }  # fmt: skip
    if (last := checks.readings.last()) and (last.model, last.rubric) == (model, rubric):
        # what this run was not asked for stands as the same model left it
        read = read if wanted else {name: getattr(last, name) for name in read}
        named = named if bare else {name: getattr(last, name) for name in named}
    return {
        "model": model, "rubric": rubric, **read, **named, "masked": review.masked, "at": now(),
        "unanswered": material.unanswered, "currency": material.currency,
    }  # fmt: skip


def keep_run(checks: Checks, done: ReviewedRun) -> ReviewedRun:
    """The same, stored with the findings its readings make; one that read nothing is not stored."""
    if done.read or done.named:
        with database.write(checks.place.engine) as connection:
            results.save_result(connection, KIND, asdict(done), now())
        checks.refresh_readings()
    return done


def _checked(settings: ReviewSettings) -> ReviewSettings:
    """The same. Raises UsageError on a number that cannot be."""
    if settings.unlabelled is not None and settings.unlabelled < 0:
        raise UsageError(f"Labels are named for a number of rows, or all, not {settings.unlabelled}.")
    if settings.rows is not None and settings.rows < (settings.unlabelled == 0):
        raise UsageError(f"At least 1 row must be read, not {settings.rows}.")
    if not 1 <= settings.workers <= MOST_WORKERS:
        raise UsageError(f"1 to {MOST_WORKERS} calls may be on their way at once, not {settings.workers}.")
    if settings.reply_tokens < LEAST_REPLY:
        raise UsageError(f"A reply needs at least {LEAST_REPLY} tokens, not {settings.reply_tokens}.")
    if not 0 < settings.timeout <= LONGEST_TIMEOUT:
        raise UsageError(f"A call may take up to {LONGEST_TIMEOUT:g} s, not {settings.timeout:g}.")
    return settings
