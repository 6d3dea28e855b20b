"""The local engine: the same results as a loop, whatever becomes of its processes."""

import math
import os
import signal
import time
from pathlib import Path

import pytest

from curation.engine import local
from curation.engine.local import processes
from curation.errors import Cancelled, CurationError, NotChecked
from curation.files.confined import STARTED_BY
from curation.records.progress import ignore, tell


def once_killed(folder, n):
    """Ends its own process the first time it is asked for 3."""
    mark = Path(folder) / "killed"
    if n == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return n, os.getpid()


def test_results_come_in_order_from_processes_of_their_own():
    with processes(2) as run:
        assert run(math.factorial, [(n,) for n in range(9)], ignore) == [math.factorial(n) for n in range(9)]
        pids = set(run(os.getpid, [()] * 6, ignore))
        assert run(math.factorial, [], ignore) == []
    assert os.getpid() not in pids
    assert len(pids) <= 2
    assert all(not Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_process_knows_who_started_it_also_where_that_is_the_first_of_a_container():
    """Without it a worker of process 1, as in a container, takes itself for an orphan and ends."""
    with processes(1) as run:
        assert run(os.getenv, [(STARTED_BY,)], ignore) == [str(os.getpid())]


def test_a_process_that_is_killed_changes_nothing(tmp_path):
    with processes(2) as run:
        found = run(once_killed, [(str(tmp_path), n) for n in range(8)], ignore)
    assert [n for n, _ in found] == list(range(8))
    assert (tmp_path / "killed").exists()


@pytest.mark.parametrize("limit", ["LEAN", "PATIENCE"])
def test_a_process_that_holds_much_or_waits_for_long_is_ended_and_another_started(limit, monkeypatch):
    with processes(1) as run:
        one, same = (run(os.getpid, [()], ignore)[0] for _ in range(2))
        monkeypatch.setattr(local, limit, -1)
        run(os.getpid, [()], ignore)
        other = run(os.getpid, [()], ignore)[0]
    assert one == same
    assert other != one


def test_work_that_kills_every_process_is_an_error_that_says_what_to_do():
    with processes(1) as run, pytest.raises(CurationError, match="--workers 1"):
        run(signal.raise_signal, [(signal.SIGKILL,)], ignore)


def refuses(why):
    raise NotChecked(why)


def test_what_the_work_raises_is_raised_here():
    with processes(1) as run, pytest.raises(NotChecked, match="no row"):
        run(refuses, [("no row has a label",)], ignore)


def test_it_stops_when_a_person_asks_for_it():
    def stop(done, message):
        raise Cancelled

    start = time.monotonic()
    with processes(2) as run, pytest.raises(Cancelled):
        run(time.sleep, [(60,)] * 2, stop)
    assert time.monotonic() - start < 60


def half_done(path):
    """Says that it is half done until somebody writes that it was heard."""
    while not Path(path).exists():
        tell(0.5, "half")
    return "done"


def test_a_long_piece_of_work_says_how_far_it_is(tmp_path):
    heard = []

    def progress(done, message):
        heard.append(done)
        if done >= 0.5:
            (tmp_path / "heard").touch()

    with processes(1) as run:
        assert run(half_done, [(str(tmp_path / "heard"),)], progress) == ["done"]
    assert max(heard) == 0.5


def test_after_a_stop_no_old_answer_is_taken_for_a_new_one(tmp_path):
    def stop(done, message):
        if done:
            raise Cancelled

    with processes(2) as run:
        with pytest.raises(Cancelled):
            run(half_done, [(str(tmp_path / "never"),)] * 2, stop)
        assert run(math.factorial, [(n,) for n in range(4)], ignore) == [1, 1, 2, 6]
