"""What tools for labelling, logs of models and model vendors write: each row becomes the right example, or says why."""

import csv
import io
import json
from typing import Any

import pytest

from curation.errors import ColumnsUnclear, InputRejected
from curation.load.shapes import row_shape
from curation.records import Columns
from curation.text.turns.bad_answers import answer_text

ASKED = [
    f"{text} (order {n})" for n in range(6) for text in ("Where is it?", "It broke.", "Can I swap it?", "Too big.")
]
CLASSES = ["shipping", "damage", "returns", "size"] * 6
ANSWERS = [f"Please look into your mails of day {n} and write to us again." for n in range(len(ASKED))]


def jsonl(rows: list[dict]) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


def table(header: list[str], rows: list[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def made(write: Any) -> list[dict]:
    return [write(n, asked, CLASSES[n], ANSWERS[n]) for n, asked in enumerate(ASKED)]


def choice(name: str, *chosen: str, **more: Any) -> dict:
    result = {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": list(chosen)}}
    return {"id": 1, "result": [result], "was_cancelled": False, **more}


def parts(*texts: str) -> list[dict]:
    return [{"text": text} for text in texts]


LABELLED = {
    "label studio": (
        "label_studio",
        json.dumps(
            made(lambda n, q, c, a: {"id": n, "data": {"text": q}, "annotations": [choice("kind", c)], "project": 7})
        ),
    ),
    "label studio, others cancelled": (
        "label_studio",
        json.dumps(
            made(
                lambda n, q, c, a: {
                    "data": {"text": q},
                    "annotations": [choice("kind", "wrong", was_cancelled=True), choice("kind", c)],
                }
            )
        ),
    ),
    "label studio, most agree": (
        "label_studio",
        json.dumps(
            made(
                lambda n, q, c, a: {
                    "data": {"text": q},
                    "annotations": [choice("kind", "other"), choice("kind", c), choice("kind", c)],
                }
            )
        ),
    ),
    "label studio, short": (
        "label_studio_min",
        json.dumps(
            made(
                lambda n, q, c, a: {
                    "text": q,
                    "id": n,
                    "kind": c,
                    "annotator": 1,
                    "annotation_id": n,
                    "created_at": "2026-01-01",
                    "updated_at": "2026-01-02",
                    "lead_time": 4.5,
                }
            )
        ),
    ),
    "argilla, nested": (
        "argilla",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "id": str(n),
                    "status": "completed",
                    "fields": {"text": q},
                    "metadata": {},
                    "vectors": {},
                    "suggestions": {"kind": {"value": "guess", "score": 0.9, "agent": "model"}},
                    "responses": {"kind": [{"value": c, "user_id": "u"}]},
                }
            )
        ),
    ),
    "argilla, flat": (
        "argilla",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "id": str(n),
                    "text": q,
                    "kind.responses": [c, "draft"],
                    "kind.responses.users": ["u", "v"],
                    "kind.responses.status": ["submitted", "draft"],
                    "kind.suggestion": "guess",
                }
            )
        ),
    ),
    "argilla, feedback": (
        "argilla",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "text": q,
                    "kind": [{"user_id": "u", "value": c, "status": "submitted"}],
                    "external_id": None,
                }
            )
        ),
    ),
    "argilla, first version": (
        "argilla",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "inputs": {"text": q},
                    "prediction": None,
                    "annotation": c,
                    "annotation_agent": "me",
                    "status": "Validated",
                }
            )
        ),
    ),
    "prodigy, options": (
        "prodigy",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "text": q,
                    "options": [{"id": c, "text": c}],
                    "accept": [c],
                    "answer": "accept",
                    "_task_hash": n,
                }
            )
        ),
    ),
    "prodigy, one label": (
        "prodigy",
        jsonl(made(lambda n, q, c, a: {"text": q, "label": c, "answer": "accept", "_input_hash": n})),
    ),
    "doccano": ("doccano", jsonl(made(lambda n, q, c, a: {"id": n, "text": q, "label": [c]}))),
    "a list in a table": ("flat", table(["text", "label"], made(lambda n, q, c, a: [q, f"['{c}']"]))),
    "one column a label": (
        "one_hot",
        table(["text", *CLASSES[:4]], made(lambda n, q, c, a: [q, *(int(c == name) for name in CLASSES[:4])])),
    ),
    "fasttext": ("flat", "".join(made(lambda n, q, c, a: f"__label__{c} {q}\n")).encode()),
}


