"""A clean set written to a folder, whole or not at all."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.binding import bound_to
from curation.errors import UsageError
from curation.export.card import card
from curation.export.counted import counted
from curation.export.formats import export_format
from curation.export.formats.csv import write_csv
from curation.export.manifest import APPROVAL, NAME, Manifest, hashed, is_plain, library_versions
from curation.export.marked import MARKED, marked_rows, write_marked
from curation.export.personal import Mask, Treatment, check_treatment, hidden, without
from curation.export.place import placed
from curation.export.split import SHARES, SPLITS, split
from curation.export.table import training_table
from curation.progress import Progress, ignore, part
from curation.records import Clusters, Dataset
from curation.registry import Plugin
from curation.text.carried import count_lost

REMOVED = "removed.parquet"
REMOVED_CSV = "removed.csv"
"""The same beside it, for people who asked for CSV."""
REJECTED = "rejected.jsonl"
CARD = "README.md"


def export(
    kept: Dataset,
    removed: pa.Table,
    rejected: pa.Table,
    clusters: Clusters,
    out: Path,
    *,
    formats: Sequence[str] = ("parquet",),
    format_settings: Mapping[str, Any] | None = None,
    shares: Sequence[float] = SHARES,
    weight: str = "",
    verdict_json: Mapping[str, Any] | None = None,
    extra_files: Mapping[str, str | bytes] | None = None,
    settings: Mapping[str, Any] | None = None,
    decisions: Mapping[str, int] | None = None,
    waivers: Sequence[Mapping[str, Any]] = (),
    versions: Mapping[str, str] | None = None,
    marks: pa.Table | None = None,
    personal: Set[str] = frozenset(),
    treatment: Treatment = "keep",
    mask: Mask | None = None,
    held: Set[str] = frozenset(),
    scored: int = 0,
    evidence: Sequence[Mapping[str, Any]] = (),
    note: Callable[[Iterable[str]], object] | None = None,
    seed: int = 0,
    progress: Progress = ignore,
) -> Manifest:
    """The manifest of the export now at `out`: each split in each format, the removed and rejected rows, a card.

    `removed` needs the columns id and reason (counted up to its colon), `rejected` any. `weight` names a column of
    `meta`. `settings`, `decisions` (counts by action), `waivers` and `verdict_json` are recorded as given, `versions`
    are this installation's. `marks` (id, mark) puts the rows marked retrieval or style into two more files.
    `personal` are the ids of rows, kept or removed, in which personal data or keys were found; `treatment` keeps the
    kept ones as they are, leaves them out or masks their texts by `mask`. Unless they are kept as they are, the texts
    of removed and rejected rows are masked too, since their files go the same way.
    `held` are the ids kept for measuring models: they and all bound to them are test rows. `scored` others were
    measured on and may be trained on all the same. `evidence` is the verdict's, to tell the rows it counts from those
    kept. `note` is given the ids in train once the export is in its place.
    The same input gives the same bytes. An earlier export at `out` is replaced in one step.
    Raises UsageError on a wrong format, treatment, extra name, weight, share or `out`, CurationError when the disk
    refuses.
    """
    check_treatment(treatment, mask)
    plugins = _chosen(formats)
    options = {name: (format_settings or {}).get(name, plugin.settings) for name, plugin in plugins.items()}
    extras = _named(extra_files or {}, options)
    found = {"rows": sum(id in personal for id in kept.values("id")), "treatment": treatment}
    source = kept.digest
    count = counted(evidence, len(kept), _by_reason(removed))
    if treatment == "leave_out":
        kept, removed = without(kept, removed, personal)
    held = bound_to(held, kept, clusters)
    splits = split(kept, clusters, shares, seed, part(progress, 0.0, 0.2), held)
    if mask is not None and treatment != "keep":  # after the split: masked, two groups may look the same
        kept, removed, rejected = hidden(kept, removed, rejected, personal, mask)
    table = training_table(kept, splits, weight, part(progress, 0.2, 0.4))
    marked = marked_rows(table, marks)
    manifest = Manifest(
        **_contents(kept, removed, rejected, splits),
        **_origin(settings, decisions, versions, verdict_json, waivers),
        source=source,
        personal=found,
        marks={mark: rows.num_rows for mark, rows in marked.items()},
        held=_kept_apart(kept, splits, held, scored),
        counted=count,
        lost=_lost(kept, options),
        seed=seed,
        shares=[float(share) for share in shares],
    )
    with placed(out) as folder:
        metadata = _metadata(manifest, verdict_json)
        notes = _write_splits(table, folder, plugins, options, metadata, part(progress, 0.4, 0.9))
        write_marked(marked, folder, metadata)
        _write_rest(folder, removed, rejected, extras, "csv" in options)
        manifest = _finished(
            folder,
            manifest,
            notes,
            card(manifest, _labels(kept), _loadable(options, manifest.counts), "csv" in options),
        )
        progress(1.0, "export written")
    if note is not None:
        note(id for id, name in zip(kept.values("id"), splits, strict=True) if name == "train")
    return manifest


def _contents(kept: Dataset, removed: pa.Table, rejected: pa.Table, splits: Sequence[str]) -> dict[str, Any]:
    ids = set(kept.values("id"))
    if len(ids) < len(kept) or not ids.isdisjoint(removed["id"].to_pylist()):
        raise ValueError("an example is kept twice, or both kept and removed")
    parts = {"kept": len(kept), "removed": removed.num_rows, "rejected": rejected.num_rows}
    return {
        "dataset": kept.digest,
        "counts": {"rows_in": sum(parts.values()), **parts, **{name: splits.count(name) for name in SPLITS}},
        "removed": _by_reason(removed),
        "sources": sorted({source for source in kept.values("source") if source}),
    }


def _kept_apart(kept: Dataset, splits: Sequence[str], held: Set[str], scored: int) -> dict[str, int]:
    """What the manifest says of rows models are measured on; `labels` have all their rows among them."""
    if not held and not scored:
        return {}
    pairs = [(label, name) for label, name in zip(kept.values("label"), splits, strict=True) if label is not None]
    untrained = {label for label, _ in pairs} - {label for label, name in pairs if name == "train"}
    return {"rows": len(held), "scored": scored, "labels": len(untrained)}


def _lost(kept: Dataset, options: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """By format, the rows that hold what it cannot carry; formats that lose nothing are left out."""
    metas = kept.values("meta")
    counts = {name: count_lost(metas, getattr(chosen, "carries", frozenset())) for name, chosen in options.items()}
    return {name: rows for name, rows in counts.items() if rows}


def _by_reason(removed: pa.Table) -> dict[str, int]:
    reasons = Counter(reason.partition(":")[0] for reason in removed["reason"].to_pylist())
    return dict(sorted(reasons.items()))


def _origin(
    settings: Mapping[str, Any] | None,
    decisions: Mapping[str, int] | None,
    versions: Mapping[str, str] | None,
    verdict: Mapping[str, Any] | None,
    waivers: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    rests_on = ("outcome", "provisional", "policy", "dataset")
    return {
        "settings": dict(settings or {}),
        "decisions": dict(decisions or {}),
        "versions": dict(library_versions() if versions is None else versions),
        "verdict": {key: verdict[key] for key in rests_on if key in verdict} if verdict else {},
        "waivers": list(waivers),
    }


def _metadata(manifest: Manifest, verdict: Mapping[str, Any] | None) -> dict[str, str]:
    whole = orjson.dumps(verdict or {}, option=orjson.OPT_SORT_KEYS)
    return {"curation.manifest": manifest.to_json().decode(), "curation.verdict": whole.decode()}


def _finished(folder: Path, manifest: Manifest, notes: Mapping[str, Any], text: str) -> Manifest:
    (folder / CARD).write_text(text, "utf-8")
    files = {path.name: hashed(path) for path in sorted(folder.iterdir())}
    manifest = replace(manifest, formats=notes, files=files)
    (folder / NAME).write_bytes(manifest.to_json())
    return manifest


def _chosen(formats: Sequence[str]) -> dict[str, Plugin[Any]]:
    known = export_format.all()
    unknown = [name for name in formats if name not in known]
    if unknown or not formats:
        raise UsageError(
            f"There is no export format {unknown[0] if unknown else ''!r}. Choose from {', '.join(known)}."
        )
    return {name: known[name] for name in dict.fromkeys(formats)}


def _named(extra: Mapping[str, str | bytes], options: Mapping[str, Any]) -> dict[str, bytes]:
    own = {
        NAME,
        APPROVAL,
        CARD,
        REMOVED,
        REMOVED_CSV,
        REJECTED,
        *MARKED.values(),
        *(f"{split}.{chosen.suffix}" for split in SPLITS for chosen in options.values()),
    }
    for name in extra:
        if not is_plain(name) or name in own:
            raise UsageError(f"{name!r} cannot be added to an export: it is the name of another file or none at all.")
    return {name: value.encode() if isinstance(value, str) else value for name, value in extra.items()}


def _write_splits(
    table: pa.Table,
    folder: Path,
    plugins: Mapping[str, Plugin[Any]],
    options: Mapping[str, Any],
    metadata: Mapping[str, str],
    progress: Progress,
) -> dict[str, Any]:
    """The settings and notes of each format, its files written."""
    notes: dict[str, Any] = {}
    steps = len(SPLITS) * len(plugins)
    for n, name in enumerate(SPLITS):
        rows = table.filter(pc.equal(table["split"], name))
        for k, (format_name, plugin) in enumerate(plugins.items()):
            step = n * len(plugins) + k
            path = folder / f"{name}.{options[format_name].suffix}"
            said = plugin.function(
                rows, path, metadata, options[format_name], part(progress, step / steps, (step + 1) / steps)
            )
            entry = notes.setdefault(format_name, {"settings": asdict(options[format_name]), "notes": {}})
            entry["notes"][name] = dict(said)
    return notes


def _write_rest(folder: Path, removed: pa.Table, rejected: pa.Table, extras: Mapping[str, bytes], as_csv: bool) -> None:
    pq.write_table(removed, folder / REMOVED, compression="zstd")
    if as_csv:
        write_csv(removed, folder / REMOVED_CSV, ignore)
    with (folder / REJECTED).open("wb") as file:
        for batch in rejected.to_batches():
            file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in batch.to_pylist())
    for name, value in extras.items():
        (folder / name).write_bytes(value)


def _labels(kept: Dataset) -> dict[str, int]:
    return dict(Counter(label for label in kept.values("label") if label is not None))


def _loadable(options: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, str]:
    """The file of every split that has rows, in Parquet where that was asked for, else in the first format."""
    suffix = options["parquet" if "parquet" in options else next(iter(options))].suffix
    return {name: f"{name}.{suffix}" for name in SPLITS if counts[name]}
