"""The whole journey as a person makes it: load, check, decide by keyboard, undo, verdict, export."""

import json
from pathlib import Path

import pyarrow.parquet as pq
from playwright.sync_api import Page, expect

from curation.project import Project
from curation.records import Filter
from tests.browser.conftest import App
from tests.browser.keys import LONG, press, rest, stands

SAMPLE = Path(__file__).parents[2] / "sample_data" / "support_tickets.csv"


def go(page: Page, app: App, name: str, project: str) -> None:
    page.goto(f"{app.url}/{name}?project={project}")
    rest(page)


def click(page: Page, button: str) -> None:
    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible(timeout=LONG)
    rest(page)
    page.get_by_role("button", name=button, exact=True).click()


def load_sample(page: Page, app: App, name: str) -> Project:
    page.goto(f"{app.url}/load")
    click(page, "New project")
    page.get_by_label("Name", exact=True).fill(name)
    click(page, "Create")
    expect(page.get_by_text("Nothing is loaded yet")).to_be_visible()
    page.locator("input[type=file]").set_input_files(SAMPLE)
    click(page, "Load this file")
    expect(page.get_by_text("Examples stored")).to_be_visible(timeout=LONG)
    return Project.open(app.projects / name)


def test_the_whole_journey(page: Page, app: App) -> None:
    project = load_sample(page, app, "Journey")
    rows = project.examples.stored.totals()["stored"]
    assert (
        rows + project.examples.stored.totals()["rejected"] == len(SAMPLE.read_text(encoding="utf-8").splitlines()) - 1
    )

    click(page, "Run the checks")
    expect(page.get_by_text("Provisional").first).to_be_visible(timeout=LONG)

    go(page, app, "review", "Journey")
    decided: list[tuple[str, str]] = []
    for key, status in [("a", "accepted"), ("x", "rejected"), ("s", "skipped"), ("f", "flagged"), ("2", "labelled")]:
        shown = project.decisions.queue.page(Filter(), -1, 1)[0][1]
        card = page.locator(f".card[data-row='{shown.id}']")
        expect(card).to_contain_text(" ".join(shown.input.split())[:30] or "(empty)")
        press(page, key, project, shown.id)
        expect(page.get_by_text(f"{len(decided) + 1} handled")).to_be_visible()
        decided.append((shown.id, status))
    for id, status in decided:
        assert stands(project, id) == status
    expect(page.get_by_text("All saved")).to_be_visible()
    press(page, "u", project, decided[-1][0])
    expect(page.get_by_text("4 handled")).to_be_visible()
    expect(page.get_by_text("All saved")).to_be_visible()  # else leaving the page asks first
    last = project.examples.stored.get(decided[-1][0])
    assert last is not None
    assert (last.status, last.label) == ("undecided", last.imported_label)

    go(page, app, "readiness", "Journey")
    expect(page.get_by_text(project.verdict.required().verdict.headline).first).to_be_visible()

    go(page, app, "export", "Journey")
    click(page, "Write the export")
    expect(page.get_by_text("Download all as ZIP")).to_be_visible(timeout=LONG)
    folder = app.projects / "Journey" / "export"
    manifest = json.loads((folder / "manifest.json").read_text())
    parts = {name: pq.read_table(folder / f"{name}.parquet") for name in ("train", "validation", "test")}
    assert {name: table.num_rows for name, table in parts.items()} == {name: manifest["counts"][name] for name in parts}
    kept = {id for table in parts.values() for id in table["id"].to_pylist()}
    rejected = next(id for id, status in decided if status == "rejected")
    assert rejected not in kept
    project.close()
