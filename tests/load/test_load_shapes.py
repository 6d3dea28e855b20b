"""Which columns become input, output and label, and how conversations flatten."""

import json

import pytest

from curation.errors import UsageError
from curation.load import guess
from curation.records import Columns


def jsonl(*rows: dict) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


def turns(*pairs: tuple[str, str]) -> list[dict]:
    return [{"role": role, "content": content} for role, content in pairs]


GUESSES = {
    "text category": (["text", "category"], "flat", Columns(("text",), label="category")),
    "any case": (["Text", "Label"], "flat", Columns(("Text",), label="Label")),
    "question answer": (["id", "question", "answer"], "flat", Columns(("question",), "answer")),
    "alpaca": (["instruction", "input", "output"], "alpaca", Columns(("instruction", "input"), "output")),
    "alpaca response": (["instruction", "input", "response"], "alpaca", Columns(("instruction", "input"), "response")),
    "dolly": (
        ["instruction", "context", "response", "category"],
        "alpaca",
        Columns(("instruction", "context"), "response", "category"),
    ),
    "prompt completion": (["prompt", "completion"], "prompt_completion", Columns(("prompt",), "completion")),
    "preference": (["prompt", "chosen", "rejected"], "preference", Columns(("prompt",), "chosen")),
    "squad": (["context", "question", "answers"], "flat", Columns(("question", "context"), "answers")),
    "pairs": (["premise", "hypothesis", "label"], "flat", Columns(("premise", "hypothesis"), label="label")),
    "dated": (["text", "label", "created_at"], "flat", Columns(("text",), label="label", created="created_at")),
    "grouped": (["text", "label", "thread_id"], "flat", Columns(("text",), label="label", group="thread_id")),
}


@pytest.mark.parametrize(("available", "shape", "columns"), GUESSES.values(), ids=GUESSES)
def test_columns_are_guessed_from_their_names(available, shape, columns):
    rows = [dict.fromkeys(available, "a text of some words")]
    assert guess(available, rows) == (shape, columns)


def test_unknown_names_are_told_apart_by_their_values():
    rows = [{"a": f"a long sentence number {n} about cards", "b": f"id-{n}", "c": ("x", "y")[n % 2]} for n in range(40)]
    assert guess(["a", "b", "c"], rows) == ("flat", Columns(("a",), label="c"))
    rows = [{"q": f"a question number {n}", "r": f"an answer of many more words, number {n}"} for n in range(40)]
    assert guess(["q", "r"], rows) == ("flat", Columns(("q",), "r"))


def test_an_output_of_few_short_values_is_a_label():
    rows = [{"input": f"some text {n}", "output": ("yes", "no")[n % 2]} for n in range(40)]
    assert guess(["input", "output"], rows) == ("flat", Columns(("input",), label="output"))
    rows = [{"input": f"some text {n}", "output": f"answer {n}"} for n in range(40)]
    assert guess(["input", "output"], rows) == ("flat", Columns(("input",), "output"))


def test_a_complete_choice_is_taken_as_it_is_and_a_part_is_filled_in():
    rows = [{"text": "a", "question": "b", "label": "c", "group": "d"}]
    whole = Columns(("question",), label="label")
    assert guess(list(rows[0]), rows, whole)[1] == whole
    assert guess(list(rows[0]), rows, Columns(("text",)))[1] == Columns(("text",), label="label", group="group")
    assert guess(list(rows[0]), rows, Columns(label="text"))[1].input == ("question",)
    alone = Columns(("text",), bare=True)
    assert guess(list(rows[0]), rows, alone)[1] == alone


def test_no_input_at_all_is_a_usage_error_that_lists_the_columns(read):
    with pytest.raises(UsageError, match="no column looks like the input; name one of chosen, rejected"):
        read(jsonl({"chosen": "a", "rejected": "b"}, {"chosen": "a", "rejected": "b"}))


def test_a_classification_row_has_its_label_as_output_and_an_unlabelled_one_is_kept(read):
    dataset = read(b"text,label,note\na,x,1\nb,,2\nc,  ,\n").dataset
    assert dataset.values("label") == ["x", None, None]
    assert dataset.values("output") == ["x", "", ""]
    assert dataset.values("meta") == ['{"note":"1"}', '{"note":"2"}', '{"note":""}']
    assert dataset.is_classification


