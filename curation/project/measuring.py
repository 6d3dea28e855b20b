"""class Trials: how well the base model does on this task without tuning, measured at an endpoint or imported."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from curation import load
from curation.context import Context
from curation.errors import NotChecked, UsageError
from curation.measure.endpoint import Address, Endpoint, address, is_hosted
from curation.measure.forecast import Forecast, forecast
from curation.measure.holdout import Before, Holdout, groups, hold_out
from curation.measure.ledger import Call, Ledger, Prices
from curation.measure.lookup import read_knowledge
from curation.measure.outputs import choose_columns, rows_by, tally_outputs
from curation.measure.plan import METRICS, TUNED, Caps, Settings, Task
from curation.measure.prompts import Writer, reply_limit
from curation.measure.results import ArmResult, Origin, arm_from_json, arm_json, arm_result, differences, is_idle, keep
from curation.measure.trial import Trial
from curation.progress import Progress, ignore, part
from curation.project.examples import now
from curation.project.held_out import Holding
from curation.records import Clusters, Columns, Dataset
from curation.store import calls, database, results
from curation.text.tokens import BYTES_A_TOKEN

KEYS = ("CURATION_API_KEY", "OPENAI_API_KEY")
ENDPOINTS = "CURATION_ENDPOINT"
"""Addresses a server allows, separated by spaces; unset, a person names any. Keys go nowhere else then."""
HANDED = ("id", "source", "row", "input")
SEEN = "are in the training split of the last export, so a tuned model has probably seen them and would score too high."
EXPORT_AGAIN = (
    "Export again: rows held back go into the test split of every export. Train on that export, then measure the model."
)
KNOWLEDGE = "knowledge.txt"
"""The project's own texts, asked where no others are named."""
LENGTH_STEP = 50
"""Characters a bin of lengths: a dozen tokens, far below a forecast's band."""


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
    """A measurement ready to start: its prompts, prices, passages left out for what they hold, and rows left out as a
    tuned model may have `seen` them."""

    writer: Writer
    prices: Prices
    currency: str
    hidden: int
    seen: int

    def told(self) -> dict[str, Any]:
        """The plan as plain JSON values, to be kept beside its results."""
        held, task = self.writer.holdout, self.writer.task
        return {
            "metric": task.metric, "labels": list(task.labels), "seed": self.writer.settings.seed,
            "settings": asdict(self.writer.settings), "reply_tokens": self.writer.reply_tokens,
            "rows": len(held.held), "pool": len(held.pool), "private": held.private, "unanswered": held.unanswered,
            "hidden_passages": self.hidden, "currency": self.currency, "seen": self.seen,
        }  # fmt: skip


