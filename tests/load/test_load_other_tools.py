"""Further files of the tools people work with: what each row becomes, or the words in which it is refused."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curation.errors import ColumnsUnclear, InputRejected
from curation.load import data_files, load
from curation.text.turns.bad_answers import answer_text

ROWS = 24
QUESTIONS = [f"{text} (bike {n})" for n in range(6) for text in ("The brake squeaks, why?", "Where do I rent one?",
             "Is the lock included?", "The chain came off today.")]  # fmt: skip
KINDS = ["repair", "rental", "parts", "repair"] * 6
REPLIES = [f"Come to the workshop on day {n} and bring the bike along, please." for n in range(ROWS)]
WORSE = [f"Nobody here knows anything about bike number {n}." for n in range(ROWS)]
SHOP = "You answer for a bicycle shop."
Make = Callable[[int, str, str, str], Any]


def each(make: Make) -> list[Any]:
    return [make(n, q, k, r) for n, (q, k, r) in enumerate(zip(QUESTIONS, KINDS, REPLIES, strict=True))]


def lines(make: Make) -> bytes:
    return "\n".join(map(json.dumps, each(make))).encode()


def listed(make: Make) -> bytes:
    return json.dumps(each(make)).encode()


def table(names: list[str], make: Make, sign: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows([names, *each(make)])
    return out.getvalue().encode()


def asked(text: Any) -> dict[str, Any]:
    return {"role": "user", "content": text}


def said(text: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def argilla(fields: Any, responses: Any, suggestions: Any) -> dict[str, Any]:
    return {
        "id": "r", "status": "completed", "_server_id": "s", "fields": fields, "metadata": {}, "vectors": {},
        "responses": responses, "suggestions": suggestions,
    }  # fmt: skip


def studio(n: int, data: Any, *results: Any) -> dict[str, Any]:
    return {
        "id": n,
        "data": data,
        "annotations": [{"id": n, "result": list(results), "was_cancelled": False}],
        "project": 3,
    }


def given(name: str, kind: str, **value: Any) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": kind, "value": value}


ANSWERED = {
    "argilla, a chat as field": lines(
        lambda n, q, k, r: argilla(
            {"chat": [asked(q)]}, {"reply": [{"value": r, "user_id": "u", "status": "submitted"}]}, {}
        )
    ),
    "phoenix, spans as nested objects": lines(
        lambda n, q, k, r: {
            "name": "ChatCompletion",
            "span_kind": "LLM",
            "attributes": {
                "llm": {"input_messages": [{"message": asked(q)}], "output_messages": [{"message": said(r)}]},
                "input": {"value": q},
            },
        }
    ),
    "bedrock, batch": lines(
        lambda n, q, k, r: {
            "recordId": f"r{n}",
            "modelInput": {"messages": [asked([{"type": "text", "text": q}])], "max_tokens": 9},
            "modelOutput": {"role": "assistant", "content": [{"type": "text", "text": r}]},
        }
    ),
    "helicone": lines(
        lambda n, q, k, r: {
            "response_id": str(n),
            "request_body": {"model": "m", "messages": [asked(q)]},
            "response_body": {"choices": [{"message": said(r)}]},
        }
    ),
    "openai, reinforcement": lines(lambda n, q, k, r: {"messages": [asked(q)], "reference_answer": r}),
    "braintrust": lines(lambda n, q, k, r: {"id": str(n), "input": {"question": q}, "expected": r, "tags": None}),
    "mlflow": lines(lambda n, q, k, r: {"inputs": {"question": q}, "expectations": {"expected_response": r}}),
    "deepeval": listed(lambda n, q, k, r: {"input": q, "actual_output": None, "expected_output": r, "context": ["x"]}),
    "langsmith, a table": table(
        ["id", "inputs", "outputs"], lambda n, q, k, r: [n, json.dumps({"question": q}), json.dumps({"answer": r})]
    ),
    "lists of turns": listed(lambda n, q, k, r: [asked(q), said(r)]),
    "chatgpt, an export": listed(
        lambda n, q, k, r: {
            "title": "t",
            "mapping": {
                "root": {"message": None, "parent": None, "children": ["q"]},
                "q": {"message": {"author": {"role": "user"}, "content": {"parts": [q]}}, "parent": "root"},
                "old": {"message": {"author": {"role": "assistant"}, "content": {"parts": ["No."]}}, "parent": "q"},
                "new": {"message": {"author": {"role": "assistant"}, "content": {"parts": [r]}}, "parent": "q"},
            },
            "current_node": "new",
        }
    ),
    "claude, an export": listed(
        lambda n, q, k, r: {"uuid": str(n), "chat_messages": [{"text": q, "sender": "human"}, {"text": r, "sender": "assistant"}]}
    ),
    "doccano, texts under data": lines(lambda n, q, k, r: {"id": n, "data": q, "label": [r]}),
    "gemini, a batch": lines(
        lambda n, q, k, r: {
            "key": f"r{n}",
            "request": {"contents": [{"role": "user", "parts": [{"text": q}]}]},
            "response": {"candidates": [{"content": {"role": "model", "parts": [{"text": r}]}}]},
        }
    ),
    "label studio, a reply to a dialogue, with a rating": listed(
        lambda n, q, k, r: studio(n, {"dialogue": [{"author": "user", "text": q}]},
                                  given("response", "textarea", text=[r]), given("quality", "rating", rating=n % 5 + 1))
    ),
    "prodigy, a field that is named": lines(
        lambda n, q, k, r: {"text": q, "field_id": "reply", "reply": r, "answer": "accept", "_view_id": "text_input"}
    ),
    "doccano, a table of texts": table(["id", "data", "label"], lambda n, q, k, r: [n, q, r]),
    "langfuse, texts as JSON": table(
        ["id", "input", "expectedOutput"], lambda n, q, k, r: [n, json.dumps({"query": q}), json.dumps(r)]
    ),
    "langfuse, a decorated function": lines(
        lambda n, q, k, r: {"id": str(n), "input": {"args": [], "kwargs": {"question": q}}, "output": r}
    ),
    "phoenix, flat attributes": lines(
        lambda n, q, k, r: {"span_kind": "LLM", "attributes": {
            "llm.input_messages": [{"message.role": "user", "message.content": q}],
            "llm.output_messages": [{"message.role": "assistant", "message.content": r}]}}
    ),
    "opentelemetry": lines(
        lambda n, q, k, r: {"span_id": str(n), "attributes": {"gen_ai.input.messages": [asked(q)], "gen_ai.output.messages": [
            {"role": "assistant", "parts": [{"type": "text", "content": r}]}]}}
    ),
    "bedrock, a log": lines(
        lambda n, q, k, r: {"modelId": "m", "input": {"inputBodyJson": {"messages": [asked([{"text": q}])]}},
                            "output": {"outputBodyJson": {"output": {"message": said([{"text": r}])}}}}
    ),
    "openai, evaluations under item": lines(lambda n, q, k, r: {"item": {"input": q, "ideal": r}}),
    "questions in sections of chapters": json.dumps(
        [{"chapter": "bikes", "sections": [{"name": "all", "faqs": each(lambda n, q, k, r: {"q": q, "a": r})}]}]
    ).encode(),
    "pairs as JSON in a cell": lines(
        lambda n, q, k, r: {"doc": str(n), "qa_pairs": json.dumps([{"question": q, "answer": r}])}
    ),
    "answers by question": json.dumps(dict(zip(QUESTIONS, REPLIES, strict=True))).encode(),
    "rows by key beside a description": json.dumps(
        {"meta": {"v": 1}, "data": {f"r{n}": row for n, row in enumerate(each(lambda n, q, k, r: {"question": q, "answer": r}))}}
    ).encode(),
    "question and answer in one text": lines(lambda n, q, k, r: {"text": f"Question: {q}\nAnswer: {r}"}),
    "deepseek's template": lines(
        lambda n, q, k, r: {"text": f"<｜begin▁of▁sentence｜><｜User｜>{q}<｜Assistant｜>{r}<｜end▁of▁sentence｜>"}
    ),
    "granite's template": lines(
        lambda n, q, k, r: {"text": "".join(f"<|start_of_role|>{role}<|end_of_role|>{text}<|end_of_text|>\n"
                                            for role, text in (("user", q), ("assistant", r)))}
    ),
    "harmony": lines(
        lambda n, q, k, r: {"text": f"<|start|>user<|message|>{q}<|end|><|start|>assistant<|channel|>final<|message|>{r}<|return|>"}
    ),
    "a markdown table": "\n".join(
        ["| question | answer |", "| --- | :---: |", *each(lambda n, q, k, r: f"| {q} | {r} |")]
    ).encode(),
    "spanish names": table(["pregunta", "respuesta", "categoría"], lambda n, q, k, r: [q, r, k], ";"),
}  # fmt: skip


@pytest.mark.parametrize("content", ANSWERED.values(), ids=ANSWERED)
def test_a_question_has_its_answer(read: Any, content: bytes) -> None:
    imported = read(content)
    assert imported.dataset.values("input") == QUESTIONS
    assert imported.dataset.values("output") == REPLIES
    assert imported.rejected.num_rows == 0


def spoken(*before: str, system: bool = False) -> list[str]:
    return [*(["system"] if system else []), *before, "user", "assistant"]


CHATS = {
    "palm, context and authors": (
        lines(
            lambda n, q, k, r: {
                "context": SHOP,
                "messages": [{"author": "user", "content": q}, {"author": "bot", "content": r}],
            }
        ),
        spoken(system=True),
    ),
    "openai, evaluations": (
        lines(lambda n, q, k, r: {"input": [{"role": "system", "content": SHOP}, asked(q)], "ideal": r}),
        spoken(system=True),
    ),
    "ultrachat, texts in turn": (
        lines(lambda n, q, k, r: {"id": str(n), "data": ["Hello", "Hi there", q, r]}),
        spoken("user", "assistant"),
    ),
    "openai, a batch of responses": (
        lines(
            lambda n, q, k, r: {
                "custom_id": str(n),
                "body": {"instructions": SHOP, "input": q},
                "response": {
                    "body": {
                        "output": [
                            {"type": "reasoning", "summary": []},
                            {"type": "message", **said([{"type": "output_text", "text": r}])},
                        ]
                    }
                },
            }
        ),
        spoken(system=True),
    ),
    "bedrock, thoughts before the answer": (
        lines(
            lambda n, q, k, r: {
                "schemaVersion": "bedrock-conversation-2024",
                "system": [{"text": SHOP}],
                "messages": [
                    asked([{"text": q}]),
                    said([{"reasoningContent": {"reasoningText": {"text": "Hm."}}}, {"text": r}]),
                ],
            }
        ),
        spoken(system=True),
    ),
    "llama-factory, typed parts": (
        lines(
            lambda n, q, k, r: {
                "messages": [
                    {"role": "system", "content": [{"type": "text", "value": SHOP}], "loss_weight": 0.0},
                    asked([{"type": "text", "value": q}]),
                    said([{"type": "reasoning", "value": "Hm."}, {"type": "text", "value": r}]),
                ]
            }
        ),
        spoken(system=True),
    ),
    "a request of anthropic with its response": (
        lines(
            lambda n, q, k, r: {
                "request": {"system": SHOP, "messages": [asked(q)]},
                "response": {"type": "message", "role": "assistant", "content": [{"type": "text", "text": r}]},
            }
        ),
        spoken(system=True),
    ),
}


@pytest.mark.parametrize(("content", "roles"), CHATS.values(), ids=CHATS)
def test_a_conversation_has_its_turns(read: Any, content: bytes, roles: list[str]) -> None:
    imported = read(content)
    turns = [json.loads(meta)["messages"] for meta in imported.dataset.values("meta")]
    assert [[turn["role"] for turn in row] for row in turns] == [roles] * ROWS
    assert [row[-2]["content"] for row in turns] == QUESTIONS
    assert imported.dataset.values("output") == REPLIES


LABELLED = {
    "mistral, a classifier": lines(lambda n, q, k, r: {"text": q, "labels": {"topic": k}}),
    "cohere, a classifier": lines(lambda n, q, k, r: {"text": q, "label": [k]}),
    "clinc, lists by split": json.dumps({"train": each(lambda n, q, k, r: [q, k])[:16],
                                         "val": each(lambda n, q, k, r: [q, k])[16:]}).encode(),
    "pairs without names": listed(lambda n, q, k, r: [q, k]),
    "label studio, a rating beside the class": listed(
        lambda n, q, k, r: studio(n, {"text": q}, given("quality", "rating", rating=n % 3), given("topic", "choices", choices=[k]))
    ),
    "argilla, a table": table(
        ["text", "topic.responses", "topic.responses.users", "topic.responses.status"],
        lambda n, q, k, r: [q, f"['{k}', 'draft']", "['u', 'v']", "['submitted', 'draft']"],
    ),
    "prodigy, options by number": lines(
        lambda n, q, k, r: {"text": q, "options": [{"id": i, "text": name} for i, name in enumerate(sorted(set(KINDS)))],
                            "accept": [sorted(set(KINDS)).index(k)], "answer": "accept", "_view_id": "choice"}
    ),
    "fasttext, labels behind and rows without": (
        "".join(each(lambda n, q, k, r: f"{q} __label__{k}\n" if n % 2 else f"__label__{k} {q}\n")).encode()
    ),
    "spacy": listed(lambda n, q, k, r: [q, {"cats": {name: float(name == k) for name in sorted(set(KINDS))}}]),
    "yes and no": table(
        ["ticket", "repair", "rental", "parts"],
        lambda n, q, k, r: [q, *("yes" if k == name else "no" for name in ("repair", "rental", "parts"))],
    ),
    "crosses": table(
        ["ticket", "repair", "rental", "parts"],
        lambda n, q, k, r: [q, *("x" if k == name else "" for name in ("repair", "rental", "parts"))],
    ),
    "label studio, a table": table(
        ["text", "id", "topic", "annotator", "annotation_id", "lead_time"], lambda n, q, k, r: [q, n, k, 1, n, 3.5]
    ),
    "classes by number, from the viewer": json.dumps(
        {
            "features": [{"name": "text", "type": {"_type": "Value"}},
                         {"name": "label", "type": {"_type": "ClassLabel", "names": ["parts", "rental", "repair"]}}],
            "rows": each(lambda n, q, k, r: {"row_idx": n, "row": {"text": q, "label": ("parts", "rental", "repair").index(k)}}),
        }
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("content", LABELLED.values(), ids=LABELLED)
def test_a_text_has_its_class(read: Any, content: bytes) -> None:
    imported = read(content)
    assert imported.dataset.values("input") == QUESTIONS
    assert imported.dataset.values("label") == KINDS


def better(n: int, reply: str) -> tuple[str, str]:
    """Both answers, the better one first in every other row."""
    return (reply, WORSE[n]) if n % 2 == 0 else (WORSE[n], reply)


COMPARED = {
    "by number from 0": lines(
        lambda n, q, k, r: {"prompt": q, "response_0": better(n, r)[0], "response_1": better(n, r)[1], "better_response_id": n % 2}
    ),
    "by number from 1": lines(
        lambda n, q, k, r: {"instruction": q, "output_1": better(n, r)[0], "output_2": better(n, r)[1], "preference": n % 2 + 1}
    ),
    "an arena": lines(
        lambda n, q, k, r: {
            "winner": "model_a" if n % 2 == 0 else "model_b",
            "conversation_a": [asked(q), said(better(n, r)[0])],
            "conversation_b": [asked(q), said(better(n, r)[1])],
        }
    ),
    "1 for the first of two people": lines(
        lambda n, q, k, r: {"history": q, "human_ref_A": better(n, r)[0], "human_ref_B": better(n, r)[1], "labels": (n + 1) % 2}
    ),
    "label studio, the better of two": listed(
        lambda n, q, k, r: studio(n, {"prompt": q, "one": better(n, r)[0], "two": better(n, r)[1]},
                                  {**given("pick", "pairwise", selected=("left", "right")[n % 2]), "to_name": "one,two"})
    ),
    "argilla, ranked": lines(
        lambda n, q, k, r: argilla({"instruction": q, "first": r, "second": WORSE[n]},
                                   {"order": [{"value": ["first", "second"], "user_id": "u"}]}, {})
    ),
    "prodigy, answers as options": lines(
        lambda n, q, k, r: {"input": {"text": q}, "options": [{"id": "A", "text": better(n, r)[0]}, {"id": "B", "text": better(n, r)[1]}],
                            "accept": ["AB"[n % 2]], "answer": "accept", "_view_id": "choice"}
    ),
    "kiln, repaired": lines(
        lambda n, q, k, r: {"v": 1, "input": q, "output": {"v": 1, "output": WORSE[n]}, "repaired_output": {"output": r}}
    ),
    "gemini, scores": lines(
        lambda n, q, k, r: {
            "contents": [{"role": "user", "parts": [{"text": q}]}],
            "completions": [
                {"score": 0.0, "completion": {"role": "model", "parts": [{"text": WORSE[n]}]}},
                {"score": 1.0, "completion": {"role": "model", "parts": [{"text": r}]}},
            ],
        }
    ),
}  # fmt: skip


@pytest.mark.parametrize("content", COMPARED.values(), ids=COMPARED)
def test_the_better_answer_is_the_output_and_the_other_one_rejected(read: Any, content: bytes) -> None:
    imported = read(content)
    assert imported.dataset.values("input") == QUESTIONS
    assert imported.dataset.values("output") == REPLIES
    held = [json.loads(meta).get("rejected") for meta in imported.dataset.values("meta")]
    assert list(map(answer_text, held)) == WORSE


def test_a_tie_is_set_aside(read: Any) -> None:
    rows = each(lambda n, q, k, r: {"prompt": q, "answer_a": r, "answer_b": WORSE[n], "winner": ("a", "tie")[n % 2]})
    imported = read("\n".join(map(json.dumps, rows)).encode())
    assert imported.dataset.values("output") == REPLIES[::2]
    assert imported.rejected["message"][0].as_py() == "'winner' says that neither answer is better"


MARKS = {"thumbs": ("thumbs_up", "thumbs_down"), "words": ("good", "bad"), "signs": (1, -1)}


@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_words_and_signs_mark_answers_too(read: Any, marks: tuple[Any, Any]) -> None:
    imported = read(
        lines(lambda n, q, k, r: {"prompt": q, "response": WORSE[n] if n % 2 else r, "feedback": marks[n % 2]})
    )
    assert imported.shape == "unpaired_preference"
    assert imported.dataset.values("output") == ["" if n % 2 else reply for n, reply in enumerate(REPLIES)]
    held = [json.loads(meta).get("rejected") for meta in imported.dataset.values("meta")]
    assert list(map(answer_text, held)) == [WORSE[n] if n % 2 else "" for n in range(ROWS)]


def test_llama_factorys_mark_in_alpaca(read: Any) -> None:
    imported = read(
        listed(lambda n, q, k, r: {"instruction": q, "input": "", "output": r if n % 2 == 0 else WORSE[n], "kto_tag": n % 2 == 0})
    )  # fmt: skip
    assert imported.dataset.values("output")[:2] == [REPLIES[0], ""]
    assert json.loads(imported.dataset.values("meta")[1])["rejected"] == WORSE[1]


OPEN = {
    "label studio, guesses of a model alone": listed(
        lambda n, q, k, r: {
            "id": n,
            "data": {"text": q},
            "annotations": [],
            "predictions": [{"result": [{"from_name": "k", "type": "choices", "value": {"choices": [k]}}]}],
        }
    ),
    "argilla, suggestions alone": lines(lambda n, q, k, r: argilla({"text": q}, {}, {"label": {"value": k}})),
}


@pytest.mark.parametrize("content", OPEN.values(), ids=OPEN)
def test_a_guess_is_no_label(read: Any, content: bytes) -> None:
    imported = read(content)
    assert imported.dataset.values("input") == QUESTIONS
    assert set(imported.dataset.values("label")) == {None}
    assert set(imported.dataset.values("output")) == {""}


def test_a_right_answer_beside_one_a_model_gave_is_pointed_out(read: Any) -> None:
    imported = read(lines(lambda n, q, k, r: {"user_input": q, "response": WORSE[n], "reference": r}))
    assert imported.dataset.values("output") == WORSE
    assert imported.warnings[0].startswith("reference may hold the right answer too")


REFUSED = {
    "axolotl, templated segments": (
        lines(lambda n, q, k, r: {"segments": [{"label": False, "text": f"<s>{q}"}, {"label": True, "text": r}]}),
        "a chat template was applied to already",
    ),
    "several questions in one label": (
        lines(lambda n, q, k, r: {"text": q, "labels": {"topic": k, "tone": "calm"}}),
        "'labels' holds an object",
    ),
    "label studio, a class for each place": (
        listed(lambda n, q, k, r: studio(n, {"image": "a.png"}, given("kind", "taxonomy", x=1, y=2, taxonomy=[[k]]))),
        "mark places in a text or picture",
    ),
    "label studio, places in short": (
        listed(
            lambda n, q, k, r: {
                "text": q,
                "id": n,
                "label": [{"start": 0, "end": 3, "labels": ["X"]}],
                "annotator": 1,
                "annotation_id": n,
                "lead_time": 2.5,
            }
        ),
        "mark places in a text or picture",
    ),
    "yaml": ("\n".join(each(lambda n, q, k, r: f"- question: {q}\n  answer: {r}")).encode(), "this is YAML"),
    "ranked answers": (
        lines(lambda n, q, k, r: {"prompt": q, "answers": [{"answer": r, "rank": 1}, {"answer": WORSE[n], "rank": 2}]}),
        "several answers to one question",
    ),
    "a list of numbers a row": (listed(lambda n, q, k, r: [[n]]), "with named fields"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_in_words(read: Any, content: bytes, words: str) -> None:
    with pytest.raises((ColumnsUnclear, InputRejected), match=words):
        read(content, name="rows.yaml" if "YAML" in words else "rows.csv")


def test_what_prodigy_asked_by_yes_or_no_has_both_classes(read: Any) -> None:
    imported = read(lines(lambda n, q, k, r: {"text": q, "label": "REPAIR", "_task_hash": n,
                                              "answer": "ignore" if n == 0 else "accept" if k == "repair" else "reject"}))  # fmt: skip
    assert imported.dataset.values("label") == ["REPAIR" if kind == "repair" else "not REPAIR" for kind in KINDS[1:]]
    assert imported.rejected["reason"].to_pylist() == ["set_aside"]
    assert "Prodigy asked whether each text is 'REPAIR'" in imported.warnings[0]


PARTS = {
    "openai": ({"type": "image_url", "image_url": {"url": "https://x.org/a.png"}}, "[image: https://x.org/a.png]"),
    "gemini": ({"fileData": {"mimeType": "image/jpeg", "fileUri": "gs://b/1.jpg"}}, "[image: gs://b/1.jpg]"),
    "bedrock": (
        {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/x.png"}}}},
        "[image: s3://b/x.png]",
    ),
    "written out": ({"type": "input_audio", "input_audio": {"data": "QUJD", "format": "wav"}}, "[audio: 6f37e5453206]"),
    "llama-factory": ({"type": "video_url", "value": "a.mp4"}, "[video: a.mp4]"),
}


@pytest.mark.parametrize(("part", "shown"), PARTS.values(), ids=PARTS)
def test_a_picture_is_shown_as_one_and_kept_as_it_came(read: Any, part: Any, shown: str) -> None:
    imported = read(lines(lambda n, q, k, r: {"messages": [asked([part, {"type": "text", "text": q}]), said(r)]}))
    assert imported.dataset.values("input") == [f"{shown}\n{q}" for q in QUESTIONS]
    assert json.loads(imported.dataset.values("meta")[0])["messages"][0]["parts"][0] == part


def test_lists_of_texts_by_label_are_rows(read: Any) -> None:
    by_label = {name: [q for q, k in zip(QUESTIONS, KINDS, strict=True) if k == name] for name in dict.fromkeys(KINDS)}
    imported = read(json.dumps(by_label).encode())
    found = zip(imported.dataset.values("input"), imported.dataset.values("label"), strict=True)
    assert sorted(found) == sorted(zip(QUESTIONS, KINDS, strict=True))


def test_names_of_pictures_are_no_texts(read: Any) -> None:
    imported = read(lines(lambda n, q, k, r: {"filename": f"bike {n}.png".replace(" ", "_"), "label": [k]}))
    assert any("names of pictures, sounds or films, not texts" in note for note in imported.warnings)


def test_lists_of_0_and_1_are_places_of_labels(read: Any) -> None:
    names = sorted(set(KINDS))
    imported = read(lines(lambda n, q, k, r: {"text": q, "labels": [int(k == name) for name in names]}))
    assert imported.dataset.values("label") == [str(names.index(kind)) for kind in KINDS]
    assert "the file does not say their names" in imported.warnings[0]


def test_lines_that_no_sign_divides_are_one_text_each(read: Any) -> None:
    text = "".join(f"Bike {n} squeaks{', and it limps' * (n % 4)}.\n" for n in range(ROWS))
    imported = read(text.encode())
    assert imported.dataset.values("input") == text.splitlines()
    assert imported.warnings[0] == "no sign divides its lines into columns: each line is read as one text"


def test_quotes_behind_backslashes_and_names_that_come_again(read: Any) -> None:
    rows = each(lambda n, q, k, r: f'"{q} \\"now\\"","a \\\\ {r}"')
    imported = read("\n".join(["question,answer", *rows[:9], "question,answer", *rows[9:]]).encode())
    assert imported.dataset.values("input") == [f'{q} "now"' for q in QUESTIONS]
    assert imported.dataset.values("output") == [f"a \\ {r}" for r in REPLIES]
    assert "1 line with the names of the columns once more passed over" in imported.warnings


def test_a_task_of_kiln_is_a_folder_of_runs(tmp_path: Path) -> None:
    for task in ("triage", "reply"):
        for n, (q, r) in enumerate(zip(QUESTIONS[:12], REPLIES, strict=False)):
            run = tmp_path / task / "runs" / str(n) / "task_run.kiln"
            run.parent.mkdir(parents=True)
            run.write_text(json.dumps({"v": 1, "input": q, "output": {"v": 1, "output": r}}, indent=2), "utf-8")
        (tmp_path / task / "task.kiln").write_text('{"v": 1, "instruction": "Answer."}', "utf-8")
    files = data_files(tmp_path)
    assert [file.name for file in files] == ["reply/runs", "triage/runs"]
    imported = load(files[1].path, name=files[1].name)
    assert imported.dataset.values("input") == QUESTIONS[:12]
    assert imported.dataset.values("output") == REPLIES[:12]
    assert imported.digest == load(files[1].path).digest
