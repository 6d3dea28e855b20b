"""What is in the set: files loaded, examples written by hand, the evaluation set and the knowledge base."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from curation import load
from curation.errors import UsageError
from curation.files import write_parquet, write_text
from curation.load import AS_IT_IS, DataFile
from curation.load.formats import file_format
from curation.measure.lookup import read_knowledge
from curation.progress import Progress, ignore, part
from curation.project.place import EVALUATION, KNOWLEDGE, Place, Settings, now
from curation.records import (
    DATASET_SCHEMA,
    Columns,
    Dataset,
    FileOptions,
    Imported,
)
from curation.review.curate import Curated, curate
from curation.store import database, decisions, examples
from curation.store.examples import StoredExamples
from curation.text.turns import kept

HELD_BACK = ("test", "eval", "val", "dev")
"""Splits that evaluate, as data sets name them; the first that a file has is its evaluation set."""


@dataclass(frozen=True)
class Loaded:
    """What became of one file: rows stored and rejected, or that it was in the project already.

    `repeated` of the rows stored were in the project before, from another file: same input, output and label.
    """

    name: str
    stored: int
    rejected: int
    reasons: Mapping[str, int]
    already: bool
    imported: Imported
    repeated: int = 0


class Examples:
    """The examples of a project; `stored` answers what can be asked of them row by row and in counts."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self.place, self.settings = place, settings
        self.stored = StoredExamples(place.engine)

    def load(
        self,
        path: Path,
        columns: Columns | None = None,
        name: str | None = None,
        progress: Progress = ignore,
        options: FileOptions = AS_IT_IS,
    ) -> Loaded:
        """Store the rows of one file. A file with the same bytes is not loaded twice, unless for another split."""
        imported = load.load(path, columns, name, part(progress, 0.0, 0.8), options=options)
        if part_read := options.split or options.sheet:
            imported = replace(imported, digest=f"{imported.digest}:{part_read}")
        counts = reason_counts(imported.rejected)
        # Not inside the transaction: a job's progress is itself written to the database and would wait for this one.
        progress(0.85, "storing")
        with database.write(self.place.engine) as connection:
            already = examples.find_source(connection, imported.digest) is not None
            repeated = 0 if already else examples.repeated(connection, imported.dataset)
            if not already:
                examples.add_imported(connection, imported, now())
        progress(1.0, "stored")
        rows = len(imported.dataset)
        return Loaded(imported.name, rows, imported.rejected.num_rows, counts, already, imported, repeated)

    @staticmethod
    def preview(
        path: Path, columns: Columns | None = None, name: str | None = None, options: FileOptions = AS_IT_IS
    ) -> Imported:
        """The first rows of a file as they would be read."""
        return load.preview(path, columns, name=name, options=options)

    @staticmethod
    def data_files(path: Path, split: str = "") -> list[DataFile]:
        """The files that a path stands for: itself, or those of a folder or a pattern."""
        return load.data_files(path, split)

    @staticmethod
    def formats() -> dict[str, str]:
        """What each file format is called, by its name."""
        return {name: plugin.title for name, plugin in file_format.all().items()}

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

    def set_source(self, source: int, active: bool) -> None:
        """Take a file's rows into the set or leave them out."""
        with database.write(self.place.engine) as connection:
            examples.set_active(connection, source, active)

    def dataset(self) -> Dataset:
        """The examples as imported."""
        with database.read(self.place.engine) as connection:
            return examples.read_dataset(connection)

    def curated(self) -> Curated:
        """The examples as decided so far."""
        declared = self._declares_labels()
        with database.read(self.place.engine) as connection:
            return curate(examples.read_dataset(connection), decisions.all_decisions(connection), declared)

    def is_classification(self) -> bool:
        """Whether the outputs are labels: what `curated` settles, from counts alone."""
        declared = self._declares_labels()
        with database.read(self.place.engine) as connection:
            return examples.is_classification(connection, declared)

    def label_set(self) -> list[str]:
        """The labels in use, commonest first, then those declared in the context that no row has yet."""
        used = [name for name, _ in self.stored.label_counts()]
        return [*used, *(name for name in self.settings.context().label_names if name not in used)]

    def hold_against(self, path: Path, columns: Columns | None = None, progress: Progress = ignore) -> int:
        """Keep a file as the evaluation set that no training row may overlap; returns its rows.

        Of a file with several splits it is the rows for testing, or else for validation, that are kept.
        """
        imported = load.load(path, columns, progress=progress)
        evaluation = imported.dataset
        held = next((name for word in HELD_BACK for name in imported.splits if word in name.lower()), None)
        if held and len(imported.splits) > 1:
            splits = [kept(meta).get("split") for meta in evaluation.values("meta")]
            evaluation = evaluation.where([split == held for split in splits])
        write_parquet(self.place.folder / EVALUATION, evaluation.table)
        return len(evaluation)

    def evaluation(self) -> Dataset | None:
        """The evaluation set, None where none was given."""
        path = self.place.folder / EVALUATION
        return Dataset(pq.read_table(path, schema=DATASET_SCHEMA)) if path.exists() else None

    def hold_knowledge(self, path: Path) -> int:
        """Keep a text file as the knowledge base that answers are looked up in; returns its passages."""
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


def reason_counts(rejected: pa.Table) -> dict[str, int]:
    """How many rows were rejected for each reason."""
    return dict(Counter(rejected["reason"].to_pylist()))
