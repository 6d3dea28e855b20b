"""Every page with its forms, popovers and dialogs open, in both themes, as axe-core sees it: nothing serious that is
ours."""

from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Page, expect

from curation.project import Project
from curation.records import Filter
from curation.records.context import Context, Task
from tests.browser.accessibility import faults
from tests.browser.conftest import App
from tests.browser.keys import LONG, rest

PROJECT = "Seen"
PAGES = (
    "Overview", "Rows", "Topics", "Labels", "Duplicates", "Findings", "Review", "Audit", "Team", "Measure", "Readiness",
    "Export", "Projects", "Load",
)  # fmt: skip
THEMES = ("light", "dark")
OPEN = """() => document.querySelectorAll("[data-testid='stMain'] details:not([open]) > summary").forEach((e) => e.click())"""
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"
"""Else a colour is measured on its way from one theme to the other."""
THEME = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme"
DRAWN = """() => !document.querySelector("[data-testid='stSkeleton'], [data-stale='true']")"""
OPENERS = "[data-testid='stMain'] [data-testid='stPopover'] button:visible:not([disabled])"
POPOVER = "[data-testid='stPopoverBody']"


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
        project.meaning.find_topics()
        disagree(project)
        yield project


def disagree(project: Project) -> None:
    """Two people answer one row of the round differently, and one of them says why."""
    turn = project.rounds.team_next("ann")
    assert turn is not None
    assert turn.example is not None
    for who, label in (("ann", "refund"), ("bob", "parcel")):
        project.rounds.vote(turn.round.id, turn.example.id, who, "label", label)
    project.rows.note(turn.example.id, "It asks for money back.", "ann")


def seen_twice(page: Page, where: str, rules: Sequence[str]) -> list[list[str]]:
    """What is wrong here, seen again once nothing moves: a page that is drawn anew, as for another theme, is pale."""
    found = faults(page, where, rules)
    if not found:
        return []
    rest(page)
    page.wait_for_function(DRAWN)
    return faults(page, where, rules)


def wrong(page: Page, where: str = "") -> list[list[str]]:
    """What is wrong here in either theme: by all rules in the one it is in, in the other by that on colours alone."""
    found = []
    is_now = page.evaluate(THEME)  # each change of theme draws the whole page anew
    for theme, rules in zip(sorted(THEMES, key=lambda one: one != is_now), ((), ("color-contrast",)), strict=True):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(f"(theme) => ({THEME})() === theme", arg=theme)
        found += [[theme, *one] for one in seen_twice(page, where, rules)]
    return found


def looked_at(page: Page, name: str) -> list[list[str]]:
    """What is wrong on the page that is open, and then in each of its popovers."""
    rest(page)
    page.evaluate(OPEN)
    page.wait_for_function(DRAWN)
    found = [[name, *one] for one in wrong(page)]
    openers, body = page.locator(OPENERS), page.locator(POPOVER)
    for n in range(openers.count()):
        said = openers.nth(n).inner_text()
        openers.nth(n).click()
        expect(body).to_be_visible()
        found += [[f"{name}: {said}", *one] for one in wrong(page, POPOVER)]
        page.keyboard.press("Escape")
        expect(body).to_have_count(0)
    return found


def test_nothing_serious_on_any_page_form_or_popover_in_either_theme(page: Page, app: App, seen: Project) -> None:
    row = seen.rows.stored.ids(Filter("all"))[0]
    page.goto(f"{app.url}/rows?project={PROJECT}&row={row}")
    expect(page.get_by_text("Imported from asked.csv")).to_be_visible()
    page.add_style_tag(content=STILL)
    found = looked_at(page, "One row")
    for name in PAGES:
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1).first).to_contain_text(name)
        if name == "Labels":  # what is done with one is there once it is chosen
            page.locator(".dvn-scroller").first.click(position={"x": 16, "y": 52})
            expect(page.get_by_role("button", name="Delete it")).to_be_visible()
        if name == "Topics":
            page.locator(".dvn-scroller").first.click(position={"x": 16, "y": 52})
            expect(page.get_by_role("textbox", name="Name", exact=True)).to_be_visible()
        found += looked_at(page, name)
    page.locator("input[type=file]").first.set_input_files(
        {"name": "other.csv", "mimeType": "text/csv", "buffer": b"text,category\nwhere is it,\nI want it back,\n"}
    )
    expect(page.get_by_role("button", name="Load this file")).to_be_visible(timeout=LONG)
    found += looked_at(page, "A file to load")
    assert found == []


def test_nothing_serious_in_the_review_cards_forms(page: Page, app: App, seen: Project) -> None:
    page.goto(f"{app.url}/review?project={PROJECT}&queue=all")
    expect(page.locator(".card .pane").first).to_be_visible()
    page.add_style_tag(content=STILL)
    found = []
    for key in ("?", "/", "e"):
        page.keyboard.press(key)
        if key == "e":  # its text comes from the page, which is pale while it is drawn
            expect(page.get_by_role("textbox", name="Input")).not_to_have_value("")
        rest(page)
        page.wait_for_function(DRAWN)
        found += [[key, *one] for one in wrong(page)]
        page.keyboard.press("Escape")
    page.goto(f"{app.url}/review?project={PROJECT}&queue=disputed")
    expect(page.get_by_text("It asks for money back.")).to_be_visible()
    page.add_style_tag(content=STILL)
    found += looked_at(page, "Answered differently")
    page.get_by_role("button", name="What the words mean").click()
    expect(page.get_by_role("dialog").get_by_text("macro F1")).to_be_visible()
    found += [["Glossary", *one] for one in wrong(page, "[role='dialog']")]
    page.keyboard.press("Escape")
    page.goto(f"{app.url}/review?project={PROJECT}&queue=all&plain=1")
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    page.add_style_tag(content=STILL)
    found += looked_at(page, "Native buttons")
    assert found == []
