"""How well the base model does on this task without tuning, measured at an endpoint or imported; and what that says,
in sentences for the command line and the page alike."""

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curation import load
from curation.endpoint.asking import Asking
from curation.endpoint.cache import Call
from curation.endpoint.client import Address, Endpoint, address
from curation.endpoint.forecast import forecast
from curation.endpoint.hosts import PLAIN_HTTP_VARIABLE, is_hosted
from curation.endpoint.ledger import Ledger, Prices, check_caps
from curation.errors import NotChecked, UsageError
from curation.files import write_parquet
from curation.measure.holdout import Before, Holdout, hold_out, kept_for_measuring, references
from curation.measure.judged import MODELS, PEOPLES, judged_arm, marks_of
from curation.measure.lookup import read_knowledge
from curation.measure.outputs import choose_columns, rows_by, tally_outputs
from curation.measure.plan import METRICS, Origin, Task, check_arms, checked
from curation.measure.prompts import Writer, prompt_tokens, reply_limit
from curation.measure.results import arm_result, differences, is_idle, keep
from curation.measure.scores import is_json
from curation.measure.trial import Tally, Trial
from curation.project.duplicates import Duplicates
from curation.project.examples import Examples
from curation.project.judging.outputs import Outputs
from curation.project.judging.outputs import keep as keep_outputs
from curation.project.place import KNOWLEDGE, TOKENIZER, Place, now
from curation.project.place import Settings as Settled
from curation.project.place.access import needs
from curation.readiness.arms import lift
from curation.records import (
    BROUGHT,
    TUNED,
    ArmResult,
    AskedRun,
    Clusters,
    Columns,
    Dataset,
    Difference,
    EndpointRun,
    Forecast,
    ImportedRun,
    Interval,
    Measurement,
    MeasureSettings,
    OutputFile,
    Run,
    measurement_json,
)
from curation.records.context import Context
from curation.records.context import Difference as GivenDifference
from curation.records.progress import Progress, ignore, part
from curation.sampling.binding import bound_names, bound_to
from curation.store import calls, database, results
from curation.store.findings import StoredFindings
from curation.text.private import private
from curation.wording import ARMS, ESTIMATED_BAND, HOSTED, NOT_JUDGED, counted, percent, points_span, size, word
from curation.wording import METRICS as METRIC_WORDS

JUDGED = "judged"
"""The metric of arms whose answers are called right or wrong by people, or by a model that people check."""
KEYS = ("CURATION_API_KEY", "OPENAI_API_KEY")
ENDPOINTS = "CURATION_ENDPOINT"
"""Addresses a server allows, separated by spaces; unset, a person names any. Keys go nowhere else then."""
TRAINED = "last_train.parquet"
"""The ids in the train part of the last export, to whatever folder it went."""
EARLIER = "export/train.parquet"
"""Where they stand in projects exported before that file was kept."""
HANDED = ("id", "source", "row", "input")
SEEN = "are in the training split of the last export, so a tuned model has probably seen them and would score too high."
EXPORT_AGAIN = (
    "Export again: rows held back go into the test split of every export. Train on that export, then measure the model."
)
MOSTLY = 0.9
"""The share of outputs that are JSON from which on a reply that is none fails by its form."""
LENGTH_STEP = 50
"""Characters a bin of lengths: a dozen tokens, far below a forecast's band."""
RATE_ROWS = 300
"""Rows whose tokens a character are taken for those of all: their mean is known to a percent or two."""


@dataclass(frozen=True)
class CallBook:
    """A project's calls, each written in a transaction of its own."""

    engine: database.Engine

    def find(self, keys: Iterable[str]) -> dict[str, Call]:
        """The calls of these keys that are known."""
        with database.read(self.engine) as connection:
            return {row["key"]: Call(**row) for row in calls.read_calls(connection, keys)}

    def write(self, call: Call) -> None:
        """Keep a call in place of what was known of its key."""
        with database.write(self.engine) as connection:
            calls.write_call(connection, asdict(call), now())


