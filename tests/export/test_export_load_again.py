"""Rows of any shape, loaded, exported in any format and loaded again: what is not the same is counted in the manifest."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.errors import UsageError
from curation.export import Manifest, Options, Rows, export
from curation.export.formats import export_format
from curation.load.limits import Limits
from curation.load.sandbox import take_over
from curation.load.sandbox.child import answer
from curation.records import CLUSTERS_SCHEMA, Clusters, Imported
from curation.text.turns import calls, kept, turns_in
from curation.text.turns.exact import compact

# One letter more each: no row repeats another, and none looks like JSON, a number or a speaker's mark.
WORD = st.text("abcdefghij", min_size=1, max_size=6)
TEXT = st.lists(st.sampled_from(["where", "parcel", "é", "问题", "it's", "x.y", "\n", '"', "<b>"]), max_size=5).map(
    lambda words: "say " + " ".join(words) + " so"
)
JSON = st.recursive(
    st.integers(-(2**40), 2**40) | st.booleans() | TEXT | st.none() | st.floats(-4, 4, width=32),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORD, inner, max_size=2),
    max_leaves=4,
)
ARGUMENTS = st.dictionaries(WORD, JSON, max_size=3)
TOOLS = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.just("function"),
            "function": st.fixed_dictionaries({"name": WORD, "parameters": st.dictionaries(WORD, JSON, max_size=2)}),
        }
    ),
    min_size=1,
    max_size=2,
)
Row = dict[str, Any]


def said(role: str, content: Any, **more: Any) -> Row:
    return {"role": role, "content": content, **more}


@st.composite
def chats(draw: st.DrawFn) -> Row:
    """A conversation with any of: a system turn, earlier rounds, a call and its result, weights, names, pictures."""
    turns = [said("system", draw(TEXT))] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(0, 2))):
        turns += [said("user", draw(TEXT)), said("assistant", draw(TEXT))]
    question = draw(TEXT)
    if draw(st.booleans()):
        question = [{"type": "text", "text": question}, {"type": "image_url", "image_url": {"url": draw(WORD)}}]
    turns.append(said("user", question, **({"name": draw(WORD)} if draw(st.booleans()) else {})))
    if draw(st.booleans()):
        arguments = draw(ARGUMENTS)
        function = {"name": draw(WORD), "arguments": arguments if draw(st.booleans()) else compact(arguments)}
        turns.append(said("assistant", None, tool_calls=[{"id": "c1", "type": "function", "function": function}]))
        turns.append(said("tool", draw(TEXT), tool_call_id="c1"))
    weight = {"weight": draw(st.sampled_from([0, 0.5]))} if draw(st.booleans()) else {}
    turns.append(said("assistant", draw(TEXT), **weight))
    return {"messages": turns} | ({"tools": draw(TOOLS)} if draw(st.booleans()) else {})


@st.composite
def sharegpt(draw: st.DrawFn) -> Row:
    """from/value turns with system and tools beside them."""
    turns = [{"from": "human", "value": draw(TEXT)}]
    if draw(st.booleans()):
        called = {"name": draw(WORD), "arguments": draw(ARGUMENTS)}
        turns += [{"from": "function_call", "value": json.dumps(called)}, {"from": "observation", "value": draw(TEXT)}]
    turns.append({"from": "gpt", "value": draw(TEXT)})
    beside = {"system": draw(TEXT)} if draw(st.booleans()) else {}
    return {"conversations": turns} | beside | ({"tools": json.dumps(draw(TOOLS))} if draw(st.booleans()) else {})


@st.composite
def alpaca(draw: st.DrawFn) -> Row:
    """Instruction, input and output, with system and history where a row has them."""
    row = {"instruction": draw(TEXT), "input": draw(TEXT | st.just("")), "output": draw(TEXT)}
    if draw(st.booleans()):
        row["system"] = draw(TEXT)
    if draw(st.booleans()):
        row["history"] = draw(st.lists(st.tuples(TEXT, TEXT).map(list), min_size=1, max_size=2))
    return row


@st.composite
def completions(draw: st.DrawFn) -> Row:
    """A prompt and its completion as lists of turns."""
    return {"prompt": [said("user", draw(TEXT))], "completion": [said("assistant", draw(TEXT))]}


PAIRED = st.fixed_dictionaries({"prompt": TEXT, "chosen": TEXT, "rejected": TEXT})


@st.composite
def paired_turns(draw: st.DrawFn) -> Row:
    """A preference pair as turns, its prompt with or without a system turn and earlier rounds."""
    prompt = [turn for turn in draw(chats())["messages"][:-1] if turn["role"] in ("system", "user")][-2:]
    prompt = [said(turn["role"], draw(TEXT)) for turn in prompt]
    return {
        "prompt": prompt,
        "chosen": [said("assistant", draw(TEXT))],
        "rejected": [said("assistant", draw(TEXT))],
    }


SHAPES: dict[str, st.SearchStrategy[Row]] = {
    "flat": st.fixed_dictionaries({"question": TEXT, "answer": TEXT}),
    "prompt and completion": st.fixed_dictionaries({"prompt": TEXT, "completion": TEXT}),
    "prompt and completion, turns": completions(),
    "alpaca": alpaca(),
    "chat": chats(),
    "sharegpt": sharegpt(),
    "preference": PAIRED,
    "preference, turns": paired_turns(),
}
WAYS: list[tuple[str, Row]] = [
    ("parquet", {}),
    ("parquet", {"with_rendering": True}),
    ("jsonl_chat", {}),
    ("jsonl_chat", {"arguments": "object", "tools": "text"}),
    ("jsonl_chat", {"arguments": "text"}),
    ("sharegpt", {}),
    ("alpaca", {}),
    ("jsonl_prompt_completion", {}),
    ("jsonl_prompt_completion", {"form": "turns"}),
    ("jsonl_prompt_completion", {"form": "turns", "arguments": "object", "tools": "text"}),
    ("csv", {}),
    ("xlsx", {}),
    ("preference", {}),
    ("preference", {"form": "trl_text"}),
    ("preference", {"form": "llama_factory"}),
    ("preference", {"form": "axolotl"}),
    ("kto", {}),
    ("kto", {"form": "text"}),
    ("kto", {"form": "llama_factory"}),
]


def read(folder: Path, path: Path) -> Imported:
    """A file as loading reads it, in this process; what is read lies in `folder`, mapped into memory."""
    folder.mkdir()
    request = {"path": str(path), "name": path.name, "rows": None, "size": path.stat().st_size, "columns": None}
    (folder / "summary.json").write_text(json.dumps(answer({**request, "limits": asdict(Limits())}, folder)))
    return take_over(folder, path.name, 0, Limits())


def alone(imported: Imported) -> Clusters:
    ids = imported.dataset.values("id")
    columns = [ids, list(range(len(ids))), ids, [1.0] * len(ids), ["unique"] * len(ids)]
    return Clusters(pa.table(columns, schema=CLUSTERS_SCHEMA))


@contextmanager
def both(rows: list[Row], name: str, chosen: Row) -> Iterator[tuple[Imported, Imported, Manifest]]:
    """The rows as loaded, as loaded again from their export, and its manifest."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file = folder / "rows.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        before = read(folder / "before", file)
        plugin = export_format.all()[name]
        own = type(plugin.settings)(**chosen)
        removed = pa.table({"id": pa.array([], pa.string()), "reason": pa.array([], pa.string())})
        parts = Rows(before.dataset, removed, before.rejected, alone(before))
        manifest = export(parts, Options(folder / "out", [name], {name: own}, (1.0, 0.0, 0.0)))
        yield before, read(folder / "after", folder / "out" / f"train.{plugin.settings.suffix}"), manifest


