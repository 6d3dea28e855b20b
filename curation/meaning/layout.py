"""A map of rows: places in the plane where rows of near meaning lie together. Pure and seeded.

t-SNE (van der Maaten and Hinton 2008) of LANDMARKS rows drawn by chance, every other row at the median of its nearest
landmarks: on BANKING77 and CLINC150 more of a row's neighbours on the map share its label than with UMAP or PaCMAP, and
its time does not grow with the set. Far apart on the map says little: only what lies together does.
"""

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from curation.records.progress import Progress, ignore

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
LANDMARKS = 5_000
"""Rows that t-SNE places: with 3,000 the share of neighbours with the same label is .03 to .04 lower."""
NEAREST = 5
"""Landmarks around a row whose median is its place."""
PERPLEXITY = 30.0
"""Neighbours that count for a landmark: the usual value; fewer where there are fewer rows."""
STEPS = 800
"""Steps of t-SNE, most of its time. Of the ten nearest on the map .783 have the row's label on BANKING77 and .753 on
CLINC150, as many as with scikit-learn's 1,000 (.773 to .780 and .752)."""
FEWEST = 10
"""Rows below which there is no map."""
BLOCK = 4_096
ALONE = 2_000
"""Landmarks up to which one thread lays them out: a step takes milliseconds, and on a busy computer two threads wait
for each other for longer (451 rows beside eight other programs, two cores: 28 s of processor with two, 3 with one)."""


def laid_out(vectors: Floats, seed: int, progress: Progress = ignore) -> tuple[Floats, Ints]:
    """(the place of each row, shape (n, 2), each side within -1..1; the landmarks, rising).

    Rows without a vector have NaN; so has every row where there are fewer than FEWEST with one. The same for the same
    vectors and seed on the same computer.
    """
    from sklearn.manifold import TSNE

    places = np.full((len(vectors), 2), np.nan, np.float32)
    there = np.flatnonzero(~np.isnan(vectors[:, 0])) if len(vectors) else np.empty(0, np.int64)
    if len(there) < FEWEST:
        return places, np.empty(0, np.int64)
    chosen = np.random.default_rng(seed).permutation(len(there))[:LANDMARKS]
    landmarks = np.sort(there[chosen])
    progress(0.0, "laying out the map")
    perplexity = min(PERPLEXITY, (len(landmarks) - 1) / 3)
    # a little noise parts rows that say the same, which t-SNE cannot
    known = np.asarray(vectors[landmarks]) + np.random.default_rng(seed).normal(scale=1e-4, size=(len(landmarks), 1))
    with threadpool_limits(1 if len(landmarks) <= ALONE else 2):
        made = TSNE(2, perplexity=perplexity, max_iter=STEPS, init="pca", random_state=seed).fit_transform(
            known.astype(np.float32)
        )
    made = made - (made.max(axis=0) + made.min(axis=0)) / 2
    places[landmarks] = made / max(float(np.abs(made).max()), 1e-12)
    rest = np.setdiff1d(there, landmarks)
    places[rest] = placed(vectors, rest, landmarks, places[landmarks], progress)
    return places, landmarks


def placed(vectors: Floats, rows: Ints, landmarks: Ints, places: Floats, progress: Progress = ignore) -> Floats:
    """The places of these rows, by those of the landmarks."""
    found = np.empty((len(rows), 2), np.float32)
    known, most = np.asarray(vectors[landmarks]), min(NEAREST, len(landmarks))
    for first in range(0, len(rows), BLOCK):
        progress(0.7 + 0.3 * first / len(rows), "placing the rows on the map")
        similarity = np.asarray(vectors[rows[first : first + BLOCK]]) @ known.T
        own, near = np.arange(len(similarity)), np.empty((len(similarity), most), np.int64)
        for n in range(most):  # five times the greatest: an eighth of the time of a partition
            near[:, n] = similarity.argmax(axis=1)
            similarity[own, near[:, n]] = -np.inf
        found[first : first + BLOCK] = np.median(places[near], axis=1)
    return found
