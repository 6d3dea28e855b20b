"""Decisions replayed: overrides, undo, rejection, and what is left out as a duplicate."""

import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from curation.records import ACTIONS, CLUSTERS_SCHEMA, Clusters, Decision, dataset
from curation.review.curate import REMOVED_SCHEMA, State, collapse, curate, state_of

TICKETS = dataset(
    [
        {"id": "a", "input": "card lost", "label": "lost"},
        {"id": "b", "input": "card gone", "label": "lost"},
        {"id": "c", "input": "refund me", "label": "refund"},
        {"id": "d", "input": "hello there"},
    ]
)
PAIRS = dataset([{"id": "p", "input": "Be nice", "output": "Hello!"}, {"id": "q", "input": "Be calm", "output": "Hi."}])


def said(*moves, example="a"):
    """Decisions on one example, numbered from 1; a move is an action or (action, value)."""
    pairs = [(move, "") if isinstance(move, str) else move for move in moves]
    return [Decision(example, action, value, seq=n) for n, (action, value) in enumerate(pairs, start=1)]


def clusters(*rows, threshold=0.7):
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Clusters(pa.table(columns, schema=CLUSTERS_SCHEMA), {"threshold": threshold})


values = st.one_of(
    st.integers(-1, 12).map(str),
    st.text(max_size=5),
    st.dictionaries(st.sampled_from(["input", "output", "label"]), st.text(max_size=4)).map(json.dumps),
)
moves = st.lists(st.tuples(st.sampled_from(ACTIONS), values), max_size=10)


def test_an_undecided_example_is_as_imported():
    assert state_of([]) == State()


def test_the_last_word_decides_and_every_decision_counts():
    state = state_of(said("accept", ("edit", '{"input": "x"}'), ("label", "new"), "reject"))
    assert (state.version, state.status, state.input, state.label) == (4, "rejected", "x", "new")


def test_undo_takes_back_the_decision_it_names_whatever_came_after():
    state = state_of(said(("label", "one"), ("label", "two"), "accept", ("undo", "2")))
    assert (state.label, state.status, state.version) == ("one", "accepted", 4)


def test_undo_of_an_undo_restores():
    state = state_of(said("reject", ("undo", "1"), ("undo", "2")))
    assert (state.status, state.version) == ("rejected", 3)


def test_a_skip_or_flag_does_not_bring_a_rejected_row_back():
    assert state_of(said("reject", "skip")).status == "rejected"
    assert state_of(said("reject", "flag")).status == "rejected"
    assert state_of(said("skip", "flag")).status == "flagged"


def test_decisions_that_cannot_be_applied_are_counted():
    bad = said(("label", "  "), ("edit", "{"), ("edit", '{"input": 3}'), ("edit", '{"id": "x"}'), ("undo", "9"))
    assert state_of(bad) == State(version=5, unreadable=5)


@given(moves, st.tuples(st.sampled_from([a for a in ACTIONS if a != "undo"]), values))
def test_a_decision_and_its_undo_leave_no_trace(before, move):
    last = len(before) + 1
    start, end = state_of(said(*before)), state_of(said(*before, move, ("undo", str(last))))
    if any(action == "undo" and value == str(last) for action, value in before):
        return  # an earlier undo aimed at a decision not yet made stays without effect either way
    assert end == State(**{**vars(start), "version": start.version + 2})


@given(moves, st.sampled_from(["a", "d", "nobody"]))
def test_curate_is_total_and_loses_no_row(made, example):
    curated = curate(TICKETS, said(*made, example=example))
    there = curated.dataset.values("id") + curated.removed["id"].to_pylist()
    assert sorted(there) == ["a", "b", "c", "d"]
    assert curated.unknown == (len(made) if example == "nobody" else 0)
    assert curated.removed.schema == REMOVED_SCHEMA


@given(moves, st.randoms())
def test_decisions_may_arrive_in_any_order(made, random):
    decisions = said(*made)
    shuffled = random.sample(decisions, len(decisions))
    assert curate(TICKETS, shuffled).dataset.table == curate(TICKETS, decisions).dataset.table


def test_rejected_rows_are_set_apart_with_the_reviewers_reason():
    curated = curate(TICKETS, [Decision("c", "reject", reason="not ours", seq=1), Decision("b", "reject", seq=2)])
    assert curated.dataset.values("id") == ["a", "d"]
    assert curated.removed.select(["id", "reason", "keeper"]).to_pylist() == [
        {"id": "b", "reason": "rejected in review", "keeper": None},
        {"id": "c", "reason": "rejected in review: not ours", "keeper": None},
    ]


