"""The texts of rows, for what is worked out of them beside the store: as imported, as changed since, by their words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from curation.records import LIKELY, Example, Filter
from curation.store.database import Engine, read
from curation.store.database.schema import examples, findings, history, sources, states
from curation.store.examples import NOW, StoredExamples
from curation.store.rows.listed import rows_of
from curation.store.rows.loaded import coming, last_settled
from curation.store.rows.search import edited, rows_by_term

BATCH = 10_000
"""Rows a read: nothing stands still for longer than that takes."""
POINT = ("seq", "input", "label", "status", "source")
Ints = npt.NDArray[np.int64]
_now = {column.name: column for column in NOW}


@dataclass(frozen=True)
class Text:
    """A row's texts as they stand now; `version` counts what people did to it."""

    number: int
    version: int
    input: str
    output: str


class StoredTexts:
    """The texts of a project's rows: each question is a read of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def last(self) -> int:
        """The number of the last row before which none may go again (see `loaded.last_settled`), 0 where there is none;
        without counting, as every search asks for it."""
        with read(self.engine) as connection:
            return last_settled(connection)

    def count(self) -> int:
        """How many rows were ever stored, up to the `last`."""
        with read(self.engine) as connection:
            stored = select(func.count()).select_from(examples).where(examples.c.seq <= last_settled(connection))
            return connection.scalar(stored) or 0

    def id_of(self, number: int) -> str:
        """The id of the row with this number, "" where there is none."""
        with read(self.engine) as connection:
            return connection.scalar(select(examples.c.id).where(examples.c.seq == number)) or ""

    def ids(self) -> dict[int, str]:
        """The id of every row of the set, by its number."""
        with read(self.engine) as connection:
            query = rows_of(connection, Filter(), examples.c.seq, examples.c.id)
            return {row.seq: row.id for row in connection.execute(query)}

    def ids_among(self, numbers: Sequence[int]) -> dict[int, str]:
        """The ids of rows by their numbers, unknown ones left out."""
        with read(self.engine) as connection:
            query = rows_of(connection, Filter(among=tuple(numbers)), examples.c.seq, examples.c.id)
            return {row.seq: row.id for row in connection.execute(query)}

    def imported(self, after: int) -> Iterator[list[tuple[int, str, str, str]]]:
        """(number, id, input, output) of the rows behind a number up to the `last`, as imported, a batch at a time."""
        columns = (examples.c.seq, examples.c.id, examples.c.input, examples.c.output)
        while True:
            with read(self.engine) as connection:
                behind = (examples.c.seq > after, examples.c.seq <= last_settled(connection))
                query = select(*columns).where(*behind).order_by(examples.c.seq).limit(BATCH)
                rows = [(seq, id, input, output) for seq, id, input, output in connection.execute(query)]
            if not rows:
                return
            yield rows
            after = rows[-1][0]

    def changed(self) -> list[Text]:
        """The rows whose texts people changed, in order."""
        with read(self.engine) as connection:
            columns = (_now[name] for name in ("seq", "version", "input", "output"))
            # From the few states to their rows: the other way round every row is walked.
            few = states.join(examples, examples.c.seq == states.c.example + 0)
            query = select(*columns).select_from(few).where(edited)
            return sorted((Text(*row) for row in connection.execute(query)), key=lambda text: text.number)

    def numbers(self, filter: Filter) -> Ints:
        """The numbers of the rows in the filter, rising."""
        with read(self.engine) as connection:
            query = rows_of(connection, filter, examples.c.seq).order_by(examples.c.seq)
            return np.fromiter(connection.scalars(query), np.int64)

    def left_out(self) -> Ints:
        """The numbers of the rows whose files are left out of the set."""
        with read(self.engine) as connection:
            unused = select(sources.c.id).where(sources.c.active.is_(False), sources.c.id.not_in(coming()))
            return np.fromiter(
                connection.scalars(select(examples.c.seq).where(examples.c.source.in_(unused))), np.int64
            )

    def facts(self) -> list[tuple[int, str | None, str]]:
        """(number, label, status) of every row of the set as it stands now."""
        with read(self.engine) as connection:
            query = rows_of(connection, Filter(), examples.c.seq, _now["label"], _now["status"])
            # at once: row by row the database is asked 100,000 times
            return [(seq, label, status) for seq, label, status in connection.execute(query).all()]

    def points(self, numbers: Sequence[int]) -> dict[int, tuple[str, str, str, str]]:
        """(input, label, status, file) of these rows as they stand now, "" for none, by their numbers."""
        with read(self.engine) as connection:
            query = rows_of(connection, Filter(among=tuple(numbers)), *(_now[name] for name in POINT))
            return {
                seq: (text, label or "", status, file) for seq, text, label, status, file in connection.execute(query)
            }

    def findings(self) -> list[tuple[int, str]]:
        """(number of the row, check) of every row with a finding more likely right than not, each once."""
        with read(self.engine) as connection:
            query = select(findings.c.example, findings.c.check).where(findings.c.confidence >= LIKELY).distinct()
            return [(seq, check) for seq, check in connection.execute(query)]

    def deciders(self) -> dict[int, str]:
        """Who decided each row last, by its number; rows that nobody decided by itself are left out."""
        with read(self.engine) as connection:
            alone = select(history.c.example, history.c.reviewer, history.c.action).where(history.c.batch == "")
            found: dict[int, str] = {}
            for number, reviewer, action in connection.execute(alone.order_by(history.c.seq)):
                if action == "undo":
                    found.pop(number, None)
                else:
                    found[number] = reviewer
            return found

    def sources(self) -> list[tuple[int, bool]]:
        """(number, whether it is in the set) of every file."""
        with read(self.engine) as connection:
            query = select(sources.c.id, sources.c.active).where(sources.c.id.not_in(coming()))
            return [(id, bool(active)) for id, active in connection.execute(query)]

    def get_all(self, ids: Sequence[str]) -> list[Example]:
        """The rows with these ids, unknown ones left out."""
        return StoredExamples(self.engine).get_all(ids)

    def rows_by_word(self, words: Sequence[str]) -> dict[str, Ints]:
        """The rows that hold each of these words, by their imported texts; the commonest words may be left out."""
        with read(self.engine) as connection:
            return rows_by_term(connection, words)
