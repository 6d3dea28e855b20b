"""What the evaluation set asks and the training rows hardly have: its rows in groups with too few rows near them.

A group are rows near in meaning, by word embeddings that ship with the package and by the words texts share; rows that
share a word or two; or, where outputs are labels, rows of one label. The embeddings know little of the order of words,
and of scripts they saw rarely. One finding a group, on the training row nearest to it: it is about the set, and says
how many rows to collect.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix, csr_matrix, hstack
from threadpoolctl import threadpool_limits

from curation.checks import check
from curation.checks.rows import Hit, cut, findings
from curation.errors import NotChecked
from curation.records import OF_THE_SET, Clusters, Dataset, Findings, Side
from curation.records.progress import Progress, ignore
from curation.text.features import lsa, tfidf
from curation.text.neighbours import Pool, nearest
from curation.text.openings import unopened
from curation.text.vectors import Floats, Ints, text_of, vectors_of
from curation.text.vectors.known import KnownVectors
from curation.text.words import is_unspaced_word, terms
from curation.wording import counted

Mask = npt.NDArray[np.bool_]
NEAR = (20, 40)
"""Rows looked at around each evaluation row, the less likely by chance of the two counts. Five of the 150 intents of
CLINC150 thinned to a tenth, twenty draws: among the first eight are 4.25 by the 30 nearest by embeddings alone, 4.55 by
40, 4.65 with groups by words beside them, more with the words texts share in the vectors too; with labels told, all
five (benchmarks/thin_topics.py)."""
DIMENSIONS, SHARE_OF_WORDS = 256, 0.7
"""Dimensions of the words texts share, and their weight beside the embeddings: with them .85 of the ten nearest rows
of CLINC150 have the same label, without them .81."""
MOST_COMPARED = 30_000
"""Texts up to which the words they share are worked out, which takes half a millisecond each."""
LONGEST = 1_000
"""Characters of a text whose words make groups."""
SHARED = 0.2
"""The share of a neighbourhood's evaluation rows that one before it may hold already, 0..1."""
SOME_BY_CHANCE = 0.5
"""The share of the topics named that may be there by chance, 0..1. Where nothing was thinned one set in five has any
named, 0.4 a set (CLINC150); a bar that counts the evaluation rows alone in place of all that is looked at names two."""
LEAST = math.log(0.01)
"""The logarithm of a chance that is looked at no further."""
FEWEST = 50
"""Evaluation rows below which nothing can be said of their topics."""
SHOWN = 3
"""Evaluation rows of a group that its finding shows."""


@dataclass(frozen=True)
class Settings:
    evaluation: Dataset | None = field(default=None, metadata={"help": "The evaluation set to compare with"})
    least_rows: int = field(
        default=5, metadata={"help": "Evaluation rows that make a topic; fewer are chance", "min": 2, "max": 1000}
    )
    most_topics: int = field(
        default=20, metadata={"help": "Thin topics named, the thinnest first", "min": 1, "max": 200}
    )
    known: KnownVectors | None = field(default=None, metadata={"help": "Static embeddings that were made before"})