class Trials(Holding):
    """Arms scored on rows held back."""

    def measure(
        self,
        endpoint: str,
        model: str,
        settings: Settings = Settings(),  # noqa: B008  (frozen, so sharing one is safe)
        caps: Caps = Caps(),  # noqa: B008  (frozen, so sharing one is safe)
        knowledge: Path | None = None,
        send_private: bool = False,
        progress: Progress = ignore,
        sleep: Callable[[float], None] = time.sleep,
    ) -> dict[str, Any]:
        """Ask an endpoint the held-back rows with every arm, store the scores and return them (see `measurement`).

        A run that was killed goes on where it stopped. Raises UsageError for an address, cap or arm that cannot be,
        NotChecked where nothing can be measured; an endpoint that fails is told in the result.
        """
        key = api_key()
        where = allowed(address(endpoint, settings.completions, bool(key)))
        if not model.strip():
            raise UsageError("Name the model to ask, as the endpoint calls it.")
        progress(0.0, "choosing the rows to hold back")
        plan = self._prepared(replace(settings, completions=where.completions), knowledge, send_private)
        if caps.cost is not None and not plan.prices.known:
            raise UsageError("A limit on cost needs prices: give those of input and output tokens in the context.")
        ledger, writer = Ledger(caps, plan.prices), plan.writer
        handed = self.held().handed
        self.hold(row.id for row in writer.holdout.held)  # before they are asked: a killed run must not forget them
        with Endpoint(where, model, key, settings.timeout) as open_endpoint:
            step = part(progress, 0.02, 0.98)
            trial = Trial(open_endpoint, writer, writer.task, CallBook(self.engine), ledger, step, sleep)
            tallies = trial.run(settings.arms, writer.holdout.held)
        if not any(tally.scores for tally in tallies):
            self.release_held(handed)
        origin = Origin(model, writer.task.metric, now(), where.url, is_hosted(where.host))
        arms = [arm_result(tally, trial.ended, plan.prices, origin) for tally in tallies]
        sent = {"endpoint": where.url, "model": model, "refused": sorted(open_endpoint.refused), "capped": trial.capped}
        return self._save(arms, {**sent, **plan.told(), **ledger.told(trial.ended)})

    def _prepared(self, settings: Settings, knowledge: Path | None, send_private: bool) -> "Plan":
        context, dataset, clusters = self._material()
        task, prices = self._task(context, dataset), token_prices(context, settings)
        barred = frozenset() if send_private else self._private(dataset)
        holdout, seen = self._held_back(dataset, clusters, barred, settings)
        stored = self.folder / KNOWLEDGE
        texts, hidden = read_knowledge(knowledge or (stored if stored.exists() else None), send_private)
        replies = settings.reply_tokens or reply_limit(task.labels or [row.answer for row in holdout.pool])
        return Plan(Writer(settings, task, holdout, texts, replies), prices, context.prices.currency, hidden, seen)

    def _held_back(
        self, dataset: Dataset, clusters: Clusters, barred: frozenset[str], settings: Settings
    ) -> tuple[Holdout, int]:
        """The rows to ask, and how many are left out of them as the tuned model asked for may have seen them."""
        held, seen = self.held(), self.seen(dataset, clusters)
        before = Before(held.handed, held.scored, seen)
        holdout = hold_out(dataset, clusters, barred, settings.rows, settings.seed, before)
        if not set(settings.arms) & set(TUNED):
            return holdout, 0
        unseen = tuple(row for row in holdout.held if row.id not in seen)
        if not unseen:
            raise UsageError(f"All {len(holdout.held):,} rows held back {SEEN} {EXPORT_AGAIN}")
        return replace(holdout, held=unseen), len(holdout.held) - len(unseen)

    def import_outputs(
        self,
        path: Path,
        arm: str,
        key: str = "",
        output: str = "",
        name: str | None = None,
        hosted: bool = False,
        progress: Progress = ignore,
        model: str = "",
    ) -> dict[str, Any]:
        """Score a file of outputs that a model gave elsewhere as an arm, store it and return what `measurement` does.

        `key` and `output` name the columns where they are not id, row or input, and output. One row a near-duplicate
        group is scored. `model` is the one that gave them, the file's name where nobody says.
        Rows a tuned model may have seen in training are left out.
        Raises UsageError where no output belongs to a row here.
        """
        Settings(arms=(arm,))
        preview = load.preview(path, name=name)
        key, output = choose_columns(preview.available, key, output)
        loaded = load.load(path, Columns(input=(key,), output=output), name, part(progress, 0.0, 0.6)).dataset
        context, dataset, clusters = self._material()
        task = self._task(context, dataset)
        rows = rows_by(key.casefold(), dataset)
        pairs = list(zip(loaded.values("input"), loaded.values("output"), strict=True))
        seen = self.seen(dataset, clusters) if arm in TUNED else frozenset()
        tally, matched = tally_outputs(arm, pairs, rows, groups(dataset, clusters), task, seen)
        if not tally.scores and not tally.failed and matched.seen:
            raise UsageError(f"All {matched.seen:,} rows that have an output here {SEEN} {EXPORT_AGAIN}")
        if not tally.scores and not tally.failed:
            raise UsageError(
                f"No output belongs to a row with an answer here: {key!r} should hold its id, row or input."
            )
        made = arm_result(tally, "", Prices(), Origin(model or name or path.name, task.metric, now(), "", hosted))
        run = {"imported": name or path.name, "metric": task.metric, "rows": len(tally.scores), **asdict(matched)}
        return self._save([made], run)

    def with_measured(self, context: Context) -> Context:
        """The context with the arms measured here in its metric, in place of typed ones of the same name."""
        body = self.measurement()
        if body is None:
            return context
        metric = context.task.metric
        found = [arm_from_json(arm) for arm in body["arms"]]
        arms = [made for one in found if metric in ("", one.metric) and (made := one.arm())]
        names = {arm.name for arm in arms}
        return replace(context, arms=(*(arm for arm in context.arms if arm.name not in names), *arms))

    def held_back(self, settings: Settings, send_private: bool = False) -> list[dict[str, Any]]:
        """The rows `measure` would ask (id, source, row, input), for running a model elsewhere.

        They are kept for measuring from now on: exports put them into the test part.
        """
        _, dataset, clusters = self._material()
        barred = frozenset() if send_private else self._private(dataset)
        holdout, _ = self._held_back(dataset, clusters, barred, settings)
        held = {row.id for row in holdout.held}
        self.hold(row.id for row in holdout.held)
        return [row for row in dataset.table.select(HANDED).to_pylist() if row["id"] in held]

    def forecast(self, settings: Settings) -> Forecast:
        """What measuring would cost; reads lengths alone, no rows."""
        context = self.context()
        lengths: dict[str, list[tuple[int, int]]] = {"input": [], "output": []}
        for side, low, n in self.length_counts(LENGTH_STEP):
            lengths[side].append((low + LENGTH_STEP // 2, n))
        means = {
            side: sum(size * n for size, n in found) / max(1, sum(n for _, n in found)) / BYTES_A_TOKEN
            for side, found in lengths.items()
        }
        labels = tuple(name for name, _ in self.label_counts()) if self.is_classification() else ()
        task = Task(context.task.metric or "chrf", labels=labels)
        settings = replace(settings, rows=max(1, min(settings.rows, self.totals()["stored"] // 2)))
        return forecast(settings, task, means["input"], means["output"], token_prices(context, settings))

    def _save(self, arms: Sequence[ArmResult], run: Mapping[str, Any]) -> dict[str, Any]:
        before = self.measurement()
        kept = keep([arm_from_json(arm) for arm in before["arms"]] if before else [], arms, run)
        comparable = [arm for arm in kept.arms if arm.metric == run["metric"]]
        reasons = {arm.name: arm.reason for arm in arms if arm.reason}
        told = {"arms": [arm.name for arm in arms], "reasons": reasons, "stands": list(kept.stands)}
        body = {
            "arms": [arm_json(arm) for arm in kept.arms],
            "differences": [asdict(one) for one in differences(comparable, int(run.get("seed", 0)))],
            "run": {**run, **told},
        }
        if is_idle(run) and (before or len(reasons) == len(arms)):
            return body
        with database.write(self.engine) as connection:
            results.save_result(connection, "measure", body, now())
        return body

    def _task(self, context: Context, dataset: Dataset) -> Task:
        told = context.task
        metric = told.metric or ("accuracy" if dataset.is_classification else "chrf")
        if metric not in METRICS:
            raise NotChecked(f"Answers scored as {metric!r} need a person: score them elsewhere and enter the result.")
        labels: tuple[str, ...] = ()
        if dataset.is_classification:
            used = {label for label in dataset.values("label") if label and label.strip()}
            labels = tuple(sorted({*used, *told.labels}))
        return Task(metric, told.kind, labels, told.target, told.minimum_lift)


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


def token_prices(context: Context, settings: Settings) -> Prices:
    """What one token costs with these arms. Raises UsageError where prompts and tuned models are mixed in one run."""
    tuned = [arm for arm in settings.arms if arm in TUNED]
    if tuned and len(settings.arms) > 1:
        raise UsageError(f"{tuned[0]} is another model: measure it in a run of its own, with its name as the model.")
    prices = context.prices
    pair = (prices.input_per_million, prices.output_per_million)
    if tuned:
        pair = (prices.tuned_input_per_million, prices.tuned_output_per_million)
    return Prices(*(None if price is None else price / 1e6 for price in pair))
