"""Rows -> clusters: the whole run, step by step, in memory or beside it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.dedup.grouping import Alike, Edges, Groups, connected, edges, groups
from curation.dedup.keepers import Flags, typos
from curation.dedup.pairs import UNIQUE, Codes, Named, described, kinds, repeats, with_same_output
from curation.dedup.settings import DEFAULTS, Settings
from curation.dedup.similarity.all_pairs import all_pairs
from curation.dedup.similarity.candidates import (
    MISSED_ERRORS,
    Pairs,
    candidates,
    margin,
)
from curation.dedup.similarity.documents import (
    Documents,
    collected,
    may_share_opening,
    shingle_for,
)
from curation.dedup.similarity.minhash import Scheme, bands
from curation.dedup.similarity.sketches import sketches
from curation.dedup.similarity.text import Ints, normalise
from curation.dedup.similarity.verify import Comparer, Floats
from curation.dedup.source import Source, of_dataset, of_file
from curation.records import CLUSTER_KINDS, CLUSTERS_SCHEMA, Clusters, Dataset
from curation.records.progress import Progress, ignore, part
from curation.text.openings import LOOKED_AT, opening

GIANTS_LISTED = 100

FILE_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("id", pa.string()),
        ("cluster", pa.int64()),
        ("keeper", pa.string()),
        ("kind", pa.string()),
        ("similarity", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Found:
    """One value a row, in row order: its keeper's position, cluster, similarity and kind; and how they were found."""

    keeper: Any
    cluster: Any
    similarity: Floats
    kind: Codes
    record: dict[str, Any]


def dedup(dataset: Dataset, settings: Settings = DEFAULTS, progress: Progress = ignore) -> Clusters:
    """The near-duplicate clusters of a dataset, one row an example in row order.

    A cluster holds every example that is joined to another of it by a chain of verified pairs, so no pair at the
    threshold crosses clusters; each example's keeper is one it is at the threshold to itself, so a long chain has
    several keepers, each its own. A cluster of more than `cluster_cap` examples falls apart into those of one keeper.
    Clusters are numbered from 0 in order of first occurrence. `settings` of the result holds the Settings used with
    the shingle resolved, how candidates were found, and the numbers of clusters still larger than `cluster_cap`. The
    result is the same for any order of rows, number of workers, and with or without numba. An opening that nearly all
    texts share, such as a system prompt, is left out of the comparison (see `openings`).
    """
    found = clustered(of_dataset(dataset), settings, progress)
    ids = dataset.table["id"]
    keepers = ids.take(pa.array(found.keeper))
    columns = [ids, pa.array(found.cluster), keepers, pa.array(found.similarity), _names(found.kind)]
    progress(1.0, "near-duplicates found")
    return Clusters(pa.table([columns[0], *columns[1:]], CLUSTERS_SCHEMA), found.record)


def dedup_file(path: Path, out: Path, settings: Settings = DEFAULTS, progress: Progress = ignore) -> dict[str, Any]:
    """Write the clusters of the rows of a Parquet or Arrow file (see `source.of_file`) to `out` as Parquet.

    The rows never lie in memory as a whole: texts and signatures go to temporary files, about as large as the input
    column plus 160 bytes a row, and ten million usual rows take less than 4 GB. Columns of `out`, in row order: row,
    id, cluster, keeper, kind, similarity, as `dedup` would find them. Returns the settings record of `Clusters` with
    the number of rows by kind under "kinds". Raises as `of_file` does.
    """
    source = of_file(path)
    found = clustered(source, settings, part(progress, 0.0, 0.95))
    _write(out, source, found, part(progress, 0.95, 1.0))
    counts = np.bincount(found.kind, minlength=len(CLUSTER_KINDS)).tolist()
    return {**found.record, "kinds": dict(zip(CLUSTER_KINDS, counts, strict=True))}


def _write(out: Path, source: Source, found: Found, progress: Progress) -> None:
    ids = pa.chunked_array([chunk for table in source.read(["id"]) for chunk in table["id"].chunks], pa.string())
    ids = ids.cast(pa.large_string()).combine_chunks()
    at = 0
    with pq.ParquetWriter(out, FILE_SCHEMA, compression="zstd", use_dictionary=["kind"]) as writer:
        for table in source.read(["row"]):
            where = slice(at, at + table.num_rows)
            keepers = ids.take(pa.array(found.keeper[where])).cast(pa.string())
            own = ids.slice(at, table.num_rows).cast(pa.string())
            columns = [table["row"], own, pa.array(found.cluster[where]).cast(pa.int64()), keepers]
            columns += [_names(found.kind[where]), pa.array(found.similarity[where])]
            writer.write_table(pa.table(columns, FILE_SCHEMA))
            at = where.stop
            progress(at / source.count, "writing clusters")


