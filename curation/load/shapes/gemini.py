"""Gemini and Vertex AI: `contents` with parts, a system instruction and function declarations; preference pairs in
`completions` with scores; batch results that hold their request."""

from collections.abc import Mapping
from typing import Any

from curation.load.guess import Look
from curation.load.mapping import system_text
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape

SYSTEM = ("systemInstruction", "system_instruction")


@row_shape("gemini", "Gemini conversations")
def gemini(look: Look) -> Wrapped | None:
    """Claims rows with contents, and rows whose request has them."""
    if look.share("contents", _are_contents) > 0.5:
        return Wrapped(1.0, _rows)
    if look.share("request", lambda v: isinstance(v, Mapping) and _are_contents(v.get("contents"))) > 0.5:
        return Wrapped(1.0, _of_batch)
    return None


def _are_contents(value: Any) -> bool:
    entries = value if isinstance(value, list) else [value]
    return bool(entries) and all(isinstance(entry, Mapping) and "parts" in entry for entry in entries)


def _turns(contents: Any) -> list[dict[str, Any]]:
    entries = contents if isinstance(contents, list) else [contents]
    return [{"role": "user", **entry} for entry in entries]


def _rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
    rest = dict(values)
    contents = rest.pop("contents", None)
    if not _are_contents(contents):
        return [Unusable("bad_messages", "column 'contents' holds no turns with parts")]
    system = [system_text(rest.pop(name)) for name in SYSTEM if name in rest]
    row: dict[str, Any] = {**rest, **({"system_prompt": system[0]} if system and system[0] else {})}
    if isinstance(row.get("tools"), list):
        row["tools"] = [tool for entry in row["tools"] for tool in _tools(entry)]
    pairs = row.pop("completions", None)
    if not isinstance(pairs, list):
        return [{**row, "messages": _turns(contents)}]
    scored = [pair for pair in pairs if isinstance(pair, Mapping) and isinstance(pair.get("completion"), Mapping)]
    scored.sort(key=lambda pair: -float(str(pair.get("score") or 0)))
    if len(scored) < 2 or str(scored[0].get("score")) == str(scored[-1].get("score")):
        return [Unusable("no_output", "the completions are not one preferred and one other")]
    good, bad = ([{"role": "model", **pair["completion"]}] for pair in (scored[0], scored[-1]))
    return [{**row, "prompt": _turns(contents), "chosen": good, "rejected": bad}]


def _of_batch(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
    rest = {name: value for name, value in values.items() if name not in ("request", "response")}
    request, response = values.get("request"), values.get("response")
    candidates = response.get("candidates") if isinstance(response, Mapping) else None
    answer = candidates[0].get("content") if isinstance(candidates, list) and candidates else None
    if not isinstance(request, Mapping) or not isinstance(answer, Mapping):
        return [Unusable("no_output", "the request failed: it has no answer")]
    contents = request.get("contents")
    entries = contents if isinstance(contents, list) else [contents]
    return _rows({**rest, **request, "contents": [*entries, {"role": "model", **answer}]})


def _tools(entry: Any) -> list[Any]:
    """Function declarations as trainers' templates read tools; anything else as it came."""
    made = entry.get("functionDeclarations", entry.get("function_declarations")) if isinstance(entry, Mapping) else None
    return [{"type": "function", "function": one} for one in made] if isinstance(made, list) else [entry]
