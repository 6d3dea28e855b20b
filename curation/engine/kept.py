"""What pieces of work gave, kept in a folder: work that was ended half way goes on with the pieces that are missing."""

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from importlib.metadata import version
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

from curation.files import replace_file
from curation.records.progress import Progress, Run


def kept(run: Run, folder: Path) -> Run:
    """The same engine, for which a piece of work is done once its result lies in the folder, whole (see `parcel`).

    A piece is known by its function, its arguments and our version. Files that the arguments name must be others where
    they hold something else. What a piece raises is not kept.
    """
    return partial(_go_on, run, folder)


def _go_on(
    run: Run, folder: Path, function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], progress: Progress
) -> list[Any]:
    places = [folder / f"{_name(function, each)}.done" for each in arguments]
    missing = [(function, each, str(at)) for each, at in zip(arguments, places, strict=True) if not at.exists()]
    run(_keep, missing, progress)
    return [ForkingPickler.loads(place.read_bytes()) for place in places]


def _name(function: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    piece = (version("curation"), function, arguments)
    return blake2b(bytes(ForkingPickler.dumps(piece)), digest_size=16).hexdigest()


def _keep(function: Callable[..., Any], arguments: tuple[Any, ...], place: str) -> None:
    """The mark of a piece that is done is its result: under its name it is whole, or not there."""
    result = bytes(ForkingPickler.dumps(function(*arguments)))
    replace_file(Path(place), lambda path: path.write_bytes(result))
