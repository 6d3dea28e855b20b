"""Conversations as ChatGPT exports them: a tree of messages, of which the branch that was shown last is read."""

from collections.abc import Mapping
from typing import Any

from curation.load.guess import Look
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape
from curation.text.turns import role_of


@row_shape("chatgpt", "ChatGPT conversations")
def chatgpt(look: Look) -> Wrapped | None:
    """Claims rows with a tree of messages under `mapping`."""
    if look.share("mapping", _is_tree) < 0.9:
        return None
    note = "ChatGPT's export: of each conversation the branch that was shown last is read; other branches are left out"
    return Wrapped(1.0, lambda values: [_conversation(values)], (note,))


def _is_tree(value: Any) -> bool:
    nodes = value.values() if isinstance(value, Mapping) and value else ()
    return bool(nodes) and all(isinstance(node, Mapping) and "parent" in node and "message" in node for node in nodes)


def _conversation(values: dict[str, Any]) -> dict[str, Any] | Unusable:
    nodes = values.get("mapping")
    rest = {name: value for name, value in values.items() if name not in ("mapping", "current_node")}
    if not _is_tree(nodes) or not isinstance(nodes, Mapping):
        return Unusable("bad_messages", "'mapping' holds no messages")
    parents = {node.get("parent") for node in nodes.values()}
    last = values.get("current_node")
    name = last if last in nodes else next((name for name in reversed(nodes) if name not in parents), None)
    turns: list[dict[str, Any]] = []
    seen = set()
    while name in nodes and name not in seen:
        seen.add(name)
        if turn := _turn(nodes[name].get("message")):
            turns.append(turn)
        name = nodes[name].get("parent")
    return {**rest, "messages": turns[::-1]} if turns else Unusable("no_rows", "the conversation has no message")


def _turn(message: Any) -> dict[str, Any] | None:
    """A message as a turn; None where it says nothing or was hidden from the reader."""
    if not isinstance(message, Mapping):
        return None
    author, content, more = (message.get(name) for name in ("author", "content", "metadata"))
    role = author.get("role") if isinstance(author, Mapping) else None
    parts = content.get("parts") if isinstance(content, Mapping) else None
    texts = [part for part in parts if part not in ("", None)] if isinstance(parts, list) else []
    if isinstance(more, Mapping) and more.get("is_visually_hidden_from_conversation"):
        return None
    if not role_of(role) or not texts:
        return None
    return {"role": role, "content": texts[0] if len(texts) == 1 and isinstance(texts[0], str) else _parts(texts)}


def _parts(texts: list[Any]) -> list[Any]:
    return [{"type": "text", "text": part} if isinstance(part, str) else part for part in texts]
