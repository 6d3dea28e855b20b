import json

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from curation.checks import mismatch, run
from curation.checks.pairing import likeness, swaps
from curation.checks.pairing.likeness import sides
from curation.errors import NotChecked
from curation.records import dataset
from curation.records.progress import ignore

SUBJECTS = [
    "otter",
    "falcon",
    "badger",
    "salmon",
    "walnut",
    "copper",
    "marble",
    "violin",
    "lantern",
    "anchor",
    "glacier",
    "desert",
    "orchard",
    "harbour",
]
VERBS = ["builds", "hides", "carries", "follows", "guards", "paints", "measures", "repairs"]


def story_rows(n, wrong_rate, seed=0):
    """(rows, positions whose outputs were dealt to one another): questions that share words with their answers."""
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(n):
        a, b = rng.choice(SUBJECTS, 2, replace=False)
        verb, place = rng.choice(VERBS), f"region{rng.integers(60)}"
        rows.append(
            {
                "id": f"r{k:04}",
                "input": f"Tell me how the {a} {verb} the {b} in {place}.",
                "output": f"Every morning the {a} {verb} the old {b} slowly, as is usual in {place} among friends.",
            }
        )
    wrong = rng.choice(n, int(n * wrong_rate), replace=False)
    outputs = [rows[k]["output"] for k in np.roll(wrong, 1)]
    for k, output in zip(wrong, outputs, strict=True):
        rows[k]["output"] = output
    return rows, set(wrong.tolist())


def check(rows, alone, groups=None):
    data = dataset(rows)
    return mismatch.mismatch(data, alone(data, groups), mismatch.Settings(), 0, ignore)


def told_in_other_words(says_where):
    """Stories that share the animal with their question, and the place in a share of them; the verbs are any."""
    rng = np.random.default_rng(5)
    rows = []
    for k in range(320):
        a, verb, place = rng.choice(SUBJECTS), rng.choice(VERBS), f"region{rng.integers(20)}"
        told = " and ".join(rng.choice(VERBS, 5)) + (f" in {place}" if rng.random() < says_where else "")
        asked = f"Write about the {a} that {verb} something in {place}."
        rows.append({"id": f"r{k:04}", "input": asked, "output": f"The {a} {told} as the day went by."})
    return rows


def test_outputs_that_fit_a_neighbour_as_well_are_not_called_misfits(alone):
    found = check(told_in_other_words(0.7), alone).table.to_pylist()
    assert sum(row["confidence"] >= 0.5 for row in found) <= 3
    with pytest.raises(NotChecked, match="no row could be sure"):
        check(told_in_other_words(0.4), alone)


