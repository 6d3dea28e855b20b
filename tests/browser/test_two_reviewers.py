"""Two browsers on one project: each is asked its name once, and keeps it."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from curation.project import Project
from curation.records import Filter
from tests.browser.accessibility import faults
from tests.browser.conftest import PATIENCE, App
from tests.browser.keys import rest


def test_two_browsers_are_asked_their_names_once_and_decide_under_them(
    page: Page, browser: Browser, app: App, tickets: Path
) -> None:
    with Project.open(app.projects / "Shared", create=True) as project:
        project.examples.load(tickets)
        id = project.rows.stored.ids(Filter())[0]
        address = f"{app.url}/rows?project=Shared&row={id}"
        page.goto(address)
        expect(page.get_by_text("Imported from tickets.csv, row 1.")).to_be_visible()  # alone: nobody is asked
        context = browser.new_context()
        other = context.new_page()
        other.set_default_timeout(PATIENCE)
        other.goto(address)
        expect(other.get_by_role("heading", name="Who are you?")).to_be_visible()
        rest(other)
        assert faults(other) == []
        other.get_by_label("Your name").fill("Zoë Müller")
        other.get_by_text("Go on", exact=True).click()
        other.get_by_role("button", name="Leave out").click()
        expect(other.get_by_text("Leave out.", exact=True)).to_be_visible()
        assert project.decisions.of(id)[0].reviewer == "Zoë Müller"
        other.reload()
        expect(other.get_by_role("textbox", name="Reviewer", exact=True)).to_have_value("Zoë Müller")
        page.reload()  # now that somebody else is here, the first is asked too
        expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
        context.close()


def test_two_browsers_on_one_queue_decide_different_rows_and_each_is_stored(
    page: Page, browser: Browser, app: App, tmp_path: Path
) -> None:
    path = tmp_path / "many.csv"
    path.write_text("text,category\n" + "".join(f"question number {n},{'ab'[n % 2]}\n" for n in range(90)))
    with Project.open(app.projects / "Both", create=True) as project:
        project.examples.load(path)
        address = f"{app.url}/review?project=Both&queue=all"
        context = browser.new_context()
        other = context.new_page()
        other.set_default_timeout(PATIENCE)
        page.goto(address)
        expect(page.locator(".pane")).to_be_visible()
        other.goto(address)
        other.get_by_label("Your name").fill("Zoë")
        other.get_by_text("Go on", exact=True).click()
        for each in (page, other):
            expect(each.locator(".pane")).to_be_visible()
            each.locator(".card").focus()
        wanted: list[str] = []
        for _ in range(40):
            for each in (page, other):
                if not each.locator(".card").get_attribute("data-row"):
                    expect(each.locator(".card")).to_have_attribute("data-row", re.compile("."))
                wanted.append(each.locator(".card").get_attribute("data-row") or "")
                each.keyboard.press("x")
        for each in (page, other):
            expect(each.locator(".saving")).to_have_text("All saved")
            expect(each.locator(".notice")).to_have_count(0)
        assert len(set(wanted)) == 80
        assert [len(project.decisions.of(id)) for id in wanted] == [1] * 80

        # the one holds what is left: the other is told so, and gets it once the one goes to another page
        other.get_by_role("link", name="Overview").click()
        expect(other.get_by_role("heading", name="Overview")).to_be_visible()
        page.goto(address)
        page.get_by_label("Your name").fill("Ann")
        page.get_by_text("Go on", exact=True).click()
        expect(page.locator(".pane")).to_be_visible()
        other.get_by_role("link", name="Review").click()
        expect(other.get_by_text("Others are looking at the last 10 rows.")).to_be_visible()
        page.goto(f"{app.url}/overview?project=Both")
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        expect(other.locator(".pane")).to_be_visible()
        context.close()