def test_alpaca_inputs_are_joined_by_a_newline_and_empty_ones_left_out(read):
    rows = [
        {"instruction": "add", "input": "1 2", "response": "3"},
        {"instruction": "sing", "input": "", "response": "la"},
    ]
    imported = read(json.dumps(rows).encode())
    assert imported.dataset.values("input") == ["add\n1 2", "sing"]
    assert imported.dataset.values("output") == ["3", "la"]
    assert imported.shape == "alpaca"


def test_one_user_turn_is_the_input_and_several_turns_are_lines(read):
    short = turns(("user", "hi"), ("assistant", "hello"))
    long = turns(("system", "be kind"), ("user", "hi"), ("assistant", "hello"), ("user", "bye"), ("assistant", "ciao"))
    imported = read(jsonl({"messages": short, "lang": "en"}, {"messages": long, "lang": "de"}))
    assert imported.dataset.values("input") == ["hi", "system: be kind\nuser: hi\nassistant: hello\nuser: bye"]
    assert imported.dataset.values("output") == ["hello", "ciao"]
    assert json.loads(imported.dataset.values("meta")[1]) == {"lang": "de", "messages": long}
    assert (imported.shape, imported.columns) == ("messages", Columns(messages="messages"))


def test_a_last_user_turn_is_kept_and_a_missing_answer_leaves_the_output_empty(read):
    open_end = turns(("user", "hi"), ("assistant", "hello"), ("user", "thanks"))
    no_answer = turns(("user", "hi"))
    dataset = read(jsonl({"messages": open_end}, {"messages": no_answer})).dataset
    assert list(zip(dataset.values("input"), dataset.values("output"), strict=True)) == [("hi", "hello"), ("hi", "")]
    assert json.loads(dataset.values("meta")[0])["messages"] == open_end