@pytest.mark.parametrize(("shape", "content"), LABELLED.values(), ids=LABELLED)
def test_the_label_that_people_gave_is_the_label(read, shape, content):
    imported = read(content if isinstance(content, bytes) else content.encode())
    assert imported.shape == shape
    assert imported.dataset.values("input") == ASKED
    assert imported.dataset.values("label") == imported.dataset.values("output") == CLASSES
    assert imported.rejected.num_rows == 0


ANSWERED = {
    "label studio, texts": (
        "label_studio",
        json.dumps(
            made(
                lambda n, q, c, a: {
                    "data": {"question": q},
                    "annotations": [{"result": [{"from_name": "reply", "type": "textarea", "value": {"text": [a]}}]}],
                }
            )
        ).encode(),
    ),
    "prodigy, typed": (
        "prodigy",
        jsonl(made(lambda n, q, c, a: {"text": q, "user_input": a, "answer": "accept", "_view_id": "text_input"})),
    ),
    "doccano, texts": ("doccano", jsonl(made(lambda n, q, c, a: {"id": n, "text": q, "label": [a]}))),
    "argilla, rated": (
        "argilla",
        jsonl(made(lambda n, q, c, a: {"prompt": q, "response": a, "quality": [{"user_id": "u", "value": 4}]})),
    ),
    "kiln": (
        "kiln",
        jsonl(
            made(lambda n, q, c, a: {"v": 1, "id": n, "input": q, "output": {"output": a, "source": {"type": "human"}}})
        ),
    ),
    "kiln, repaired": (
        "kiln",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "input": q,
                    "output": {"output": "wrong", "rating": {"type": "pass_fail", "value": 0.0}},
                    "repaired_output": {"output": a},
                }
            )
        ),
    ),
    "langfuse items": (
        "logged_call",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "id": str(n),
                    "datasetId": "d",
                    "input": {"question": q},
                    "expectedOutput": {"answer": a},
                    "metadata": None,
                }
            )
        ),
    ),
    "langfuse items as a table": (
        "logged_call",
        table(
            ["id", "input", "expected_output"],
            made(lambda n, q, c, a: [n, json.dumps({"question": q}), json.dumps({"answer": a})]),
        ),
    ),
    "langfuse generations": (
        "logged_call",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "id": str(n),
                    "input": [{"role": "user", "content": q}],
                    "output": {"role": "assistant", "content": a},
                }
            )
        ),
    ),
    "phoenix as a table": (
        "logged_call",
        table(
            ["example_id", "input_question", "output_answer", "metadata_by"], made(lambda n, q, c, a: [n, q, a, "me"])
        ),
    ),
    "phoenix spans": (
        "logged_call",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "context.span_id": str(n),
                    "attributes.llm.input_messages": [{"message.role": "user", "message.content": q}],
                    "attributes.llm.output_messages": [{"message.role": "assistant", "message.content": a}],
                }
            )
        ),
    ),
    "langsmith": (
        "logged_call",
        jsonl(made(lambda n, q, c, a: {"inputs": {"input": q}, "outputs": {"output": a}})),
    ),
    "gemini": (
        "gemini",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "contents": [{"role": "user", "parts": parts(q)}, {"role": "model", "parts": parts(a)}]
                }
            )
        ),
    ),
    "gemini batch": (
        "gemini",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "request": {"contents": [{"role": "user", "parts": parts(q)}]},
                    "response": {"candidates": [{"content": {"role": "model", "parts": parts(a)}}]},
                }
            )
        ),
    ),
    "bedrock": (
        "bedrock",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "schemaVersion": "bedrock-conversation-2024",
                    "messages": [{"role": "user", "content": parts(q)}, {"role": "assistant", "content": parts(a)}],
                }
            )
        ),
    ),
    "nested questions": (
        "nested",
        json.dumps([{"title": "shop", "entries": made(lambda n, q, c, a: {"question": q, "answer": a})}]).encode(),
    ),
    "self-instruct": (
        "nested",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "id": f"seed_{n}",
                    "instruction": q,
                    "instances": [{"input": "", "output": a}],
                    "is_classification": False,
                }
            )
        ),
    ),
    "data set viewer": (
        "dataset_rows",
        json.dumps(
            {
                "features": [{"feature_idx": 0, "name": "question", "type": {"_type": "Value"}}],
                "rows": made(
                    lambda n, q, c, a: {"row_idx": n, "row": {"question": q, "answer": a}, "truncated_cells": []}
                ),
            }
        ).encode(),
    ),
    "batch with both": (
        "openai_batch",
        jsonl(
            made(
                lambda n, q, c, a: {
                    "custom_id": str(n),
                    "body": {"model": "m", "messages": [{"role": "user", "content": q}]},
                    "response": {"body": {"choices": [{"message": {"role": "assistant", "content": a}}]}},
                }
            )
        ),
    ),
    "guanaco": ("dialogue", jsonl(made(lambda n, q, c, a: {"text": f"### Human: {q}### Assistant: {a}"}))),
    "chatml": (
        "dialogue",
        jsonl(
            made(
                lambda n, q, c, a: {"text": f"<|im_start|>user\n{q}<|im_end|>\n<|im_start|>assistant\n{a}<|im_end|>\n"}
            )
        ),
    ),
    "marked good": (
        "unpaired_preference",
        jsonl(made(lambda n, q, c, a: {"prompt": q, "completion": a, "label": True})),
    ),
}


