"""Labels that a model names for rows without one: what is asked, what is stored, and how often they are right."""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from curation.errors import NotChecked
from curation.model_review.prompt import Writer
from curation.model_review.reply import said_in
from curation.model_review.rows import Row
from curation.project import Project
from curation.project.model_review.known import model_lines
from curation.project.model_review.sentences import plan_lines, run_lines
from curation.records import Caps, Filter, ReviewedRun, ReviewRun, ReviewSettings
from curation.review.suggestions import is_blind
from tests.measure.endpoint_server import EndpointServer, rows
from tests.model_review.conftest import parts_of, replies

BARE = 60


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project of 40 labelled texts and BARE without a label."""
    folder = tmp_path_factory.mktemp("half")
    bare = "".join(f"my {('refund', 'invoice')[n % 2]} number {n} is {n * 7},\n" for n in range(BARE))
    (folder / "half.csv").write_text(rows(10) + bare, encoding="utf-8")
    with Project.open(folder / "half", create=True) as made:
        made.examples.load(folder / "half.csv")
    return folder / "half"


@pytest.fixture
def project(half: Path, tmp_path: Path) -> Iterator[Project]:
    """A copy of it of the test's own."""
    shutil.copytree(half, tmp_path / "half")
    with Project.open(tmp_path / "half") as made:
        yield made


def by_words(row: Mapping[str, str]) -> str:
    """The reply of a model that finds the label in the text."""
    labels = sorted(line.strip('"') for line in row["LABELS"].splitlines())
    best = next((label for label in labels if label in row["TEXT"]), labels[0])
    said = {"label": best, "second_label": next(one for one in labels if one != best), "reason": "by its words"}
    if "LABEL" in row:
        said |= {"reading": "right" if best == row["LABEL"] else "wrong", "kind": "", "passage": ""}
    return json.dumps(said)


def ask(project: Project, server: EndpointServer, **settings: object) -> ReviewedRun:
    asked = ReviewSettings(**{"rows": 0, "unlabelled": None, "timeout": 5.0} | settings)  # type: ignore[arg-type]
    return project.model_review.read(ReviewRun(server.url, "m", asked, Caps()), sleep=lambda seconds: None)


def bare(project: Project) -> list[str]:
    """The rows without a label, in the order of the set."""
    page = project.decisions.queue.page(Filter("all"), -1, 200)
    return [one.id for _, one in page if one.label is None]


def test_a_row_without_a_label_is_asked_for_one_and_not_whether_it_is_right(sorting: Writer) -> None:
    question = sorting.write(Row("a", "where is my money", ""))
    (_, told), (_, asked) = question.first.messages
    assert set(parts_of(asked)) == {"TEXT", "LABELS"}
    assert "has no label yet" in told
    assert "reading" not in told
    assert '"reading"' not in question.first.schema
    assert question.first.key("x", "m") != sorting.write(Row("a", "where is my money", "refund")).first.key("x", "m")


@pytest.mark.parametrize(
    ("reply", "labels"),
    [
        ('{"label": "refund", "second_label": "account", "reason": "money"}', ("refund", "account")),
        ('{"label": "Refund"}', ("refund",)),
        ('text {"label": "parcels", "second_label": "delivery"}', ("delivery",)),
        ('{"label": "parcels"}', None),
        ('{"reading": "right"}', None),
        ('{"label": "refund", "reason": "one short sentence on this row"}', None),
        ("refund", None),
    ],
)
def test_only_labels_of_the_list_are_taken(sorting: Writer, reply: str, labels: tuple[str, ...] | None) -> None:
    question = sorting.write(Row("a", "where is my money", ""))
    said = said_in(reply, question, sorting.rubric)
    assert (said.labels if said else None) == labels
    assert said is None or said.answer == "named"


