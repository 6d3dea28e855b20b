"""The review desk in a real browser: the queue stays under the keys, and on a phone the card is read above the bar."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from curation.project import Project
from curation.records import Filter
from tests.browser.conftest import App
from tests.browser.keys import press, rest

PROJECT = "Desk"
LABELS = ("refund request", "delivery problem", "account access", "invoice copy", "other question")
LOWEST = """() => Math.max(...[...document.querySelectorAll(
  "[data-testid='stMainBlockContainer'] [data-testid='stText']")].map((e) => e.getBoundingClientRect().bottom))"""
BAR = "() => document.querySelector('[data-testid=stBottom]').getBoundingClientRect().top"


@pytest.fixture(scope="module")
def desk(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Sixty checked questions, fifteen of them without a label; many contradict each other."""
    path = tmp_path_factory.mktemp("desk") / "desk.csv"
    lines = [f"hello I have a question about number {n % 9} again,{LABELS[n % 5] if n % 4 else ''}" for n in range(60)]
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(app.projects / PROJECT, create=True)
    project.examples.load(path)
    project.verdict.analyse()
    yield project
    project.close()


def test_the_queue_chosen_stays_while_rows_are_labelled_by_keys(page: Page, app: App, desk: Project) -> None:
    page.goto(f"{app.url}/review?project={PROJECT}")
    rest(page)
    box = page.get_by_test_id("stSelectbox").filter(has_text="Queue").get_by_role("combobox")
    box.click()
    page.get_by_role("option", name="Not labelled yet").click()
    expect(page.get_by_text("15 waiting in this queue, 0 handled in all")).to_be_visible()
    page.get_by_role("heading", name="Review").click()  # keys are for the desk once no field has them
    unlabelled = Filter("unlabelled")
    for done in range(1, 6):
        shown = desk.decisions.queue.page(unlabelled, -1, 1)[0][1]
        expect(page.locator(f".st-key-accept--{shown.id}-{shown.version}")).to_be_visible()
        press(page, "2", desk, shown.id)
        expect(page.get_by_text(f"{15 - done} waiting in this queue, {done} handled in all")).to_be_visible()
        expect(box).to_have_value("Not labelled yet")
        after = desk.examples.stored.get(shown.id)
        assert after is not None
        assert (after.label, after.imported_label) == (sorted(LABELS)[1], None)


def test_on_a_phone_label_and_reason_are_read_above_the_bar(page: Page, app: App, desk: Project) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app.url}/review?project={PROJECT}")
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    rest(page)
    shown = desk.decisions.queue.page(Filter(), -1, 1)[0][1]
    assert desk.findings.stored.of_example(shown.id)  # so there is a reason to read
    assert page.evaluate(LOWEST) <= page.evaluate(BAR)
