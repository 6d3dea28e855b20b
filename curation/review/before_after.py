"""What became of the rows, and a few of them before and after: for a report, drawn by a seed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from curation.records import Dataset
from curation.review.state import State
from curation.sampling.randomness import generator

MOST = 3
"""Rows shown: one of each fate as far as there are as many."""
LONGEST = 180
"""Characters of an input or answer shown."""
CORRECTED = "corrected"
LAST = ("not labelled yet",)
"""Fates that change nothing in a text: shown only where there are no others."""


@dataclass(frozen=True)
class Chosen:
    """A row to show: `fate` is `corrected` or why it is left out, `keeper` the row that stays for it."""

    id: str
    fate: str
    keeper: str | None = None
    similarity: float | None = None


@dataclass(frozen=True)
class Change:
    """A row before and after, as texts, and what was done in a clause."""

    what: str
    before: str
    after: str


def corrected(kept: Dataset, states: Mapping[str, State]) -> dict[str, int]:
    """How many rows of these people gave a label, and of how many they changed the text."""
    mine = [state for id in kept.values("id") if (state := states.get(id)) is not None]
    texts = sum(state.input is not None or (state.output is not None and state.output != state.label) for state in mine)
    return {"labels": sum(state.label is not None for state in mine), "texts": texts}


def chosen(kept: Dataset, removed: pa.Table, states: Mapping[str, State], seed: int) -> tuple[Chosen, ...]:
    """At most three rows that were corrected or left out, of as many different fates as there are."""
    stays = set(kept.values("id"))
    by_fate: dict[str, list[Chosen]] = defaultdict(list)
    for id in sorted(id for id, state in states.items() if state.is_changed and id in stays):
        by_fate[CORRECTED].append(Chosen(id, CORRECTED))
    rows = zip(*(removed[name].to_pylist() for name in ("id", "reason", "keeper", "similarity")), strict=True)
    for id, reason, keeper, similarity in sorted(rows, key=lambda row: str(row[0])):
        by_fate[str(reason).partition(":")[0]].append(Chosen(id, str(reason), keeper, similarity))
    fates = sorted(by_fate, key=lambda fate: (fate in LAST, fate != CORRECTED, -len(by_fate[fate]), fate))
    for fate in fates:
        generator(seed, "before_after", fate).shuffle(by_fate[fate])
    turns = max((len(rows) for rows in by_fate.values()), default=0)
    dealt = (by_fate[fate][turn] for turn in range(turns) for fate in fates if turn < len(by_fate[fate]))
    return tuple(one for _, one in zip(range(MOST), dealt))


def change(one: Chosen, before: str, now: Mapping[str, str]) -> Change:
    """The row before, as it was in the file, and after; `now` are the texts of it and its keeper as they stand."""
    text = now.get(one.id, "")
    if one.fate == CORRECTED:
        return Change("Corrected by a person", before, text)
    reason = f"Left out: {one.fate}"
    if one.keeper:
        alike = ", nearly the same text" if one.similarity is not None and one.similarity < 1 else ""
        return Change(f"{reason}{alike}", text, f"This row stays in its place:\n{now.get(one.keeper, '')}")
    return Change(reason, text, "Not in the training set.")


def texts(ids: Sequence[str], *tables: pa.Table) -> dict[str, str]:
    """The rows with these ids as texts, from whichever table (id, input, output, label) holds them."""
    found: dict[str, str] = {}
    for table in tables:
        rows = table.filter(pc.is_in(table["id"], value_set=pa.array(ids, pa.string()))).select(
            ["id", "input", "output", "label"]
        )
        found |= {row["id"]: as_text(row["input"], row["output"], row["label"]) for row in rows.to_pylist()}
    return found


def as_text(input: str, output: str, label: str | None) -> str:
    """A row as text: its input, and below it what it is answered with."""
    answer = output if output.strip() and output != label else label or output
    also = f" ({label})" if label and answer != label else ""
    return f"{_short(input) or '(nothing)'}\n→ {_short(answer) or '(nothing)'}{also}"


def _short(text: str) -> str:
    """The start of a text, as long as three rows fit on a page."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