def test_a_new_label_is_the_new_output_of_a_classification_row():
    curated = curate(TICKETS, [Decision("a", "label", "stolen", seq=1), Decision("d", "label", "hello", seq=2)])
    assert curated.dataset.values("label") == ["stolen", "lost", "refund", "hello"]
    assert curated.dataset.values("output") == ["stolen", "lost", "refund", "hello"]
    assert curated.dataset.values("id") == ["a", "b", "c", "d"]
    assert curated.dataset.is_classification


def test_an_edited_output_of_a_classification_row_is_its_new_label():
    curated = curate(TICKETS, [Decision("a", "edit", '{"output": "stolen"}', seq=1)])
    assert curated.dataset.values("label")[0] == "stolen"


def test_a_label_beside_a_text_output_leaves_the_output():
    pairs = dataset([{"id": "p", "input": "x", "output": "a long answer", "label": "good"}])
    curated = curate(pairs, [Decision("p", "label", "bad", seq=1)])
    assert (curated.dataset.values("label"), curated.dataset.values("output")) == (["bad"], ["a long answer"])


def test_edits_change_text_and_nothing_else():
    curated = curate(PAIRS, [Decision("q", "edit", '{"output": "Good day."}', seq=1)])
    assert curated.dataset.values("output") == ["Hello!", "Good day."]
    assert curated.dataset.take([0]).table == PAIRS.take([0]).table
    assert curated.dataset.values("input") == PAIRS.values("input")


CHAT = [
    {"role": "system", "content": "Be kind"},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Yes?"},
    {"role": "user", "content": "Help"},
    {"role": "assistant", "content": "Go away", "name": "bot"},
]
ASKED = "system: Be kind\nuser: Hi\nassistant: Yes?\nuser: "


def edited_turns(turns, asked, **fields):
    chat = dataset([{"id": "m", "input": asked, "output": "Go away", "meta": json.dumps({"messages": turns, "n": 1})}])
    meta = json.loads(curate(chat, [Decision("m", "edit", json.dumps(fields), seq=1)]).dataset.values("meta")[0])
    assert meta["n"] == 1
    return meta["messages"]


def test_an_edited_chat_carries_the_edit_in_its_turns():
    turns = edited_turns(CHAT, ASKED + "Help", output="Welcome", input=ASKED + "Help me")
    assert turns == [*CHAT[:3], {"role": "user", "content": "Help me"}, {**CHAT[4], "content": "Welcome"}]
    assert edited_turns(CHAT[3:], "Help", input="Please") == [{"role": "user", "content": "Please"}, CHAT[4]]


def test_a_chat_edited_over_several_turns_becomes_one_exchange():
    turns = edited_turns(CHAT, ASKED + "Help", input="Hi, please help")
    assert turns == [{"role": "user", "content": "Hi, please help"}, {"role": "assistant", "content": "Go away"}]


FOUR = dataset([{"id": name, "input": f"text {name}", "output": "same"} for name in "abcd"])
TOGETHER = clusters(
    ("a", 0, "a", 1.0, "variant"),
    ("b", 0, "a", 1.0, "exact"),
    ("c", 0, "a", 0.8, "near"),
    ("d", 0, "a", 0.9, "variant"),
)


def left_out(removed):
    return {row["id"]: (row["reason"], row["keeper"], row["similarity"]) for row in removed.to_pylist()}


def test_repeats_of_the_keeper_are_left_out_and_name_it():
    kept, removed = collapse(FOUR, TOGETHER)
    assert kept.values("id") == ["a", "d"]
    assert left_out(removed) == {"b": ("exact duplicate", "a", 1.0), "c": ("near-duplicate", "a", 0.8)}


def test_keep_protects_a_repeat():
    kept, _ = collapse(FOUR, TOGETHER, {"c": State(pinned="keep")})
    assert kept.values("id") == ["a", "c", "d"]


def test_the_chosen_keeper_stays_and_the_old_one_goes():
    kept, removed = collapse(FOUR, TOGETHER, {"c": State(pinned="keeper", pinned_at=1)})
    assert kept.values("id") == ["c", "d"]
    assert left_out(removed) == {"a": ("near-duplicate", "c", 0.8), "b": ("near-duplicate", "c", 0.8)}


