"""What a format cannot carry is counted in the manifest, the card and on the command line."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curation.cli.main import main
from curation.export import lost_lines, read
from curation.project import Project
from curation.text import carried, turns

CALL = {"id": "c0", "type": "function", "function": {"name": "order_status", "arguments": '{"order": "k-0"}'}}
USER = {"role": "user", "content": "Where is my kettle?"}
ANSWER = {"role": "assistant", "content": "On the van."}
CALLED = [USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}]
TOOLED = [*CALLED, {"role": "tool", "content": "{}", "tool_call_id": "c0"}, ANSWER]
IMAGE = [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "x"}}]


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({}, set()),
        ({"messages": [USER, ANSWER], "ticket": "7"}, set()),
        ({"messages": [USER, {**ANSWER, "weight": 1, "tool_calls": None, "name": ""}]}, set()),
        ({"messages": CALLED}, {"tool_calls"}),
        ({"messages": [USER, {"role": "assistant", "content": "", "function_call": {"name": "f"}}]}, {"tool_calls"}),
        ({"messages": TOOLED, "tools": "[{}]"}, {"tool_calls", "tool_call_id", "tools", "turns"}),
        ({"messages": [USER, {**ANSWER, "weight": 0}]}, {"weight"}),
        ({"messages": [USER, {**ANSWER, "name": "bot", "reasoning_content": "hm"}]}, {"name", "other"}),
        ({"messages": [{**USER, "parts": IMAGE}, ANSWER]}, {"parts"}),
        ({"messages": [{**USER, "parts": [{"type": "text", "text": "Look"}]}, ANSWER]}, set()),
        ({"messages": [{"role": "system", "content": "Be brief"}, USER, ANSWER]}, {"system_turn"}),
        ({"messages": [USER, ANSWER, USER, ANSWER]}, {"turns"}),
        ({"system": "Be brief", "history": [["a", "b"]]}, {"system", "history"}),
        ({"system": "", "history": [], "tools": "[]", "rejected": False}, set()),
        ({"rejected": "No idea."}, {"rejected"}),
        ({"messages": "no turns"}, set()),
        ({"messages": [USER, ANSWER, USER]}, {"after"}),
        ({"messages": [USER, USER, ANSWER]}, {"turns"}),
    ],
)
def test_a_row_says_what_plain_input_and_output_cannot_carry(meta: dict[str, object], expected: set[str]) -> None:
    assert carried.lost(meta, frozenset()) == expected
    assert carried.lost(meta, carried.TURNS) == expected - carried.TURNS
    assert carried.count_lost([json.dumps(meta), "{}", "no JSON"], carried.ALL) == {}
    counts = carried.count_lost([json.dumps(meta), "{}", "no JSON"], frozenset())
    assert counts == {carried.NAMES[name]: 1 for name in carried.NAMES if name in expected}


def test_calls_are_shown_where_a_turn_says_nothing_else() -> None:
    assert turns.shown(CALLED[1]) == 'order_status({"order": "k-0"})'
    assert turns.shown({**CALLED[1], "content": "Let me see."}) == "Let me see."
    assert turns.shown({"content": "", "tool_calls": [{"name": "f", "arguments": {"n": 1}}, 7]}) == 'f({"n":1})\n7'
    assert turns.shown({"role": "assistant", "content": " "}) == " "


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A project of chats, every other one with calls and all with definitions of tools."""
    rows = [
        {"messages": [{**USER, "content": f"Where is parcel number {n}?"}, *(TOOLED if n % 2 else CALLED)[1:]],
         "tools": [{"type": "function"}]}
        for n in range(12)
    ]  # fmt: skip
    path = tmp_path / "chats.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    project = Project.open(tmp_path / "project", create=True)
    project.examples.load(path)
    project.close()
    return tmp_path / "project"


def test_the_loss_is_counted_in_manifest_card_and_on_the_command_line(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    formats = [word for name in ("parquet", "jsonl_chat", "alpaca") for word in ("--format", name)]
    assert main(["export", "--project", str(made), "--out", str(out), *formats]) == 0
    manifest = read(out)
    turns = {"tool calls": 12, "tool call ids": 6, "tool definitions": 12}
    assert manifest.lost == {"alpaca": {**turns, "turns that do not alternate (their text stands in the input)": 6}}
    said = "Alpaca (JSON) does not carry: tool calls (12 rows), tool call ids (6 rows)"
    assert lost_lines(manifest)[0].startswith(said)
    assert said in (out / "README.md").read_text("utf-8")
    assert f"note: {said}" in capsys.readouterr().err


def test_a_turn_that_only_calls_tools_is_never_an_empty_answer(made: Path, tmp_path: Path) -> None:
    with_calls = Project.open(made)
    manifest = with_calls.exports.write(tmp_path / "out", ["jsonl_chat", "parquet"])
    assert manifest.counts["kept"] == 12
    assert (
        with_calls.findings.stored.counts(0.0).get("empty", 0)
        == with_calls.findings.stored.counts(0.0).get("roles", 0)
        == 0
    )
    lines = (tmp_path / "out" / "train.chat.jsonl").read_text("utf-8").splitlines()
    assert lines
    for line in lines:
        assert all(turn.get("tool_calls") or turn["content"].strip() for turn in json.loads(line)["messages"])
    chats = pq.read_table(tmp_path / "out" / "train.parquet")["messages"].to_pylist()
    assert all(turns[1]["tool_calls"] == [CALL] for turns in chats)
    assert all(turns[1]["content"] is None for turns in chats)
    with_calls.close()


def test_nothing_is_said_where_nothing_is_lost(project: Project, tmp_path: Path) -> None:
    manifest = project.exports.write(
        tmp_path / "out", ["parquet", "jsonl_chat", "jsonl_prompt_completion", "csv", "alpaca"]
    )
    assert lost_lines(manifest) == []
    assert "lost" not in json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert "carry" not in (tmp_path / "out" / "README.md").read_text("utf-8")
