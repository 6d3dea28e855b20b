"""All checks of a set on an engine: rows in shards that lie in a file, a check of the whole set as one piece of work.

The same findings as `checks.run`, which does the same in this process: the same shards, states merged in their order.
What the checks know of the set lies in a file too, read once by each process, as each shard is judged by all of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from pickle import PicklingError
from typing import Any

import pyarrow as pa

from curation.checks import (
    ROWS,
    Begun,
    Check,
    Shard,
    both,
    check,
    ended,
    in_order,
    is_whole_set,
    judged_by,
    judgements,
    not_checked,
)
from curation.checks import shards as cut
from curation.errors import NotChecked
from curation.records import Clusters, Dataset, Findings
from curation.records.parcel import packed, unpacked
from curation.records.progress import Progress, Run, part, tell

FEWEST = 2 * ROWS
"""Rows from which on other processes are worth their start, which takes each about two seconds."""
FITTED, GATHERED, JUDGED = 0.15, 0.2, 0.8
"""Share of the time by which the whole set was looked at, the rows it asks for too, and all rows are judged, for the
progress bar."""


@dataclass(frozen=True)
class Asked:
    """Which checks, all where none is named; settings by name, built in where left out; and the seed."""

    only: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0

    def of(self, name: str) -> Any:
        """The settings of a check."""
        return self.settings.get(name, check.all()[name].settings)


@dataclass(frozen=True)
class Lying:
    """Rows of a set in an Arrow file, from `start` on."""

    path: str
    labels: bool
    start: int
    rows: int

    def read(self) -> Shard:
        """They, mapped, not copied."""
        with pa.memory_map(self.path) as file:
            return Shard(pa.ipc.open_file(file).read_all().slice(self.start, self.rows), self.labels)


def run_on(
    engine: Run, folder: Path, dataset: Dataset, clusters: Clusters, asked: Asked, progress: Progress
) -> Findings:
    """As `checks.run`, each check and shard as a piece of work for an engine; the rows lie in `folder` meanwhile.

    What cannot be sent to another process, such as a tokenizer that runs, is worked on in this one.
    """
    plugins = in_order(asked.only)
    (whole,) = cut(dataset, clusters, max(1, len(dataset)))
    sent = {
        p.name: asked.of(p.name) for p in plugins if not p.parts.get("after_others") and _can_be_sent(asked.of(p.name))
    }
    lying = _written(whole, folder)
    found = _spread(engine, sent, lying, asked.seed, part(progress, 0.0, 0.95))
    shards = [replace(whole, table=whole.table.slice(start, ROWS)) for start in range(0, max(1, len(whole)), ROWS)]
    step = part(progress, 0.95, 1.0)
    for plugin in plugins:
        if plugin.name in found:
            continue
        options = asked.of(plugin.name)
        if plugin.parts.get("after_others") and found:
            options = replace(options, findings=Findings.join([found[p.name] for p in plugins if p.name in found]))
        of = [whole] if is_whole_set(plugin) else shards
        found[plugin.name] = judged_by(plugin, of, options, asked.seed, step)
    progress(1.0, "checks done")
    return Findings.join([found[plugin.name] for plugin in plugins])


def _can_be_sent(settings: Any) -> bool:
    try:
        ForkingPickler.dumps(settings)
    except (TypeError, AttributeError, ValueError, PicklingError):
        return False
    return True


def _written(whole: Shard, folder: Path) -> Lying:
    """The rows in a file of the folder: of another name where they are others, as pieces of work are known by it."""
    path = folder / "rows.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, whole.table.schema) as writer:
        writer.write_table(whole.table)
    with path.open("rb") as file:
        name = file_digest(file, "blake2b").hexdigest()[:32]
    path = path.replace(folder / f"{name}.arrow")
    return Lying(str(path), whole.labels, 0, len(whole))


def _spread(
    engine: Run, settings: Mapping[str, Any], lying: Lying, seed: int, progress: Progress
) -> dict[str, Findings]:
    """The findings of these checks by name."""
    at_once = [name for name in settings if is_whole_set(check.all()[name])]
    by_shard = {name: of for name, of in settings.items() if name not in at_once}
    shards = [replace(lying, start=n, rows=min(ROWS, lying.rows - n)) for n in range(0, max(1, lying.rows), ROWS)]
    fitted = engine(fit, [(by_shard, seed, shard) for shard in shards], part(progress, 0.0, FITTED))
    states = {name: _merged(name, [of[name] for of in fitted], by_shard[name]) for name in by_shard}
    known = _known(by_shard, states)
    asking = {name: by for name, by in known.items() if form_of(name).gather}
    if asking:
        path = packed(asking, Path(lying.path).parent)
        more = engine(gather, [(path, shard) for shard in shards], part(progress, FITTED, GATHERED))
        states |= {name: _settled(name, states[name], [of[name] for of in more], by_shard[name]) for name in asking}
        known = _known(by_shard, states)
    path = packed(known, Path(lying.path).parent)
    # what takes longest first
    work: list[tuple[Any, ...]] = [(judge_at_once, (name, settings[name], seed, lying)) for name in at_once]
    work += [(judge, (path, shard)) for shard in shards]
    made = engine(_called, work, part(progress, GATHERED, JUDGED))
    found = _in_pieces(engine, dict(zip(at_once, made, strict=False)), part(progress, JUDGED, 1.0))
    for name in by_shard:
        found[name] = _joined(name, states[name], [of.get(name) for of in made[len(at_once) :]], lying.rows)
    return found


def _in_pieces(engine: Run, made: dict[str, Any], progress: Progress) -> dict[str, Findings]:
    """The findings by name, also of checks of the whole set that are begun and whose pieces are still to be done."""
    begun = {name: of for name, of in made.items() if isinstance(of, Begun)}
    work = [(check.all()[name].parts["work"], piece) for name, of in begun.items() for piece in of.pieces]
    results = iter(engine(_called, work, progress))
    ended_ = {name: _ended(name, of, [next(results) for _ in of.pieces]) for name, of in begun.items()}
    return made | ended_


def _ended(name: str, begun: Begun, results: Sequence[Any]) -> Findings:
    try:
        findings: Findings = check.all()[name].parts["end"](begun.known, results)
    except NotChecked as reason:
        return not_checked(name, reason)
    return findings


def _known(settings: Mapping[str, Any], states: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Settings and state of each check that can judge."""
    return {name: (settings[name], state) for name, state in states.items() if not isinstance(state, NotChecked)}


