"""Vectors that an endpoint made, kept by their texts, so that none is paid for twice: never the truth of a row."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from curation.text.vectors import Floats, write_at

WIDTH = 16
"""Bytes of a text's digest."""


class AskedVectors:
    """What one model at one address made of texts. Two files: the vectors, and the digests of their texts, written
    last: a killed job leaves nothing by half."""

    def __init__(self, folder: Path, url: str, model: str) -> None:
        self.folder = folder
        self.name = f"asked-{hashlib.sha256(f'{url} {model}'.encode()).hexdigest()[:16]}"

    def keep(self, found: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """Keep the vectors of these texts, of length 1. Raises ValueError on other dimensions than before."""
        vectors = np.stack(list(found.values()))
        dimensions = self.dimensions() or vectors.shape[1]
        if vectors.shape[1] != dimensions:
            raise ValueError(f"the model gives {vectors.shape[1]:,} numbers a text now, and gave {dimensions:,} before")
        self.folder.mkdir(exist_ok=True)
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        known = len(self._digests())
        self._write(f"{dimensions}.f32", known * dimensions * 4, (vectors / lengths).astype("<f4").tobytes())
        self._write("texts", known * WIDTH, b"".join(map(_digest, found)))

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """Those of the texts that have no vector yet, each once."""
        known = set(self._digests())
        return [text for text in dict.fromkeys(texts) if _digest(text) not in known]

    def of(self, texts: Sequence[str]) -> Floats:
        """The vectors of these texts, NaN for one that has none; shape (n, 0) before there are any."""
        dimensions, place = self.dimensions(), {one: n for n, one in enumerate(self._digests())}
        made = np.full((len(texts), dimensions), np.nan, np.float32)
        if place:
            stored = np.memmap(self._path(f"{dimensions}.f32"), np.dtype("<f4"), "r", 0, (len(place), dimensions))
            rows = np.asarray([place.get(_digest(text), -1) for text in texts], np.int64)
            made[rows >= 0] = stored[rows[rows >= 0]]
        return made

    def dimensions(self) -> int:
        """Numbers of a vector, 0 before there is one."""
        return next((int(path.name.split(".")[1]) for path in self.folder.glob(f"{self.name}.*.f32")), 0)

    def _digests(self) -> list[bytes]:
        path = self._path("texts")
        data = path.read_bytes() if path.exists() else b""
        return [data[at : at + WIDTH] for at in range(0, len(data) - len(data) % WIDTH, WIDTH)]

    def _path(self, ending: str) -> Path:
        return self.folder / f"{self.name}.{ending}"

    def _write(self, ending: str, at: int, data: bytes) -> None:
        write_at(self._path(ending), at, data)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=WIDTH).digest()
