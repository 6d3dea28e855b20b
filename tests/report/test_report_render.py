import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from curation.records import (
    Costs,
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
from curation.report.bars import WIDTH, Way, costs_svg, rows_svg
from curation.report.first_page import row_parts
from curation.report.further_pages import groups, labels_shown
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
    "context": {"task": {"target": 0.9, "metric": "accuracy"}, "prices": {"label_hour": 20.0, "currency": "EUR"}},
    "notes": [HOSTILE],
    "date": "2026-11-29",
    "who": "Ann <b>",
    "rows": {"kept": 9000, "rejected": 5, "removed": {"exact duplicate": 2000, "near-duplicate": 1345}, "note": ""},
    "corrected": {"labels": 1214, "texts": 12},
    "classes": [
        {"label": HOSTILE, "rows": 30, "score": 0.5, "low": 0.4, "high": 0.6, "n": 20, "by": "the plain prompt"},
        {"label": "refund", "rows": 12},
    ],
    "examples": [{"what": "Corrected by a person", "before": HOSTILE, "after": "refund"}],
    "to_know": {"agreement": "Let two people review the same 50 rows (about 25 minutes)."},
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
        "Should we fine-tune a language model",
        "Provisional verdict",
        "Not yet: collect more examples.",
        "A model learns from different rows with right answers.",
        "most likely still “collect more examples first” (75\u00a0%), else “fine-tune with LoRA” (25\u00a0%).",
        "Of those that are kept, people gave a label, their first or another one, to 1,214 and changed the text of 12.",
        "71 classes of 77",
        "Collect 70 rows.",
        "With 70 more rows",
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
    assert "92.0\u00a0%" in text


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
    with pytest.raises(ValueError, match="html, md, json"):
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
    costs=Costs(
        (
            WayCosts(
                "Prompt, nothing looked up", (0.0,) * 3, (1680.0, 1600.0, 1750.0), (20160.0,) * 3, "it needs a hosted model"
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


def read(stored: StoredVerdict, summary: dict[str, Any], suffix: str) -> str:
    page = render(stored, summary, suffix)
    return Elements(page).text.replace("\u00a0", " ") if suffix == "html" else page.replace("\\", "")


@pytest.mark.parametrize("suffix", ["html", "md"])
def test_page_one_is_for_the_one_who_decides(suffix: str) -> None:
    text = read(KEPT, {**SUMMARY, **LATER}, suffix)
    order = [
        "29 November 2026",
        "prepared by Ann <b>",
        "How sure is this?",
        "12,350 examples came in, one a row. 9,000 are kept and 3,350 left out:",
        "repeat another row word for word",
        "Why",
        "What to do",
        "60 to 90 minutes",
        "20 to 30 EUR",
        "One step leads to",
        "What each way costs",
        "2,000,000 calls a month",
        "from about 443,000 calls a month on",
        "the plain prompt gets right",
        "Corrected by a person",
        "is now “collect more examples first”.",
        "The evidence",
        "Let two people review the same 50 rows",
        "0.2 (built in: 0.1)",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "1,680 (1,600 to 1,750)" in text
    assert "uled out: it needs a hosted model" in text
    assert "old.csv" not in text


@pytest.mark.parametrize("suffix", ["html", "md"])
def test_what_cannot_be_said_in_money_is_said_to_be_missing(suffix: str) -> None:
    assert "Needs prices." in read(replace(STORED, costs_missing="needs prices"), SUMMARY, suffix)
    unpriced = {**SUMMARY, "context": {}}
    assert "the price of an hour was not given" in read(KEPT, unpriced, suffix)
    assert "Neither people's time nor money was given for it." in read(STORED, unpriced, suffix)


@pytest.mark.parametrize("suffix", ["html", "md"])
def test_a_single_step_that_has_a_price_is_not_said_to_have_none(suffix: str) -> None:
    said = read(KEPT, SUMMARY, suffix)
    assert "20 to 30 EUR" in said
    assert "was given for it" not in said


@pytest.mark.parametrize("suffix", ["html", "md"])
def test_days_of_engineering_are_those_of_tuning(suffix: str) -> None:
    ways = [WayCosts(name, *(((1680.0,) * 3,) * 3)) for name in ("Prompt, nothing looked up", "Fine-tune with LoRA")]
    priced = replace(STORED, costs=replace(KEPT.costs, options=tuple(ways)))
    said = {"context": {"value": {"engineering_days": 5.0}}}
    kept, tuned = (
        read(replace(priced, verdict=replace(VERDICT, outcome=outcome, next_step="")), said, suffix)
        for outcome in ("stay_with_prompt", "lora")
    )
    assert "In time: nothing, as the prompt is there already." in kept
    assert "In time: 5 days of engineering." in tuned


@pytest.mark.parametrize("suffix", ["html", "md"])
@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"competence": 0.71, "competent": True}, "enough for its guess to count beside a measurement"),
        ({"competence": 0.41, "competent": False}, "too little for its guess to count"),
        ({"competence": 0.97, "competent": False, "few_rows": True}, "on too few rows for its guess to count"),
        ({"competence": 0.0, "competent": False, "metric": "chrf"}, "Nothing tells how good this stand-in is"),
    ],
)
def test_it_is_said_how_good_each_stand_in_is_at_the_task(detail: dict[str, Any], said: str, suffix: str) -> None:
    item = Evidence("curve", "Whether more rows would help", "ok", "estimated", 0.5, 0.4, 0.6, detail=detail)
    told = replace(STORED, verdict=replace(VERDICT, evidence=(item,)))
    assert said in render(told, {}, suffix)


@pytest.mark.parametrize("suffix", ["html", "md"])
def test_each_reason_says_how_it_is_known(suffix: str) -> None:
    grounds = ("counted", "measured and estimated", "missing")
    text = read(replace(STORED, verdict=replace(VERDICT, grounds=grounds)), SUMMARY, suffix)
    first = text.index("71 classes of 77")
    assert text.rindex("counted", 0, first) < first
    assert text.index("not known") < text.index("Third.")
    assert "estimated" in text[first : text.index("Third.")]
    if suffix == "html":
        assert "A guess by a small model or a rule, not checked by people." in text


def test_rows_in_are_the_rows_of_the_parts() -> None:
    parts = row_parts(SUMMARY)
    assert [(part.rows, part.name) for part in parts] == [
        (9000, "kept"),
        (2000, "repeat another row word for word"),
        (1345, "nearly repeat another row"),
        (5, "could not be read from the file"),
    ]
    bar = Elements(str(rows_svg(parts)))
    widths = [float(value or 0) for name, value in bar.attributes if name == "width"]
    assert sum(widths) == pytest.approx(WIDTH, abs=0.5)
    assert min(widths) > 1


def test_a_way_that_is_ruled_out_has_no_bar_and_the_others_are_in_proportion() -> None:
    ways = (
        Way("a <b>", (100.0, 100.0, 100.0), 0.0),
        Way("b", (50.0, 40.0, 60.0), 20.0),
        Way("c", (10.0, 10.0, 10.0), 0.0, "it is slow"),
    )
    found = Elements(str(costs_svg(ways)))
    widths = [float(value or 0) for name, value in found.attributes if name == "width"]
    assert len(widths) == 4
    assert widths[2] + widths[3] == pytest.approx(widths[1] / 2, abs=0.2)
    assert "ruled out: it is slow" in found.text
    assert "a <b>" in found.text
    assert costs_svg(()) == ""


def test_labels_found_least_often_come_first_and_the_rest_is_counted() -> None:
    found = labels_shown(SUMMARY)
    assert [one.rows for one in found.shown] == [30, 12]
    assert (found.shown[0].score, found.shown[1].score) == ("50 %", "–")
    many = labels_shown({"classes": [{"label": f"l{n}", "rows": 100 - n} for n in range(20)]})
    assert many.note == "The 8 labels with the fewest rows, of 20."
    assert [one.rows for one in many.shown] == list(range(81, 89))


def test_evidence_stands_by_how_it_is_known() -> None:
    guess = Evidence("noise", "Wrong answers", "ok", "estimated", value=0.1, low=0.1, high=0.2)
    made = groups((*EVIDENCE, guess))
    assert [(one.word.title, [item.id for item in one.items]) for one in made] == [
        ("Counted and measured", ["coverage", "economics"]),
        ("Estimated (guesses)", ["noise"]),
        ("Not checked", ["agreement"]),
        ("Without meaning here", ["substance"]),
    ]


def test_the_foot_of_a_printed_page_cannot_break_out_of_its_style_sheet() -> None:
    page = render(STORED, {**SUMMARY, "name": '"; } </style><script>alert(1)</script>'}, "html")
    assert "script" not in Elements(page).tags
    assert page.count("</style>") == 1


def test_the_curve_is_drawn_inside_the_page_from_numbers_alone() -> None:
    item = replace(EVIDENCE[0], id="curve", detail=CURVE)
    page = render(StoredVerdict(replace(VERDICT, evidence=(item,))), SUMMARY, "html")
    found = Elements(page)
    assert found.tags.count("circle") == 2 * 3 + 3
    assert "polygon" in found.tags
    assert "80 % at 1,600 rows" in found.text
    assert "style" not in [name for name, _ in found.attributes]
    assert "circle" not in Elements(render(STORED, SUMMARY, "html")).tags


def test_only_what_was_said_is_listed_as_declared() -> None:
    context = {"task": {"target": 0.9, "labels": []}, "needs": {"offline": True, "gpus": False, "p95_latency_ms": 0}}
    text = Elements(render(STORED, {"context": context}, "html")).text
    assert "Must work offline or on a device" in text
    assert "We have GPUs" not in text
    assert "95th percentile latency allowed" not in text
    prices = {"label_hour": 20.0, "currency": "EUR"}
    assert "EUR" in Elements(render(STORED, {"context": {"prices": prices}}, "html")).text
    assert "EUR" not in Elements(render(STORED, {"context": {"prices": {**prices, "label_hour": None}}}, "html")).text


def test_free_text_is_not_said_to_wait_for_labels() -> None:
    counts = {"stored": 450, "unlabelled": 450}
    assert "Rows without a label" in render(STORED, {"totals": counts, "labels": 3}, "html")
    assert "Rows without a label" not in render(STORED, {"totals": counts, "labels": 0}, "html")


def test_the_ends_of_a_range_share_their_unit() -> None:
    item = Evidence("learnability", "A pattern to learn", "ok", "estimated", 0.488, 0.481, 0.495,
                    detail={"unit": "points"})  # fmt: skip
    text = Elements(render(replace(STORED, verdict=replace(VERDICT, evidence=(item,))), {}, "html")).text
    assert "48.1 to 49.5 points" in text.replace("\u00a0", " ")


def test_what_is_in_the_set_says_what_to_collect_and_the_share_of_faults_in_each_topic() -> None:
    topic = {
        "name": HOSTILE,
        "rows": 40,
        "undecided": 3,
        "labels": {"refund": 30},
        "findings": {"Wrong label": 12},
        "central": [],
    }
    said = SUMMARY | {"topics": [topic], "wanted": ["Collect 40."], "crowded": ["Wrong label: 12 rows of 40."]}
    for form in ("html", "md"):
        text = render(STORED, said, form).replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")
        for part in ("Wrong label 12 (30 %)", "Collect 40.", "Where faults are crowded", "Wrong label: 12 rows of 40."):
            assert part in text, (form, part)
    assert "<img src=x" not in render(STORED, said, "html")
