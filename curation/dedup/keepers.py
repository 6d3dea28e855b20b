"""Which row of each group stays.

Rules, each after "labelled before unlabelled" so that no label is ever lost:
complete  output there, label then output agreeing with most of the group, longest input, oldest date;
oldest    oldest date, then lowest row number;
longest   longest input and output, then as complete.
What is left equal between different texts is settled by content, between copies of one text by row number and id, so
the order of the rows decides nothing about who belongs together.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from curation.dedup.settings import Keeper
from curation.dedup.similarity.text import Ints

Flags = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Rows:
    """What the rules read about each row; all arrays have one value a row.

    `position` is the row's place in the dataset, `document` its normalised text. `label` and `output` are codes of
    equal values, label -1 when there is none. `length` is that of the input as compared, `whole` with the output.
    `created` ranks dates, oldest 0, rows without one last. `content` ranks the documents by their text and `tie` the
    rows by their ids.
    """

    position: Numbers
    document: Numbers
    label: Numbers
    output: Numbers
    filled: Flags
    length: Numbers
    whole: Numbers
    created: Numbers
    content: Numbers
    row: Numbers
    tie: Numbers

    def __len__(self) -> int:
        return len(self.position)

    def where(self, mask: Any) -> "Rows":
        """The rows at these places or where this mask is true."""
        return Rows(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


def best(rows: Rows, group: Ints, rule: Keeper) -> tuple[Ints, Ints]:
    """(places in `rows` ordered by group, best first; where each group starts), groups in ascending order."""
    keys = [group, *_ranking(rows, group, rule)]
    useful = [keys[0], *(key for key in keys[1:] if len(key) and (key != key[0]).any())]
    by = np.lexsort(useful[::-1])
    ordered = group[by]
    first = np.ones(len(by), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return by, np.flatnonzero(first)


def _ranking(rows: Rows, group: Ints, rule: Keeper) -> list[Any]:
    """Sort keys, gravest first, smallest value best."""
    unlabelled = rows.label < 0
    agrees = 2 * _agrees(group, rows.label, ~unlabelled) + _agrees(group, rows.output, np.ones(len(rows), bool))
    complete = [~rows.filled, -agrees, -rows.length, rows.created]
    last = [rows.content, rows.row, rows.tie]
    if rule == "oldest":
        return [unlabelled, rows.created, rows.row, rows.tie]
    if rule == "longest":
        return [unlabelled, -rows.whole, *complete, *last]
    return [unlabelled, *complete, *last]


def _agrees(group: Ints, value: Numbers, counts: Flags) -> Ints:
    """1 where a row's value is the most frequent one (or one of them) of its group, else 0."""
    found = np.zeros(len(group), np.int64)
    group, value = group[counts], value[counts]
    if not len(group):
        return found
    pair = group * (int(value.max()) + 1) + value
    by = np.argsort(pair, kind="stable")
    cuts = np.flatnonzero(np.concatenate([[True], pair[by][1:] != pair[by][:-1]]))
    size = np.diff(np.append(cuts, len(by)))
    count = np.empty(len(by), np.int64)
    count[by] = np.repeat(size, size)
    most = np.zeros(int(group.max()) + 1, np.int64)
    np.maximum.at(most, group, count)
    found[counts] = count == most[group]
    return found
