"""Texts as numbers: TF-IDF of words and characters, their leading directions (LSA), and static embeddings."""

from __future__ import annotations

import logging
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from curation.errors import NotChecked
from curation.records.progress import Progress, ignore, part
from curation.text.pairs_of_words import words_and_pairs
from curation.text.words import WORD

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Encode = Callable[[Sequence[str]], Floats]
"""A user's own model: texts -> one row of floats a text, shape (n, d)."""
Embed = Callable[[Sequence[str], Progress], Floats]
"""What makes static embeddings of texts, or finds those made before; the array it gives is the caller's to change."""

LONGEST = 4_000
"""Characters of a text that are read: enough to tell what it is about, and it bounds the time of a pasted book."""
PRUNE_FROM = 1_000
"""Rows from which a term met in a single row is left out: it can vouch for nothing, and it is most of the terms."""
MOST_TERMS = 100_000
"""Terms kept of each kind, most frequent first: 4 times what 10,000 short questions use; bounds memory."""
CHUNK = 1_000
FEW_REPEATS = 0.9
"""Share of distinct texts from which on repeats are read as well: telling them apart would save little."""


def id_order(ids: Sequence[str]) -> Ints:
    """Positions that put the rows in id order, so that no result depends on the order of a file."""
    return np.asarray(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)


def watched(texts: Sequence[str], progress: Progress, message: str) -> Iterator[str]:
    """The texts one by one, cut to `LONGEST`, reporting to `progress` now and then."""
    for n, text in enumerate(texts):
        if n % CHUNK == 0:
            progress(n / len(texts), message)
        yield text[:LONGEST]


def vectorizers(rows: int, letters: tuple[int, int] = (3, 5)) -> tuple[TfidfVectorizer, TfidfVectorizer]:
    """TF-IDF of words (1-2) and of characters within words, sublinear, float32, for a set of `rows` texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    shared: dict[str, Any] = {
        "sublinear_tf": True,
        "min_df": 2 if rows >= PRUNE_FROM else 1,
        "max_features": MOST_TERMS,
        "dtype": np.float32,
    }
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=WORD, **shared)
    return words, TfidfVectorizer(analyzer="char_wb", ngram_range=letters, **shared)


def tfidf(texts: Sequence[str], progress: Progress, letters: tuple[int, int] = (3, 5)) -> csr_matrix:
    """Words and n-grams of `letters` side by side, shape (n, terms). Raises NotChecked when there is no word at all."""
    weights, row = tfidf_by_text(texts, progress, letters)
    return weights if weights.shape[0] == len(texts) else weights[row]


def tfidf_by_text(
    texts: Sequence[str], progress: Progress, letters: tuple[int, int] = (3, 5)
) -> tuple[csr_matrix, Ints]:
    """As `tfidf`, and the row of each text in it: equal texts have one, so that thousands of them take no memory."""
    words, characters = vectorizers(len(texts), letters)
    first: dict[str, int] = {}
    for n, text in enumerate(texts):
        first.setdefault(text, n)
    if len(first) <= FEW_REPEATS * len(texts):
        first = {text: n for n, text in enumerate(first)}
    row = np.fromiter((first[text] for text in texts), np.int64, len(texts))
    try:
        parts = [
            _weighted(words, texts, row, progress, "counting words"),
            _weighted(characters, texts, row, progress, "counting letters"),
        ]
    except ValueError as error:
        if "vocabulary" not in str(error) and "terms remain" not in str(error):
            raise
        raise NotChecked("the texts have too few words in common to be compared") from error
    return _beside(parts), row


def _beside(parts: list[csr_matrix]) -> csr_matrix:
    """As scipy's `hstack`, which takes five times the memory of what it makes; each of the parts is gone once it is
    read."""
    rows, width = parts[0].shape[0], 0
    sizes = sum(np.diff(one.indptr).astype(np.int64) for one in parts)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    indices, data = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.float32)
    begun = ends[:-1].copy()
    while parts:
        one = parts.pop(0)
        lengths = np.diff(one.indptr)
        for start in range(0, rows, CHUNK):
            some = slice(one.indptr[start], one.indptr[min(start + CHUNK, rows)])
            here = lengths[start : start + CHUNK]
            at = np.repeat(begun[start : start + CHUNK] - one.indptr[start : start + len(here)], here)
            at += np.arange(some.start, some.stop)
            indices[at], data[at] = one.indices[some] + width, one.data[some]
        begun += lengths
        width += one.shape[1]
    small = ends[-1] <= np.iinfo(np.int32).max
    return csr_matrix((data, indices, ends.astype(np.int32) if small else ends), (rows, width))


def _weighted(
    vectorizer: TfidfVectorizer, texts: Sequence[str], row: Ints, progress: Progress, message: str
) -> csr_matrix:
    """As the vectorizer's `fit_transform`, with the rows that `row` names: of each text, or of each distinct one."""
    from sklearn.feature_extraction.text import TfidfTransformer

    wanted = vectorizer.get_params()
    distinct = list(dict.fromkeys(texts))
    if len(distinct) > FEW_REPEATS * len(texts):
        counts = _counts(wanted, watched(texts, progress, message))
        counts = _columns(counts, _commonest(counts, wanted["min_df"], wanted["max_features"]))
        return TfidfTransformer(sublinear_tf=wanted["sublinear_tf"]).fit(counts).transform(counts, copy=False)
    counts = _counts(wanted, watched(distinct, progress, message))
    copies = np.bincount(row)
    used = csr_matrix((np.ones(counts.nnz, np.int8), counts.indices, counts.indptr), counts.shape).T @ copies
    kept = np.flatnonzero(used >= wanted["min_df"])
    if not len(kept):
        raise ValueError("no terms remain")
    counts = _columns(counts, kept)
    if len(kept) > wanted["max_features"]:
        most = np.sort(np.argsort(-np.asarray(counts.T @ copies), kind="stable")[: wanted["max_features"]])
        counts, kept = counts[:, most], kept[most]
    weights = TfidfTransformer(sublinear_tf=wanted["sublinear_tf"]).fit(counts[:1])
    # scikit-learn's own formula, smoothed, for all rows without laying them out
    weights.idf_ = np.log(((len(texts) + 1) / (used[kept] + 1)).astype(counts.dtype)) + counts.dtype.type(1)
    return weights.transform(counts, copy=False)