def test_the_later_of_two_chosen_keepers_stands_and_the_earlier_stays():
    states = {"b": State(pinned="keeper", pinned_at=4), "c": State(pinned="keeper", pinned_at=2)}
    kept, removed = collapse(FOUR, TOGETHER, states)
    assert kept.values("id") == ["b", "c", "d"]
    assert left_out(removed) == {"a": ("exact duplicate", "b", 1.0)}


def test_choosing_a_row_that_could_not_be_removed_changes_nothing():
    kept, _ = collapse(FOUR, TOGETHER, {"d": State(pinned="keeper", pinned_at=1)})
    assert kept.values("id") == ["a", "d"]


def test_under_a_new_keeper_only_rows_surely_alike_go():
    far = clusters(("a", 0, "a", 1.0, "near"), ("b", 0, "a", 0.8, "near"), ("c", 0, "a", 0.75, "near"))
    rows = FOUR.take([0, 1, 2])
    chosen = {"b": State(pinned="keeper", pinned_at=1)}
    assert collapse(rows, far, chosen)[0].values("id") == ["b", "c"]
    kept, removed = collapse(rows, far, chosen, jaccard=lambda pairs: [0.8 for _ in pairs])
    assert kept.values("id") == ["b"]
    assert left_out(removed)["c"] == ("near-duplicate", "b", 0.8)


def test_when_the_keeper_was_rejected_the_closest_repeat_stands_in():
    curated = curate(FOUR, [Decision("a", "reject", seq=1)])
    kept, removed = collapse(curated.dataset, TOGETHER, curated.states)
    assert kept.values("id") == ["b", "d"]
    assert left_out(removed) == {"c": ("near-duplicate", "b", 0.8)}


def test_a_row_whose_text_a_person_edited_is_never_left_out():
    curated = curate(FOUR, [Decision("c", "edit", '{"output": "better"}', seq=1)])
    assert "c" in collapse(curated.dataset, TOGETHER, curated.states)[0].values("id")


def test_a_relabelled_row_is_no_repeat_of_a_keeper_with_another_label():
    curated = curate(TICKETS, [Decision("b", "label", "stolen", seq=1)])
    pair = clusters(("a", 0, "a", 1.0, "near"), ("b", 0, "a", 0.9, "near"), ("c", 1, "c", 1.0, "unique"))
    kept, removed = collapse(curated.dataset, pair, curated.states)
    assert kept.values("id") == ["a", "b", "c"]
    assert left_out(removed) == {"d": ("not labelled yet", None, None)}


def test_an_unlabelled_keeper_does_not_take_its_labelled_repeats_along():
    pair = clusters(("d", 0, "d", 1.0, "near"), ("c", 0, "d", 0.9, "near"), ("a", 1, "a", 1.0, "unique"))
    kept, _ = collapse(TICKETS, pair)
    assert kept.values("id") == ["a", "b", "c"]


def test_nothing_in_nothing_out():
    empty = dataset([])
    nothing = Clusters(CLUSTERS_SCHEMA.empty_table())
    assert len(curate(empty, said("accept")).dataset) == 0
    kept, removed = collapse(empty, nothing)
    assert (len(kept), removed.num_rows, removed.schema) == (0, 0, REMOVED_SCHEMA)


names = list("abcdef")


@given(
    st.lists(
        st.tuples(st.sampled_from(["exact", "near", "variant", "contradiction"]), st.floats(0.7, 1.0)),
        min_size=5,
        max_size=5,
    ),
    st.dictionaries(st.sampled_from(names), st.sampled_from(["", "keep", "keeper"])),
    st.sets(st.sampled_from(names)),
)
def test_collapse_keeps_pinned_rows_and_a_kept_keeper_for_each_removed_row(relations, pins, absent):
    rows = dataset([{"id": name, "input": name, "output": "o"} for name in names if name not in absent])
    members = [(name, 0, "a", s, kind) for name, (kind, s) in zip(names[1:], relations, strict=True)]
    made = clusters(("a", 0, "a", 1.0, "near"), *members)
    states = {name: State(pinned=pin, pinned_at=n) for n, (name, pin) in enumerate(pins.items())}
    kept, removed = collapse(rows, made, states)
    kept_ids = set(kept.values("id"))
    assert kept_ids | set(removed["id"].to_pylist()) == set(rows.values("id"))
    assert kept_ids.isdisjoint(removed["id"].to_pylist())
    assert {name for name, pin in pins.items() if pin and name not in absent} <= kept_ids
    for row in removed.to_pylist():
        assert row["keeper"] in kept_ids
        assert row["similarity"] >= 0.7
