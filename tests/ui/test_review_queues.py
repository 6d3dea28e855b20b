"""The queues of review: each holds what its name says, and is there again after a reload."""

from pathlib import Path

from pages_ui import opened, shown
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.records import Filter
from curation.ui import state
from curation.wording import QUEUES
from tests import read_rows


def test_every_queue_holds_its_rows_and_comes_back_from_its_address(home: Path, tickets: Path) -> None:
    project = Project.open(home / "projects" / "Nine", create=True)
    project.examples.load(tickets)
    ids, me = project.rows.stored.ids(Filter()), state.reviewer()
    project.decisions.decide(ids[0], "flag", 0, reviewer="Ann", reason="two questions")
    project.decisions.decide(ids[1], "reject", 0, reviewer=me)
    project.decisions.decide(ids[2], "accept", 0, reviewer=me)
    project.rows.send(ids[3:5], me, "Ann", "look again")
    texts = {id: example.input for id in ids if (example := project.examples.stored.get(id))}
    for queue, expected in (
        ("all", ids[3:]), ("flagged", ids[:1]), ("left-out", ids[1:2]), ("mine", ids[1:3]), ("sent", ids[3:5]),
        ("disputed", []), ("unlabelled", []), ("contradictions", []), ("planned", []),
    ):  # fmt: skip
        test = opened("review", "Nine")
        test.query_params["queue"] = queue
        shown(test)
        assert any(f"{len(expected)} waiting in this queue" in one.value for one in test.caption), queue
        assert ([texts[expected[0]]] if expected else []) == [one for one in read(test) if one in texts.values()]
        assert said(test)["queue"] == queue

    # a queue that rows stay in goes on to the next one, and the place is in the address
    test = opened("review", "Nine")
    test.query_params["queue"] = "mine"
    shown(test)
    next(one for one in test.button if one.label == "Accept").click().run()
    assert texts[ids[2]] in read(test)
    again = opened("review", "Nine")
    for name, value in said(shown(test)).items():
        again.query_params[name] = value
    assert texts[ids[2]] in read(shown(again))

    # a filter of another page is a queue with an address as well
    test = opened("review", "Nine")
    del test.query_params["queue"]
    test.query_params.update({"check": "all", "label": "account"})
    shown(test)
    (box,) = [one for one in test.selectbox if one.label == "Queue"]
    assert box.options[-1] == "Rows: label “account”"
    assert any("3 waiting" in one.value for one in test.caption)
    project.close()


def test_rows_two_models_read_differently_are_a_queue_where_two_have_read(home: Path, tickets: Path) -> None:
    project = Project.open(home / "projects" / "Nine", create=True)
    project.examples.load(tickets)
    ids = project.rows.stored.ids(Filter())
    name = QUEUES["differing"].title
    read_rows.read(project, dict.fromkeys(ids, ("right", "")), "first", read_rows.EARLY)
    assert name not in queues(opened("review", "Nine"))
    read_rows.read(project, {ids[4]: ("wrong", "")}, "second", read_rows.LATE)
    test = opened("review", "Nine")
    assert name in queues(test)
    test.query_params["queue"] = "differing"
    assert any("1 waiting in this queue" in one.value for one in shown(test).caption)
    project.close()


def queues(test: AppTest) -> list[str]:
    (box,) = [one for one in test.selectbox if one.label == "Queue"]
    return list(box.options)


def test_rows_not_labelled_yet_are_the_same_number_everywhere(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    lines = [f"question {n} about a {word},{'post' if n < 4 else ''}" for n, word in enumerate("abcdefghijklmnop")]
    file.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(home / "projects" / "Some", create=True)
    project.examples.load(file)
    ids = project.rows.stored.ids(Filter())
    project.decisions.decide(ids[0], "flag", 0)
    for id, action in ((ids[5], "flag"), (ids[6], "skip"), (ids[7], "reject")):
        project.decisions.decide(id, action, 0)
    project.decisions.decide(ids[8], "label", 0, "post")
    assert project.examples.stored.totals()["unlabelled"] == 10  # twelve, less one left out and one labelled
    assert project.decisions.queue.total(Filter("unlabelled")) == 10
    assert len(project.decisions.queue.page(Filter("unlabelled"), -1, 99)) == 10
    assert project.rows.stored.counts(Filter("unlabelled"))[0] == 10
    open_now = project.decisions.still_open()
    assert (open_now.unlabelled, open_now.flagged, open_now.left_out) == (10, 1, 1)  # a flagged row without is one

    review = opened("review", "Some")
    (box,) = [one for one in review.selectbox if one.label == "Queue"]
    assert box.value == "unlabelled"
    assert any("10 waiting in this queue" in one.value for one in review.caption)
    box.set_value("").run()
    assert "Nothing is waiting in this queue." in read(review)
    offered = [one.label for one in review.button if str(one.key).startswith("queue-to-")]
    assert offered == ["Not labelled yet (10)", "Flagged (2)", "All examples in order (11)"]
    next(one for one in review.button if one.label == "Not labelled yet (10)").click().run()
    seen = next(one for one in read(review) if one.startswith("question"))
    next(one for one in review.button if one.label == "Skip").click().run()
    assert seen not in read(review)  # it stays in the queue, and the next one is shown
    assert any("10 waiting in this queue" in one.value for one in review.caption)
    for page in ("overview", "load"):
        figures = {one.label: one.value for one in opened(page, "Some").metric}
        assert figures["Not labelled yet"] == "10"
    assert any("10 rows not labelled yet." in one for one in read(opened("labels", "Some")))
    project.close()


def read(test: AppTest) -> list[str]:
    return [str(one.value) for one in test.text]


def said(test: AppTest) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in test.query_params.items()}
