"""Keys pressed as a person does: once the page is at rest, and again when it was not heard."""

from playwright.sync_api import Page, expect

from curation.project import Project

LONG = 90_000  # ms a job may take on a slow machine


def rest(page: Page) -> None:
    """Wait until no script runs: under load the page still moves while one does."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LONG)


def stands(project: Project, id: str) -> str:
    """How an example stands in the store now."""
    now = project.examples.stored.get(id)
    assert now is not None
    return now.status


def press(page: Page, key: str, project: Project, id: str) -> None:
    """Press a key until it has changed how the example stands: a page only just drawn may not listen to keys yet."""
    rest(page)
    before = stands(project, id)
    for _ in range(3):
        page.keyboard.press(key)
        for _ in range(100):
            if stands(project, id) != before:
                return
            page.wait_for_timeout(100)