def _names(kind: Codes) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(kind), pa.array(CLUSTER_KINDS)).cast(pa.string())


def clustered(source: Source, settings: Settings, progress: Progress = ignore) -> Found:
    """The clusters of the rows of a source; see `dedup`."""
    progress(0.0, "normalising texts")
    docs = collected(_reported(source, settings, part(progress, 0.0, 0.15)), settings.workers)
    if may_share_opening(docs) and (shared := _opening(source, settings)):
        docs.store.close()
        again = _reported(source, settings, part(progress, 0.0, 0.15))
        docs = collected(again, settings.workers, without=shared)
    n = shingle_for(docs) if settings.shingle == "auto" else settings.shingle
    pairs, method = find_pairs(docs, n, settings, part(progress, 0.15, 0.6))
    known = edges(pairs, settings.threshold + margin(settings.num_perm))
    del pairs
    relatives = _families(docs, n, known, settings, part(progress, 0.6, 0.75))
    del known
    at, related = np.flatnonzero(relatives.rows).astype(np.int32), None
    if len(at):
        related = _related(source, docs, n, relatives, settings, part(progress, 0.75, 1.0))
    docs.store.close()
    keeper, cluster = (np.arange(source.count, dtype=np.int32) for _ in range(2))
    similarity, kind = np.ones(source.count), np.full(source.count, UNIQUE, np.int8)
    if related:
        found, kind[at] = related
        keeper[at], similarity[at] = at[found.keeper], found.similarity
        cluster[at] = at[_capped(found, settings.cluster_cap)]
    number = _numbered(cluster)
    return Found(keeper, number, similarity, kind, _record(settings, n, method, len(docs), number))


