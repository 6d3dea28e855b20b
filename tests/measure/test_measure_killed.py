"""kill -9 in the middle of a run: nothing is asked twice but what was on its way, and everything is counted."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from endpoint_server import Act, EndpointServer, Handler, asked_run, right, stalls

from curation.project import Project
from curation.records import Caps, EndpointRun, MeasureSettings

SCRIPT = Path(__file__).with_name("killed_run.py")
BOTH = MeasureSettings(arms=("zero_shot", "few_shot"), rows=20, every_row=True)


def test_a_killed_run_goes_on_without_paying_twice(labelled: Project) -> None:
    reached = threading.Event()

    def at_thirteen(number: int) -> Act:
        def act(handler: Handler) -> None:
            reached.set()
            stalls(handler)

        return act if number == 13 else right()

    with EndpointServer(at_thirteen) as server:
        run = subprocess.Popen([sys.executable, str(SCRIPT), str(labelled.folder), server.url])
        assert reached.wait(60)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        assert labelled.measuring.held_out.measurement() is None
        body = labelled.measuring.measure(EndpointRun(server.url, "m", BOTH))
        asked = Counter(server.prompts())
    assert len(asked) == 40
    assert sorted(asked.values()) == [1] * 39 + [2]
    assert asked_run(body).spent.calls == 41
    assert [arm.n for arm in body.arms] == [20, 20]


def test_a_question_that_two_runs_died_on_is_not_asked_again(labelled: Project) -> None:
    reached = threading.Event()

    def first(number: int) -> Act:
        def act(handler: Handler) -> None:
            reached.set()
            stalls(handler)

        return act if number <= 2 else right()

    with EndpointServer(first) as server:
        for _ in range(2):
            reached.clear()
            run = subprocess.Popen([sys.executable, str(SCRIPT), str(labelled.folder), server.url])
            assert reached.wait(60)
            os.kill(run.pid, signal.SIGKILL)
            run.wait()
        body = labelled.measuring.measure(EndpointRun(server.url, "m", BOTH, Caps(calls=100)))
    assert asked_run(body).spent.calls == 41
    assert {arm.name: (arm.n, arm.failed) for arm in body.arms} == {
        "few_shot": (20, 0),
        "zero_shot": (19, 1),
    }
