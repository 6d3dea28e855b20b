import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from curation.errors import UsageError
from curation.records import (
    CostSummary,
    Evidence,
    GateStep,
    Mover,
    Plan,
    PlanStep,
    StoredVerdict,
    Threshold,
    WayCosts,
    verdict_json,
)
from curation.report import render
from tests.judged import verdict

HOSTILE = "<img src=x onerror=alert(1)> |x| [a](http://evil.example) {{7*7}} `b` \u202etxt"
EVIDENCE = (
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
    ),
    Evidence(
        "economics",
        "When it pays",
        "warn",
        value=1200.0,
        low=8.0,
        high=1200.0,
        detail={"unit": "months", "never": 1200},
    ),
    Evidence("agreement", "Reviewers agree", "missing", message="No two people have answered the same row."),
    Evidence("substance", "Style or substance", "not_applicable", message="The answers are labels."),
)
VERDICT = verdict(
    outcome="collect",
    headline="Not yet: collect more examples.",
    reasons=("71 classes of 77 have fewer than 10 different rows.", HOSTILE, "Third."),
    stability={"lora": 0.25, "collect": 0.75},
    nearest_flip="With 70 more rows in 6 classes, the verdict would be “fine-tune with LoRA”.",
    next_step="Collect 70 rows.",
    evidence=EVIDENCE,
    coverage={"measured": 2, "estimated": 0, "declared": 0, "missing": 1, "not_applicable": 1},
    policy="p" * 64,
    dataset="d" * 64,
    seed=3,
)
STORED = StoredVerdict(VERDICT, (GateStep("0", "Is the data sound?", "passed", "Yes."),))
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
    page = render(STORED, SUMMARY, "html")
    found = Elements(page)
    assert not {"script", "img", "link", "iframe", "form", "a"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("style", "src", "href")]
    assert "<img src=x onerror=alert(1)>" in found.text
    assert "{{7*7}}" in found.text
    assert "\u202e" not in page
    assert "⟨U+202E⟩" in page
    assert "default-src 'none'" in page


