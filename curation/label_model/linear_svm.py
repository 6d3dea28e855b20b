"""The plain classifier: words and word pairs weighed by TF-IDF, and a linear support vector machine on them.

Beyond `MOST_FITTED` labels the mean row of each label stands in for the machine (Rocchio 1971). What is scored on rows
held back and what is taken away (`pipeline`) are the same estimator on the same features.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags

from curation.errors import NotChecked
from curation.text.features import MOST_TERMS, Ints
from curation.text.pairs_of_words import words_and_pairs
from curation.text.words import WORD

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
    from sklearn.pipeline import Pipeline
    from sklearn.svm import LinearSVC

Labels = npt.NDArray[Any]
"""One label a row, numbers or texts."""
MOST_FITTED = 300
"""Labels up to which a linear model is fitted for each. Measured on 10,000 rows: a fit takes 4.8 s and .6 GB for 300
labels, 8.8 s and .9 GB for 500, and a study makes forty. Beyond it the mean row of each label stands in, at .1 s."""
TOLERANCE = 1e-2
"""When the machine stops learning: scikit-learn's own 1e-4 scores within .05 points (BANKING77, CLINC150, AG News)."""
MOST_CELLS = 4_000_000
"""Likenesses held at once: 32 MB, which is 800 rows held back beside 5,000 labels."""
HINT = 1e-12
"""What the most frequent label is ahead by: less than any likeness there is, more than none."""


@dataclass(frozen=True)
class Learned:
    """What was learned from counts of terms, shape (row, term).

    `terms` are the columns that are used (None: all), `known` is False for those no row had, `weights` those of TF-IDF.
    """

    terms: Ints | None
    known: npt.NDArray[np.bool_]
    weights: TfidfTransformer
    estimator: Any

    def predict(self, words: Any) -> Labels:
        """The label of each row; terms that were never seen count in the length of a row."""
        return self._predicted(self._used(words))

    def predict_known(self, words: Any) -> Labels:
        """The label of each row as the `pipeline` gives it, which knows no other terms than those it has seen."""
        if self.known.all():
            return self.predict(words)
        left = csr_matrix(self._used(words) @ diags(self.known.astype(np.float64)))
        left.eliminate_zeros()
        return self._predicted(left)

    def _used(self, words: Any) -> Any:
        return words if self.terms is None else words[:, self.terms]

    def _predicted(self, words: Any) -> Labels:
        block = max(1, MOST_CELLS // len(self.estimator.classes_))
        starts = range(0, words.shape[0], block)
        parts = [self.estimator.predict(self.weights.transform(words[at : at + block])) for at in starts]
        predicted: Labels = np.concatenate(parts)
        return predicted


def counter() -> CountVectorizer:
    """What counts words and word pairs; of scripts without spaces characters and pairs of them."""
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(ngram_range=(1, 2), token_pattern=WORD)


def counted(texts: Sequence[str]) -> Any:
    """Counts of words and word pairs, (row, term) sparse. Raises NotChecked where there is no word."""
    try:
        return words_and_pairs(texts, np.float64)
    except ValueError as error:
        raise _wordless(error) from error


def learn(words: Any, answers: Labels, seed: int, by_means: bool) -> Learned:
    """The classifier of these rows: `words` as `counted` gives them, one of the `answers` a row.

    Counts become weights in their place, so that they stand in memory once: `words` is not to be read any more.
    """
    from sklearn.feature_extraction.text import TfidfTransformer

    terms = _most_frequent(words)
    if terms is not None:
        words = words[:, terms]
    weights = TfidfTransformer(sublinear_tf=True).fit(words)
    known = np.asarray(words.sum(axis=0)).ravel() > 0
    return Learned(terms, known, weights, _estimator(weights.transform(words, copy=False), answers, seed, by_means))


def pipeline(texts: Sequence[str], labels: Sequence[str], seed: int) -> Pipeline:
    """Texts -> labels, learned from all of these rows, made of scikit-learn's own parts alone.

    Raises NotChecked where there is no word, or one label only.
    """
    from sklearn.pipeline import Pipeline

    if len(set(labels)) < 2:
        raise NotChecked("every row has the same label")
    reader = counter()
    model = learn(_counts(reader, texts), np.array(labels), seed, len(set(labels)) > MOST_FITTED)
    if model.terms is not None:
        names = reader.get_feature_names_out()[model.terms].tolist()
        reader.vocabulary_ = {name: n for n, name in enumerate(names)}
    # where its stop words stand in memory, which it looks at anew: it would make every file another one
    vars(reader).pop("_stop_words_id", None)
    return Pipeline([("words", reader), ("weights", model.weights), ("classifier", model.estimator)])


def _counts(reader: CountVectorizer, texts: Sequence[str]) -> Any:
    try:
        return reader.fit_transform(texts).astype(np.float64)
    except ValueError as error:
        raise _wordless(error) from error


def _wordless(error: ValueError) -> Exception:
    return NotChecked("the inputs hold no words") if "vocabulary" in str(error) else error


def _most_frequent(words: Any) -> Ints | None:
    """The columns of the `MOST_TERMS` most frequent terms in their order; None where there are no more."""
    if words.shape[1] <= MOST_TERMS:
        return None
    total = np.asarray(words.sum(axis=0)).ravel()
    if int((total > 0).sum()) <= MOST_TERMS:
        return np.flatnonzero(total > 0)
    return np.sort(np.argsort(-total, kind="stable")[:MOST_TERMS])


def _estimator(vectors: Any, answers: Labels, seed: int, by_means: bool) -> Any:
    from sklearn.dummy import DummyClassifier
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    if len(np.unique(answers)) < 2:
        return DummyClassifier(strategy="most_frequent").fit(vectors, answers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
        if by_means:
            return _mean_rows(vectors, answers)
        return LinearSVC(random_state=seed, tol=TOLERANCE).fit(vectors, answers)


def _mean_rows(vectors: Any, answers: Labels) -> LinearSVC:
    """A linear model whose weights are each label's unit mean row; the most frequent label where none is similar.

    Not a machine that was trained: scikit-learn has no other linear model whose sparse weights can be set.
    """
    from sklearn.preprocessing import normalize
    from sklearn.svm import LinearSVC

    labels, own, sizes = np.unique(answers, return_inverse=True, return_counts=True)
    place = (np.ones(len(own)), (own, np.arange(len(own))))
    model = LinearSVC()
    model.classes_, model.n_features_in_ = labels, vectors.shape[1]
    model.coef_ = normalize(csr_matrix(place, shape=(len(labels), len(own))) @ vectors).tocsr()
    model.intercept_ = np.where(np.arange(len(labels)) == sizes.argmax(), HINT, 0.0)
    return model
