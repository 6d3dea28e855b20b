"""Examples that also stand in an evaluation set: near-duplicates by exact Jaccard, or a shared run of 13 words."""

from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from curation.dedup.settings import DEFAULTS, Settings
from curation.dedup.similarity.all_pairs import all_pairs
from curation.dedup.similarity.candidates import (
    margin,
    once,
    runs,
    unpacked,
)
from curation.dedup.similarity.documents import Documents, documents, shingle_for
from curation.dedup.similarity.minhash import Scheme, bands
from curation.dedup.similarity.shingles import WideKeys
from curation.dedup.similarity.sketches import sketches
from curation.dedup.similarity.text import (
    Ints,
    Texts,
    content,
    offsets,
    spans,
)
from curation.dedup.similarity.verify import Comparer, Floats
from curation.records import Dataset
from curation.records.progress import Progress, ignore, part
from curation.text.openings import unopened

WORDS = 13
"""Words of the shared run that counts as contamination: Brown et al. 2020 (GPT-3), appendix C."""

EACH_WITH = 24
"""Evaluation texts of one band bucket that an example is compared with."""

OVERLAP_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("evaluation_id", pa.string()),
        ("evaluation_row", pa.int64()),
        ("similarity", pa.float64()),
        ("method", pa.string()),
        ("field", pa.string()),
    ]
)


@dataclass(frozen=True)
class _Matches:
    """Pairs of an example's document and an evaluation document that overlap."""

    mine: Ints
    theirs: Ints
    score: Floats


def decontaminate(
    dataset: Dataset,
    evaluation: Dataset,
    settings: Settings = DEFAULTS,
    on_input: bool = True,
    on_output: bool = False,
    progress: Progress = ignore,
) -> pa.Table:
    """Examples that overlap an evaluation set, at most one line an example and field, in row order.

    Columns: id, evaluation_id, evaluation_row (the `row` of the evaluation example most like it), similarity (exact
    Jaccard of the two), method ("minhash" at or above the threshold, else "ngram13": 13 words in a row shared), field
    ("input" or "output"). Inputs are compared with inputs and outputs with outputs; empty texts never overlap, and
    outputs of fewer than 13 words ("yes", a label) are left out since agreeing on them is no copy.
    """
    chosen = [name for name, on in (("input", on_input), ("output", on_output)) if on]
    tables = [OVERLAP_SCHEMA.empty_table()]
    for n, name in enumerate(chosen):
        step = part(progress, n / len(chosen), (n + 1) / len(chosen))
        tables.append(_field(dataset, evaluation, name, settings, step))
    progress(1.0, "evaluation overlap found")
    return pa.concat_tables(tables)


def _field(dataset: Dataset, evaluation: Dataset, name: str, settings: Settings, progress: Progress) -> pa.Table:
    # each set may have a system prompt of its own, which is no overlap of what is asked
    both = [*unopened(dataset.values(name)), *unopened(evaluation.values(name))]
    docs = documents(pa.array(both, pa.large_string()), settings.workers)
    progress(0.1, "normalising texts")
    theirs = np.zeros(len(docs), bool)
    theirs[docs.of_row[len(dataset) :]] = True
    mine = np.zeros(len(docs), bool)
    mine[docs.of_row[: len(dataset)]] = True
    words = _word_counts(docs.texts)
    usable = words >= (WORDS if name == "output" else 1)
    n = shingle_for(docs) if settings.shingle == "auto" else settings.shingle
    left, right = _crossing(docs, mine & usable, theirs & usable, n, settings, part(progress, 0.1, 0.7))
    near = Comparer(docs, n, settings.workers).similarity(left, right, part(progress, 0.7, 0.8))
    like = near >= settings.threshold
    found = {"minhash": _Matches(left[like], right[like], near[like])}
    a, b = _shared_runs(docs.texts, mine & usable, theirs & usable, part(progress, 0.8, 1.0))
    found["ngram13"] = _Matches(a, b, Comparer(docs, n, settings.workers).similarity(a, b))
    return _table(dataset, evaluation, docs, found, name)


def _crossing(
    docs: Documents, mine: Any, theirs: Any, n: int, settings: Settings, progress: Progress
) -> tuple[Ints, Ints]:
    """(example documents, evaluation documents) that may reach the threshold; a text in both is a pair with itself."""
    same = np.flatnonzero(mine & theirs)
    if len(docs) <= settings.exact_below:
        pairs = all_pairs(docs, n, settings.threshold, progress)
        if pairs is not None:
            return _oriented(same, pairs.left, pairs.right, mine, theirs)
    chosen = bands(settings.threshold, settings.num_perm)
    packed = [np.empty(0, np.uint64)]
    scheme = Scheme(n, settings.num_perm, settings.seed)
    with closing(sketches(docs, scheme, chosen, settings.workers, progress)) as made:
        for band in range(made.keys.bands):
            packed.append(_bucket_pairs(made.keys.band(band), mine, theirs))
            progress(1.0, "grouping bands")
        left, right = unpacked(once(np.concatenate(packed)))
        keep = made.estimate(left, right) >= settings.threshold - margin(settings.num_perm)
    return np.concatenate([same, left[keep]]), np.concatenate([same, right[keep]])


