from curation.checks import run
from curation.records import dataset

ASK = "Please explain why the sky is blue at noon."


def flagged(name, rows, alone):
    data = dataset([{"id": str(n), **row} for n, row in enumerate(rows)])
    return sorted(run(data, alone(data), [name]).table["id"].to_pylist())


def test_an_unlabelled_row_is_not_empty(alone):
    assert flagged("empty", [{"input": ASK, "label": "sky"}, {"input": "Where is my card?"}], alone) == []
    assert flagged("empty", [{"input": ASK}, {"input": "Where is my card?"}], alone) == []


def test_a_blank_label_is_empty(alone):
    assert flagged("empty", [{"input": ASK, "label": "sky"}, {"input": ASK, "label": " "}], alone) == ["1"]


def test_labels_are_not_read_as_text(alone):
    data = dataset([{"input": ASK, "label": "sky"}])
    for name in ("copy_of_input", "refusal", "truncated", "language_mismatch", "mismatch"):
        assert "labels" in run(data, alone(data), [name]).run(name).reason
