import pytest

from curation.checks import run
from curation.records import dataset

ASK = "Please explain why the sky is blue at noon."


def flagged(name, rows, alone):
    data = dataset([{"id": str(n), **row} for n, row in enumerate(rows)])
    return sorted(run(data, alone(data), [name]).table["id"].to_pylist())


@pytest.mark.parametrize("blank", ["", " ", "\n\t ", "\u200b", "\u00a0", "\ufeff \u2060", "\x00", "\u3164"])
def test_blank_rows_are_empty(blank, alone):
    rows = [
        {"input": ASK, "output": "Because."},
        {"input": blank, "output": "Because."},
        {"input": ASK, "output": blank},
    ]
    assert flagged("empty", rows, alone) == ["1", "2"]


@pytest.mark.parametrize("text", ["0", "?", "-", "a", "👍", "日", ".", "é"])
def test_short_is_not_empty(text, alone):
    assert flagged("empty", [{"input": text, "output": text}], alone) == []


def test_an_unlabelled_row_is_not_empty(alone):
    assert flagged("empty", [{"input": ASK, "label": "sky"}, {"input": "Where is my card?"}], alone) == []
    assert flagged("empty", [{"input": ASK}, {"input": "Where is my card?"}], alone) == []


def test_a_blank_label_is_empty(alone):
    assert flagged("empty", [{"input": ASK, "label": "sky"}, {"input": ASK, "label": " "}], alone) == ["1"]


COPIES = [ASK, ASK.upper(), ASK + "\n", "please explain why the sky is blue at noon", f"“{ASK}”"]
ANSWERS = [
    (ASK, "Because short waves are scattered more."),
    (ASK, "The sky is blue at noon because short waves scatter."),
    ("Hello!", "Hello!"),
    ("hi there", "Hi there!"),
    ("Repeat after me: the sky is blue.", "The sky is blue."),
    ("Correct this: He go home.", "He goes home."),
    ("1 + 2 - 3", "1 - 2 + 3"),
    ("Fix this Python code.\nif ready == True\n  print('go on now')", "if ready == True:\n  print('go on now')"),
    ("Correct the spelling.\nyesterday we went to paris by train", "Yesterday we went to Paris by train."),
    (ASK, ASK + " It is because short waves scatter more than long ones."),
]


@pytest.mark.parametrize("output", COPIES)
def test_a_copy_is_flagged(output, sure):
    assert sure("copy_of_input", [(ASK, output)]) == [True]


@pytest.mark.parametrize(("asked", "output"), ANSWERS)
def test_an_answer_is_no_copy(asked, output, sure):
    assert sure("copy_of_input", [(asked, output)]) == [False]


def test_a_copy_without_spaces_counts_by_its_length(sure):
    asked = "なぜ空は昼に青く、夕方には赤く見えるのか説明してください。"
    assert sure("copy_of_input", [(asked, asked)]) == [True]


def test_labels_are_not_read_as_text(alone):
    data = dataset([{"input": ASK, "label": "sky"}])
    for name in ("copy_of_input", "refusal", "truncated", "language_mismatch", "mismatch"):
        assert "labels" in run(data, alone(data), [name]).run(name).reason
