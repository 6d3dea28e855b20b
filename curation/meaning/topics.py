"""What a set is about: its rows in groups of near meaning, each with a name of its own words. Pure and seeded."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from curation.text.words import is_unspaced_word, terms

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
MOST_TOPICS = 60
"""Topics of one list: more than that nobody reads."""
NONE = -1
"""The topic of a row without a vector."""
LARGE = 200
"""Rows from which on a topic has topics within it: of fewer, people read the rows."""
CENTRAL = 3
"""Rows that stand beside a topic's name."""
LEARNED_FROM = 100_000
"""Rows that the centres of topics are learned from, drawn by chance where there are more: each of 60 topics has a
thousand and more among them, and a million vectors are not copied."""
BLOCK = 65_536
"""Rows whose vectors are in memory at once: 64 MB."""
NAMED_AT_ONCE = 64
"""Topics named at once: their words by topic take 25 MB."""
NAMED_BY = 20_000
"""Rows that names are made from, every so many of the set: the words of a topic are there many times."""
WORDS = 3
"""Words or pairs of words in a name."""
LONGEST_RUN = 6
"""Pairs of characters that follow each other in a name, seven characters together: no spaces part them into words."""
STEM = 5
"""Letters by which two words of a name count as one."""
LIFT = 2.0
"""How many times as common as in the whole set a word of a name is: what stands everywhere names nothing."""
FAINT, SPREAD = 0.25, 0.7
"""A word that in seven of ten topics is at least a quarter as common as in the set belongs to the language, not to a
topic: on public sets of intents, titles and instructions "the", "get", "about" and "following" do, "card" does not."""
SHORT_SPREAD = 0.4
"""The same for words of two Latin letters, which are grammar as a rule (at, do, de) and seldom not (qt, ai, tv)."""
HELD_BY = 0.25
"""The share of a topic's rows that hold each word of its name, 0..1. A reader of 40 names of four public sets, made
with 0.1, took a rare word beside a broad one for the subject ("countries, china, india", one row in ten each)."""
BESIDE = 0.5
"""How common a further word of a name is in the topic, as a share of how common its commonest word is."""
FITS = 0.4
"""The share of a topic's rows that hold a word of its name, 0..1, below which the name does not fit."""
QUOTED = 45
"""Characters of each central row in the name of a topic that no words fit."""
MOST_TERMS = 50_000
"""Words and pairs counted, most frequent first: bounds memory."""
LONGEST = 1_000
"""Characters of a text that names are made from."""


Name = tuple[tuple[str, ...], ...]
"""The words of a name, each alone or as the pairs of characters that follow each other in an unspaced script."""


@dataclass(frozen=True)
class Topic:
    """A group of rows: its name, how many they are, and the places (from 0) of those nearest to its centre.

    `within` is the number of the topic it is a part of, NONE for one of the first level.
    """

    name: str
    rows: int
    central: tuple[int, ...]
    within: int = NONE


def how_many(rows: int) -> int:
    """The topics of so many rows: a quarter of the root, 1 at least, 60 at most."""
    return min(MOST_TOPICS, max(1, round(math.sqrt(rows) / 4)))


