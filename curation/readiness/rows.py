"""The rows of a dataset after exact duplicates collapse, and those whose input has another answer elsewhere."""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.records import Facts
from curation.sampling.binding import bound_names, cluster_of
from curation.text.normalise import lowered, usual_spellings
from curation.text.openings import unopened
from curation.text.turns.bad_answers import bad_rows
from curation.text.words import words
from curation.wording import counted


@dataclass(frozen=True)
class Rows:
    """Examples after exact duplicates collapse, sorted by input so that neither row order nor label names matter.

    `clusters` names the near-duplicates of a row, `keepers` the one it is held against, `groups` all it is bound to
    (see `binding`): these never part between folds. `kept` is false where another row stands for this one, `copies`
    counts the exact duplicates that collapsed into it, itself included. Ways of writing one
    label are written as most rows have it.
    `losing` is true where the row carries a rejected answer beside its output; rows whose only answer is a bad one are
    left out, since nothing is trained on them as an answer.
    """

    ids: list[str]
    inputs: list[str]
    outputs: list[str]
    labels: list[str | None]
    created: list[str | None]
    clusters: list[int | str]
    keepers: list[str]
    groups: list[str]
    kept: list[bool]
    copies: list[int]
    losing: list[bool]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Conflicts:
    """Rows whose identical normalised input has another, more frequent answer.

    `dated` holds those that changed in time; `inputs` counts the inputs of the others. Where several answers to an
    input may all be right, `references` counts the inputs that have several and `several` are their rows.
    """

    rows: tuple[int, ...] = ()
    dated: tuple[int, ...] = ()
    inputs: int = 0
    references: int = 0
    several: tuple[int, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """Rows that are there and only lack a label or an answer: all of them, copies included, and how many of them would
    count once they have it."""

    rows: int = 0
    different: int = 0
    lacks: str = "label"

    @property
    def verb(self) -> str:
        """What people do to such rows."""
        return "label" if self.lacks == "label" else "answer"

    def some(self, few: str) -> str:
        """The request to label so many of them, in words such as "at least 50"."""
        return f"{self.verb.capitalize()} {few} of the {self._named}"

    @property
    def every(self) -> str:
        """The request to label all of them."""
        return f"{self.verb.capitalize()} the {self._named}"

    @property
    def _named(self) -> str:
        return f"{counted(self.rows, 'row')} you have that {'has' if self.rows == 1 else 'have'} no {self.lacks} yet"


def collapsed(facts: Facts) -> Rows:
    """The rows of these facts, see `Rows`."""
    data = facts.dataset
    columns = [data.values(name) for name in ("id", "input", "output", "label", "created", "meta")]
    columns[1], columns[3] = unopened(columns[1]), _written_alike(columns[3])
    if data.is_classification:
        columns[2] = [label or output for output, label in zip(columns[2], columns[3])]
    columns_of = facts.clusters.table.select(["id", "keeper", "kind"]).to_pydict()
    related = dict(zip(columns_of["id"], zip(columns_of["keeper"], columns_of["kind"])))
    bad = bad_rows(data.table)
    copies = _copies(columns, related, bad)
    chosen = list(copies)
    label_of = dict(zip(columns[0], columns[3])) if data.is_classification else {}
    ids, inputs, outputs, labels, created, metas = ([column[n] for n in chosen] for column in columns)
    numbers, sets = cluster_of(facts.clusters), bound_names(data, facts.clusters)
    return Rows(
        ids,
        inputs,
        outputs,
        labels,
        created,
        clusters=[numbers.get(id, id) for id in ids],
        keepers=[related.get(id, (id, ""))[0] for id in ids],
        groups=[sets[id] for id in ids],
        kept=_kept(zip(ids, labels), related, label_of),
        copies=[copies[n] for n in chosen],
        losing=['"rejected"' in meta for meta in metas],
    )


def _written_alike(labels: Sequence[str | None]) -> list[str | None]:
    """Labels in one way of writing each, the most frequent one."""
    usual = usual_spellings(labels)
    return [None if label is None else usual.get(label, label) for label in labels]


def _copies(
    columns: Sequence[list[Any]], related: Mapping[str, tuple[str, str]], left_out: Container[int]
) -> Counter[int]:
    """How many rows stand behind each row that is left when exact duplicates collapse, by position, in input order."""
    first: dict[Any, int] = {}
    copies: Counter[int] = Counter()
    for n in sorted(
        (n for n in range(len(columns[0])) if n not in left_out), key=lambda n: (columns[1][n], columns[0][n])
    ):
        id, text, output, label = (column[n] for column in columns[:4])
        keeper, kind = related.get(id, (id, "unique"))
        whole = (text, output, label)
        key: Any = ("copy of", keeper) if kind == "exact" or (keeper == id and kind != "unique") else whole
        place = first.setdefault(key, n)
        place = first.setdefault(whole, place)
        copies[place] += 1
    return copies


def _kept(
    rows: Iterable[tuple[str, str | None]], related: Mapping[str, tuple[str, str]], label_of: Mapping[str, str | None]
) -> list[bool]:
    """Whether each row (id, label) is the first of those that stand for each other."""
    near: set[str] = set()
    kept = []
    # "Where is parcel 12?" and "Where is parcel 13?" teach a classifier the same, though neither is a repeat
    for id, label in rows:
        keeper, kind = related.get(id, (id, "unique"))
        same = kind == "variant" and label is not None and label_of.get(keeper) == label
        stands_for = keeper if same or kind in ("exact", "near") else id
        kept.append(stands_for not in near)
        near.add(stands_for)
    return kept


Same = Callable[[int, int], bool]
"""Whether two rows give the same answer."""


def conflicts_of(rows: Rows, usable: Sequence[int], answers: Sequence[str], one_right: bool, same: Same) -> Conflicts:
    """What must change so that every identical input has one answer; nothing where several may be right.

    `answers` are those of all rows as they are counted. An answer that is the `same` as the most frequent one is none
    that contradicts it.
    """
    change: list[int] = []
    dated: list[int] = []
    several: list[int] = []
    inputs = references = 0
    for given in _several(rows, usable, answers):
        ranked = sorted(given, key=lambda ns: (-sum(rows.copies[n] for n in ns), ns))
        wrong = [n for ns in ranked[1:] for n in ns if not same(ranked[0][0], n)]
        in_time = bool(wrong) and _changed_in_time(given, rows)
        if in_time and (one_right or all(_one_thing(rows, ranked[0][0], n) for n in wrong)):
            dated += wrong
        elif not one_right:
            references += 1
            several += [n for ns in given for n in ns]
        elif wrong:
            change += wrong
            inputs += 1
    return Conflicts(tuple(sorted(change)), tuple(sorted(dated)), inputs, references, tuple(sorted(several)))


def _several(rows: Rows, usable: Sequence[int], answers: Sequence[str]) -> list[list[list[int]]]:
    """The rows of each input that has several answers, answer by answer."""
    first: dict[str, int] = {}
    repeated: dict[int, list[int]] = {}
    for n in usable:
        at = first.setdefault(lowered(rows.inputs[n]), n)
        if at != n:
            repeated.setdefault(at, [at]).append(n)
    found = []
    for same in repeated.values():
        given: dict[str, list[int]] = defaultdict(list)
        for n in same:
            given[answers[n]].append(n)
        if len(given) > 1:
            found.append(list(given.values()))
    return found


def _changed_in_time(answers: Sequence[Sequence[int]], rows: Rows) -> bool:
    """Whether every row carries a date and no two different answers share one."""
    dates = [{rows.created[n] for n in ns} for ns in answers]
    whole = set().union(*dates)
    return None not in whole and "" not in whole and len(whole) == sum(map(len, dates))


def _one_thing(rows: Rows, one: int, other: int) -> bool:
    """Whether two answers say the same but for a few words, as they do when a price has changed.

    Two texts that people wrote freely to one input share less than half of their words.
    """
    first, second = set(words(rows.outputs[one])), set(words(rows.outputs[other]))
    return len(first & second) >= 0.5 * len(first | second)
