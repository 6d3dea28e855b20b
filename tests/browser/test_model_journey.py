"""A model reads the rows, people measure it, and only then may what it says be acted on unseen: in the browser."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from curation.project import Project
from curation.records import Filter
from tests.browser.conftest import App
from tests.browser.keys import LONG, rest
from tests.ended import ended
from tests.measure.endpoint_server import EndpointServer
from tests.model_review.conftest import reading, replies

WORDS = ("amber", "birch", "cedar", "dune", "elm", "fern", "gorse", "heath", "iris", "juniper", "kelp", "larch")
ROWS, WRONG, AUDIT = 200, 60, 40


def text_of(n: int) -> str:
    subject = ("refund", "delivery")[n % 2]
    return f"{WORDS[n % 12]} {subject} {n} {WORDS[(5 * n + 1) % 12]} {n * 7}"


def label_of(n: int) -> str:
    """The label its text names, for WRONG of the rows the other one."""
    return ("refund", "delivery")[(n + (n % 10 < 10 * WRONG // ROWS)) % 2]


def is_wrong(text: str, label: str) -> bool:
    return label not in text


def said_of(row: Mapping[str, str]) -> str:
    """What a model says that reads every row rightly."""
    best = "refund" if "refund" in row["TEXT"] else "delivery"
    other = "delivery" if best == "refund" else "refund"
    fault = "other_label" if is_wrong(row["TEXT"], row["LABEL"]) else ""
    return reading("wrong" if fault else "right", label=best, second_label=other, kind=fault, reason="its own words")


@pytest.fixture
def project(app: App, tmp_path: Path) -> Iterator[Project]:
    """200 texts of two labels, 60 of them labelled wrongly, seen by one check that finds nothing."""
    path = tmp_path / "tickets.csv"
    lines = [f"{text_of(n)},{label_of(n)}" for n in range(ROWS)]
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(app.projects / "Read by a model", create=True)
    project.examples.load(path)
    project.duplicates.find()
    project.findings.check(only=["empty"])
    yield project
    project.close()


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    with EndpointServer(lambda number: replies(said_of)) as made:
        yield made


def goto(page: Page, app: App, name: str, query: str = "") -> None:
    page.goto(f"{app.url}/{name}?project=Read+by+a+model{query}")
    rest(page)


def ask(page: Page, app: App, project: Project, server: EndpointServer) -> None:
    """Open the section, name the endpoint, see what it takes, and have the rows read."""
    goto(page, app, "findings")
    page.get_by_role("button", name="Have a model read the rows").click()
    page.get_by_label("Endpoint", exact=False).first.fill(server.url)
    page.get_by_label("Model name at the endpoint").fill("reader-1")
    page.get_by_label("Model name at the endpoint").press("Tab")
    rest(page)
    page.get_by_role("button", name="Work out what it takes").click()
    expect(page.get_by_text("200 rows of 200 will be read")).to_be_visible()
    expect(page.get_by_text("Their texts go to 127.0.0.1 (this machine or your own network).")).to_be_visible()
    assert server.requests == []
    page.get_by_role("button", name="Have them read").click()
    expect(page.get_by_text("200 of 200 rows read by reader-1: 140 right and 60 wrong.")).to_be_visible(timeout=LONG)
    ended(project)


def audit(page: Page, app: App) -> None:
    """Draw 40 rows and answer each as it is, by the buttons."""
    goto(page, app, "audit")
    page.get_by_label("Rows to judge").fill(str(AUDIT))
    page.get_by_role("button", name="Draw the rows").click()
    for n in range(AUDIT):
        expect(page.get_by_text(f"{n} of {AUDIT} answered")).to_be_visible()
        rest(page)
        whole = page.get_by_test_id("stMain").inner_text()
        assert "reader-1" not in whole or n >= 30  # people judge blind; the result so far is folded away
        text = next(one for one in map(text_of, range(ROWS)) if f"{one}\n" in f"{whole}\n")
        row = next(n for n in range(ROWS) if text_of(n) == text)
        name = "Wrong" if is_wrong(text, label_of(row)) else "Right"
        page.get_by_role("button", name=re.compile(f"^{name}")).click()


def ended_within(project: Project, page: Page) -> None:
    """Wait until the job that a press started has stored the verdict."""
    for _ in range(LONG // 100):
        if project.verdict.last() is not None:
            return
        page.wait_for_timeout(100)
    raise AssertionError("no verdict was drawn")


def test_bulk_acts_are_offered_once_people_have_measured_the_model(
    page: Page, app: App, project: Project, server: EndpointServer
) -> None:
    ask(page, app, project, server)
    assert project.findings.stored.counts()["model_review"] == WRONG
    page.get_by_role("button", name="Show what it calls wrong").click()
    expect(page.get_by_text("60 more rows are called wrong by a model alone", exact=False).first).to_be_visible()
    rest(page)
    expect(page.get_by_role("button", name="Leave them out")).to_be_disabled()

    audit(page, app)
    expect(page.get_by_role("heading", name="The model that read the rows")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("By people's answers on 40 rows it finds 100 %", exact=False)).to_be_visible()
    expect(page.get_by_text("Where it says wrong, it is right in 100 %", exact=False)).to_be_visible()

    rest(page)
    page.get_by_role("button", name="Judge again with this audit").click()
    ended_within(project, page)
    goto(page, app, "findings")
    page.get_by_role("button", name="Show what it calls wrong").click()
    rest(page)
    leave_out = page.get_by_role("button", name="Leave them out")
    expect(leave_out).to_have_count(1)  # that of the view before is gone
    expect(leave_out).to_be_enabled()
    rest(page)
    leave_out.click()
    expect(page.get_by_text("Leaves out 60 rows", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.get_by_role("button", name="Undo all of it")).to_be_visible(timeout=LONG)
    assert project.rows.stored.counts(Filter(status="rejected"))[0] == WRONG
    rest(page)
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.get_by_text("Undone: 60 decisions.")).to_be_visible()
    assert project.rows.stored.counts(Filter(status="rejected"))[0] == 0

    report = project.exports.report("html")
    for said in ("reader-1 read 200 rows and calls 60 of them", "answers on 40 rows it finds", "Where it says wrong"):
        assert said in report
