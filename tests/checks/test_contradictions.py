import json

from curation.checks import contradictions as checks
from curation.progress import ignore
from curation.records import dataset


def check(rows, groups=None, similarity=0.8, clusters=None):
    data = dataset([{"id": f"row{n}", **row} for n, row in enumerate(rows)])
    found = checks.contradictions(data, clusters(data, groups, similarity), checks.Settings(), 0, ignore)
    return {row["id"]: (row["confidence"], json.loads(row["evidence"])) for row in found.table.to_pylist()}


def test_identical_inputs_with_two_labels_name_each_other(alone):
    rows = [{"input": "Where is my card?", "label": "arrival"}, {"input": "where is  my card", "label": "lost"}]
    found = check(rows, clusters=alone)
    assert set(found) == {"row0", "row1"}
    confidence, evidence = found["row0"]
    assert confidence == 0.5
    assert evidence["identical"] is True
    assert (evidence["this"]["label"], evidence["twin"]["label"], evidence["twin"]["id"]) == ("arrival", "lost", "row1")


def test_the_answer_most_rows_agree_on_stands(alone):
    rows = [{"input": "Where is my card?", "label": label} for label in ("a", "a", "b", "a")]
    found = check(rows, clusters=alone)
    assert set(found) == {"row2"}
    assert found["row2"][0] == 0.75


def test_near_inputs_are_told_from_identical_ones(alone):
    rows = [{"input": "Where is my card now?", "label": "a"}, {"input": "Where is my card then?", "label": "b"}]
    found = check(rows, {"row0": ["row1"]}, clusters=alone)
    assert {id: (round(c, 3), e["identical"], e["similarity"]) for id, (c, e) in found.items()} == {
        "row0": (0.4, False, 0.8),
        "row1": (0.4, False, 0.8),
    }


def test_near_inputs_with_other_texts_are_a_quiet_question(alone):
    rows = [
        {"input": "Tell me a joke about cats", "output": "x y"},
        {"input": "Tell me a joke about dogs", "output": "z"},
    ]
    found = check(rows, {"row0": ["row1"]}, clusters=alone)
    assert set(found) == {"row0", "row1"}
    assert max(confidence for confidence, _ in found.values()) < 0.15


def test_no_contradiction_where_answers_agree_or_inputs_differ(alone):
    agree = [{"input": "Where is my card?", "label": "a"}, {"input": "where is my card", "label": "a"}]
    spelling = [{"input": "Hi there", "output": "Hello!"}, {"input": "hi there.", "output": "hello"}]
    signs = [{"input": "1 + 2", "output": "3"}, {"input": "1 - 2", "output": "-1"}]
    waiting = [{"input": "Where is my card?", "label": "a"}, {"input": "where is my card"}]
    for rows in (agree, spelling, signs, waiting):
        assert check(rows, clusters=alone) == {}
