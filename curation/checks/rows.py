"""Checks that read one row at a time: the row, what a rule says about it, and the walk over a shard or the set."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.checks import Shard, found
from curation.errors import NotChecked
from curation.progress import Progress
from curation.records import Dataset, Findings

CUT = 200
"""Characters of a text shown in evidence."""
CHUNK = 200
"""Rows between two calls of progress: well under a second for the slowest rule."""


@dataclass(frozen=True)
class Row:
    id: str
    input: str
    output: str
    label: str | None
    meta: str


@dataclass(frozen=True)
class Hit:
    """What a rule found in one row: how sure (0..1), in plain words, with its evidence."""

    confidence: float
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    suggestion: str = "look"


COLUMNS = ("id", "input", "output", "label", "meta")
Rule = Callable[[Row], Hit | None]


def cut(text: str, length: int = CUT) -> str:
    """The text as shown in evidence: its first `length` characters, an ellipsis where more follow."""
    return text if len(text) <= length else text[: length - 1] + "…"


@dataclass(frozen=True)
class Outputs:
    """What the outputs of some rows are: labels, or texts, of which `some` are not blank."""

    labels: bool
    some: bool


def outputs(shard: Shard, settings: Any, seed: int) -> Outputs:
    """The `fit` of a check that needs free text."""
    return Outputs(shard.labels, not shard.labels and any(output.strip() for output in shard.values("output")))


def free_text(why: str) -> Callable[[Sequence[Outputs], Any], None]:
    """The `merge` of such a check: raises NotChecked where the outputs are labels, which `why` ends, or absent."""

    def merge(states: Sequence[Outputs], settings: Any) -> None:
        if any(state.labels for state in states):
            raise NotChecked(f"the outputs of this set are labels, {why}")
        if not any(state.some for state in states):
            raise NotChecked("no row has an output yet")

    return merge


def needs_free_text(dataset: Dataset, why: str) -> None:
    """As `free_text`, of a whole set."""
    is_labels = dataset.is_classification
    some = not is_labels and any(output.strip() for output in dataset.values("output"))
    free_text(why)([Outputs(is_labels, some)], None)


def rows(dataset: Dataset, progress: Progress, message: str) -> Iterator[Row]:
    """Every row in row order, telling `progress` now and then."""
    columns = (dataset.values(name) for name in COLUMNS)
    for n, values in enumerate(zip(*columns, strict=True)):
        if n % CHUNK == 0:
            progress(n / len(dataset), message)
        yield Row(*values)
    progress(1.0, message)


def judged(name: str, shard: Shard, rule: Rule) -> Findings:
    """One finding for each row of a shard in which the rule finds something."""
    hits = ((row.id, rule(row)) for row in map(Row, *(shard.values(column) for column in COLUMNS)))
    return findings(name, ((id, hit) for id, hit in hits if hit is not None), {})


def findings(name: str, hits: Iterable[tuple[str, Hit]], summary: Mapping[str, Any]) -> Findings:
    """The findings of one check from (example id, hit) pairs."""
    return found(
        name,
        [
            {
                "id": id,
                "confidence": round(min(1.0, max(0.0, hit.confidence)), 6),
                "message": hit.message,
                "evidence": hit.evidence,
                "suggestion": hit.suggestion,
            }
            for id, hit in hits
        ],
        summary,
    )
