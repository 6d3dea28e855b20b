"""A model behind an endpoint reads the rows of a project: forecast first, under limits, resumed after a kill."""

import time
from collections.abc import Callable
from functools import partial

from curation.endpoint.asking import Asking
from curation.endpoint.client import Address, Endpoint, address
from curation.endpoint.hosts import is_hosted
from curation.endpoint.ledger import Ledger, check_caps
from curation.errors import UsageError
from curation.files import write_text
from curation.model_review.forecast import TRIED, forecast_of
from curation.model_review.reading import ARM, Review
from curation.model_review.rows import is_private
from curation.model_review.rubric import Rubric, parse, written
from curation.project.findings import Checks
from curation.project.measuring import CallBook, allowed, api_key
from curation.project.model_review.elsewhere import ReadElsewhere
from curation.project.model_review.material import (
    RUBRIC,
    Material,
    keep_readings,
    keep_run,
    material_of,
    rubric_of,
    summary_of,
)
from curation.project.place.access import needs
from curation.records import ReviewedRun, ReviewPlan, ReviewRun
from curation.records.progress import Progress, ignore, part
from curation.store import database
from curation.store.rows import readings

COUNTED = 5_000
"""Rows that a plan looks at: some four seconds; they stand in random order, so that their share is that of all."""
STEP = 200
"""Rows between two reports of progress."""
REFUSED = (
    "The context says that data may not leave your own machines, and {host} is outside your network. Name an endpoint "
    "within it, or allow this one with --send-outside."
)


class ModelReview:
    """Rows read by a model. `readings` answers what was read, `named` which labels it named for rows without one,
    `elsewhere` takes rows out and readings in."""

    def __init__(self, checks: Checks) -> None:
        self.place, self.checks, self.readings = checks.place, checks, checks.readings
        self.elsewhere, self.calibration = ReadElsewhere(checks), checks.calibration
        self.named = self.calibration.named

    @needs("viewer")
    def rubric(self) -> Rubric:
        """The project's own rubric, else the built-in one that fits the set."""
        return rubric_of(self.checks, self.checks.examples.curated().dataset)

    @needs("viewer")
    def rubric_text(self) -> str:
        """The rubric in use as the file it is kept as, to be changed."""
        path = self.place.folder / RUBRIC
        return path.read_text("utf-8") if path.exists() else written(self.rubric())

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

    @needs("viewer")
    def plan(self, run: ReviewRun, progress: Progress = ignore) -> ReviewPlan:
        """What a review would read, send and cost; nothing is sent. An endpoint need not be named yet.

        Of more rows than COUNTED so many are looked at: what is masked is estimated then, and what is known already is
        at least so much. Raises UsageError as `read` does, NotChecked where no row can be read.
        """
        where = self.where(run) if run.endpoint else None
        material = material_of(self.checks, run)
        known, masked = self._looked_at(material, where, run.model, progress)
        calls = max(0, len(material.asked) + len(material.chosen.again) - known)
        with self.checks.reader.settings.counter() as counter:
            some = [material.writer.write(row) for row in material.asked[:TRIED]]
            told = forecast_of(some, calls, run.settings.reply_tokens, counter, material.prices)
        with database.read(self.place.engine) as connection:
            took = readings.usual_time(connection, ARM, run.model)
        at_once = min(run.settings.workers, max(1, calls))
        return ReviewPlan(
            rows=len(material.rows),
            again=len(material.chosen.again),
            strata=material.chosen.strata,
            masked=round(masked * len(material.asked) / min(len(material.asked), COUNTED)),
            unanswered=material.unanswered,
            known=known,
            forecast=told,
            minutes=None if took is None else calls * took / 60_000 / at_once,
            longest=calls * run.settings.timeout / 60 / at_once,
            rubric=material.writer.rubric.title,
            host=where.host if where else "",
            leaves=where is not None and is_hosted(where.host),
            sends_private=run.send_private,
            is_counted=len(material.asked) <= COUNTED,
            unlabelled=len(material.unlabelled),
        )

    def _looked_at(self, material: Material, where: Address | None, model: str, progress: Progress) -> tuple[int, int]:
        """Of the first rows: (questions whose reply is known already, rows with personal data or keys)."""
        keys, masked = [], 0
        for n, row in enumerate(rows := material.asked[:COUNTED]):
            if n % STEP == 0:
                progress(n / len(rows), "looking at the rows to read")
            masked += is_private(row)
            for again in (False, True)[: 1 + (row.id in material.chosen.again)] if where and model else ():
                keys.append(material.writer.write(row, again).first.key(where.url if where else "", model))
        calls = CallBook(self.place.engine).find(keys)
        return sum(key in calls and calls[key].state == "done" for key in keys), masked

    @needs("curator")
    def read(
        self, run: ReviewRun, progress: Progress = ignore, sleep: Callable[[float], None] = time.sleep
    ) -> ReviewedRun:
        """Let a model read rows, store its readings and the findings they make, and return how it went.

        A run that was killed goes on where it stopped, and no call is paid for twice. Raises UsageError for an address,
        limit or setting that cannot be, or where the context keeps data on the own machines and the host is outside;
        NotChecked where no row can be read. An endpoint that fails is told in the result.
        """
        check_caps(run.caps)
        if not run.model.strip():
            raise UsageError("Name the model to ask, as the endpoint calls it.")
        where = self.where(run)
        progress(0.0, "choosing the rows to read")
        material = material_of(self.checks, run)
        if run.caps.cost is not None and not material.prices.known:
            raise UsageError("A limit on cost needs prices: give those of input and output tokens in the context.")
        progress(0.01, f"{len(material.asked):,} rows go to {where.host}")
        ledger, keep = Ledger(run.caps, material.prices), partial(keep_readings, self.checks, material.stratum_of)
        with Endpoint(where, run.model, api_key(), run.settings.timeout) as endpoint:
            asking = Asking(endpoint, CallBook(self.place.engine), ledger, part(progress, 0.02, 0.97), sleep)
            review = Review(asking, material.writer, run.settings.workers, keep)
            review.currency = material.currency
            review.run(review.wanted(material.asked, material.chosen.again))
        progress(0.98, "storing what was read")
        done = ReviewedRun(
            source=where.url,
            refused=tuple(sorted(endpoint.refused)),
            failed=review.failed,
            capped=review.capped,
            **ledger.summary(asking.ended),
            **summary_of(self.checks, material, review),
        )
        return keep_run(self.checks, done)

    @needs("viewer")
    def where(self, run: ReviewRun) -> Address:
        """Where questions go. Raises UsageError for an address that cannot be, or one data may not be sent to."""
        where = allowed(address(run.endpoint, False, bool(api_key())))
        if where.completions:
            raise UsageError("Rows are read by a chat endpoint: name its address without /completions.")
        if self.checks.reader.settings.context().needs.privacy and not run.send_outside and is_hosted(where.host):
            raise UsageError(REFUSED.format(host=where.host))
        return where
