"""A clean set written to a folder, whole or not at all."""

import collections
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.errors import UsageError
from curation.export.card import card
from curation.export.card.about import about, token_counts
from curation.export.card.counted import counted
from curation.export.card.croissant import NAME as CROISSANT
from curation.export.card.croissant import croissant
from curation.export.counts import check_trains
from curation.export.formats import NOT_WRITTEN, bad_alone, export_format, fitting, suited
from curation.export.formats.csv import write_csv
from curation.export.manifest import (
    APPROVAL,
    NAME,
    RECORD,
    Manifest,
    Record,
    hashed,
    is_plain,
    library_versions,
    write_record,
)
from curation.export.marked import MARKED, marked_rows, write_marked
from curation.export.personal import Mask, check_treatment, hidden, without
from curation.export.place import placed
from curation.export.recipes import check_recipes, planned, recipe_files
from curation.export.split import SHARES, SPLITS, check_shares, split
from curation.export.subset import check_subset, subset
from curation.export.table import training_table, with_topics
from curation.export.training import Tokens, tokens_of
from curation.records import Clusters, Dataset, Evidence, Treatment, Verdict, verdict_json
from curation.records.context import Context
from curation.records.progress import Progress, ignore, part
from curation.records.settings import changed, differences
from curation.records.tables import gathered_where
from curation.registry import Plugin
from curation.sampling.binding import bound_to
from curation.text.carried import ROW_WEIGHTS, count_each
from curation.text.tokens import ESTIMATE, Counter
from curation.text.turns.bad_answers import bad_rows
from curation.wording import counted as rows_counted

REMOVED = "removed.parquet"
REMOVED_CSV = "removed.csv"
"""The same beside it, for people who asked for CSV."""
REJECTED = "rejected.jsonl"
CARD = "README.md"
NEEDED = {"rejected": "a rejected answer"}
"""What a format may need of at least one row, by its column."""


@dataclass(frozen=True)
class Rows:
    """What goes into an export and what stays out of it.

    `removed` needs the columns id and reason (counted up to its colon), `rejected` any. `clusters` hold at least the
    kept rows. `marks` (id, mark) puts the rows marked retrieval or style into two more files. `personal` are the ids of
    rows, kept or removed, in which personal data or keys were found. `held` are the ids kept for measuring models: they
    and all bound to them are test rows. `scored` others were measured on and may be trained on all the same. `topics`
    are the topic of each row by its id, where a column of them is asked for.
    """

    kept: Dataset
    removed: pa.Table
    rejected: pa.Table
    clusters: Clusters
    marks: pa.Table | None = None
    personal: Set[str] = frozenset()
    held: Set[str] = frozenset()
    scored: int = 0
    topics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """What a person chooses about an export besides its formats: plain JSON values, all of them.

    `shares` are those of SPLITS, 0..1. `weight` names a column of the file with a number >= 0 for each row. `settings`
    are those of a format, by its name, that are not the built-in ones. `treatment` is as in Options, and so are
    `cap_per_label` (0: none) and `balance`. `recipes` are those to write, each with its settings that are not built in.
    `topic` asks for a column with each row's topic, in the formats that are tables. `subset` are the rows to write that
    stand for all (0: all of them).
    """

    shares: Sequence[float] = SHARES
    weight: str = ""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    treatment: Treatment = "keep"
    cap_per_label: int = 0
    balance: bool = False
    recipes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    topic: bool = False
    subset: int = 0

    def checked(self) -> "Layout":
        """The same. Raises UsageError on shares that are none, a format there is not, or a value it may not have."""
        check_shares(self.shares)
        check_subset(self.cap_per_label, self.balance, self.subset)
        self.format_settings()
        self.recipe_settings()
        return self

    def format_settings(self) -> dict[str, Any]:
        """The settings of each format that has any changed, by its name."""
        formats = check_formats(tuple(self.settings)) if self.settings else {}
        return {name: changed(plugin.settings, self.settings[name]) for name, plugin in formats.items()}

    def recipe_settings(self) -> dict[str, Any]:
        """The settings of each recipe that is written, by its name."""
        plugins = check_recipes(tuple(self.recipes))
        return {name: changed(plugin.settings, self.recipes[name]) for name, plugin in plugins.items()}

    def options(
        self, out: Path, formats: Sequence[str], mask: Mask, seed: int, note: Callable[[Iterable[str]], object]
    ) -> "Options":
        """All options of an export that is laid out so."""
        return Options(
            out,
            formats,
            self.format_settings(),
            self.shares,
            self.weight,
            self.treatment,
            mask,
            seed,
            self.cap_per_label,
            self.balance,
            self.recipe_settings(),
            note,
        )


