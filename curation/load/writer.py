"""Examples and rejected rows on their way into Arrow files, a batch at a time."""

from collections import Counter
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from curation.errors import InputRejected
from curation.load.mapping import BAD_ANSWER, SEVERAL_ANSWERS, SEVERAL_LABELS, Example
from curation.load.raw.encoding import Offsets
from curation.load.rows import Rejection, Source, Unusable, shown
from curation.records import DATASET_SCHEMA, REJECTED_SCHEMA, example_ids, named_id
from curation.text.carried import listed, named
from curation.text.turns.bad_answers import bad_answer
from curation.wording import counted

EXAMPLES_FILE = "examples.arrow"
REJECTED_FILE = "rejected.arrow"
TOLD = {
    SEVERAL_LABELS: "{rows} with several labels: each is kept, and a set of labels is no class of its own",
    BAD_ANSWER: "{rows} with a bad answer alone: kept for training on preferences (KTO), never a training target",
    SEVERAL_ANSWERS: "{rows} with several right answers: the first is the output, all are kept with the row",
}
"""What a person is told about such rows, by the code that examples carry."""
BATCH_ROWS = 10_000
"""Rows held before they are written: some MB of usual text, enough for Arrow's cost per batch not to show."""
BATCH_TEXT = 32 << 20
"""Characters held before they are written, whatever the number of rows."""


class Writer:
    """Writes the examples and the rejected rows of one file into `folder`, counting both."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.stored = self.rejected = self.shift = 0
        self.reasons: dict[str, tuple[int, str]] = {}
        self.lost: Counter[str] = Counter()
        self.unanswered = 0
        self.notes_seen: Counter[str] = Counter()
        self._source = source
        self._seen: dict[bytes, int] = {}
        self._examples: list[tuple[Example, int]] = []
        self._rejections: list[Rejection] = []
        self._text = 0
        self._written = 0
        self._examples_out = pa.RecordBatchFileWriter(str(folder / EXAMPLES_FILE), DATASET_SCHEMA)
        self._rejected_out = pa.RecordBatchFileWriter(str(folder / REJECTED_FILE), REJECTED_SCHEMA)
        decoded = source.text != source.path
        self._offsets = Offsets(source.text, source.mark, source.encoding) if decoded else None

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        if self._offsets:
            self._offsets.close()
        self._examples_out.close()
        self._rejected_out.close()

    def told_apart(self, example: Example, n: int) -> Example | Unusable:
        """The `n`-th example of a row that has an id of its own, or why not: a row before it has the same."""
        id = named_id(self._source.name, f"{example.key}\n{n}" if n else str(example.key))
        if bytes.fromhex(id) in self._seen:
            return Unusable("repeated_id", f"a row before it has the same id, {str(example.key)[:60]!r}")
        self._seen[bytes.fromhex(id)] = 1
        return example._replace(key=id)

    def add(self, example: Example, row: int) -> bool:
        """Takes one example; true where a batch was written."""
        self.stored += 1
        self.lost.update(example.lost)
        self.notes_seen.update(example.notes)
        self.unanswered += not example.output.strip() and BAD_ANSWER not in example.notes
        self._examples.append((example, row))
        self._text += len(example.input) + len(example.output) + len(example.meta)
        return self._flush_if_full(len(self._examples))

    def reject(self, rejection: Rejection) -> bool:
        """Takes one rejected row; true where a batch was written."""
        self.rejected += 1
        count, message = self.reasons.get(rejection.reason, (0, f"row {rejection.number + 1:,}: {rejection.message}"))
        self.reasons[rejection.reason] = (count + 1, message)
        self._rejections.append(rejection)
        self._text += min(len(rejection.raw), 64 << 10)
        return self._flush_if_full(len(self._rejections))

    def notes(self, conversations: bool) -> list[str]:
        """Sentences on what training files cannot carry of these rows, and on `conversations` without an answer."""
        said = []
        if conversations and self.unanswered:
            said.append(f"conversations without an answer: {self.unanswered:,}; they are stored without an output")
        for code, sentence in TOLD.items():
            if self.notes_seen[code]:
                said.append(sentence.format(rows=counted(self.notes_seen[code], "row")))
        if self.lost:
            said.append(
                f"{listed(named(self.lost))}: kept with the rows; Parquet carries all of it, and an export "
                "says what its other formats lose"
            )
        return said

    def _flush_if_full(self, rows: int) -> bool:
        if rows < BATCH_ROWS and self._text < BATCH_TEXT:
            return False
        self._flush()
        return True

    def _flush(self) -> None:
        if self._examples:
            self._write(self._examples_out, self._example_batch())
            self._examples.clear()
        if self._rejections:
            self._write(self._rejected_out, self._rejected_batch())
            self._rejections.clear()
        self._text = 0

    def _write(self, out: pa.RecordBatchFileWriter, batch: pa.RecordBatch) -> None:
        self._written += batch.nbytes
        most = self._source.limits.decoded * self._source.limits.growth(self._source.size)
        if self._written > most:
            raise InputRejected(
                f"{self._source.name}: its rows come to more than {most / 1e9:.1f} GB; split the file or drop columns"
            )
        out.write_batch(batch)

    def _example_batch(self) -> pa.RecordBatch:
        examples, rows = zip(*self._examples)
        inputs, outputs, labels, groups, created, meta, _, _, keys = zip(*examples)
        ids = keys if keys[0] else example_ids(map(_told_by, examples), self._seen)
        names = [self._source.name] * len(rows)
        columns = (ids, inputs, outputs, labels, groups, names, rows, created, meta)
        arrays = [pa.array(values, field.type) for values, field in zip(columns, DATASET_SCHEMA)]
        return pa.RecordBatch.from_arrays(arrays, schema=DATASET_SCHEMA)

    def _rejected_batch(self) -> pa.RecordBatch:
        numbers, offsets, reasons, messages, raws = zip(*self._rejections)
        if self._offsets:
            offsets = tuple(map(self._offsets.original, offsets))
        names = [self._source.name] * len(numbers)
        columns = (names, numbers, offsets, reasons, messages, [shown(raw) for raw in raws])
        arrays = [pa.array(values, field.type) for values, field in zip(columns, REJECTED_SCHEMA)]
        return pa.RecordBatch.from_arrays(arrays, schema=REJECTED_SCHEMA)


def _told_by(example: Example) -> tuple[str | None, ...]:
    """What tells an example from others: its texts and label, the bad answer too where that is its only one."""
    texts = (example.input, example.output, example.label)
    return (*texts, bad_answer(*texts[1:], example.meta)) if BAD_ANSWER in example.notes else texts
