"""Several labels in one field ("late; angry"): said once, and which rows write their set otherwise than most do.

Each label counts by itself: a pair is no class of its own, for no check and not for the verdict. A trainer that reads
the field as one class would learn every combination as one.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, judged
from curation.errors import NotChecked
from curation.label_model.sets import labels_in, separator_of
from curation.records import Findings
from curation.text.normalise import spelling
from curation.wording import counted

SEVERAL, OTHERWISE = 0.6, 0.8
"""How sure it is that the field holds sets, by their parts coming again, and that a set is written in another order."""


@dataclass(frozen=True)
class Settings:
    """Nothing to set."""


@dataclass(frozen=True)
class Seen:
    """Rows by label field, and the first id of each field that holds something."""

    rows: Counter[str]
    first: Mapping[str, str]


@dataclass(frozen=True)
class Sets:
    """What stands between labels, the id of the row at which this is said, how many rows hold several labels of how
    many, and the usual way of writing each set."""

    separator: str | None
    said_at: str
    several: int
    labels: int
    usual: Mapping[str, str]


def seen(shard: Shard, settings: Settings, seed: int) -> Seen:
    """The label fields of a shard."""
    first: dict[str, str] = {}
    labelled = [(label, id) for label, id in zip(shard.values("label"), shard.values("id"), strict=True) if label]
    for label, id in labelled:
        first[label] = min(id, first.get(label, id))
    return Seen(Counter(label for label, _ in labelled if label.strip()), first)


def sets(states: Sequence[Seen], settings: Settings) -> Sets:
    """The sets of labels. Raises NotChecked where no row has a label."""
    rows: Counter[str] = sum((state.rows for state in states), Counter())
    if not rows:
        raise NotChecked("no row has a label")
    separator = separator_of(rows)
    if separator is None:
        return Sets(None, "", 0, len(rows), {})
    parts = {label: labels_in(label, separator) for label in rows}
    several = [label for label in rows if len(parts[label]) > 1]
    ways: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for label in sorted(rows, key=lambda label: (-rows[label], label)):
        ways[tuple(sorted(map(spelling, parts[label])))].append(label)
    usual = {label: group[0] for group in ways.values() for label in group if label not in parts[label]}
    whole = [label for label in several if usual[label] == label]
    said_at = min((state.first[label] for state in states for label in whole if label in state.first), default="")
    labels = len({spelling(part) for each in parts.values() for part in each})
    return Sets(separator, said_at, sum(rows[label] for label in several), labels, usual)


def figures(state: Sets, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The rows, those with several labels, and how many different labels there are."""
    return {"rows": counts["rows"], "several_labels": state.several, "labels": state.labels}


@check("label_sets", "Several labels in one field", settings=Settings(), fit=seen, merge=sets, summary=figures)
def label_sets(shard: Shard, settings: Settings, state: Sets) -> Findings:
    """One finding for the whole set, on the first of these rows in id order; one a row that writes its set anew."""

    def rule(row: Row) -> Hit | None:
        usual = state.usual.get(row.label or "")
        # another case or blank at the end is found as another way of writing a label
        if usual is not None and spelling(usual) != spelling(row.label or ""):
            message = f"This set of labels is mostly written “{usual}”, here “{row.label}”."
            return Hit(OTHERWISE, message, {"given": row.label, "usual": usual}, f"relabel:{usual}")
        if row.id != state.said_at:
            return None
        rows = counted(state.several, "row carries", "rows carry")
        message = (
            f"{rows} several labels in one field, apart by “{state.separator}”. Each of the {state.labels:,} labels "
            "counts by itself; a trainer that takes a field for one class would learn each combination as one."
        )
        return Hit(SEVERAL, message, {"given": row.label, "rows": state.several, "labels": state.labels})

    return judged("label_sets", shard, rule, turns=False)