@dataclass(frozen=True)
class Options:
    """Where an export is written and how.

    `format_settings` hold the settings of a format by its name, its defaults elsewhere. `shares` are those of SPLITS,
    0..1. `weight` names a column of `meta`. `treatment` keeps rows with personal data as they are, leaves them out or
    masks their texts by `mask`; unless they are kept as they are, the texts of removed and rejected rows are masked
    too, since their files go the same way. `cap_per_label` (0: none) and `balance` leave out rows of large labels, see
    `subset`. `recipes` are the settings of each recipe to write, by its name; the formats it needs are written too.
    `note` is given the ids in train once the export is in its place. `counter` counts tokens.
    """

    out: Path
    formats: Sequence[str] = ("parquet",)
    format_settings: Mapping[str, Any] = field(default_factory=dict)
    shares: Sequence[float] = SHARES
    weight: str = ""
    treatment: Treatment = "keep"
    mask: Mask | None = None
    seed: int = 0
    cap_per_label: int = 0
    balance: bool = False
    recipes: Mapping[str, Any] = field(default_factory=dict)
    note: Callable[[Iterable[str]], object] | None = None
    counter: Counter = ESTIMATE


NO_RECORD = Record("", "")
"""Of an export that nobody dates or signs."""


@dataclass(frozen=True)
class Provenance:
    """What an export rests on, recorded as given.

    `decisions` are counts by action, `versions` those of this installation where none are given. `reports` are files
    added to the folder, by name; they and the `record` may differ from run to run, data files and manifest do not.
    `context` is what was declared, `tokenizer` the SHA-256 of what counted tokens ("": an estimate).
    """

    verdict: Verdict | None = None
    decisions: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    waivers: Sequence[Mapping[str, Any]] = ()
    versions: Mapping[str, str] | None = None
    reports: Mapping[str, str | bytes] = field(default_factory=dict)
    record: Record = NO_RECORD
    context: Context = Context()
    tokenizer: str = ""


@dataclass(frozen=True)
class _Format:
    """A format asked for, with its settings."""

    plugin: Plugin[Any]
    settings: Any


@dataclass(frozen=True)
class _Divided:
    """The rows as they leave, `held` with all bound to them, and the split of each kept one."""

    rows: Rows
    splits: Sequence[str]

    def trained(self) -> Iterator[str]:
        """The ids in train."""
        ids = self.rows.kept.values("id")
        return (id for id, name in zip(ids, self.splits, strict=True) if name == "train")