def test_sharegpt_turns_are_kept_under_the_usual_names(read):
    conversation = [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello", "weight": 1}]
    imported = read(jsonl({"id": "7", "conversations": conversation}, {"id": "8", "conversations": conversation}))
    assert (imported.shape, imported.columns.messages) == ("sharegpt", "conversations")
    assert imported.dataset.values("input") == ["hi", "hi"]
    kept = json.loads(imported.dataset.values("meta")[0])
    assert [(turn["role"], turn["content"]) for turn in kept["messages"]] == [("user", "hi"), ("assistant", "hello")]
    assert kept["messages"][1]["weight"] == 1
    assert kept["id"] == "7"


def test_conversations_in_a_table_are_read_from_their_json_text(read):
    text = json.dumps(turns(("user", "hi"), ("assistant", "hello"))).replace('"', '""')
    dataset = read(f'messages,id\n"{text}",1\n'.encode()).dataset
    assert (dataset.values("input"), dataset.values("output")) == (["hi"], ["hello"])


def test_content_in_parts_is_joined_and_the_parts_are_kept(read):
    parts = [{"type": "text", "text": "look"}, {"type": "image", "url": "x"}]
    messages = [{"role": "user", "content": parts}, {"role": "assistant", "content": None, "tool_calls": [1]}]
    dataset = read(jsonl({"messages": messages}, {"messages": messages})).dataset
    assert dataset.values("input")[0] == "look\n[image: x]"
    assert dataset.values("output")[0] == "1"
    kept = json.loads(dataset.values("meta")[0])["messages"]
    assert (kept[0]["parts"], kept[1]["tool_calls"]) == (parts, [1])


BAD = {
    "no list": "hello",
    "null": None,
    "empty": [],
    "turn is text": ["hi"],
    "no role": [{"content": "hi"}],
    "unknown role": turns(("wizard", "hi")),
    "role is a number": [{"role": 5, "content": "hi"}],
    "no content": [{"role": "user"}],
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_conversation_that_cannot_be_read_rejects_its_row_only(read, bad):
    good = turns(("user", "hi"), ("assistant", "hello"))
    imported = read(jsonl({"messages": good}, {"messages": bad}, {"messages": good}))
    assert imported.dataset.values("row") == [0, 2]
    assert imported.rejected["reason"].to_pylist() == ["bad_messages"]
    assert "column 'messages'" in imported.rejected["message"][0].as_py()


def test_a_preference_keeps_the_rejected_answer(read):
    row = {"prompt": "hi", "chosen": "hello", "rejected": "go away"}
    imported = read(jsonl(row, row))
    assert imported.shape == "preference"
    assert imported.dataset.values("output") == ["hello", "hello"]
    assert json.loads(imported.dataset.values("meta")[0]) == {"rejected": "go away"}


def test_preferences_between_conversations_take_the_chosen_answer(read):
    chosen, rejected = turns(("user", "hi"), ("assistant", "hello")), turns(("user", "hi"), ("assistant", "no"))
    imported = read(jsonl({"prompt": "hi", "chosen": chosen, "rejected": rejected}, {"prompt": "a", "chosen": "b"}))
    assert imported.dataset.values("output") == ["hello", "b"]
    imported = read(jsonl({"chosen": chosen, "rejected": rejected}, {"chosen": chosen, "rejected": rejected}))
    assert (imported.shape, imported.dataset.values("input")[0], imported.dataset.values("output")[0]) == (
        "preference",
        "hi",
        "hello",
    )


def test_columns_that_come_late_are_listed_and_kept(read):
    first, late = {"question": "a", "answer": "b"}, {"question": "c", "answer": "d", "extra": [1.50]}
    imported = read(jsonl(*[first] * 1500, late))
    assert imported.available == ("question", "answer", "extra")
    assert imported.dataset.values("meta")[-1] == '{"extra":[1.5]}'


def chats(answers: list[str]) -> bytes:
    return jsonl(*({"messages": turns(("user", f"Mail {n}"), ("assistant", a))} for n, a in enumerate(answers)))


def test_short_answers_that_come_again_are_labels_in_every_shape(read) -> None:
    answers = ["refund", "parcel", "log in"] * 10
    rows = "".join(f"Mail {n},{answer}\n" for n, answer in enumerate(answers)).encode()
    for content in (chats(answers), b"prompt,completion\n" + rows, b"question,answer\n" + rows):
        data = read(content).dataset
        assert data.is_classification
        assert data.values("label") == data.values("output") == answers


def test_texts_that_come_again_are_no_labels(read) -> None:
    sentence = "Please send the parcel back to us within thirty days of the day you got it."
    for answers in ([sentence, sentence[:-1]] * 15, [f"in {n} days" for n in range(30)], ["yes", "no"] * 5):
        assert not read(chats(answers)).dataset.is_classification


CALL = {"id": "c0", "type": "function", "function": {"name": "order_status", "arguments": '{"order": 7}'}}


def test_turns_that_call_tools_need_no_content_and_are_no_empty_answers(read) -> None:
    called = [*turns(("user", "Where is it?")), {"role": "assistant", "tool_calls": [CALL]}]
    tooled = [*called, {"role": "tool", "tool_call_id": "c0", "content": "van"}, *turns(("assistant", "On the van."))]
    imported = read(jsonl({"messages": called, "tools": [{}]}, {"messages": tooled, "tools": [{}]}))
    assert imported.rejected.num_rows == 0
    assert imported.dataset.values("output") == ['order_status({"order": 7})', "On the van."]
    shown = 'user: Where is it?\nassistant: order_status({"order": 7})\ntool: van'
    assert imported.dataset.values("input") == ["Where is it?", shown]
    (note,) = imported.warnings
    assert note.startswith("tool calls (2 rows), tool call ids (1 row), tool definitions (2 rows): kept with the rows")


def test_calls_that_come_again_are_no_labels(read) -> None:
    called = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "now", "arguments": "{}"}}]}
    rows = [{"messages": [*turns(("user", f"Mail {n}")), called]} for n in range(30)]
    data = read(jsonl(*rows)).dataset
    assert not data.is_classification
    assert set(data.values("output")) == {"now({})"}


def test_what_turns_cannot_carry_is_counted_at_load(read) -> None:
    weighed = [*turns(("user", "hi")), {"role": "assistant", "content": "no", "weight": 0}]
    imported = read(jsonl({"messages": weighed, "system": "Be kind."}, {"messages": turns(("user", "hi"))}))
    assert imported.warnings == (
        "conversations without an answer: 1; they are stored without an output",
        "turn weights (1 row): kept with the rows; Parquet carries all of it, and an export says what its other "
        "formats lose",
    )
    assert read(jsonl({"messages": turns(("user", "hi"), ("assistant", "hello"))})).warnings == ()


