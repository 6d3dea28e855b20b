"""The labels of a set: how many rows have each, what each means, and changing one over the whole set at once."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from curation.errors import UsageError
from curation.project.decisions import Decisions
from curation.project.place.access import guarded, needs
from curation.records import Action, Filter
from curation.records.context import Label
from curation.store.rows.listed import StoredRows
from curation.text.normalise import named, spaced, unpunctuated

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class LabelRow:
    """A label, the rows that have it now (none left out counted), and what it was declared to mean."""

    name: str
    rows: int
    description: str
    key: str
    declared: bool


@dataclass(frozen=True)
class Variant:
    """Labels that differ in case, blanks and punctuation alone; `others` (with their rows) may become `keep`."""

    keep: str
    others: tuple[tuple[str, int], ...]


class Labels:
    """The labels of a project."""

    def __init__(self, decisions: Decisions) -> None:
        self.decisions, self.examples = decisions, decisions.examples
        self.settings = decisions.examples.settings
        self.place = decisions.place
        self.rows = guarded(self.place, StoredRows(self.place.engine))

    @needs("viewer")
    def all(self) -> list[LabelRow]:
        """The labels in use, commonest first, then those declared that no row has."""
        declared = {label.name: label for label in self.settings.context().labels}
        counts = dict(self.examples.stored.label_counts())
        names = [*counts, *(name for name in declared if name not in counts)]
        return [
            LabelRow(name, counts.get(name, 0), known.description, known.key, name in declared)
            for name in names
            for known in [declared.get(name, Label(name))]
        ]

    @needs("viewer")
    def variants(self) -> list[Variant]:
        """Labels that look like spellings of one; a declared one stays, else the commonest."""
        declared_first = sorted(self.all(), key=lambda label: not label.declared)
        return variants([(label.name, label.rows) for label in declared_first])

    @needs("curator")
    def declare(self, labels: Sequence[Label]) -> None:
        """Let these be the labels the set should have. Raises UsageError on a name or key given twice."""
        context = replace(self.settings.context(), labels=tuple(labels))
        self.settings.parse_context(self.settings.written(context))
        self.settings.save_context(context)

    @needs("curator")
    def describe(self, name: str, description: str, key: str = "") -> None:
        """Say what a label means and which key gives it. Raises UsageError where another label has the key."""
        known = {label.name: label for label in self.settings.context().labels}
        known[name] = Label(name, description.strip(), key.strip())
        self.declare(list(known.values()))

    @needs("viewer")
    def renamed(self, name: str, to: str) -> list[tuple[str, Action, str]]:
        """What renaming a label, or merging it into another, decides: every row that has it, left out or not.

        Nothing else is said of the rows: who decided them and how stays as it is. Raises UsageError where the new name
        is empty.
        """
        if not to.strip():
            raise UsageError("Write the new name of the label.")
        return [(id, "rename", to) for id in self.rows.ids(Filter(label=name))]

    @needs("viewer")
    def merged(self, variants: Sequence[Variant]) -> list[tuple[str, Action, str]]:
        """What merging these spellings decides: every row that has one of the others is renamed, as `renamed` does."""
        pairs = [(name, variant.keep) for variant in variants for name, _ in variant.others]
        return [change for name, keep in pairs for change in self.renamed(name, keep)]

    @needs("curator")
    def move_declared(self, name: str, to: str) -> None:
        """Let what a label was declared to mean be said of its new name; one declared already keeps its own."""
        labels = self.settings.context().labels
        if name not in (label.name for label in labels):
            return
        is_there = to in (label.name for label in labels)
        moved = [replace(label, name=to) if label.name == name else label for label in labels]
        self.declare([label for label in labels if label.name != name] if is_there else moved)

    @needs("viewer")
    def left_out(self, name: str) -> list[tuple[str, Action, str]]:
        """What deleting a label decides: every row that has it and is not left out goes."""
        every = self.rows.ids(Filter(label=name))
        gone = set(self.rows.ids(Filter(label=name, status="rejected")))
        return [(id, "reject", "") for id in every if id not in gone]

    @needs("curator")
    def undeclare(self, name: str) -> None:
        """Take a label out of those the set should have."""
        labels = self.settings.context().labels
        if name in (label.name for label in labels):
            self.declare([label for label in labels if label.name != name])


def variants(counts: Sequence[tuple[str, int]]) -> list[Variant]:
    """Labels (with their rows, the best name first) that are the same but for case, blanks and punctuation.

    Signs such as + and # tell labels apart (C, C++), and so do numbers (2.5, 25).
    """
    same: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for name, rows in counts:
        letters = unpunctuated(named(name)).replace(" ", "")
        # Of a label that is signs alone nothing would be left to compare.
        same[(letters or name, *NUMBER.findall(name))].append((name, rows))
    return [_variant(group) for group in same.values() if len(group) > 1]


def _variant(group: Sequence[tuple[str, int]]) -> Variant:
    # A blank at an end is nobody's choice of a name.
    keep = next((name for name, _ in group if name == spaced(name)), group[0][0])
    return Variant(keep, tuple(one for one in group if one[0] != keep))
