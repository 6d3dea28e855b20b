"""The topics of a project: found once, kept in a file beside the store, and what is known of the rows of each."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from curation.errors import UsageError
from curation.files import write_parquet
from curation.meaning.topics import NONE as NO_TOPIC
from curation.meaning.topics import both_levels
from curation.project.place import Place
from curation.project.place.access import needs
from curation.records import OPEN, Example, Side
from curation.records.progress import Progress, ignore
from curation.store import database
from curation.store.rows.texts import StoredTexts
from curation.store.settings import read_setting, write_setting
from curation.text.vectors import Floats, Ints

FOLDER = "vectors"
"""Where the vectors lie in a project's folder; it may be removed at any time."""
FILE = "topics.parquet"
NONE = "There are no topics here yet. Find them on the Topics page, or with `curation topics --project DIR`."
SHOWN = 3
"""Labels and checks named of a topic."""
NAMES = "topic_names"
"""The setting that keeps the names people gave, each with rows it was given to."""
REMEMBERED = 100
"""Rows nearest to the centre by which a topic that people named is known again."""
SAME = 0.5
"""The share of those rows that a topic holds to be the same one, 0..1: no other can hold as many."""
LONGEST_NAME = 120


@dataclass(frozen=True)
class TopicRow:
    """A topic with what is known of its rows: how many, how many nobody has decided, their commonest labels and the
    checks that found most in them, each with its rows, and the rows nearest to its centre.

    `within` is the number of the topic it is a part of, -1 for one of the first level.
    """

    number: int
    name: str
    rows: int
    undecided: int
    labels: tuple[tuple[str, int], ...]
    findings: tuple[tuple[str, int], ...]
    central: tuple[Example, ...]
    within: int


@dataclass(frozen=True)
class Kept:
    """What the file of topics says, by their numbers: their names, those made of their words, the ids of their central
    rows and the topic each is a part of (-1: none); and the state they were found in."""

    names: tuple[str, ...]
    made: tuple[str, ...]
    central: tuple[tuple[str, ...], ...]
    within: tuple[int, ...]
    state: str
    side: Side
    seed: int


