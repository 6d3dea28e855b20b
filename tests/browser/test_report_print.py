"""The report on paper: page one is one sheet whatever it has to say, pages are numbered, no table is cut."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from curation.records import Costs, Evidence, Plan, PlanStep, StoredVerdict, WayCosts
from curation.report import render
from tests.judged import verdict

SHEET = {"width": 665, "height": 1012}
"""What A4 leaves between the margins of the style sheet, in pixels of 1/96 inch: 176 by 268 mm."""
LONG = (
    "Judge 60 rows drawn at random to confirm the estimate. If it holds, correct the answers of about 68 to 84 rows, "
)
REASON = (
    "The prompt with retrieved examples (large-model-2026, 70 billion parameters, hosted outside your machines) scores "
    "82 % on 500 rows (79 to 85 %); tuning can win 12.3 to 18.0 points, of which nobody knows yet how many it does."
)
YEAR = (20160.0, 19000.0, 22000.0)
NAMES = {
    "Prompt, nothing looked up": "", "Prompt with retrieved examples": "",
    "Prompt with retrieved documents": "it needs a hosted model, and it must work offline", "Fine-tune with LoRA": "",
    "Fine-tune the whole model": "",
}  # fmt: skip
WAYS = tuple(WayCosts(name, (120.0,) * 3, (1680.0,) * 3, YEAR, barred) for name, barred in NAMES.items())
LARGEST = StoredVerdict(
    verdict(
        outcome="clean",
        provisional=False,
        headline="Probably clean the answers first: a small model's estimate says so, and judging 60 random rows would "
        "confirm it.",
        reasons=(REASON,) * 5,
        grounds=("measured and declared",) * 5,
        stability={"clean": 0.6, "lora": 0.3, "stay_with_prompt": 0.1},
        nearest_flip="If the prompt with retrieved examples (large-model-2026, 70 billion parameters) scored 90 % instead of "
        "82 % on 500 rows, the verdict would be “stay with the prompt, because tuning is not shown to pay”.",
        evidence=tuple(
            Evidence(f"item{n}", "What the held-out rows can show", "warn", "measured", 0.5, 0.4, 0.6, message=REASON)
            for n in range(18)
        ),
    ),
    plan=Plan(
        "clean",
        "lora",
        tuple(PlanStep("noise", LONG + "the most suspected first.", minutes=(960.0, 2400.0), then="lora") for _ in range(4)),
        (2000.0, 9600.0),
        "If all turns out as assumed here, 4 steps lead to a more certain verdict, not to training.",
    ),
    costs=Costs(WAYS, 2_000_000, 442437.2, (1.0,) * 3, 5.0, (), "USD", "2026-11-01", ()),
)  # fmt: skip
SUMMARY: dict[str, Any] = {
    "name": "A data set with a rather long name that somebody gave it (second version).csv",
    "date": "2026-11-29",
    "who": "Maximilian Featherstonehaugh",
    "context": {"prices": {"label_hour": 25.0, "currency": "USD"}},
    "rows": {
        "kept": 900,
        "rejected": 3,
        "removed": {"exact duplicate": 50, "near-duplicate": 40, "rejected in review": 30, "empty input": 20,
                    "stands in the evaluation set": 10},
        "note": "900 rows are kept, 12 more than the verdict counts: 9 resemble another row but differ in a number, date, "
        "name or negation, or a person kept them; 3 answer an input differently from another row.",
    },
    "classes": [{"label": f"label number {n}", "rows": n, "score": 0.5, "low": 0.4, "high": 0.6} for n in range(77)],
    "examples": [{"what": "Left out: near-duplicate", "before": "word " * 36, "after": "word " * 40}] * 3,
}  # fmt: skip


@pytest.fixture
def printed(browser: Browser) -> Any:
    page = browser.new_page(viewport=SHEET)
    page.emulate_media(media="print")
    page.set_content(render(LARGEST, SUMMARY, "html"))
    yield page
    page.close()


def test_page_one_fits_one_sheet_whatever_it_has_to_say(printed: Page) -> None:
    box = printed.locator(".one").bounding_box()
    assert box is not None
    assert box["height"] <= SHEET["height"]
    wide = printed.evaluate(
        "[...document.querySelectorAll('*')].filter(e => e.scrollWidth > 667).map(e => e.className)"
    )
    assert wide == []


def test_pages_are_numbered_and_page_two_is_the_second(printed: Page, tmp_path: Path) -> None:
    raw = printed.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", raw))
    assert 4 <= pages <= 12
    rules = printed.evaluate("[...document.styleSheets[0].cssRules].map(rule => rule.cssText).join(' ')")
    assert 'counter(page) " of " counter(pages)' in rules
    assert "A data set with a rather long name" in rules


def test_words_are_not_broken_on_a_narrow_screen(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.set_content(render(LARGEST, SUMMARY, "html"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
