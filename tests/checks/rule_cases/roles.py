"""Chats whose turns are out of order, and unusual ones that are not."""

import json

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


def chat(roles):
    return [{"role": role, "content": "words"} for role in roles]


def rows(turns):
    return [{"input": "a", "output": "b", "meta": json.dumps({"messages": turns})}]


CALL = {"role": A, "content": None, "tool_calls": [{"name": "weather"}]}
WRONG = [
    *map(chat, MALFORMED),
    [{"role": U, "content": "hello"}, {"role": A, "content": " "}],
    [{"role": U, "content": "hello"}, {"role": A}],
    [{"role": U, "content": "hello"}, {"content": "x"}],
    [{"role": U, "content": "hello"}, "x"],
    [{"role": U, "content": ""}, {"role": A, "content": "x"}],
    [{"role": U, "content": "hello"}, {"role": A, "content": []}],
    [],
]
RIGHT = [
    *map(chat, WELL_FORMED),
    [{"role": U, "content": "hi"}, CALL, {"role": T, "content": "sunny"}, {"role": A, "content": "It is sunny."}],
    chat(["developer", U, A]),
    chat([U, A, "function", A]),
    [{"role": U, "content": [{"type": "text", "text": "hi"}]}, {"role": A, "content": "Hello"}],
    [{"role": U, "content": "hi"}, {"role": A, "content": "Hello", "weight": 0}],
    [{"role": U, "content": "0"}, {"role": A, "content": "0"}],
    [{"role": U, "content": "hi", "name": "Ada"}, {"role": A, "content": "Hello"}],
    [{"role": S, "content": "Be brief."}, {"role": U, "content": "hi"}, {"role": A, "content": "x"}],
    [{"role": U, "content": "hi"}, {"role": A, "content": "", "function_call": {"name": "f"}}],
    chat([U, A, U, A, T, A]),
]
