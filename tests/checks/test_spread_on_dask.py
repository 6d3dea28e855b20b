"""A real Dask cluster of two workers does what one process does, whatever becomes of its workers."""

import os
import signal
from pathlib import Path

import pytest
from test_spread import SETS

from curation.checks import run, spread
from curation.checks.spread import Asked, run_on
from curation.engine import Engine, at_work
from curation.errors import Cancelled, NotChecked, UsageError
from curation.records.parcel import unpacked
from curation.records.progress import ignore


@pytest.fixture(scope="module")
def cluster():
    with at_work(Engine(2, "dask")) as engine:
        yield engine


@pytest.mark.parametrize("name", SETS)
def test_the_same_findings_as_in_this_process(name, cluster, alone, monkeypatch, tmp_path):
    monkeypatch.setattr(spread, "ROWS", 50)
    data = SETS[name]()
    clusters = alone(data, {str(n): [str(n + 80)] for n in range(0, 60, 3)}, 0.8)
    here, there = run(data, clusters), run_on(cluster, tmp_path, data, clusters, Asked(), ignore)
    assert there.runs == here.runs
    assert there.table.to_pylist() == here.table.to_pylist()


def squared_once_killed(folder, n):
    mark = Path(folder) / "killed"
    if n == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return n * n


def test_a_worker_that_is_killed_changes_nothing(cluster, tmp_path):
    assert cluster(squared_once_killed, [(str(tmp_path), n) for n in range(8)], ignore) == [n * n for n in range(8)]
    assert (tmp_path / "killed").exists()


def refuses(why):
    raise NotChecked(why)


def test_what_the_work_raises_is_raised_here(cluster):
    with pytest.raises(NotChecked, match="no row"):
        cluster(refuses, [("no row has a label",)], ignore)


def test_a_folder_that_a_worker_does_not_see_is_named(cluster, tmp_path):
    with pytest.raises(UsageError, match=r"does not see .*nowhere.*--work"):
        cluster(unpacked, [(str(tmp_path / "nowhere"),)], ignore)


def test_it_stops_when_a_person_asks_for_it(cluster):
    def stop(done, message):
        raise Cancelled

    with pytest.raises(Cancelled):
        cluster(divmod, [(7, 2)] * 4, stop)


def test_an_address_where_nothing_answers_is_named(monkeypatch):
    monkeypatch.setattr("curation.engine.dask.ANSWERS", 0.2)
    with pytest.raises(UsageError, match=r"127\.0\.0\.1:9"), at_work(Engine(1, "dask", "tcp://127.0.0.1:9")):
        pass
