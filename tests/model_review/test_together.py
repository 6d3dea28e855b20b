"""Several calls at once: as many as were asked for, one pause for all where a server wants one, and an end when told."""

import threading
from pathlib import Path

import pytest

from curation.endpoint.asking import Asking
from curation.endpoint.client import Endpoint, address
from curation.endpoint.ledger import Ledger, Prices
from curation.endpoint.prompt import Prompt
from curation.endpoint.together import together
from curation.errors import Cancelled
from curation.project import Project
from curation.project.measuring import CallBook
from curation.records import Caps, ReviewRun, ReviewSettings
from curation.records.progress import ignore
from tests.measure.endpoint_server import Act, EndpointServer, Handler, says, status
from tests.model_review.conftest import reading


def test_as_many_are_on_their_way_as_there_are_workers() -> None:
    met = threading.Barrier(4, timeout=30)

    def work(item: int) -> int:
        met.wait()  # passes only once four are here
        return item * item

    assert sorted(together(work, range(8), 4, lambda: None)) == [n * n for n in range(8)]


def test_what_the_work_raises_is_raised_and_nothing_else_begun() -> None:
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        raise ValueError(item)

    with pytest.raises(ValueError):
        list(together(work, range(100), 2, lambda: None))
    assert len(begun) <= 4


def test_all_questions_pause_where_the_endpoint_asks_for_it(project: Project) -> None:
    slept: list[float] = []
    several = threading.Barrier(4, timeout=30)

    def behave(number: int) -> Act:
        def busy(handler: Handler) -> None:
            several.wait()
            status(429, {"Retry-After": "3"})(handler)

        return busy if number <= 4 else says(lambda body: "fine")

    with EndpointServer(behave) as server, Endpoint(address(server.url), "m", "", 30.0) as endpoint:
        asking = Asking(endpoint, CallBook(project.place.engine), Ledger(Caps(), Prices()), ignore, slept.append)
        prompts = [Prompt((("user", f"question {n}"),)) for n in range(4)]
        calls = list(together(lambda prompt: asking.reply("a", prompt), prompts, 4, lambda: None))
        asked = len(server.requests)
    assert [call.state for call in calls] == ["done"] * 4
    assert asked == 8
    assert slept == [1.0, 1.0, 1.0]  # three seconds once, not once for each of the four


def test_who_stops_it_keeps_what_was_read(project: Project) -> None:
    def stop(done: float, message: str) -> None:
        if message.startswith("4 of"):
            raise Cancelled

    run = ReviewSettings(rows=None, workers=1)
    with EndpointServer(lambda number: says(lambda body: reading("right"))) as server:
        with pytest.raises(Cancelled):
            project.model_review.read(ReviewRun(server.url, "m", run), stop)
        asked = len(server.requests)
        assert asked <= 5
        done = project.model_review.read(ReviewRun(server.url, "m", run))
        assert len(server.requests) == 9 + done.again
    assert done.read == 9


def test_a_slow_endpoint_is_left_after_the_time_limit(project: Project, tmp_path: Path) -> None:
    def slow(handler: Handler) -> None:
        handler.server.stopping.wait()

    run = ReviewSettings(rows=2, workers=2, timeout=0.1)
    with EndpointServer(lambda number: slow) as server:
        done = project.model_review.read(ReviewRun(server.url, "m", run), sleep=lambda seconds: None)
    assert (done.read, done.failed) == (0, 2 + done.again)
    assert project.model_review.readings.last() is None