def _counts(wanted: Mapping[str, Any], texts: Iterable[str]) -> csr_matrix:
    """What scikit-learn's vectorizer of these parameters counts before it leaves out rare and too many terms."""
    from sklearn.feature_extraction.text import CountVectorizer

    if wanted["analyzer"] != "char_wb":
        return words_and_pairs(texts, wanted["dtype"])
    own = {name: wanted[name] for name in ("analyzer", "ngram_range", "dtype")}
    return _of_words(CountVectorizer(**own), texts)


def _of_words(letters: Any, texts: Iterable[str]) -> csr_matrix:
    """As the `fit_transform` of a vectorizer of letters within words, each distinct word read once.

    A text has the n-grams of its words, as often as it has the words: a third of the time, the same counts.
    """
    number: dict[str, int] = {}
    which, ends = array("q"), [0]
    for text in texts:
        which.extend([number.setdefault(word, len(number)) for word in text.lower().split()])
        ends.append(len(which))
    of_word = letters.fit_transform(number)
    ones = np.ones(len(which), of_word.dtype)
    counts = csr_matrix((ones, np.frombuffer(which, np.int64), ends), (len(ends) - 1, len(number))) @ of_word
    counts.sort_indices()
    return counts


def _columns(counts: csr_matrix, kept: Ints) -> csr_matrix:
    """These columns; not copied where they are all."""
    return counts if len(kept) == counts.shape[1] else counts[:, kept]


def _commonest(counts: csr_matrix, min_df: int, most: int) -> Ints:
    """The columns that scikit-learn's vectorizers keep. Raises ValueError where there are none."""
    kept = np.flatnonzero(np.bincount(counts.indices, minlength=counts.shape[1]) >= min_df)
    if not len(kept):
        raise ValueError("no terms remain")
    if len(kept) > most:
        # not stable, as theirs is not: which of equally common terms stay decides the last digits of all figures
        kept = np.sort(kept[(-np.asarray(counts.sum(axis=0)).ravel()[kept]).argsort()[:most]])
    return kept.astype(np.int64)