@pytest.mark.parametrize(("shape", "content"), ANSWERED.values(), ids=ANSWERED)
def test_the_answer_is_the_output(read, shape, content):
    imported = read(content)
    assert imported.shape == shape
    assert imported.dataset.values("input") == ASKED
    assert imported.dataset.values("output") == ANSWERS
    assert not imported.dataset.is_classification
    assert imported.rejected.num_rows == 0


PREFERRED = {
    "texts": jsonl(made(lambda n, q, c, a: {"question": q, "chosen": a, "rejected": "No."})),
    "other names": jsonl(made(lambda n, q, c, a: {"prompt": q, "preferred": a, "dispreferred": "No."})),
    "objects": jsonl(
        made(
            lambda n, q, c, a: {
                "conversations": [{"from": "human", "value": q}],
                "chosen": {"from": "gpt", "value": a},
                "rejected": {"from": "gpt", "value": "No."},
            }
        )
    ),
    "turns": jsonl(
        made(
            lambda n, q, c, a: {
                "prompt": [{"role": "user", "content": q}],
                "chosen": [{"role": "assistant", "content": a}],
                "rejected": [{"role": "assistant", "content": "No."}],
            }
        )
    ),
    "implicit prompt": jsonl(
        made(
            lambda n, q, c, a: {
                "chosen": [{"role": "user", "content": q}, {"role": "assistant", "content": a}],
                "rejected": [{"role": "user", "content": q}, {"role": "assistant", "content": "No."}],
            }
        )
    ),
    "prompt said twice": jsonl(
        made(
            lambda n, q, c, a: {
                "prompt": q,
                "chosen": [{"role": "user", "content": q}, {"role": "assistant", "content": a}],
                "rejected": [{"role": "user", "content": q}, {"role": "assistant", "content": "No."}],
            }
        )
    ),
    "dialogues": jsonl(
        made(
            lambda n, q, c, a: {
                "chosen": f"\n\nHuman: {q}\n\nAssistant: {a}",
                "rejected": f"\n\nHuman: {q}\n\nAssistant: No.",
            }
        )
    ),
    "openai": jsonl(
        made(
            lambda n, q, c, a: {
                "input": {"messages": [{"role": "user", "content": q}], "tools": [], "parallel_tool_calls": True},
                "preferred_output": [{"role": "assistant", "content": a}],
                "non_preferred_output": [{"role": "assistant", "content": "No."}],
            }
        )
    ),
    "gemini": jsonl(
        made(
            lambda n, q, c, a: {
                "contents": [{"role": "user", "parts": parts(q)}],
                "completions": [
                    {"score": 0, "completion": {"role": "model", "parts": parts("No.")}},
                    {"score": 1, "completion": {"role": "model", "parts": parts(a)}},
                ],
            }
        )
    ),
    "prodigy": jsonl(
        made(
            lambda n, q, c, a: {
                "input": {"text": q},
                "accept": {"text": a if n % 2 else "No."},
                "reject": {"text": "No." if n % 2 else a},
                "answer": "accept" if n % 2 else "reject",
                "_task_hash": n,
            }
        )
    ),
}


