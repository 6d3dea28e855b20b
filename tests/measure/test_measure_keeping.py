"""A fuller measurement is not lost to a smaller one, and models are not mistaken for prompts."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from endpoint_server import EndpointServer, asked_input, label_of, right, says

from curation.measure.results import differences
from curation.project import Project
from curation.project.measuring import difference_line, remarks, run_lines
from curation.records import ArmResult, Caps, EndpointRun, Measurement, MeasureSettings, OutputFile
from curation.text.tokens import doubt
from curation.wording import ESTIMATED_BAND

ZERO = MeasureSettings(arms=("zero_shot",), rows=40, every_row=True)


def measure(project: Project, server: EndpointServer, model: str = "m", **more: Any) -> Measurement:
    settings = more.pop("settings", ZERO)
    return project.measuring.measure(EndpointRun(server.url, model, settings, **more), sleep=lambda seconds: None)


def arm(body: Measurement | None, name: str = "zero_shot") -> ArmResult:
    assert body is not None
    return next(one for one in body.arms if one.name == name)


def test_fewer_rows_of_another_model_do_not_replace_a_full_measurement(labelled: Project) -> None:
    with EndpointServer() as server:
        measure(labelled, server)
        body = measure(labelled, server, "other", settings=replace(ZERO, rows=10))
        assert (arm(body).model, arm(body).n) == ("m", 40)
        (told,) = body.run.stands
        assert "The plain prompt of other scored 1.000 on only 10 rows" in told
        assert "the earlier result of m on 40 rows is kept" in told
        assert told in run_lines(body.run)
        body = measure(labelled, server, "other")
        assert (arm(body).model, arm(body).n, body.run.stands) == ("other", 40, ())


def test_limits_that_cut_a_run_short_leave_the_earlier_result(labelled: Project) -> None:
    with EndpointServer() as server:
        before = measure(labelled, server)
        cut = measure(labelled, server, "other", caps=Caps(calls=5))
        assert (arm(cut).model, arm(cut).n) == ("m", 40)
        kept = labelled.measuring.held_out.measurement()
        for caps in (Caps(calls=0), Caps(tokens=0)):
            measure(labelled, server, "other", caps=caps)
            assert labelled.measuring.held_out.measurement() == kept
        assert arm(kept) == arm(before)


def test_a_run_that_asks_nothing_leaves_no_measurement(labelled: Project) -> None:
    with EndpointServer() as server:
        body = measure(labelled, server, caps=Caps(calls=0))
        assert "limit of 0 calls" in body.run.reasons["zero_shot"]
    assert labelled.measuring.held_out.measurement() is None


def test_a_smaller_result_that_was_clear_replaces_a_larger_one(labelled: Project) -> None:
    with EndpointServer(lambda number: right() if number <= 40 else says(lambda body: "no label")) as server:
        measure(labelled, server)
        body = measure(labelled, server, "other", settings=replace(ZERO, every_row=False))
    assert (arm(body).model, arm(body).n, arm(body).score) == ("other", 25, 0.0)


def test_imported_outputs_are_not_replaced_by_a_few_answers(labelled: Project, tmp_path: Path) -> None:
    data = labelled.examples.dataset()
    path = tmp_path / "outputs.csv"
    lines = [f"{id},{label}" for id, label in zip(data.values("id")[:30], data.values("label"))]
    path.write_text("\n".join(["id,output", *lines]), encoding="utf-8")
    labelled.measuring.import_outputs(OutputFile(path, "lora", model="m-tuned"))
    with EndpointServer() as server:
        body = measure(labelled, server, "other", settings=MeasureSettings(arms=("lora",), rows=5))
    assert (arm(body, "lora").model, arm(body, "lora").n) == ("m-tuned", 30)
    assert "other counts as the tuned model because its arm is a tuned one." in run_lines(body.run)


@pytest.mark.parametrize("empty", [None, "", " \n"])
def test_replies_without_text_are_failures_that_say_what_to_do(labelled: Project, empty: str | None) -> None:
    with EndpointServer(lambda number: says(lambda body: empty)) as server:
        body = measure(labelled, server)
        assert len(server.requests) == 5
    assert (arm(body).n, arm(body).failed, arm(body).empty) == (0, 5, 5)
    assert "5 replies in a row were empty" in arm(body).reason
    assert "--reply-tokens" in arm(body).reason
    assert labelled.measuring.with_measured(labelled.settings.context()).arms == ()


def test_some_empty_replies_are_counted_and_many_make_the_score_worthless(labelled: Project) -> None:
    def every(nth: int) -> EndpointServer:
        return EndpointServer(lambda number: says(lambda body: "") if number % nth == 0 else right())

    with every(20) as server:
        body = measure(labelled, server)
    assert (arm(body).n, arm(body).failed, arm(body).score, arm(body).reason) == (38, 2, 1.0, "")
    assert "2 replies were empty and count as failed, not as wrong" in remarks(arm(body))
    with every(4) as server:
        reason = measure(labelled, server, "other").run.reasons["zero_shot"]
    assert reason.startswith("10 of 40 replies were empty")
    assert "--reply-tokens" in reason


def test_answers_of_a_tuned_arm_that_a_prompt_takes_over_are_told(labelled: Project) -> None:
    with EndpointServer() as server:
        measure(labelled, server, settings=replace(ZERO, arms=("lora",)))
        body = measure(labelled, server)
        assert len(server.requests) == 40
    assert arm(body).borrowed == {"lora": 40}
    assert any("40 answers were reused from the LoRA-tuned model" in line for line in remarks(arm(body)))


def test_counts_that_cannot_be_true_are_told_apart_from_none(labelled: Project) -> None:
    lie = {"prompt_tokens": 1, "completion_tokens": 1}
    with EndpointServer(lambda number: says(lambda body: label_of(asked_input(body)), lie)) as server:
        low = arm(measure(labelled, server))
    with EndpointServer(lambda number: says(lambda body: label_of(asked_input(body)))) as server:
        none = arm(measure(labelled, server))
    about = f"tokens of 40 replies are estimated ({ESTIMATED_BAND}), because the endpoint gave"
    assert f"{about} counts that are lower than the text" in remarks(low)
    assert f"{about} no counts" in remarks(none)
    assert (doubt(10**9, "text", 10), doubt(None, "text", 10), doubt(1, "text", 10)) == ("higher", "", "")


def test_arms_are_compared_on_the_rows_they_share_and_their_models_are_named() -> None:
    scores = {f"r{n}": 1.0 for n in range(9)}
    made = [
        ArmResult(name, model, "accuracy", "now", 1.0, 0.8, 1.0, scores)
        for name, model in (("zero_shot", "a"), ("few_shot", "b"), ("retrieved_few_shot", "b"), ("lora", "c"))
    ]
    found = {(one.first, one.second): one for one in differences(made)}
    assert len(found) == 6
    assert difference_line(found["zero_shot", "lora"]).endswith("models: a against c")
    assert difference_line(found["zero_shot", "few_shot"]).endswith("models: a against b")
    assert found["few_shot", "retrieved_few_shot"].models == ""
