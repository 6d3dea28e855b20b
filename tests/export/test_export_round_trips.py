"""What is loaded goes out and comes in again with the same structure: turns, tools, weights, pairs, alpaca's parts."""

import json
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.export.formats import export_format
from curation.export.table import training_table
from curation.load.guess import Look
from curation.load.mapping import Example
from curation.load.shapes import choose
from curation.records import Columns, dataset
from curation.records.progress import ignore
from curation.text.turns import kept, turns_in
from curation.text.turns.exact import Number, compact, exact
from curation.text.turns.fields import FIELDS, from_fields, to_fields

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
WORD = st.text("abcdefgh_", min_size=1, max_size=6)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.integers(2**70, 2**71).map(lambda n: Number(str(n)))
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=6,
)
CALL = st.fixed_dictionaries(
    {"function": st.fixed_dictionaries({"name": WORD, "arguments": TEXT | st.dictionaries(WORD, JSON, max_size=3)})},
    optional={"id": WORD, "type": st.just("function")},
)
PARTS = st.lists(
    st.fixed_dictionaries({"type": st.just("text"), "text": TEXT})
    | st.just({"type": "image_url", "image_url": {"url": "a.png"}}),
    min_size=1,
    max_size=2,
)
REST = {
    "name": WORD,
    "weight": st.sampled_from([0, 1, 0.5]),
    "tool_call_id": WORD,
    "reasoning_content": TEXT | st.none(),
    "tool_calls": st.lists(CALL, max_size=2) | st.none(),
}
TURN = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["system", "developer", "user", "assistant", "tool"]),
        "content": TEXT | PARTS | st.none(),
    },
    optional=REST,
)
CHAT = st.lists(TURN, min_size=1, max_size=5)
TOOLS = st.lists(st.dictionaries(WORD, JSON, min_size=1, max_size=2), min_size=1, max_size=2)


def written(rows: list[dict], name: str, **chosen: object) -> str | list:
    """What a format makes of rows, all of them in train: the text of its file, or the rows of a Parquet file."""
    table = training_table(dataset({"id": f"i{n}", **row} for n, row in enumerate(rows)), ["train"] * len(rows))
    plugin = export_format.all()[name]
    own = type(plugin.settings)(**chosen)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        plugin.function(table, file, {}, own, ignore)
        return pq.read_table(file).to_pylist() if name == "parquet" else file.read_text("utf-8")


def loaded(values: dict, **columns: object) -> dict:
    """A row of a file as an example, as loading makes it."""
    row = exact(compact(values))
    (made,) = choose(Look(list(row), [row], Columns(**columns))).examples(row)
    assert isinstance(made, Example), made
    return {"input": made.input, "output": made.output, "meta": made.meta}


def same(one: object, other: object) -> bool:
    """Whether two values are the same JSON, digit by digit, whatever the order of keys."""
    return json.dumps(exact(compact(one)), sort_keys=True) == json.dumps(exact(compact(other)), sort_keys=True)


@given(st.dictionaries(st.sampled_from(FIELDS) | WORD, JSON, max_size=8))
def test_any_turn_comes_back_from_its_fields(turn: dict) -> None:
    fields = to_fields(turn)
    assert tuple(fields) == FIELDS
    assert same(from_fields(fields), turn)


@settings(max_examples=40)
@given(st.lists(st.tuples(CHAT, TOOLS | st.none()), min_size=1, max_size=4))
def test_chats_come_back_from_chat_jsonl(chats: list) -> None:
    files = [{"messages": chat} | ({"tools": tools} if tools else {}) for chat, tools in chats]
    rows = [loaded(values, messages="messages") for values in files]
    lines = written(rows, "jsonl_chat").rstrip("\n").split("\n")
    found = [exact(line) for line in lines]
    for row, before, after in zip(rows, files, found, strict=True):
        assert same(after.get("tools"), before.get("tools"))
        again = loaded(after, messages="messages")
        assert same(kept(again.pop("meta")), kept(row["meta"]))
        assert again == {side: row[side] for side in ("input", "output")}
        if all(turn["content"] is None or isinstance(turn["content"], str | list) for turn in before["messages"]):
            assert same(after["messages"], before["messages"])


@settings(max_examples=40)
@given(st.lists(st.tuples(CHAT, TOOLS | st.none(), TEXT), min_size=1, max_size=4))
def test_chats_come_back_from_parquet(chats: list) -> None:
    rows = [
        loaded({"messages": chat, "note": note} | ({"tools": tools} if tools else {}), messages="messages")
        for chat, tools, note in chats
    ]
    for row, after in zip(rows, written(rows, "parquet"), strict=True):
        meta = kept(row["meta"])
        assert same([from_fields(turn) for turn in after["messages"]], turns_in(meta))
        assert same(exact(after["tools"] or "null"), meta.get("tools"))
        assert same(exact(after["meta"]), {"note": meta["note"]})
        again = loaded({"messages": after["messages"]}, messages="messages")
        assert same(turns_in(again["meta"]), turns_in(meta))


SAID = st.text("abc é\n'\"", min_size=1, max_size=8).filter(str.strip)