def test_text_parts_are_their_text_under_either_name(read) -> None:
    parts = [{"type": "text", "value": "look"}]
    imported = read(jsonl({"messages": [{"role": "user", "content": parts}, *turns(("assistant", "Yes."))]}))
    assert imported.dataset.values("input") == ["look"]
    assert imported.warnings == ()


@pytest.mark.parametrize(
    ("row", "shape", "asked"),
    [
        (
            {
                "conversations": [{"from": "human", "value": "hi"}],
                "chosen": {"from": "gpt", "value": "hello"},
                "rejected": {"from": "gpt", "value": "no"},
            },
            "preference",
            "hi",
        ),
        (
            {
                "prompt": turns(("system", "Be kind"), ("user", "hi")),
                "completion": turns(("assistant", "hello")),
            },
            "prompt_completion",
            "system: Be kind\nuser: hi",
        ),
        ({"messages": turns(("user", "hi")), "completion": "hello"}, "messages", "hi"),
    ],
    ids=["chosen turn", "completion turns", "completion text"],
)
def test_an_answer_in_a_column_of_its_own_is_the_last_turn(read, row, shape, asked) -> None:
    imported = read(jsonl(row, row))
    assert (imported.shape, imported.dataset.values("input")[0]) == (shape, asked)
    assert imported.dataset.values("output") == ["hello", "hello"]
    kept = json.loads(imported.dataset.values("meta")[0])
    assert (kept["messages"][-1]["role"], kept["messages"][-1]["content"]) == ("assistant", "hello")
    assert [turn["content"] for turn in kept.get("rejected", [])] == (["no"] if "rejected" in row else [])


def test_an_object_is_no_text(read) -> None:
    route = {"from": "Paris", "to": "Rome"}
    with pytest.raises(
        UsageError, match=r"column 'completion' holds an object .*Paris.*answers in JSON must come as t"
    ):
        read(jsonl({"prompt": "Which route?", "completion": route}, {"prompt": "And now?", "completion": route}))
    imported = read(jsonl({"prompt": "a", "completion": "b"}, {"prompt": "a", "completion": route}))
    assert imported.rejected["reason"].to_pylist() == ["not_text"]


TOLD = "User: It rattles.\nAssistant: Since when?\nUser: Since Monday, number "
BESIDE_A_DIALOGUE = {
    "one question that waits": ("Q: What is {n}?\n\nA:", "output", "What is {n}?"),
    "turns that wait": (TOLD + "{n}\nAssistant:", "completion", None),
    "a template that waits": ("<|im_start|>user\nWhy {n}?<|im_end|>\n<|im_start|>assistant\n", "response", "Why {n}?"),
    "turns before the answer": (TOLD + "{n}", "answer", None),
    "a name no chat has": (TOLD + "{n}\nAssistant:", "reply", TOLD + "{n}\nAssistant:"),
    "a dialogue that ended": (TOLD + "{n}\nAssistant: I see.", "summary", TOLD + "{n}\nAssistant: I see."),
    "a label of what was said": (TOLD + "{n}", "label", TOLD + "{n}"),
}


@pytest.mark.parametrize(("text", "name", "asked"), BESIDE_A_DIALOGUE.values(), ids=BESIDE_A_DIALOGUE)
def test_what_stands_beside_a_dialogue_is_its_output(read, text, name, asked):
    said = [("noise", "leak")[n % 2] if name == "label" else f"Answer {n} of its own." for n in range(20)]
    rows = [{"text": text.format(n=n), name: said[n]} for n in range(20)]
    dataset = read(jsonl(*rows), name="dialogues.jsonl").dataset
    assert dataset.values("label" if name == "label" else "output") == said
    if asked:
        assert dataset.values("input") == [asked.format(n=n) for n in range(20)]
    else:
        assert all(value.endswith(f"number {n}") for n, value in enumerate(dataset.values("input")))


@pytest.mark.parametrize("name", ["completion", "response"])
def test_an_empty_last_answer_is_filled_from_the_column_beside_it(read, name):
    open_turns = [turns(("user", f"Why {n}?"), ("assistant", "")) for n in range(20)]
    rows = [{"messages": said, name: f"Because of {n}."} for n, said in enumerate(open_turns)]
    dataset = read(jsonl(*rows), name="chats.jsonl").dataset
    assert dataset.values("output") == [f"Because of {n}." for n in range(20)]
    assert dataset.values("input") == [f"Why {n}?" for n in range(20)]