def in_a_language_of_their_own(n, seed=0):
    """Questions and answers that share no word and no meaning, but each word has its word on the other side."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("bdfgklmnprstvz"))
    made = [
        "".join(rng.choice(letters, 2)) + rng.choice(list("aeiou")) + "".join(rng.choice(letters, 3))
        for _ in range(120)
    ]
    asked, answered = made[:60], made[60:]
    rows = []
    for k in range(n):
        some = rng.choice(60, 8, replace=False)
        inside = " ".join(answered[n] for n in rng.permutation(some))
        rows.append({"id": f"r{k:04}", "input": " ".join(asked[n] for n in some), "output": f"Zo {inside} zo."})
    return rows


def test_which_outputs_such_inputs_get_is_learned_from_the_other_rows(alone):
    rows = in_a_language_of_their_own(600)
    wrong = list(range(0, 600, 40))
    outputs = [rows[k]["output"] for k in np.roll(wrong, 1)]
    for k, output in zip(wrong, outputs, strict=True):
        rows[k]["output"] = output
    found = {int(row["id"][1:]) for row in check(rows, alone).table.to_pylist() if row["confidence"] >= 0.5}
    assert len(found & {*wrong}) >= 0.8 * len(wrong)
    assert len(found - {*wrong}) <= 0.005 * len(rows)


def test_nothing_is_learned_of_a_row_from_its_own_pair():
    """Among pairs dealt at random no own pair looks better than another."""
    rows = in_a_language_of_their_own(300)
    rng = np.random.default_rng(3)
    inputs, outputs = [row["input"] for row in rows], [rows[n]["output"] for n in rng.permutation(300)]
    read = sides(inputs, outputs, 0, ignore)
    place, other = np.arange(300), rng.permutation(300)
    assert swaps.told_apart(read.likeness(place, other), read.likeness(place, place)) < 0.6


def test_shuffled_outputs_score_high_and_are_flagged(alone):
    rows, wrong = story_rows(300, 0.1)
    data = dataset(rows)
    scores = mismatch.compare(data, alone(data), 0, ignore).rows
    assert roc_auc_score([n in wrong for n in range(len(rows))], scores.score) > 0.98
    found = {int(row["id"][1:]) for row in check(rows, alone).table.to_pylist() if row["confidence"] >= 0.5}
    assert len(found & wrong) >= 0.8 * len(wrong)
    assert len(found - wrong) <= 3


def test_a_clean_set_has_next_to_no_mismatch(alone):
    rows, _ = story_rows(300, 0.0)
    assert len(check(rows, alone)) <= 3


def test_evidence_names_the_row_the_output_fits(alone):
    rows, wrong = story_rows(200, 0.1)
    by_id = {row["id"]: row for row in rows}
    table = [row for row in check(rows, alone).table.to_pylist() if int(row["id"][1:]) in wrong]
    assert table
    for row in table:
        evidence = json.loads(row["evidence"])
        better = evidence["fits_better"]
        assert better["id"] != row["id"]
        assert better["input"] == by_id[better["id"]]["input"]
        assert better["similarity"] >= evidence["similarity"]


def test_near_duplicates_do_not_compete(alone):
    rows, _ = story_rows(100, 0.0)
    twin = {**rows[0], "id": "twin", "output": rows[0]["output"] + " Indeed."}
    data = dataset([*rows, twin])
    apart = mismatch.compare(data, alone(data), 0, ignore).rows.score[0]
    together = mismatch.compare(data, alone(data, {"r0000": ["twin"]}), 0, ignore).rows.score[0]
    assert together < apart


def test_few_or_short_outputs_are_not_judged(alone):
    rows, _ = story_rows(30, 0.0)
    with pytest.raises(NotChecked, match="there are 30"):
        check(rows, alone)
    short = [{**row, "output": "Yes."} for row in story_rows(100, 0.0)[0]]
    with pytest.raises(NotChecked, match="there are 0"):
        check(short, alone)


ANSWERS = """A tart with leeks and nutmeg goes well on a cold evening.
Still warm when you get home, and gone before supper.
Nobody had slept in that room since the clock ran backwards.
I keep nothing, yet I show you all you bring, the wrong way round.
Boots that are worn in, two warm layers, and more socks than you think.
The alarm factory burnt down while its guards were at a safety course.
Grey wool on the pier, a bell that knows the way, one gull in no hurry.
Ash would do nicely, or Pewter should it be a lady.
Rails take longer but leave you in the middle of town.
That weekend is sadly taken, but thank you for thinking of us.
Eight times three, so two dozen in all, unless one was in a fight.
He checks who you are, and that you signed of your own free will.""".splitlines()
QUESTIONS = """Suggest something for tonight's dinner.
Give me a slogan for a bakery.
Begin a ghost story for children.
Make up a riddle about mirrors.
What do I pack for the mountains?
Give an example of irony.
Write three lines about fog.
Name my kitten, please.
Trains or planes, in one sentence?
Decline this invitation politely.
How many legs have three spiders together?
What is a notary there for?""".splitlines()


def test_right_answers_that_share_nothing_with_their_questions_are_not_called_wrong(alone):
    rows = [
        {"id": f"r{n:03}", "input": f"{QUESTIONS[n % 12]} {'Keep it short. ' * (n // 12)}", "output": text}
        for n, text in enumerate(f"{answer} {'Indeed so. ' * copy}" for copy in range(5) for answer in ANSWERS)
    ]
    groups = {f"r{n:03}": [f"r{n + 12 * k:03}" for k in range(1, 5)] for n in range(12)}
    data = dataset(rows)
    found = run(data, alone(data, groups), ["mismatch"])
    assert sum(one["confidence"] >= 0.5 for one in found.table.to_pylist()) <= 3


def test_outputs_moved_down_by_one_row_are_all_found(alone):
    rows, _ = story_rows(200, 0.0)
    outputs = [row["output"] for row in rows]
    moved = [{**row, "output": output} for row, output in zip(rows, [outputs[-1], *outputs], strict=False)]
    table = check(moved, alone).table.to_pylist()
    assert sum(row["confidence"] >= 0.5 for row in table) >= 190


def test_half_of_the_rows_give_the_same_findings_on_those_rows(alone):
    rows, wrong = story_rows(300, 0.1)
    flagged = []
    for some in (rows, rows[::2]):
        table = check(some, alone).table.to_pylist()
        flagged.append({row["id"] for row in table if row["confidence"] >= 0.5} & {row["id"] for row in rows[::2]})
    assert len(flagged[0] & flagged[1]) >= 0.9 * len(flagged[0] | flagged[1])
    assert len(flagged[1]) >= 0.8 * sum(n % 2 == 0 for n in wrong)


def test_without_embeddings_words_alone_still_find_swapped_rows(alone, monkeypatch):
    monkeypatch.setattr("curation.checks.pairing.likeness.has_static_embeddings", lambda: False)
    rows, wrong = story_rows(300, 0.1)
    found = {int(row["id"][1:]) for row in check(rows, alone).table.to_pylist() if row["confidence"] >= 0.5}
    assert len(found & wrong) >= 0.8 * len(wrong)
    assert len(found - wrong) <= 3


def test_confidence_is_the_share_where_nothing_tells_them_apart():
    rng = np.random.default_rng(0)
    wrong = rng.normal(6, 1, 2000)
    mixed = np.concatenate([rng.normal(0, 1, 1800), rng.normal(6, 1, 200)])
    sure = swaps.confidence(mixed, wrong, wrong, 0.5, (0.75,))
    assert sure[1800:].mean() > 0.9
    assert (sure[:1800] >= 0.5).mean() < 0.01
    assert swaps.confidence(rng.normal(0, 1, 2000), wrong, wrong, 0.5, (0.75,)).max() < 0.1


def test_programs_that_are_asked_about_are_at_most_a_quiet_question(alone):
    """Translations both ways fit each other's inputs: each has the program that the other asks for."""
    rows, _ = story_rows(300, 0.0)
    java = (
        'public class Greeting {\n  public static void main(String[] args) {\n    System.out.println("Hello");\n  }\n}'
    )
    c = '#include <iostream>\nint main() {\n  std::cout << "Hello" << std::endl;\n  return 0;\n}'
    rows += [
        {"id": "x1", "input": f"Translate this Java code to C++ code:\n{java}", "output": c},
        {"id": "x2", "input": f"Translate this C++ code to Java code:\n{c}", "output": java},
    ]
    sure = {row["id"]: row["confidence"] for row in check(rows, alone).table.to_pylist()}
    assert max(sure.get("x1", 0), sure.get("x2", 0)) <= 0.4


