"""A model behind an endpoint reads the rows of a project: forecast first, under limits, resumed after a kill."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from curation.endpoint.asking import Asking
from curation.endpoint.client import Address, Endpoint, address
from curation.endpoint.hosts import is_hosted
from curation.endpoint.ledger import Ledger, Prices, check_caps
from curation.errors import NotChecked, UsageError
from curation.files import write_text
from curation.model_review.forecast import TRIED, forecast_of
from curation.model_review.plan import Chosen, choose
from curation.model_review.prompt import Writer
from curation.model_review.reading import ARM, Review
from curation.model_review.rows import Row, answered, is_private
from curation.model_review.rubric import Rubric, built_in, fitting, parse, written
from curation.project.findings import Checks
from curation.project.measuring import CallBook, allowed, api_key, token_prices
from curation.project.model_review.readings import KIND
from curation.project.place import now
from curation.project.place.access import needs
from curation.records import (
    Dataset,
    MeasureSettings,
    Reading,
    ReviewedRun,
    ReviewPlan,
    ReviewRun,
    ReviewSettings,
)
from curation.records.progress import Progress, ignore, part
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
REFUSED = (
    "The context says that data may not leave your own machines, and {host} is outside your network. Name an endpoint "
    "within it, or allow this one with --send-outside."
)


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


class ModelReview:
    """Rows read by a model. `readings` answers what was read."""

    def __init__(self, checks: Checks) -> None:
        self.place, self.examples, self.settings = checks.place, checks.examples, checks.reader.settings
        self.checks, self.findings, self.readings = checks, checks.stored, checks.readings
        self.calibration = checks.calibration

    # -- the rubric

    @needs("viewer")
    def rubric(self) -> Rubric:
        """The project's own rubric, else the built-in one that fits the set."""
        path = self.place.folder / RUBRIC
        return parse(path.read_text("utf-8"), str(path)) if path.exists() else self._built_in(self._dataset())

    @needs("viewer")
    def rubric_text(self) -> str:
        """The rubric in use as the file it is kept as, to be changed."""
        return written(self.rubric())

    @needs("viewer")
    def has_own_rubric(self) -> bool:
        """Whether the project keeps a rubric of its own."""
        return (self.place.folder / RUBRIC).exists()

    @needs("curator")
    def save_rubric(self, text: str) -> Rubric:
        """Keep a rubric of the project's own. Raises UsageError where the text is none; nothing is kept then."""
        made = parse(text, RUBRIC)
        write_text(self.place.folder / RUBRIC, text)
        return made

    @needs("curator")
    def reset_rubric(self) -> None:
        """Go back to the built-in rubric."""
        (self.place.folder / RUBRIC).unlink(missing_ok=True)

    # -- before anything is sent

    @needs("viewer")
    def plan(self, run: ReviewRun) -> ReviewPlan:
        """What a review would read, send and cost; nothing is sent. An endpoint need not be named yet.

        Raises UsageError as `read` does, NotChecked where no row can be read.
        """
        _check(run.settings)
        where = self._where(run) if run.endpoint else None
        material = self._material(run)
        url = where.url if where else ""
        known = self._known(material, url, run.model)
        with self.settings.counter() as counter:
            some = [material.writer.write(row) for row in material.rows[:TRIED]]
            calls = max(0, len(material.rows) + len(material.chosen.again) - known)
            told = forecast_of(some, calls, run.settings.reply_tokens, counter, material.prices)
        with database.read(self.place.engine) as connection:
            took = readings.usual_time(connection, ARM, run.model)
        at_once = min(run.settings.workers, max(1, calls))
        return ReviewPlan(
            rows=len(material.rows),
            again=len(material.chosen.again),
            strata=material.chosen.strata,
            masked=sum(map(is_private, material.rows)),
            unanswered=material.unanswered,
            known=known,
            forecast=told,
            minutes=None if took is None else calls * took / 60_000 / at_once,
            longest=calls * run.settings.timeout / 60 / at_once,
            rubric=material.writer.rubric.title,
            host=where.host if where else "",
            leaves=where is not None and is_hosted(where.host),
            sends_private=run.send_private,
        )

    def _known(self, material: Material, url: str, model: str) -> int:
        """How many of the first questions have their reply already."""
        if not (url and model):
            return 0
        keys = {
            material.writer.write(row, again).first.key(url, model)
            for row in material.rows
            for again in (False, True)[: 1 + (row.id in material.chosen.again)]
        }
        return sum(call.state == "done" for call in CallBook(self.place.engine).find(keys).values())

    # -- reading

    @needs("curator")
    def read(
        self, run: ReviewRun, progress: Progress = ignore, sleep: Callable[[float], None] = time.sleep
    ) -> ReviewedRun:
        """Let a model read rows, store its readings and the findings they make, and return how it went.

        A run that was killed goes on where it stopped, and no call is paid for twice. Raises UsageError for an address,
        limit or setting that cannot be, or where the context keeps data on the own machines and the host is outside;
        NotChecked where no row can be read. An endpoint that fails is told in the result.
        """
        _check(run.settings)
        check_caps(run.caps)
        if not run.model.strip():
            raise UsageError("Name the model to ask, as the endpoint calls it.")
        where = self._where(run)
        progress(0.0, "choosing the rows to read")
        material = self._material(run)
        if run.caps.cost is not None and not material.prices.known:
            raise UsageError("A limit on cost needs prices: give those of input and output tokens in the context.")
        progress(0.01, f"{len(material.rows):,} rows go to {where.host}")
        ledger = Ledger(run.caps, material.prices)
        with Endpoint(where, run.model, api_key(), run.settings.timeout) as endpoint:
            asking = Asking(endpoint, CallBook(self.place.engine), ledger, part(progress, 0.02, 0.97), sleep)
            review = Review(asking, material.writer, run.settings.workers, self._keeper(material))
            review.currency = material.currency
            review.run(review.wanted(material.rows, material.chosen.again))
        done = ReviewedRun(
            model=run.model,
            source=where.url,
            refused=tuple(sorted(endpoint.refused)),
            failed=review.failed,
            capped=review.capped,
            **ledger.summary(asking.ended),
            **self._summary(material, run.model),
        )
        progress(0.98, "storing what was read")
        return self._save(done)

    def _keeper(self, material: Material) -> Callable[[Sequence[Reading]], None]:
        def keep(made: Sequence[Reading]) -> None:
            with database.write(self.place.engine) as connection:
                readings.save(connection, made, material.stratum_of, now())

        return keep

    def _summary(self, material: Material, model: str) -> dict[str, Any]:
        """What of a review its rows and readings say."""
        rubric = material.writer.rubric.digest
        wanted = frozenset(row.id for row in material.rows)
        made = [one for one in self.readings.kept(model, rubric) if one.reading.example in wanted and not one.is_stale]
        first = [one.reading.answer for one in made if not one.reading.again]
        return {
            "rubric": rubric, "rows": len(material.rows), "read": len(first), "again": len(material.chosen.again),
            "answers": {answer: first.count(answer) for answer in sorted(set(first))},
            "strata": material.chosen.strata, "unanswered": material.unanswered, "currency": material.currency,
            "masked": 0 if material.writer.send_private else sum(map(is_private, material.rows)),
            "seed": material.writer.seed, "at": now(),
        }  # fmt: skip

    def _save(self, done: ReviewedRun) -> ReviewedRun:
        if done.read:
            with database.write(self.place.engine) as connection:
                results.save_result(connection, KIND, asdict(done), now())
            self.checks.refresh_readings()
        return done

    # -- what both need

    def _where(self, run: ReviewRun) -> Address:
        """Where questions go. Raises UsageError for an address that cannot be, or one data may not be sent to."""
        where = allowed(address(run.endpoint, False, bool(api_key())))
        if where.completions:
            raise UsageError("Rows are read by a chat endpoint: name its address without /completions.")
        if self.settings.context().needs.privacy and not run.send_outside and is_hosted(where.host):
            raise UsageError(REFUSED.format(host=where.host))
        return where

    def _material(self, run: ReviewRun) -> Material:
        dataset, context, settings = self._dataset(), self.settings.context(), run.settings
        rows = {row.id: row for row in answered(dataset)}
        if not rows:
            raise NotChecked("No row has both an input and an answer, so there is nothing to read.")
        strata = suspicion_strata(rows, self.findings.current())
        chosen = choose(strata, settings.rows, settings.suspects, settings.seed)
        labels: dict[str, str] = {}
        if dataset.is_classification:
            meaning = {label.name: label.description for label in context.labels}
            labels = {name: meaning.get(name, "") for name in (*dataset.labels, *context.label_names)}
        rubric = self.rubric() if self.has_own_rubric() else self._built_in(dataset)
        writer = Writer(rubric, labels, settings.seed, settings.reply_tokens, run.send_private)
        prices = token_prices(context, MeasureSettings())
        return Material(
            rows=tuple(rows[id] for id in chosen.ids),
            chosen=chosen,
            stratum_of=strata,
            writer=writer,
            prices=prices,
            currency=context.prices.currency,
            unanswered=len(dataset) - len(rows),
        )

    def _dataset(self) -> Dataset:
        return self.examples.curated().dataset

    def _built_in(self, dataset: Dataset) -> Rubric:
        metas = dataset.table["meta"].slice(0, LOOKED_AT).to_pylist()
        turns = [len(turns_in(meta) or ()) for meta in metas]
        return built_in(fitting(dataset.is_classification, self.settings.context().task.kind, turns))


def _check(settings: ReviewSettings) -> None:
    """Raises UsageError on a number that cannot be."""
    if settings.rows is not None and settings.rows < 1:
        raise UsageError(f"At least 1 row must be read, not {settings.rows}.")
    if not 1 <= settings.workers <= MOST_WORKERS:
        raise UsageError(f"1 to {MOST_WORKERS} calls may be on their way at once, not {settings.workers}.")
    if settings.reply_tokens < LEAST_REPLY:
        raise UsageError(f"A reply needs at least {LEAST_REPLY} tokens, not {settings.reply_tokens}.")
    if not 0 < settings.timeout <= LONGEST_TIMEOUT:
        raise UsageError(f"A call may take up to {LONGEST_TIMEOUT:g} s, not {settings.timeout:g}.")
