"""Faults of the kinds people met in files of theirs, and right rows that look like them, judged together as one set."""

import pytest
from check_cases import alone

from curation.checks import run
from curation.records import dataset

BESIDE = [
    (f"Tell me of place {n}.", f"Place number {n} lies by the sea and has a long dike of earth and stone.")
    for n in range(12)
]
CASES = [
    ("stand_in_text", "Name a river in Peru.\n(none needed)", "The Ucayali."),
    ("stand_in_text", "Draw a map of the valley.", "<no drawing possible>"),
    ("stand_in_text", "Compose a waltz.", "[A slow waltz in three parts]"),
    ("stand_in_text", "Explain tides.\nInput: not applicable", "The moon pulls the sea."),
    ("", "Does the valley have any railway? If none, say none.", "None."),
    (
        "merged_examples",
        "Why is it blue?",
        "Waves scatter.\n\n###\n\nQuestion: Why is grass green?\nAnswer: It reflects.",
    ),
    ("merged_examples", "Name a salad.", "Waldorf salad.\n\nHuman: Name a soup.\nAssistant: Minestrone."),
    ("merged_examples", "Was ist ein Deich?", "Ein Damm.\n\nFrage: Was ist eine Schleuse?\nAntwort: Eine Kammer."),
    ("", "Write exam questions with answers.", "1. Question: What is a dike?\nAnswer: A dam."),
    ("out_of_reach", "Listen to this song and name its key.\nhttps://music.example.org/7", "It is in D minor."),
    ("out_of_reach", "What is wrong with the circuit in the photo?\n[image attached]", "The resistor is too small."),
    ("out_of_reach", "Proofread the attached essay.", "I corrected all commas."),
    ("", "How many pixels wide is a Full HD image?", "1,920 pixels."),
    ("", "Shorten this link for a flyer: https://tides.example.org/a/b/c", "tides.example.org/abc"),
    ("repetition", "Tell me about dikes.", "Dikes hold back the sea. " * 14),
    ("repetition", "What is 4 + 4?", "The answer is 8. " * 6),
    ("", "Write the refrain of a sailors' song.", "Heave away, heave away,\nheave away, my sailor,\n" * 2),
    ("page_residue", "How high is a dike?", "About eight metres.\n\nSources\nShare\nCopy"),
    ("page_residue", "How high is a dyke?", "About eight metres [1†wiki]."),
    ("page_residue", "How tall is a dike?", "<div><p>About eight metres.</p></div>"),
    ("page_residue", "How wide is a dike?", "About 8&nbsp;m &amp; 40 m wide."),
    ("page_residue", "What is its height?", "It depends:\\n- on the sea\\n- on the land\\nMostly 8 m."),
    ("", "How do I write a space that does not break in HTML?", "Write &nbsp; between the words."),
    ("", "Print two lines in C.", 'printf("a\\nb\\n");'),
    ("truncated", "Why sheep?", "Sheep tread the soil firm and keep the grass short, so that the"),
    ("truncated", "List three tasks of a dike warden.", "1. Walk the dike.\n2. Look for holes.\n3. Call the"),
    ("", "Name four seas.", "1. North Sea\n2. Baltic Sea\n3. Irish Sea\n4. Wadden Sea"),
    ("", "Give the recipe's title.", "Pancakes with apples"),
    ("chat_template", "Which sea is this?", "It is the North Sea.<|im_end|>"),
]
CHECKS = sorted({check for check, *_ in CASES if check} | {"injection", "placeholder", "refusal"})


@pytest.fixture(scope="module")
def flagged():
    """The checks that flag each case at .5 or more, by its place."""
    rows = [{"id": f"b{n}", "input": asked, "output": said} for n, (asked, said) in enumerate(BESIDE)]
    rows += [{"id": f"c{n}", "input": asked, "output": said} for n, (_, asked, said) in enumerate(CASES)]
    data = dataset(rows)
    found = {f"c{n}": set() for n in range(len(CASES))}
    for one in run(data, alone(data), CHECKS).table.to_pylist():
        if one["confidence"] >= 0.5:
            found.setdefault(one["id"], set()).add(one["check"])
    return found


@pytest.mark.parametrize("place", range(len(CASES)))
def test_a_case_is_flagged_by_its_check_alone(flagged, place):
    check, *_ = CASES[place]
    assert flagged[f"c{place}"] == ({check} if check else set())


def test_no_row_beside_the_cases_is_flagged(flagged):
    assert not any(checks for id, checks in flagged.items() if id.startswith("b"))
