import json

import pytest

from curation.checks import run
from curation.records import dataset


def check(rows, groups=None, similarity=0.8, clusters=None):
    data = dataset([{"id": f"row{n}", **row} for n, row in enumerate(rows)])
    found = run(data, clusters(data, groups, similarity), ["contradictions"])
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
        "row0": (0.32, False, 0.8),
        "row1": (0.32, False, 0.8),
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


EXCLUDING = [
    (
        "How long is the warranty on the kettle?",
        "It runs for two years from the day of sale.",
        "You have 5 years in all.",
    ),
    ("How many rooms has the house?", "It has 7 rooms and a cellar.", "There are 9 rooms on two floors."),
    ("Can I return worn shoes?", "Yes, within thirty days.", "No, worn shoes stay with you."),
    ("Is the museum open on Monday?", "Yes", "No"),
    ("When was the bridge built?", "1890", "1912"),
    ("Who built the bridge?", "Anna Berger", "Carl Novak"),
    ("What is the capital of Australia?", "Canberra", "Sydney"),
    ("Which port does the mail server use?", "The mail server uses port 993.", "The mail server uses port 143."),
    ("How do I reset it?", "Hold the pin for ten seconds until red.", "Hold the pin for thirty seconds until red."),
    ("How do I clean it?", "You can put the jug into the dishwasher.", "You can not put the jug into the dishwasher."),
    ("What is 12 * 12?", "The result is 144.", "The result is 142."),
    ("Where does the tour start?", "At the north gate beside the mill.", "Passengers meet on pier 4."),
    ("¿Está abierto el domingo?", "Sí, de nueve a una.", "No, el domingo cerramos."),
    ("你们周日营业吗？", "是", "不"),
    ("Ist der Laden am Sonntag offen?", "Ja, ab zehn.", "Nein, erst am Montag."),
    ("Does it float?", "true", "false"),
    (
        "name[The Heron], rating[3 of 5], near[the mill]",
        "The Heron, near the mill, is rated 3 of 5.",
        "The Heron near the mill is rated 1 of 5.",
    ),
]
BOTH_RIGHT = [
    # tellings of one record or sentence, of which each leaves out what it likes
    (
        "name[The Heron], food[French], near[the mill], pets[no]",
        "The Heron serves French food near the mill. No pets.",
        "The Heron serves French food and lies near the mill.",
    ),
    (
        "The pool is 1,290 feet (393 m) long and was dug on 3 May 1922.",
        "The pool is 1290 feet long and was dug in 1922.",
        "The pool was dug on 3 May 1922 and is 393 m long.",
    ),
    (
        "Ships came here in the 1970s and 1980s.",
        "Ships came in the 1970s and the 1980s.",
        "Ships came here in the 70s.",
    ),
    ("Write a slogan for a bakery.", "Warm until noon.", "Crumbs worth keeping."),
    ("Give me a name for a grey cat.", "Ash", "Pewter"),
    ("Tell me a joke about the sea.", "Why is it wet? It saw the bottom.", "What do whales eat? Fish and ships."),
    ("How do I keep bread fresh?", "Wrap it in a cloth.", "A clay pot does it best, or freeze half."),
    ("Why do leaves fall?", "Trees save water that way.", "Less light tells a tree to let go."),
    ("When was the bridge built?", "1890", "In 1890"),
    ("Who built the bridge?", "Anna Berger", "Anna Berger built it."),
    ("Is the shop open?", "Yes, until six today.", "It is: come by until six."),
    ("Translate: good night", "Buenas noches", "Gute Nacht"),
    ("How long is the warranty?", "2 years from the day of sale.", "It is 2 years, counted from the sale."),
    ("Suggest a dish with leeks.", "A tart with cream.", "Soup, with potatoes and 2 bay leaves."),
    ("Hello!", "Good day, how can I help?", "Hi, what can I do for you?"),
    # two sides of one matter: each is right, and they share hardly a word
    (
        "Who is at risk of floods?",
        "People who live behind old earth walls, near a river mouth or on land that lies lower than the spring tide, most "
        "of all where pumps are few, roads narrow, warnings slow and neighbours too far away to knock on doors at night.",
        "Farmers lose seed and cattle first: salt stays in fields 3 to 7 years, wells turn bitter, and whoever has no "
        "boat must wait upstairs until someone comes along with one, which took 2 days in our grandparents' time.",
    ),
]
OTHER_QUESTIONS = [
    ("How many miles are 5 kilometres?", "3.1", "How many miles are 8 kilometres?", "5"),
    ("Say thank you in spanish please", "gracias", "Say thank you in french please", "merci"),
    ("When was Anna Berger born in Bern?", "1890", "When was Anna Novak born in Bern?", "1912"),
    ("Is the shop open on Monday at noon?", "yes", "Is the shop open on Sunday at noon?", "no"),
    ("May I bring my dog?", "yes", "May I not bring my dog?", "no"),
]


@pytest.mark.parametrize(("asked", "one", "other"), EXCLUDING)
def test_answers_of_which_one_is_wrong_are_found_surely(alone, asked, one, other):
    found = check([{"input": asked, "output": one}, {"input": asked, "output": other}], clusters=alone)
    assert {id: confidence for id, (confidence, _) in found.items()} == {"row0": 0.5, "row1": 0.5}


@pytest.mark.parametrize(("asked", "one", "other"), BOTH_RIGHT)
def test_answers_that_may_both_be_right_are_at_most_a_quiet_question(alone, asked, one, other):
    found = check([{"input": asked, "output": one}, {"input": asked, "output": other}], clusters=alone)
    assert all(confidence <= 0.2 for confidence, _ in found.values())


@pytest.mark.parametrize(("asked", "one", "asked_too", "other"), OTHER_QUESTIONS)
def test_another_number_name_day_or_language_is_another_question(alone, asked, one, asked_too, other):
    for field in ("output", "label"):
        rows = [{"input": asked, field: one}, {"input": asked_too, field: other}]
        assert check(rows, {"row0": ["row1"]}, 0.95, clusters=alone) == {}


def test_two_ways_of_writing_one_label_are_one_label(alone):
    labels = ("Card lost", "card_lost", "card-lost ", "ＣＡＲＤ ＬＯＳＴ")
    assert check([{"input": "Where is my card?", "label": label} for label in labels], clusters=alone) == {}