@pytest.mark.parametrize("content", PREFERRED.values(), ids=PREFERRED)
def test_the_preferred_answer_is_the_output_and_the_other_one_is_kept(read, content):
    imported = read(content)
    assert imported.dataset.values("input") == ASKED
    assert imported.dataset.values("output") == ANSWERS
    for meta in map(json.loads, imported.dataset.values("meta")):
        rejected = meta["rejected"]
        assert (rejected if isinstance(rejected, str) else rejected[-1]["content"]) == "No."
        assert isinstance(rejected, str) or len(rejected) == 1
        assert "prompt" not in meta


def test_what_people_rejected_is_set_aside_and_counted(read):
    rows = made(
        lambda n, q, c, a: {"text": q, "label": c, "answer": ("accept", "reject", "ignore")[n % 3], "_task_hash": n}
    )
    imported = read(jsonl(rows))
    assert imported.dataset.values("input") == ASKED[::3]
    assert imported.rejected["reason"].to_pylist() == ["set_aside"] * 16
    assert "answered with 'reject'" in imported.rejected["message"][0].as_py()
    assert json.loads(imported.rejected["raw"][0].as_py())["text"] == ASKED[1]


@pytest.mark.parametrize("marks", [(True, False), ("True", "False"), ("true", "false")])
@pytest.mark.parametrize("kind", ["columns", "turns"])
def test_answers_marked_bad_are_no_targets_and_their_mark_is_no_class(read, marks, kind):
    def row(n: int, asked: str, _: str, answer: str) -> dict:
        turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
        return ({"prompt": asked, "completion": answer} if kind == "columns" else {"messages": turns}) | {
            "label": marks[n % 2]
        }

    imported = read(jsonl(made(row)))
    assert imported.dataset.values("input") == ASKED
    assert imported.dataset.values("output") == [answer if n % 2 == 0 else "" for n, answer in enumerate(ANSWERS)]
    assert set(imported.dataset.values("label")) == {None}
    assert imported.rejected.num_rows == 0
    held = [json.loads(meta).get("rejected") for meta in imported.dataset.values("meta")]
    assert [answer_text(bad) for bad in held] == ["" if n % 2 == 0 else answer for n, answer in enumerate(ANSWERS)]
    assert "bad ones are no training targets" in imported.warnings[0]
    assert imported.warnings[1].startswith("12 rows with a bad answer alone: kept for training on preferences (KTO)")