def test_labels_are_named_once_counted_apart_and_hidden_until_somebody_shows_them(project: Project) -> None:
    plan = project.model_review.plan(ReviewRun("", "", ReviewSettings(rows=40, unlabelled=BARE)))
    assert "For 60 rows without a label it is asked which one fits." in plan_lines(plan, "")
    assert plan.forecast.calls == 40 + plan.again + BARE
    with EndpointServer(lambda number: replies(by_words)) as server:
        done = ask(project, server, rows=40)
        assert ask(project, server, rows=40).spent.calls == len(server.requests) == 40 + done.again + BARE
        later = ask(project, server)
        assert (later.read, later.named, later.strata) == (40, BARE, done.strata)  # what was read before still stands
    assert (done.read, done.unlabelled, done.named, sum(done.answers.values())) == (40, BARE, BARE, 40)
    assert "m named a label for 60 of 60 rows without one." in run_lines(done)
    ids = bare(project)
    assert len(ids) == BARE  # it labels nothing
    assert project.model_review.named.of(ids) == {}
    project.rounds.suggestions.choose("shown")
    named = project.model_review.named.of(ids)
    assert named.keys() == {id for id in ids if not is_blind(id)}
    assert all(project.examples.stored.get(id).input.split()[1] == labels[0] for id, labels in named.items())  # type: ignore[union-attr]


def test_what_is_named_is_measured_on_rows_labelled_without_seeing_it(project: Project) -> None:
    with EndpointServer(lambda number: replies(by_words)) as server:
        ask(project, server)
    ids = bare(project)
    for n, id in enumerate(ids[:40]):
        right = project.examples.stored.get(id).input.split()[1]  # type: ignore[union-attr]
        project.decisions.decide(id, "label", 0, "account" if n < 4 else right, "Ann")
    hits = project.model_review.named.hits()
    assert hits is not None
    assert (hits.right, hits.rows) == (36, 40)
    assert hits.rate is not None
    assert hits.rate[0] == pytest.approx(0.9)
    told = project.findings.calibration.report()
    assert told is not None
    assert model_lines(told)[0] == "m named a label for 60 rows that had none."
    assert model_lines(told)[1].startswith("The label m names first is right on 90 %")
    project.rounds.suggestions.choose("shown")
    for id in ids[40:]:
        project.decisions.decide(id, "label", 0, "account", "Ann")
    later = project.model_review.named.hits()
    assert later is not None
    # who saw it does not count, nor who decided in the second in which it was shown
    assert later.rows <= 40 + sum(map(is_blind, ids[40:]))


def test_the_classifier_is_tried_on_rows_labelled_without_its_suggestions(project: Project) -> None:
    assert project.rows.suggestions.hits().rows == 0
    project.rows.suggestions.learn()
    hits = project.rows.suggestions.hits()
    assert (hits.who, hits.rows) == ("", 40)  # those that came with the file
    assert 20 <= hits.right <= 40  # one of four labels by chance is 10
    for id in bare(project)[:20]:
        project.decisions.decide(id, "label", 0, "refund", "Ann")
    seen = bare(project)
    project.rows.suggestions.learn()
    labelled = {one.id for _, one in project.decisions.queue.page(Filter("all"), -1, 200)} - set(seen)
    assert project.rows.suggestions.hits().rows <= 40 + sum(map(is_blind, labelled))


def test_a_set_without_any_label_needs_two_to_choose_from(tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text("text\n" + "\n".join(f"where is {n}" for n in range(9)), encoding="utf-8")
    with (
        Project.open(tmp_path / "bare", create=True) as project,
        EndpointServer(lambda number: replies(by_words)) as server,
    ):
        project.examples.load(tmp_path / "bare.csv")
        with pytest.raises(NotChecked):
            ask(project, server)
        (project.folder / "context.toml").write_text(
            '[[label]]\nname = "refund"\n\n[[label]]\nname = "where"\n', encoding="utf-8"
        )
        done = ask(project, server)
        assert (done.read, done.named) == (0, 9)
        assert run_lines(done)[0] == "m named a label for 9 of 9 rows without one."
        assert [one.answer for one in project.model_review.readings.current()] == ["named"] * 9
