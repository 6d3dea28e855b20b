"""Seeing what is in a set as a person does: search, rows like this one, all of them at once and back; the map's box."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from curation.project import Project
from curation.records import Filter
from tests.browser.conftest import App
from tests.browser.keys import rest

SUBJECTS = {
    "garden": ("plant tomato seeds", "water the rose bush", "prune the apple tree"),
    "kitchen": ("bake the bread dough", "boil the pasta", "fry an egg"),
    "money": ("pay the invoice", "send my refund back", "my bank card fee"),
}


@pytest.fixture
def project(app: App, tmp_path: Path) -> Iterator[Project]:
    """45 rows of three subjects with their topics and map."""
    lines = [f"{text} number {n},{label}" for n in range(5) for label, texts in SUBJECTS.items() for text in texts]
    path = tmp_path / "subjects.csv"
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(app.projects / "Subjects", create=True)
    project.examples.load(path)
    project.meaning.find_topics()
    yield project
    project.close()


def left_out(project: Project) -> int:
    return project.rows.stored.counts(Filter(status="rejected"))[0]


def test_search_like_this_bulk_act_undo_and_a_box_of_the_map(page: Page, app: App, project: Project) -> None:
    page.goto(f"{app.url}/rows?project=Subjects&text=gardening+with+flowers&search=meaning")
    expect(page.get_by_text("The 45 rows nearest, 45 of them undecided.")).to_be_visible()
    rest(page)
    page.get_by_role("button", name="Review them one by one (45)").click()
    card = page.locator(".card")
    expect(card).not_to_have_attribute("data-row", "")
    id = card.get_attribute("data-row") or ""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Rows like this one").click()
    expect(card).to_have_attribute("data-row", id)  # the queue stays where it is

    like = opened.value
    expect(like.get_by_text("Like: “")).to_be_visible()
    assert f"like={id}" in like.url
    rest(like)
    like.get_by_test_id("stSelectbox").filter(has_text="Label").get_by_role("combobox").first.click()
    like.get_by_role("option", name="garden").click()
    expect(like.get_by_text("The 14 rows nearest, 14 of them undecided.")).to_be_visible()
    rest(like)
    like.get_by_role("button", name="Leave them out").click()
    like.get_by_role("button", name="Yes, do it").click()
    expect(like.get_by_role("button", name="Undo all of it")).to_be_visible()
    assert left_out(project) == 14
    rest(like)
    like.get_by_role("button", name="Undo all of it").click()
    expect(like.get_by_text("Undone: 14 decisions.")).to_be_visible()
    assert left_out(project) == 0
    like.close()

    page.goto(f"{app.url}/topics?project=Subjects")
    canvas = page.get_by_test_id("stVegaLiteChart").locator("svg.marks, canvas").first
    expect(canvas).to_be_visible()
    rest(page)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 15, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 15, box["y"] + 430, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="in the box").click()
    expect(page.get_by_text("Within a box of the map on Topics.")).to_be_visible()
    (area,) = parse_qs(urlsplit(page.url).query)["area"]
    rows = len(project.meaning.map.numbers(area))
    assert rows > 9
    expect(page.get_by_text(f"{rows} rows, {rows} of them undecided.")).to_be_visible()
