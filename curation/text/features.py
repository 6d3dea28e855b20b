"""Texts as numbers: TF-IDF of words and characters, their leading directions (LSA), static embeddings if installed."""

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from curation.errors import NotChecked
from curation.progress import Progress
from curation.text.words import WORD

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Encode = Callable[[Sequence[str]], Floats]
"""A user's own model: texts -> one row of floats a text, shape (n, d)."""

LONGEST = 4_000
"""Characters of a text that are read: enough to tell what it is about, and it bounds the time of a pasted book."""
PRUNE_FROM = 1_000
"""Rows from which a term met in a single row is left out: it can vouch for nothing, and it is most of the terms."""
MOST_TERMS = 100_000
"""Terms kept of each kind, most frequent first: 4 times what 10,000 short questions use; bounds memory."""
CHUNK = 1_000


def id_order(ids: Sequence[str]) -> Ints:
    """Positions that put the rows in id order, so that no result depends on the order of a file."""
    return np.asarray(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)


def watched(texts: Sequence[str], progress: Progress, message: str) -> Iterator[str]:
    """The texts one by one, cut to `LONGEST`, telling `progress` now and then."""
    for n, text in enumerate(texts):
        if n % CHUNK == 0:
            progress(n / len(texts), message)
        yield text[:LONGEST]


def vectorizers(rows: int, letters: tuple[int, int] = (3, 5)) -> tuple[TfidfVectorizer, TfidfVectorizer]:
    """TF-IDF of words (1-2) and of characters within words, sublinear, float32, for a set of `rows` texts."""
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
    words, characters = vectorizers(len(texts), letters)
    try:
        parts = [
            words.fit_transform(watched(texts, progress, "counting words")),
            characters.fit_transform(watched(texts, progress, "counting letters")),
        ]
    except ValueError as error:
        if "vocabulary" not in str(error) and "terms remain" not in str(error):
            raise
        raise NotChecked("the texts have too few words in common to be compared") from error
    return csr_matrix(hstack(parts))


def lsa(matrix: csr_matrix, dimensions: int, seed: int) -> Floats:
    """The leading directions of a TF-IDF matrix, unit rows, shape (n, at most `dimensions`).

    Deerwester et al. 1990; randomised as in Halko et al. 2011 (scikit-learn's `randomized_svd`).
    """
    size = min(dimensions, *matrix.shape)
    left, values, _ = randomized_svd(matrix, size, n_iter=4, random_state=seed)
    unit: Floats = normalize(left * values).astype(np.float32)
    return unit


def has_static_embeddings() -> bool:
    """Whether the optional extra `wordllama` (static word embeddings, no download) is installed."""
    return find_spec("wordllama") is not None


def static_embeddings(texts: Sequence[str]) -> Floats:
    """Unit rows from wordllama's embeddings, shape (n, 256)."""
    import wordllama

    # its own weights lie beside it; any other cache folder makes it try to download
    model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    vectors = model.embed([text[:LONGEST] or " " for text in texts])
    unit: Floats = normalize(np.nan_to_num(vectors)).astype(np.float32)
    return unit
