"""Pairs written in any shape by any tool come back as the same inputs, outputs, labels and turns."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reading_load import read_bytes

from curation.records import Imported

PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(str.strip)
WORDS = st.lists(
    st.sampled_from(["where", "is", "my", "parcel", "é", "问题", "now", "7", "a.b"]), min_size=1, max_size=6
)
SPOKEN = WORDS.map(" ".join)
"""Texts without a speaker's mark or a blank at an end, for dialogues in one text."""
LABELS = st.sampled_from(["damage", "size", "late parcel", "größe"])
PAIRS = st.lists(st.tuples(PLAIN, PLAIN, PLAIN), min_size=1, max_size=5)
"""Question, answer, and an answer that was rejected."""


def lines(rows: list[dict]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def loaded(content: bytes) -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        return read_bytes(Path(folder), content)


def turn(role: str, content: Any) -> dict:
    return {"role": role, "content": content}


def said(asked: str, answered: str) -> list[dict]:
    return [turn("user", asked), turn("assistant", answered)]


ANSWERED: dict[str, Callable[[str, str], dict]] = {
    "flat": lambda q, a: {"question": q, "answer": a},
    "alpaca": lambda q, a: {"instruction": q, "input": "", "output": a},
    "messages": lambda q, a: {"messages": said(q, a)},
    "sharegpt": lambda q, a: {"conversations": [{"from": "human", "value": q}, {"from": "gpt", "value": a}]},
    "any name": lambda q, a: {"log of it": said(q, a), "n": 1},
    "prompt and completion": lambda q, a: {"prompt": q, "completion": a},
    "prompt and completion, turns": lambda q, a: {"prompt": [turn("user", q)], "completion": [turn("assistant", a)]},
    "marked good": lambda q, a: {"prompt": q, "completion": a, "label": True},
    "label studio": lambda q, a: {
        "data": {"question": q},
        "annotations": [{"result": [{"from_name": "answer", "type": "textarea", "value": {"text": [a]}}]}],
    },
    "argilla": lambda q, a: {"fields": {"prompt": q, "response": a}, "responses": {"good": [{"value": 1}]}},
    "kiln": lambda q, a: {"input": q, "output": {"output": a, "source": {"type": "human"}}},
    "langfuse": lambda q, a: {"input": {"question": q}, "expectedOutput": {"answer": a}, "metadata": None},
    "logged turns": lambda q, a: {"input": [turn("user", q)], "output": turn("assistant", a)},
    "gemini": lambda q, a: {
        "contents": [{"role": "user", "parts": [{"text": q}]}, {"role": "model", "parts": [{"text": a}]}]
    },
    "bedrock": lambda q, a: {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [turn("user", [{"text": q}]), turn("assistant", [{"text": a}])],
    },
    "self-instruct": lambda q, a: {"instruction": q, "instances": [{"input": "", "output": a}]},
    "batch": lambda q, a: {
        "custom_id": "1",
        "body": {"messages": [turn("user", q)]},
        "response": {"body": {"choices": [{"message": turn("assistant", a)}]}},
    },
    "data set viewer": lambda q, a: {"row_idx": 0, "row": {"question": q, "answer": a}, "truncated_cells": []},
}


@pytest.mark.parametrize("write", ANSWERED.values(), ids=ANSWERED)
@given(pairs=PAIRS)
@settings(deadline=None, max_examples=15)
def test_questions_and_answers_come_back(write, pairs):
    imported = loaded(lines([write(asked, answered) for asked, answered, _ in pairs]))
    assert imported.rejected.num_rows == 0
    assert imported.dataset.values("input") == [asked for asked, _, _ in pairs]
    assert imported.dataset.values("output") == [answered for _, answered, _ in pairs]


PREFERRED: dict[str, Callable[[str, str, str], dict]] = {
    "texts": lambda q, a, b: {"prompt": q, "chosen": a, "rejected": b},
    "objects": lambda q, a, b: {
        "conversations": [{"from": "human", "value": q}],
        "chosen": {"from": "gpt", "value": a},
        "rejected": {"from": "gpt", "value": b},
    },
    "turns": lambda q, a, b: {
        "prompt": [turn("user", q)],
        "chosen": [turn("assistant", a)],
        "rejected": [turn("assistant", b)],
    },
    "implicit": lambda q, a, b: {"chosen": said(q, a), "rejected": said(q, b)},
    "openai": lambda q, a, b: {
        "input": {"messages": [turn("user", q)]},
        "preferred_output": [turn("assistant", a)],
        "non_preferred_output": [turn("assistant", b)],
    },
    "gemini": lambda q, a, b: {
        "contents": [{"role": "user", "parts": [{"text": q}]}],
        "completions": [
            {"score": 1, "completion": {"parts": [{"text": a}]}},
            {"score": 0, "completion": {"parts": [{"text": b}]}},
        ],
    },
}


def losing(imported: Imported) -> list[str]:
    metas = map(json.loads, imported.dataset.values("meta"))
    return [m["rejected"] if isinstance(m["rejected"], str) else m["rejected"][-1]["content"] for m in metas]


@pytest.mark.parametrize("write", PREFERRED.values(), ids=PREFERRED)
@given(pairs=PAIRS)
@example(pairs=[("a", "same", "same")])
@settings(deadline=None, max_examples=15)
def test_preferences_come_back(write, pairs):
    imported = loaded(lines([write(*pair) for pair in pairs]))
    assert imported.rejected.num_rows == 0
    assert imported.dataset.values("input") == [asked for asked, _, _ in pairs]
    assert imported.dataset.values("output") == [good for _, good, _ in pairs]
    assert losing(imported) == [bad for _, _, bad in pairs]


@given(pairs=st.lists(st.tuples(SPOKEN, SPOKEN, SPOKEN), min_size=1, max_size=5))
@settings(deadline=None, max_examples=30)
def test_dialogues_in_texts_come_back(pairs):
    rows = [
        {side: f"\n\nHuman: {asked}\n\nAssistant: {answer}" for side, answer in (("chosen", good), ("rejected", bad))}
        for asked, good, bad in pairs
    ]
    imported = loaded(lines(rows))
    assert imported.dataset.values("input") == [asked for asked, _, _ in pairs]
    assert imported.dataset.values("output") == [good for _, good, _ in pairs]
    assert losing(imported) == [bad for _, _, bad in pairs]
    alone = loaded(lines([{"text": row["chosen"]} for row in rows]))
    assert alone.dataset.values("input") == imported.dataset.values("input")
    assert alone.dataset.values("output") == imported.dataset.values("output")


CONVERSATION = st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=3)


