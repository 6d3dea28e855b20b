"""Rows looked for, opened and marked: any row of a project with its whole story, and all rows of a filter at once."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Literal

import pyarrow.parquet as pq

from curation.project.examples import Examples
from curation.project.place import now
from curation.project.place.access import guarded, needs
from curation.project.rows.story import story, written
from curation.project.rows.suggestions import Suggestions
from curation.records import Action, Filter, StoryLine
from curation.records.progress import Progress, ignore
from curation.store import database, decisions
from curation.store.findings import StoredFindings
from curation.store.rows import marks
from curation.store.rows.listed import StoredRows
from curation.wording.visible import disarmed

MOST_TAKEN = 200_000
"""Rows of a filter that can be taken away at once: about 100 MB in memory; a whole set leaves by the export."""
TakenAs = Literal["csv", "parquet"]


class Rows:
    """Every row of a project; `stored` answers what can be asked of a filter."""

    def __init__(self, examples: Examples, found: StoredFindings) -> None:
        self.place, self.examples, self.found = examples.place, examples, found
        self.stored = guarded(self.place, StoredRows(self.place.engine))
        self.suggestions = Suggestions(examples)

    @needs("viewer")
    def index(self, progress: Progress = ignore) -> None:
        """Let the search by words know every row; 100,000 short texts take about five seconds, once."""
        done, last = -1, 0
        while done < last:
            done, last = self.stored.index()
            progress(done / max(last, 1), "preparing the search")

    @needs("viewer")
    def story(self, id: str) -> list[StoryLine]:
        """Everything that happened to a row, oldest first. Raises UsageError where there is no such row."""
        with database.consistent(self.place.engine) as connection:
            said = marks.of_example(connection, id)
            example = self.examples.stored.get(id)
            assert example is not None  # else `of_example` has refused it
            loaded = next((s.at for s in self.examples.stored.sources() if s.name == example.source), "")
            checked = self.place.step("check").at
            made = decisions.of_example(connection, id)
            return story(example, loaded, [(f, checked) for f in self.found.of_example(id)], made, said)

    @needs("viewer")
    def comments(self, id: str) -> list[tuple[str, str]]:
        """(who, text) of what people wrote on a row, oldest first. Raises UsageError where there is no such row."""
        with database.read(self.place.engine) as connection:
            return written(marks.of_example(connection, id))

    @needs("viewer")
    def changes(self, filter: Filter, action: Action, value: str = "") -> list[tuple[str, Action, str]]:
        """(example, action, value) for every row in the filter that nobody has decided."""
        return [(id, action, value) for id in self.stored.ids(filter, only_open=True)]

    @needs("reviewer")
    def note(self, id: str, text: str, by: str) -> None:
        """Leave a note on a row."""
        with database.write(self.place.engine) as connection:
            marks.note(connection, id, text, by, now())

    @needs("reviewer")
    def tag(self, ids: Sequence[str], name: str, by: str) -> None:
        """Put a tag on rows. Raises UsageError on a name that is empty or too long."""
        with database.write(self.place.engine) as connection:
            for id in ids:
                marks.tag(connection, id, name.strip(), by, now())

    @needs("reviewer")
    def untag(self, ids: Sequence[str], name: str, by: str) -> None:
        """Take a tag off rows."""
        with database.write(self.place.engine) as connection:
            for id in ids:
                marks.untag(connection, id, name, by, now())

    @needs("reviewer")
    def send(self, ids: Sequence[str], to: str, by: str, comment: str = "") -> None:
        """Send rows to somebody: they stand in a queue of theirs until they decide them."""
        with database.write(self.place.engine) as connection:
            for id in ids:
                marks.send(connection, id, to.strip(), by, now(), comment)

    @needs("viewer")
    def taken(self, filter: Filter, kind: TakenAs) -> bytes:
        """The rows of a filter as a file, MOST_TAKEN of them at most.

        In CSV a cell that a spreadsheet would run as a formula gets a `'` before it.
        """
        table = self.stored.table(filter, MOST_TAKEN)
        if kind == "parquet":
            out = io.BytesIO()
            pq.write_table(table, out)
            return out.getvalue()
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(table.column_names)
        for row in table.to_pylist():
            writer.writerow(_cells(row))
        return text.getvalue().encode()


def _cells(row: Mapping[str, object]) -> list[str]:
    return ["" if cell is None else disarmed(str(cell)) for cell in row.values()]
