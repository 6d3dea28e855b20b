"""The checks of a project, what they found, and what acting on all of a filter would decide."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation import checks, readiness
from curation.checks.benchmarks.index import write_index
from curation.checks.labels.preview import preview
from curation.checks.spread import FEWEST, Asked, run_on
from curation.checks.topic_origin import PERSON, TIME
from curation.engine import Engine, Kind, at_work, cores
from curation.errors import NotChecked, UsageError
from curation.files import temporary_folder
from curation.model_review.findings import CHECK, TITLE
from curation.project.meaning.built_in import BuiltInVectors
from curation.project.meaning.own import Lookup, OwnVectors
from curation.project.meaning.topics import Topics
from curation.project.place.access import needs
from curation.project.reader import Basis, Reader
from curation.records import LIKELY, Action, Clusters, Dataset, Filter, Findings, Pair, Precision
from curation.records.progress import Progress, Run, ignore, part
from curation.records.settings import changed, differences, options
from curation.review.queue import order_of_review
from curation.sampling.intervals import wilson
from curation.store import (
    database,
    findings,
)
from curation.store.findings import StoredFindings
from curation.store.rows.texts import StoredTexts
from curation.text.openings import unopened

Act = Literal["suggestion", "reject", "accept"]
"""What can be done to all findings of a filter: follow their suggestions, leave the rows out, call them right."""


READ_VECTORS = frozenset(("label_noise", "mismatch", "paraphrases", "thin_topic"))
"""The checks that read the vectors that the project keeps."""
MOST_TRIED = 1_000
"""Rows other settings are tried on: the slowest check reads them within a second or two on one core."""
SHOWN = 4
"""Rows shown of those that settings would flag, or would no longer flag."""


@dataclass(frozen=True)
class Effect:
    """How many rows of `tried` (of `rows` in all) a check flags `now` and with other settings `then`.

    `new` and `gone` are some rows flagged then alone and now alone: input and the finding's message.
    """

    now: int
    then: int
    tried: int
    rows: int
    new: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]


class Checks:
    """The checks of a project and what they found; `stored` answers what the last run found.

    `works` is what works on a set of FEWEST rows or more.
    """

    def __init__(self, reader: Reader, stored: StoredFindings, topics: Topics) -> None:
        self.works = Engine()
        self._engine: Run | None = None
        self.reader, self.stored, self.topics = reader, stored, topics
        self.calibration, self.readings = reader.calibration, reader.calibration.readings
        self.own = OwnVectors(reader.place, topics.texts)
        self.vectors = BuiltInVectors(reader.place, topics.texts)
        self.place, self.examples = reader.place, reader.examples

    @needs("curator")
    def check(self, only: Sequence[str] = (), seed: int = 0, progress: Progress = ignore) -> Findings:
        """Run all checks (or those named) and store the findings and the order of review."""
        self.known(only)
        basis, clusters = self.place.as_of(lambda of: (self.reader.basis(of), self.reader.clusters_of(of)))
        if clusters is None:
            clusters = self.reader.cluster(basis, part(progress, 0.0, 0.3))
        return self.run(basis, clusters, only, seed, part(progress, 0.3, 1.0))

    @needs("curator")
    def run(
        self,
        basis: Basis,
        clusters: Clusters,
        only: Sequence[str] = (),
        seed: int = 0,
        progress: Progress = ignore,
    ) -> Findings:
        """Run all checks (or those named) and store the findings and the order of review.

        `clusters` are those of the same snapshot.
        """
        rows, step = len(basis.curated.dataset), part(progress, 0.0, 0.1)
        with self.engine(rows), self._ready(self._settings(basis.checks), basis, only, step) as settings:
            progress = part(progress, 0.1, 1.0)
            found = self._found(basis.curated.dataset, clusters, Asked(only, settings, seed), progress)
        if not only:
            found = self.readings.joined(found, self.calibration.precision())
        prepare = partial(findings.prepare_findings, found=found, order=order_of_review(found, seed))
        with database.write(self.place.engine, prepare) as connection:
            findings.save_findings(connection, found, basis.snapshot)
        return found

    def _found(self, dataset: Dataset, clusters: Clusters, asked: Asked, progress: Progress) -> Findings:
        if self._is_alone(len(dataset)):
            return checks.run(dataset, clusters, asked.only, asked.settings, asked.seed, progress)
        with self.engine(len(dataset)) as engine, self.shared(len(dataset)) as folder:
            assert folder is not None
            return run_on(engine, folder, dataset, clusters, asked, progress)

    @needs("curator")
    def refresh_readings(self) -> None:
        """Put what the readings say now, as sure as people's answers make them, in place of their findings, and the
        review queue in order, if the checks ran."""
        found = self.readings.findings(self.calibration.precision())
        if found is not None and self.stored.current() is not None:
            replace = partial(findings.replace_findings_of, found=found, order_of=order_of_review)
            with database.write(self.place.engine, replace=replace) as connection:
                database.bump(connection)

    def _is_alone(self, rows: int) -> bool:
        """Whether other processes, and keeping what is done, are not worth their cost."""
        return rows < FEWEST or (self.works.is_alone and self.works.folder is None)

    @needs("viewer")
    @contextmanager
    def engine(self, rows: int) -> Iterator[Run]:
        """What works on so many rows; within another `engine` that one, as processes take seconds to start."""
        if self._engine is not None:
            yield self._engine
            return
        with at_work(Engine(1) if self._is_alone(rows) else self.works) as self._engine:
            try:
                yield self._engine
            finally:
                self._engine = None

    @needs("viewer")
    @contextmanager
    def shared(self, rows: int) -> Iterator[Path | None]:
        """The folder for what the pieces of work on so many rows share; None where all is done in this process."""
        if self._is_alone(rows):
            yield None
        elif self.works.folder is not None:
            yield self.works.folder
        else:
            with temporary_folder("work-") as folder:
                yield folder

    @contextmanager
    def _ready(
        self, settings: Mapping[str, Any], basis: Basis, only: Sequence[str], progress: Progress = ignore
    ) -> Iterator[dict[str, Any]]:
        """The settings with what the checks named (all where none is) are handed beside them: the evaluation set, the
        vectors that the project keeps, its topics, and what counts tokens."""
        ready = dict(settings)
        if not only or not READ_VECTORS.isdisjoint(only):
            dataset = basis.curated.dataset
            with self.engine(len(dataset)) as engine:
                known = self.vectors.of_texts(dataset, progress, engine)
            ready |= {name: replace(ready[name], known=known) for name in READ_VECTORS}
        for name in ("leakage", "thin_topic"):
            ready[name] = replace(ready[name], evaluation=basis.evaluation)
        if (encode := self._own_vectors(basis.curated.dataset)) is not None:
            for name in ("label_noise", "paraphrases"):
                ready[name] = replace(ready[name], encode=encode)
        topics = self.topics.by_id()
        ready["topic_faults"] = replace(ready["topic_faults"], topics=topics)
        origins = origins_of(basis.curated.dataset, self.topics.texts) if topics else None
        ready["topic_origin"] = replace(ready["topic_origin"], topics=topics, origins=origins)
        with self.reader.settings.counter() as counter:
            ready["too_long"] = replace(ready["too_long"], counter=counter)
            yield ready

    def _own_vectors(self, dataset: Dataset) -> Lookup | None:
        """The vectors of the user's own by the texts of the inputs they are of; None where there are none of inputs."""
        given = self.own.given()
        if given is None or not dataset.is_classification:
            return None
        numbers, vectors = self.own.read(given)
        ids, outdated = self.own.texts.ids(), set(self.own.outdated(given).tolist())
        texts = dict(zip(dataset.values("id"), unopened(dataset.values("input")), strict=True))
        place = {
            texts[ids[number]]: n
            for n, number in enumerate(numbers.tolist())
            if number not in outdated and ids.get(number) in texts
        }
        return Lookup(place, np.nan_to_num(vectors))

    @needs("viewer")
    def effect(self, name: str, values: Mapping[str, Any], seed: int = 0) -> Effect:
        """What a check would flag with these values of its settings, beside what it flags with those saved.

        Both are tried on the same rows, MOST_TRIED at most: whole clusters drawn with the seed. Nothing is stored.
        Raises UsageError on a value a setting may not have, NotChecked where the check cannot judge the set.
        """
        basis, clusters = self.place.as_of(lambda of: (self.reader.basis(of), self.reader.clusters_of(of)))
        if clusters is None:
            raise NotChecked("the rows changed since duplicates were searched; run the checks first")
        dataset = basis.curated.dataset
        some = _whole_clusters(dataset, clusters, seed)
        before = self._settings(basis.checks)
        after = before | {name: changed(self.built_in()[name], values)}
        now, then = (self._flagged(name, basis, (some, clusters), settings, seed) for settings in (before, after))
        new, gone = (
            tuple(text for id, text in one.items() if id not in other)[:SHOWN]
            for one, other in ((then, now), (now, then))
        )
        return Effect(len(now), len(then), len(some), len(dataset), new, gone)

    def _flagged(
        self, name: str, basis: Basis, rows: tuple[Dataset, Clusters], settings: Mapping[str, Any], seed: int
    ) -> dict[str, tuple[str, str]]:
        """(input, message) of each row that a check flags at LIKELY or more, by id, surest first."""
        with self._ready(settings, basis, [name]) as ready:
            found = checks.run(*rows, [name], ready, seed)
        if found.runs[0].status != "done":
            raise NotChecked(found.runs[0].reason)
        inputs = dict(zip(*(rows[0].values(column) for column in ("id", "input")), strict=True))
        likely = [one for one in found.table.to_pylist() if one["confidence"] >= LIKELY and one["id"] in inputs]
        ordered = sorted(likely, key=lambda one: -one["confidence"])
        return {one["id"]: (inputs[one["id"]], one["message"]) for one in ordered}

    @staticmethod
    def engine_of(kind: Kind = "local", workers: int | None = None, scheduler: str = "") -> Engine:
        """What may work on a project's rows; left out, as many processes of this computer as it has cores."""
        return Engine(workers or cores(), kind, scheduler)

    @staticmethod
    def built_in() -> dict[str, Any]:
        """The built-in settings of each check that has any a person may change, by its name."""
        return {name: plugin.settings for name, plugin in checks.check.all().items() if options(plugin.settings)}

    @staticmethod
    def index_benchmark(evaluation: Dataset, name: str, folder: Path) -> Path:
        """Write the index that the check `benchmark_overlap` compares rows with; the path of its file."""
        return write_index(evaluation, name, folder)

    @needs("viewer")
    def settings(self) -> dict[str, Any]:
        """The settings of each of these checks in this project."""
        return self._settings(self.reader.settings.checks())

    @needs("curator")
    def save_settings(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        """Let the checks named have these settings, all others of theirs built in; what they found is out of date then.

        Raises UsageError on a value a setting may not have; nothing is stored then.
        """
        built_in, before = self.built_in(), self.settings()
        after = before | {name: changed(built_in[name], chosen) for name, chosen in values.items()}
        if after != before:
            stored = {name: differences(settings, built_in[name]) for name, settings in after.items()}
            self.reader.settings.save_checks({name: chosen for name, chosen in stored.items() if chosen})

    def _settings(self, stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        return {name: _over(settings, stored.get(name, {})) for name, settings in self.built_in().items()}

    @needs("curator")
    def quick_look(self, seed: int = 0, progress: Progress = ignore) -> bool:
        """Whether first suspects were stored for people to look at until the checks end; no verdict counts them.

        Nothing is stored where the checks ended before: what they found is better than a quick look. Nor where labels
        cannot be judged.
        """
        if self.place.step("check").ran or not self.examples.is_classification():
            return False
        snapshot, dataset = self.place.as_of(lambda of: (of, self.examples.curated().dataset))
        try:
            found = preview(dataset, seed, progress, self.settings()["label_noise"])
        except NotChecked:
            return False
        prepare = partial(findings.prepare_findings, found=found, order=order_of_review(found, seed))
        with database.write(self.place.engine, prepare) as connection:
            findings.save_findings(connection, found, snapshot, kind="preview")
        return True

    @staticmethod
    def known(only: Sequence[str]) -> None:
        """Nothing, if there is a check of each of these names; else raises UsageError listing the checks."""
        unknown = sorted(set(only) - set(checks.check.all()))
        if unknown:
            raise UsageError(f"There is no check named {unknown[0]!r}. Checks: {', '.join(checks.check.all())}.")

    @staticmethod
    def titles() -> dict[str, str]:
        """What each check is called, by name, and what a model read among them."""
        return {name: plugin.title for name, plugin in checks.check.all().items()} | {CHECK: TITLE}

    @staticmethod
    def names() -> list[str]:
        """The checks there are."""
        return list(checks.check.all())

    @staticmethod
    def origins() -> dict[str, str]:
        """The package and version that each check which is not our own came with, by its name."""
        return {name: plugin.origin for name, plugin in checks.check.all().items() if plugin.origin}

    @needs("viewer")
    def choices(self, filter: Filter) -> tuple[dict[str, int], list[tuple[str, int]]]:
        """Findings by check, and (label, findings), each of what the rest of the filter leaves."""
        return self.stored.check_counts(filter), self.stored.label_counts(filter)

    @needs("viewer")
    def decided(self) -> dict[str, Precision]:
        """How often each check's likely findings were right, of those that people decided one by one since it ran."""
        counts = {check: n for check, n in self.stored.counts().items() if n}
        found = {check: self.stored.judged(Filter(check=check, sure=LIKELY)) for check in counts}
        return {
            check: Precision(check, counts[check], right + wrong, wrong, 0, wilson(right, right + wrong))
            for check, (right, wrong) in found.items()
            if right + wrong
        }

    @needs("viewer")
    def label_pairs(self, filter: Filter, limit: int) -> list[Pair]:
        """The pairs of a given and a suggested label with most findings in the filter."""
        return self.stored.pairs(filter, dict(self.examples.stored.label_counts()), limit)

    @needs("viewer")
    def changes(self, filter: Filter, act: Act) -> list[tuple[str, Action, str]]:
        """(example, action, value) for every example in the filter that nobody has decided.

        Rows that a model alone calls wrong are left out unseen only where people have measured that it is right.
        """
        if act == "suggestion":
            return [(id, *followed(said)) for id, said in self.stored.suggestions(filter)]
        kept = set(self.stored.only_read(filter, CHECK)) if act == "reject" else set()
        return [(id, act, "") for id in self.stored.open_examples(filter) if id not in kept]


def origins_of(dataset: Dataset, texts: StoredTexts) -> dict[str, dict[str, str]]:
    """The half of the time and the person who decided it last, of each row that has one, by kind of origin and id."""
    ids, people = dataset.values("id"), texts.deciders()
    numbers = {id: number for number, id in texts.ids().items()} if people else {}
    halves = zip(ids, readiness.halves(dataset.values("created")), strict=True)
    return {
        TIME: {id: half for id, half in halves if half},
        PERSON: {id: people[number] for id in ids if (number := numbers.get(id)) in people},
    }


def _whole_clusters(dataset: Dataset, clusters: Clusters, seed: int) -> Dataset:
    """The rows of clusters drawn at random until MOST_TRIED are reached, in row order; all where there are fewer."""
    if len(dataset) <= MOST_TRIED:
        return dataset
    number = dict(zip(*(clusters.table[name].to_pylist() for name in ("id", "cluster")), strict=True))
    of = np.array([number.get(id, -1 - n) for n, id in enumerate(dataset.values("id"))])
    drawn = np.random.default_rng(seed).permutation(np.unique(of))
    sizes = np.cumsum([np.sum(of == one) for one in drawn[:MOST_TRIED]])
    chosen = drawn[: max(1, int(np.searchsorted(sizes, MOST_TRIED, side="right")))]
    return dataset.where(np.isin(of, chosen))


def _over(settings: Any, stored: Mapping[str, Any]) -> Any:
    # what was stored by another version, whose check had other settings or ranges, counts as built in
    for name, value in stored.items():
        with suppress(UsageError):
            settings = changed(settings, {name: value})
    return settings


def followed(suggestion: str) -> tuple[Action, str]:
    """The decision that follows a suggestion. Raises ValueError for one that asks a person to look."""
    action, _, value = suggestion.partition(":")
    if action == "relabel":
        return "label", value
    if action == "replace":
        return "edit", json.dumps({"output": value}, ensure_ascii=False)
    if action == "drop":
        return "reject", ""
    raise ValueError(f"nothing to follow in {suggestion!r}")


def findings_by_row(dataset: Dataset, findings: Findings) -> pa.Table:
    """Findings with the row each is about: row, id, check, confidence, message, suggestion, evidence."""
    rows = pa.table({"id": dataset.table["id"], "row": dataset.table["row"]})
    position = pc.index_in(findings.table["id"], rows["id"])
    table = findings.table.append_column("row", rows["row"].take(position))
    return table.select(["row", "id", "check", "confidence", "message", "suggestion", "evidence"])
