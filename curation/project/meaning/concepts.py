"""Concepts of a project: kinds of row that people show by a few answers, kept with it; all rows ranked by each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from curation.errors import UsageError
from curation.meaning.concepts import LEARNED_FROM, Answers, ranked, scores, to_ask
from curation.project.place import Place
from curation.project.place.access import needs
from curation.project.rows import Rows
from curation.records import Example
from curation.sampling.intervals import Interval, wilson
from curation.store import database
from curation.store.rows.texts import StoredTexts
from curation.store.settings import read_setting, write_setting
from curation.text.vectors import Floats
from curation.wording import counted, percent, span

SETTING = "concepts"
FIRST = 100
"""Rows that a concept finds where nobody says how many, as a search by meaning does."""
LONGEST_NAME = 60
SEED = 0
"""The same answers rank the same rows on every computer."""
Vectors = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True)
class Kept:
    """What is stored of a concept, by the numbers of rows: the answers in order as (row, whether it is one, whether it
    measures), and the rows asked about last whose answers measure."""

    answers: list[list[int]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """The first rows of a concept with their scores 0..1, surest first; how many of them are of it, with a 90 %
    interval (None before anything measures it), by so many answers; and how many answers taught it."""

    rows: tuple[tuple[Example, float], ...]
    precision: Interval | None
    measured: int
    learned: int

    @property
    def sentence(self) -> str:
        """How many of the first rows are of the concept, as a person reads it."""
        if self.precision is None:
            return f"Not measured yet: {counted(max(1, LEARNED_FROM - self.learned), 'answer')} more, and it is."
        value, low, high = self.precision
        return (
            f"{percent(value)} of the first rows are of it ({span(low, high)}), by {counted(self.measured, 'answer')} "
            "on rows drawn among them."
        )


def precision(answers: Answers) -> Interval | None:
    """The share of the first rows that are of the kind, with its 90 % interval; None before any answer measures it."""
    if not answers.measured:
        return None
    return wilson(sum(is_one for _, is_one in answers.measured), len(answers.measured))


class Concepts:
    """Kinds of row by example; a score is a small model's guess, how good it is is measured by answers."""

    def __init__(self, place: Place, texts: StoredTexts, rows: Rows, vectors: Vectors) -> None:
        self.place, self.texts, self.rows, self.vectors = place, texts, rows, vectors

    @needs("viewer")
    def names(self) -> list[str]:
        """The concepts there are, by name."""
        return sorted(self._all())

    @needs("reviewer")
    def answer(self, name: str, ids: Sequence[str], is_one: bool) -> None:
        """Say of rows that they are of this kind or not; the first answer makes the concept, a later one replaces one
        before it. Raises UsageError on a name that is empty or too long, and on a row there is not."""
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST_NAME:
            raise UsageError(f"A concept has a name of 1 to {LONGEST_NAME} characters.")
        numbers = {id: number for number, id in self.texts.ids().items()}
        if unknown := [id for id in ids if id not in numbers]:
            raise UsageError(f"There is no row {unknown[0]!r} in this project.")
        with database.write(self.texts.engine) as connection:
            every: dict[str, Any] = read_setting(connection, SETTING) or {}
            before = Kept(**every.get(name, {}))
            answers = [one for one in before.answers if one[0] not in {numbers[id] for id in ids}]
            answers += [[numbers[id], int(is_one), int(numbers[id] in before.asked)] for id in ids]
            every[name] = asdict(Kept(answers, before.asked))
            write_setting(connection, SETTING, every)

    @needs("reviewer")
    def forget(self, name: str) -> None:
        """Forget a concept and its answers; tags it was made into stay. Raises UsageError where there is none."""
        self._kept(name)
        with database.write(self.texts.engine) as connection:
            every = read_setting(connection, SETTING) or {}
            every.pop(name, None)
            write_setting(connection, SETTING, every or None)

    @needs("reviewer")
    def ask(self, name: str, n: int = 1, first: int = FIRST) -> list[Example]:
        """The next rows to say yes or no to: to learn from, then drawn by chance among the first to measure them.

        Raises UsageError where there is no such concept, or no row of it was named.
        """
        ids, answers, score, kept = self._ranked(name)
        numbers = {id: number for number, id in self.texts.ids().items()}
        done = {row for row, *_ in kept.answers}
        open_rows = [id for id in ids if numbers[id] in set(kept.asked) - done]
        if not open_rows:
            places, measures = to_ask(score, answers, first, SEED)
            open_rows = [ids[place] for place in places[:n].tolist()]
            if measures:
                self._ask_of(name, [numbers[id] for id in open_rows])
        examples = {example.id: example for example in self.texts.get_all(open_rows[:n])}
        return [examples[id] for id in open_rows[:n] if id in examples]

    @needs("viewer")
    def find(self, name: str, first: int = FIRST) -> Found:
        """The first rows of a concept. Raises UsageError as `ask`."""
        ids, answers, score, _ = self._ranked(name)
        places = ranked(score, answers, first).tolist()
        examples = {example.id: example for example in self.texts.get_all([ids[place] for place in places])}
        rows = tuple((examples[ids[place]], float(score[place])) for place in places if ids[place] in examples)
        return Found(rows, precision(answers), len(answers.measured), len(answers.all) - len(answers.measured))

    @needs("reviewer")
    def tag(self, name: str, by: str, first: int = FIRST) -> int:
        """Tag the first rows of a concept with its name; a filter like any other tag. How many were tagged."""
        found = self.find(name, first)
        self.rows.tag([example.id for example, _ in found.rows], name, by)
        return len(found.rows)

    # -- how

    def _ranked(self, name: str) -> tuple[list[str], Answers, Floats, Kept]:
        """(ids of all rows, the answers by places among them, the score of each, what is kept)."""
        kept = self._kept(name)
        numbers = self.texts.ids()
        place = {number: n for n, number in enumerate(numbers)}
        known = [(place[row], bool(is_one), measures) for row, is_one, measures in kept.answers if row in place]
        yes, no = (
            np.asarray([row for row, is_one, _ in known if is_one is wanted], np.int64) for wanted in (True, False)
        )
        answers = Answers(yes, no, tuple((row, is_one) for row, is_one, measures in known if measures))
        ids = list(numbers.values())
        vectors = self.vectors(ids)
        if not len(yes) or np.isnan(vectors[yes, 0]).all():
            raise UsageError(f"Name a row that is of “{name}” first: without one nothing is like it.")
        return ids, answers, scores(vectors, answers, SEED), kept

    def _ask_of(self, name: str, numbers: list[int]) -> None:
        with database.write(self.texts.engine) as connection:
            every = read_setting(connection, SETTING) or {}
            before = Kept(**every.get(name, {}))
            every[name] = asdict(Kept(before.answers, [*before.asked, *numbers]))
            write_setting(connection, SETTING, every)

    def _kept(self, name: str) -> Kept:
        every = self._all()
        if name not in every:
            known = f" There are: {', '.join(sorted(every))}." if every else ""
            raise UsageError(f"There is no concept {name!r} here. Name a row that is of it to make one.{known}")
        return Kept(**every[name])

    def _all(self) -> Mapping[str, Any]:
        with database.read(self.texts.engine) as connection:
            return read_setting(connection, SETTING) or {}