def test_a_bad_answer_keeps_what_was_said_before_it_and_an_empty_one_is_none(read):
    before = [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "How can I help?"},
        {"role": "user", "content": "My lamp broke."},
    ]
    rows = [
        {"prompt": before, "completion": [{"role": "assistant", "content": "Too bad."}], "label": False},
        {"prompt": before, "completion": [{"role": "assistant", "content": "Send it back."}], "label": True},
        {"prompt": before, "completion": [{"role": "assistant", "content": "  "}], "label": False},
    ]
    bad, good, empty = read(jsonl(rows)).dataset.table.to_pylist()
    meta = json.loads(bad["meta"])
    assert (bad["output"], meta["messages"]) == ("", before)
    assert meta["rejected"] == [{"role": "assistant", "content": "Too bad."}]
    assert bad["input"] == "user: Hello\nassistant: How can I help?\nuser: My lamp broke."
    assert good["output"] == "Send it back."
    assert "rejected" not in json.loads(empty["meta"])


def test_two_bad_answers_to_one_question_are_two_examples(read):
    rows = [{"prompt": "Where is it?", "completion": text, "label": False} for text in ("No.", "Go away.", "No.")]
    first, second, third = read(jsonl(rows)).dataset.values("id")
    assert len({first, second}) == 2
    assert third == f"{first}-1"


def test_true_and_false_alone_are_classes(read):
    imported = read(jsonl(made(lambda n, q, c, a: {"text": q, "label": n % 2 == 0})))
    assert set(imported.dataset.values("label")) == {"true", "false"}
    assert imported.rejected.num_rows == 0


def test_what_kiln_rated_as_failed_is_a_bad_answer_and_what_was_repaired_the_rejected_one(read):
    def run(n: int, asked: str, _: str, answer: str) -> dict:
        failed = {
            "output": f"Wrong {n}.",
            "rating": {"type": ("pass_fail", "pass_fail_critical")[n % 2], "value": -float(n % 2)},
        }
        passed = {"output": answer, "rating": {"type": "pass_fail", "value": 1.0}}
        runs = ({"output": passed}, {"output": failed}, {"output": failed, "repaired_output": {"output": answer}})
        return {"v": 1, "input": asked, **runs[n % 3]}

    imported = read(jsonl(made(run)))
    assert imported.rejected.num_rows == 0
    assert imported.dataset.values("output") == ["" if n % 3 == 1 else answer for n, answer in enumerate(ANSWERS)]
    held = [json.loads(meta).get("rejected", "") for meta in imported.dataset.values("meta")]
    assert held == [f"Wrong {n}." if n % 3 else "" for n in range(len(ASKED))]
    assert "rated as failed and not repaired are no training targets" in imported.warnings[0]


def test_stars_below_what_kiln_trains_on_are_said(read):
    rows = made(
        lambda n, q, c, a: {"input": q, "output": {"output": a, "rating": {"type": "five_star", "value": n % 5 + 1}}}
    )
    imported = read(jsonl(rows))
    assert imported.dataset.values("output") == ANSWERS
    assert "15 outputs of the first 24 with fewer than 4 stars" in imported.warnings[0]


def test_annotators_who_disagree_leave_a_row_without_a_label(read):
    rows = made(lambda n, q, c, a: {"data": {"text": q}, "annotations": [choice("kind", c), choice("kind", "other")]})
    imported = read(json.dumps(rows).encode())
    assert set(imported.dataset.values("label")) == {None}
    kept = json.loads(imported.dataset.values("meta")[0])
    assert [one["result"][0]["value"]["choices"] for one in kept["annotations"]] == [["shipping"], ["other"]]


def test_a_task_whose_annotations_were_all_cancelled_is_set_aside(read):
    good = {"data": {"text": "a b c"}, "annotations": [choice("kind", "x")]}
    gone = {"data": {"text": "d e f"}, "annotations": [choice("kind", "x", was_cancelled=True)]}
    imported = read(json.dumps([good, gone, {"data": {"text": "g h i"}, "annotations": []}]).encode())
    assert imported.dataset.values("label") == ["x", None]
    assert imported.rejected["reason"].to_pylist() == ["set_aside"]