@dataclass(frozen=True)
class Plan:
    """A measurement ready to start: its prompts, prices, passages left out for what they hold, rows left out as a
    tuned model may have `seen` them, the family of each row, and the metric by which the arms are scored."""

    writer: Writer
    prices: Prices
    currency: str
    hidden: int
    seen: int
    families: Mapping[str, str]
    metric: str

    def summary(self) -> dict[str, Any]:
        """What of the plan is kept beside its results: fields of `AskedRun`."""
        held, task = self.writer.holdout, self.writer.task
        return {
            "metric": self.metric, "labels": task.labels, "seed": self.writer.settings.seed,
            "settings": asdict(self.writer.settings), "reply_tokens": self.writer.reply_tokens,
            "rows": len(held.held), "pool": len(held.pool), "private": held.private, "unanswered": held.unanswered,
            "hidden_passages": self.hidden, "currency": self.currency, "seen": self.seen,
        }  # fmt: skip


@dataclass(frozen=True)
class Held:
    """Ids kept for measuring: `handed` out or asked, in the order they are asked; and those arms were `scored` on."""

    handed: tuple[str, ...]
    scored: frozenset[str]

    @property
    def ids(self) -> frozenset[str]:
        """All of them."""
        return self.scored.union(self.handed)


class HeldOut:
    """What is kept apart so that no model is graded on examples it has seen."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @needs("viewer")
    def measurement(self) -> Measurement | None:
        """All that was measured so far; None before the first measurement."""
        with database.read(self.place.engine) as connection:
            return results.read_measurement(connection)

    @needs("viewer")
    def held(self) -> Held:
        """What was handed out, asked or scored so far; nothing before the first measurement."""
        with database.read(self.place.engine) as connection:
            handed, measured = results.read_result(connection, "held_back"), results.read_measurement(connection)
        arms = measured.arms if measured else ()
        return Held(tuple(handed["ids"]) if handed else (), frozenset(id for arm in arms for id in arm.scores))

    @needs("curator")
    def hold(self, ids: Iterable[str]) -> None:
        """Keep these examples for measuring from now on, beside those kept already."""
        before = self.held().handed
        after = tuple(dict.fromkeys((*before, *ids)))
        if after != before:
            self._write_held(after)

    @needs("curator")
    def release_held(self, handed: Iterable[str]) -> None:
        """Keep none but these (and those arms were scored on) for measuring."""
        self._write_held(tuple(handed))

    @needs("viewer")
    def unscored(self) -> int:
        """How many examples are kept for measuring that no arm was scored on: handed out, and nothing came back."""
        held = self.held()
        return len(set(held.handed) - held.scored)

    @needs("curator")
    def take_back(self) -> None:
        """Keep those no longer: exports may train on them again."""
        held = self.held()
        self.release_held(id for id in held.handed if id in held.scored)

    def _write_held(self, ids: tuple[str, ...]) -> None:
        with database.write(self.place.engine) as connection:
            results.save_result(connection, "held_back", {"ids": list(ids)}, now())

    @needs("viewer")
    def never_trained_on(self, dataset: Dataset, clusters: Clusters) -> tuple[frozenset[str], int]:
        """(ids of the examples no model may be trained on, the scored ones among the rest): `kept_for_measuring`."""
        held = self.held()
        if not held.ids:
            return frozenset(), 0
        return kept_for_measuring(held.handed, held.scored, dataset, clusters)

    @needs("viewer")
    def trained(self) -> frozenset[str]:
        """The ids in the train part of the last export; none before the first."""
        for name in (TRAINED, EARLIER):
            if (self.place.folder / name).exists():
                return frozenset(pq.read_table(self.place.folder / name, columns=["id"])["id"].to_pylist())
        return frozenset()

    @needs("viewer")
    def seen(self, dataset: Dataset, clusters: Clusters) -> frozenset[str]:
        """The ids that a model trained on the last export has seen, or near-duplicates and group mates of which."""
        return bound_to(self.trained(), dataset, clusters)

    @needs("curator")
    def note_trained(self, ids: Iterable[str]) -> None:
        """Keep which examples the export just written lets models train on."""
        write_parquet(self.place.folder / TRAINED, pa.table({"id": pa.array(sorted(ids), pa.string())}))


class Measuring:
    """Arms scored on rows held back, at an endpoint or from outputs made elsewhere."""

    def __init__(self, settings: Settled, examples: Examples, duplicates: Duplicates, findings: StoredFindings) -> None:
        self.settings, self.examples, self.duplicates, self.findings = settings, examples, duplicates, findings
        self.place = settings.place
        self.held_out = HeldOut(settings.place)

    @needs("curator")
    def measure(
        self, run: EndpointRun, progress: Progress = ignore, sleep: Callable[[float], None] = time.sleep
    ) -> Measurement:
        """Ask an endpoint the held-back rows with every arm, store the scores and return them.

        A run that was killed goes on where it stopped. Raises UsageError for an address, cap or arm that cannot be,
        NotChecked where nothing can be measured; an endpoint that fails is told in the result.
        """
        key, caps = api_key(), run.caps
        where, settings = _to_ask(run, bool(key))
        progress(0.0, "choosing the rows to hold back")
        plan = self._prepared(replace(settings, completions=where.completions), run.knowledge, run.send_private)
        if caps.cost is not None and not plan.prices.known:
            raise UsageError("A limit on cost needs prices: give those of input and output tokens in the context.")
        ledger, writer = Ledger(caps, plan.prices), plan.writer
        handed = self.held_out.held().handed
        # before they are asked: a killed run must not forget them
        self.held_out.hold(row.id for row in writer.holdout.held)
        with Endpoint(where, run.model, key, settings.timeout) as open_endpoint:
            asking = Asking(open_endpoint, CallBook(self.place.engine), ledger, part(progress, 0.02, 0.98), sleep)
            trial = Trial(asking, writer, writer.task)
            tallies = trial.run(settings.arms, writer.holdout.held)
        if not any(tally.scores for tally in tallies):
            self.held_out.release_held(handed)
        origin = Origin(
            run.model, writer.task.metric, now(), where.url, is_hosted(where.host), parameters=self._size(run)
        )
        arms = [arm_result(tally, trial.ended, plan.prices, origin, writer.task, plan.families) for tally in tallies]
        asked = AskedRun(
            endpoint=where.url,
            model=run.model,
            refused=tuple(sorted(open_endpoint.refused)),
            capped=trial.capped,
            **plan.summary(),
            **ledger.summary(trial.ended),
        )
        return self._save(self._to_be_judged(arms, tallies) if plan.metric == JUDGED else arms, asked, plan.families)

    @needs("viewer")
    def is_judged(self) -> bool:
        """Whether answers are called right or wrong by people and a model, as the context says."""
        return self.settings.context().task.metric == JUDGED

    def _to_be_judged(self, arms: Sequence[ArmResult], tallies: Sequence[Tally]) -> list[ArmResult]:
        """The arms without a score; what they answered is kept to be marked."""
        said: dict[str, Outputs] = {}
        for arm, tally in zip(arms, tallies, strict=True):
            if tally.scores:
                texts = [str(call.reply["text"]) for call in tally.replies]
                origin = Origin(arm.model, JUDGED, arm.at, arm.endpoint, arm.hosted, parameters=arm.parameters)
                said[arm.name] = Outputs(origin, dict(zip(tally.scores, texts, strict=True)))
        keep_outputs(self.place, said)
        return [
            replace(arm, metric=JUDGED, scores={}, score=0.0, low=0.0, high=1.0, sd=None, groups=None,
                    reason=arm.reason or NOT_JUDGED)
            for arm in arms
        ]  # fmt: skip

    @needs("curator")
    def save_judged(self, arms: Sequence[ArmResult], run: ImportedRun) -> Measurement:
        """Store arms scored by marks, and how they differ on the rows they share."""
        _, dataset, clusters = self._material()
        return self._save(arms, run, bound_names(dataset, clusters))

    def _size(self, run: EndpointRun | OutputFile) -> float | None:
        """The model's size as said with the run, else the context's where that names the same model."""
        model = self.settings.context().model
        return run.parameters or (model.parameters if model.name and model.name == run.model else None)

    def _prepared(self, settings: MeasureSettings, knowledge: Path | None, send_private: bool) -> "Plan":
        context, dataset, clusters = self._material()
        # while they are asked nobody knows the score of what is judged afterwards
        settings = replace(settings, every_row=settings.every_row or self.is_judged())
        task, prices = self._task(context, dataset), token_prices(context, settings)
        barred = frozenset() if send_private else self._private(dataset)
        holdout, seen = self._held_back(dataset, clusters, barred, settings)
        task = replace(task, references=references(dataset, task.kind, [row.id for row in holdout.held]))
        stored = self.place.folder / KNOWLEDGE
        texts, hidden = read_knowledge(knowledge or (stored if stored.exists() else None), send_private)
        replies = settings.reply_tokens or reply_limit(task.labels or [row.answer for row in holdout.pool])
        writer, families = Writer(settings, task, holdout, texts, replies), bound_names(dataset, clusters)
        metric = JUDGED if self.is_judged() else task.metric
        return Plan(writer, prices, context.prices.currency, hidden, seen, families, metric)

    def _held_back(
        self, dataset: Dataset, clusters: Clusters, barred: frozenset[str], settings: MeasureSettings
    ) -> tuple[Holdout, int]:
        """The rows to ask, and how many are left out of them as the tuned model asked for may have seen them."""
        held, seen = self.held_out.held(), self.held_out.seen(dataset, clusters)
        before = Before(held.handed, held.scored, seen)
        holdout = hold_out(dataset, clusters, barred, settings.rows, settings.seed, before)
        if not set(settings.arms) & set(TUNED):
            return holdout, 0
        unseen = tuple(row for row in holdout.held if row.id not in seen)
        if not unseen:
            raise UsageError(f"All {len(holdout.held):,} rows held back {SEEN} {EXPORT_AGAIN}")
        return replace(holdout, held=unseen), len(holdout.held) - len(unseen)

    @needs("curator")
    def import_outputs(self, outputs: OutputFile, progress: Progress = ignore) -> Measurement:
        """Score a file of outputs that a model gave elsewhere as an arm, store it and return all that was measured.

        One row a near-duplicate group is scored. Rows a tuned model may have seen in training are left out.
        Raises UsageError where no output belongs to a row here.
        """
        arm, path, name = outputs.arm, outputs.path, outputs.name
        check_arms((arm,), BROUGHT)
        if self.settings.context().task.metric == JUDGED:
            return self._import_judged(outputs, part(progress, 0.0, 0.6))
        preview = load.preview(path, name=name)
        key, output = choose_columns(preview.available, outputs.key, outputs.output)
        loaded = load.load(path, Columns(input=(key,), output=output), name, part(progress, 0.0, 0.6)).dataset
        context, dataset, clusters = self._material()
        task = self._task(context, dataset)
        rows = rows_by(key.casefold(), dataset)
        pairs = list(zip(loaded.values("input"), loaded.values("output"), strict=True))
        seen = self.held_out.seen(dataset, clusters) if arm in TUNED else frozenset()
        families = bound_names(dataset, clusters)
        told = [rows[key].id for key, _ in pairs if key in rows]
        task = replace(task, references=references(dataset, task.kind, told))
        tally, matched = tally_outputs(arm, pairs, rows, families, task, seen)
        if not tally.scores and not tally.failed and matched.seen:
            raise UsageError(f"All {matched.seen:,} rows that have an output here {SEEN} {EXPORT_AGAIN}")
        if not tally.scores and not tally.failed:
            raise UsageError(
                f"No output belongs to a row with an answer here: {key!r} should hold its id, row or input."
            )
        file = name or path.name
        origin = Origin(outputs.model, task.metric, now(), "", outputs.hosted, file, self._size(outputs))
        made = arm_result(tally, "", Prices(), origin, task, families)
        run = ImportedRun(imported=file, metric=task.metric, rows=len(made.scores), **asdict(matched))
        return self._save([made], run, families)

    def _import_judged(self, outputs: OutputFile, progress: Progress) -> Measurement:
        """Score an arm from a table of marks: a model's on all rows, people's on some."""
        preview = load.preview(outputs.path, name=outputs.name)
        key, said = choose_columns(preview.available, outputs.key, outputs.output or MODELS)
        loaded = load.load(outputs.path, Columns(input=(key,), output=said), outputs.name, progress).dataset
        _, dataset, clusters = self._material()
        people = [str(json.loads(meta).get(PEOPLES) or "") for meta in loaded.values("meta")]
        lines = zip(loaded.values("input"), loaded.values("output"), people, strict=True)
        seen = self.held_out.seen(dataset, clusters) if outputs.arm in TUNED else frozenset()
        families = bound_names(dataset, clusters)
        marks, matched = marks_of(lines, rows_by(key.casefold(), dataset), families, seen)
        file = outputs.name or outputs.path.name
        origin = Origin(outputs.model, JUDGED, now(), "", outputs.hosted, file, self._size(outputs))
        made = replace(judged_arm(outputs.arm, marks, origin), judge=outputs.judge)
        run = ImportedRun(imported=file, metric=JUDGED, rows=made.n, **asdict(matched))
        return self._save([made], run, families)

    @needs("viewer")
    def with_measured(self, context: Context) -> Context:
        """The context with the arms measured here in its metric, in place of typed ones of the same name, and how they
        differ on the rows they share."""
        measured = self.held_out.measurement()
        if measured is None:
            return context
        metric = context.task.metric
        told = [one for one in measured.arms if metric in ("", one.metric)]
        arms = [made for one in told if (made := one.arm(context.task.recall_of))]
        rows = {arm.name: arm.n for arm in arms}
        typed = (one for one in context.differences if not {one.first, one.second} <= rows.keys())
        apart = [declared(one) for one in measured.differences if _is_comparable(one, rows)]
        others = (arm for arm in context.arms if arm.name not in rows)
        judged = tuple((one.name, one.judge, len(one.judged)) for one in told if one.judged)
        known = replace(context, measured=frozenset(rows), judged=judged)
        return replace(known, arms=(*others, *arms), differences=(*typed, *apart))

    @needs("curator")
    def held_back(self, settings: MeasureSettings, send_private: bool = False) -> list[dict[str, Any]]:
        """The rows `measure` would ask (id, source, row, input), for running a model elsewhere.

        They are kept for measuring from now on: exports put them into the test part.
        """
        checked(settings)
        _, dataset, clusters = self._material()
        barred = frozenset() if send_private else self._private(dataset)
        holdout, _ = self._held_back(dataset, clusters, barred, settings)
        held = {row.id for row in holdout.held}
        self.held_out.hold(row.id for row in holdout.held)
        return [row for row in dataset.table.select(HANDED).to_pylist() if row["id"] in held]

    @needs("viewer")
    def forecast(self, settings: MeasureSettings) -> Forecast:
        """What measuring would cost; reads the lengths of all rows, and the texts of a few."""
        checked(settings)
        context = self.settings.context()
        lengths: dict[str, list[tuple[int, int]]] = {"input": [], "output": []}
        for side, low, n in self.examples.stored.length_counts(LENGTH_STEP):
            lengths[side].append((low + LENGTH_STEP // 2, n))
        rates = self._token_rates()
        means: dict[str, Interval] = {}
        for side, found in lengths.items():
            characters = sum(size * n for size, n in found) / max(1, sum(n for _, n in found))
            value, least, most = (characters * rate for rate in rates[side])
            means[side] = value, least, most
        labels = (
            tuple(name for name, _ in self.examples.stored.label_counts()) if self.examples.is_classification() else ()
        )
        task = Task(context.task.metric or "chrf", labels=labels)
        settings = replace(settings, rows=max(1, min(settings.rows, self.examples.stored.totals()["stored"] // 2)))
        prompts = prompt_tokens(settings, task, means["input"], means["output"])
        return forecast(prompts, means["output"], settings.rows, token_prices(context, settings))

    def _token_rates(self) -> dict[str, Interval]:
        """Tokens a character of inputs and outputs, at least and at most: of some rows, as pages ask on every draw."""
        texts, digest = self.examples.stored.texts(RATE_ROWS), self.settings.tokenizer()
        path = self.place.folder / TOKENIZER if digest else None
        sides = {"input": tuple(text for text, _ in texts), "output": tuple(text for _, text in texts)}
        return {side: _rate(some, path, digest) for side, some in sides.items()}

    def _save(self, arms: Sequence[ArmResult], run: Run, families: Mapping[str, str]) -> Measurement:
        before = self.held_out.measurement()
        kept = keep(before.arms if before else (), arms, run)
        comparable = [arm for arm in kept.arms if arm.metric == run.metric]
        reasons = {arm.name: arm.reason for arm in arms if arm.reason}
        run = replace(run, arms=tuple(arm.name for arm in arms), reasons=reasons, stands=kept.stands)
        made = Measurement(kept.arms, tuple(differences(comparable, families)), run)
        if is_idle(run) and (before or not run.measured):
            return made
        with database.write(self.place.engine) as connection:
            results.save_result(connection, "measure", measurement_json(made), now())
        return made

    def _task(self, context: Context, dataset: Dataset) -> Task:
        told = context.task
        metric = told.metric or ("accuracy" if dataset.is_classification else "chrf")
        if metric == JUDGED and not dataset.is_classification:
            metric = "chrf"  # of the trial alone: its outputs are marked afterwards
        if metric not in METRICS:
            raise NotChecked(f"Answers scored as {metric!r} need a person: score them elsewhere and enter the result.")
        labels: tuple[str, ...] = ()
        if dataset.is_classification:
            used = {label for label in dataset.values("label") if label and label.strip()}
            labels = tuple(sorted({*used, *context.label_names}))
        if metric == "recall" and not told.recall_of:
            raise NotChecked("Recall needs the labels that must not be missed: name them in the context (recall_of).")
        outputs = [] if labels else [text for text in dataset.values("output") if text.strip()]
        as_json = bool(outputs) and sum(map(is_json, outputs)) >= MOSTLY * len(outputs)
        return Task(metric, told.kind, labels, told.target, lift(context), told.recall_of, as_json)

    @needs("viewer")
    def context(self) -> Context:
        """What people declared, and the arms measured in this project."""
        return self.with_measured(self.settings.context())

    def _material(self) -> tuple[Context, Dataset, Clusters]:
        clusters = self.duplicates.stored.current()
        if clusters is None:
            raise NotChecked(
                "Duplicates have not been looked for, so examples could give answers away: run the checks."
            )
        known = set(clusters.table["id"].to_pylist())
        dataset = self.examples.curated().dataset
        return self.settings.context(), dataset.where([id in known for id in dataset.values("id")]), clusters

    def _private(self, dataset: Dataset) -> frozenset[str]:
        """Rows with personal data or a key: those a check found, and any that hold some as they stand now."""
        findings = self.findings.current()
        found = findings.personal_rows() if findings else frozenset()
        texts = zip(dataset.values("id"), dataset.values("input"), dataset.values("output"), strict=True)
        return found | {id for id, text, output in texts if private(text) or private(output)}


def _to_ask(run: EndpointRun, has_key: bool) -> tuple[Address, MeasureSettings]:
    """Where to ask and how. Raises UsageError for an address, cap, setting or model that cannot be."""
    settings = checked(run.settings)
    check_caps(run.caps)
    where = allowed(address(run.endpoint, settings.completions, has_key))
    if not run.model.strip():
        raise UsageError("Name the model to ask, as the endpoint calls it.")
    return where, settings


def _is_comparable(one: Difference, rows: Mapping[str, int]) -> bool:
    """Whether both arms are among these, and share at least half of the rows of the one with fewer."""
    return {one.first, one.second} <= rows.keys() and 2 * one.n >= min(rows[one.first], rows[one.second])


def declared(one: Difference) -> GivenDifference:
    """A measured difference as the verdict reads it."""
    return GivenDifference(one.first, one.second, one.value, one.low, one.high, one.n)


def allow_plain_http() -> None:
    """Let this process ask endpoints of other computers without https."""
    os.environ[PLAIN_HTTP_VARIABLE] = "1"


def api_key() -> str:
    """The key for endpoints, from the environment alone; "" where none is set."""
    return next((os.environ[name].strip() for name in KEYS if os.environ.get(name, "").strip()), "")


def allowed_endpoints() -> list[str]:
    """The addresses this server allows; empty where a person may name any."""
    return os.environ.get(ENDPOINTS, "").split()


def allowed(where: Address) -> Address:
    """The address, if this server allows it; else raises UsageError."""
    known = allowed_endpoints()
    if known and where.url not in {address(url, where.completions).url for url in known}:
        raise UsageError("This server only asks endpoints that its administrator has allowed. Choose one of them.")
    return where


def token_prices(context: Context, settings: MeasureSettings) -> Prices:
    """What one token costs with these arms. Raises UsageError where prompts and tuned models are mixed in one run."""
    tuned = [arm for arm in settings.arms if arm in TUNED]
    if tuned and len(settings.arms) > 1:
        raise UsageError(f"{tuned[0]} is another model: measure it in a run of its own, with its name as the model.")
    prices = context.prices
    pair = (prices.input_per_million, prices.output_per_million)
    if tuned:
        pair = (prices.tuned_input_per_million, prices.tuned_output_per_million)
    return Prices(*(None if price is None else price / 1e6 for price in pair))


def difference_line(one: Difference) -> str:
    """How much better one arm is than another on the rows both were asked."""
    p = "" if one.p is None else f", McNemar p = {one.p:.2g}"
    by = points_span(one.value, one.low, one.high)
    models = f"; models: {one.models}" if one.models else ""
    return f"{by} on the same {one.n:,} rows{p}{models}"


def model_line(arm: ArmResult) -> str:
    """An arm's model, how large it is and where it runs, as a clause."""
    known = [arm.model or arm.source, size(arm.parameters) if arm.parameters else "", word(HOSTED, arm.place).noun]
    return ", ".join(part for part in known if part)


