"""What is in the set: files loaded, examples written by hand, the evaluation set and the knowledge base."""

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from curation import load
from curation.errors import Cancelled, UsageError
from curation.files import write_parquet, write_text
from curation.load import AS_IT_IS, DataFile
from curation.load.formats import file_format
from curation.measure.lookup import read_knowledge
from curation.project.place import EVALUATION, KNOWLEDGE, Place, Settings, imports, now
from curation.project.place.access import guarded, needs
from curation.records import (
    DATASET_SCHEMA,
    REJECTED_SCHEMA,
    Columns,
    Dataset,
    FileOptions,
    Imported,
)
from curation.records.progress import Progress, ignore, part
from curation.review.curate import Curated, curate
from curation.store import database, decisions, examples
from curation.store.examples import StoredExamples
from curation.store.rows import imports as coming_in
from curation.store.rows import versions
from curation.store.rows.versions import Again
from curation.text.turns import kept
from curation.wording import reloaded

HELD_BACK = ("test", "eval", "val", "dev")
"""Splits that evaluate, as data sets name them; the first that a file has is its evaluation set."""

RESULT = ("name", "stored", "rejected", "repeated", "already")
"""What a job says of a file that it loaded."""
BESIDE = (
    "a file of this name was loaded before without {column!r} as the id of its rows; its rows stay in the set beside "
    "these. Leave that file out on the Load page if this one replaces it"
)


@dataclass(frozen=True)
class Loaded:
    """What became of one file: rows stored and rejected, or that it was in the project already.

    `repeated` of the rows stored were in the project before, from another file: same input, output and label. `again`
    says what a mended file brought whose rows have an id of their own; what is stored are its new and changed rows.
    """

    name: str
    stored: int
    rejected: int
    reasons: Mapping[str, int]
    already: bool
    imported: Imported
    repeated: int = 0
    again: Again | None = None


class Examples:
    """The examples of a project; `stored` answers what can be asked of them row by row and in counts."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self.place, self.settings = place, settings
        self.stored = guarded(place, StoredExamples(place.engine))

    @needs("curator")
    def load(
        self,
        path: str | Path,
        columns: Columns | None = None,
        name: str | None = None,
        progress: Progress = ignore,
        options: FileOptions = AS_IT_IS,
    ) -> Loaded:
        """Store the rows of one file. A file with the same bytes is not loaded twice, unless for another split.

        Where a column tells rows apart, a file of a name that was loaded before brings its rows up to date: what it
        changes is a new version of the row, undecided until somebody decides it or `Decisions.confirm_changed`.
        """
        imported = load.load(Path(path), columns, name, part(progress, 0.0, 0.8), options=options)
        if part_read := options.split or options.sheet:
            imported = replace(imported, digest=f"{imported.digest}:{part_read}")
        loaded = self._stored(imported, part(progress, 0.8, 1.0))
        with suppress(Cancelled):  # too late: the rows are stored, and "cancelled" would say that nothing is
            progress(1.0, "stored")
        return loaded

    def _stored(self, imported: Imported, progress: Progress) -> Loaded:
        """What became of the file, which is in the set now; the others go on deciding meanwhile."""
        engine = self.place.engine
        while True:
            with database.consistent(engine) as connection:
                before = versions.beside(connection, imported)
                loaded, replaced = _brought(connection, imported)
            if loaded.already:
                return loaded
            with imports.stored(engine, [loaded.imported], progress) as (coming,):
                with database.read(engine) as connection:
                    lines = versions.replacements(connection, replaced, coming.source)
                with database.write(engine) as connection:
                    if versions.beside(connection, imported) == before:  # else somebody loaded the same file meanwhile
                        result = {name: getattr(loaded, name) for name in RESULT}
                        coming_in.take_in(connection, coming, result)
                        versions.replace_rows(connection, lines, coming.source)
                        return loaded

    @needs("curator")
    def store(self, rows: Dataset) -> None:
        """Store rows that were read before, or made in Python, each under the file it came from."""
        engine = self.place.engine
        with imports.stored(engine, _by_file(rows), ignore) as files, database.write(engine) as connection:
            for coming in files:
                coming_in.take_in(connection, coming, {})

    @staticmethod
    def preview(
        path: Path, columns: Columns | None = None, name: str | None = None, options: FileOptions = AS_IT_IS
    ) -> Imported:
        """The first rows of a file as they would be read."""
        return load.preview(path, columns, name=name, options=options)

    @staticmethod
    def data_files(path: str | Path, split: str = "") -> list[DataFile]:
        """The files that a path stands for: itself, or those of a folder or a pattern."""
        return load.data_files(Path(path), split)

    @staticmethod
    def formats() -> dict[str, str]:
        """What each file format is called, by its name."""
        return {name: plugin.title for name, plugin in file_format.all().items()}

    @needs("reviewer")
    def add(self, input: str, output: str, label: str | None, is_classification: bool, by: str = "") -> str:
        """Store an example a person wrote and return its id. Raises UsageError where a text is missing.

        In a classification set the output is the label, and the label may be missing until somebody gives it.
        """
        if not input.strip():
            raise UsageError("Write an input first.")
        if is_classification:
            output = label or ""
        elif not output.strip():
            raise UsageError("Write an ideal output: the model learns from it.")
        with database.write(self.place.engine) as connection:
            return examples.add_by_hand(connection, examples.Draft(input, output, label, by), is_classification, now())

    @needs("curator")
    def set_source(self, source: int, active: bool) -> None:
        """Take a file's rows into the set or leave them out."""
        with database.write(self.place.engine) as connection:
            examples.set_active(connection, source, active)

    @needs("viewer")
    def dataset(self) -> Dataset:
        """The examples as imported."""
        with database.read(self.place.engine) as connection:
            return examples.read_dataset(connection)

    @needs("viewer")
    def curated(self, some: examples.Numbers | None = None) -> Curated:
        """The examples as decided so far, all or some of them."""
        declared = self._declares_labels()
        with database.read(self.place.engine) as connection:
            known = None if some is None else examples.is_classification(connection, declared)
            rows, made = examples.read_dataset(connection, some), decisions.all_decisions(connection)
            return curate(rows, made, declared, known)

    @needs("viewer")
    def is_classification(self) -> bool:
        """Whether the outputs are labels: what `curated` settles, from counts alone."""
        declared = self._declares_labels()
        with database.read(self.place.engine) as connection:
            return examples.is_classification(connection, declared)

    @needs("viewer")
    def label_set(self) -> list[str]:
        """The labels in use, commonest first, then those declared in the context that no row has yet."""
        used = [name for name, _ in self.stored.label_counts()]
        return [*used, *(name for name in self.settings.context().label_names if name not in used)]

    @needs("curator")
    def hold_evaluation(self, evaluation: Dataset) -> int:
        """Keep these rows as the evaluation set that no training row may overlap; returns how many they are."""
        write_parquet(self.place.folder / EVALUATION, evaluation.table)
        return len(evaluation)

    @needs("curator")
    def hold_against(self, path: str | Path, columns: Columns | None = None, progress: Progress = ignore) -> int:
        """Keep a file as the evaluation set that no training row may overlap; returns its rows.

        Of a file with several splits it is the rows for testing, or else for validation, that are kept.
        """
        imported = load.load(Path(path), columns, progress=progress)
        evaluation = imported.dataset
        held = next((name for word in HELD_BACK for name in imported.splits if word in name.lower()), None)
        if held and len(imported.splits) > 1:
            splits = [kept(meta).get("split") for meta in evaluation.values("meta")]
            evaluation = evaluation.where([split == held for split in splits])
        return self.hold_evaluation(evaluation)

    @needs("viewer")
    def evaluation(self) -> Dataset | None:
        """The evaluation set, None where none was given."""
        path = self.place.folder / EVALUATION
        return Dataset(pq.read_table(path, schema=DATASET_SCHEMA)) if path.exists() else None

    @needs("curator")
    def hold_knowledge(self, path: str | Path) -> int:
        """Keep a text file as the knowledge base that answers are looked up in; returns its passages."""
        path = Path(path)
        passages, _ = read_knowledge(path, send_private=True)
        write_text(self.place.folder / KNOWLEDGE, path.read_text("utf-8-sig"))
        return len(passages)

    def _declares_labels(self) -> bool:
        """Whether labels stand in the context, or a file has a column for labels and none for other outputs."""
        columns = [json.loads(source.columns) for source in self.stored.sources() if source.active]
        awaited = any(
            c.get("label") and not c.get("output") and c.get("messages") in (None, c["label"]) for c in columns
        )
        return awaited or bool(self.settings.context().labels)