def test_each_question_of_an_article_is_a_row(read):
    asked = [
        {"id": "1", "question": "Who?", "answers": [{"text": "Ann", "answer_start": 0}] * 2, "is_impossible": False},
        {"id": "2", "question": "When?", "answers": [], "is_impossible": True},
        {"id": "3", "question": "Where?", "answers": [{"text": "here", "answer_start": 5}, {"text": "in here"}]},
        {"id": "4"},
    ]
    document = {"version": "2", "data": [{"title": "t", "paragraphs": [{"context": "Ann was here.", "qas": asked}]}]}
    imported = read(json.dumps(document).encode())
    assert imported.dataset.values("input") == [f"{word}\nAnn was here." for word in ("Who?", "When?", "Where?")]
    assert imported.dataset.values("output") == ["Ann", "", "here"]
    assert imported.rejected["row"].to_pylist() == [3]
    assert any("1 row with several right answers" in warning for warning in imported.warnings)


def test_a_row_of_several_pairs_becomes_several_rows(read):
    pairs = [{"input": "a", "output": "one"}, {"input": "b", "output": "two"}]
    rows = [{"id": n, "instruction": "Count.", "instances": pairs} for n in range(3)] + [
        {"id": 9, "instruction": "Nothing.", "instances": []}
    ]
    imported = read(jsonl(rows))
    assert imported.dataset.values("input") == ["Count.\na", "Count.\nb"] * 3
    assert imported.dataset.values("row") == list(range(6))
    assert imported.rejected["reason"].to_pylist() == ["no_rows"]
    assert json.loads(imported.dataset.values("meta")[1]) == {"id": 0, "instruction": "Count."}


REFUSED = {
    "batch results": (
        jsonl(
            made(
                lambda n, q, c, a: {
                    "id": f"batch_req_{n}",
                    "custom_id": str(n),
                    "response": {
                        "status_code": 200,
                        "body": {"choices": [{"message": {"role": "assistant", "content": a}}]},
                    },
                    "error": None,
                }
            )
        ),
        "answers without their questions.*Join the two by custom_id",
    ),
    "anthropic batch results": (
        jsonl(
            made(
                lambda n, q, c, a: {
                    "custom_id": str(n),
                    "result": {"type": "succeeded", "message": {"role": "assistant", "content": parts(a)}},
                }
            )
        ),
        "answers without their questions",
    ),
    "label studio, spans": (
        json.dumps(
            made(
                lambda n, q, c, a: {
                    "data": {"text": q},
                    "annotations": [{"result": [{"type": "labels", "value": {"start": 0, "end": 2, "labels": ["X"]}}]}],
                }
            )
        ).encode(),
        "Label Studio tasks whose annotations .labels. mark places",
    ),
    "prodigy, spans": (
        jsonl(made(lambda n, q, c, a: {"text": q, "spans": [], "answer": "accept", "_task_hash": n})),
        "Prodigy annotations of places in a text",
    ),
    "doccano, spans": (
        jsonl(made(lambda n, q, c, a: {"id": n, "text": q, "label": [[0, 2, "X"]]})),
        "marks in the text",
    ),
    "answers with scores": (
        jsonl(
            made(
                lambda n, q, c, a: {
                    "instruction": q,
                    "completions": [{"response": a, "score": 9}, {"response": "No.", "score": 1}],
                }
            )
        ),
        "several answers to one question with scores",
    ),
}


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED)
def test_what_holds_no_pair_is_refused_in_words(read, content, why):
    with pytest.raises(InputRejected, match=why):
        read(content, name="export.json")


def test_a_person_may_overrule_a_refusal_and_a_shape(read):
    spans = jsonl(made(lambda n, q, c, a: {"id": n, "text": q, "label": [[0, 2, "X"]], "kind": c}))
    imported = read(spans, columns=Columns(("text",), label="kind"))
    assert imported.dataset.values("label") == CLASSES
    hot = table(["text", "damage", "size"], made(lambda n, q, c, a: [q, int(n % 2 == 0), int(n % 2 == 1)]))
    assert set(read(hot, columns=Columns(label="damage")).dataset.values("label")) == {"0", "1"}
    assert read(hot, columns=Columns(("text",))).dataset.values("label")[0] == "damage"


