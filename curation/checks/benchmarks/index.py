"""An index of an evaluation set, written to a file and read back, and the runs of words that it holds."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from curation.errors import NotChecked
from curation.records import Dataset
from curation.text.openings import unopened
from curation.text.words import words

WORDS = 13
"""Words of a shared run that counts as contamination: Brown et al. 2020 (GPT-3), appendix C."""
FEWEST = 6
"""Words of a shorter text that is held whole: below it equal texts say nothing ("What is this called?")."""
SUFFIX = ".ngrams.parquet"
_NAME = b"curation.benchmark"


@dataclass(frozen=True)
class Index:
    """The runs of one evaluation set: its name and the sorted hashes, unsigned 64-bit."""

    name: str
    hashes: npt.NDArray[np.uint64]

    def holds(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """Which of these hashes it holds."""
        if not len(self.hashes):
            return np.zeros(len(hashes), bool)
        place = np.searchsorted(self.hashes, hashes)
        found: npt.NDArray[np.bool_] = self.hashes[np.minimum(place, len(self.hashes) - 1)] == hashes
        return found


def runs(text: str) -> npt.NDArray[np.uint64]:
    """The hash of every run of 13 words of a text, in order; of a shorter text that of the whole, if it has 6 words."""
    found = words(text)
    if len(found) < WORDS:
        whole = [found] if len(found) >= FEWEST else []
    else:
        whole = [found[n : n + WORDS] for n in range(len(found) - WORDS + 1)]
    each = [hashlib.blake2b(" ".join(run).encode(), digest_size=8).digest() for run in whole]
    return np.frombuffer(b"".join(each), np.dtype("<u8")).astype(np.uint64)


def write_index(evaluation: Dataset, name: str, folder: Path) -> Path:
    """The file that holds the index of an evaluation set's inputs and outputs: `NAME.ngrams.parquet` in the folder."""
    texts: Iterable[str] = (*unopened(evaluation.values("input")), *evaluation.values("output"))
    hashes = np.unique(np.concatenate([np.empty(0, np.uint64), *map(runs, texts)]))
    table = pa.table({"hash": hashes}).replace_schema_metadata({_NAME: name.encode()})
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}{SUFFIX}"
    pq.write_table(table, path, compression="zstd")
    return path


def indexes(folder: str) -> list[Index]:
    """The indexes of a folder, in order of name. Raises NotChecked where there are none or one cannot be read."""
    how = "curation.index_benchmark(evaluation, folder) makes one of any evaluation set"
    if not folder:
        raise NotChecked(f"no folder with indexes of evaluation sets was named; {how}")
    paths = sorted(Path(folder).expanduser().glob(f"*{SUFFIX}"))
    if not paths:
        raise NotChecked(f"the folder {folder} holds no index of an evaluation set (*{SUFFIX}); {how}")
    return [_read(path) for path in paths]


def _read(path: Path) -> Index:
    try:
        table = pq.read_table(path, columns=["hash"])
        name = (table.schema.metadata or {})[_NAME].decode()
        return Index(name, np.unique(table["hash"].to_numpy().astype(np.uint64)))
    except (OSError, KeyError, ValueError, TypeError, pa.ArrowException) as error:
        raise NotChecked(f"{path.name} is no index of an evaluation set or is damaged; make it again") from error
