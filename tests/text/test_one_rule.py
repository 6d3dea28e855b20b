"""Texts as compared, characters nobody sees, and turns: one rule each, the same wherever it is asked."""

import pytest

from curation.text.normalise import folded, lowered, named, spaced, spelling, unpunctuated, usual_spellings
from curation.text.turns import exchange, flattened, last_answer, messages_in, turns_in, without_system
from curation.wording.visible import marked


def test_what_is_typing_and_what_is_another_text() -> None:
    assert spaced(" a\u00a0\n b ") == "a b"
    assert lowered("Cafe\u0301  STRASSE") == "café strasse" != lowered("Café Straße")
    assert folded("Cafe\u0301  STRASSE") == folded("Café Straße")
    assert named("Activate my-card") == named("activate_my_card") != named("activate_my_cards")
    assert unpunctuated("“Well, now?!”") == "well now"
    assert unpunctuated("3 + 4") != unpunctuated("3 - 4")


def test_ways_of_writing_a_label_and_which_is_usual() -> None:
    assert spelling("Lost_Card ") == spelling("lost card.") == spelling("lostCard") != spelling("lost cards")
    assert spelling("A B") != spelling("AB") and spelling("1 2") != spelling("12")
    assert len({spelling(label) for label in ("A", "A+", "-1", "1", "C", "C++", "C#", "_", "…")}) == 9
    rows = ["Refund ", "refund", "Refund", "refund", None, "  ", "parcel "]
    assert usual_spellings(rows) == {"Refund ": "refund", "refund": "refund", "Refund": "refund", "parcel ": "parcel "}
    assert usual_spellings({"yes ": 2, "yes": 2}) == {"yes ": "yes", "yes": "yes"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("new\uffff", "new⟨U+FFFF⟩"),
        ("👩\u200d🔬\n\tok", "👩\u200d🔬\n\tok"),
        ("plain ünd", "plain ünd"),
    ],
)
def test_hidden_characters_are_marked_and_layout_is_not(text: str, shown: str) -> None:
    assert marked(text) == shown


def test_a_conversation_is_read_from_what_a_row_keeps() -> None:
    turns = exchange("Hi", "Hello")
    assert flattened(turns) == ("Hi", "Hello")
    assert messages_in('{"messages": [1]}') == [1]
    assert turns_in('{"messages": [1]}') is None
    assert turns_in({"messages": turns}) == turns
    assert turns_in('{"topic": "messages"}') is None
    assert turns_in('"messages"') is None
    assert messages_in('{"messages": ') is None
    assert last_answer(turns) == 1
    assert last_answer(turns[:1]) is None


def test_the_system_turn_is_passed_over_where_a_question_follows() -> None:
    asked, _ = flattened([{"role": "system", "content": "Be kind.\nAlways."}, *exchange("Hi", "Hello")])
    assert asked == "system: Be kind.\nAlways.\nuser: Hi"
    assert without_system(asked) == "Hi"
    assert without_system("user: Hi") == "user: Hi"