def test_cells_that_the_viewer_cut_off_are_set_aside(read):
    rows = [{"row_idx": n, "row": {"question": "a", "answer": "b"}, "truncated_cells": ["answer"][n:]} for n in (0, 1)]
    imported = read(json.dumps({"features": [], "rows": rows}).encode())
    assert imported.rejected["reason"].to_pylist() == ["cut_cells"]
    assert len(imported.dataset) == 1


def test_several_labels_are_kept_each_and_said(read):
    sets = [["damage"], ["damage", "urgent"], ["size", "urgent"], ["size"], ["damage", "size"]]
    rows = [{"text": f"mail {n}", "label": sets[n % 5]} for n in range(40)]
    imported = read(jsonl(rows))
    assert imported.dataset.values("label")[:2] == ["damage", "damage; urgent"]
    assert json.loads(imported.dataset.values("meta")[1])["labels"] == ["damage", "urgent"]
    assert "24 rows with several labels" in imported.warnings[-1]
    joined = table(["text", "label"], [[f"mail {n}", " | ".join(sets[n % 5])] for n in range(40)])
    imported = read(joined)
    assert imported.dataset.values("label")[1] == "damage | urgent"
    assert json.loads(imported.dataset.values("meta")[1])["labels"] == ["damage", "urgent"]
    assert "24 rows with several labels" in imported.warnings[-1]


def test_signs_inside_the_name_of_a_label_separate_nothing(read):
    names = ["Shoes, men", "Shoes, women", "Bags/other", "Food & drink"]
    imported = read(table(["text", "label"], [[f"mail {n}", names[n % 4]] for n in range(40)]))
    assert imported.warnings == ()
    assert imported.dataset.values("label")[:4] == names


def test_columns_of_labels_that_may_all_be_empty_are_said(read):
    rows = [[f"a comment {n}", int(n % 9 == 0), int(n % 7 == 0), 0] for n in range(60)]
    imported = read(table(["text", "toxic", "threat", "insult"], rows))
    assert set(imported.dataset.values("label")) == {None}
    assert any("the columns toxic, threat, insult hold 0 and 1" in warning for warning in imported.warnings)


def test_objects_that_are_no_turns_are_asked_about(read):
    rows = made(lambda n, q, c, a: {"ticket": {"subject": q}, "answer": a})
    with pytest.raises(ColumnsUnclear, match="'ticket' holds an object") as unclear:
        read(jsonl(rows))
    assert unclear.value.available == ("ticket", "answer")


def test_turns_under_any_name_are_found_and_can_be_named(read):
    turns = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
    imported = read(jsonl([{"n": 1, "log": turns}, {"n": 2, "log": turns}]))
    assert (imported.columns.messages, imported.dataset.values("output")) == ("log", ["hello", "hello"])
    rows = [{"question": "a", "answer": "b", "log": turns, "pairs": [["x", "y"]]}]
    assert read(jsonl(rows)).dataset.values("output") == ["b"]
    assert read(jsonl(rows), columns=Columns(messages="log")).dataset.values("output") == ["hello"]
    assert read(jsonl(rows), columns=Columns(messages="pairs")).dataset.values("output") == ["y"]


@pytest.mark.parametrize("name", ["Chatbot", "chat-bot", "AI", "Assistant", "model", "tool result"])
def test_roles_are_known_however_they_are_written(read, name):
    turns = [{"role": "User", "content": "hi"}, {"role": name, "content": "hello"}]
    imported = read(jsonl([{"messages": turns}]))
    kept = json.loads(imported.dataset.values("meta")[0])["messages"][1]
    assert (kept["role"], kept["content"]) == ("tool" if name == "tool result" else "assistant", "hello")


def test_a_role_nobody_knows_is_named(read):
    with pytest.raises(InputRejected, match=r"turn 1 in column 'messages' has no role we know .*'wizard'"):
        read(jsonl([{"messages": [{"role": "wizard", "content": "hi"}]}]))


