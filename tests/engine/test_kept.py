"""Work that was ended half way goes on where it ended."""

import os
from pathlib import Path

import pytest

from curation.engine import Engine, at_work
from curation.errors import NotChecked
from curation.records.progress import ignore


def done_once(folder, n):
    """Leaves a mark for each time it is asked; ends at 3 until somebody mended that."""
    mark = Path(folder) / f"asked-{n}"
    mark.write_text(f"{mark.read_text() if mark.exists() else ''}x")
    if n == 3 and not (Path(folder) / "mended").exists():
        raise NotChecked("not yet")
    return n * n


@pytest.mark.parametrize("workers", [1, 2])
def test_pieces_that_are_done_are_not_done_again(tmp_path, workers):
    engine = Engine(workers, folder=tmp_path)
    pieces = [(str(tmp_path), n) for n in range(6)]
    with at_work(engine) as run, pytest.raises(NotChecked):
        run(done_once, pieces, ignore)
    (tmp_path / "mended").touch()
    with at_work(engine) as run:
        assert run(done_once, pieces, ignore) == [0, 1, 4, 9, 16, 25]
        assert run(done_once, pieces, ignore) == [0, 1, 4, 9, 16, 25]
    asked = {n: len((tmp_path / f"asked-{n}").read_text()) for n in range(6)}
    assert asked[3] == 2
    # Two processes: one of the pieces before may still have been under way when the run ended.
    assert sum(asked[n] for n in (0, 1, 2)) <= 3 + (workers - 1)


def test_other_arguments_are_other_pieces(tmp_path):
    with at_work(Engine(1, folder=tmp_path)) as run:
        assert run(divmod, [(7, 2)], ignore) == [(3, 1)]
        assert run(divmod, [(7, 3)], ignore) == [(2, 1)]


def ended(folder, n):
    if n == 2 and not (Path(folder) / "again").exists():
        (Path(folder) / "again").touch()
        os._exit(1)
    return n


def test_a_process_that_ends_in_between_leaves_no_half_result(tmp_path):
    with at_work(Engine(2, folder=tmp_path)) as run:
        assert run(ended, [(str(tmp_path), n) for n in range(4)], ignore) == [0, 1, 2, 3]
    assert not list(tmp_path.glob("*.tmp"))
