"""Checks that read one row at a time: the row, what a rule says about it, and the walk over the dataset."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from curation.checks import found
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


Rule = Callable[[Row], Hit | None]


def cut(text: str, length: int = CUT) -> str:
    """The text as shown in evidence: its first `length` characters, an ellipsis where more follow."""
    return text if len(text) <= length else text[: length - 1] + "…"


def needs_free_text(dataset: Dataset, why: str) -> None:
    """Raises NotChecked where the outputs are labels or absent; `why` ends the sentence shown for labels."""
    if dataset.is_classification:
        raise NotChecked(f"the outputs of this set are labels, {why}")
    if not any(output.strip() for output in dataset.values("output")):
        raise NotChecked("no row has an output yet")


def rows(dataset: Dataset, progress: Progress, message: str) -> Iterator[Row]:
    """Every row in row order, telling `progress` now and then."""
    columns = (dataset.values(name) for name in ("id", "input", "output", "label", "meta"))
    for n, values in enumerate(zip(*columns, strict=True)):
        if n % CHUNK == 0:
            progress(n / len(dataset), message)
        yield Row(*values)
    progress(1.0, message)


def judged(
    name: str, dataset: Dataset, rule: Rule, progress: Progress, summary: Mapping[str, Any] | None = None
) -> Findings:
    """One finding for each row in which the rule finds something."""
    hits = ((row.id, rule(row)) for row in rows(dataset, progress, f"reading rows ({name.replace('_', ' ')})"))
    return findings(name, ((id, hit) for id, hit in hits if hit is not None), {"rows": len(dataset), **(summary or {})})


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
