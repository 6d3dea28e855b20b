"""How the rows of a cluster relate to their keeper as (input, output, label), not as texts alone.

Only `exact` and `near` rows may be removed without a person: same label (or none), same output, nothing but spelling
between the inputs. A row without a label beside a labelled keeper counts as agreeing with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curation.dedup.documents import Documents, lengths, repeated_documents
from curation.dedup.guards import differs
from curation.dedup.keepers import Flags, Rows
from curation.dedup.settings import Settings
from curation.dedup.text import Ints
from curation.dedup.verify import Comparer
from curation.progress import Progress, ignore
from curation.records import CLUSTER_KINDS, Dataset

Codes = npt.NDArray[np.int8]

UNIQUE, EXACT, NEAR, VARIANT, CONTRADICTION = range(len(CLUSTER_KINDS))
_STEP = 500
"""Pairs of raw texts read between two reports of progress, about 10 ms."""


@dataclass(frozen=True)
class Outputs:
    """The outputs of some rows: their documents, and whether a missing label also means a missing output."""

    documents: Documents
    classification: bool


def described(dataset: Dataset, position: Ints, document: Ints, texts: Any, content: Ints, workers: int) -> Any:
    """(`Rows`, `Outputs`) of the rows at these positions; `texts` are their documents', `content` the texts' ranks."""
    part = dataset.table.take(pa.array(position))
    outputs = repeated_documents(part["output"], workers)
    label = part["label"].combine_chunks().dictionary_encode()
    names = label.dictionary.to_pylist()
    codes = np.asarray(pc.fill_null(label.indices, -1)).astype(np.int64)
    blank = [n for n, name in enumerate(names) if not name.strip()]
    codes[np.isin(codes, blank)] = -1
    length = lengths(texts)[document]
    output_length = lengths(outputs.texts)[outputs.of_row]
    rows = Rows(
        position=position,
        document=document,
        label=codes,
        output=outputs.of_row,
        filled=output_length > 0,
        length=length,
        whole=length + output_length,
        created=_ranked(part["created"]),
        content=content[document],
        row=np.asarray(part["row"]).astype(np.int64),
        tie=_ties(part),
    )
    return rows, Outputs(outputs, dataset.is_classification)


def _ranked(column: Any) -> Ints:
    return np.asarray(pc.rank(column.combine_chunks(), tiebreaker="dense")).astype(np.int64)


def _ties(part: pa.Table) -> Ints:
    """Ranks of the ids where row numbers repeat (several files), else zeros."""
    row = np.sort(np.asarray(part["row"]))
    return _ranked(part["id"]) if (row[1:] == row[:-1]).any() else np.zeros(len(row), np.int64)


def kinds(
    dataset: Dataset,
    rows: Rows,
    keeper: Ints,
    cluster: Ints,
    outputs: Outputs,
    settings: Settings,
    n: int,
    progress: Progress = ignore,
) -> Codes:
    """The kind of each of `rows` as a place in CLUSTER_KINDS.

    `keeper` is the place in `rows` of each one's keeper, `cluster` the place of the row its cluster is named after.
    """
    found = np.full(len(rows), VARIANT, np.int8)
    other = keeper != np.arange(len(rows))
    same_text = rows.document == rows.document[keeper]
    alike = _same_output(rows, keeper, outputs, settings, n)
    found[alike & same_text & (rows.output == rows.output[keeper])] = EXACT
    found[alike & (found != EXACT)] = NEAR
    missing = (rows.label < 0) | (rows.label[keeper] < 0)
    if outputs.classification:
        found[missing] = np.where(same_text, EXACT, NEAR)[missing]
    found[~missing & (rows.label != rows.label[keeper])] = CONTRADICTION
    found[(rows.label >= 0) & (rows.label[keeper] < 0)] = VARIANT
    found[~other] = UNIQUE
    removable = np.flatnonzero((found == EXACT) | (found == NEAR))
    guard = _guarded(dataset, rows.position[removable], rows.position[keeper[removable]], progress)
    found[removable[guard]] = VARIANT
    gravest = np.zeros(len(rows), np.int8)
    np.maximum.at(gravest, cluster, found)
    found[~other] = gravest[cluster[~other]]
    return found


def _same_output(rows: Rows, keeper: Ints, outputs: Outputs, settings: Settings, n: int) -> Flags:
    same: Flags = rows.output == rows.output[keeper]
    if settings.on == "pair":
        unlike = np.flatnonzero(~same)
        comparer = Comparer(outputs.documents, n, settings.workers)
        score = comparer.similarity(rows.output[unlike], rows.output[keeper[unlike]])
        same[unlike] = score >= settings.threshold
    return same


def _guarded(dataset: Dataset, left: Ints, right: Ints, progress: Progress) -> Flags:
    """Where the raw inputs or outputs of two rows differ in what normalising must not hide."""
    found = np.zeros(len(left), bool)
    for column in ("input", "output"):
        values = dataset.table[column]
        open_rows = np.flatnonzero(~found)
        a, b = values.take(pa.array(left[open_rows])), values.take(pa.array(right[open_rows]))
        differ = np.asarray(pc.not_equal(a, b))
        mask, open_rows = pa.array(differ), open_rows[differ]
        found[open_rows] = _each(a.filter(mask), b.filter(mask), progress)
    return found


def _each(left: pa.ChunkedArray, right: pa.ChunkedArray, progress: Progress) -> Flags:
    found = np.zeros(len(left), bool)
    for first in range(0, len(left), _STEP):
        a: Sequence[str] = left.slice(first, _STEP).to_pylist()
        b: Sequence[str] = right.slice(first, _STEP).to_pylist()
        found[first : first + _STEP] = [differs(x, y) for x, y in zip(a, b, strict=True)]
        progress(first / len(left), "reading the differences")
    return found
