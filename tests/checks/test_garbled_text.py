import json

from curation.checks import run
from curation.records import dataset

ASK = "Was steht dort?"


def test_the_repair_is_suggested(alone):
    data = dataset([{"input": ASK, "output": "Das MÃ¤dchen lÃ¤uft."}])
    (row,) = run(data, alone(data), ["mojibake"]).table.to_pylist()
    assert row["suggestion"] == "replace:Das Mädchen läuft."


def test_lost_characters_are_flagged_and_not_guessed(alone):
    data = dataset([{"input": ASK, "output": "Das M\ufffddchen"}])
    (row,) = run(data, alone(data), ["mojibake"]).table.to_pylist()
    assert row["suggestion"] == "look"
    assert json.loads(row["evidence"])["output"] == "Das M\ufffddchen"


def test_cleaning_keeps_what_belongs(alone):
    data = dataset([{"input": ASK, "output": "👩\u200d👧 zero\u200bwidth"}])
    (row,) = run(data, alone(data), ["hidden_characters"]).table.to_pylist()
    assert row["suggestion"] == "replace:👩\u200d👧 zerowidth"
    assert "U+200B ZERO WIDTH SPACE" in json.loads(row["evidence"])["characters"]