@lru_cache(maxsize=8)
def _rate(texts: tuple[str, ...], tokenizer: Path | None, digest: str) -> Interval:
    characters = max(1, sum(map(len, texts)))
    with Settled.counter_of(tokenizer) as counter:
        value, low, high = counter.counts(texts).total
    return value / characters, low / characters, high / characters


def family_of(model: str) -> str:
    """The first letters of a model's name, which its family shares: qwen of Qwen/Qwen2.5-7B."""
    found = re.match(r"[^\W\d_]+", model.rpartition("/")[2].casefold())
    return found[0] if found else model


def remarks(arm: ArmResult) -> list[str]:
    """What to know beside an arm's score, one sentence each."""
    found = []
    if arm.judged:
        by = arm.judge or "a model"
        found.append(
            f"judged by {by}, and by people on {len(arm.judged):,} of the rows: the range holds the model's error"
        )
        if family_of(by) == family_of(arm.model):
            found.append("judge and model are of one family, and models tend to like their own answers")
    if arm.form_faults:
        found.append(f"{percent(arm.form_faults)} of the replies fail by their form alone")
    if arm.silent:
        found.append(f"{counted(arm.silent, 'reply', 'replies')} gave no label and count as wrong")
    if arm.empty:
        found.append(f"{counted(arm.empty, 'reply was', 'replies were')} empty and count as failed, not as wrong")
    if arm.cut_off:
        found.append(f"{counted(arm.cut_off, 'reply was', 'replies were')} cut off at the token limit of a reply")
    if arm.estimated:
        given = f"gave counts that are {arm.doubted} than the text" if arm.doubted else "gave no counts"
        found.append(
            f"tokens of {counted(arm.estimated, 'reply', 'replies')} are estimated ({ESTIMATED_BAND}), because "
            f"the endpoint {given}"
        )
    if arm.stopped:
        found.append(f"{arm.stopped}, so the other rows were not asked")
    for name, n in arm.borrowed.items():
        answers = counted(n, "answer was", "answers were")
        found.append(f"{answers} reused from the {word(ARMS, name).noun}, so the two arms are not independent")
    return found