@settings(max_examples=40)
@given(st.lists(st.tuples(SAID, SAID, SAID, SAID | st.none()), min_size=1, max_size=4))
def test_pairs_come_back_from_every_form_of_trl(pairs: list) -> None:
    rows = []
    for asked, chosen, rejected, system in pairs:
        meta = {"rejected": rejected} | ({"system": system} if system else {})
        rows.append({"input": asked, "output": chosen, "meta": compact(meta)})
    found = [json.loads(line) for line in written(rows, "preference").rstrip("\n").split("\n")]
    for (asked, chosen, rejected, system), pair in zip(pairs, found, strict=True):
        lead = [{"role": "system", "content": system}] if system else []
        assert pair == {
            "prompt": [*lead, {"role": "user", "content": asked}],
            "chosen": [{"role": "assistant", "content": chosen}],
            "rejected": [{"role": "assistant", "content": rejected}],
        }
    texts = [json.loads(line) for line in written(rows, "preference", form="trl_text").rstrip("\n").split("\n")]
    assert [(t["prompt"], t["chosen"], t["rejected"]) for t in texts] == [pair[:3] for pair in pairs]
    lines = [json.loads(line) for line in written(rows, "kto", form="text").rstrip("\n").split("\n")]
    told = [(line["completion"], line["label"]) for line in lines]
    assert told == [said for _, good, bad, _ in pairs for said in ((good, True), (bad, False))]


PAIR = st.tuples(SAID, SAID).map(list)


@settings(max_examples=40)
@given(st.lists(st.tuples(SAID, SAID | st.just(""), SAID, SAID | st.none(), st.lists(PAIR, max_size=2)), min_size=1))
def test_alpaca_comes_back_with_system_and_history_apart(files: list) -> None:
    rows, wanted = [], []
    for instruction, context, output, system, history in files:
        question = "\n".join(text for text in (instruction, context) if text)
        beside = ({"system": system} if system else {}) | ({"history": history} if history else {})
        lead = [f"system: {system}\n"] if system else []
        lead += [f"user: {asked}\nassistant: {answered}\n" for asked, answered in history]
        text = "".join(lead) + ("user: " if lead else "") + question
        rows.append({"input": text, "output": output, "meta": compact({"instruction": instruction} | beside)})
        wanted.append({"instruction": instruction, "input": context, "output": output} | beside)
    assert json.loads(written(rows, "alpaca")) == wanted
    chats = [json.loads(line)["messages"] for line in written(rows, "jsonl_chat").rstrip("\n").split("\n")]
    for turns, (instruction, context, output, system, history) in zip(chats, files, strict=True):
        texts = [turn["content"] for turn in turns]
        said = [text for pair in history for text in pair]
        question = "\n".join(text for text in (instruction, context) if text)
        assert texts == [*([system] if system else []), *said, question, output]


def test_what_stands_beside_the_turns_and_among_them_goes_out_once() -> None:
    turns = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"role": "user", "content": "c\nd"},
        {"role": "assistant", "content": "e"},
    ]
    beside = {"system": "Be kind.", "history": [["a", "b"]], "instruction": "c"}
    row = {"input": "x", "output": "e", "meta": compact({"messages": turns, **beside})}
    apart = {"input": "x", "output": "e", "meta": compact({"messages": turns[3:], **beside})}
    for one in (row, apart):
        assert json.loads(written([one], "jsonl_chat"))["messages"] == turns
        (alpaca,) = json.loads(written([one], "alpaca"))
        assert alpaca == {
            "instruction": "c",
            "input": "d",
            "output": "e",
            "system": "Be kind.",
            "history": [["a", "b"]],
        }


@settings(max_examples=30)
@given(st.lists(st.tuples(SAID, SAID, SAID, WORD, st.dictionaries(WORD, SAID, max_size=2)), min_size=1, max_size=3))
def test_tool_calls_come_back_from_sharegpt(files: list) -> None:
    rows = []
    for asked, result, answer, name, arguments in files:
        call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": compact(arguments)}}
        turns = [
            {"role": "user", "content": asked},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "content": result, "tool_call_id": "c1"},
            {"role": "assistant", "content": answer},
        ]
        rows.append(loaded({"messages": turns, "tools": [{"name": name}]}, messages="messages"))
    found = json.loads(written(rows, "sharegpt"))
    again = written([loaded(row, messages="conversations") for row in found], "sharegpt")
    assert json.loads(again) == found
    for (asked, result, answer, name, arguments), row in zip(files, found, strict=True):
        call = json.dumps({"name": name, "arguments": arguments})
        assert json.loads(row["conversations"][1]["value"]) == json.loads(call)
        assert [(turn["from"], turn["value"]) for turn in row["conversations"] if turn["from"] != "function_call"] == [
            ("human", asked),
            ("observation", result),
            ("gpt", answer),
        ]
        assert json.loads(row["tools"]) == [{"name": name}]
    chats = written([loaded(row, messages="conversations") for row in found], "jsonl_chat").rstrip("\n").split("\n")
    for (_, _, _, name, arguments), line in zip(files, chats, strict=True):
        (call,) = json.loads(line)["messages"][1]["tool_calls"]
        assert call == {"type": "function", "function": {"name": name, "arguments": compact(arguments)}}


@pytest.mark.parametrize(("form", "kind"), [("as_came", dict), ("object", dict), ("text", str)])
def test_arguments_are_written_as_a_trainer_wants_them(form: str, kind: type) -> None:
    turn = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": {"n": 1}}}]}
    row = loaded({"messages": [{"role": "user", "content": "a"}, turn]}, messages="messages")
    line = json.loads(written([row], "jsonl_chat", arguments=form))
    assert isinstance(line["messages"][1]["tool_calls"][0]["function"]["arguments"], kind)


def test_a_separator_ends_every_prompt_written_as_text() -> None:
    rows = [{"input": "Why?", "output": "So."}]
    found = json.loads(written(rows, "jsonl_prompt_completion", separator="\\n\\n###\\n\\n"))
    assert found == {"prompt": "Why?\n\n###\n\n", "completion": "So."}
    turns = json.loads(written(rows, "jsonl_prompt_completion", form="turns"))
    assert turns == {
        "prompt": [{"role": "user", "content": "Why?"}],
        "completion": [{"role": "assistant", "content": "So."}],
    }
