import json

import pytest

from curation.checks import run
from curation.records import dataset

S, U, A, T = "system", "user", "assistant", "tool"
MALFORMED = [
    [U],
    [S, U],
    [S],
    [U, U, A],
    [U, A, A],
    [A, U, A],
    [A],
    [U, A, U],
    [S, A],
    [U, S, A],
    [U, A, S, U, A],
    [S, S, U, A],
    [U, A, U, U, A],
    [U, A, U, A, A],
    [U, "narrator", A],
    ["human", "gpt"],
    [T, U, A],
    [S, U, A, U],
    [S, U, U],
    [U, A, T],
    [S, T, A],
]
WELL_FORMED = [
    [U, A],
    [S, U, A],
    [U, A, U, A],
    [S, U, A, U, A],
    [U, A, T, A],
    [S, U, A, T, A],
    [U, A, T, T, A],
    [U, A, T, A, U, A],
    [U, A] * 5,
    [S, *[U, A] * 20],
    [S, U, A, T, A, U, A],
    [U, A, T, A, T, A],
]


def flagged(turns, alone):
    rows = [{"input": "a", "output": "b", "meta": json.dumps({"messages": turns})}]
    return run(dataset(rows), alone(dataset(rows)), ["roles"])


def chat(roles):
    return [{"role": role, "content": "words"} for role in roles]


@pytest.mark.parametrize("roles", MALFORMED, ids=" ".join)
def test_a_malformed_chat_is_flagged(roles, alone):
    (row,) = flagged(chat(roles), alone).table.to_pylist()
    assert row["confidence"] >= 0.5
    assert json.loads(row["evidence"])["roles"] == roles


@pytest.mark.parametrize("roles", WELL_FORMED, ids=" ".join)
def test_a_well_formed_chat_is_not(roles, alone):
    assert len(flagged(chat(roles), alone)) == 0


@pytest.mark.parametrize(
    "turn", [{"role": A, "content": " "}, {"role": A}, {"content": "x"}, "x", {"role": 3, "content": "x"}]
)
def test_a_turn_without_role_or_words_is_flagged(turn, alone):
    assert len(flagged([{"role": U, "content": "hello"}, turn], alone)) == 1


def test_a_tool_call_needs_no_words(alone):
    call = {"role": A, "content": "", "tool_calls": [{"name": "weather"}]}
    turns = [
        {"role": U, "content": "hi"},
        call,
        {"role": T, "content": "sunny"},
        {"role": A, "content": "It is sunny."},
    ]
    assert len(flagged(turns, alone)) == 0


def test_a_set_without_chats_is_not_checked(alone):
    data = dataset([{"input": "a", "output": "b", "meta": '{"messages": "none"}'}])
    assert "no row is a chat" in run(data, alone(data), ["roles"]).run("roles").reason