def lsa(matrix: csr_matrix, dimensions: int, seed: int) -> Floats:
    """The leading directions of a TF-IDF matrix, unit rows, shape (n, at most `dimensions`).

    Deerwester et al. 1990; randomised as in Halko et al. 2011 (scikit-learn's `randomized_svd`).
    """
    from sklearn.preprocessing import normalize
    from sklearn.utils.extmath import randomized_svd

    size = min(dimensions, *matrix.shape)
    left, values, _ = randomized_svd(matrix, size, n_iter=4, random_state=seed)
    unit: Floats = normalize(left * values).astype(np.float32)
    return unit


def has_static_embeddings() -> bool:
    """Whether `wordllama` (static word embeddings, weights inside the package) is installed: not on every platform."""
    return find_spec("wordllama") is not None


def static_embeddings(texts: Sequence[str], progress: Progress = ignore) -> Floats:
    """Unit rows from wordllama's embeddings, shape (n, 256); a text without any word it knows is a row of zeros.

    Raises NotChecked where wordllama is not installed.
    """
    if not has_static_embeddings():
        raise NotChecked(
            "needs `wordllama`, which is made for Linux (x86_64) and macOS up to Python 3.13; elsewhere try "
            'pip install "curation[embeddings]"'
        )
    _, weights = _static_model()
    place = {text: n for n, text in enumerate(dict.fromkeys(texts))}
    rows, texts = [place[text] for text in texts], list(place)
    sums = np.empty((len(texts), weights.shape[1]), dtype=np.float32)
    for start in range(0, len(texts), CHUNK):
        progress(start / len(texts), "reading with static embeddings")
        # a sum a text, not wordllama's padded batches: those take memory by the longest text, and differ in the last
        # digit with the texts beside it
        sums[start : start + CHUNK] = _token_counts(texts[start : start + CHUNK]) @ weights
    progress(1.0, "texts read")
    sums /= _lengths(sums)[:, None]
    unit: Floats = sums[rows]
    return unit


def _lengths(rows: Floats) -> Floats:
    """The length of each row, 1 of one that is nearly 0: what `sklearn.preprocessing.normalize` divides by, to the
    last digit, without the seconds that its import costs the first search by meaning."""
    lengths: Floats = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    lengths[lengths < 10 * np.finfo(np.float32).eps] = 1
    return lengths


def _token_counts(texts: Sequence[str]) -> csr_matrix:
    """How often each text has each token of the static embeddings."""
    tokenizer, weights = _static_model()
    cut = [text[:LONGEST] for text in texts]
    tokens = [each.ids for each in tokenizer.encode_batch_fast(cut, add_special_tokens=False)]
    ends = np.cumsum([0, *map(len, tokens)])
    which = np.minimum(np.fromiter(chain.from_iterable(tokens), np.int64, ends[-1]), len(weights) - 1)
    return csr_matrix((np.ones(len(which), np.float32), which, ends), (len(cut), len(weights)))


@cache
def _static_model() -> tuple[Any, Floats]:
    """The tokenizer and the vector of each token."""
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    import wordllama

    # on import it has every library's notes written to the screen
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    # its own weights lie beside it; any other cache folder makes it try to download
    model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    model.tokenizer.no_padding()
    return model.tokenizer, model.embedding


def text_features(
    texts: Sequence[str], dimensions: int, seed: int, progress: Progress = ignore, embed: Embed | None = None
) -> dict[str, Floats]:
    """Unit-row features of the texts by name: `lsa`, and `static_embeddings` as `embed` makes them, None for none."""
    matrix = tfidf(texts, part(progress, 0.0, 0.6))
    progress(0.6, "finding what texts have in common")
    sets = {"lsa": lsa(matrix, dimensions, seed)}
    if embed is not None and has_static_embeddings():
        sets["static_embeddings"] = embed(texts, part(progress, 0.9, 1.0))
    return sets
