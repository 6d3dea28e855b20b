"""What the review card is given to draw: turns, blocks, marks where a check found something, personal data masked."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from curation.project.decisions import LogEntry
from curation.records import Example, FindingRow
from curation.text.turns import flattened
from curation.ui import state
from curation.ui.review import rows, sent
from curation.wording import ACCEPTED_PRIVATE

ROOT = Path(__file__).parents[2]
BARE = Example(1, "id", "f.csv", 4, "in", "out", None, "in", "out", None, None, "{}", 0, "undecided", "")


@pytest.fixture(params=[False, True], ids=["masked", "personal data shown"])
def shows_personal(request: pytest.FixtureRequest) -> Iterator[bool]:
    token = state.personal_data_is_shown.set(request.param)
    yield request.param
    state.personal_data_is_shown.reset(token)


def texts(input: str, output: str = "out") -> Example:
    return replace(BARE, input=input, output=output, imported_input=input, imported_output=output)


def chat(*turns: dict[str, Any]) -> Example:
    input, output = flattened(turns)
    return replace(texts(input, output), meta=json.dumps({"messages": turns}))


def finding(example: Example, evidence: Any, suggestion: str = "look") -> FindingRow:
    return FindingRow(1, "pii", 0.8, "This row holds an address.", json.dumps(evidence), suggestion, None, example)


def span(field: str, start: int, end: int, turn: int | None = None) -> dict[str, Any]:
    return {"field": field, "turn": turn, "start": start, "end": end}


def marked(turns: list[dict[str, Any]]) -> list[list[str]]:
    """The pieces found, by turn."""
    return [[piece for block in turn["blocks"] for kind, piece in block["runs"] if kind == "found"] for turn in turns]


def whole(turn: dict[str, Any]) -> str:
    return "\n".join("".join(piece for _, piece in block["runs"]) for block in turn["blocks"])


def test_what_was_found_is_marked_where_it_stands_though_what_is_before_it_is_masked(shows_personal: bool) -> None:
    input = "🎉 from ann.b@post-office.org,\u200b to bob.c@post-office.org: soon"
    first, second = input.index("ann"), input.index("bob")
    spans = [span("input", second, second + len("bob.c@post-office.org")), span("output", 0, 2)]
    spans += [span("nowhere", 0, 5), {"field": "input", "start": "x", "end": 2}, {"field": "input"}]
    example = texts(input)
    drawn = rows.drawn(example, [finding(example, {"spans": spans}), finding(example, ["no object"])], {})
    assert first < second
    assert marked(drawn["input"]) == [["bob.c@post-office.org" if shows_personal else "[email]"]]
    assert marked(drawn["output"]) == [["ou"]]
    at = "ann.b@post-office.org" if shows_personal else "[email]"
    assert whole(drawn["input"][0]).startswith(f"🎉 from {at},⟨U+200B⟩ to ")


def test_a_chat_is_drawn_as_turns_and_marks_reach_them_from_the_one_text_too() -> None:
    call = {"function": {"name": "find", "arguments": {"n": 7}}}
    example = chat(
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Where is 77?"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "shipped"},
        {"role": "assistant", "content": "On its way."},
    )
    spans = [span("input", example.input.index("77"), example.input.index("77") + 2), span("input", 0, 4, turn=3)]
    drawn = rows.drawn(example, [finding(example, {"spans": [*spans, span("output", 0, 2, turn=4)]})], {})
    assert [turn["role"] for turn in drawn["input"]] == ["system", "user", "assistant", "tool"]
    assert marked(drawn["input"]) == [[], ["77"], [], ["ship"]]
    assert drawn["input"][2]["calls"] == [{"name": "find", "arguments": '{"n":7}'}]
    assert marked(drawn["output"]) == [["On"]]
    edited = rows.drawn(replace(example, input="user: changed"), [], {})
    assert [(turn["role"], whole(turn)) for turn in edited["input"]] == [("", "user: changed")]


def test_an_edited_text_is_compared_with_what_was_imported_word_by_word() -> None:
    drawn = rows.drawn(replace(texts("pay the bill"), input="pay my bill"), [], {})
    assert drawn["changed"] == {
        "input": {
            "was": [("same", "pay "), ("removed", "the"), ("same", " bill")],
            "now": [("same", "pay "), ("added", "my"), ("same", " bill")],
        }
    }
    relabelled = replace(texts("in", "refund"), output="parcel", label="parcel", imported_label="refund")
    assert rows.drawn(relabelled, [], {})["changed"] == {}


def test_the_reason_the_suggestion_and_the_nearest_rows_come_with_it() -> None:
    example = replace(texts("in", "a"), label="a", imported_label="b")
    evidence = {"nearest": [{"id": "x", "text": "like\nit", "similarity": 0.5}]}
    drawn = rows.drawn(example, [finding(example, evidence, "relabel:c: d")], {"pii": "Personal data"})
    assert drawn["why"] == [
        {"title": "Personal data", "sure": "80 % sure", "text": f"This row holds an address. {ACCEPTED_PRIVATE}"}
    ]
    assert (drawn["suggested"], drawn["shownLabel"], drawn["was"]) == ("c: d", "a", "b")
    line = {"similarity": "0.50", "runs": [("same", "like it")], "answer": ""}
    assert drawn["beside"] == [{"title": "Nearest with the suggested label", "lines": [line]}]
    assert drawn["from"] == "f.csv, row 5"


def test_the_row_it_contradicts_stands_beside_it_with_what_differs_and_its_label_is_the_likely_one() -> None:
    example = replace(texts("cancel order 7", "a"), label="a", imported_label="a")
    sides = {"this": {"input": "cancel order 7", "label": "a"}, "twin": {"input": "cancel order 8", "label": "b"}}
    drawn = rows.drawn(example, [finding(example, {**sides, "similarity": 0.9})], {})
    runs = [("same", "cancel order "), ("added", "8")]
    line = {"similarity": "0.90", "runs": runs, "answer": "b"}
    assert drawn["beside"] == [{"title": "The row it contradicts", "lines": [line]}]
    assert drawn["suggested"] == "b"


def test_what_an_older_tab_sends_is_read_as_far_as_it_is_known() -> None:
    entry = {"number": 4, "action": "accept", "example": "x", "seen_version": 2, "mood": "good"}
    said = {"client": "c", "times": 7, "have": ["y"], "colour": "red", "log": [entry, {"number": 5, "action": "sing"}]}
    heard = sent.read(said)
    assert (heard.client, heard.times, heard.have, heard.after) == ("c", 7, ("y",), -1)
    assert heard.log == (LogEntry(4, "accept", "x", "", 2),)
    assert sent.read(None) == sent.read("") == sent.Sent()


def test_its_files_are_where_streamlit_looks_and_read_no_text_as_markup_nor_fetch_anything() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    components = {one["name"]: one["asset_dir"] for one in project["tool"]["streamlit"]["component"]["components"]}
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert sorted(components) == ["kept", "marked", "review_card"]
    assert shipped["pyproject.toml"] == "curation/_app/pyproject.toml"
    scripts = sorted(path for folder in components.values() for path in (ROOT / "curation" / folder).glob("*.js"))
    assert {"card.js", "kept.js", "marked.js"} <= {path.name for path in scripts}
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function"
    fetched = r"fetch\(|https?://(?!www\.w3\.org/1998/Math/MathML\")|import\("  # the name of MathML is no address
    forbidden = f"{markup}|{fetched}"
    for path in scripts:
        # the card sends its log to the app's own address, which the page's policy allows alone
        own = ["fetch("] if path.name == "card.js" else []
        assert re.findall(forbidden, path.read_text(encoding="utf-8")) == own, path.name