@given(system=PLAIN, rounds=CONVERSATION, call=PLAIN, result=PLAIN, weight=st.sampled_from([0, 1, 0.5]))
@settings(deadline=None, max_examples=40)
def test_turns_come_back_whole(system, rounds, call, result, weight):
    turns = [turn("system", system), *(one for pair in rounds for one in said(*pair)), turn("user", "x")]
    made = {"id": "c", "type": "function", "function": {"name": "f", "arguments": json.dumps({"a": call})}}
    turns += [{"role": "assistant", "content": "", "tool_calls": [made]}]
    turns += [{"role": "tool", "content": result, "tool_call_id": "c"}, {**turn("assistant", "y"), "weight": weight}]
    tools = [{"type": "function", "function": {"name": "f"}}]
    imported = loaded(lines([{"messages": turns, "tools": tools}]))
    assert json.loads(imported.dataset.values("meta")[0]) == {"messages": turns, "tools": tools}
    assert imported.dataset.values("output") == ["y"]


@given(instruction=PLAIN, input=PLAIN, output=PLAIN, system=PLAIN, rounds=CONVERSATION)
@settings(deadline=None, max_examples=40)
def test_alpaca_with_system_and_history_comes_back(instruction, input, output, system, rounds):
    history = [list(pair) for pair in rounds]
    row = {"instruction": instruction, "input": input, "output": output, "system": system, "history": history}
    imported = loaded(json.dumps([row, row]).encode())
    kept = json.loads(imported.dataset.values("meta")[0])
    assert {name: kept[name] for name in ("instruction", "system", "history")} == {
        "instruction": instruction,
        "system": system,
        "history": history,
    }
    turns = [turn("system", system), *(one for pair in rounds for one in said(*pair))]
    assert kept["messages"] == [*turns, *said(f"{instruction}\n{input}", output)]
    assert imported.dataset.values("output")[0] == output