def export(
    rows: Rows,
    options: Options,
    provenance: Provenance = Provenance(),
    progress: Progress = ignore,
) -> Manifest:
    """The manifest of the export now at `options.out`: each split in each format, removed and rejected rows, a card.

    The same input gives the same bytes. An earlier export at `out` is replaced in one step.
    Raises UsageError on a wrong format, treatment, report's name, weight, share or `out` and where no row is left to
    train on, CurationError when the disk refuses.
    """
    check_treatment(options.treatment, options.mask)
    formats = _chosen(options)
    divided = _divided(rows, options, part(progress, 0.0, 0.2))
    table = training_table(divided.rows.kept, divided.splits, options.weight, part(progress, 0.2, 0.4))
    table = with_topics(table, rows.topics)
    tokens = tokens_of(table, options.counter)
    formats, recipes = _with_recipes(formats, table, tokens, options)
    _check_rows(table, formats)
    extra = _named({**provenance.reports, **recipes}, formats)
    marked = marked_rows(table, rows.marks)
    manifest = replace(
        _manifest(rows, divided, options, provenance),
        marks={mark: pc.sum(found).as_py() or 0 for mark, found in marked.items()},
        lost=_lost(divided.rows.kept, table, formats),
        about=_about(divided, tokens, provenance, options.seed) | _bad(table),
    )
    with placed(options.out) as folder:
        metadata = _metadata(manifest, provenance.verdict)
        notes = _write_splits(table, folder, formats, metadata, part(progress, 0.4, 0.9))
        manifest = _with_lost(manifest, notes)
        write_marked(table, marked, folder, metadata)
        _write_rest(folder, divided.rows, extra, "csv" in formats)
        _describe(folder, manifest, divided.rows.kept, formats)
        manifest = _finished(folder, manifest, notes, provenance)
        progress(1.0, "export written")
    if options.note is not None:
        options.note(divided.trained())
    return manifest


def _with_recipes(
    formats: Mapping[str, _Format], table: pa.Table, tokens: Mapping[str, Tokens], options: Options
) -> tuple[dict[str, _Format], dict[str, str]]:
    """The formats with those that the recipes need, and the files of the recipes.

    Raises UsageError where a format is asked for in two ways.
    """
    needed: dict[str, str] = {}
    found = dict(formats)
    plans = planned(options.recipes, table)
    for name, plan in plans.items():
        way = plan.way
        plugin = check_formats([way.format])[way.format]
        wanted = changed(plugin.settings, way.settings)
        is_given = way.format in needed or way.format in options.format_settings
        if is_given and differences(found[way.format].settings, wanted):
            against = needed.get(way.format, "the settings given")
            raise UsageError(
                f"The recipe {name} needs {way.format} written otherwise than {against}: "
                f"{', '.join(f'{key} {value}' for key, value in way.settings.items())}. Write two exports."
            )
        needed[way.format], found[way.format] = f"the recipe {name}", _Format(plugin, wanted)
    suffixes = {name: chosen.settings.suffix for name, chosen in found.items()}
    return found, recipe_files(plans, table, tokens, suffixes, options.seed)


def _divided(rows: Rows, options: Options, progress: Progress) -> _Divided:
    if options.treatment == "leave_out":
        kept, removed = without(rows.kept, rows.removed, rows.personal)
        rows = replace(rows, kept=kept, removed=removed)
    if options.cap_per_label or options.balance:
        limits = (options.cap_per_label, options.balance, options.seed)
        kept, removed = subset(rows.kept, rows.removed, *limits, rows.held)
        rows = replace(rows, kept=kept, removed=removed)
    rows = replace(rows, held=bound_to(rows.held, rows.kept, rows.clusters))
    splits = split(rows.kept, rows.clusters, options.shares, options.seed, progress, rows.held)
    if options.mask is not None and options.treatment != "keep":
        # after the split: masked, two groups may look the same
        kept, removed, rejected = hidden(rows.kept, rows.removed, rows.rejected, rows.personal, options.mask)
        rows = replace(rows, kept=kept, removed=removed, rejected=rejected)
    check_trains(splits, by_reason(rows.removed), rows.rejected.num_rows)
    return _Divided(rows, splits)


def _manifest(given: Rows, divided: _Divided, options: Options, provenance: Provenance) -> Manifest:
    """What is known before a file is written; `given` are the rows before personal data is left out or masked."""
    personal = sum(id in given.personal for id in given.kept.values("id"))
    evidence = provenance.verdict.evidence if provenance.verdict else ()
    return Manifest(
        **_contents(divided),
        **_origin(provenance, options),
        source=given.kept.digest,
        personal={"rows": personal, "treatment": options.treatment},
        held=_kept_apart(divided),
        model=_model(evidence),
        counted=counted(evidence, len(given.kept) - len(bad_rows(given.kept.table)), by_reason(given.removed)),
        seed=options.seed,
        shares=[float(share) for share in options.shares],
    )