def grouped(vectors: Floats, topics: int, seed: int) -> tuple[Ints, Floats]:
    """(the topic of each row, the cosine of each row with its topic's centre), the largest topic first, 0.

    Mini-batch k-means (Sculley 2010) on unit vectors; rows without a vector have the topic NONE and the cosine NaN. The
    same for the same rows in the same order, whatever the number of processors.
    """
    from sklearn.cluster import MiniBatchKMeans

    there = np.flatnonzero(~np.isnan(vectors[:, 0])) if len(vectors) else np.empty(0, np.int64)
    of, nearness = np.full(len(vectors), NONE, np.int64), np.full(len(vectors), np.nan, np.float32)
    if not len(there):
        return of, nearness
    learned = there
    if len(there) > LEARNED_FROM:
        learned = np.sort(np.random.default_rng(seed).permutation(there)[:LEARNED_FROM])
    known = np.asarray(vectors[learned])
    # no more topics than different texts: the centres of the others would be nowhere
    different = topics if len(known) > NAMED_BY else min(topics, len(np.unique(known, axis=0)))
    means = MiniBatchKMeans(different, random_state=seed, n_init=5, batch_size=4_096, compute_labels=False)
    with threadpool_limits(1):
        means.fit(known)
        centres = means.cluster_centers_
        units = centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
        for first in range(0, len(there), BLOCK):
            rows = there[first : first + BLOCK]
            block = np.asarray(vectors[rows])
            of[rows] = means.predict(block)
            nearness[rows] = np.einsum("ij,ij->i", block, units[of[rows]])
    sizes = np.bincount(of[there], minlength=len(centres))
    order = np.lexsort((np.arange(len(sizes)), -sizes))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    of[there] = rank[of[there]]
    return of, nearness


def parted(vectors: Floats, of: Ints, seed: int) -> tuple[Ints, Floats]:
    """(the part of its topic each row is in, the cosine with that part's centre); NONE and NaN where there are none.

    Topics of LARGE rows and more have parts, by the same rule as the set has topics; their numbers follow on those of
    the topics, the parts of the largest topic first.
    """
    first = int(of.max(initial=NONE)) + 1
    part, nearness = np.full(len(of), NONE, np.int64), np.full(len(of), np.nan, np.float32)
    for topic in range(first):
        rows = np.flatnonzero(of == topic)
        if len(rows) < LARGE:
            continue
        found, near = grouped(vectors[rows], how_many(len(rows)), seed)
        if found.max() > 0:
            part[rows], nearness[rows] = first + found, near
            first += int(found.max()) + 1
    return part, nearness


def described(of: Ints, nearness: Floats, counts: "Counts", around: Ints | None = None) -> list[Topic]:
    """Each topic of one level with its name and central rows; `around` is the topic each row is in where `of` is the
    part of it.

    Numbers of parts begin behind those of the topics: the list does too. A topic that no words fit is named by its most
    central rows; of several with the same words each has its most central row beside them.
    """
    there = np.unique(of[of != NONE])
    first, count = (int(there[0]), len(there)) if len(there) else (0, 0)
    names = named(_core(np.where(of == NONE, NONE, of - first), nearness, count), counts, count, around)
    made = []
    for number in range(count):
        rows = np.flatnonzero(of == first + number)
        central = rows[np.lexsort((rows, -nearness[rows]))][:CENTRAL].tolist()
        texts = [counts.texts[row] for row in central]
        is_named = len(rows) > CENTRAL and _fits(names[number], texts)
        name = _written(names[number]) if is_named else _quoted(texts)
        made.append(Topic(name, len(rows), tuple(central)))
    beside = [NONE if around is None else int(around[topic.central[0]]) for topic in made]
    alike = Counter(zip(beside, (topic.name for topic in made), strict=True))
    return [
        topic if alike[of_topic, topic.name] == 1 or topic.name.startswith("“")
        else replace(topic, name=f"{topic.name}: {_quoted([counts.texts[topic.central[0]]])}")
        for of_topic, topic in zip(beside, made, strict=True)
    ]  # fmt: skip


