"""A measurement from the project's rows to stored arms: what is sent, what it may cost, and what is said about it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from endpoint_server import (
    LABELS,
    EndpointServer,
    Handler,
    asked_input,
    asked_run,
    label_of,
    right,
    rows,
    says,
    stalls,
    status,
    tokens_of,
)

from curation.endpoint.asking import ATTEMPTS
from curation.errors import Cancelled, NotChecked, UsageError
from curation.measure.trial import IN_A_ROW
from curation.project import Project
from curation.records import ArmResult, Caps, EndpointRun, Measurement, MeasureSettings

ZERO = MeasureSettings(arms=("zero_shot",), rows=40, every_row=True)


def measure(project: Project, server: EndpointServer, settings: MeasureSettings = ZERO, **more: Any) -> Measurement:
    naps: list[float] = []
    return project.measuring.measure(EndpointRun(server.url, "m", settings, **more), sleep=naps.append)


def arm(body: Measurement, name: str = "zero_shot") -> ArmResult:
    return next(one for one in body.arms if one.name == name)


def test_arms_are_scored_on_the_same_rows_and_become_the_contexts(labelled: Project) -> None:
    with EndpointServer() as server:
        body = measure(labelled, server, MeasureSettings(rows=40, every_row=True))
        asked = [asked_input(request) for _, _, request in server.requests]
    assert len(asked) == 120
    assert asked[:25] == asked[25:50] == asked[50:75]
    assert {one.name: (one.score, one.n) for one in body.arms} == dict.fromkeys(
        ("zero_shot", "few_shot", "retrieved_few_shot"), (1.0, 40)
    )
    assert len(body.differences) == 3
    found = labelled.measuring.with_measured(labelled.settings.context()).arms
    assert [(one.name, one.n, one.hosted) for one in found] == [
        ("few_shot", 40, False), ("retrieved_few_shot", 40, False), ("zero_shot", 40, False)
    ]  # fmt: skip
    assert all(one.latency_ms and one.prompt_tokens and one.output_tokens for one in found)


def test_measured_arms_stand_in_for_typed_ones_of_the_same_name(labelled: Project) -> None:
    typed = labelled.settings.parse_context(
        '[[arm]]\nname = "zero_shot"\nscore = 0.1\nn = 5\n[[arm]]\nname = "lora"\nscore = 0.9\nn = 9\n'
    )
    assert labelled.measuring.with_measured(typed) == typed
    with EndpointServer() as server:
        measure(labelled, server)
    arms = {one.name: one for one in labelled.measuring.with_measured(typed).arms}
    assert (arms["zero_shot"].score, arms["zero_shot"].n) == (1.0, 40)
    assert arms["lora"].score == 0.9
    other = replace(typed, task=replace(typed.task, metric="chrf"))
    assert labelled.measuring.with_measured(other) == other


def test_a_second_run_pays_nothing(labelled: Project) -> None:
    with EndpointServer() as server:
        first = measure(labelled, server)
        second = measure(labelled, server)
        assert len(server.requests) == 40
    assert asked_run(first).spent.tokens == pytest.approx(asked_run(second).spent.tokens)
    assert arm(first).scores == arm(second).scores


def test_an_arm_stops_where_its_answer_is_clear(labelled: Project) -> None:
    with EndpointServer(lambda number: says(lambda body: "never a label")) as server:
        body = measure(labelled, server, MeasureSettings(arms=("zero_shot",), rows=60))
        assert len(server.requests) == 25
    one = arm(body)
    assert (one.n, one.score, one.silent) == (25, 0.0, 25)
    assert "clear after 25 rows" in one.stopped


def test_a_tuned_model_is_asked_every_row_so_that_it_can_be_compared(labelled: Project) -> None:
    with EndpointServer() as server:
        measure(labelled, server, MeasureSettings(arms=("few_shot",), rows=26))
        body = measure(labelled, server, MeasureSettings(arms=("lora",), rows=26))
        with pytest.raises(UsageError, match="run of its own"):
            measure(labelled, server, MeasureSettings(arms=("lora", "zero_shot")))
    assert arm(body, "lora").n == 26
    assert {(one.first, one.second) for one in body.differences} >= {("few_shot", "lora")}


@pytest.mark.parametrize("lie", [{"prompt_tokens": 0, "completion_tokens": 0}, {"prompt_tokens": 10**9}, {}, None])
def test_no_lie_about_usage_passes_the_limit_on_tokens(labelled: Project, lie: dict[str, int] | None) -> None:
    limit = 2000
    with EndpointServer(lambda number: says(lambda body: label_of(asked_input(body)), lie)) as server:
        body = measure(labelled, server, caps=Caps(tokens=limit))
        sent = sum(tokens_of(request) for _, _, request in server.requests)
    assert 0 < len(server.requests) < 40
    assert sent <= limit
    assert (asked_run(body).spent.tokens or 0) <= limit
    assert "limit of 2,000 tokens" in asked_run(body).ended
    assert arm(body).n == len(server.requests) == arm(body).estimated


def test_limits_on_calls_and_cost_hold_over_several_runs(labelled: Project) -> None:
    with EndpointServer() as server:
        for _ in range(3):
            body = measure(labelled, server, caps=Caps(calls=7))
        assert len(server.requests) == 7
        assert asked_run(body).spent.calls == 7
        assert asked_run(measure(labelled, server, caps=Caps(calls=9))).spent.calls == 9
        with pytest.raises(UsageError, match="needs prices"):
            measure(labelled, server, caps=Caps(cost=0.01))
        context = labelled.settings.context()
        prices = replace(context.prices, input_per_million=1000.0, output_per_million=2000.0)
        labelled.settings.save_context(replace(context, prices=prices))
        body = measure(labelled, server, caps=Caps(cost=2.0))
    assert 0 < (asked_run(body).spent.cost or 0) <= 2.0
    assert "on cost" in asked_run(body).ended
    assert (arm(body).cost or 0) > 0


def test_all_arms_get_their_turn_before_a_limit_stops_them(labelled: Project) -> None:
    with EndpointServer() as server:
        body = measure(labelled, server, MeasureSettings(rows=60, every_row=True), caps=Caps(calls=80))
    assert [arm(body, name).n for name in ("zero_shot", "few_shot", "retrieved_few_shot")] == [30, 25, 25]


def test_waits_are_those_the_endpoint_asks_for_and_doubling_otherwise(labelled: Project) -> None:
    naps: list[float] = []
    acts = {1: status(429, {"Retry-After": "3"}), 2: status(503), 3: status(500)}
    with EndpointServer(lambda number: acts.get(number, right())) as server:
        body = labelled.measuring.measure(EndpointRun(server.url, "m", replace(ZERO, rows=2)), sleep=naps.append)
    assert naps == [1.0] * (3 + 2 + 4)
    assert (arm(body).n, arm(body).failed) == (2, 0)
    assert asked_run(body).spent.calls == 5


def test_an_endpoint_that_asks_for_an_hour_is_not_waited_for(labelled: Project) -> None:
    naps: list[float] = []
    with EndpointServer(lambda number: status(429, {"Retry-After": "3600"})) as server:
        body = labelled.measuring.measure(EndpointRun(server.url, "m", ZERO), sleep=naps.append)
        assert len(server.requests) == IN_A_ROW
    assert naps == []
    assert arm(body).reason.startswith("no question was answered")


def test_a_dead_endpoint_is_given_up_soon_and_the_arm_is_not_measured(labelled: Project) -> None:
    with EndpointServer(lambda number: status(500)) as server:
        body = measure(labelled, server)
        assert len(server.requests) == IN_A_ROW * ATTEMPTS
    assert "5 questions in a row failed" in asked_run(body).ended
    assert arm(body).reason
    assert labelled.measuring.with_measured(labelled.settings.context()).arms == ()


def test_a_wrong_key_ends_the_run_at_once(labelled: Project) -> None:
    with EndpointServer(lambda number: status(401)) as server:
        body = measure(labelled, server)
        assert len(server.requests) == 1
    assert "refused the key" in asked_run(body).ended


def test_a_few_failures_are_counted_and_many_make_the_score_worthless(labelled: Project) -> None:
    with EndpointServer(lambda number: status(400) if number % 20 == 0 else right()) as server:
        body = measure(labelled, server)
    assert (arm(body).n, arm(body).failed, arm(body).reason) == (38, 2, "")
    with EndpointServer(lambda number: status(400) if number % 4 == 0 else right()) as server:
        body = labelled.measuring.measure(
            EndpointRun(server.url, "other", replace(ZERO, seed=1)), sleep=lambda seconds: None
        )
        assert len(server.requests) == 40
    # the earlier score stands: a later try that failed does not undo it
    assert arm(body).failed == 2
    assert "10 of 40 questions failed" in body.run.reasons["zero_shot"]


def test_a_stalled_endpoint_ends_in_counted_failures(labelled: Project) -> None:
    with EndpointServer(lambda number: stalls if number <= ATTEMPTS else right()) as server:
        body = measure(labelled, server, replace(ZERO, rows=20, timeout=0.5))
    assert (arm(body).n, arm(body).failed) == (19, 1)
    assert asked_run(body).spent.calls == 19 + ATTEMPTS


def test_rows_with_personal_data_are_neither_asked_nor_shown(tmp_path: Path) -> None:
    text = rows(20).replace("about refund", "write to jane.doe@acme-corp.de about refund", 8)
    path = tmp_path / "personal.csv"
    path.write_text(text, encoding="utf-8")
    project = Project.open(tmp_path / "personal", create=True)
    project.examples.load(path)
    project.duplicates.find()
    knowledge = tmp_path / "texts.txt"
    knowledge.write_text("Refunds take a week.\n\nCall Jane at jane.doe@acme-corp.de about refund.\n", encoding="utf-8")
    settings = MeasureSettings(arms=("few_shot", "retrieved_few_shot", "knowledge_base"), rows=30, every_row=True)
    with EndpointServer() as server:
        body = measure(project, server, settings, knowledge=knowledge)
        assert len(server.requests) == 90
        sent = json.dumps([request for _, _, request in server.requests])
        assert "jane.doe" not in sent
        assert "Refunds take a week." in sent
        assert asked_run(body).hidden_passages == 1
        assert asked_run(body).private == 8
        measure(project, server, settings, send_private=True)
        assert "jane.doe" in json.dumps([request for _, _, request in server.requests])
    project.close()


def test_a_person_who_cancels_keeps_what_was_paid_for(labelled: Project) -> None:
    def stop(done: float, message: str) -> None:
        if len(server.requests) == 10:
            raise Cancelled

    with EndpointServer() as server:
        with pytest.raises(Cancelled):
            labelled.measuring.measure(EndpointRun(server.url, "m", ZERO), progress=stop)
        assert labelled.measuring.held_out.measurement() is None
        measure(labelled, server)
        assert len(server.requests) == 40


def test_only_endpoints_the_administrator_named_are_asked(labelled: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with EndpointServer() as server:
        monkeypatch.setenv("CURATION_ENDPOINT", "https://llm.example/v1")
        with pytest.raises(UsageError, match="administrator"):
            measure(labelled, server)
        monkeypatch.setenv("CURATION_ENDPOINT", f"https://llm.example/v1 {server.url}/v1")
        assert arm(measure(labelled, server)).n == 40


def test_what_cannot_be_measured_says_why(labelled: Project, tmp_path: Path) -> None:
    with EndpointServer() as server:
        context = labelled.settings.context()
        labelled.settings.save_context(replace(context, task=replace(context.task, metric="judged")))
        with pytest.raises(NotChecked, match="need a person"):
            measure(labelled, server)
        labelled.settings.save_context(context)
        body = measure(labelled, server, MeasureSettings(arms=("knowledge_base",)))
        assert "no knowledge texts" in arm(body, "knowledge_base").reason
        with pytest.raises(UsageError, match="Name the model"):
            labelled.measuring.measure(EndpointRun(server.url, " "))
        empty = Project.open(tmp_path / "empty", create=True)
        with pytest.raises(NotChecked, match="run the checks"):
            measure(empty, server)
        empty.close()
        assert server.requests == []


def test_the_forecast_names_calls_tokens_and_cost(labelled: Project) -> None:
    with EndpointServer() as server:
        told = labelled.measuring.forecast(MeasureSettings(rows=40, every_row=True))
        body = measure(labelled, server, MeasureSettings(rows=40, every_row=True))
    assert told.calls == asked_run(body).spent.calls == 120
    assert told.least < (asked_run(body).spent.tokens or 0) < told.most
    assert told.cost is None
    assert len(LABELS) == 4


def test_a_model_that_wants_other_parameters_is_asked_with_them(labelled: Project) -> None:
    def picky(handler: Handler) -> None:
        for name in ("max_tokens", "temperature"):
            if name in handler.body:
                error = {"error": {"message": f"Unsupported parameter: {name}", "param": name}}
                handler.send(400, json.dumps(error).encode())
                return
        right()(handler)

    with EndpointServer(lambda number: picky) as server:
        body = measure(labelled, server, replace(ZERO, rows=5))
        assert len(server.requests) == 5 + 2
        assert server.requests[-1][2]["max_completion_tokens"] > 0
    assert (arm(body).n, arm(body).failed) == (5, 0)
    assert asked_run(body).refused == ("max_tokens", "temperature")
