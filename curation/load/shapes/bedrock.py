"""Amazon Bedrock's conversations: `schemaVersion`, a system prompt in parts, messages with content blocks, tools in
`toolConfig`."""

from collections.abc import Mapping
from typing import Any

from curation.load.guess import Look
from curation.load.mapping import system_text
from curation.load.shapes import Wrapped, row_shape


@row_shape("bedrock", "Bedrock conversations")
def bedrock(look: Look) -> Wrapped | None:
    """Claims rows that name Bedrock's schema, or messages beside its configuration of tools."""
    named = look.share("schemaVersion", lambda value: isinstance(value, str) and value.startswith("bedrock")) > 0.5
    tooled = look.share("toolConfig", lambda value: isinstance(value, Mapping)) > 0.5
    return Wrapped(1.0, _rows) if "messages" in look.columns and (named or tooled) else None


def _rows(values: dict[str, Any]) -> list[dict[str, Any]]:
    rest = dict(values)
    system, config = system_text(rest.pop("system", None)), rest.pop("toolConfig", None)
    if system:
        rest["system_prompt"] = system
    made = config.get("tools") if isinstance(config, Mapping) else None
    if isinstance(made, list):
        rest["tools"] = [_tool(tool) for tool in made]
    return [rest]


def _tool(tool: Any) -> Any:
    """A tool as trainers' templates read it; anything else as it came."""
    spec = tool.get("toolSpec") if isinstance(tool, Mapping) else None
    if not isinstance(spec, Mapping):
        return tool
    schema = spec.get("inputSchema")
    parameters = schema.get("json", schema) if isinstance(schema, Mapping) else {}
    described = {name: spec[name] for name in ("name", "description") if name in spec}
    return {"type": "function", "function": {**described, "parameters": parameters}}