class Topics:
    """The topics of the rows; a group of near meaning is a guess of a small model, its name words of the rows."""

    def __init__(self, place: Place, folder: Path, texts: StoredTexts) -> None:
        self.place, self.path, self.texts = place, folder / FILE, texts

    @needs("curator")
    def store(
        self, numbers: Ints, vectors: Floats, texts: list[str], about: tuple[Side, int], progress: Progress = ignore
    ) -> None:
        """Find the topics of these rows (numbers, unit vectors, texts) and keep them; `about` are side and seed.

        A topic that holds most of the rows that people gave a name to has that name.
        """
        side, seed = about
        progress(0.0, "grouping the rows by meaning and naming the groups")
        found = both_levels(vectors, texts, seed)
        progress(0.9, "keeping the topics")
        ids = self.texts.ids_among([int(numbers[n]) for topic in found.topics for n in topic.central])
        central = tuple(tuple(ids.get(int(numbers[n]), "") for n in topic.central) for topic in found.topics)
        made, within = tuple(topic.name for topic in found.topics), tuple(topic.within for topic in found.topics)
        order = np.lexsort((numbers, -np.nan_to_num(found.nearness), found.of))
        table = pa.table({"number": numbers[order], "topic": found.of[order], "part": found.part[order]})
        names = self._named(table, Kept(made, made, central, within, self.state(), side, seed))
        self._write(table, replace(Kept(made, made, central, within, self.state(), side, seed), names=names))
        progress(1.0, "topics found")

    @needs("curator")
    def rename(self, topic: int, name: str) -> None:
        """Let a topic have this name from now on, also when topics are found again; "" gives it its own words again.

        Raises UsageError on a topic there is not, and on a name of more than 120 characters.
        """
        numbers, name = self.numbers(topic), " ".join(name.split())
        if len(name) > LONGEST_NAME:
            raise UsageError(f"A topic's name has at most {LONGEST_NAME} characters. Shorten it.")
        kept = self._kept()
        with database.write(self.texts.engine) as connection:
            given = [one for one in read_setting(connection, NAMES) or () if one["name"] != kept.names[topic]]
            if name:
                level = kept.within[topic] == NO_TOPIC
                given.append({"name": name, "is_whole": level, "rows": numbers[:REMEMBERED].tolist()})
            write_setting(connection, NAMES, given or None)
        names = (name or kept.made[topic] if n == topic else old for n, old in enumerate(kept.names))
        self._write(pq.read_table(self.path), replace(kept, names=tuple(names)))

    def _named(self, table: pa.Table, kept: Kept) -> tuple[str, ...]:
        """The names of the topics, those that people gave in place of those made of words."""
        with database.read(self.texts.engine) as connection:
            given: list[dict[str, Any]] = read_setting(connection, NAMES) or []
        numbers, names = table["number"].to_numpy(), list(kept.made)
        for one in given:
            column = table["topic" if one["is_whole"] else "part"].to_numpy()
            held = column[np.isin(numbers, one["rows"])]
            counts = np.bincount(held[held != NO_TOPIC], minlength=1)
            if counts.max() >= max(1, SAME * len(held)):
                names[int(counts.argmax())] = one["name"]
        return tuple(names)

    def _write(self, table: pa.Table, kept: Kept) -> None:
        self.path.parent.mkdir(exist_ok=True)
        write_parquet(self.path, table.replace_schema_metadata({"about": json.dumps(asdict(kept))}))

    @needs("viewer")
    def kept(self) -> Kept | None:
        """What the file says, None where there is none or an earlier version wrote it."""
        try:
            said = json.loads((pq.read_schema(self.path).metadata or {})[b"about"])
            names, made, within = tuple(said["names"]), tuple(said["made"]), tuple(said["within"])
            central = tuple(tuple(ids) for ids in said["central"])
            return Kept(names, made, central, within, str(said["state"]), said["side"], int(said["seed"]))
        except (OSError, pa.ArrowInvalid, KeyError, ValueError):
            return None

    def _kept(self) -> Kept:
        kept = self.kept()
        if kept is None:
            raise UsageError(NONE)
        return kept

    @needs("viewer")
    def state(self) -> str:
        """What changes with the texts of the set, with the vectors it goes by, and with nothing else."""
        changed = [(text.number, text.version) for text in self.texts.changed()]
        with database.read(self.texts.engine) as connection:
            own = read_setting(connection, "vectors")
        said = (self.texts.last(), self.texts.sources(), changed, *([own["digest"]] if own else []))
        return hashlib.sha256(repr(said).encode()).hexdigest()

    @needs("viewer")
    def is_stale(self) -> bool:
        """Whether rows were added, changed or left out since the topics were found."""
        kept = self.kept()
        return kept is not None and kept.state != self.state()

    @needs("viewer")
    def names(self) -> list[str]:
        """The names of the topics, the largest first, then those of their parts; their places are their numbers."""
        kept = self.kept()
        return list(kept.names) if kept else []

    @needs("viewer")
    def choices(self) -> dict[int, str]:
        """The names by number in the order to choose from: each topic and then its parts, named after it."""
        kept = self.kept()
        if kept is None:
            return {}
        found: dict[int, str] = {}
        for number, name in enumerate(kept.names):
            if kept.within[number] == NO_TOPIC:
                found[number] = name
                found |= {n: f"{name} › {kept.names[n]}" for n, of in enumerate(kept.within) if of == number}
        return found

    @needs("viewer")
    def numbers(self, topic: int) -> Ints:
        """The numbers of a topic's rows, those nearest to its centre first. Raises UsageError on one there is not."""
        kept = self._kept()
        if not 0 <= topic < len(kept.names):
            raise UsageError(f"There is no topic {topic}; the last is {len(kept.names) - 1}. Choose one on Topics.")
        level = "topic" if kept.within[topic] == NO_TOPIC else "part"
        found = pq.read_table(self.path, filters=[(level, "=", topic)])
        numbers: Ints = found["number"].to_numpy().astype(np.int64)
        return numbers

    @needs("viewer")
    def of_rows(self) -> tuple[Ints, Ints, Ints]:
        """(numbers of the rows, the topic of each, its part), -1 where there is none. Raises UsageError as `all`."""
        self._kept()
        table = pq.read_table(self.path)
        number, topic, part = (table[name].to_numpy().astype(np.int64) for name in ("number", "topic", "part"))
        return number, topic, part

    @needs("viewer")
    def by_id(self) -> dict[str, tuple[str, ...]] | None:
        """The names of the topics each row is in, the first level first, by its id; None where none were found."""
        kept = self.kept()
        if kept is None:
            return None
        ids = self.texts.ids()
        return {
            ids[number]: tuple(kept.names[n] for n in of if n != NO_TOPIC)
            for number, *of in zip(*(column.tolist() for column in self.of_rows()), strict=True)
            if number in ids
        }

    def _levels(self) -> list[Callable[[Ints], Ints]]:
        """For each level, what gives the topics of rows by their numbers, NO_TOPIC for a row that is in none."""
        number, *levels = self.of_rows()
        order = np.argsort(number)

        def topics_of(level: Ints) -> Callable[[Ints], Ints]:
            def of(rows: Ints) -> Ints:
                at = order[np.minimum(np.searchsorted(number[order], rows), len(order) - 1)]
                return np.where(number[at] == rows, level[at], NO_TOPIC)

            return of

        return [topics_of(level) for level in levels]

    @needs("viewer")
    def all(self) -> list[TopicRow]:
        """Every topic with its facts as the rows stand now, by number. Raises UsageError where there are none."""
        kept, facts = self._kept(), self.texts.facts()
        seen = np.fromiter((number for number, _, _ in facts), np.int64, len(facts))
        is_open = np.fromiter((status in OPEN for _, _, status in facts), bool, len(facts))
        found = self.texts.findings()
        with_finding = np.fromiter((number for number, _ in found), np.int64, len(found))
        rows, undecided = np.zeros(len(kept.names), np.int64), np.zeros(len(kept.names), np.int64)
        labels, findings = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
        for level in self._levels():
            of = level(seen)
            rows += _counts(of, len(rows))
            undecided += _counts(of[is_open], len(rows))
            labels.update(zip(of.tolist(), (label or "" for _, label, _ in facts), strict=True))
            findings.update(zip(level(with_finding).tolist(), (check for _, check in found), strict=True))
        examples = {example.id: example for example in self.texts.get_all([id for ids in kept.central for id in ids])}
        by_label, by_check = _by_topic(labels), _by_topic(findings)
        return [
            TopicRow(
                n, name, int(rows[n]), int(undecided[n]), _most(by_label.get(n)), _most(by_check.get(n)),
                tuple(examples[id] for id in kept.central[n] if id in examples), kept.within[n],
            )
            for n, name in enumerate(kept.names)
        ]  # fmt: skip


def _counts(of: Ints, count: int) -> Ints:
    return np.bincount(of[of != NO_TOPIC], minlength=count)


def _by_topic(counts: "Counter[tuple[int, str]]") -> "dict[int, Counter[str]]":
    found: dict[int, Counter[str]] = {}
    for (topic, name), count in counts.items():
        if name:
            found.setdefault(topic, Counter())[name] = count
    return found


def _most(counts: "Counter[str] | None") -> tuple[tuple[str, int], ...]:
    return tuple(sorted((counts or {}).items(), key=lambda one: (-one[1], one[0]))[:SHOWN])
