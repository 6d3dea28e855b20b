"""How the rows of a cluster relate to their keeper as (input, output, label), not as texts alone.

Only `exact` and `near` rows may be removed without a person: same label (or none), same output, nothing but spelling
between the inputs. A row without a label beside a labelled keeper counts as agreeing with it; one whose only answer is
a bad one repeats no row but one with the same bad answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curation.dedup.grouping import Groups
from curation.dedup.guards import differs
from curation.dedup.keepers import Flags, Numbers, Rows, best, blemishes
from curation.dedup.settings import Keeper, Settings
from curation.dedup.similarity.documents import Documents, collected
from curation.dedup.similarity.spill import TextStore
from curation.dedup.similarity.text import Ints
from curation.dedup.similarity.verify import Comparer
from curation.dedup.source import Source
from curation.records import CLUSTER_KINDS, has_labels, has_texts, outputs_are_labels
from curation.records.progress import Progress, ignore, part
from curation.text.normalise import spelling
from curation.text.turns.bad_answers import bad_rows

Codes = npt.NDArray[np.int8]

UNIQUE, EXACT, NEAR, VARIANT, CONTRADICTION = range(len(CLUSTER_KINDS))
_STEP = 500
"""Pairs of raw texts read between two reports of progress, about 10 ms."""

_TOGETHER = 1 << 15
"""Pairs of raw texts gathered at a time, some 20 MB."""
ANSWER = ("output", "label", "meta")
"""The columns that say what the answer of a row is."""
MOST_LABELS = 50_000
"""Different labels whose ways of writing are compared, a tenth of a second; more than these are no classes."""


@dataclass(frozen=True)
class Outputs:
    """The outputs of some rows: their documents, and whether a missing label also means a missing output."""

    documents: Documents
    classification: bool


def described(
    source: Source, chosen: Flags, document: Any, inputs: Documents, typos: Numbers, workers: int
) -> tuple[Rows, Outputs]:
    """`Rows` and `Outputs` of the rows where `chosen`, whose documents are `document` among `inputs`, with so many
    typos each."""
    bad = np.zeros(int(chosen.sum()), bool)
    outputs = collected(_outputs(source, chosen, bad), workers, repeated=True)
    table = pa.concat_tables(source.where(chosen, ["row", "label", "created"])).combine_chunks()
    row = np.asarray(table["row"]).astype(np.int64)
    length = inputs.size[document] - 1
    output_length = outputs.size[outputs.of_row] - 1
    rows = Rows(
        position=np.flatnonzero(chosen).astype(np.int32),
        document=document,
        label=_labels(table["label"]),
        output=outputs.of_row,
        filled=output_length > 0,
        blemish=np.concatenate([blemishes(table["input"]) for table in source.where(chosen, ["input"])]),
        typos=typos[document],
        length=length,
        whole=length + output_length,
        created=_ranked(table["created"]),
        content=inputs.mark[document],
        row=row,
        tie=_ties(source, chosen, row),
        bad=bad,
    )
    return rows, Outputs(outputs, _classification(source))


def _outputs(source: Source, chosen: Flags, bad: Flags) -> Iterator[Any]:
    """The answers of the rows where `chosen`, as `_answers` has them; the places of bad ones are set in `bad`."""
    at = 0
    for table in source.where(chosen, ANSWER):
        column, places = _answers(table)
        bad[[at + place for place in places]] = True
        at += table.num_rows
        yield column


def _answers(table: Any) -> tuple[Any, list[int]]:
    """The outputs of rows, and the places of those whose only answer is a bad one: these have that answer instead."""
    found = bad_rows(table)
    if not found:
        return table["output"], []
    texts = dict(enumerate(table["output"].to_pylist())) | found
    return pa.chunked_array([pa.array(texts.values(), pa.large_string())]), list(found)


def _labels(column: Any) -> npt.NDArray[np.int32]:
    """A number for each different label, -1 for none; ways of writing one label have one number."""
    label = column.combine_chunks().dictionary_encode()
    if isinstance(label, pa.ChunkedArray):
        label = label.unify_dictionaries().combine_chunks()
    blank = np.asarray(pc.equal(pc.utf8_trim_whitespace(label.dictionary), ""), bool)
    codes = np.asarray(pc.fill_null(label.indices, -1)).astype(np.int32)
    codes[np.isin(codes, np.flatnonzero(blank))] = -1
    if len(label.dictionary) > MOST_LABELS:
        return codes
    first: dict[str, int] = {}
    alike = [first.setdefault(spelling(name), n) for n, name in enumerate(label.dictionary.to_pylist())]
    return np.where(codes < 0, codes, np.array([*alike, 0], np.int32)[codes])


def _ranked(column: Any) -> npt.NDArray[np.int32]:
    if column.null_count == len(column):
        return np.zeros(len(column), np.int32)
    return np.asarray(pc.rank(column, tiebreaker="dense")).astype(np.int32)


def _ties(source: Source, chosen: Flags, row: Ints) -> npt.NDArray[np.int32]:
    """Ranks of the ids where row numbers repeat (several files), else zeros."""
    ordered = np.sort(row)
    if not (ordered[1:] == ordered[:-1]).any():
        return np.zeros(len(row), np.int32)
    return _ranked(pa.concat_tables(source.where(chosen, ["id"]))["id"])


def _classification(source: Source) -> bool:
    """As Dataset.is_classification."""
    if source.classification is not None:
        return source.classification
    labelled = False
    for table in source.read(["label", "output"]):
        if has_texts(table):
            return False
        labelled = labelled or has_labels(table)
    return outputs_are_labels(labelled, answered=False)


@dataclass(frozen=True)
class Named:
    """The place of each row's keeper among the rows, and that of the row its cluster is named after."""

    keeper: Ints
    cluster: Ints