def opened(value: Any) -> Any:
    """A value that may have come as its JSON text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def plain(value: Any) -> str:
    """A value as JSON text, keys in one order and numbers as they came."""
    return json.dumps(json.loads(compact(value)), sort_keys=True)


def turns_of(row: Row) -> list[Row]:
    """Every row as turns: a flat one is a question and its answer."""
    return turns_in(kept(row["meta"])) or [said("user", row["input"]), said("assistant", row["output"])]


def called(turns: list[Row]) -> list[Any]:
    functions = [(n, call.get("function", call)) for n, turn in enumerate(turns) for call in calls(turn)]
    return [(n, function["name"], opened(function.get("arguments"))) for n, function in functions]


def pictures(turns: list[Row]) -> list[Any]:
    return [(n, turn["parts"]) for n, turn in enumerate(turns) if turn.get("parts")]


def texts(turns: Any) -> list[str]:
    return [turns] if isinstance(turns, str) else [turn["content"] for turn in turns or ()]


ASPECTS: dict[str, Callable[[Row, list[Row], Row], Any]] = {
    "tool calls": lambda row, turns, meta: called(turns),
    "tool call ids": lambda row, turns, meta: [turn.get("tool_call_id") for turn in turns],
    "tool definitions": lambda row, turns, meta: opened(meta.get("tools")),
    "content parts": lambda row, turns, meta: pictures(turns),
    "turn weights": lambda row, turns, meta: [turn.get("weight") for turn in turns],
    "speaker names": lambda row, turns, meta: [turn.get("name") for turn in turns],
    "rejected answers": lambda row, turns, meta: texts(meta.get("rejected")),
    "turns": lambda row, turns, meta: [(turn["role"], turn.get("content") or "") for turn in turns],
    "output": lambda row, turns, meta: row["output"],
    "input": lambda row, turns, meta: row["input"],
}
"""What a row holds, by the name under which the manifest counts it where a format cannot carry it."""
LEFT = "(their text stands in the input)"
SHOWN = {"content parts": {"turns", "input"}, "tool calls": {"turns", "input"}, "tool call ids": {"turns"}}
"""Aspects that others show: a picture that is gone is gone from the text too."""


def same(before: Row, after: Row, lost: set[str]) -> None:
    """That both rows hold the same but for what is counted as lost."""
    is_flat = any(LEFT in name for name in lost)
    excused = {shown for name in lost for shown in SHOWN.get(name, ())} | lost
    for name, of in ASPECTS.items():
        if name in excused or (is_flat and name in ("turns", "turn weights", "speaker names", "tool call ids")):
            continue
        one, other = (of(row, turns_of(row), kept(row["meta"])) for row in (before, after))
        assert plain(one) == plain(other), name


@pytest.mark.parametrize(("name", "chosen"), WAYS, ids=str)
@settings(max_examples=15)
@given(data=st.data())
def test_rows_come_back_or_the_manifest_says_what_is_lost(name: str, chosen: Row, data: st.DataObject) -> None:
    is_paired = name in ("preference", "kto")
    shapes = [shape for shape in SHAPES if not is_paired or shape.startswith("preference")]
    shape = data.draw(st.sampled_from(shapes))
    rows = data.draw(st.lists(SHAPES[shape], min_size=1, max_size=3))
    with both(rows, name, chosen) as (before, after, manifest):
        assert (before.rejected.num_rows, after.rejected.num_rows) == (0, 0)
        lost = set(manifest.lost.get(name, {}))
        found = after.dataset.table.to_pylist()
        if name == "kto":  # each answer of a pair is a line, and so a row, of its own
            found, bad = found[::2], found[1::2]
            assert [row["output"] for row in bad] == [""] * len(rows)
            given = before.dataset.values("meta")
            assert [texts(kept(row["meta"])["rejected"]) for row in bad] == [texts(kept(m)["rejected"]) for m in given]
            lost |= {"rejected answers"}
        for one, other in zip(before.dataset.table.to_pylist(), found, strict=True):
            same(one, other, lost)


@st.composite
def marked(draw: st.DrawFn) -> list[Row]:
    """Answers marked good or bad, at least one of each: texts, or turns with earlier rounds in the prompt."""
    marks = [True, False, *draw(st.lists(st.booleans(), max_size=2))]
    if draw(st.booleans()):
        return [{"prompt": draw(TEXT), "completion": draw(TEXT), "label": mark} for mark in marks]
    rows = [(draw(chats())["messages"], mark) for mark in marks]
    return [{"prompt": turns[:-1], "completion": turns[-1:], "label": mark} for turns, mark in rows]


def answers_of(row: Row) -> tuple[Any, ...]:
    """What was asked of a row, its answer and the one marked bad."""
    turns = turns_of(row)
    asked = [(turn["role"], turn.get("content") or "") for turn in turns[: -1 if row["output"] else None]]
    bad = kept(row["meta"]).get("rejected")
    return row["input"], [turn for turn in asked if turn[1] or turn[0] == "tool"], row["output"], texts(bad)


@pytest.mark.parametrize(("name", "chosen"), [way for way in WAYS if way[0] == "kto" or not way[1]], ids=str)
@settings(max_examples=4)
@given(rows=marked())
def test_a_bad_answer_comes_back_as_one_and_goes_nowhere_as_a_target(name: str, chosen: Row, rows: list[Row]) -> None:
    bad = sum(not row["label"] for row in rows)
    if name == "preference":
        with pytest.raises(UsageError, match="beside its good one"), both(rows, name, chosen):
            pass
        return
    with both(rows, name, chosen) as (before, after, manifest):
        given, found = (one.dataset.table.to_pylist() for one in (before, after))
        assert [(row["output"] == "", row["label"]) for row in given] == [(not row["label"], None) for row in rows]
        assert manifest.about["bad_answers"] == bad
        if name not in ("parquet", "kto"):
            assert [row["output"] for row in found] == [row["output"] for row in given if row["output"]]
            assert manifest.lost[name]["rows with a bad answer alone (not written)"] == bad
        elif chosen.get("form") in ("text", "llama_factory"):
            assert [row["output"] for row in found] == [row["output"] for row in given]
            assert [bool(texts(kept(row["meta"]).get("rejected"))) for row in found] == [
                not row["label"] for row in rows
            ]
        else:
            assert list(map(answers_of, found)) == list(map(answers_of, given))


@pytest.mark.parametrize("name", ["preference", "kto"])
@pytest.mark.parametrize("shape", [shape for shape in SHAPES if not shape.startswith("preference")])
@settings(max_examples=2)
@given(data=st.data())
def test_pairs_are_refused_where_no_row_has_two_answers(shape: str, name: str, data: st.DataObject) -> None:
    rows = data.draw(st.lists(SHAPES[shape], min_size=1, max_size=2))
    with pytest.raises(UsageError, match="no row has a rejected answer"), both(rows, name, {}):
        pass