def test_html_puts_the_answer_first_and_says_what_was_not_checked() -> None:
    text = Elements(render(STORED, SUMMARY, "html")).text
    order = [
        "Not yet: collect more examples.",
        "Verdict: collect more examples first (provisional)",
        "71 classes of 77",
        "With 70 more rows",
        "Collect 70 rows.",
        "The evidence",
        "No two people have answered the same row.",
        "What the checks found",
        "4,321",
        "not checked: too short",
        "Method and sources",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "never" in text
    assert "92.0 %" in text
    assert "collect more examples first: 75 %" in text


def test_markdown_keeps_hostile_text_inside_its_cell() -> None:
    page = render(STORED, SUMMARY, "md")
    assert page.startswith("# Not yet: collect more examples.\n")
    assert "<img" not in page.replace(r"\<img", "")
    assert "http://" not in page
    table = [line for line in page.splitlines() if line.startswith("| Rows for every class")]
    assert len(table) == 1
    assert table[0].replace(r"\|", "").count("|") == 7


def test_json_is_the_verdict_with_its_evidence_in_full() -> None:
    page = render(STORED, SUMMARY, "json")
    whole = json.loads(page)
    assert {key: whole[key] for key in verdict_json(VERDICT) if key != "evidence"} == {
        key: value for key, value in verdict_json(VERDICT).items() if key != "evidence"
    }
    assert whole["evidence"][2]["message"] == "No two people have answered the same row."
    assert whole["summary"]["totals"]["stored"] == 12345
    assert whole["summary"]["path"][0]["question"] == "Is the data sound?"
    assert not {"plan", "costs", "policy"} & set(whole["summary"])
    assert "\u202e" not in page


def test_json_holds_what_is_kept_beside_the_verdict_in_one_order() -> None:
    summary = json.loads(render(KEPT, {**LATER, **SUMMARY}, "json"))["summary"]
    assert (summary["plan"]["goal"], summary["costs"]["calls"]) == ("lora", 2_000_000)
    assert [one["name"] for one in summary["policy"]] == ["noise.fail"]
    order = ["name", "totals", "path", "sources", "labels", "clusters", "checks", "plan", "costs", "policy", "context"]
    assert [name for name in summary if name in order] == order
    missing = json.loads(render(replace(STORED, costs_missing="needs prices"), {}, "json"))["summary"]
    assert missing["costs"] == {"missing": "needs prices"}


@pytest.mark.parametrize("suffix", ["html", "md", "json"])
def test_the_same_input_gives_the_same_bytes_and_an_empty_summary_will_do(suffix: str) -> None:
    assert render(STORED, SUMMARY, suffix) == render(STORED, SUMMARY, "." + suffix.upper())
    assert "collect" in render(STORED, {}, suffix)


def test_another_suffix_is_refused() -> None:
    with pytest.raises(UsageError, match="html, md or json"):
        render(STORED, SUMMARY, "pdf")


KEPT = replace(
    STORED,
    plan=Plan(
        "collect",
        "lora",
        (PlanStep("coverage", f"Add rows to {HOSTILE}.", minutes=(60.0, 90.0), then="lora"),),
        (60.0, 90.0),
        "One step leads to the verdict “fine-tune with LoRA”.",
    ),
    costs=CostSummary(
        (
            WayCosts(
                "Stay with the prompt", (0.0,) * 3, (1680.0, 1600.0, 1750.0), (20160.0,) * 3, "it needs a hosted model"
            ),
        ),
        2_000_000, 442437.2, (1.0, 1.0, 1.0), 5.0, (Mover("calls a month", 1.0, 2.0),), "USD", "2026-11-01", (),
    ),
    changed=(Threshold("noise.fail", "noise", "fail", "share", 0.2, 0.1, "policy", ""),),
)  # fmt: skip
LATER: dict[str, Any] = {
    "changes": ["The verdict was “fine-tune with LoRA” and is now “collect more examples first”."],
    "sources": [{"name": "a.csv", "stored": 5, "rejected": 0, "active": True},
                {"name": "old.csv", "stored": 5, "rejected": 0, "active": False}],
}  # fmt: skip
CURVE = {
    "sizes": [100, 200, 400], "points": [[0.5, 0.6, 0.7], [0.52, 0.62, 0.69]], "ceiling": 0.9,
    "line": [[100, 0.51, 0.5, 0.52], [400, 0.7, 0.68, 0.71], [1600, 0.8, 0.7, 0.88]],
}  # fmt: skip


@pytest.mark.parametrize("suffix", ["html", "md"])
def test_page_one_is_for_the_one_who_decides(suffix: str) -> None:
    page = render(KEPT, {**SUMMARY, **LATER}, suffix)
    text = Elements(page).text if suffix == "html" else page.replace("\\", "")
    order = [
        "Verdict: collect more examples first (provisional)",
        "Work plan",
        "One step leads to",
        "60 to 90 minutes",
        "What it costs",
        "1,680 (1,600 to 1,750)",
        "Ruled out: it needs a hosted model",
        "2,000,000 calls a month",
        "from 442,437 calls a month on",
        "is now “collect more examples first”.",
        "The evidence",
        "0.2 (built in: 0.1)",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "old.csv" not in text
    assert "Needs prices." in render(replace(STORED, costs_missing="needs prices"), SUMMARY, suffix)


def test_the_curve_is_drawn_inside_the_page_from_numbers_alone() -> None:
    item = replace(EVIDENCE[0], id="curve", detail=CURVE)
    page = render(StoredVerdict(replace(VERDICT, evidence=(item,))), SUMMARY, "html")
    found = Elements(page)
    assert found.tags.count("circle") == 2 * 3 + 3
    assert "polygon" in found.tags
    assert "80 % at 1,600 rows" in found.text
    assert "style" not in [name for name, _ in found.attributes]
    assert "svg" not in Elements(render(STORED, SUMMARY, "html")).tags


def test_only_what_was_said_is_listed_as_declared() -> None:
    context = {"task": {"target": 0.9, "labels": []}, "needs": {"offline": True, "gpus": False, "p95_latency_ms": 0}}
    text = Elements(render(STORED, {"context": context}, "html")).text
    assert "needs: offline" in text
    assert "gpus" not in text
    assert "latency" not in text
