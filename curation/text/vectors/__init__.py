"""Texts as vectors of meaning, in one file beside the store: never the truth, made again whenever it is not there.

Static word embeddings (`features.static_embeddings`): nothing is downloaded and nothing leaves this computer. They know
little of the order of words and of negation, and of scripts they saw rarely.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from curation.files import write_text
from curation.records.progress import Progress, Run, ignore, in_turn
from curation.text.features import LONGEST, Embed, has_static_embeddings, static_embeddings

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
MODEL = "wordllama 256"
"""What the vectors are made with; a file of another model is made again."""
DIMENSIONS = 256
MISSING = (
    "The search by meaning needs the package wordllama, which has no build for this computer. The search by words and "
    'everything else work without it; try pip install "curation[embeddings]".'
)


def has_vectors() -> bool:
    """Whether vectors can be made on this computer."""
    return has_static_embeddings()


def text_of(input: str, output: str, side: str) -> str:
    """What of a row its vector is of; of both, half as much each as of one, so that none crowds out the other."""
    if side == "both":
        return f"{input[: LONGEST // 2]}\n{output[: LONGEST // 2]}"
    return input if side == "input" else output


def vectors_of(texts: Sequence[str], progress: Progress = ignore, embed: Embed | None = None) -> Floats:
    """Rows of length 1, float32, shape (n, 256); NaN where a text says nothing: it is left out of everything.

    The same vector for a text whatever stands beside it; `embed` finds those made before. Raises NotChecked where the
    package is missing.
    """
    if not texts:
        return np.empty((0, DIMENSIONS), np.float32)
    made = (embed or static_embeddings)(texts, progress)
    empty = ~made.any(axis=1) | np.fromiter((not text.strip() for text in texts), bool, len(texts))
    made[empty] = np.nan
    return made


@dataclass(frozen=True)
class About:
    """What a file of vectors holds: the first `rows` rows of a set, the last of them with this number and id."""

    model: str
    rows: int
    last: int
    id: str


TOGETHER = 16
"""Batches whose vectors are made at once, of 10 MB each: processes that made them are large, and end in between."""
NOTHING = About(MODEL, 0, 0, "")


class VectorFile:
    """The vectors of the texts of a set as imported, by the numbers of their rows; those texts never change.

    Two files: `NAME.f32`, mapped into memory, and `NAME.i64` with the rows' numbers, rising; `NAME.json` says how far
    they hold, and is written last. Rows are only ever added behind, and the same rows give the same bytes: two jobs
    that write at once write the same, and a killed one leaves nothing by half.
    """

    def __init__(self, folder: Path, side: str) -> None:
        self.folder, self.name = folder, side

    def about(self) -> About:
        """How far the file holds; nothing where there is none, or another model's."""
        try:
            said = About(**json.loads(self._path("json").read_text("utf-8")))
            whole = self._path("f32").stat().st_size >= said.rows * DIMENSIONS * 4
            whole = whole and self._path("i64").stat().st_size >= said.rows * 8
        except (OSError, ValueError, TypeError):
            return NOTHING
        return said if whole and said.model == MODEL else NOTHING

    def add(self, about: About, numbers: Sequence[int], vectors: Floats, id: str) -> About:
        """What the file holds after these rows were written behind those of `about`; `id` is that of the last."""
        self.folder.mkdir(exist_ok=True)
        self._write("f32", about.rows * DIMENSIONS * 4, vectors.astype("<f4").tobytes())
        self._write("i64", about.rows * 8, np.asarray(numbers, "<i8").tobytes())
        after = About(MODEL, about.rows + len(numbers), int(numbers[-1]), id)
        write_text(self._path("json"), json.dumps(asdict(after)))
        return after

    def read(self) -> tuple[Ints, Floats]:
        """(numbers of the rows, rising; their vectors, mapped and not read yet)."""
        rows = self.about().rows
        if not rows:
            return np.empty(0, np.int64), np.empty((0, DIMENSIONS), np.float32)
        numbers = np.fromfile(self._path("i64"), "<i8", rows).astype(np.int64)
        return numbers, np.memmap(self._path("f32"), np.dtype("<f4"), "r", 0, (rows, DIMENSIONS))

    @property
    def path(self) -> Path:
        """Where the vectors stand."""
        return self._path("f32")

    def _path(self, ending: str) -> Path:
        return self.folder / f"{self.name}.{ending}"

    def _write(self, ending: str, at: int, data: bytes) -> None:
        write_at(self._path(ending), at, data)


def write_at(path: Path, at: int, data: bytes) -> None:
    """Write from this byte on into a file that need not be there yet; what stands before it stays."""
    path.touch()
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def extend(
    file: VectorFile,
    about: About,
    batches: Iterable[Sequence[tuple[int, str, str]]],
    total: int,
    progress: Progress = ignore,
    engine: Run = in_turn,
) -> None:
    """Add the vectors of rows (number, id, text) behind those of `about`, some batches at a time; `total` are all rows.

    Where the engine has processes of its own, what it takes to make vectors never lies in the memory of this one.
    """
    every = iter(batches)
    while some := list(islice(every, TOGETHER)):
        progress(about.rows / max(total, 1), "reading what the rows mean")
        columns = [tuple(zip(*batch, strict=True)) for batch in some]
        made = engine(vectors_of, [(texts,) for _, _, texts in columns], _unheard(progress, about.rows, total))
        for (numbers, ids, _), vectors in zip(columns, made, strict=True):
            about = file.add(about, numbers, vectors, ids[-1])
    progress(1.0, "meanings read")


def _unheard(progress: Progress, rows: int, total: int) -> Progress:
    """So that it can be stopped meanwhile."""
    return lambda done, message: progress(rows / max(total, 1), "reading what the rows mean")
