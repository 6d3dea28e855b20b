"""What several evidence items need of the same dataset, worked out once."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from curation.binding import bound_names, cluster_of
from curation.readiness.policy import Policy
from curation.records import CheckRun, Evidence, Facts
from curation.sampling.randomness import generator
from curation.text.normalise import lowered, named
from curation.text.openings import unopened


@dataclass(frozen=True)
class Rows:
    """Examples after exact duplicates collapse, sorted by input so that neither row order nor label names matter.

    `clusters` names the near-duplicates of a row, `groups` all it is bound to (see `binding`): these never part between
    folds. `kept` is false where another row stands for this one, `copies` counts the exact duplicates that
    collapsed into it, itself included.
    """

    ids: list[str]
    inputs: list[str]
    outputs: list[str]
    labels: list[str | None]
    created: list[str | None]
    clusters: list[int | str]
    groups: list[str]
    kept: list[bool]
    copies: list[int]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Conflicts:
    """Rows whose identical normalised input has another, more frequent answer.

    `dated` holds those that changed in time; `inputs` counts the inputs of the others.
    """

    rows: tuple[int, ...]
    dated: tuple[int, ...]
    inputs: int


@dataclass(frozen=True)
class Study:
    """The facts and the policy, with what is derived from them. Positions are into `rows`.

    `found` holds, while an item is gathered, the evidence it needs (`needs` where it is registered) and no other.
    `behind` holds the ids of all rows behind an item, the first to look at first.
    """

    facts: Facts
    policy: Policy
    cache: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    found: dict[str, Evidence] = field(default_factory=dict, repr=False, compare=False)
    behind: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def labelled_set(self) -> bool:
        """Whether this is a classification set."""
        return self.facts.dataset.is_classification

    @cached_property
    def answered(self) -> bool:
        """Whether any row has an output: a set without one waits for its labels or answers."""
        return any(output.strip() for output in self.rows.outputs)

    @cached_property
    def rows(self) -> Rows:
        """The examples after exact duplicates collapse, inputs without the opening that nearly all share."""
        return _collapsed(self.facts)

    @cached_property
    def usable(self) -> list[int]:
        """Positions with an input and an answer: in a classification set the labelled rows."""
        rows = self.rows
        answers = rows.labels if self.labelled_set else rows.outputs
        return [n for n in range(len(rows)) if rows.inputs[n].strip() and (answers[n] or "").strip()]

    @cached_property
    def conflicts(self) -> Conflicts:
        """Rows to change so that every identical input has one answer."""
        return _conflicts(self.rows, self.usable, self.labelled_set)

    @cached_property
    def effective(self) -> list[int]:
        """Usable positions left when near-duplicates collapse and conflicts and contaminated rows are taken out."""
        out = {*self.conflicts.rows, *self.conflicts.dated}
        leaked = set(self.flagged("leakage"))
        return [n for n in self.usable if self.rows.kept[n] and n not in out and self.rows.ids[n] not in leaked]

    @cached_property
    def class_counts(self) -> dict[str, int]:
        """Unique rows per class, declared classes without any row included, in order of name.

        A declared class that the data writes otherwise ("Activate my card", "activate_my_card") is the data's.
        """
        found = Counter(self.rows.labels[n] or "" for n in self.unique)
        return {name: found[name] for name in sorted({*found, *self.declared})}

    @cached_property
    def declared(self) -> tuple[str, ...]:
        """The declared classes, as the data writes them where it does."""
        written = {named(label): label for label in sorted({label for label in self.rows.labels if label})}
        return tuple(written.get(named(name), name) for name in self.facts.context.task.labels)

    @cached_property
    def unique(self) -> list[int]:
        """Usable positions left when near-duplicates collapse."""
        return [n for n in self.usable if self.rows.kept[n]]

    @cached_property
    def answer_kind(self) -> str:
        """labels, closed (free text drawn from few fixed answers, as in an FAQ) or text."""
        if self.labelled_set:
            return "labels"
        settings = self.policy.items["learnability"].settings
        counts = Counter(lowered(self.rows.outputs[n]) for n in self.effective)
        repeated = sum(count for count in counts.values() if count >= settings["closed_repeats"])
        return "closed" if counts and repeated >= settings["closed_share"] * len(self.effective) else "text"

    def generator(self, id: str) -> np.random.Generator:
        """The random generator of this item, at its start: no other item's draws move its own."""
        return generator(self.facts.seed, id)

    def flagged(self, check: str) -> list[str]:
        """Ids with a finding of this check, in order of confidence, surest first."""
        table = self.facts.findings.of(check).table
        pairs = zip(table["confidence"].to_pylist(), table["id"].to_pylist())
        return list(dict.fromkeys(id for _, id in sorted(pairs, key=lambda pair: (-pair[0], pair[1]))))

    def run(self, check: str) -> CheckRun:
        """How a check went."""
        return self.facts.findings.run(check)


