"""Dataset -> Clusters: the whole run, step by step."""

from contextlib import closing
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.dedup.all_pairs import all_pairs
from curation.dedup.candidates import Pairs, candidates, estimated, margin
from curation.dedup.documents import Documents, documents, shingle_for
from curation.dedup.grouping import Groups, groups
from curation.dedup.minhash import bands
from curation.dedup.pairs import UNIQUE, Codes, described, kinds
from curation.dedup.settings import DEFAULTS, Settings
from curation.dedup.sketches import sketches
from curation.dedup.text import Ints, Texts
from curation.dedup.verify import Comparer, Floats
from curation.progress import Progress, ignore, part
from curation.records import CLUSTER_KINDS, CLUSTERS_SCHEMA, Clusters, Dataset

GIANTS_LISTED = 100


def dedup(dataset: Dataset, settings: Settings = DEFAULTS, progress: Progress = ignore) -> Clusters:
    """The near-duplicate clusters of a dataset, one row an example in row order.

    A cluster holds every example that is joined to another of it by a chain of verified pairs, so no pair at the
    threshold crosses clusters; each example's keeper is one it is at the threshold to itself, so a long chain has
    several keepers, each its own. A cluster of more than `cluster_cap` examples falls apart into those of one keeper.
    Clusters are numbered from 0 in order of first occurrence. `settings` of the result holds the Settings used with
    the shingle resolved, how candidates were found, and the numbers of clusters still larger than `cluster_cap`. The
    result is the same for any order of rows, number of workers, and with or without numba.
    """
    progress(0.0, "normalising texts")
    docs = documents(compared(dataset, settings), settings.workers)
    n = shingle_for(docs.texts) if settings.shingle == "auto" else settings.shingle
    pairs, method = find_pairs(docs, n, settings, part(progress, 0.1, 0.6))
    rows, kept = _busy(docs, pairs)
    keeper, cluster, similarity = np.arange(len(dataset)), np.arange(len(dataset)), np.ones(len(dataset))
    kind = np.full(len(dataset), UNIQUE, np.int8)
    if len(rows):
        found = _related(dataset, docs, n, pairs, rows, kept, settings, part(progress, 0.6, 1.0))
        keeper[rows], cluster[rows], similarity[rows], kind[rows] = found
    clusters = _numbered(dataset, keeper, cluster, similarity, kind)
    progress(1.0, "near-duplicates found")
    return Clusters(clusters, _record(settings, n, method, docs, clusters))


def compared(dataset: Dataset, settings: Settings) -> Any:
    """The column of texts that is compared: inputs, or each input with its output."""
    if settings.on == "input":
        return dataset.table["input"]
    return pc.binary_join_element_wise(
        dataset.table["input"], dataset.table["output"], pa.scalar("\n", pa.large_string())
    )


def find_pairs(docs: Documents, n: int, settings: Settings, progress: Progress = ignore) -> tuple[Pairs, str]:
    """(pairs of documents that may reach the threshold, "all pairs" or "minhash": how they were found)."""
    if len(docs) <= settings.exact_below:
        found = all_pairs(docs, n, settings.threshold, progress)
        if found is not None:
            return found, "all pairs"
    workers, num_perm = settings.workers, settings.num_perm
    chosen = bands(settings.threshold, num_perm)
    step = part(progress, 0.0, 0.6)
    with closing(sketches(docs.texts, n, num_perm, settings.seed, chosen, workers, step)) as made:
        left, right = candidates(made.keys, lambda some: ranks(docs.texts, some), workers, part(progress, 0.6, 0.8))
    near = estimated(made.low, left, right, workers, progress=part(progress, 0.8, 1.0))
    return near.where(near.estimate >= settings.threshold - margin(num_perm)), "minhash"


def ranks(texts: Texts, some: Ints) -> Ints:
    """The rank of each of some documents among them in order of their text."""
    found = np.empty(len(some), np.int64)
    found[np.asarray(pc.sort_indices(texts.take(pa.array(some)))).astype(np.int64)] = np.arange(len(some))
    return found


