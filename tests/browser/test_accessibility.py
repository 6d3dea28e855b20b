"""Every page with its forms open, in both themes, as axe-core sees it: nothing serious that is ours."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from curation.project import Project
from curation.records import Filter
from curation.records.context import Context, Task
from tests.browser.accessibility import faults
from tests.browser.conftest import App
from tests.browser.keys import rest

PROJECT = "Seen"
PAGES = (
    "load", "", "rows", "topics", "labels", "duplicates", "findings", "audit", "team", "measure", "readiness", "export",
    "review",
)  # fmt: skip
THEMES = ("light", "dark")
OPEN = """() => document.querySelectorAll("[data-testid='stMain'] details:not([open]) > summary").forEach((e) => e.click())"""
DRAWN = """() => !document.querySelector("[data-testid='stSkeleton'], [data-stale='true']")"""


@pytest.fixture(scope="module")
def seen(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A judged project with suspects, duplicates, an audit and a round of the team."""
    path = tmp_path_factory.mktemp("seen") / "asked.csv"
    topics = {"refund": "money back for the broken lamp", "parcel": "where is the parcel", "login": "cannot sign in"}
    lines = [f"{list(topics.values())[n % 3]} number {n * 7919 % 97},{list(topics)[n % 17 % 3]}" for n in range(90)]
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    with Project.open(app.projects / PROJECT, create=True) as project:
        project.examples.load(path)
        project.settings.save_context(Context(Task("accuracy", 0.9)))
        project.verdict.analyse()
        project.rounds.start_audit(20, None, 0)
        project.rounds.start_team(10, 2, 0)
        yield project


def wrong(page: Page, where: str = "") -> list[list[str]]:
    """What is wrong here in either theme."""
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.wait_for_function(
            "(theme) => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === theme",
            arg=theme,
        )
        found += [[theme, *one] for one in faults(page, where)]
    return found


def test_nothing_serious_on_any_page_form_or_list_in_either_theme(page: Page, app: App, seen: Project) -> None:
    found = []
    row = seen.rows.stored.ids(Filter("all"))[0]
    for name in (*PAGES, f"rows?row={row}"):
        page.goto(f"{app.url}/{name}{'&' if '?' in name else '?'}project={PROJECT}")
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        rest(page)
        page.evaluate(OPEN)
        page.wait_for_function(DRAWN)
        found += [[name, *one] for one in wrong(page)]
    assert found == []


def test_nothing_serious_in_the_review_cards_forms(page: Page, app: App, seen: Project) -> None:
    page.goto(f"{app.url}/review?project={PROJECT}&queue=all")
    expect(page.locator(".card .pane").first).to_be_visible()
    found = []
    for key in ("?", "/", "e"):
        page.keyboard.press(key)
        found += [[key, *one] for one in wrong(page)]
        page.keyboard.press("Escape")
    assert found == []
