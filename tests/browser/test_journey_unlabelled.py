"""A file without labels, from the first page to the export: what a newcomer labels by keyboard is what is exported."""

import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from playwright.sync_api import Page, expect

from curation.project import Project
from tests.browser.conftest import App
from tests.browser.keys import LONG, rest
from tests.browser.test_journey import click, go
from tests.unlabelled import bare_file

ROWS, LABELLED = 120, 100
ROW = re.compile(".")


def test_a_hundred_rows_labelled_by_keyboard_are_exported_with_their_labels(
    page: Page, app: App, tmp_path: Path
) -> None:
    page.goto(f"{app.url}/load")
    click(page, "New project")
    page.get_by_label("Name", exact=True).fill("Bare")
    click(page, "Create")
    expect(page.get_by_text("Nothing is loaded yet")).to_be_visible()
    file = page.locator("input[type=file]")
    expect(file).to_have_count(1, timeout=LONG)  # those of the project before are gone
    file.set_input_files(bare_file(tmp_path, "text", rows=ROWS, name="mine.csv"))
    page.get_by_role("textbox", name="Labels").fill("billing: about money\npost")
    page.keyboard.press("Control+Enter")
    click(page, "Load this file")
    expect(page.get_by_test_id("stText").get_by_text(f"mine.csv: {ROWS} rows stored.")).to_be_visible(timeout=LONG)
    click(page, "Start labelling")

    card = page.locator(".card")
    expect(card).to_have_attribute("data-row", ROW, timeout=LONG)
    rest(page)
    page.get_by_role("heading", name="Review").click()
    wanted: dict[str, str] = {}
    for n in range(LABELLED):
        expect(card).to_have_attribute("data-row", ROW, timeout=LONG)  # keys may be quicker than the next rows come
        id = card.get_attribute("data-row") or ""
        assert id not in wanted
        key, wanted[id] = [("1", "billing"), ("2", "post")][n % 2]
        page.keyboard.press(key)
        expect(card).not_to_have_attribute("data-row", id)
    expect(page.locator(".saving")).to_have_text("All saved", timeout=LONG)

    go(page, app, "overview", "Bare")
    click(page, "Run the checks")
    expect(page.get_by_text("Provisional").first).to_be_visible(timeout=LONG)
    go(page, app, "export", "Bare")
    click(page, "Write the export")
    expect(page.get_by_text("Download all as ZIP")).to_be_visible(timeout=LONG)

    folder = app.projects / "Bare" / "export"
    parts = [pq.read_table(folder / f"{name}.parquet") for name in ("train", "validation", "test")]
    exported = {row["id"]: row["label"] for part in parts for row in part.to_pylist()}
    assert exported == wanted
    left = Counter(row["reason"] for row in pq.read_table(folder / "removed.parquet").to_pylist())
    assert sum(left.values()) == ROWS - LABELLED
    with Project.open(app.projects / "Bare") as project:
        assert project.findings.stored.counts(0.0).get("empty", 0) == 0