def kinds(
    source: Source, rows: Rows, named: Named, alike: Flags, classification: bool, progress: Progress = ignore
) -> Codes:
    """The kind of each of `rows` as a place in CLUSTER_KINDS; `alike` are those with the output of their keeper.

    In a classification set a missing label is a missing output.
    """
    keeper, cluster = named.keeper, named.cluster
    found = np.full(len(rows), VARIANT, np.int8)
    other = keeper != np.arange(len(rows))
    same_text = rows.document == rows.document[keeper]
    found[alike & same_text & (rows.output == rows.output[keeper])] = EXACT
    found[alike & (found != EXACT)] = NEAR
    missing = (rows.label < 0) | (rows.label[keeper] < 0)
    if classification:
        found[missing] = np.where(same_text, EXACT, NEAR)[missing]
    found[~missing & (rows.label != rows.label[keeper])] = CONTRADICTION
    found[(rows.label >= 0) & (rows.label[keeper] < 0)] = VARIANT
    found[~other] = UNIQUE
    removable = np.flatnonzero((found == EXACT) | (found == NEAR))
    guard = _guarded(source, rows.position[removable], rows.position[keeper[removable]], progress)
    found[removable[guard]] = VARIANT
    gravest = np.zeros(len(rows), np.int8)
    np.maximum.at(gravest, cluster, found)
    found[~other] = gravest[cluster[~other]]
    return found


def repeats(source: Source, rows: Rows, found: Groups, kind: Codes, rule: Keeper, progress: Progress = ignore) -> None:
    """Give rows that differ from their keeper, but of which one is like another, a keeper among themselves; in place.

    They are the same text with the same label and output, so that all but one say nothing new, whatever the row that
    they are held against says.
    """
    apart = np.flatnonzero((kind == VARIANT) | (kind == CONTRADICTION))
    apart = apart[found.keeper[apart] != apart]
    if not len(apart):
        return
    said = np.stack([each[apart] for each in (found.keeper, rows.document, rows.label, rows.output, rows.bad)])
    _, group, size = np.unique(said, axis=1, return_inverse=True, return_counts=True)
    group = group.ravel()
    several = size[group] > 1
    apart, group = apart[several], np.unique(group[several], return_inverse=True)[1]
    if not len(apart):
        return
    by, first = best(rows.where(apart), group, rule)
    keeper = apart[by[first]][group]
    copy = np.flatnonzero(keeper != apart)
    unlike = _guarded(source, rows.position[apart[copy]], rows.position[keeper[copy]], progress)
    copies, kept = apart[copy[~unlike]], keeper[copy[~unlike]]
    # a keeper's kind is the gravest of its cluster, which the row they were held against has
    kind[kept] = kind[found.keeper[kept]]
    found.keeper[copies], found.keeper[kept] = kept, kept
    found.similarity[copies] = found.similarity[kept] = 1.0
    kind[copies] = EXACT


def with_same_output(rows: Rows, keeper: Ints, outputs: Outputs, settings: Settings, n: int) -> Flags:
    """Which rows have the output of their keeper, or one as similar as inputs must be where pairs are compared."""
    same: Flags = rows.output == rows.output[keeper]
    if settings.on == "pair":
        unlike = np.flatnonzero(~same)
        comparer = Comparer(outputs.documents, n, settings.workers)
        score = comparer.similarity(rows.output[unlike], rows.output[keeper[unlike]])
        same[unlike] = score >= settings.threshold
    same &= rows.bad == rows.bad[keeper]
    return same


def _guarded(source: Source, left: Any, right: Any, progress: Progress) -> Flags:
    """Where the raw inputs or outputs of two rows differ in what normalising must not hide."""
    found = np.zeros(len(left), bool)
    for k, column in enumerate(("input", "output")):
        waiting = np.flatnonzero(~found)
        if len(waiting):
            step = part(progress, k / 2, (k + 1) / 2)
            found[waiting] = _differing(source, column, left[waiting], right[waiting], step)
    return found


def _differing(source: Source, column: str, left: Any, right: Any, progress: Progress) -> Flags:
    """Where one column of two rows differs in meaning."""
    used = np.zeros(source.count, bool)
    used[left] = used[right] = True
    store = TextStore()
    for table in source.where(used, ANSWER if column == "output" else [column]):
        texts_of = _answers(table)[0] if column == "output" else table[column]
        for chunk in texts_of.chunks:
            store.append(chunk)
    place = np.cumsum(used, dtype=np.int32) - 1
    found = np.zeros(len(left), bool)
    for first in range(0, len(left), _TOGETHER):
        where = slice(first, first + _TOGETHER)
        numbers, back = np.unique(np.concatenate([place[left[where]], place[right[where]]]), return_inverse=True)
        texts, half = store.gather(numbers), len(back) // 2
        a, b = texts.take(pa.array(back[:half])), texts.take(pa.array(back[half:]))
        unequal = np.flatnonzero(np.asarray(pc.not_equal(a, b)))
        for at in range(0, len(unequal), _STEP):
            some = unequal[at : at + _STEP]
            pairs = zip(a.take(pa.array(some)).to_pylist(), b.take(pa.array(some)).to_pylist(), strict=True)
            found[first + some] = [differs(x, y) for x, y in pairs]
            progress((first + int(some[-1])) / len(left), "reading the differences")
    store.close()
    return found
