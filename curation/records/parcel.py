"""What many pieces of work need and is too large to be sent with each: written once, read once by each process.

It lies in a folder of this run alone, which nobody else may write to: what is read there is trusted as what is sent is.
"""

import os
from functools import lru_cache
from hashlib import blake2b
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy.typing as npt


def packed(value: Any, folder: Path) -> str:
    """The path of a file in the folder that holds the value: another one for another value."""
    content = bytes(ForkingPickler.dumps(value))
    path = folder / f"{blake2b(content, digest_size=8).hexdigest()}.parcel"
    part = path.with_suffix(f".{os.getpid()}.tmp")
    part.write_bytes(content)
    part.replace(path)
    return str(path)


@lru_cache(maxsize=1)
def unpacked(path: str) -> Any:
    """The value that `packed` wrote there. It is shared by all who ask for it in this process: change nothing."""
    return ForkingPickler.loads(Path(path).read_bytes())


def laid(array: "npt.NDArray[Any]", folder: Path) -> str:
    """The path of a file in the folder with these numbers, for `numpy.load`: another one for other numbers."""
    import numpy as np

    content = blake2b(np.ascontiguousarray(array).data, digest_size=16).hexdigest()
    path = folder / f"{content}-{'x'.join(map(str, array.shape))}.npy"
    part = path.with_suffix(f".{os.getpid()}.tmp")
    with part.open("wb") as file:
        np.save(file, array)
    part.replace(path)
    return str(path)
