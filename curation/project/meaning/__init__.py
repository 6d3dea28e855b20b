"""What the rows of a project mean: looked for by meaning, by words, or by a row like them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from curation.errors import UsageError
from curation.meaning.search import Chosen, by_words, fused, nearest, similarities
from curation.project.examples import Examples
from curation.project.meaning.built_in import BuiltInVectors
from curation.project.meaning.concepts import Concepts
from curation.project.meaning.map import Map
from curation.project.meaning.own import OwnVectors, Source, Taken
from curation.project.meaning.topics import Topics
from curation.project.place.access import guarded, needs
from curation.project.rows import Rows
from curation.records import Example, Filter, Search, Side
from curation.records.progress import Progress, ignore, part
from curation.store.rows.texts import StoredTexts, Text
from curation.text.vectors import MISSING, Floats, Ints, has_vectors, text_of, vectors_of
from curation.text.words import search_terms

NEAREST = 100
"""Rows that a search by meaning finds: every row is somewhat near, so it has to end somewhere people can read to."""
RANKED = 1_000
"""Rows of each ranking that are put together: one further behind adds less than a thousandth to its place."""
LONGEST = 1_000
"""Characters of a question, as everywhere in search."""


@dataclass(frozen=True)
class Hit:
    """A row found; `similarity` is the cosine with what was asked, -1..1, None where its vector was not asked for."""

    example: Example
    similarity: float | None


class Meaning:
    """The meaning of a project's rows, kept in files beside the store that follow it: made again whenever rows change.

    Imported texts never change, so their vectors are made once; those of texts that people changed are made when asked
    for. Where people gave vectors of their own (`own`), these are gone by alone. Nothing leaves this computer.
    """

    def __init__(self, examples: Examples, rows: Rows, topics: Topics) -> None:
        self.place, self.examples, self.rows = examples.place, examples, rows
        self.texts = guarded(self.place, StoredTexts(self.place.engine))
        self.topics, self.map = topics, Map(self.place, topics.path.parent)
        self.own, self.built_in = OwnVectors(self.place, self.texts), BuiltInVectors(self.place, self.texts)
        self.concepts = Concepts(self.place, self.texts, rows, self.vectors)
        self._changed: dict[tuple[Side, int], tuple[int, Floats]] = {}

    @needs("viewer")
    def missing(self) -> str:
        """What is missing on this computer for a search by meaning, "" where nothing is."""
        return "" if has_vectors() or self.own.given() else MISSING

    @needs("viewer")
    def unknown(self) -> int:
        """How many rows the vectors of the user's own do not know, 0 where the project goes by the built-in ones."""
        given = self.own.given()
        if given is None:
            return 0
        numbers, vectors = self.own.read(given)
        outdated = np.intersect1d(self.own.outdated(given), numbers)
        had_one = ~np.isnan(vectors[np.searchsorted(numbers, outdated), 0])
        rows = self.texts.count() - len(self.texts.left_out())
        return max(0, rows - given.rows) + int(had_one.sum())

    @needs("viewer")
    def side(self) -> Side:
        """What of a row is meant where nobody says it: the input where outputs are labels, else both."""
        return "input" if self.examples.is_classification() else "both"

    @needs("viewer")
    def waiting(self, side: Side | None = None) -> int:
        """How many rows have no vector yet."""
        return 0 if self.own.given() is not None else self.built_in.waiting(side or self.side())

    @needs("viewer")
    def make(self, progress: Progress = ignore, side: Side | None = None) -> None:
        """Make the vectors that are missing; 100,000 short texts take about eight seconds, once.

        None are made where people gave their own. Raises UsageError where the package for it is not installed.
        """
        if self.own.given() is None:
            self.built_in.make(side or self.side(), progress)

    @needs("viewer")
    def placed(self, filter: Filter, progress: Progress = ignore) -> Filter:
        """The filter with `among` worked out where it asks for a meaning or rows like one; as it is where it does not.

        Of what the rest of the filter leaves, the NEAREST rows. Raises UsageError where the package for it is missing,
        or there is no such row.
        """
        asks = filter.like or (filter.text and filter.search in ("meaning", "both"))
        groups = self._groups(filter)
        if filter.among is not None or not (asks or groups):
            return filter
        if not asks:
            first, *others = groups
            for other in others:
                first = first[np.isin(first, other)]
            return replace(filter, among=tuple(first.tolist()))
        numbers, _ = self._ranked(filter, NEAREST, self.side(), progress)
        return replace(filter, among=tuple(numbers))

    @needs("viewer")
    def search(self, filter: Filter, n: int = 10, side: Side | None = None, progress: Progress = ignore) -> list[Hit]:
        """The `n` rows best by what the filter asks for (`text` by its `search`, or `like`), best first.

        "words" are ranked too: rows that share words with the text, the rarest counting most. Raises UsageError as
        `placed` does, and where nothing is asked.
        """
        if not (filter.like or filter.text.strip()):
            raise UsageError("Write what to look for, or name a row whose nearest you want.")
        numbers, similarity = self._ranked(filter, n, side or self.side(), progress)
        listed = self.rows.stored.page(Filter(among=tuple(numbers)), "nearest", None, max(n, 1))
        return [Hit(row.example, similarity.get(row.example.seq)) for row in listed]

    @needs("curator")
    def find_topics(self, seed: int = 0, side: Side | None = None, progress: Progress = ignore) -> None:
        """Find the topics and the map of the set as it stands now and keep them, with the vectors that are missing.

        Raises UsageError where the package for it is not installed.
        """
        side = side or self.side()
        self.make(part(progress, 0.0, 0.5), side)
        of, texts = self._texts(side, LONGEST)
        values = self._vectors(of, side)
        self.topics.store(of, values, texts, (side, seed), part(progress, 0.5, 0.7))
        self.map.store(of, values, (side, seed), part(progress, 0.7, 1.0))

    @needs("viewer")
    def vectors(self, ids: Sequence[str], progress: Progress = ignore) -> Floats:
        """The vectors of these rows as their texts stand now, NaN for one that says nothing; made where missing.

        Raises UsageError where the package for it is not installed.
        """
        side = self.side()
        self.make(progress, side)
        numbers = {id: number for number, id in self.texts.ids().items()}
        return self._vectors(np.asarray([numbers[id] for id in ids], np.int64), side)

    @needs("curator")
    def ask(self, source: Source, progress: Progress = ignore) -> Taken:
        """Go by vectors that an endpoint makes of all rows as they stand now, see `OwnVectors.ask`."""
        side = self.side()
        numbers, texts = self._texts(side)
        return self.own.ask(source, numbers, texts, progress)

    # -- how

    def _texts(self, side: Side, longest: int | None = None) -> tuple[Ints, list[str]]:
        """(numbers of the rows of the set, rising; what of each is meant as it stands now, so many characters)."""
        now = {text.number: text for text in self.texts.changed()}
        unused = set(self.texts.left_out().tolist())
        texts, rows = [], []
        for batch in self.texts.imported(0):
            for number, _, input, output in batch:
                if number not in unused:
                    text = now.get(number)
                    said = text_of(text.input, text.output, side) if text else text_of(input, output, side)
                    texts.append(said[:longest])
                    rows.append(number)
        return np.asarray(rows, np.int64), texts

    def _vectors(self, rows: Ints, side: Side) -> Floats:
        """The vectors of the rows of these numbers as their texts stand now, shape (n, d)."""
        numbers, vectors = self._stored(side)
        changed, theirs = self._changed_vectors(side)
        if not len(changed) and np.array_equal(rows, numbers):
            return vectors  # mapped: a million rows are a gigabyte
        values = np.full((len(rows), vectors.shape[1]), np.nan, np.float32)
        there = np.isin(rows, numbers)
        values[there] = vectors[np.searchsorted(numbers, rows[there])]
        order = np.argsort(rows)
        known = np.isin(changed, rows)
        values[order[np.searchsorted(rows[order], changed[known])]] = theirs[known]
        return values

    def _ranked(self, filter: Filter, most: int, side: Side, progress: Progress) -> tuple[list[int], dict[int, float]]:
        """(the numbers of the best rows, the cosine of those that were ranked by it)."""
        by: Search = "meaning" if filter.like else filter.search
        chosen = self._chosen(replace(filter, text="", search="exact", like="", among=None, topic=None, area=""))
        for group in self._groups(filter):
            chosen = _within(chosen, group)
        if by == "words":
            return self._by_words(filter.text, chosen, most, progress), {}
        self.make(part(progress, 0.0, 0.8), side)
        wanted, own = self._wanted(filter, side)
        if wanted is None:
            near = []
        else:
            near = self._nearest(
                wanted, lambda rows: chosen(rows) & (rows != own), side, max(most, RANKED) if by == "both" else most
            )
        meant = [number for number, _ in near]
        if by == "both":
            worded = self._by_words(filter.text, chosen, RANKED, part(progress, 0.8, 1.0))
            meant = fused([worded, meant], most)
        return meant, dict(near)

    def _groups(self, filter: Filter) -> list[Ints]:
        """The numbers of the rows of the filter's topic, and of those in its box of the map."""
        found = [self.topics.numbers(filter.topic)] if filter.topic is not None else []
        return [*found, self.map.numbers(filter.area)] if filter.area else found

    def _chosen(self, rest: Filter) -> Chosen:
        """Which rows the rest of a filter leaves; where it leaves all, those of files left out are asked for alone."""
        if rest == Filter(check=rest.check) and rest.check in ("", "all"):
            unused = self.texts.left_out()
            return lambda rows: ~np.isin(rows, unused) if len(unused) else np.ones(len(rows), bool)
        numbers = self.texts.numbers(rest)
        return lambda rows: np.isin(rows, numbers)

    def _wanted(self, filter: Filter, side: Side) -> tuple[Floats | None, int]:
        """(the vector asked for, None where the text says nothing; the number of the row it is of, 0 without one)."""
        text, own = filter.text[:LONGEST], 0
        if filter.like:
            example = self.examples.stored.get(filter.like)
            if example is None:
                raise UsageError(f"There is no row {filter.like!r} in this project.")
            text, own = text_of(example.input, example.output, side), example.seq
        if (given := self.own.given()) is not None:
            known = self._vectors(np.asarray([own], np.int64), side)[0] if own else None
            wanted = self.own.of_text(given, text) if known is None else known
        else:
            wanted = vectors_of([text])[0]
        return (None if np.isnan(wanted[0]) else wanted), own

    def _nearest(self, wanted: Floats, chosen: Chosen, side: Side, most: int) -> list[tuple[int, float]]:
        numbers, vectors = self._stored(side)
        similarity = similarities(vectors, wanted)
        changed, theirs = self._changed_vectors(side)
        known = np.isin(changed, numbers)  # not those stored since
        similarity[np.searchsorted(numbers, changed[known])] = similarities(theirs[known], wanted)
        among = chosen(numbers)
        return nearest(similarity[among], numbers[among], most)

    def _changed_vectors(self, side: Side) -> tuple[Ints, Floats]:
        """(numbers, vectors) of the rows whose texts people changed, as they stand now; NaN of those changed after
        vectors of the user's own were given."""
        if (given := self.own.given()) is not None:
            outdated = self.own.outdated(given)
            return outdated, np.full((len(outdated), given.dimensions), np.nan, np.float32)
        texts = self.texts.changed()
        new = [text for text in texts if self._changed.get((side, text.number), (-1, None))[0] != text.version]
        made = vectors_of([text_of(text.input, text.output, side) for text in new])
        for text, vector in zip(new, made, strict=True):
            self._changed[side, text.number] = text.version, vector
        rows = [self._changed[side, text.number][1] for text in texts]
        numbers = np.asarray([text.number for text in texts], np.int64)
        return numbers, np.stack(rows) if rows else made

    def _by_words(self, text: str, chosen: Chosen, most: int, progress: Progress) -> list[int]:
        if self.rows.stored.unindexed():
            self.rows.index(progress)
        words = search_terms(text[:LONGEST])
        changed = {one.number: _joined(one) for one in self.texts.changed()}
        return by_words(self.texts.rows_by_word(words), changed, self.texts.last(), chosen, most)

    def _stored(self, side: Side) -> tuple[Ints, Floats]:
        """(numbers of rows, rising; their vectors as they were made or given)."""
        given = self.own.given()
        return self.built_in.read(side) if given is None else self.own.read(given)


def _joined(text: Text) -> str:
    return f"{text.input}\n{text.output}"


def _within(chosen: Chosen, numbers: Ints) -> Chosen:
    """The rows chosen that are among these too."""
    return lambda rows: chosen(rows) & np.isin(rows, numbers)