def _model(evidence: Sequence[Evidence]) -> dict[str, Any]:
    """What the verdict knew of a model that read the rows."""
    return dict(next((item.detail["model"] for item in evidence if item.id == "noise" and "model" in item.detail), {}))


def _contents(divided: _Divided) -> dict[str, Any]:
    kept, removed, splits = divided.rows.kept, divided.rows.removed, divided.splits
    ids = set(kept.values("id"))
    if len(ids) < len(kept) or not ids.isdisjoint(removed["id"].to_pylist()):
        raise ValueError("an example is kept twice, or both kept and removed")
    parts = {"kept": len(kept), "removed": removed.num_rows, "rejected": divided.rows.rejected.num_rows}
    return {
        "dataset": kept.digest,
        "counts": {"rows_in": sum(parts.values()), **parts, **{name: splits.count(name) for name in SPLITS}},
        "removed": by_reason(removed),
        "sources": sorted({source for source in kept.values("source") if source}),
    }


def _about(divided: _Divided, tokens: Mapping[str, Tokens], provenance: Provenance, seed: int) -> dict[str, Any]:
    described = about(divided.rows.kept, divided.splits, provenance.context, seed)
    return described | {"tokens": token_counts(tokens, provenance.tokenizer)}


def _bad(table: pa.Table) -> dict[str, int]:
    """How many rows have a bad answer alone; nothing where none has."""
    rows = pc.sum(bad_alone(table)).as_py()
    return {"bad_answers": rows} if rows else {}


def _kept_apart(divided: _Divided) -> dict[str, int]:
    """What the manifest says of rows models are measured on; `labels` have all their rows among them."""
    held, scored = divided.rows.held, divided.rows.scored
    if not held and not scored:
        return {}
    labels = divided.rows.kept.values("label")
    pairs = [(label, name) for label, name in zip(labels, divided.splits, strict=True) if label is not None]
    untrained = {label for label, _ in pairs} - {label for label, name in pairs if name == "train"}
    return {"rows": len(held), "scored": scored, "labels": len(untrained)}


def _lost(kept: Dataset, table: pa.Table, formats: Mapping[str, _Format]) -> dict[str, dict[str, int]]:
    """By format, the rows that hold what it cannot carry; formats that lose nothing are left out."""
    carries: dict[str, frozenset[str]] = {
        name: getattr(chosen.settings, "carries", frozenset()) for name, chosen in formats.items()
    }
    metas, bad = kept.values("meta"), bad_rows(kept.table)
    written = {name for name, chosen in formats.items() if getattr(chosen.settings, "takes_bad", False)} if bad else ()
    counts = count_each(metas, {name: kinds for name, kinds in carries.items() if not bad or name in written})
    if bad:  # elsewhere the whole row is not written, which the writing counts
        others = (meta for n, meta in enumerate(metas) if n not in bad)
        counts |= count_each(others, {name: kinds for name, kinds in carries.items() if name not in written})
    weighed = pc.sum(pc.not_equal(table["weight"], 1.0)).as_py() or 0
    for name, kinds in carries.items():
        if weighed and "row_weights" not in kinds:
            counts[name][ROW_WEIGHTS] = weighed
    return {name: rows for name, rows in counts.items() if rows}


def _with_lost(manifest: Manifest, notes: Mapping[str, Any]) -> Manifest:
    """The manifest with what the formats found lost while they wrote, which stands in their notes of each split."""
    lost = {name: collections.Counter(rows) for name, rows in manifest.lost.items()}
    for name, note in notes.items():
        for split_notes in note["notes"].values():
            lost.setdefault(name, collections.Counter()).update(split_notes.pop("lost", {}))
    return replace(manifest, lost={name: dict(rows) for name, rows in lost.items() if rows})


