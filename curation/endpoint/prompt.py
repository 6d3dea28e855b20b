"""One question to a model, and the name under which its reply is kept."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Prompt:
    """One question to a model: chat `messages` (role, text), or `text` for completions.

    `stop` ends a completion; `reply_tokens` is the most it may answer. `schema` is the JSON schema (as JSON) that the
    reply should follow, where the endpoint can hold it to one.
    """

    messages: tuple[tuple[str, str], ...] = ()
    text: str = ""
    stop: tuple[str, ...] = ()
    reply_tokens: int = 64
    schema: str = ""

    @property
    def whole(self) -> str:
        """All text that is sent for the model to read."""
        return self.text or "\n".join(text for _, text in self.messages)

    def body(self, model: str) -> dict[str, Any]:
        """The request, as the OpenAI API writes it; temperature 0, so that the same question has the same answer."""
        body: dict[str, Any] = {"model": model, "temperature": 0, "max_tokens": self.reply_tokens}
        if self.messages:
            body["messages"] = [{"role": role, "content": text} for role, text in self.messages]
        else:
            body |= {"prompt": self.text} | ({"stop": list(self.stop)} if self.stop else {})
        if self.schema:
            held_to = {"name": "reply", "strict": True, "schema": json.loads(self.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": held_to}
        return body

    def key(self, url: str, model: str) -> str:
        """SHA-256 of where it is sent and everything that is sent: the same key has the same answer."""
        return hashlib.sha256(json.dumps([url, self.body(model)], sort_keys=True).encode()).hexdigest()
