"""Whatever is killed with SIGKILL while checks are at work: the same is found."""

import os
import signal
from multiprocessing import get_context

import psutil
from test_spread import SETS

from curation.checks import run, spread
from curation.checks.spread import Asked, run_on
from curation.engine.kept import kept
from curation.engine.local import processes
from curation.records.progress import in_turn

SIMILAR = {str(n): [str(n + 80)] for n in range(0, 60, 3)}


def test_workers_killed_at_three_moments_change_no_finding(alone, monkeypatch, tmp_path):
    monkeypatch.setattr(spread, "ROWS", 37)
    data = SETS["chats"]()
    clusters, left, killed = alone(data, SIMILAR, 0.8), [0.1, 0.3, 0.7], []

    def kill(done, message):
        workers = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
        if left and done >= left[0] and workers:
            left.pop(0)
            killed.append(workers[0].pid)
            workers[0].kill()

    with processes(2) as engine:
        there = run_on(engine, tmp_path, data, clusters, Asked(seed=3), kill)
    here = run(data, clusters, seed=3)
    assert len(set(killed)) == 3
    assert there.runs == here.runs
    assert there.table.to_pylist() == here.table.to_pylist()


def half_done(folder, clusters):
    """Checks at work in a process that is killed at half of it."""
    spread.ROWS = 37

    def kill(done, message):
        if done > 0.5:
            os.kill(os.getpid(), signal.SIGKILL)

    run_on(kept(in_turn, folder), folder, SETS["labels"](), clusters, Asked(seed=3), kill)


def test_work_whose_driver_was_killed_goes_on_and_finds_the_same(alone, monkeypatch, tmp_path):
    monkeypatch.setattr(spread, "ROWS", 37)
    data = SETS["labels"]()
    clusters = alone(data, SIMILAR, 0.8)
    killed = get_context("spawn").Process(target=half_done, args=(tmp_path, clusters))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.done")}
    there, here = (
        run_on(kept(in_turn, tmp_path), tmp_path, data, clusters, Asked(seed=3), lambda *_: None),
        run(data, clusters, seed=3),
    )
    assert before
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert there.runs == here.runs
    assert there.table.to_pylist() == here.table.to_pylist()