def run_lines(run: Run) -> list[str]:
    """What the last run asked and left out, and why it ended early, one sentence each."""
    if isinstance(run, ImportedRun):
        return [
            f"{run.rows:,} outputs of {run.imported} scored by {word(METRIC_WORDS, run.metric).noun}; "
            f"{run.unknown:,} belong to no row of this set, {run.repeated:,} belong to a "
            "near-duplicate of a scored row.",
            *_seen(run),
            *run.stands,
        ]
    return [*_asked(run), *run.stands] if isinstance(run, AskedRun) else list(run.stands)


def _asked(run: AskedRun) -> list[str]:
    metric, rows = word(METRIC_WORDS, run.metric).noun, run.rows
    found = [f"{rows:,} rows held back, {run.pool:,} others to show as examples; scored by {metric}."]
    if any(name in TUNED for name in run.arms):
        found.append(f"{run.model} counts as the tuned model because its arm is a tuned one.")
    found += _seen(run)
    if run.private:
        found.append(f"{run.private:,} rows with personal data or keys were left out and not sent.")
    if run.hidden_passages:
        found.append(f"{run.hidden_passages:,} paragraphs with personal data or keys were left out and not sent.")
    if "temperature" in run.refused:
        found.append("The endpoint does not take temperature 0, so its answers may differ from run to run.")
    if run.ended:
        found.append(f"Ended early: {run.ended}. What was measured is kept; run it again to continue.")
    return found


def _seen(run: Run) -> list[str]:
    if not run.seen:
        return []
    return [
        f"{counted(run.seen, 'row is', 'rows are')} in the training split of the last export, so the "
        "tuned model may "
        "have seen them: they were left out."
    ]


def spent_line(run: Run) -> str:
    """What the questions of a run have cost so far, "" for imported outputs."""
    if not isinstance(run, AskedRun):
        return ""
    calls, tokens, cost = run.spent.calls or 0, run.spent.tokens or 0, run.spent.cost
    priced = "" if cost is None else f", {cost:,.4f} {run.currency}"
    return f"Spent on these questions so far: {calls:,} calls, {tokens:,.0f} tokens{priced}."
