"""class Neighbourhood: a project's examples near a text somebody is writing, kept up to date instead of made anew."""

from collections.abc import Sequence

from curation.dedup import BandIndex, Neighbour, Settings, band_index
from curation.errors import NotChecked
from curation.progress import Progress, ignore
from curation.project.examples import Desk
from curation.store import clusters, database
from curation.text.openings import opening

LARGEST = 1_500_000
"""Examples beyond which no index is kept: measured at a million, one takes 284 bytes an example and 37 s of a core."""

FEW = 5_000
"""Examples changed since the last look that are brought in while a person waits, at 1 ms each; more: made anew."""


class Neighbourhood:
    """An index of one project; `build` it once, `catch_up` before asking what is `near`."""

    def __init__(self, project: Desk, settings: Settings) -> None:
        self.project, self.settings = project, settings
        self._index: BandIndex | None = None
        self._shared = ""
        with database.read(project.engine) as connection:
            self._mark = clusters.mark(connection)

    def build(self, progress: Progress = ignore) -> "Neighbourhood":
        """Read all examples in batches, each in a transaction of its own. Raises NotChecked where they are too many."""
        total, after, done = self.project.totals()["stored"], 0, 0
        if total > LARGEST:
            raise NotChecked(
                f"Near-duplicates are looked up while you write in sets of up to {LARGEST:,} examples; this one has "
                f"{total:,}. The Duplicates page finds them all."
            )
        while rows := self._batch(after):
            if self._index is None:
                self._shared = opening([self._text(row.input, row.output) for row in rows])
            texts = [self._text(row.input, row.output) for row in rows]
            if self._index is None:
                self._index = band_index(self.settings, texts)
            kept = [n for n, row in enumerate(rows) if row.is_in]
            self._index.fill([rows[n].id for n in kept], [texts[n] for n in kept])
            after, done = rows[-1].seq, done + len(rows)
            progress(min(1.0, done / max(total, 1)), "indexing")
        if self._index is not None:
            self._index.sort()
        return self

    def catch_up(self) -> bool:
        """Bring in what was added or decided since; False where that is too much and the index must be built anew."""
        with database.read(self.project.engine) as connection:
            now = clusters.mark(connection)
            if now == self._mark:
                return True
            rows = clusters.changed_since(connection, self._mark, FEW + 1)
        if now.sources[: len(self._mark.sources)] != self._mark.sources or len(rows) > FEW:
            return False
        if self._index is None:
            self._index = band_index(self.settings, [row.input for row in rows])
        for row in rows:
            self._index.change(row.id, self._text(row.input, row.output) if row.is_in else None)
        self._mark = now
        return True

    def near(self, input: str, output: str = "", limit: int = 5, but: str = "") -> list[Neighbour]:
        """The examples most like this one, at or above the project's threshold, most similar first."""
        return [] if self._index is None else self._index.near(self._text(input, output), self._read, limit, but)

    def _batch(self, after: int) -> list[clusters.Compared]:
        with database.read(self.project.engine) as connection:
            return clusters.batch(connection, after)

    def _read(self, ids: Sequence[str]) -> dict[str, str]:
        with database.read(self.project.engine) as connection:
            return {r.id: self._text(r.input, r.output) for r in clusters.by_id(connection, ids) if r.is_in}

    def _text(self, input: str, output: str) -> str:
        asked = input.removeprefix(self._shared)
        return asked if self.settings.on == "input" else f"{asked}\n{output}"