def _check_rows(table: pa.Table, formats: Mapping[str, _Format]) -> None:
    """Raises UsageError where the rows lack what a format is for, or none of them suits it."""
    _check_needs(table, formats)
    _check_suited(table, formats)


def _check_needs(table: pa.Table, formats: Mapping[str, _Format]) -> None:
    for chosen in formats.values():
        needed = getattr(chosen.settings, "needs", "")
        rows = suited(table, chosen.settings)
        if needed and table.num_rows and rows[needed].null_count == rows.num_rows:
            bad = table.num_rows - rows.num_rows
            alone = (
                f" beside its good one ({rows_counted(bad, 'row has', 'rows have')} it alone: choose kto)"
                if bad
                else ""
            )
            raise UsageError(
                f"{chosen.plugin.title} cannot be written: no row has {NEEDED[needed]}{alone}. Load preference data "
                "(prompt, chosen, rejected), or choose another format."
            )


def _check_suited(table: pa.Table, formats: Mapping[str, _Format]) -> None:
    """Nothing where every format has a row to train on; else raises UsageError."""
    is_train = pc.equal(table["split"], "train")
    for chosen in formats.values():
        if not pc.any(pc.and_(is_train, fitting(table, chosen.settings))).as_py():
            raise UsageError(
                f"{chosen.plugin.title} cannot be written: every row to train on has a bad answer alone, which is no "
                "target. Load good answers too, or choose kto or parquet."
            )


def by_reason(removed: pa.Table) -> dict[str, int]:
    """Removed rows by reason, each counted up to its colon."""
    reasons = collections.Counter(reason.partition(":")[0] for reason in removed["reason"].to_pylist())
    return dict(sorted(reasons.items()))


def _origin(provenance: Provenance, options: Options) -> dict[str, Any]:
    rests_on = ("outcome", "provisional", "policy", "dataset")
    verdict, versions = provenance.verdict, provenance.versions
    return {
        "settings": dict(provenance.settings) | _chosen_settings(options),
        "decisions": dict(provenance.decisions),
        "versions": dict(library_versions() if versions is None else versions),
        "verdict": {key: getattr(verdict, key) for key in rests_on} | _privacy(verdict) if verdict else {},
        "waivers": list(provenance.waivers),
    }


def _privacy(verdict: Verdict) -> dict[str, str]:
    """How the verdict judged personal data and keys; nothing where it did not."""
    found = [item.status for item in verdict.evidence if item.id == "privacy_found"]
    return {"privacy": found[0]} if found else {}


def _chosen_settings(options: Options) -> dict[str, Any]:
    limits = {"cap_per_label": options.cap_per_label, "balance": options.balance}
    recipes = {name: asdict(settings) for name, settings in options.recipes.items()}
    return ({"subset": limits} if any(limits.values()) else {}) | ({"recipes": recipes} if recipes else {})


def _metadata(manifest: Manifest, verdict: Verdict | None) -> dict[str, str]:
    whole = orjson.dumps(verdict_json(verdict) if verdict else {}, option=orjson.OPT_SORT_KEYS)
    return {"curation.manifest": manifest.to_json().decode(), "curation.verdict": whole.decode()}


def _describe(folder: Path, manifest: Manifest, kept: Dataset, formats: Mapping[str, _Format]) -> None:
    """Writes the card, and what loaders read of the files."""
    configs = _configs(formats, manifest.counts)
    if configs:
        (folder / CROISSANT).write_bytes(croissant(folder, manifest, configs))
    (folder / CARD).write_text(card(manifest, _labels(kept), configs, "csv" in formats), "utf-8")


def _finished(folder: Path, manifest: Manifest, notes: Mapping[str, Any], provenance: Provenance) -> Manifest:
    files = {path.name: hashed(path) for path in sorted(folder.iterdir()) if path.name not in provenance.reports}
    manifest = replace(manifest, formats=notes, files=files)
    (folder / NAME).write_bytes(manifest.to_json())
    write_record(folder, provenance.record, provenance.reports)
    return manifest