def _busy(docs: Documents, pairs: Pairs) -> tuple[Ints, Ints]:
    """(rows whose document has a candidate or a second row, those documents), both ascending."""
    busy = np.bincount(docs.of_row, minlength=len(docs)) > 1
    busy[pairs.left] = busy[pairs.right] = True
    # Rows without any text have nothing in common: they are empty, a fault of its own, not repeats of each other.
    busy[np.asarray(pc.equal(pc.utf8_trim_whitespace(docs.texts), ""), bool)] = False
    return np.flatnonzero(busy[docs.of_row]), np.flatnonzero(busy)


def _related(
    dataset: Dataset,
    docs: Documents,
    n: int,
    pairs: Pairs,
    at: Ints,
    kept: Ints,
    settings: Settings,
    progress: Progress,
) -> tuple[Ints, Ints, Floats, Codes]:
    """Keeper, row the cluster is named after (positions in the dataset), similarity and kind of each row at `at`."""
    texts = docs.texts.take(pa.array(kept))
    fewer = Documents(texts, int((kept < docs.narrow).sum()), docs.of_row[:0])
    place = np.full(len(docs), -1, np.int64)
    place[kept] = np.arange(len(kept))
    content = ranks(texts, np.arange(len(kept)))
    rows, outputs = described(dataset, at, place[docs.of_row[at]], texts, content, settings.workers)
    local = Pairs(place[pairs.left], place[pairs.right], pairs.estimate)
    comparer = Comparer(fewer, n, settings.workers)
    first, second = part(progress, 0.0, 0.6), part(progress, 0.6, 1.0)
    found = groups(
        rows,
        len(kept),
        local,
        settings.threshold,
        settings.threshold + margin(settings.num_perm),
        settings.keeper,
        lambda a, b: comparer.similarity(a, b, first),
        first,
    )
    cluster = _capped(found, settings.cluster_cap)
    kind = kinds(dataset, rows, found.keeper, cluster, outputs, settings, n, second)
    return at[found.keeper], at[cluster], found.similarity, kind


def _capped(found: Groups, cap: int) -> Ints:
    """The place of the row each row's cluster is named after: the family's first, or the keeper in a giant family."""
    size = np.bincount(found.family)
    first = np.full(len(size), len(found.family), np.int64)
    np.minimum.at(first, found.family, np.arange(len(found.family)))
    return np.where(size[found.family] <= cap, first[found.family], found.keeper)


def _numbered(dataset: Dataset, keeper: Ints, cluster: Ints, similarity: Floats, kind: Codes) -> pa.Table:
    count = len(keeper)
    first = np.full(count, count, np.int64)
    np.minimum.at(first, cluster, np.arange(count))
    opens = np.zeros(count, bool)
    opens[first[cluster]] = True
    number = (np.cumsum(opens) - 1)[first[cluster]]
    ids = dataset.table["id"]
    names = pa.DictionaryArray.from_arrays(pa.array(kind), pa.array(CLUSTER_KINDS)).cast(pa.string())
    return pa.table([ids, pa.array(number), ids.take(pa.array(keeper)), pa.array(similarity), names], CLUSTERS_SCHEMA)


def _record(settings: Settings, n: int, method: str, docs: Documents, clusters: pa.Table) -> dict[str, Any]:
    sizes = np.bincount(np.asarray(clusters["cluster"])) if clusters.num_rows else np.zeros(0, np.int64)
    giant = np.flatnonzero(sizes > settings.cluster_cap)
    count, rows = bands(settings.threshold, settings.num_perm)
    return {
        **asdict(settings),
        "shingle": n,
        "method": method,
        "scheme": "affine32",
        "bands": count,
        "rows_per_band": rows,
        "distinct": len(docs),
        "giant_clusters": len(giant),
        "giant": giant[:GIANTS_LISTED].tolist(),
    }


def removable(clusters: Clusters) -> pa.ChunkedArray:
    """Which rows may be removed without a person: exact and near ones that are not their cluster's keeper."""
    table = clusters.table
    kind = pc.is_in(table["kind"], pa.array(["exact", "near"]))
    return pc.and_(kind, pc.not_equal(table["id"], table["keeper"]))
