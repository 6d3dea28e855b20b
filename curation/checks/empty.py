"""Rows with nothing in them: an input, an output or a label of blanks only. A row nobody labelled yet is not empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, judged
from curation.records import Findings
from curation.text.turns.bad_answers import bad_answer

# characters that show nothing and that str.strip() keeps: Unicode category Cf and the fillers
INVISIBLE = (
    "\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u180e\u115f\u1160\u3164\uffa0\u2800"
)
_NOTHING = str.maketrans(dict.fromkeys(INVISIBLE, " ") | dict.fromkeys(map(chr, range(32)), " "))


@dataclass(frozen=True)
class Settings:
    """Nothing to set: blank is blank."""


@dataclass(frozen=True)
class Filled:
    """Whether any row has an output, and how many have no label; `labels` says whether the outputs are labels."""

    labels: bool
    answered: bool
    unlabelled: int


def filled(shard: Shard, settings: Settings, seed: int) -> Filled:
    """What a shard's rows have."""
    answered = any(not blank(output) for output in shard.values("output"))
    return Filled(shard.labels, answered, shard.table["label"].null_count)


def all_filled(states: Sequence[Filled], settings: Settings) -> Filled:
    """What the rows of the set have."""
    answered = any(state.answered for state in states)
    return Filled(states[0].labels, answered, sum(state.unlabelled for state in states))


def waiting(state: Filled, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The rows, and those that wait for their label: a set without any output is one that waits for its outputs."""
    return {"rows": counts["rows"], "unlabelled": state.unlabelled if state.labels or not state.answered else 0}


@check("empty", "Empty rows", settings=Settings(), fit=filled, merge=all_filled, summary=waiting)
def empty(shard: Shard, settings: Settings, state: Filled) -> Findings:
    """One finding a row without content where some is expected, sure (confidence 1)."""

    def rule(row: Row) -> Hit | None:
        missing = [
            *(["input"] if blank(row.input) else []),
            *(["label"] if row.label is not None and blank(row.label) else []),
            *(["output"] if state.answered and not state.labels and _lacks_output(row) else []),
            *(["output"] if row.label and not blank(row.label) and blank(row.output) else []),
        ]
        if not missing:
            return None
        what = " and ".join(missing)
        return Hit(1.0, f"The {what} {'is' if len(missing) == 1 else 'are'} empty.", {"empty": missing}, "drop")

    # an empty turn of a chat is found by the check of its form
    return judged("empty", shard, rule, turns=False)


def _lacks_output(row: Row) -> bool:
    """Whether an unlabelled row has no answer at all: one whose only answer is a bad one has no output by design."""
    return row.label is None and blank(row.output) and not bad_answer(row.output, row.label, row.meta)


def blank(text: str) -> bool:
    """Whether the text shows nothing: spaces, control characters and zero-width characters only."""
    return not text.strip() or not text.translate(_NOTHING).strip()