def _chosen(options: Options) -> dict[str, _Format]:
    plugins, settings = check_formats(options.formats), options.format_settings
    return {name: _Format(plugin, settings.get(name, plugin.settings)) for name, plugin in plugins.items()}


def check_formats(names: Sequence[str]) -> dict[str, Plugin[Any]]:
    """The formats of these names. Raises UsageError on one there is not, and where none is named."""
    known = export_format.all()
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise UsageError(
            f"There is no export format {unknown[0] if unknown else ''!r}. Choose from {', '.join(known)}."
        )
    return {name: known[name] for name in dict.fromkeys(names)}


def _named(extra: Mapping[str, str | bytes], formats: Mapping[str, _Format]) -> dict[str, bytes]:
    own = {
        NAME,
        APPROVAL,
        RECORD,
        CARD,
        CROISSANT,
        REMOVED,
        REMOVED_CSV,
        REJECTED,
        *MARKED.values(),
        *(f"{split}.{chosen.settings.suffix}" for split in SPLITS for chosen in formats.values()),
    }
    for name in extra:
        if not is_plain(name) or name in own:
            raise UsageError(f"{name!r} cannot be added to an export: it is the name of another file or none at all.")
    return {name: value.encode() if isinstance(value, str) else value for name, value in extra.items()}


def _write_splits(
    table: pa.Table, folder: Path, formats: Mapping[str, _Format], metadata: Mapping[str, str], progress: Progress
) -> dict[str, Any]:
    """The settings and notes of each format, its files written."""
    notes = {name: {"settings": asdict(chosen.settings), "notes": {}} for name, chosen in formats.items()}
    steps = len(SPLITS) * len(formats)
    for n, split_name in enumerate(SPLITS):
        rows = gathered_where(table, pc.equal(table["split"], split_name), folder)
        for k, (name, chosen) in enumerate(formats.items(), n * len(formats)):
            path = folder / f"{split_name}.{chosen.settings.suffix}"
            step = part(progress, k / steps, (k + 1) / steps)
            fit = suited(rows, chosen.settings)
            note = dict(chosen.plugin.function(fit, path, metadata, chosen.settings, step))
            if bad := rows.num_rows - fit.num_rows:
                note["lost"] = {**note.get("lost", {}), NOT_WRITTEN: bad}
            notes[name]["notes"][split_name] = note
    return notes


def removed_csv(folder: Path) -> bytes:
    """The rows left out of an export with their reasons, as CSV."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / REMOVED_CSV
        write_csv(pq.read_table(folder / REMOVED), path, ignore)
        return path.read_bytes()


def _write_rest(folder: Path, rows: Rows, reports: Mapping[str, bytes], as_csv: bool) -> None:
    pq.write_table(rows.removed, folder / REMOVED, compression="zstd")
    if as_csv:
        write_csv(rows.removed, folder / REMOVED_CSV, ignore)
    with (folder / REJECTED).open("wb") as file:
        for batch in rows.rejected.to_batches():
            file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in batch.to_pylist())
    for name, value in reports.items():
        (folder / name).write_bytes(value)


def _labels(kept: Dataset) -> dict[str, int]:
    return dict(collections.Counter(label for label in kept.values("label") if label is not None))


def _configs(formats: Mapping[str, _Format], counts: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """The files of every split that has rows, by the name the card gives them: `default`, then one a format.

    `default` is Parquet where that was asked for, else the first format that `datasets` can load.
    """
    loadable = [name for name, chosen in formats.items() if getattr(chosen.settings, "loadable", True)]
    names = {name: name for name in loadable if name != "parquet"}
    if loadable:
        names = {"default": "parquet" if "parquet" in formats else loadable[0]} | names
    return {
        config: {split: f"{split}.{formats[name].settings.suffix}" for split in SPLITS if counts[split]}
        for config, name in names.items()
    }