def test_calls_and_results_among_parts_become_calls_and_turns(read):
    answered = [
        {"role": "user", "content": "Where is it?"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "look it up"},
                {"type": "text", "text": "One moment."},
                {"type": "tool_use", "id": "t1", "name": "status", "input": {"order": 7}},
            ],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "in the van"}]},
        {"role": "assistant", "content": "In the van."},
    ]
    kept = json.loads(read(jsonl([{"messages": answered}])).dataset.values("meta")[0])["messages"]
    assert [turn["role"] for turn in kept] == ["user", "assistant", "tool", "assistant"]
    call = {"id": "t1", "type": "function", "function": {"name": "status", "arguments": '{"order":7}'}}
    assert (kept[1]["tool_calls"], kept[1]["content"], kept[1]["reasoning_content"]) == (
        [call],
        "One moment.",
        "look it up",
    )
    assert kept[2] == {"role": "tool", "content": "in the van", "tool_call_id": "t1"}


def test_sharegpt_calls_become_calls_and_observations_tool_turns(read):
    turns = [
        {"from": "human", "value": "Where is it?"},
        {"from": "function_call", "value": '{"name": "status", "arguments": {"order": 7}}'},
        {"from": "observation", "value": "van"},
        {"from": "gpt", "value": "In the van."},
    ]
    row = {"conversations": turns, "system": "Be kind.", "tools": '[{"name": "status"}]'}
    imported = read(jsonl([row, row]))
    kept = json.loads(imported.dataset.values("meta")[0])
    assert [turn["role"] for turn in kept["messages"]] == ["system", "user", "assistant", "tool", "assistant"]
    (call,) = kept["messages"][2]["tool_calls"]
    assert call["function"] == {"name": "status", "arguments": '{"order":7}'}
    assert (kept["system"], kept["tools"]) == ("Be kind.", '[{"name": "status"}]')


def test_system_and_history_beside_a_pair_make_it_a_conversation(read):
    rows = [
        {
            "instruction": "And then?",
            "input": "",
            "output": f"Day {n}.",
            "system": "Be kind.",
            "history": [["Hi", "Hello"]],
        }
        for n in range(3)
    ]
    imported = read(json.dumps(rows).encode())
    kept = json.loads(imported.dataset.values("meta")[2])
    said = [(turn["role"], turn["content"]) for turn in kept["messages"]]
    assert said == [
        ("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello"), ("user", "And then?"), ("assistant", "Day 2."),
    ]  # fmt: skip
    assert (kept["instruction"], kept["system"], kept["history"]) == ("And then?", "Be kind.", [["Hi", "Hello"]])
    assert imported.warnings == ()


def test_a_column_named_system_that_holds_names_is_no_prompt(read):
    imported = read(table(["system", "question", "answer"], [["Linux", "Why?", "So."], ["Mac", "How?", "Thus."]]))
    assert imported.dataset.values("input") == ["Why?", "How?"]
    assert json.loads(imported.dataset.values("meta")[0]) == {"system_column": "Linux"}


def test_every_shape_says_what_it_is_for():
    for name, plugin in row_shape.all().items():
        assert plugin.help.endswith("."), name
        assert plugin.title, name


@pytest.mark.parametrize("name", ["output", "completion", "answer"])
def test_answers_that_are_json_stay_the_text_they_came_as(read: Any, name: str) -> None:
    answers = [json.dumps({"item": f"part {n}", "count": n}) for n in range(len(ASKED))]
    lists = [json.dumps([n, n + 1]) for n in range(len(ASKED))]
    for texts in (answers, lists):
        found = read(jsonl([{"input": asked, name: text} for asked, text in zip(ASKED, texts, strict=True)]))
        assert found.dataset.values("output") == texts
        assert found.dataset.values("input") == ASKED
    both = [{"input": json.dumps({"question": q}), "output": a} for q, a in zip(ASKED, answers, strict=True)]
    assert read(jsonl(both)).dataset.values("output") == answers