LABELLED: dict[str, Callable[[str, str], dict]] = {
    "flat": lambda q, c: {"text": q, "label": c},
    "in a list": lambda q, c: {"text": q, "labels": [c]},
    "label studio": lambda q, c: {
        "data": {"text": q},
        "annotations": [{"result": [{"from_name": "kind", "type": "choices", "value": {"choices": [c]}}]}],
    },
    "label studio, short": lambda q, c: {"text": q, "id": 1, "kind": c, "annotator": 1, "annotation_id": 1},
    "argilla": lambda q, c: {"fields": {"text": q}, "responses": {"label": [{"value": c, "user_id": "u"}]}},
    "prodigy": lambda q, c: {"text": q, "accept": [c], "options": [{"id": c}], "answer": "accept", "_task_hash": 1},
    "doccano": lambda q, c: {"id": 1, "text": q, "label": [c]},
}


@pytest.mark.parametrize("write", LABELLED.values(), ids=LABELLED)
@given(pairs=st.lists(st.tuples(PLAIN, LABELS), min_size=25, max_size=30))
@settings(deadline=None, max_examples=10)
def test_labels_come_back(write, pairs):
    imported = loaded(lines([write(asked, label) for asked, label in pairs]))
    assert imported.rejected.num_rows == 0
    assert imported.dataset.values("input") == [asked for asked, _ in pairs]
    assert imported.dataset.values("label") == [label for _, label in pairs]


@given(articles=st.lists(st.tuples(PLAIN, st.lists(st.tuples(PLAIN, PLAIN), max_size=3)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=30)
def test_every_question_of_every_article_comes_back(articles):
    data = [
        {
            "title": "t",
            "paragraphs": [
                {
                    "context": text,
                    "qas": [{"question": q, "answers": [{"text": a, "answer_start": 0}]} for q, a in asked],
                }
            ],
        }
        for text, asked in articles
    ]
    expected = [(f"{q}\n{text}", a) for text, asked in articles for q, a in asked]
    if not expected:
        return
    imported = loaded(json.dumps({"version": "1", "data": data}).encode())
    assert list(zip(imported.dataset.values("input"), imported.dataset.values("output"), strict=True)) == expected
    assert imported.rejected.num_rows == sum(not asked for _, asked in articles)


@given(splits=st.dictionaries(st.sampled_from(["train", "test", "validation"]), PAIRS, min_size=2))
@settings(deadline=None, max_examples=20)
def test_every_row_keeps_its_split(splits):
    whole = {name: [{"question": q, "answer": a} for q, a, _ in pairs] for name, pairs in splits.items()}
    imported = loaded(json.dumps(whole).encode())
    kept = [json.loads(meta)["split"] for meta in imported.dataset.values("meta")]
    rows = zip(kept, imported.dataset.values("input"), imported.dataset.values("output"), strict=True)
    assert list(rows) == [(name, q, a) for name, pairs in splits.items() for q, a, _ in pairs]


@given(
    rows=st.dictionaries(PLAIN.filter(lambda key: not key.isdigit()), st.tuples(PLAIN, PLAIN), min_size=2, max_size=6)
)
@settings(deadline=None, max_examples=20)
def test_rows_by_key_keep_their_key(rows):
    imported = loaded(json.dumps({key: {"question": q, "answer": a} for key, (q, a) in rows.items()}).encode())
    assert [json.loads(meta)["id"] for meta in imported.dataset.values("meta")] == list(rows)
    pairs = zip(imported.dataset.values("input"), imported.dataset.values("output"), strict=True)
    assert list(pairs) == list(rows.values())


@given(rows=st.lists(st.tuples(SPOKEN, st.sampled_from(["one", "two", "three"])), min_size=3, max_size=20))
@settings(deadline=None, max_examples=20)
def test_fasttext_and_columns_of_labels_come_back(rows):
    text = "".join(f"__label__{label} {asked}\n" for asked, label in rows)
    imported = loaded(text.encode())
    assert imported.dataset.values("input") == [asked for asked, _ in rows]
    assert imported.dataset.values("label") == [label for _, label in rows]
    names = ["one", "two", "three"]
    if {label for _, label in rows} == set(names):
        hot = [{"text": asked, **{name: int(name == label) for name in names}} for asked, label in rows]
        assert loaded(lines(hot)).dataset.values("label") == [label for _, label in rows]