@check("thin_topic", "Topics with too few rows", settings=Settings(), whole_set=True)
def thin_topic(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a thin topic, the thinnest first; near-duplicates among the training rows count once."""
    if settings.evaluation is None:
        raise NotChecked("no evaluation set was given to compare with")
    side: Side = "input" if dataset.is_classification else "both"
    kept = {id for id, keeper in zip(*(clusters.table[c].to_pylist() for c in ("id", "keeper"))) if id == keeper}
    ids = dataset.values("id")
    ours = {id: text for id, text in zip(ids, _texts(dataset, side), strict=True) if id in kept and text.strip()}
    theirs = [text for text in dict.fromkeys(_texts(settings.evaluation, side)) if text.strip()]
    if len(theirs) < FEWEST or not ours:
        raise NotChecked(f"topics of {counted(len(theirs), 'different evaluation row')} are too few to compare with")
    texts = [*ours.values(), *theirs]
    vectors = vectors_of(texts, progress, settings.known)
    known = np.flatnonzero(~np.isnan(vectors[:, 0]))
    read = [texts[n] for n in known]
    sets = sharing(read, settings.least_rows)
    if dataset.is_classification:
        sets = csc_matrix(hstack([sets, _labelled(dataset, settings.evaluation, texts)[known]]))
    beside = with_words(vectors[known], read, seed)
    found = groups(beside, known >= len(ours), settings, seed, progress, sets)
    names = list(ours)
    hits: dict[str, Hit] = {}
    for group in found:
        id = next((names[known[row]] for row in group.nearest if names[known[row]] not in hits), None)
        if id is not None:
            hits[id] = _hit(group, [texts[known[row]] for row in group.rows])
    wanted = {"thin_topics": len(hits), "rows_wanted": sum(group.wanted for group in found)}
    return findings("thin_topic", list(hits.items()), wanted | {"evaluation_rows": len(theirs)})


@dataclass(frozen=True)
class Group:
    """Evaluation rows alike, the most central first; how many training rows are near them (`near`), how many more are
    `wanted` for as many as elsewhere, and those training rows, nearest first."""

    rows: tuple[int, ...]
    near: int
    wanted: int
    nearest: tuple[int, ...]


def groups(
    vectors: Floats,
    is_evaluation: Mask,
    settings: Settings,
    seed: int,
    progress: Progress,
    sets: csc_matrix | None = None,
) -> list[Group]:
    """The groups of evaluation rows with too few training rows near them, the least likely by chance first.

    Around each evaluation row lie its nearest rows of both sets: how likely so many of them are evaluation rows, were
    the two sets drawn alike (binomial; a scan of neighbourhoods, Kulldorff 1997); the same of the rows in each column
    of `sets`. The least likely is the first group, the next one that hardly shares rows with it the second, and so on.
    Named are those up to which no more than a share of SOME_BY_CHANCE is expected by chance (Benjamini and Hochberg
    1995), over everything looked at: each width of each neighbourhood and each set of rows.
    """
    asked, training = np.flatnonzero(is_evaluation), np.flatnonzero(~is_evaluation)
    candidates = [_neighbourhoods(vectors, asked, training, seed, progress)]
    if sets is not None:
        candidates.append(_columns(sets, is_evaluation))
    chance = np.concatenate([one for one, _ in candidates])
    found: list[tuple[float, Group]] = []
    taken = np.zeros(len(vectors), bool)
    for place in np.argsort(chance, kind="stable").tolist():
        if len(found) == settings.most_topics or chance[place] > LEAST:
            break
        members = candidates[0][1](place) if place < len(asked) else candidates[1][1](place - len(asked))
        rows = members[is_evaluation[members]]
        is_centre_taken = place < len(asked) and taken[asked[place]]
        if is_centre_taken or taken[rows].mean() > SHARED:
            continue
        rows = rows[~taken[rows]]
        if len(rows) >= settings.least_rows:
            ours = members[~is_evaluation[members]]
            found.append((float(chance[place]), _group(vectors, rows, ours, len(training) / len(asked))))
            taken[rows] = True
    looked_at = len(NEAR) * len(asked) + (sets.shape[1] if sets is not None else 0)
    expected = [np.exp(one) * looked_at / place for place, (one, _) in enumerate(found, 1)]
    named = max((place for place, share in enumerate(expected, 1) if share <= SOME_BY_CHANCE), default=0)
    return [group for _, group in found[:named]]


Members = Callable[[int], Ints]
"""The rows of a candidate by its number."""


def _neighbourhoods(
    vectors: Floats, asked: Ints, training: Ints, seed: int, progress: Progress
) -> tuple[npt.NDArray[np.float64], Members]:
    """(the chance of each evaluation row's neighbourhood, its rows)."""
    order = np.concatenate([training, asked])
    own = np.arange(len(asked))
    apart = (own, np.concatenate([np.full(len(training), -1), own]))
    with threadpool_limits(1):  # the same bits whatever works on it
        at, _ = nearest(vectors[asked], Pool(vectors[order], seed), NEAR[-1], apart, progress)
    theirs = (at >= len(training)).cumsum(axis=1)
    widths = [min(width, at.shape[1]) for width in NEAR]
    share = len(asked) / len(order)
    chances = np.stack([_chances(theirs[:, width - 1], np.full(len(asked), width), share) for width in widths])
    best = chances.argmin(axis=0)
    return chances.min(axis=0), lambda row: np.append(asked[row], order[at[row, : widths[best[row]]]])


def _columns(sets: csc_matrix, is_evaluation: Mask) -> tuple[npt.NDArray[np.float64], Members]:
    """(the chance of each set of rows, its rows)."""
    sizes = np.diff(sets.indptr)
    theirs = np.asarray(sets[is_evaluation].sum(axis=0), np.int64).ravel()
    chance = _chances(theirs, sizes, float(is_evaluation.mean()))
    return chance, lambda column: sets.indices[sets.indptr[column] : sets.indptr[column + 1]].astype(np.int64)


def _chances(theirs: Ints, sizes: Ints, share: float) -> npt.NDArray[np.float64]:
    """The logarithm of how likely so many of so many rows are evaluation rows."""
    from scipy.stats import binom

    found: npt.NDArray[np.float64] = binom.logsf(theirs - 1, sizes, share)
    return found


def sharing(texts: list[str], least: int) -> csc_matrix:
    """Which texts hold each word, and each pair of words beside each other, that so many do; shape (texts, terms)."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer=_terms, binary=True, min_df=min(least, len(texts)), dtype=np.float32)
    try:
        return csc_matrix(counter.fit_transform(texts))
    except ValueError:  # no word stands in so many
        return csc_matrix((len(texts), 0), dtype=np.float32)


def _terms(text: str) -> list[str]:
    found = terms(text[:LONGEST])
    return [*found, *(f"{a} {b}" for a, b in pairwise(found) if not (is_unspaced_word(a) or is_unspaced_word(b)))]


def _labelled(dataset: Dataset, evaluation: Dataset, texts: list[str]) -> csr_matrix:
    """Which of the texts have each label that both sets know, shape (texts, labels)."""
    of: dict[str, str] = {}
    for one in (evaluation, dataset):
        of.update(zip(_texts(one, "input"), one.values("output"), strict=True))
    both = sorted(set(dataset.values("output")) & set(evaluation.values("output")) - {""})
    number = {label: n for n, label in enumerate(both)}
    held = [(row, number[of[text]]) for row, text in enumerate(texts) if of.get(text) in number]
    rows, columns = (np.asarray([pair[side] for pair in held], np.int64) for side in (0, 1))
    return csr_matrix((np.ones(len(held), np.float32), (rows, columns)), (len(texts), len(both)))


def with_words(vectors: Floats, texts: list[str], seed: int) -> Floats:
    """The vectors with the words that texts share beside them, of length 1; as they are where that takes too long."""
    if len(texts) > MOST_COMPARED:
        return vectors
    try:
        words = lsa(tfidf(texts, ignore), DIMENSIONS, seed)
    except NotChecked:  # no words in common
        return vectors
    beside = np.hstack([vectors, np.float32(SHARE_OF_WORDS) * words])
    unit: Floats = beside / np.linalg.norm(beside, axis=1, keepdims=True)
    return unit


def _group(vectors: Floats, rows: Ints, ours: Ints, times: float) -> Group:
    """Rows of a group and training rows near them, both the most central first."""
    centre = vectors[rows].mean(axis=0)
    rows = rows[np.argsort(-(vectors[rows] @ centre), kind="stable")]
    if not len(ours):
        return Group(tuple(rows.tolist()), 0, max(1, math.ceil(len(rows) * times)), (0,))
    near = ours[np.argsort(-(vectors[ours] @ centre), kind="stable")]
    return Group(
        tuple(rows.tolist()), len(ours), max(1, math.ceil(len(rows) * times) - len(ours)), tuple(near.tolist())
    )


def _hit(group: Group, texts: list[str]) -> Hit:
    shown = [cut(" ".join(text.split()), 80) for text in texts[:SHOWN]]
    message = (
        f"{counted(len(group.rows), 'evaluation row')} like “{shown[0]}” have {counted(group.near, 'training row')} "
        f"near them. For as many as elsewhere, collect about {group.wanted:,} more."
    )
    evidence = {"evaluation_rows": len(group.rows), "near": group.near, "wanted": group.wanted, "like": shown}
    return Hit(0.7, message, evidence, OF_THE_SET)


def _texts(dataset: Dataset, side: Side) -> list[str]:
    inputs = unopened(dataset.values("input"))
    return [text_of(a, b, side) for a, b in zip(inputs, dataset.values("output"), strict=True)]
