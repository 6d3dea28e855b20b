"""What makes a classification set: labels of the files, of the context and of people, the same for all who ask."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curation.project import Project
from curation.records import Findings
from curation.records.context import Context

TOPICS = ("refund", "delivery", "account")
LABELLED = "text,label\n" + "".join(f"question {n} on {TOPICS[n % 3]},{TOPICS[n % 3]}\n" for n in range(12))
PLAIN = "text\n" + "".join(f"letter {n} about {TOPICS[n % 3]}\n" for n in range(12))
ANSWERED = "question,answer\n" + "".join(f"why {n}?,because of reason {n}\n" for n in range(12))
WITH_TOPIC = "question,answer,category\n" + "".join(f"why {n}?,because of {n},topic {n % 3}\n" for n in range(12))
NO_LABEL_YET = "text,label\n" + "".join(f"letter {n},\n" for n in range(12))
CHATS = "".join(
    f'{{"messages": [{{"role": "user", "content": "why {n}?"}}, {{"role": "assistant", "content": "since {n}"}}],'
    f' "category": "topic {n % 3}"}}\n'
    for n in range(12)
)


def made(folder: Path, *texts: str, labels: tuple[str, ...] = ()) -> Project:
    project = Project.open(folder / "project", create=True)
    for n, text in enumerate(texts):
        path = folder / f"file{n}.{'jsonl' if text.startswith('{') else 'csv'}"
        path.write_text(text, "utf-8")
        project.examples.load(path)
    if labels:
        project.settings.save_context(Context().with_labels(labels))
    return project


def label(project: Project, rows: int) -> list[str]:
    """The ids of the first rows, labelled by a person."""
    ids: list[str] = project.examples.dataset().values("id")[:rows]
    project.decisions.decide_all([(id, "label", TOPICS[n % 3]) for n, id in enumerate(ids)], reviewer="ann")
    return ids


def settled(project: Project) -> bool:
    """The answer, the same from the project and from its curated rows."""
    answer = project.examples.is_classification()
    assert project.examples.curated().dataset.is_classification is answer
    assert project.examples.curated().dataset.take([]).is_classification is answer
    return answer


@pytest.mark.parametrize(
    ("files", "declared", "people", "expected"),
    [
        ((LABELLED,), (), 0, True),
        ((LABELLED, PLAIN), (), 0, True),
        ((PLAIN,), (), 0, False),
        ((PLAIN,), (), 1, True),
        ((PLAIN,), TOPICS, 0, True),
        ((NO_LABEL_YET,), (), 0, True),
        ((ANSWERED,), (), 0, False),
        ((ANSWERED,), (), 5, False),
        ((ANSWERED,), TOPICS, 5, False),
        ((WITH_TOPIC,), (), 5, False),
        ((CHATS,), TOPICS, 5, False),
        ((LABELLED, ANSWERED), (), 0, False),
        ((PLAIN, ANSWERED), (), 5, False),
    ],
)
def test_labels_of_files_context_and_people_count(
    tmp_path: Path, files: tuple[str, ...], declared: tuple[str, ...], people: int, expected: bool
) -> None:
    project = made(tmp_path, *files, labels=declared)
    label(project, people)
    assert settled(project) is expected
    project.close()


def test_taken_back_labels_count_no_more(tmp_path: Path) -> None:
    project = made(tmp_path, PLAIN)
    project.decisions.decide(project.examples.dataset().values("id")[0], "label", 0, "refund", reviewer="ann")
    assert settled(project) is True
    project.decisions.undo("ann")
    assert settled(project) is False
    project.close()


def test_a_set_that_people_answer_is_no_classification_set(tmp_path: Path) -> None:
    project = made(tmp_path, PLAIN)
    ids = label(project, 1)
    others = [id for id in project.examples.dataset().values("id") if id not in ids]
    project.decisions.decide_all([(id, "edit", '{"output": "a written answer"}') for id in others], reviewer="ann")
    assert settled(project) is False
    project.close()


def test_a_file_left_out_of_the_set_does_not_count(tmp_path: Path) -> None:
    project = made(tmp_path, LABELLED, ANSWERED)
    project.examples.set_source(2, False)
    assert settled(project) is True
    project.close()


def test_the_labelled_rows_of_an_unlabelled_file_are_exported_and_the_others_are_work(tmp_path: Path) -> None:
    project = made(tmp_path, PLAIN)
    ids = label(project, 7)
    manifest = project.exports.write(tmp_path / "out")
    rows = [row for name in ("train", "validation", "test") for row in pq.read_table(
        tmp_path / "out" / f"{name}.parquet", columns=["id", "label", "output"]).to_pylist()]  # fmt: skip
    assert sorted(row["id"] for row in rows) == sorted(ids)
    assert all(row["output"] == row["label"] in TOPICS for row in rows)
    assert manifest.removed == {"not labelled yet": 5}
    findings = project.findings.stored.current() or Findings.join([])
    assert len(findings.of("empty")) == 0
    assert findings.run("empty").summary["unlabelled"] == 5
    assert "labels" in findings.run("truncated").reason
    evidence = {item.id: item for item in project.verdict.required().verdict.evidence}
    assert evidence["integrity"].value == 0
    assert evidence["effective_size"].detail["unlabelled"] == 5
    assert evidence["effective_size"].detail["classes"] == 3
    project.close()


def test_rows_that_nobody_labelled_or_answered_are_no_faults(tmp_path: Path) -> None:
    project = made(tmp_path, PLAIN)
    verdict = project.verdict.analyse()
    assert {item.id: item.value for item in verdict.evidence}["integrity"] == 0
    project.close()


def test_an_answered_set_with_topics_is_exported_with_its_answers(tmp_path: Path) -> None:
    project = made(tmp_path, WITH_TOPIC)
    label(project, 3)
    manifest = project.exports.write(tmp_path / "out")
    outputs = pq.read_table(tmp_path / "out" / "train.parquet")["output"].to_pylist()
    assert manifest.counts["kept"] == 12
    assert all(output.startswith("because of") for output in outputs)
    project.close()