def test_of_more_rows_than_are_compared_a_drawn_part_is_judged(alone, monkeypatch):
    rows, wrong = story_rows(300, 0.1)
    monkeypatch.setattr(mismatch, "MOST_ROWS", 240)
    one, again = check(rows, alone), check(rows[::-1], alone)
    assert one.runs[0].summary["judged"] == 240
    assert one.runs[0].summary["of"] == 300
    surest = {int(row["id"][1:]) for row in one.table.to_pylist() if row["confidence"] >= 0.5}
    assert len(surest & wrong) >= 0.5 * len(wrong)
    assert len(surest - wrong) <= 0.02 * len(rows)
    assert sorted(one.table["id"].to_pylist()) == sorted(again.table["id"].to_pylist())


def test_in_half_precision_the_same_rows_are_flagged(alone, monkeypatch):
    """Sets with very many rows are kept so."""
    rows, wrong = story_rows(300, 0.1)
    data = dataset(rows)
    whole, found = mismatch.compare(data, alone(data), 0, ignore).rows, check(rows, alone).table
    monkeypatch.setattr(likeness, "IN_HALVES_FROM", 100)
    halves, again = mismatch.compare(data, alone(data), 0, ignore).rows, check(rows, alone).table
    assert halves.own.tolist() != whole.own.tolist()
    assert halves.own == pytest.approx(whole.own, abs=1e-3)
    assert again["id"].to_pylist() == found["id"].to_pylist()
    assert len(wrong & {int(id[1:]) for id in again["id"].to_pylist()}) >= 0.8 * len(wrong)


def test_of_many_rows_a_sample_is_compared_whatever_the_order_of_the_file(alone, monkeypatch):
    rows, wrong = story_rows(300, 0.1)
    monkeypatch.setattr(mismatch, "MOST_ROWS", 200)
    found, turned = check(rows, alone), check(rows[::-1], alone)
    assert found.runs[0].summary["judged"] == 200
    assert found.runs[0].summary["of"] == 300
    assert sorted(found.table["id"].to_pylist()) == sorted(turned.table["id"].to_pylist())
    assert len(wrong & {int(id[1:]) for id in found.table["id"].to_pylist()}) >= 0.4 * len(wrong)
