"""Chats with broken tool calls, and right ones in every form that files have them in."""

import json

WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"town": {"type": "string"}, "day": {"type": "string"}}, "required": ["town"]}}}  # fmt: skip
CLOCK = {"name": "clock", "parameters": {"type": "object", "properties": {}}}
TOOLS = [WEATHER, CLOCK]
ASKED = {"role": "user", "content": "Will it rain in Ghent?"}
SAID = {"role": "assistant", "content": "Yes, take a coat."}


def call(name="weather", arguments='{"town": "Ghent"}', id="c1"):
    made = {"type": "function", "function": {"name": name, "arguments": arguments}}
    return made if id is None else {"id": id, **made}


def calling(*made, **more):
    return {"role": "assistant", "content": None, "tool_calls": list(made) or [call()], **more}


def result(id="c1"):
    return {"role": "tool", "content": "rain"} | ({} if id is None else {"tool_call_id": id})


def text(said):
    return {"role": "assistant", "content": said}


def sharegpt(said):
    return {"role": "assistant", "content": said, "original_role": "function_call"}


def rows(case):
    """The row of a chat: its turns, or its turns and tools."""
    turns, tools = case if isinstance(case, tuple) else (case, TOOLS)
    beside = {"tools": tools} if tools is not None else {}
    return [{"input": "chat", "output": "said", "meta": json.dumps({"messages": turns, **beside})}]


WRONG = [
    [ASKED, calling(call(arguments='{"town": "Ghent"')), result(), SAID],
    [ASKED, calling(call(arguments="Ghent")), result(), SAID],
    [ASKED, calling(call(arguments="[1]")), result(), SAID],
    [ASKED, calling(call(arguments="{'town': 'Ghent'}")), result(), SAID],
    [ASKED, calling(call(arguments=["Ghent"])), result(), SAID],
    [ASKED, calling(call(name="")), result(), SAID],
    [ASKED, calling({"id": "c1", "type": "function", "function": {"arguments": "{}"}}), result(), SAID],
    [ASKED, calling(call(name="wether")), result(), SAID],
    [ASKED, calling(call(), call("forecast", "{}", "c2")), result(), result("c2"), SAID],
    [ASKED, calling(call(arguments="{}")), result(), SAID],
    [ASKED, calling(call(arguments='{"place": "Ghent"}')), result(), SAID],
    [ASKED, calling(call(arguments='{"town": "Ghent", "unit": "C"}')), result(), SAID],
    [ASKED, calling(), result("c9"), SAID],
    [ASKED, result(), SAID],
    [ASKED, SAID, result(None)],
    [ASKED, calling(), SAID],
    [ASKED, calling(), {"role": "user", "content": "Well?"}, SAID],
    [ASKED, calling(call(), call(id="c2")), result(), SAID],
    [ASKED, calling(), result(), result(), SAID],
    [ASKED, calling(call(id=None)), result(None), result(None), SAID],
    ([ASKED, calling(), result(), SAID], [{"type": "function", "function": {"parameters": {}}}]),
    ([ASKED, calling(), result(), SAID], "[{"),
    [ASKED, sharegpt("weather(Ghent)"), result(None), SAID],
    [ASKED, text('<tool_call>{"name": "weather", "arguments": {"town": }</tool_call>'), result(None), SAID],
    [ASKED, text('<tool_call>\n{"name": "weather", "arguments": {"town": "Gh'), result(None), SAID],
]
RIGHT = [
    [ASKED, calling(), result(), SAID],
    [ASKED, calling()],
    ([ASKED, calling(), result(), SAID], None),
    [ASKED, calling(call(id=None)), result(None), SAID],
    [ASKED, calling(call(), call("clock", "{}", "c2")), result(), result("c2"), SAID],
    [ASKED, calling(call(), call("clock", "{}", "c2")), result("c2"), result(), SAID],
    [ASKED, calling(), result(), calling(call("clock", "", "c2")), result("c2"), SAID],
    [ASKED, calling(call(arguments={"town": "Ghent"})), result(), SAID],
    [ASKED, calling(call(arguments='{"town": "Ghent", "day": "Monday"}')), result(), SAID],
    [ASKED, calling(call("clock", None)), result(), SAID],
    [ASKED, calling(call("clock", "{}")), result(), SAID],
    ([ASKED, calling(), result(), SAID], json.dumps(TOOLS)),
    ([ASKED, calling(call("any", '{"x": 1}')), result(), SAID], None),
    ([ASKED, calling(call("any", '{"x": 1}')), result(), SAID], []),
    ([ASKED, calling(call("free", '{"x": 1}')), result(), SAID], [{"name": "free"}]),
    (
        [ASKED, calling(call("free", '{"x": 1}')), result(), SAID],
        [{"name": "free", "parameters": {"type": "object", "properties": {}, "additionalProperties": True}}],
    ),
    [ASKED, sharegpt('{"name": "weather", "arguments": {"town": "Ghent"}}'), result(None), SAID],
    [ASKED, sharegpt('[{"name": "clock", "arguments": {}}]')],
    [ASKED, text('<tool_call>\n{"name": "weather", "arguments": {"town": "Ghent"}}\n</tool_call>'), result(None), SAID],
    [ASKED, text('Let me look.\n<tool_call>{"name": "clock", "arguments": {}}</tool_call>')],
    [{"role": "system", "content": "Be kind."}, ASKED, calling(), result(), SAID, ASKED, calling(), result(), SAID],
    [ASKED, calling(content="Let me look."), result(), SAID],
    ([ASKED, calling(), result(), SAID], [{"name": "weather", "input_schema": {"properties": {"town": {}}}}]),
]
