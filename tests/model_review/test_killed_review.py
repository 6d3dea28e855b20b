"""kill -9 in the middle of a review, five times: the readings are those of a review that nobody killed."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from curation.project import Project
from curation.records import Reading, ReviewRun, ReviewSettings
from tests.measure.endpoint_server import Act, EndpointServer, Handler, rows, stalls
from tests.model_review.conftest import reading, replies

SCRIPT = Path(__file__).with_name("killed_run.py")
ROOT = Path(__file__).parents[2]
MOMENTS = (1, 9, 17, 25, 33)
"""Requests at which the run is killed, some of them asking once more for a reply nobody understood."""


def answer(row: dict[str, str]) -> str:
    """Nonsense of one row in five, or a reading that only the text decides."""
    size = len(row["TEXT"]) + len(row["LABEL"])
    return "hm" if size % 5 == 0 else reading(("right", "wrong", "unsure")[size % 3])


def readings(project: Project) -> list[Reading]:
    return sorted(project.model_review.readings.current(), key=lambda one: (one.example, one.again))


def test_killed_five_times_and_resumed(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(rows(8), encoding="utf-8")
    with Project.open(tmp_path / "whole", create=True) as made:
        made.examples.load(tmp_path / "rows.csv")
    shutil.copytree(tmp_path / "whole", tmp_path / "killed")
    reached, stop_at = threading.Event(), [0]

    def behave(number: int) -> Act:
        def act(handler: Handler) -> None:
            reached.set()
            stalls(handler)

        return act if number >= stop_at[0] else replies(answer)  # type: ignore[arg-type]

    with EndpointServer(behave) as server:
        for stop_at[0] in MOMENTS:
            reached.clear()
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            run = subprocess.Popen([sys.executable, str(SCRIPT), str(tmp_path / "killed"), server.url], env=environment)
            assert reached.wait(60)
            os.kill(run.pid, signal.SIGKILL)
            run.wait()
        stop_at[0] = sys.maxsize
        both = []
        for name in ("killed", "whole"):
            with Project.open(tmp_path / name) as project:
                begun = len(server.requests)
                done = project.model_review.read(ReviewRun(server.url, "m", ReviewSettings(rows=None)))
                both.append((readings(project), done.answers))
                times = Counter(server.prompts()[: begun if name == "whole" else None])
    assert both[0] == both[1]
    assert len(both[0][0]) == 32 + done.again
    # what was on its way when a run was killed is asked again, three at a time at most; nothing else is
    assert sum(n - 1 for n in times.values()) <= 3 * len(MOMENTS)
