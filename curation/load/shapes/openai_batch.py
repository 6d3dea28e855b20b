"""Requests and results of a batch or a log (OpenAI, Anthropic, Bedrock, Helicone). Requests are conversations without
an answer; results are answers without their questions and are refused, unless a row holds both."""

from collections.abc import Mapping
from typing import Any

from curation.load.guess import Look
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape

REQUESTS = ("body", "params", "request", "modelInput", "request_body")
RESULTS = ("response", "result", "modelOutput", "response_body")
IDS = frozenset({"custom_id", "id", "key", "recordId"})


@row_shape("openai_batch", "Batch requests")
def openai_batch(look: Look) -> Wrapped | None:
    """Claims requests, and results beside their requests; refuses results alone."""
    asked, answered = _object_column(look, REQUESTS), _object_column(look, RESULTS)
    if not (asked and answered) and (not IDS & set(look.columns) or not (asked or answered)):
        return None
    if asked and look.share(asked, _is_request) > 0.5:
        return Wrapped(1.0, lambda values: _rows(values, asked, answered))
    if not asked and "custom_id" in look.columns and look.share(answered or "", lambda v: bool(_message(v))) > 0.5:
        raise Unusable(
            "no_input",
            "these are the results of a batch: answers without their questions, which are in the file of requests. "
            "Join the two by custom_id into rows with a question and its answer, and load that",
        )
    return None


def _object_column(look: Look, names: tuple[str, ...]) -> str | None:
    return next((n for n in names if n in look.columns and look.share(n, lambda v: isinstance(v, Mapping)) > 0.5), None)


def _is_request(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(_asked(value), list | str)


def _asked(body: Mapping[str, Any]) -> Any:
    return body.get("messages", body.get("input", body.get("prompt")))


def _message(value: Any) -> Mapping[str, Any] | None:
    """The answer's turn inside a result."""
    body = value.get("body", value) if isinstance(value, Mapping) else None
    if not isinstance(body, Mapping):
        return None
    if isinstance(body.get("message"), Mapping):  # Anthropic
        message: Mapping[str, Any] = body["message"]
        return message
    if body.get("role") == "assistant" and "content" in body:  # Anthropic, on Bedrock too
        return {"role": "assistant", "content": body["content"]}
    said = body.get("output")  # OpenAI's Responses
    if isinstance(said, list) and (spoken := [one for one in said if isinstance(one, Mapping) and "role" in one]):
        return spoken[-1]
    if isinstance(said, list) and (made := [one for one in said if isinstance(one, Mapping) and "arguments" in one]):
        return {"role": "assistant", "content": None, "tool_calls": [_call(one) for one in made]}
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(choice, Mapping) and isinstance(choice.get("message"), Mapping):
        return dict(choice["message"])
    return (
        {"role": "assistant", "content": choice["text"]} if isinstance(choice, Mapping) and "text" in choice else None
    )


def _call(made: Mapping[str, Any]) -> dict[str, Any]:
    """A call as chat templates read it."""
    function = {name: made.get(name) for name in ("name", "arguments")}
    return {"id": made.get("call_id"), "type": "function", "function": function}


def _rows(values: dict[str, Any], asked: str, answered: str | None) -> list[dict[str, Any] | Unusable]:
    rest = dict(values)
    body = rest.pop(asked, None)
    if not _is_request(body):
        return [Unusable("bad_messages", f"{asked!r} holds no messages")]
    turns = _asked(body)
    turns = [{"role": "user", "content": turns}] if isinstance(turns, str) else list(turns)
    system = body.get("system", body.get("instructions"))
    answer = _message(rest.pop(answered, None)) if answered else None
    if answered and answer is None:
        return [Unusable("no_output", "the request failed: it has no answer")]
    beside = {k: v for k, v in body.items() if k not in ("messages", "input", "prompt", "system", "instructions")}
    row = {**rest, **beside, "messages": turns, **({"system_prompt": system} if system else {})}
    return [row | ({"completion": [answer]} if answer else {})]
