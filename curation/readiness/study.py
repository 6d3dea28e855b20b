"""What several evidence items need of the same dataset, worked out once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from curation.errors import NotChecked
from curation.label_model.sets import labels_in, separator_of
from curation.readiness.rows import Conflicts, Rows, Waiting, collapsed, conflicts_of
from curation.readiness.rules import Policy
from curation.readiness.texts import answers as answering
from curation.readiness.texts.answers import AnswerKind, Lines
from curation.readiness.texts.patterns import Patterns, Texts, patterns
from curation.records import CheckRun, Evidence, Facts
from curation.records.progress import Run, in_turn
from curation.sampling.randomness import generator
from curation.text.normalise import lowered, named
from curation.text.tokens import ESTIMATE
from curation.text.tokens import Counter as TokenCounter

T = TypeVar("T")
ONE_RIGHT = ("classification", "extraction", "question_answering")
"""Kinds of task in which an input has one right answer."""
FAR_APART = 0.1
"""Numbers that differ by more than this share of their range contradict each other (policy)."""


@dataclass(frozen=True)
class Study:
    """The facts and the policy, with what is derived from them. Positions are into `rows`.

    `counter` counts tokens, `engine` is what works on many things at once; what many of these read lies in `folder`,
    where there is one.
    `found` holds, while an item is gathered, the evidence it needs (`needs` where it is registered) and no other.
    `behind` holds the ids of all rows behind an item, the first to look at first.
    """

    facts: Facts
    policy: Policy
    counter: TokenCounter = ESTIMATE
    engine: Run = in_turn
    folder: Path | None = None
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
        return collapsed(self.facts)

    @cached_property
    def answers(self) -> list[str]:
        """The answer of each row as it is counted: its label, its labels in name order, or its text in lower case."""
        rows, separator = self.rows, self.separator
        if not self.labelled_set:
            return [lowered(output) for output in rows.outputs]
        if separator is None:
            return [label or "" for label in rows.labels]
        return ["|".join(labels_in(label or "", separator)) for label in rows.labels]

    @cached_property
    def usable(self) -> list[int]:
        """Positions with an input and an answer: in a classification set the labelled rows."""
        rows = self.rows
        answers = rows.labels if self.labelled_set else rows.outputs
        return [n for n in range(len(rows)) if rows.inputs[n].strip() and (answers[n] or "").strip()]

    @cached_property
    def separator(self) -> str | None:
        """What stands between several labels of a row; None where every row has one label, or none."""
        if not self.labelled_set:
            return None
        return separator_of(answering.counts_of(label or "" for label in self.rows.labels))

    @cached_property
    def label_sets(self) -> list[tuple[str, ...]]:
        """The labels of each row, none where it has none; answers from a fixed set of texts are labels too."""
        if self.separator is None:
            texts = self.rows.outputs if self.answer_kind == "closed" else self.rows.labels
            return [(text,) if text else () for text in texts]
        return [labels_in(label or "", self.separator) for label in self.rows.labels]

    @cached_property
    def numbers(self) -> list[float | None]:
        """The number each answer is, where answers are numbers."""
        return [answering.number_of(answer) for answer in self.answers]

    @cached_property
    def answer_kind(self) -> AnswerKind:
        """labels, sets (several labels a row), numbers, closed (free text drawn from few fixed answers, as in an FAQ)
        or text."""
        if self.separator is not None:
            return "sets"
        settings, kept = self.policy.items["learnability"].settings, self._kept
        task = self.facts.context.task
        lines = Lines(settings["numbers_share"], settings["codes_share"])
        counts = Counter(self.answers[n] for n in kept)
        classes = task.kind == "classification" or bool(self.facts.context.labels)
        if answering.are_numbers(counts, lines, classes) or (
            task.metric == "within_one" and answering.are_numbers(counts, Lines(lines.numbers, 2.0), classes=False)
        ):
            return "numbers"
        if self.labelled_set:
            return "labels"
        repeated = answering.repeats([self.answers[n] for n in kept], settings["closed_repeats"])
        return "closed" if repeated >= settings["closed_share"] else "text"

    @cached_property
    def conflicts(self) -> Conflicts:
        """Rows to change so that every identical input has one answer, where an input has one right answer."""
        closed = self.answer_kind != "text" or self.facts.context.task.kind in ONE_RIGHT
        return conflicts_of(self.rows, self.usable, self.answers, closed, self._is_same_answer)

    @cached_property
    def patterns(self) -> Patterns:
        """The rows kept of near-duplicates as families and skeletons, see `texts.patterns`."""
        rows, kept = self.rows, self._kept
        free = self.answer_kind in ("text", "numbers")
        several = set(self.conflicts.several)
        stands_for = Counter(rows.keepers[n] for n in self.usable)
        return patterns(
            Texts(
                kept,
                inputs=[rows.inputs[n] for n in kept],
                outputs=[rows.outputs[n] for n in kept],
                clusters=[rows.clusters[n] for n in kept],
                keepers=[rows.keepers[n] for n in kept],
                kinds=[""] * len(kept) if free else [self.answers[n] for n in kept],
                free=free,
                weights=[stands_for.pop(rows.keepers[n], 1) for n in kept],
                several=[n in several for n in kept],
            )
        )

    @cached_property
    def distinct(self) -> list[int]:
        """Usable positions left when near-duplicates collapse and conflicts and contaminated rows are taken out."""
        out = {*self.conflicts.rows, *self.conflicts.dated}
        leaked = set(self.flagged("leakage"))
        return [n for n in self._kept if n not in out and self.rows.ids[n] not in leaked]

    @cached_property
    def effective(self) -> list[int]:
        """Of the distinct rows, one a pattern: what teaches something that no other row does."""
        return self.patterns.first_of(self.distinct)

    @cached_property
    def taught(self) -> list[int]:
        """The rows a stand-in learns from and is asked: one a pattern. Where answers are few fixed texts, the ways of
        asking for one are what there is to learn, so that all distinct rows stay."""
        return self.distinct if self.answer_kind == "closed" else self.effective

    @cached_property
    def class_counts(self) -> dict[str, int]:
        """Unique rows per class, declared classes without any row included, in order of name; none for numbers.

        A declared class that the data writes otherwise ("Activate my card", "activate_my_card") is the data's. A row
        with several labels counts for each.
        """
        if self.answer_kind == "numbers":
            return {}
        found = Counter(label for n in self.unique for label in self.label_sets[n])
        return {name: found[name] for name in sorted({*found, *self.declared})}

    @cached_property
    def declared(self) -> tuple[str, ...]:
        """The declared classes, as the data writes them where it does."""
        written = {named(label): label for label in sorted({label for row in self.label_sets for label in row})}
        return tuple(written.get(named(name), name) for name in self.facts.context.label_names)

    @cached_property
    def unique(self) -> list[int]:
        """Usable positions left when near-duplicates and patterns collapse."""
        return self.patterns.first_of(self._kept)

    @cached_property
    def _kept(self) -> list[int]:
        return [n for n in self.usable if self.rows.kept[n]]

    def _is_same_answer(self, one: int, other: int) -> bool:
        if self.answer_kind != "numbers":
            return False
        first, second = self.numbers[one], self.numbers[other]
        return first is not None and second is not None and abs(first - second) <= FAR_APART * self._range

    @cached_property
    def _range(self) -> float:
        known = [number for n in self.usable if (number := self.numbers[n]) is not None]
        low, high = np.quantile(known, [0.05, 0.95]) if known else (0.0, 0.0)
        return float(high - low)

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


def once(study: Study, name: str, make: Callable[[], T]) -> T:
    """What `make` gives, worked out once for all items that read it; NotChecked, too, is raised again each time."""
    if name not in study.cache:
        try:
            study.cache[name] = make()
        except NotChecked as reason:
            study.cache[name] = reason.with_traceback(None)  # which would keep the rows of all its callers in memory
    found = study.cache[name]
    if isinstance(found, NotChecked):
        raise NotChecked(str(found))
    result: T = found
    return result


def waiting_rows(study: Study) -> Waiting:
    """The rows with an input that only lack a label, or in a set without any answer an answer."""
    rows, lacks = study.rows, "label" if study.labelled_set else "answer"
    if not study.labelled_set and study.answered:
        return Waiting(lacks=lacks)
    without = [n for n in range(len(rows)) if rows.labels[n] is None and rows.inputs[n].strip()]
    return Waiting(sum(rows.copies[n] for n in without), sum(rows.kept[n] for n in without), lacks)