def _core(of: Ints, nearness: Floats, count: int) -> Ints:
    """The topics with the half of their rows that is further from their centres left out."""
    core = np.full(len(of), NONE, np.int64)
    for number in range(count):
        rows = np.flatnonzero(of == number)
        core[rows[np.lexsort((rows, -nearness[rows]))][: (len(rows) + 1) // 2]] = number
    return core


def _fits(name: Name, central: Sequence[str]) -> bool:
    """Whether all central rows but one hold a word of the name."""
    words = {word for part in name for word in part}
    held = sum(not words.isdisjoint(_terms(text)) for text in central)
    return bool(name) and held >= len(central) - 1


def _written(name: Name) -> str:
    """The name as people read it; of an unspaced script characters that follow each other stand together."""
    return ", ".join(part[0] + "".join(pair[1:] for pair in part[1:]) for part in name)


def _quoted(central: Sequence[str]) -> str:
    said = list(dict.fromkeys(" ".join(text.split()) for text in central))[:2]
    cut = (text if len(text) <= QUOTED else f"{text[: QUOTED - 1].rstrip()}…" for text in said)
    return " / ".join(f"“{text}”" for text in cut)


def both_levels(vectors: Floats, texts: Sequence[str], seed: int) -> "Levels":
    """The topics of a set and their parts, all named."""
    of, nearness = grouped(vectors, how_many(int((~np.isnan(vectors[:, :1])).sum())), seed)
    part, near = parted(vectors, of, seed)
    within = {int(number): int(of[place]) for number, place in zip(*np.unique(part, return_index=True), strict=True)}
    counts = counted(of, texts)
    topics = described(of, nearness, counts)
    parts = described(part, near, counts, of)
    numbered = (replace(topic, within=within[len(topics) + n]) for n, topic in enumerate(parts))
    return Levels(of, part, nearness, (*topics, *numbered))


@dataclass(frozen=True)
class Levels:
    """For each row its topic and the part of it (NONE where there is none) and its cosine with the topic's centre; and
    `topics` by their numbers, parts behind the topics."""

    of: Ints
    part: Ints
    nearness: Floats
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Counts:
    """Which of the `words` (single words and pairs) each of the rows `some` holds, as `matrix` (rows, words), and the
    share of these rows that hold each, as `everywhere`."""

    texts: Sequence[str]
    some: Ints
    words: npt.NDArray[np.object_]
    matrix: csr_matrix
    everywhere: Floats


def counted(of: Ints, texts: Sequence[str]) -> Counts:
    """The words that may name a topic, `of` being the topics of the first level.

    No list of stop words of any language: a word about as common in most topics as in the set is none, nor is a pair
    with such a word in it.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    step = -(-len(texts) // NAMED_BY) or 1
    some = np.arange(0, len(texts), step)
    some = some[of[some] != NONE]
    counter = CountVectorizer(analyzer=_terms, binary=True, min_df=2, max_features=MOST_TERMS, dtype=np.float32)
    try:
        matrix = csr_matrix(counter.fit_transform([texts[n] for n in some]))
    except ValueError:  # no word stands in two rows
        return Counts(texts, some, np.empty(0, object), csr_matrix((len(some), 0)), np.empty(0, np.float32))
    words = counter.get_feature_names_out()
    everywhere = np.asarray(matrix.mean(axis=0)).ravel()
    spread = (_rates(of[some], matrix, int(of.max(initial=NONE)) + 1) >= FAINT * everywhere).mean(axis=0)
    most = np.asarray([SHORT_SPREAD if len(word) < 3 and word.isascii() else SPREAD for word in words])
    grammar = set(words[spread >= most])
    own = np.flatnonzero([grammar.isdisjoint(word.split()) for word in words])
    return Counts(texts, some, words[own], matrix[:, own], everywhere[own])


def _rates(of: Ints, matrix: csr_matrix, count: int) -> npt.NDArray[np.float64]:
    """How common each word is in the rows of each topic, shape (topics, words)."""
    there = np.flatnonzero(of != NONE)
    member = csr_matrix((np.ones(len(there), np.float32), (of[there], there)), (count, len(of)))
    rates: npt.NDArray[np.float64] = (
        np.asarray((member @ matrix).todense()) / np.maximum(np.bincount(of[there], minlength=count), 1)[:, None]
    )
    return rates


def named(of: Ints, counts: Counts, count: int, around: Ints | None = None) -> list[Name]:
    """The name of each topic, empty where no words are much commoner in it than elsewhere and in enough of its rows.

    Class-based TF-IDF (Grootendorst 2022) over words and pairs of words. A part's words tell it from the others of its
    topic (`around`): one that is as common in all of that counts half.
    """
    if not len(counts.words):
        return [()] * count
    of, made = of[counts.some], list[Name]()
    wider = around[counts.some] if around is not None else None
    for first in range(0, count, NAMED_AT_ONCE):
        some = np.flatnonzero((of >= first) & (of < first + NAMED_AT_ONCE))
        here = Counts(counts.texts, counts.some[some], counts.words, counts.matrix[some], counts.everywhere)
        outer = _outer(counts.matrix, of, wider, first) if wider is not None else None
        made += _named(of[some] - first, here, min(NAMED_AT_ONCE, count - first), outer)
    return made


def _outer(matrix: csr_matrix, of: Ints, around: Ints, first: int) -> npt.NDArray[np.float64]:
    """How common each word is in the topic around each of the parts from `first` on, shape (parts, words)."""
    topics = np.asarray(
        [around[np.flatnonzero(of == part)[:1]].max(initial=0) for part in range(first, first + NAMED_AT_ONCE)]
    )
    there, place = np.unique(topics, return_inverse=True)
    number = np.full(int(around.max(initial=0)) + 1, NONE, np.int64)
    number[there] = np.arange(len(there))
    renumbered = np.where(around == NONE, NONE, number[around])
    return _rates(renumbered, matrix, len(there))[place]


def _named(of: Ints, counts: Counts, count: int, outer: npt.NDArray[np.float64] | None) -> list[Name]:
    rate = _rates(of, counts.matrix, count)
    score = rate * np.log(1 + 1 / np.maximum(counts.everywhere, 1e-12))
    score[(rate < LIFT * counts.everywhere) | (rate < HELD_BY)] = 0
    if outer is not None:
        score *= np.clip(rate / np.maximum(outer[:count], 1e-12), 1.0, 2.0) / 2
    place = {word: n for n, word in enumerate(counts.words)}
    made = []
    for number, row in enumerate(score):
        name = _name(counts.words, np.where(rate[number] < BESIDE * rate[number][row.argmax()], 0, row))
        rows = counts.matrix[np.flatnonzero(of == number)]
        columns = [place[word] for part in name for word in part]
        held = rows[:, columns].max(axis=1).mean() if name and rows.shape[0] else 0.0
        made.append(name if held >= FITS else ())
    return made


def _name(words: npt.NDArray[np.object_], score: Floats) -> Name:
    chosen: list[list[str]] = []
    there = np.flatnonzero(score)
    for word in map(str, words[there[np.lexsort((words[there], -score[there]))]]):
        if (part := _continued(chosen, word)) is not None:
            if len(part) < LONGEST_RUN:
                part.insert(0 if part[0][0] == word[-1] else len(part), word)
        elif len(chosen) == WORDS:
            break
        elif not any(_stems(word) & _stems(one) for part in chosen for one in part):
            chosen.append([word])
    return tuple(map(tuple, chosen))


def _continued(chosen: Sequence[list[str]], word: str) -> list[str] | None:
    """The part of a name that a pair of characters of an unspaced script goes on with, at either end."""
    if len(word) != 2 or not is_unspaced_word(word):
        return None
    parts = (part for part in chosen if is_unspaced_word(part[0]) and len(part[0]) == 2)
    return next((part for part in parts if part[-1][-1] == word[0] or part[0][0] == word[-1]), None)


def _stems(name: str) -> set[str]:
    """The first letters of its words: "withdraw" and "withdrawal" say one thing."""
    return {word[:STEM] for word in name.split()}


def _terms(text: str) -> list[str]:
    found = [term for term in terms(text[:LONGEST]) if len(term) > 1 and not term.isdigit()]
    return [*found, *(f"{a} {b}" for a, b in pairwise(found) if not (is_unspaced_word(a) or is_unspaced_word(b)))]