def _brought(connection: database.Connection, imported: Imported) -> tuple[Loaded, list[int]]:
    """(what becomes of the file when its rows are stored, the examples that some of them stand for)."""
    counts = (imported.rejected.num_rows, reason_counts(imported.rejected))
    if examples.find_source(connection, imported.digest) is not None:
        return Loaded(imported.name, len(imported.dataset), *counts, True, imported), []
    if there := versions.same_rows_of(connection, imported):
        stored, replaced, again = versions.brought(connection, imported, there)
        stored = replace(stored, warnings=(*stored.warnings, *reloaded(**asdict(again))))
        return Loaded(imported.name, len(stored.dataset), *counts, False, stored, again=again), replaced
    repeated = examples.repeated(connection, imported.dataset)
    if imported.columns.id and versions.without_id(connection, imported):
        imported = replace(imported, warnings=(*imported.warnings, BESIDE.format(column=imported.columns.id)))
    return Loaded(imported.name, len(imported.dataset), *counts, False, imported, repeated), []


def reason_counts(rejected: pa.Table) -> dict[str, int]:
    """How many rows were rejected for each reason."""
    return dict(Counter(rejected["reason"].to_pylist()))


def _by_file(rows: Dataset) -> list[Imported]:
    """The rows of each file as they stand now, beside the rows of it that were rejected."""
    ids = rows.values("id")
    if len(set(ids)) < len(ids):
        raise UsageError(
            "Some of these rows have the same id, so they cannot be told apart. Give each an id of its own."
        )
    at: dict[str, list[int]] = {imported.name: [] for imported in rows.imported}
    for n, name in enumerate(rows.values("source")):
        at.setdefault(name, []).append(n)
    made = []
    for name, positions in at.items():
        of = replace(rows.take(positions), imported=())
        read = [imported for imported in rows.imported if imported.name == name]
        rejected = pa.concat_tables([REJECTED_SCHEMA.empty_table(), *(imported.rejected for imported in read)])
        made.append(replace(read[0] if read else _in_memory(name, of), dataset=of, rejected=rejected))
    return made


def _in_memory(name: str, rows: Dataset) -> Imported:
    """Rows that no file was read for: their columns are those of a Dataset."""
    columns = Columns(("input",), None if rows.is_classification else "output", "label" if rows.labels else None)
    return Imported(rows, REJECTED_SCHEMA.empty_table(), name, rows.digest, "memory", "flat", "utf-8", columns)
