"""The rows a model may read: their texts as they stand and as they are sent, and the name of a version of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from curation.records import Dataset, text_digest
from curation.text.private import mask, private

BATCH = 1000
"""Rows read from the set at a time."""


@dataclass(frozen=True)
class Row:
    """A row with its answer: its label in a set of labels ("" where it has none yet), else its output."""

    id: str
    input: str
    answer: str

    @property
    def text(self) -> str:
        """The name of this version of its texts: a reading holds for these alone."""
        return text_digest(self.input, self.answer)


def answered(dataset: Dataset) -> Iterator[Row]:
    """The rows with both an input and an answer, in the order of the set.

    Others, among them those whose only answer is a bad one, hold nothing to read.
    """
    side = "label" if dataset.is_classification else "output"
    for start in range(0, len(dataset), BATCH):
        for row in dataset.table.slice(start, BATCH).select(["id", "input", side]).to_pylist():
            if row["input"].strip() and (row[side] or "").strip():
                yield Row(row["id"], row["input"], row[side])


def unlabelled(dataset: Dataset) -> Iterator[Row]:
    """The rows of a set of labels that have an input and no label yet, in the order of the set."""
    for start in range(0, len(dataset) if dataset.is_classification else 0, BATCH):
        for row in dataset.table.slice(start, BATCH).select(["id", "input", "label"]).to_pylist():
            if row["input"].strip() and not (row["label"] or "").strip():
                yield Row(row["id"], row["input"], "")


def is_private(row: Row) -> bool:
    """Whether its texts hold personal data or a key."""
    return bool(private(row.input) or private(row.answer))


def masked(row: Row) -> Row:
    """The row with personal data and keys masked."""
    return Row(row.id, mask(row.input), mask(row.answer))
