"""Rows read elsewhere: a batch out and in, and tables of readings."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curation.errors import InputRejected, UsageError
from curation.project import Project
from curation.records import ReviewRun, ReviewSettings
from tests.model_review.conftest import asked, reading

RUN = ReviewRun("", "m", ReviewSettings(rows=None))


def worked_through(path: Path, answer: Callable[[dict[str, Any]], str | int]) -> Path:
    """The output file of a service that answers each request of a file: a text, or a status."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        request = json.loads(line)
        said = answer(request["body"])
        if isinstance(said, int):
            response: dict[str, Any] = {"status_code": said, "body": {"error": {"message": "no"}}}
        else:
            choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
            used = {"prompt_tokens": 400, "completion_tokens": 20}
            response = {"status_code": 200, "body": {"choices": [choice], "usage": used}}
        lines.append(json.dumps({"id": "x", "custom_id": request["custom_id"], "response": response, "error": None}))
    out = path.with_name(f"{path.stem}_output.jsonl")
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return out


def test_a_batch_goes_out_and_comes_in(project: Project, tmp_path: Path) -> None:
    away, path = project.model_review.elsewhere, tmp_path / "batch.jsonl"
    made = away.write_batch(path, RUN)
    assert (made.rows, made.once_more, made.is_large) == (9, 0, False)
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert first.keys() == {"custom_id", "method", "url", "body"}
    assert (first["method"], first["url"], first["body"]["model"]) == ("POST", "/v1/chat/completions", "m")
    done = away.take_batch(worked_through(path, lambda body: reading("right")))
    assert (done.read, done.answers, done.ended, done.failed, done.unknown) == (9, {"right": 9}, "", 0, 0)
    assert (done.spent.calls, done.spent.tokens) == (made.requests, 420 * made.requests)
    assert len(project.model_review.readings.current()) == 9 + done.again
    assert away.write_batch(path, RUN).requests == 0


def test_what_could_not_be_read_goes_out_once_more(project: Project, tmp_path: Path) -> None:
    away, path = project.model_review.elsewhere, tmp_path / "batch.jsonl"
    away.write_batch(path, RUN)
    answers = iter(["hm", 500])
    done = away.take_batch(worked_through(path, lambda body: next(answers, reading("wrong"))))
    assert (done.read, done.failed) == (7, 1)
    assert "waits for its results" in done.ended
    again = away.write_batch(path, RUN)
    assert (again.requests, again.once_more) == (2, 1)
    done = away.take_batch(worked_through(path, lambda body: "hm hm"))
    assert done.answers == {"wrong": 7, "none": 1}
    assert away.write_batch(path, RUN).requests == 1  # the one that failed, once more


def test_results_of_other_questions_are_counted_and_change_nothing(project: Project, tmp_path: Path) -> None:
    away, path = project.model_review.elsewhere, tmp_path / "batch.jsonl"
    away.write_batch(path, RUN)
    out = worked_through(path, lambda body: reading("right"))
    changed = project.examples.curated().dataset.values("id")[0]
    project.decisions.decide(changed, "label", 0, "delivery")
    done = away.take_batch(out)
    assert 1 <= done.unknown <= 2
    assert done.read == 8
    assert changed not in {one.example for one in project.model_review.readings.current()}


@pytest.mark.parametrize("text", ["{}", "no JSON", '{"custom_id": 1, "response": null}', "[" * 100_000])
def test_a_file_in_another_form_is_refused(project: Project, tmp_path: Path, text: str) -> None:
    away, path = project.model_review.elsewhere, tmp_path / "batch.jsonl"
    with pytest.raises(UsageError, match="--batch-out"):
        away.take_batch(path)
    away.write_batch(path, RUN)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRejected, match=r"batch\.jsonl, line 1"):
        away.take_batch(path)


def test_the_row_of_a_request_stands_in_its_frame(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "batch.jsonl"
    project.model_review.elsewhere.write_batch(path, RUN)
    bodies = [json.loads(line)["body"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert {asked(body)["TEXT"] for body in bodies} == set(project.examples.curated().dataset.values("input"))


def test_readings_made_elsewhere_come_in_as_a_table(project: Project, tmp_path: Path) -> None:
    ids = project.examples.curated().dataset.values("id")
    lines = ["id,reading,kind,reason", f"{ids[0]},wrong,other_label,about parcels", f"{ids[1]},Correct,x,", "?,right,,"]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([*lines, f"{ids[2]},perhaps,,"]) + "\n", encoding="utf-8")
    done = project.model_review.elsewhere.import_readings(path, "my model")
    assert (done.read, done.answers, done.unknown, done.is_drawn) == (2, {"right": 1, "wrong": 1}, 2, False)
    first, second = project.model_review.readings.current()
    assert (first.example, first.answer, first.kind, first.reason) == (ids[0], "wrong", "other_label", "about parcels")
    assert (second.answer, second.kind, second.model) == ("right", "", "my model")


@pytest.mark.parametrize(
    ("text", "words"), [("id,verdict\na,right\n", "no column reading"), ("id,reading\na,right\n", "No line of")]
)
def test_a_table_without_readings_is_refused(project: Project, tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        project.model_review.elsewhere.import_readings(path)
    assert project.model_review.readings.last() is None
