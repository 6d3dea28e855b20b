"""Alpaca JSON: one array of `{"instruction": ..., "input": ..., "output": ...}`, instruction and input apart as they
came, with `system` and `history` (pairs of question and answer) where a row has them. A conversation whose turns do not
alternate stands in `instruction` as one text, and is counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from curation.export.formats import export_format, present, rows_of, write_array
from curation.records.progress import Progress
from curation.text.turns.conversation import apart, conversation


@dataclass(frozen=True)
class Settings:
    """Nothing to choose."""

    suffix: ClassVar[str] = "alpaca.json"
    carries: ClassVar[frozenset[str]] = frozenset({"system", "history", "system_turn", "turns"})


@export_format("alpaca", "Alpaca (JSON)", settings=Settings())
def alpaca(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """Nothing to note: what the form has no place for is counted beforehand."""

    def rows() -> Iterator[Mapping[str, Any]]:
        for row in rows_of(table.select(present("instruction")), progress):
            yield alpaca_row(row)

    write_array(path, rows())
    return {}


def alpaca_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in alpaca's form."""
    turns = conversation(row)
    system = turns[0]["content"] if turns and turns[0].get("role") == "system" else None
    rest = turns if system is None else turns[1:]
    beside: dict[str, Any] = {} if system is None else {"system": system}
    if not alternating(rest):
        return {"instruction": row["input"], "input": "", "output": row["output"]}
    instruction, context = apart(rest[-2]["content"], row["instruction"])
    history = [[asked["content"], answered["content"]] for asked, answered in zip(rest[:-2:2], rest[1:-2:2])]
    if history:
        beside["history"] = history
    return {"instruction": instruction, "input": context, "output": rest[-1]["content"], **beside}


def alternating(turns: Sequence[Mapping[str, Any]]) -> bool:
    """Whether turns are a user's and the assistant's by turns, all of them text, the assistant's last."""
    return (
        len(turns) >= 2
        and len(turns) % 2 == 0
        and all(turn.get("role") == ("user", "assistant")[n % 2] for n, turn in enumerate(turns))
        and all(isinstance(turn.get("content"), str) for turn in turns)
    )
