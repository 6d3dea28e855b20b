"""One label written in several ways: in capitals, with a blank or a full stop at its end, with _ for a blank.

Each way would be a class of its own in training. Every row that has another way than most is found, with the usual form
as suggestion, so that all rows of a label are corrected at once. No other check takes the ways for several labels.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, cut, judged
from curation.errors import NotChecked
from curation.records import Findings
from curation.text.normalise import spelling, usual_spellings
from curation.wording import counted

MOST_SHOWN = 5
"""Ways of writing a label that a sentence lists; the summary has them all."""
SURE, OF_A_LETTER = 0.9, 0.4
"""How sure two ways are one label, and where it is one letter: "a" and "A" may be two."""


@dataclass(frozen=True)
class Settings:
    """Nothing to set."""


@dataclass(frozen=True)
class Ways:
    """The usual way of each label, and for each of these that has several ways how many rows have each."""

    usual: Mapping[str, str]
    several: Mapping[str, Mapping[str, int]]


def counts(shard: Shard, settings: Settings, seed: int) -> Counter[str]:
    """How many rows of a shard carry each label."""
    return Counter(label for label in shard.values("label") if label is not None and label.strip())


def ways(states: Sequence[Counter[str]], settings: Settings) -> Ways:
    """The ways of writing the labels of the set. Raises NotChecked where it has none."""
    labels: Counter[str] = sum(states, Counter())
    if not labels:
        raise NotChecked("no row has a label")
    usual = usual_spellings(labels)
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for label, rows in sorted(labels.items(), key=lambda one: (-one[1], one[0])):
        groups[usual[label]][label] = rows
    return Ways(usual, {label: group for label, group in sorted(groups.items()) if len(group) > 1})


def figures(state: Ways, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The rows, how many labels there are when each counts once, and the ways of those that have several."""
    labels = len(set(state.usual.values()))
    return {"rows": counts["rows"], "labels": labels, "several_ways": {k: dict(v) for k, v in state.several.items()}}


@check("label_spelling", "Ways of writing a label", settings=Settings(), fit=counts, merge=ways, summary=figures)
def label_spelling(shard: Shard, settings: Settings, state: Ways) -> Findings:
    """One finding a row whose label most rows write otherwise; the message is the same for all rows of a label."""

    def rule(row: Row) -> Hit | None:
        usual = state.usual.get(row.label or "")
        if usual is None or usual == row.label:
            return None
        group = state.several[usual]
        listed = ", ".join(f"“{cut(way, 40)}” ({rows:,})" for way, rows in [*group.items()][:MOST_SHOWN])
        listed += ", …" if len(group) > MOST_SHOWN else ""
        message = f"The label “{cut(usual, 40)}” is written in {counted(len(group), 'way')}: {listed}."
        evidence = {"given": row.label, "usual": usual, "ways": dict(group)}
        sure = SURE if len(spelling(usual)) > 1 else OF_A_LETTER
        return Hit(sure, message, evidence, f"relabel:{usual}")

    return judged("label_spelling", shard, rule, turns=False)