def _collapsed(facts: Facts) -> Rows:
    data = facts.dataset
    columns = [data.values(name) for name in ("id", "input", "output", "label", "created")]
    columns[1] = unopened(columns[1])
    columns_of = facts.clusters.table.select(["id", "keeper", "kind"]).to_pydict()
    related = dict(zip(columns_of["id"], zip(columns_of["keeper"], columns_of["kind"])))
    order = sorted(range(len(data)), key=lambda n: (columns[1][n], columns[0][n]))
    first: dict[Any, int] = {}
    copies: Counter[int] = Counter()
    for n in order:
        id, text, output, label, _ = (column[n] for column in columns)
        keeper, kind = related.get(id, (id, "unique"))
        key: Any = (
            ("copy of", keeper) if kind == "exact" or (keeper == id and kind != "unique") else (text, output, label)
        )
        place = first.setdefault(key, n)
        place = first.setdefault((text, output, label), place)
        copies[place] += 1
    chosen = list(copies)
    near: set[str] = set()
    kept = []
    # "Where is parcel 12?" and "Where is parcel 13?" teach a classifier the same, though neither is a repeat
    label_of = dict(zip(columns[0], columns[3])) if data.is_classification else {}
    for n in chosen:
        keeper, kind = related.get(columns[0][n], (columns[0][n], "unique"))
        same = kind == "variant" and columns[3][n] is not None and label_of.get(keeper) == columns[3][n]
        stands_for = keeper if same or kind in ("exact", "near") else columns[0][n]
        kept.append(stands_for not in near)
        near.add(stands_for)
    ids, inputs, outputs, labels, created = ([column[n] for n in chosen] for column in columns)
    numbers, sets = cluster_of(facts.clusters), bound_names(data, facts.clusters)
    clusters = [numbers.get(id, id) for id in ids]
    groups = [sets[id] for id in ids]
    return Rows(ids, inputs, outputs, labels, created, clusters, groups, kept, [copies[n] for n in chosen])


def _conflicts(rows: Rows, usable: Sequence[int], labelled: bool) -> Conflicts:
    inputs: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for n in usable:
        answer = (rows.labels[n] or "") if labelled else lowered(rows.outputs[n])
        inputs[lowered(rows.inputs[n])][answer].append(n)
    change: list[int] = []
    dated: list[int] = []
    count = 0
    for answers in inputs.values():
        if len(answers) < 2:
            continue
        ranked = sorted(answers.values(), key=lambda ns: (-sum(rows.copies[n] for n in ns), ns))
        wrong = [n for ns in ranked[1:] for n in ns]
        if _changed_in_time(list(answers.values()), rows):
            dated += wrong
        else:
            change += wrong
            count += 1
    return Conflicts(tuple(sorted(change)), tuple(sorted(dated)), count)


def _changed_in_time(answers: Sequence[Sequence[int]], rows: Rows) -> bool:
    """Whether every row carries a date and no two different answers share one."""
    dates = [{rows.created[n] for n in ns} for ns in answers]
    whole = set().union(*dates)
    return None not in whole and "" not in whole and len(whole) == sum(map(len, dates))
