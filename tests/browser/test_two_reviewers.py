"""Two browsers on one project: each is asked its name once, and keeps it."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from curation.project import Project
from curation.records import Filter
from tests.browser.conftest import PATIENCE, App


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