def _oriented(same: Ints, left: Ints, right: Ints, mine: Any, theirs: Any) -> tuple[Ints, Ints]:
    forth, back = mine[left] & theirs[right], mine[right] & theirs[left]
    return np.concatenate([same, left[forth], right[back]]), np.concatenate([same, right[forth], left[back]])


def _bucket_pairs(keys: WideKeys, mine: Any, theirs: Any) -> WideKeys:
    """(example, evaluation) documents of the same bucket, packed; at most EACH_WITH of the latter an example."""
    docs, start, length = runs(keys)
    bucket = np.repeat(np.arange(len(start)), length)
    members = docs[np.repeat(start - np.concatenate([[0], np.cumsum(length)[:-1]]), length) + np.arange(len(bucket))]
    sources, targets = np.flatnonzero(mine[members]), np.flatnonzero(theirs[members])
    first = np.searchsorted(bucket[targets], np.arange(len(start)))
    count = np.minimum(np.searchsorted(bucket[targets], np.arange(len(start)), side="right") - first, EACH_WITH)
    times = count[bucket[sources]]
    step = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    left = np.repeat(members[sources], times)
    right = members[targets[np.repeat(first[bucket[sources]], times) + step]]
    differ = left != right
    packed: WideKeys = (left[differ].astype(np.uint64) << np.uint64(32)) | right[differ].astype(np.uint64)
    return packed


def _word_counts(texts: Texts) -> Ints:
    """Words of each normalised text: its spaces, less the one an empty text has."""
    spaces = np.concatenate([[0], np.cumsum(content(texts) == ord(" "))])
    where = offsets(texts) - offsets(texts)[0]
    counts: Ints = np.diff(spaces[where]).astype(np.int64)
    counts[np.diff(where) == 1] = 0
    return counts


def _shared_runs(texts: Texts, mine: Any, theirs: Any, progress: Progress) -> tuple[Ints, Ints]:
    """(example, evaluation) documents that share a run of 13 words; each example with one evaluation document."""
    their_docs = np.flatnonzero(theirs)
    grams, owner = _grams(texts.take(pa.array(their_docs)))
    by = np.lexsort((owner, grams))
    grams, owner = grams[by], their_docs[owner[by]]
    my_docs = np.flatnonzero(mine)
    left, right = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    chosen = texts.take(pa.array(my_docs))
    for start, stop in spans(chosen):
        found, doc = _grams(chosen.slice(start, stop - start))
        at = np.minimum(np.searchsorted(grams, found), max(len(grams) - 1, 0))
        hit = grams[at] == found if len(grams) else np.zeros(len(found), bool)
        hits, first = np.unique(doc[hit], return_index=True)
        left.append(my_docs[start + hits])
        right.append(owner[at[hit][first]])
        progress(stop / len(chosen), "looking for shared runs of 13 words")
    return np.concatenate(left), np.concatenate(right)


def _grams(texts: Texts) -> tuple[WideKeys, Ints]:
    """(a hash of every run of 13 words, the text it is in)."""
    chars = content(texts)
    ends = np.flatnonzero(chars == ord(" ")) + 1
    if len(ends) < WORDS:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    begins = np.concatenate([[0], ends[:-1]])
    place = np.arange(len(chars)) - np.repeat(begins, ends - begins)
    weights = np.random.default_rng(WORDS).integers(0, 2**63, 256, np.uint64) * np.uint64(2) + np.uint64(1)
    values = (chars.astype(np.uint64) + np.uint64(1)) * weights[place & 255] * (place >> 8 | 1).astype(np.uint64)
    words = np.add.reduceat(values ^ (values >> np.uint64(29)), begins)
    where = offsets(texts) - offsets(texts)[0]
    doc = np.searchsorted(where, begins, side="right") - 1
    size = len(words) - WORDS + 1
    total = np.zeros(size, np.uint64)
    for k in range(WORDS):
        total = total * np.uint64(0x9E3779B97F4A7C15) + words[k : k + size]
    whole = doc[:size] == doc[WORDS - 1 :]
    return total[whole], doc[:size][whole]


def _table(dataset: Dataset, evaluation: Dataset, docs: Documents, found: dict[str, _Matches], name: str) -> pa.Table:
    """One line an example: its most similar match, the threshold's before a shared run, ties by evaluation row."""
    first_row = np.full(len(docs), -1, np.int64)
    reverse = np.arange(len(evaluation))[::-1]
    first_row[docs.of_row[len(dataset) :][::-1]] = reverse
    match, score = np.full(len(docs), -1, np.int64), np.zeros(len(docs))
    method = np.zeros(len(docs), np.int8)
    for code, matches in ((2, found["ngram13"]), (1, found["minhash"])):
        by = np.lexsort((-first_row[matches.theirs], matches.score))
        mine = matches.mine[by]
        match[mine], score[mine], method[mine] = first_row[matches.theirs[by]], matches.score[by], code
    rows = np.flatnonzero(match[docs.of_row[: len(dataset)]] >= 0)
    of = docs.of_row[rows]
    other = evaluation.table.take(pa.array(match[of]))
    names = pa.array(["", "minhash", "ngram13"]).take(pa.array(method[of]))
    ids = dataset.table["id"].take(pa.array(rows))
    columns = [ids, other["id"], other["row"], pa.array(score[of]), names, pa.array([name] * len(rows), pa.string())]
    return pa.table(columns, OVERLAP_SCHEMA)
