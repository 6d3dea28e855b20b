"""A first look at labels that look wrong, in about a second, while the full check still runs.

Not a check of its own: `label_noise` replaces it. A ridge regression of the labels on the commonest words and word
pairs, each row judged as if the regression had been fitted without it and its equals, in closed form: the residual over
one minus the leverage (Allen 1974). No folds and no second fit. It reads the start of each text only, and rows that
are nearly alike can vouch for one another.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from curation.checks import found
from curation.checks.labels.labelled import (
    Labelled,
    labelled,
    needs_signal,
)
from curation.checks.labels.ranking import Settings, graded
from curation.errors import NotChecked
from curation.records import Dataset, Findings
from curation.records.progress import Progress, ignore
from curation.sampling.intervals import balanced_accuracy
from curation.text.features import Floats, Ints
from curation.text.normalise import unpunctuated
from curation.text.openings import unopened
from curation.text.words import WORD
from curation.wording import percent

LONGEST = 300
"""Characters of a text that are read: bounds the time of long texts."""
TERMS = 2_000
"""Words and word pairs that are used: 4,000 rank wrong labels .02 better and take five times as long."""
PAIRS_UP_TO = 20_000
"""Rows up to which word pairs are counted too: they rank wrong labels .01 better and double the time of reading."""
PENALTY = 3.0
"""Ridge penalty: of .3, 1, 3, the best ranking of planted wrong labels at every number of terms."""
GIVEN = 1.5
"""What the given label's score counts beside the best other's: better than 1 on confusable and on random errors."""
COARSE = 0.5
"""Share of rows whose label has to be guessed right: below it what differs is mostly the guess."""
BLOCK = 2_000


def preview(dataset: Dataset, seed: int = 0, progress: Progress = ignore, settings: Settings | None = None) -> Findings:
    """Findings of the check `label_noise` with `preview` in its summary: a likelier label for each suspicious row.

    Surest first; what the full check would flag has a confidence of .5 or more. Raises NotChecked where labels cannot
    be judged. The `seed` changes nothing: nothing is drawn. `settings` are the check's, left out the built-in ones.
    """
    settings = settings or Settings()
    equal = [unpunctuated(text[:LONGEST]) for text in unopened(dataset.values("input"))]
    rows = labelled(dataset, equal, settings.smallest_class, settings.fewest_rows)
    progress(0.2, "a first look at the labels: counting words")
    with threadpool_limits(1):
        words = _words([text[:LONGEST] for text in rows.texts])
        given, other, best, sure = _left_out(words, rows, progress)
    # a row without any of the words scores 0 for every label
    right = given > other
    accuracy = balanced_accuracy(right, rows.labels, len(rows.names))
    needs_signal(accuracy, right, rows.labels, len(rows.names))
    if right.mean() < COARSE:
        raise NotChecked(
            f"a first look finds the right label for {percent(right.mean())} of the rows: too coarse for these "
            f"{len(rows.names):,} labels; wait for the full check"
        )
    doubt = np.clip((1.0 + other - GIVEN * given) / 2, 0.0, 1.0)
    doubted = np.flatnonzero(other > given)
    doubted = doubted[np.argsort(-doubt[doubted], kind="stable")]
    flagged = min(int(sure.sum()), len(doubted))
    # as many weak suspicions again: at first look the rest are noise
    confidence = graded(doubt[doubted], flagged)[: 2 * flagged]
    hits = [
        _row(rows, n, int(best[n]), float(confidence[place])) for place, n in enumerate(doubted[: 2 * flagged].tolist())
    ]
    progress(1.0, "a first look at the labels")
    summary = {"preview": True, "judged": len(rows.ids), "classes": len(rows.names), "flagged": flagged}
    return found("label_noise", hits, summary)


def _row(rows: Labelled, n: int, best: int, confidence: float) -> dict[str, Any]:
    given, suggested = rows.names[rows.labels[n]], rows.names[best]
    return {
        "id": rows.ids[n],
        "confidence": round(confidence, 6),
        "message": f"Labelled “{given}”, but at a first look it reads like “{suggested}”.",
        "evidence": {"given": given, "suggested": suggested, "preview": True},
        "suggestion": f"relabel:{suggested}",
    }


def _words(texts: list[str]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    reader = TfidfVectorizer(
        ngram_range=(1, 2 if len(texts) <= PAIRS_UP_TO else 1),
        token_pattern=WORD,
        sublinear_tf=True,
        max_features=TERMS,
        dtype=np.float32,
    )
    try:
        return reader.fit_transform(texts)
    except ValueError as error:
        if "vocabulary" not in str(error):
            raise
        raise NotChecked("the texts have too few words in common to be compared") from error


def _left_out(words: Any, rows: Labelled, progress: Progress) -> tuple[Floats, Floats, Ints, npt.NDArray[np.bool_]]:
    """For each row the given label's score, the best other's, which that is, and whether it is as high as is usual for
    the rows that carry it (how confident learning counts wrong labels), each of shape (n,).
    """
    n, classes = len(rows.ids), len(rows.names)
    given, other, best = np.empty(n, np.float32), np.empty(n, np.float32), np.empty(n, np.int64)
    for start, score in _scores(words, rows):
        progress(0.4 + 0.5 * start / n, "a first look at the labels")
        block = slice(start, start + len(score))
        inside = np.arange(len(score))
        given[block] = score[inside, rows.labels[block]]
        score[inside, rows.labels[block]] = -np.inf
        best[block] = score.argmax(axis=1)
        other[block] = score.max(axis=1)
    usual = np.bincount(rows.labels, weights=given, minlength=classes) / np.bincount(rows.labels, minlength=classes)
    return given, other, best, (other > given) & (other >= usual[best])


def _scores(words: Any, rows: Labelled) -> Iterator[tuple[int, Floats]]:
    """Each row's score for every label, fitted without the rows of its group, a block of rows at a time."""
    n, classes = len(rows.ids), len(rows.names)
    everywhere, one = np.arange(n), np.ones(n, np.float32)
    targets = csr_matrix((one, (everywhere, rows.labels)), (n, classes))
    share = np.bincount(rows.labels, minlength=classes).astype(np.float32) / n
    carried = csr_matrix((one, (rows.groups, everywhere))) @ targets
    sizes = np.bincount(rows.groups).astype(np.float32)
    gram = (words.T @ words).toarray() + PENALTY * np.eye(words.shape[1], dtype=np.float32)
    inverse = _inverse(gram)
    weights = inverse @ ((words.T @ targets).toarray() - np.outer(words.sum(axis=0), share))
    for start in range(0, n, BLOCK):
        part, group = words[start : start + BLOCK], rows.groups[start : start + BLOCK]
        leverage = np.asarray(part.multiply(part @ inverse).sum(axis=1)).reshape(-1, 1)
        theirs = carried[group].toarray() - sizes[group, None] * share
        # rows that only nearly are equals could bring it to 0
        rest = np.maximum(1.0 - sizes[group, None] * leverage, 1e-3)
        yield start, ((part @ weights - leverage * theirs) / rest).astype(np.float32)


def _inverse(gram: Floats) -> Floats:
    # by Cholesky, in half the time of a general inverse
    from scipy.linalg import cho_factor
    from scipy.linalg.lapack import spotri

    factor, _ = cho_factor(gram, lower=True, overwrite_a=True)
    lower, _ = spotri(factor, lower=True)
    lower = np.tril(lower)
    whole: Floats = lower + np.tril(lower, -1).T
    return whole
