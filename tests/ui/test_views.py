"""What people read: hidden characters made visible, text never as markup, figures short and honest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.project.jobs import Job
from curation.project.rows.labels import LabelRow
from curation.records import Evidence, Example, FindingRow, Step, StoredVerdict
from curation.ui.overview import charts
from curation.ui.widgets import formatting, outcomes, parts
from curation.wording import NEXT_STEPS, Tone
from tests.judged import verdict


def example(label: str | None = "a") -> Example:
    return Example(1, "id", "f.csv", 0, "in", "out", label, "in", "out", label, None, "{}", 0, "undecided", "")


def finding(suggestion: str, evidence: str = "{}") -> FindingRow:
    return FindingRow(1, "label_noise", 0.9, "why", evidence, suggestion, None, example())


def test_labels_that_differ_in_blanks_alone_are_told_apart() -> None:
    names = ["Beschwerde", "Beschwerde ", " Beschwerde", "beschwerde", "Be  schwerde", "Schaden neu", "Schaden\xa0neu"]
    shown = ["Beschwerde", "Beschwerde␣", "␣Beschwerde", "beschwerde", "Be schwerde", "Schaden neu", "Schaden␣neu"]
    assert formatting.told_apart(names, 40) == shown
    assert formatting.told_apart(["Beschwerde "], 40, ["Beschwerde"]) == ["Beschwerde␣"]
    assert formatting.told_apart(["a" * 50, "a" * 60], 40) == ["a" * 39 + "…", "a" * 39 + "… [2]"]
    frame = charts.label_frame([(name, 9 - n) for n, name in enumerate(names)])
    assert list(frame["Label"]) == shown
    assert list(frame["Examples"]) == [9, 8, 7, 6, 5, 4, 3]
    labels = [LabelRow("Beschwerde", 106, "", "", False), LabelRow("Beschwerde ", 1, "", "", False)]
    assert parts.fewest(labels, 10) == "1 label has fewer than 10 rows, the emptiest first: Beschwerde␣ (1)."


def test_a_chart_of_bars_has_room_for_the_figure_of_its_longest_bar() -> None:
    chart = charts.bars(charts.label_frame([("Beschwerde", 106), ("Schaden", 3)]), "Label", "Examples").to_dict()
    assert chart["layer"][0]["encoding"]["x"]["scale"]["domainMax"] == pytest.approx(106 * 1.2)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("tag\U000e0041", "tag⟨U+E0041⟩"),
        ("bell\x07", "bell⟨U+0007⟩"),
        ("👩\u200d🚀 नमस्ते", "👩\u200d🚀 नमस्ते"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_hidden_characters_become_marks(text: str, shown: str) -> None:
    assert formatting.visible(text) == shown


@given(st.text())
def test_short_texts_are_one_line_and_bounded(text: str) -> None:
    assert len(formatting.short(text, 50)) <= 50
    assert "\n" not in formatting.short(text, 50)


@given(st.text(alphabet="*_[]()!`#<>|~$:\\ab"))
def test_plain_escapes_every_mark(text: str) -> None:
    escaped = formatting.plain(text)
    assert escaped.replace("\\", "") == text.replace("\\", "")
    for n, character in enumerate(escaped):
        if character in "*_[]`<|$":
            assert n > 0
            assert escaped[n - 1] == "\\"


def test_suggestions_are_words() -> None:
    assert formatting.suggestion("drop") == "Leave it out"
    assert formatting.suggestion("relabel:card:lost") == "Label it card:lost"
    assert formatting.suggestion("look") == "Look at it"


def test_labels_have_fixed_keys_and_the_suggestion_its_own() -> None:
    assert formatting.label_keys(["b", "a"]) == ["a", "b"]
    assert formatting.label_keys(["a"], ["a", "b"]) == ["a", "b"]  # a label that is gone keeps its key, unused
    assert formatting.label_keys(["0", "b", "a", "00"], ["a", "b"]) == ["a", "b", "0", "00"]
    keys = len(formatting.NUMBERS + formatting.LETTERS)
    full = [str(n) for n in range(keys)]
    assert formatting.label_keys(["new", *full], full) == full
    many = [f"label {n}" for n in range(90, 0, -1)]
    assert formatting.label_keys(many) == [*sorted(many[:9]), *sorted(many[9:keys])]
    # a key chosen on the Labels page is the label's; who had it takes the first that is free, the others keep theirs
    assert formatting.keys_of(["a", "b", "c"], {"c": "1"}) == {"c": "1", "b": "2", "a": "3"}
    assert formatting.keys_of(["a", "b"], {"a": "X", "late": "Q"}) == {"late": "q", "a": "1", "b": "2"}
    assert formatting.suggested_label([finding("look"), finding("relabel:card: lost")]) == "card: lost"


def test_a_figure_says_its_unit_how_sure_it_is_and_what_it_was_held_against() -> None:
    figures = (0.062, 0.032, 0.102, 0.05)
    fact = Evidence("noise", "", "fail", "estimated", *figures, "measured: somewhere", detail={"unit": "share"})
    assert formatting.value_line(fact).startswith("Estimated: 6.2 %, 90 % interval 3.2 % to 10.2 %. Threshold 5.0 %. ")
    assert formatting.value_line(replace(fact, kind="declared")).startswith("Entered by you: 6.2 %, 90 % interval")
    assert formatting.value_line(replace(fact, kind="declared", low=0.062, high=0.062)) == "Entered by you."


def test_time_left_is_told_where_it_can_be_and_never_promised() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    soon, later = start + timedelta(seconds=1), start + timedelta(seconds=20)
    load = Job("i", "load", "running", 0.5, "", "", None, start.isoformat(), None, False)
    assert formatting.time_left(load, soon) == ""
    assert formatting.time_left(load, later) == ", about 20 s left"
    checks = replace(load, verb="analyse")
    assert formatting.time_left(checks, soon) == ""
    assert formatting.time_left(checks, later) == ", 20 s so far"
    assert formatting.time_left(replace(checks, before=558.0), later) == ", about 9 min left by the last time"
    assert formatting.time_left(replace(checks, before=5.0), later) == ", longer than the last time"


def test_every_tone_has_its_colour_and_icon() -> None:
    assert set(outcomes.TONES) == set(get_args(Tone))


def test_the_command_that_takes_the_classifier_away_is_whole_and_quoted() -> None:
    stored = StoredVerdict(verdict(outcome="classifier", next_step=NEXT_STEPS["classifier"]))
    folder = Path("/home/ada/my projects/Kunden-mails")
    said = "curation classifier --project '/home/ada/my projects/Kunden-mails' --out classifier"
    assert outcomes.take_away_command(folder, stored) == said
    assert outcomes.take_away_command(folder, StoredVerdict(verdict(next_step="Measure the base model"))) == ""


def test_a_stale_verdict_says_what_to_do() -> None:
    stored = StoredVerdict(verdict(next_step="Measure the base model"))
    assert formatting.next_steps(Step(True, True, ""), stored) == [
        "Measure the base model",
        "The examples or your settings have changed since: run the checks again.",
    ]


def test_a_long_label_keeps_its_end() -> None:
    pair = ("card_payment_not_recognised_abroad_again_first", "card_payment_not_recognised_abroad_again_second")
    shown = [formatting.ends(label, 30) for label in pair]
    assert [len(label) for label in shown] == [30, 30]
    assert shown[0].endswith("_first")
    assert shown[1].endswith("_second")
    assert formatting.ends("refund", 30) == "refund"


def test_a_table_shows_the_question_and_not_the_system_turn() -> None:
    chat = "system: You are a helpful agent.\nBe brief.\nuser: Where is my parcel?"
    assert formatting.asked(chat) == "Where is my parcel?"
    assert formatting.asked("system: only rules") == "system: only rules"
    assert formatting.asked("Where is it?\nuser: who knows") == "Where is it? user: who knows"
    assert formatting.asked(None) == ""
