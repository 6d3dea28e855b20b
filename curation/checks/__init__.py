"""Checks: Dataset and Clusters -> Findings. One file a check, found by the registry.

A check is a function `judge(shard, settings, state) -> Findings` under `@check(name, title, settings=Settings())`,
which also names what else it has:

    may_match(column) -> mask              one RE2 question to a column of texts, mostly `texts.column.may_match` of the
                                           patterns that `judge` looks for: a row none of whose texts may match is not
                                           judged
    reads                                  the columns that `may_match` is asked of; left out, input and output
    fit(shard, settings, seed) -> state    what a shard says of the set it is part of
    merge(states, settings) -> state       that of the whole set, handed to every `judge`; None without it
    gather(shard, settings, state) -> more what a shard adds once that is known, such as the few rows it asks for
    settle(state, more, settings) -> state the state with what all shards added, handed to every `judge` instead
    summary(state, counts) -> figures      plain JSON values; `counts` are `rows` judged and `findings` made. Without it
                                           the number of rows
    order(table) -> table                  the findings in an order of their own; left out, that of the rows

Each may raise NotChecked with the reason why this set cannot be judged. A function that reads the whole set at once,
`function(dataset, clusters, settings, seed, progress) -> Findings`, is registered with `whole_set=True`; with
`after_others=True` too it runs last, and its settings hold what the others found as `findings`. Where its work falls
into pieces that an engine may share out it names three more, which together find the same:

    begin(dataset, clusters, settings, seed, folder, progress) -> Begun   what is known, and arguments of each piece;
                                                                          what is large lies in files of the folder
    work(*piece) -> result                                                what comes of a piece
    end(known, results) -> Findings                                       what comes of all, in the order of the pieces
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curation.errors import NotChecked
from curation.records import CLUSTERS_SCHEMA, DATASET_SCHEMA, FINDINGS_SCHEMA, CheckRun, Clusters, Dataset, Findings
from curation.records.progress import Progress, ignore, part
from curation.records.settings import options
from curation.registry import Plugin, Registry
from curation.sampling.binding import bound_sets
from curation.text.private import mask

ROWS = 5_000
"""Rows of a shard: to get a question ready takes RE2 about 10 ms, and to ask it of so many texts as long."""
STEP = 500
"""Rows judged between two reports of progress: about a second for the slowest rule on long texts."""
TEXTS = ("input", "output")
PIECES = ("begin", "work", "end")
OF_CLUSTER = tuple(name for name in CLUSTERS_SCHEMA.names if name != "id")


@dataclass(frozen=True)
class Shard:
    """Some rows of a set, in row order: the columns of Dataset, and cluster, keeper, similarity and kind of Clusters.

    A row that no cluster is known of has null there. Rows of the set that belong together share a number in `binding`.
    `labels` says whether the outputs of the set are labels.
    """

    table: pa.Table
    labels: bool

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def values(self, column: str) -> list[Any]:
        """One column as Python values, in row order."""
        values: list[Any] = self.table[column].to_pylist()
        return values


@dataclass(frozen=True)
class Begun:
    """What `begin` hands on to `end`, and the arguments of each piece of work."""

    known: Any
    pieces: Sequence[tuple[Any, ...]]


WholeSet = Callable[[Dataset, Clusters, Any, int, Progress], Findings]


@dataclass(frozen=True)
class Check:
    """The functions of a check (see above)."""

    judge: Callable[[Shard, Any, Any], Findings]
    may_match: Callable[[pa.ChunkedArray], pa.ChunkedArray] | None = None
    reads: Sequence[str] = TEXTS
    fit: Callable[[Shard, Any, int], Any] | None = None
    merge: Callable[[Sequence[Any], Any], Any] | None = None
    gather: Callable[[Shard, Any, Any], Any] | None = None
    settle: Callable[[Any, Sequence[Any], Any], Any] | None = None
    summary: Callable[[Any, Mapping[str, int]], Mapping[str, Any]] | None = None
    order: Callable[[pa.Table], pa.Table] | None = None

    def __post_init__(self) -> None:
        if (self.gather is None) != (self.settle is None):
            raise TypeError("gather and settle go together: name both or none")


def _form(plugin: Plugin[Callable[..., Findings]]) -> None:
    options(plugin.settings)
    named = sum(name in plugin.parts for name in PIECES)
    if is_whole_set(plugin) and named not in (0, len(PIECES)):
        raise TypeError("begin, work and end go together: name all three or none")
    if not is_whole_set(plugin):
        Check(plugin.function, **plugin.parts)


check: Registry[Callable[..., Findings]] = Registry(__name__, "check", form=_form)


def found(name: str, rows: Sequence[Mapping[str, Any]], summary: Mapping[str, Any] | None = None) -> Findings:
    """Findings of one check that ran: rows are dicts of id, confidence, message and optionally the other columns.

    Personal data and keys are masked in message and evidence, so that none leaves with a report; a suggestion is to be
    applied and stays as it is.
    """
    columns: dict[str, list[Any]] = {
        "check": [name] * len(rows),
        "id": [row["id"] for row in rows],
        "cluster": [row.get("cluster") for row in rows],
        "confidence": [float(row["confidence"]) for row in rows],
        "message": [mask(row["message"]) for row in rows],
        "evidence": [_evidence(row.get("evidence", {})) for row in rows],
        "suggestion": [row.get("suggestion", "look") for row in rows],
    }
    return Findings(pa.table(columns, schema=FINDINGS_SCHEMA), (CheckRun(name, "done", summary=summary or {}),))


def _evidence(values: Mapping[str, Any]) -> str:
    return json.dumps(_veiled(values), ensure_ascii=False, sort_keys=True)


def _veiled(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        # an id may look like a number of something, and has to stay one
        return {key: each if key == "id" else _veiled(each) for key, each in value.items()}
    return [_veiled(each) for each in value] if isinstance(value, list | tuple) else value


def run(
    dataset: Dataset,
    clusters: Clusters,
    only: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    progress: Progress = ignore,
) -> Findings:
    """The findings of every check (or those named in `only`), a check that cannot judge noted as not checked.

    `settings` maps a check's name to its Settings; left out, its defaults hold. Raises KeyError on an unknown name.
    """
    chosen = in_order(only)
    everything = shards(dataset, clusters, max(1, len(dataset)))
    rows = [replace(everything[0], table=each) for each in _cut(everything[0].table, ROWS)]
    parts: list[Findings] = []
    for n, plugin in enumerate(chosen):
        step = part(progress, n / len(chosen), (n + 1) / len(chosen))
        step(0.0, plugin.title)
        options = (settings or {}).get(plugin.name, plugin.settings)
        if plugin.parts.get("after_others") and parts:
            options = replace(options, findings=Findings.join(parts))
        # the findings of a whole-set check stand in an order of their own, which more than one shard would break up
        parts.append(judged_by(plugin, everything if is_whole_set(plugin) else rows, options, seed, step))
    progress(1.0, "checks done")
    return Findings.join(parts)


def in_order(only: Sequence[str]) -> list[Plugin[Callable[..., Findings]]]:
    """The checks named, all where none is, in the order they run. Raises KeyError on an unknown name."""
    plugins = check.all()
    chosen = [plugins[name] for name in only] if only else list(plugins.values())
    return sorted(chosen, key=lambda plugin: bool(plugin.parts.get("after_others")))


def shards(dataset: Dataset, clusters: Clusters, rows: int = ROWS) -> list[Shard]:
    """The dataset in shards of this many rows, at least one; no row is copied."""
    table = dataset.table
    at = pc.index_in(table["id"], clusters.table["id"])
    for name in OF_CLUSTER:
        table = table.append_column(CLUSTERS_SCHEMA.field(name), clusters.table[name].take(at))
    table = table.append_column("binding", pa.array(bound_sets(dataset, clusters)))
    labels = dataset.is_classification
    return [Shard(each, labels) for each in _cut(table, rows)]


def _cut(table: pa.Table, rows: int) -> list[pa.Table]:
    return [table.slice(start, rows) for start in range(0, max(1, table.num_rows), rows)]


def is_whole_set(plugin: Plugin[Any]) -> bool:
    """Whether a check reads the whole set at once."""
    return bool(plugin.parts.get("whole_set"))


def judged_by(
    plugin: Plugin[Callable[..., Findings]], shards: Sequence[Shard], settings: Any, seed: int, progress: Progress
) -> Findings:
    """What one check makes of a set given in shards, however many; noted as not checked where it cannot judge."""
    form = _whole_set(plugin.function, progress) if is_whole_set(plugin) else Check(plugin.function, **plugin.parts)
    try:
        state = _learned(form, shards, settings, seed, progress if not is_whole_set(plugin) else ignore)
        start = 1.0 if is_whole_set(plugin) else 0.3 if form.fit else 0.0
        step = part(progress, start, 1.0)
        said = f"reading rows ({plugin.name.replace('_', ' ')})"
        size = None if is_whole_set(plugin) else STEP
        tables = judgements(form, shards, (settings, state), size, lambda done: step(done, said))
        return ended(plugin, form, state, tables, sum(map(len, shards)))
    except NotChecked as reason:
        return not_checked(plugin.name, reason)


def judgements(
    form: Check,
    shards: Sequence[Shard],
    by: tuple[Any, Any],
    size: int | None = STEP,
    progress: Callable[[float], None] = lambda done: None,
) -> list[pa.Table]:
    """What a check finds in shards by (settings, state), `size` rows at a time, all of a shard where that is None."""
    return [form.judge(rows, *by).table for rows in _read(form, shards, size, progress)]


def ended(
    plugin: Plugin[Callable[..., Findings]], form: Check, state: Any, tables: Sequence[pa.Table], rows: int
) -> Findings:
    """What a check found in all, with its figures."""
    table = pa.concat_tables([FINDINGS_SCHEMA.empty_table(), *tables])
    table = form.order(table) if form.order else table
    counts = {"rows": rows, "findings": table.num_rows}
    figures = form.summary(state, counts) if form.summary else {"rows": rows}
    return Findings(table, (CheckRun(plugin.name, "done", summary=figures),))


def not_checked(name: str, reason: NotChecked) -> Findings:
    """No findings, and why."""
    return Findings(FINDINGS_SCHEMA.empty_table(), (CheckRun(name, "not_checked", str(reason)),))


def _learned(form: Check, shards: Sequence[Shard], settings: Any, seed: int, progress: Progress) -> Any:
    fit, gather, step = form.fit, form.gather, part(progress, 0.0, 0.2)
    states = [fit(shard, settings, seed) for shard in _each(shards, "reading the whole set", step)] if fit else []
    state = form.merge(states, settings) if form.merge else None
    if gather is None or form.settle is None:
        return state
    step = part(progress, 0.2, 0.3)
    more = [gather(shard, settings, state) for shard in _each(shards, "reading the rows it asks for", step)]
    return form.settle(state, more, settings)


def _each(shards: Sequence[Shard], message: str, progress: Progress) -> Iterator[Shard]:
    for n, shard in enumerate(shards):
        progress(n / len(shards), message)
        yield shard
    progress(1.0, message)


def _read(form: Check, shards: Sequence[Shard], size: int | None, progress: Callable[[float], None]) -> Iterator[Shard]:
    """The rows to judge, `size` at a time; all of a shard where that is None."""
    for n, shard in enumerate(shards):
        progress(n / len(shards))
        asked = _asked(form, shard).table
        pieces = _cut(asked, size or max(1, len(asked)))
        for k, piece in enumerate(pieces):
            progress((n + k / len(pieces)) / len(shards))
            yield replace(shard, table=piece)
    progress(1.0)


def _asked(form: Check, shard: Shard) -> Shard:
    """The rows of a shard that have a text which may match."""
    if form.may_match is None:
        return shard
    table, question = shard.table, form.may_match
    mask = question(table[form.reads[0]])
    for name in form.reads[1:]:
        mask = pc.or_(mask, question(table[name]))
    if "input" not in form.reads:
        # the earlier answers of a chat stand in its input
        chat = pc.match_substring(table["meta"], '"messages"')
        mask = pc.or_(mask, pc.and_(chat, question(table["input"]))) if pc.any(chat).as_py() else mask
    return replace(shard, table=table.filter(mask))


def both(whole: Shard) -> tuple[Dataset, Clusters]:
    """The rows and the clusters of a shard that is the whole set."""
    dataset = Dataset(whole.table.select(DATASET_SCHEMA.names), whole.labels)
    return dataset, Clusters(whole.table.select(CLUSTERS_SCHEMA.names))


def _whole_set(function: WholeSet, progress: Progress) -> Check:
    """The form of a check that reads the whole set at once: its state is all it found, a shard's are those on its rows.

    `progress` is handed on to the function.
    """

    def fit(shard: Shard, settings: Any, seed: int) -> tuple[Shard, int]:
        return shard, seed

    def merge(states: Sequence[tuple[Shard, int]], settings: Any) -> Findings:
        shard, seed = states[0]
        whole = replace(shard, table=pa.concat_tables([shard.table for shard, _ in states]))
        return function(*both(whole), settings, seed, progress)

    def judge(shard: Shard, settings: Any, state: Findings) -> Findings:
        return Findings(state.table.filter(pc.is_in(state.table["id"], shard.table["id"])))

    def summary(state: Findings, counts: Mapping[str, int]) -> Mapping[str, Any]:
        return state.runs[0].summary

    return Check(judge, fit=fit, merge=merge, summary=summary)
