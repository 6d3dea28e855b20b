"""Outputs of a model that was run elsewhere: matched to the rows they answer, and scored like any other arm."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from curation.errors import UsageError
from curation.measure.holdout import Row
from curation.measure.plan import Task
from curation.measure.scores import mark
from curation.measure.trial import Tally
from curation.records import Dataset

KEYS = ("id", "row", "input", "prompt", "question", "text")
"""Columns that say which row an output answers, the surest first."""
OUTPUTS = ("output", "prediction", "completion", "reply", "response", "answer", "label")


@dataclass(frozen=True)
class Matched:
    """How an imported file went: outputs of no row here, rows that repeat one scored already, and rows left out as the
    model may have `seen` them in training."""

    unknown: int
    repeated: int
    seen: int = 0


def choose_columns(available: Iterable[str], key: str = "", output: str = "") -> tuple[str, str]:
    """(the column that names the row, the column with the model's output). Raises UsageError where there is none."""
    names = {name.casefold(): name for name in available}
    for wanted in filter(None, (key, output)):
        if wanted not in names.values():
            raise UsageError(f"The outputs have no column {wanted!r}; their columns are {', '.join(names.values())}.")
    found = key or next((names[name] for name in KEYS if name in names), "")
    said = output or next((names[name] for name in OUTPUTS if name in names and names[name] != found), "")
    if not found or not said:
        raise UsageError(
            "The outputs need a column id, row or input that says which row each answers, and a column output. "
            f"Their columns are {', '.join(names.values())}; name yours with --input and --output."
        )
    return found, said


def tally_outputs(
    arm: str,
    outputs: Iterable[tuple[str, str]],
    rows: Mapping[str, Row],
    group_of: Mapping[str, str],
    task: Task,
    seen: Set[str] = frozenset(),
) -> tuple[Tally, Matched]:
    """The scores of (row's name, output) pairs, one a near-duplicate group; `rows` by the name the file uses.

    Rows whose id is in `seen` are counted, not scored.
    """
    tally, done, unknown, repeated, known = Tally(arm), set(), 0, 0, 0
    for name, text in sorted(outputs):
        row = rows.get(name)
        if row is None:
            unknown += 1
            continue
        if row.id in seen:
            known += 1
            continue
        if group_of[row.id] in done:
            repeated += 1
            continue
        done.add(group_of[row.id])
        if not text.strip():
            tally.failed += 1
            tally.empty += 1
            continue
        tally.keep(row, mark(task, text, row))
    return tally, Matched(unknown, repeated, known)


def rows_by(key: str, dataset: Dataset) -> dict[str, Row]:
    """Rows with an answer by id, row number (counted from 0) or input, as the outputs name them."""
    names = dataset.values(key if key in ("id", "row") else "input")
    if key == "row" and len(set(dataset.values("source"))) > 1:
        raise UsageError(
            "The project holds several files, so a row number is ambiguous: give the outputs by id or input."
        )
    answers = dataset.values("label" if dataset.is_classification else "output")
    rows: dict[str, Row] = {}
    for id, name, text, answer in zip(dataset.values("id"), names, dataset.values("input"), answers, strict=True):
        if (answer or "").strip():
            rows.setdefault(str(name), Row(id, text, answer))
    return rows
