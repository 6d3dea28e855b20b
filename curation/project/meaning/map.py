"""The map of a project's rows: laid out once, kept in a file beside the store, new rows placed on it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from curation.errors import UsageError
from curation.files import write_parquet
from curation.meaning.layout import laid_out, placed
from curation.project.place import Place
from curation.project.place.access import needs
from curation.records import Side
from curation.records.progress import Progress, ignore
from curation.text.vectors import Floats, Ints

FILE = "map.parquet"
NONE = "There is no map here yet: it is made with the topics. Find them on the Topics page."
GROWN = 0.1
"""The share of rows added or left out from which on the map is laid out anew, 0..1: below, what is known stays where
people know it."""


@dataclass(frozen=True)
class Places:
    """The rows on the map by their numbers, and their places, shape (n, 2), each within -1..1."""

    numbers: Ints
    places: Floats


@dataclass(frozen=True)
class _About:
    """What the map was made of."""

    side: Side
    seed: int


class Map:
    """Where rows lie; near each other means near in meaning, far apart says little."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place, self.path = place, folder / FILE

    @needs("curator")
    def store(self, numbers: Ints, vectors: Floats, about: tuple[Side, int], progress: Progress = ignore) -> None:
        """Lay these rows out and keep it; where less than a tenth is new or gone, only the new rows are placed."""
        known = self._known(numbers, _About(*about))
        if known is None:
            places, landmarks = laid_out(vectors, about[1], progress)
        else:
            places, landmarks = known
            new = np.flatnonzero(np.isnan(places[:, 0]) & ~np.isnan(vectors[:, 0]))
            places[new] = placed(vectors, new, landmarks, places[landmarks], progress)
        is_landmark = np.isin(np.arange(len(numbers)), landmarks)
        columns = {"number": numbers, "x": places[:, 0], "y": places[:, 1], "landmark": is_landmark}
        table = pa.table(columns).replace_schema_metadata({"about": json.dumps(asdict(_About(*about)))})
        self.path.parent.mkdir(exist_ok=True)
        write_parquet(self.path, table)

    @needs("viewer")
    def read(self) -> Places | None:
        """The rows that have a place; None where there is no map."""
        try:
            table = pq.read_table(self.path, columns=["number", "x", "y"])
        except (OSError, pa.ArrowInvalid):
            return None
        places = np.stack([table["x"].to_numpy(), table["y"].to_numpy()], axis=1)
        there = ~np.isnan(places[:, 0])
        return Places(table["number"].to_numpy().astype(np.int64)[there], places[there])

    @needs("viewer")
    def numbers(self, area: str) -> Ints:
        """The numbers of the rows within "left,right,bottom,top". Raises UsageError on no map and on no such box."""
        found = self.read()
        if found is None:
            raise UsageError(NONE)
        left, right, bottom, top = sides(area)
        x, y = found.places.T
        within: Ints = found.numbers[(x >= left) & (x <= right) & (y >= bottom) & (y <= top)]
        return within

    def _known(self, numbers: Ints, about: _About) -> tuple[Floats, Ints] | None:
        """(the places of these rows, NaN where none is known; the landmarks), None where all has to be laid out."""
        try:
            table = pq.read_table(self.path)
            said = _About(**json.loads((table.schema.metadata or {})[b"about"]))
        except (OSError, pa.ArrowInvalid, KeyError, ValueError, TypeError):
            return None
        earlier = table["number"].to_numpy()
        same = np.intersect1d(numbers, earlier)
        if said != about or len(numbers) + len(earlier) - 2 * len(same) > GROWN * len(earlier):
            return None
        order = np.argsort(earlier)
        at = order[np.searchsorted(earlier[order], same)]
        rows = np.searchsorted(numbers, same)
        places = np.full((len(numbers), 2), np.nan, np.float32)
        places[rows] = np.stack([table["x"].to_numpy()[at], table["y"].to_numpy()[at]], axis=1)
        landmarks = rows[table["landmark"].to_numpy(zero_copy_only=False)[at]]
        return (places, landmarks) if len(landmarks) else None


def sides(area: str) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a box on the map. Raises UsageError on a text that says none."""
    try:
        left, right, bottom, top = (float(part) for part in area.split(","))
    except ValueError:
        raise UsageError("A box of the map is written as left,right,bottom,top, each between -1 and 1.") from None
    return left, right, bottom, top