def _opening(source: Source, settings: Settings) -> str:
    """The normalised opening that nearly all rows share, "" where there is none (see `openings`)."""
    step = -(-source.count // LOOKED_AT)
    read = (compared(table, settings).to_pylist() for table in source.read(_columns(settings)))
    shared = opening([text for texts in read for text in texts if len(text) % step == 0])
    return f"{normalise(shared)} " if shared else ""


def _columns(settings: Settings) -> list[str]:
    return ["input"] if settings.on == "input" else ["input", "output"]


def compared(table: Any, settings: Settings) -> Any:
    """The column of texts that is compared: inputs, or each input with its output."""
    if settings.on == "input":
        return table["input"]
    return pc.binary_join_element_wise(table["input"], table["output"], pa.scalar("\n", pa.large_string()))


def _reported(source: Source, settings: Settings, progress: Progress) -> Iterator[Any]:
    done = 0
    for table in source.read(_columns(settings)):
        yield compared(table, settings)
        done += table.num_rows
        progress(done / source.count, "normalising texts")


def find_pairs(docs: Documents, n: int, settings: Settings, progress: Progress = ignore) -> tuple[Pairs, str]:
    """(pairs of documents that may reach the threshold, "all pairs" or "minhash": how they were found)."""
    if len(docs) <= settings.exact_below:
        found = all_pairs(docs, n, settings.threshold, progress)
        if found is not None:
            return found, "all pairs"
    workers, num_perm = settings.workers, settings.num_perm
    chosen = bands(settings.threshold, num_perm)
    step = part(progress, 0.0, 0.8)
    with closing(sketches(docs, Scheme(n, num_perm, settings.seed), chosen, workers, step)) as made:
        least = settings.threshold - margin(num_perm, MISSED_ERRORS)
        return candidates(made, docs.mark, least, workers, part(progress, 0.8, 1.0)), "minhash"


@dataclass(frozen=True)
class _Relatives:
    """What has relatives: which rows; which documents, ascending, and of each its family; each row's place among those
    documents; the edges between them; and what compares documents."""

    rows: Flags
    kept: Ints
    family: Ints
    document: Any
    known: Edges
    comparer: Comparer


def _families(docs: Documents, n: int, known: Edges, settings: Settings, progress: Progress) -> _Relatives:
    """The rows and documents that belong together.

    Rows without any text have nothing in common: they are empty, a fault of its own, not repeats of each other.
    """
    paired = np.zeros(len(docs), bool)
    for where in known.slices():
        paired[known.pairs.left[where]] = paired[known.pairs.right[where]] = True
    comparer = Comparer(docs, n, settings.workers, among=paired)
    alike = Alike(lambda a, b: comparer.similarity(a, b, progress), settings.threshold)
    family = connected(known, len(docs), alike)
    size = np.bincount(family[docs.of_row], minlength=len(docs))
    kept, place = np.flatnonzero((size[family] > 1) & _with_text(docs)), np.full(len(docs), -1, np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    document = place[docs.of_row]
    rows = document >= 0
    _, families = np.unique(family[kept], return_inverse=True)
    return _Relatives(rows, kept, families, document[rows], known.within(family, place), comparer)


def _with_text(docs: Documents) -> npt.NDArray[np.bool_]:
    """Which documents are more than white space; only one of a single byte or so can be less."""
    found = np.ones(len(docs), bool)
    short = np.flatnonzero(docs.characters == 1)
    blank = pc.equal(pc.utf8_trim_whitespace(docs.gather(short)), "")
    found[short] = ~np.asarray(blank, bool)
    return found


def _related(
    source: Source, docs: Documents, n: int, relatives: _Relatives, settings: Settings, progress: Progress
) -> tuple[Groups, Codes]:
    """The groups of the rows that have relatives, and the kind of each."""
    kept = docs.where(relatives.kept)
    wrong = typos(docs.gather(relatives.kept), relatives.family, (docs.gather(slice(*span)) for span in docs.spans()))
    rows, outputs = described(source, relatives.rows, relatives.document, kept, wrong, settings.workers)
    first, second = part(progress, 0.0, 0.4), part(progress, 0.4, 1.0)

    def similarity(left: Any, right: Any) -> Floats:
        return relatives.comparer.similarity(relatives.kept[left], relatives.kept[right], first)

    alike = Alike(similarity, settings.threshold)
    found = groups(rows, relatives.family, relatives.known, alike, settings.keeper, first)
    named = Named(found.keeper, _capped(found, settings.cluster_cap))
    same_output = with_same_output(rows, found.keeper, outputs, settings, n)
    kind = kinds(source, rows, named, same_output, outputs.classification, second)
    repeats(source, rows, found, kind, settings.keeper)
    return found, kind


def _capped(found: Groups, cap: int) -> Ints:
    """The place of the row each row's cluster is named after: the family's first, or the keeper in a giant family."""
    size = np.bincount(found.family)
    first = np.full(len(size), len(found.family), np.int64)
    np.minimum.at(first, found.family, np.arange(len(found.family)))
    return np.where(size[found.family] <= cap, first[found.family], found.keeper)


def _numbered(cluster: Any) -> Ints:
    """Cluster numbers from 0 in order of first occurrence, for clusters named after one of their rows."""
    count = len(cluster)
    first = np.full(count, count, np.int32)
    np.minimum.at(first, cluster, np.arange(count, dtype=np.int32))
    opens = np.zeros(count, bool)
    opens[first[cluster]] = True
    number: Ints = (np.cumsum(opens) - 1)[first[cluster]]
    return number


def _record(settings: Settings, n: int, method: str, distinct: int, cluster: Ints) -> dict[str, Any]:
    sizes = np.bincount(cluster)
    giant = np.flatnonzero(sizes > settings.cluster_cap)
    count, rows = bands(settings.threshold, settings.num_perm)
    return {
        **asdict(settings),
        "shingle": n,
        "method": method,
        "scheme": "affine32",
        "bands": count,
        "rows_per_band": rows,
        "distinct": distinct,
        "giant_clusters": len(giant),
        "giant": giant[:GIANTS_LISTED].tolist(),
    }


def removable(clusters: Clusters) -> pa.ChunkedArray:
    """Which rows may be removed without a person: exact and near ones that are not their cluster's keeper."""
    table = clusters.table
    kind = pc.is_in(table["kind"], pa.array(["exact", "near"]))
    return pc.and_(kind, pc.not_equal(table["id"], table["keeper"]))
