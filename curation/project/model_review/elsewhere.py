"""Rows read elsewhere: as a batch that a service works through, or by any means, as a table of readings."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from curation import load
from curation.endpoint.asking import Asking, as_kept
from curation.endpoint.batch import MOST_BYTES, MOST_REQUESTS, Elsewhere, read_results, write_requests
from curation.endpoint.cache import Call
from curation.endpoint.client import Address
from curation.endpoint.ledger import Ledger, Prices
from curation.endpoint.prompt import Prompt
from curation.errors import UsageError
from curation.files import replace_file
from curation.measure.outputs import choose_columns, rows_by
from curation.model_review.plan import Chosen
from curation.model_review.reading import ARM, Review, reading_of
from curation.model_review.reply import LONGEST_PASSAGE, LONGEST_REASON, Said, meant_by
from curation.model_review.rows import Row, answered
from curation.model_review.rubric import parse, written
from curation.project.findings import Checks
from curation.project.measuring import CallBook
from curation.project.model_review.material import Material, keep_readings, keep_run, material_of, summary_of
from curation.project.model_review.readings import IMPORTED
from curation.project.place import now
from curation.project.place.access import needs
from curation.records import Caps, Columns, Dataset, Reading, ReviewedRun, ReviewRun, ReviewSettings
from curation.records.progress import Progress, ignore, part
from curation.review.audit.draw import suspicion_strata
from curation.store import database, results
from curation.text.turns import kept

BATCH = "model_review_batch"
"""What the newest batch is stored as among the results: the rows it asks about, and how."""
WHERE = Address("batch", "batch", False)
"""Part of the name of every call of a batch, whoever works through it."""
ENDED = "the rest waits for its results"


@dataclass(frozen=True)
class BatchFile:
    """A file of requests: how many, of so many `rows`; `once_more` ask again for a reply that could not be read.
    `is_large` where OpenAI would not take it in one file."""

    requests: int
    rows: int
    once_more: int
    is_large: bool


class ReadElsewhere:
    """Rows taken out to be read, and readings brought back."""

    def __init__(self, checks: Checks) -> None:
        self.place, self.checks = checks.place, checks

    @needs("curator")
    def write_batch(self, path: Path, run: ReviewRun, progress: Progress = ignore) -> BatchFile:
        """Write the requests that are not answered yet, in the OpenAI batch form, and remember what they ask about.

        Raises as `ModelReview.read`; the endpoint of the run is not asked, so that none need be named.
        """
        if not run.model.strip():
            raise UsageError("Name the model that the batch is for, as its service calls it.")
        material = material_of(self.checks, run)
        review = self._review(material, run, progress)
        asked = list(review.open_questions(review.wanted(material.asked, material.chosen.again)))
        requests = [(key, prompt) for key, prompt, _ in asked]
        replace_file(path, lambda copy: write_requests(copy, requests, run.model))
        body = {
            "model": run.model, "settings": asdict(run.settings), "send_private": run.send_private,
            "rubric": written(material.writer.rubric), "rows": list(material.chosen.ids),
            "again": sorted(material.chosen.again), "strata": dict(material.chosen.strata),
            "unlabelled": [row.id for row in material.unlabelled],
        }  # fmt: skip
        with database.write(self.place.engine) as connection:
            results.save_result(connection, BATCH, body, now())
        large = len(asked) > MOST_REQUESTS or path.stat().st_size > MOST_BYTES
        return BatchFile(len(asked), len(material.asked), sum(is_once_more for *_, is_once_more in asked), large)

    @needs("curator")
    def take_batch(self, path: Path, progress: Progress = ignore) -> ReviewedRun:
        """Store the replies of a batch's output file and the readings they make; returns how the review stands.

        `unknown` results are of other questions: rows that changed since, or another batch. Raises UsageError where
        none was written here, InputRejected for a file in another form.
        """
        with database.read(self.place.engine) as connection:
            body = results.read_result(connection, BATCH)
        if body is None:
            raise UsageError("No batch was written from this project. Write one first, with --batch-out FILE.")
        material, run = self._of_batch(body)
        review = self._review(material, run, part(progress, 0.2, 0.9))
        wanted = review.wanted(material.asked, material.chosen.again)
        failed, unknown = self._take_results(path, dict(review.questions(wanted)), run.model, material.prices)
        review.run(wanted)
        done = ReviewedRun(
            source=path.name,
            failed=failed,
            unknown=unknown,
            **review.asking.ledger.summary("" if not review.left else ENDED),
            **summary_of(self.checks, material, review),
        )
        return keep_run(self.checks, done)

    def _of_batch(self, body: Mapping[str, Any]) -> tuple[Material, ReviewRun]:
        """The rows of a batch as they stand now, and how they are asked about."""
        settings = ReviewSettings(**body["settings"])
        run = ReviewRun("", body["model"], settings, send_private=bool(body["send_private"]))
        whole = material_of(self.checks, replace(run, settings=replace(settings, rows=None, unlabelled=None)))
        now_there, bare = ({row.id: row for row in rows} for rows in (whole.rows, whole.unlabelled))
        ids = tuple(id for id in body["rows"] if id in now_there)
        strata = {name: (int(there), int(drawn)) for name, (there, drawn) in body["strata"].items()}
        chosen = Chosen(ids, frozenset(body["again"]).intersection(ids), strata)
        writer = replace(whole.writer, rubric=parse(body["rubric"], "the rubric of the batch"))
        share = self.checks.reader.settings.context().prices.batch_share or 1.0
        prices = whole.prices
        if prices.input is not None and prices.output is not None:
            prices = Prices(prices.input * share, prices.output * share)
        rows = tuple(now_there[id] for id in ids)
        still = tuple(bare[id] for id in body.get("unlabelled", ()) if id in bare)
        return replace(whole, rows=rows, unlabelled=still, chosen=chosen, writer=writer, prices=prices), run

    def _take_results(self, path: Path, prompts: Mapping[str, Prompt], model: str, prices: Prices) -> tuple[int, int]:
        """(results without a reply, results of other questions); the replies are kept."""
        book, failed, unknown = CallBook(self.place.engine), 0, 0
        for key, reply in read_results(path):
            prompt = prompts.get(key)
            if prompt is None or isinstance(reply, str):
                unknown += prompt is None
                failed += prompt is not None
                continue
            counts, body = as_kept(prompt, reply)
            tokens = (counts.prompt, counts.output, prices.of(counts))
            book.write(Call(key, ARM, model, "done", body, *tokens, attempts=1))
        return failed, unknown

    def _review(self, material: Material, run: ReviewRun, progress: Progress) -> Review:
        """A review that asks nothing: what is known already is all there is."""
        book, ledger = CallBook(self.place.engine), Ledger(Caps(), material.prices)
        asking = Asking(Elsewhere(WHERE, run.model), book, ledger, progress, ended=ENDED)
        return Review(asking, material.writer, 1, partial(keep_readings, self.checks, material.stratum_of))

    @needs("curator")
    def import_readings(self, path: Path, model: str = "", name: str = "", progress: Progress = ignore) -> ReviewedRun:
        """Store readings that were made elsewhere: a table with id (or row, or input), reading, and where known kind,
        reason and passage.

        `unknown` lines are of no row here, or hold a reading that is none. Raises UsageError where no line can be used.
        """
        file = name or path.name
        dataset = self.checks.examples.curated().dataset
        there = {row.id: row for row in answered(dataset)}
        lines, made = _lines_of(path, file, dataset, part(progress, 0.0, 0.9)), {}
        for id, word, beside in lines:
            answer = meant_by(word)
            if id in there and answer is not None:
                made[id] = _brought(there[id], Said(answer), model or file, beside)
        if not made:
            raise UsageError(f"No line of {file} has the id of a row here and a reading: right, wrong or unsure.")
        strata = suspicion_strata(there, self.checks.stored.current())
        keep_readings(self.checks, strata, list(made.values()))
        answers, groups = [one.answer for one in made.values()], list(strata.values())
        read_of = [strata[id] for id in made]
        done = ReviewedRun(
            model=model or file, source=file, rubric=IMPORTED, rows=len(made), read=len(made),
            answers={answer: answers.count(answer) for answer in sorted(set(answers))},
            strata={name: (groups.count(name), read_of.count(name)) for name in sorted(set(groups))},
            unknown=len(lines) - len(made), is_drawn=False, at=now(),
        )  # fmt: skip
        return keep_run(self.checks, done)


def _lines_of(path: Path, file: str, dataset: Dataset, progress: Progress) -> list[tuple[str, str, dict[str, Any]]]:
    """(id of the row, the reading as written, what stands beside it) of each line of a table; "" for no row here."""
    available = load.preview(path, name=file).available
    said = next((one for one in available if one.casefold() == "reading"), "")
    if not said:
        raise UsageError(
            f"{file} has no column reading; its columns are {', '.join(available)}. A table of readings has id and "
            "reading, and may have kind and reason."
        )
    key, _ = choose_columns(available, output=said)
    loaded = load.load(path, Columns(input=(key,), output=said), file, progress).dataset
    ids = {name: row.id for name, row in rows_by(key.casefold(), dataset).items()}
    columns = zip(*(loaded.values(name) for name in ("input", "output", "meta")), strict=True)
    return [(ids.get(name, ""), word, kept(meta)) for name, word, meta in columns]


def _brought(row: Row, said: Said, model: str, beside: Mapping[str, Any]) -> Reading:
    """A reading made elsewhere, with what stands beside it in the table."""
    texts = {name: " ".join(str(beside.get(name) or "").split()) for name in ("kind", "reason", "passage")}
    whole = reading_of(row, said, model, IMPORTED, False)
    passage = texts["passage"][:LONGEST_PASSAGE]
    return replace(
        whole,
        kind=texts["kind"][:LONGEST_REASON] if said.answer == "wrong" else "",
        reason=texts["reason"][:LONGEST_REASON],
        passage=passage if passage in row.answer or passage in row.input else "",
    )
