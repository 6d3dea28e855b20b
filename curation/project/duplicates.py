"""Near-duplicates of a project: found, shown, merged, decided about; and those of a text somebody is writing."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from curation import dedup, load
from curation.dedup import BandIndex, Settings, band_index
from curation.dedup import Settings as DedupSettings
from curation.errors import NotChecked, StaleDecision, UsageError
from curation.files import replace_file
from curation.load import AS_IT_IS, Spooled
from curation.project.examples import Examples
from curation.project.place import Place, now
from curation.project.place.access import guarded, needs
from curation.records import (
    Action,
    Bulk,
    ClusterFilter,
    Clusters,
    Columns,
    Dataset,
    Decision,
    Example,
    FileOptions,
    Member,
    Neighbour,
    Snapshot,
)
from curation.records.progress import Progress, ignore, part
from curation.records.settings import changed
from curation.review.state import repeats, state_of
from curation.store import clusters as stored_clusters
from curation.store import database, decisions, results
from curation.store.clusters import Compared, StoredClusters
from curation.store.settings import read_setting, write_setting
from curation.text.differences import differences
from curation.text.openings import opening

ACTIONS: dict[Bulk, Action] = {"leave_out": "reject", "keep": "keep", "accept": "accept"}


class Duplicates:
    """Near-duplicates of a project; `stored` answers what the last run found."""

    def __init__(self, place: Place, examples: Examples) -> None:
        self.place, self.examples = place, examples
        self.stored = guarded(place, StoredClusters(place.engine))

    @needs("curator")
    def find(self, settings: DedupSettings | None = None, progress: Progress = ignore) -> Clusters:
        """Find near-duplicate clusters among the examples as decided so far, and store them."""
        snapshot, dataset, kept = self.place.as_of(lambda of: (of, self.examples.curated().dataset, self.settings()))
        if settings is not None and settings != kept:
            # Under the project's own settings this result is not the one that would be found.
            snapshot = replace(snapshot, settings=results.digest(json.dumps(asdict(settings), default=str)))
        return self.cluster(dataset, settings or kept, snapshot, progress)

    @needs("curator")
    def cluster(
        self, dataset: Dataset, settings: DedupSettings, snapshot: Snapshot, progress: Progress = ignore
    ) -> Clusters:
        """Find the clusters of these rows, read at a snapshot, and store them."""
        clusters = dedup.dedup(dataset, settings, progress)
        prepare = partial(stored_clusters.prepare_clusters, found=clusters)
        with database.write(self.place.engine, prepare) as connection:
            stored_clusters.save_clusters(connection, clusters, snapshot)
        return clusters

    @staticmethod
    def of_file(
        path: Path,
        columns: Columns | None,
        out: Path,
        settings: DedupSettings,
        progress: Progress = ignore,
        options: FileOptions = AS_IT_IS,
    ) -> tuple[Spooled, dict[str, int]]:
        """Write the clusters of a file to `out`, whole or not at all; returns how it was read and the rows by kind.

        Nothing is stored and the rows never lie in memory as a whole: ten million take less than 4 GB.
        """
        with load.spooled(path, columns, part(progress, 0.0, 0.4), options=options) as spooled:
            kinds: dict[str, int] = {}
            step = part(progress, 0.4, 1.0)
            replace_file(out, lambda to: kinds.update(dedup.dedup_file(spooled.examples, to, settings, step)["kinds"]))
        return spooled, {kind: n for kind, n in kinds.items() if n}

    @needs("viewer")
    def overlap(self) -> pa.Table:
        """The examples that equal or closely resemble one of the evaluation set, with that row and the similarity."""
        dataset = self.examples.dataset()
        return dedup.decontaminate(dataset, self.examples.evaluation() or dataset.take([]), self.settings())

    @needs("viewer")
    def neighbours(self) -> "Neighbours":
        """An index of the project under its own settings, not built yet."""
        return Neighbours(self.examples, self.settings())

    @staticmethod
    def built_in() -> DedupSettings:
        """How near-duplicates are found where nobody chose otherwise."""
        return DedupSettings()

    @staticmethod
    def chosen(values: Mapping[str, Any]) -> DedupSettings:
        """The built-in settings with these values in place of theirs; raises UsageError on one out of its range."""
        return changed(DedupSettings(), values)

    @needs("viewer")
    def settings(self) -> DedupSettings:
        """How near-duplicates are found in this project."""
        with database.read(self.place.engine) as connection:
            return DedupSettings(**(read_setting(connection, "dedup") or {}))

    @needs("curator")
    def save_settings(self, settings: DedupSettings) -> None:
        """Find near-duplicates in another way from now on."""
        with database.write(self.place.engine) as connection:
            write_setting(connection, "dedup", asdict(settings))

    @staticmethod
    def differences(left: str, right: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
        """Both texts as (changed, text) spans."""
        spans = differences(left, right)
        return [(op != "same", text) for op, text in spans[0]], [(op != "same", text) for op, text in spans[1]]

    @staticmethod
    def guards(left: str, right: str) -> set[str]:
        """In what two texts differ that no removal may overlook: number, date, name, negation."""
        return set(dedup.guarded(left, right))

    @needs("viewer")
    def changes(self, filter: ClusterFilter, bulk: Bulk) -> list[tuple[str, Action, str]]:
        """That decision as (example, action, value) for `decide_all`; a row left out names its keeper."""
        rows, action = self.stored.touched_rows(filter, bulk), ACTIONS[bulk]
        return [(id, action, repeats(keeper, s) if action == "reject" else "") for id, keeper, s in rows]

    @needs("curator")
    def merge(
        self, keeper: Example, other: Member, input: str, output: str, label: str | None, reviewer: str = ""
    ) -> str:
        """Make one example of two: the keeper gets these texts, the other is left out; returns the batch of both.

        Both are stored together and taken back together by `Decisions.undo_bulk`. Raises StaleDecision when somebody
        decided either of them since they were read, UsageError when there is no text left.
        """
        new = {"input": input, "output": output} | ({"label": label} if label is not None else {})
        if not input.strip():
            raise UsageError("The merged example has no input. Write one, or keep both.")
        changed = {side: text for side, text in new.items() if text != getattr(keeper, side)}
        made: list[tuple[Example, Action, str]] = [
            (other.example, "reject", repeats(keeper.id, other.similarity)),
            (keeper, *_kept(changed)),
        ]
        at, batch, reason = now(), uuid.uuid4().hex[:12], f"merged into {keeper.id}"
        told = [Decision(example.id, action, value, reviewer, at, 0, reason) for example, action, value in made]
        with database.write(self.place.engine) as connection:
            for example in (keeper, other.example):
                if len(decisions.of_example(connection, example.id)) != example.version:
                    raise StaleDecision("Somebody else has just decided one of the two. Nothing was changed.")
            decisions.append_all(connection, told, state_of, batch, only_undecided=False)
        return batch

    @staticmethod
    def left_out_for(member: Member) -> str:
        """The value of the decision to leave a row out as a repeat of its keeper: the export names that one then."""
        return repeats(member.keeper, member.similarity)


def _kept(changed: dict[str, str]) -> tuple[Action, str]:
    return ("edit", json.dumps(changed, ensure_ascii=False)) if changed else ("keeper", "")


LARGEST = 1_500_000
"""Examples beyond which no index is kept: measured at a million, one takes 284 bytes an example and 37 s of a core."""

FEW = 5_000
"""Examples changed since the last look that are brought in while a person waits, at 1 ms each; more: made anew."""


class Neighbours:
    """An index of one project; `build` it once, `catch_up` before asking what is `near`."""

    def __init__(self, examples: Examples, settings: Settings) -> None:
        self.examples, self.settings = examples, settings
        self.engine = examples.place.engine
        self._index: BandIndex | None = None
        self._shared = ""
        with database.read(self.engine) as connection:
            self._mark = stored_clusters.mark(connection)

    def build(self, progress: Progress = ignore) -> "Neighbours":
        """Read all examples in batches, each in a transaction of its own. Raises NotChecked where they are too many."""
        total, after, done = self.examples.stored.totals()["stored"], 0, 0
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
        with database.read(self.engine) as connection:
            now = stored_clusters.mark(connection)
            if now == self._mark:
                return True
            rows = stored_clusters.changed_since(connection, self._mark, FEW + 1)
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

    def _batch(self, after: int) -> list[Compared]:
        with database.read(self.engine) as connection:
            return stored_clusters.batch(connection, after)

    def _read(self, ids: Sequence[str]) -> dict[str, str]:
        with database.read(self.engine) as connection:
            return {r.id: self._text(r.input, r.output) for r in stored_clusters.by_id(connection, ids) if r.is_in}

    def _text(self, input: str, output: str) -> str:
        asked = input.removeprefix(self._shared)
        return asked if self.settings.on == "input" else f"{asked}\n{output}"
