"""The topics of a project: found once, kept in a file beside the store, and what is known of the rows of each."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from curation.errors import UsageError
from curation.files import write_parquet
from curation.meaning.topics import described, grouped, how_many
from curation.progress import Progress, ignore
from curation.project.place import Place
from curation.project.place.access import needs
from curation.records import OPEN, Example, Side
from curation.store.rows.texts import StoredTexts
from curation.text.vectors import Floats, Ints

FILE = "topics.parquet"
NONE = "There are no topics here yet. Find them on the Topics page, or with `curation topics --project DIR`."
SHOWN = 3
"""Labels and checks named of a topic."""


@dataclass(frozen=True)
class TopicRow:
    """A topic with what is known of its rows: how many, how many nobody has decided, their commonest labels and the
    checks that found most in them, each with its rows, and the rows nearest to its centre."""

    number: int
    name: str
    rows: int
    undecided: int
    labels: tuple[tuple[str, int], ...]
    findings: tuple[tuple[str, int], ...]
    central: tuple[Example, ...]


@dataclass(frozen=True)
class Kept:
    """What the file of topics says: their names, the ids of their central rows, and the state they were found in."""

    names: tuple[str, ...]
    central: tuple[tuple[str, ...], ...]
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
        """Find the topics of these rows (numbers, unit vectors, texts) and keep them; `about` are side and seed."""
        side, seed = about
        progress(0.0, "grouping the rows by meaning")
        of, nearness = grouped(vectors, how_many(int((~np.isnan(vectors[:, :1])).sum())), seed)
        progress(0.6, "naming the topics")
        found = described(of, nearness, texts)
        progress(0.9, "keeping the topics")
        central = tuple(tuple(self.texts.id_of(int(numbers[n])) for n in topic.central) for topic in found)
        kept = Kept(tuple(topic.name for topic in found), central, self.state(), side, seed)
        order = np.lexsort((numbers, -np.nan_to_num(nearness), of))
        table = pa.table({"number": numbers[order], "topic": of[order]})
        self.path.parent.mkdir(exist_ok=True)
        write_parquet(self.path, table.replace_schema_metadata({"about": json.dumps(asdict(kept))}))
        progress(1.0, "topics found")

    @needs("viewer")
    def kept(self) -> Kept | None:
        """What the file says, None where there is none."""
        try:
            said = json.loads((pq.read_schema(self.path).metadata or {})[b"about"])
            named = tuple(said["names"]), tuple(tuple(ids) for ids in said["central"])
            return Kept(*named, str(said["state"]), said["side"], int(said["seed"]))
        except (OSError, pa.ArrowInvalid, KeyError, ValueError):
            return None

    @needs("viewer")
    def state(self) -> str:
        """What changes with the texts of the set and with nothing else."""
        changed = [(text.number, text.version) for text in self.texts.changed()]
        return hashlib.sha256(repr((self.texts.last(), self.texts.sources(), changed)).encode()).hexdigest()

    @needs("viewer")
    def is_stale(self) -> bool:
        """Whether rows were added, changed or left out since the topics were found."""
        kept = self.kept()
        return kept is not None and kept.state != self.state()

    @needs("viewer")
    def names(self) -> list[str]:
        """The names of the topics, the largest first; their places are their numbers."""
        kept = self.kept()
        return list(kept.names) if kept else []

    @needs("viewer")
    def numbers(self, topic: int) -> Ints:
        """The numbers of a topic's rows, those nearest to its centre first. Raises UsageError on one there is not."""
        kept = self.kept()
        if kept is None:
            raise UsageError(NONE)
        if not 0 <= topic < len(kept.names):
            raise UsageError(f"There is no topic {topic}; the last is {len(kept.names) - 1}. Choose one on Topics.")
        found = pq.read_table(self.path, filters=[("topic", "=", topic)])
        numbers: Ints = found["number"].to_numpy().astype(np.int64)
        return numbers

    @needs("viewer")
    def all(self) -> list[TopicRow]:
        """Every topic with its facts as the rows stand now, largest first. Raises UsageError where there are none."""
        kept = self.kept()
        if kept is None:
            raise UsageError(NONE)
        table = pq.read_table(self.path)
        of = dict(zip(table["number"].to_pylist(), table["topic"].to_pylist(), strict=True))
        rows, undecided = Counter[int](), Counter[int]()
        labels, findings = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
        for number, label, status in self.texts.facts():
            topic = of.get(number, -1)
            rows[topic] += 1
            undecided[topic] += status in OPEN
            labels[topic, label or ""] += 1
        for number, check in self.texts.findings():
            findings[of.get(number, -1), check] += 1
        examples = {example.id: example for example in self.texts.get_all([id for ids in kept.central for id in ids])}
        return [
            TopicRow(
                n, name, rows[n], undecided[n], _most(labels, n), _most(findings, n),
                tuple(examples[id] for id in kept.central[n] if id in examples),
            )
            for n, name in enumerate(kept.names)
        ]  # fmt: skip


def _most(counts: "Counter[tuple[int, str]]", topic: int) -> tuple[tuple[str, int], ...]:
    found = [(name, count) for (number, name), count in counts.items() if number == topic and name]
    return tuple(sorted(found, key=lambda one: (-one[1], one[0]))[:SHOWN])