def _called(function: Any, arguments: tuple[Any, ...]) -> Any:
    return function(*arguments)


def form_of(name: str) -> Check:
    """The functions of a check that judges shard by shard."""
    plugin = check.all()[name]
    return Check(plugin.function, **plugin.parts)


def fit(settings: Mapping[str, Any], seed: int, lying: Lying) -> dict[str, Any]:
    """What a shard says of the set it is part of to each check; None where a check asks for nothing."""
    shard = lying.read()
    return {name: _or_why(form_of(name).fit, shard, options, seed) for name, options in settings.items()}


def gather(path: str, lying: Lying) -> dict[str, Any]:
    """What a shard adds for each check that asks for more, by what they know (see `packed`)."""
    shard = lying.read()
    return {name: _or_why(form_of(name).gather, shard, *by) for name, by in unpacked(path).items()}


def judge(path: str, lying: Lying) -> dict[str, Any]:
    """What checks find in a shard by what they know (see `packed`), by name."""
    shard = lying.read()
    return {name: _or_why(_judged, form_of(name), shard, by) for name, by in unpacked(path).items()}


def _judged(form: Check, shard: Shard, by: tuple[Any, Any]) -> pa.Table:
    return pa.concat_tables(judgements(form, [shard], by))


def _merged(name: str, states: Sequence[Any], settings: Any) -> Any:
    form = form_of(name)
    return _refused(states) or _or_why(form.merge, states if form.fit else [], settings)


def _settled(name: str, state: Any, more: Sequence[Any], settings: Any) -> Any:
    return _refused(more) or _or_why(form_of(name).settle, state, more, settings)


def _or_why(function: Callable[..., Any] | None, *arguments: Any) -> Any:
    """What a function of a check gives, None where it has none; the reason where it cannot judge."""
    try:
        return function(*arguments) if function else None
    except NotChecked as reason:
        return reason


def _refused(parts: Sequence[Any]) -> NotChecked | None:
    return next((part for part in parts if isinstance(part, NotChecked)), None)


def _joined(name: str, state: Any, tables: Sequence[Any], rows: int) -> Findings:
    refused = _refused([state, *tables])
    if refused is not None:
        return not_checked(name, refused)
    try:
        return ended(check.all()[name], form_of(name), state, tables, rows)
    except NotChecked as reason:
        return not_checked(name, reason)


def judge_at_once(name: str, settings: Any, seed: int, lying: Lying) -> Findings | Begun:
    """What a check finds that reads the whole set at once; begun, where its work falls into pieces."""
    plugin, shard = check.all()[name], lying.read()
    if "begin" not in plugin.parts:
        return judged_by(plugin, [shard], settings, seed, tell)
    try:
        begun: Begun = plugin.parts["begin"](*both(shard), settings, seed, Path(lying.path).parent, tell)
    except NotChecked as reason:
        return not_checked(name, reason)
    return begun
