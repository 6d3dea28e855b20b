import json
from dataclasses import asdict
from html.parser import HTMLParser
from typing import Any

import pytest

from curation.errors import UsageError
from curation.records import Evidence
from curation.report import render

HOSTILE = "<img src=x onerror=alert(1)> |x| [a](http://evil.example) {{7*7}} `b` \u202etxt"
VERDICT: dict[str, Any] = {
    "outcome": "collect",
    "provisional": True,
    "headline": "Not yet: collect more examples.",
    "reasons": ["71 classes of 77 have fewer than 10 different rows.", HOSTILE, "Third."],
    "stability": {"lora": 0.25, "collect": 0.75},
    "nearest_flip": "With 70 more rows in 6 classes, the answer would be: LoRA.",
    "next_step": "Collect 70 rows.",
    "coverage": {"measured": 2, "estimated": 0, "declared": 0, "missing": 1, "not_applicable": 1},
    "policy": "p" * 64,
    "dataset": "d" * 64,
    "seed": 3,
}
EVIDENCE = [
    asdict(
        Evidence(
            "coverage",
            "Rows for every class",
            "fail",
            value=0.92,
            low=0.92,
            high=0.92,
            threshold=0.2,
            origin="policy: x",
            message="71 of 77.",
            fix="Collect.",
            rows=("id1", HOSTILE),
            detail={"unit": "share"},
        )
    ),
    asdict(
        Evidence(
            "economics",
            "When it pays",
            "warn",
            value=1200.0,
            low=8.0,
            high=1200.0,
            detail={"unit": "months", "never": 1200},
        )
    ),
    asdict(
        Evidence("agreement", "Reviewers agree", "missing", message="not checked: no row was reviewed by two people")
    ),
    asdict(Evidence("substance", "Style or substance", "not_applicable", message="The answers are labels.")),
]
SUMMARY: dict[str, Any] = {
    "name": HOSTILE,
    "totals": {"stored": 12345, "rejected": 2},
    "labels": 77,
    "sources": [{"name": "a.csv", "stored": 12345, "rejected": 2}],
    "clusters": [{"kind": "near", "clusters": 3, "rows": 9}],
    "checks": [
        {"check": "empty", "title": "Empty rows", "status": "done", "reason": "", "findings": 4321},
        {"check": "language", "title": "Language", "status": "not_checked", "reason": "too short", "findings": 0},
    ],
    "context": {"task": {"target": 0.9, "metric": "accuracy"}},
    "path": [{"question": "Is the data sound?", "status": "passed", "reason": "Yes."}],
    "notes": [HOSTILE],
}


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_shows_data_as_text_and_needs_nothing_from_outside() -> None:
    page = render(VERDICT, EVIDENCE, SUMMARY, "html")
    found = Elements(page)
    assert not {"script", "img", "link", "iframe", "form", "a"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("style", "src", "href")]
    assert "<img src=x onerror=alert(1)>" in found.text
    assert "{{7*7}}" in found.text
    assert "\u202e" not in page
    assert "[U+202E]" in page
    assert "default-src 'none'" in page


def test_html_puts_the_answer_first_and_says_what_was_not_checked() -> None:
    text = Elements(render(VERDICT, EVIDENCE, SUMMARY, "html")).text
    order = [
        "Not yet: collect more examples.",
        "The answer: collect (provisional)",
        "71 classes of 77",
        "With 70 more rows",
        "Collect 70 rows.",
        "The evidence",
        "not checked: no row was reviewed",
        "What the checks found",
        "4,321",
        "not checked: too short",
        "Method and sources",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "never" in text
    assert "92.0 %" in text
    assert "collect: 75 %" in text


def test_markdown_keeps_hostile_text_inside_its_cell() -> None:
    page = render(VERDICT, EVIDENCE, SUMMARY, "md")
    assert page.startswith("# Not yet: collect more examples.\n")
    assert "<img" not in page.replace(r"\<img", "")
    assert "http://" not in page
    table = [line for line in page.splitlines() if line.startswith("| Rows for every class")]
    assert len(table) == 1
    assert table[0].replace(r"\|", "").count("|") == 7


def test_json_is_the_verdict_with_its_evidence_in_full() -> None:
    page = render(VERDICT, EVIDENCE, SUMMARY, "json")
    whole = json.loads(page)
    assert {key: whole[key] for key in VERDICT} == VERDICT
    assert whole["evidence"][2]["message"].startswith("not checked")
    assert whole["summary"]["totals"]["stored"] == 12345
    assert "\u202e" not in page


@pytest.mark.parametrize("suffix", ["html", "md", "json"])
def test_the_same_input_gives_the_same_bytes_and_an_empty_summary_will_do(suffix: str) -> None:
    assert render(VERDICT, EVIDENCE, SUMMARY, suffix) == render(VERDICT, EVIDENCE, SUMMARY, "." + suffix.upper())
    assert "collect" in render(VERDICT, EVIDENCE, {}, suffix)


def test_another_suffix_is_refused() -> None:
    with pytest.raises(UsageError, match="html, md or json"):
        render(VERDICT, EVIDENCE, SUMMARY, "pdf")
