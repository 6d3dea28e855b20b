"""Questions written for a batch service, and its results read back: the OpenAI batch form, a request a line."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from curation.endpoint.client import Address, CallFailed, Reply, parsed_reply
from curation.endpoint.prompt import Prompt
from curation.errors import InputRejected

CHAT = "/v1/chat/completions"
LONGEST_LINE = 4 << 20
"""Bytes of one result: four times the largest reply of an endpoint."""
MOST_REQUESTS, MOST_BYTES = 50_000, 200 << 20
"""What OpenAI takes in one file (Batch API guide, limits)."""


@dataclass(frozen=True)
class Elsewhere:
    """Stands for an endpoint whose replies come from a file: nothing can be asked of it."""

    address: Address
    model: str
    refused: frozenset[str] = frozenset()

    def ask(self, prompt: Prompt) -> NoReturn:
        """Raises CallFailed."""
        raise CallFailed("questions of a batch are asked by its service", billed=False, final=True)


def write_requests(path: Path, asked: Iterable[tuple[str, Prompt]], model: str) -> int:
    """Write a request a line under the name its reply will be known by; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for key, prompt in asked:
            line = {"custom_id": key, "method": "POST", "url": CHAT, "body": prompt.body(model)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count


def read_results(path: Path) -> Iterator[tuple[str, Reply | str]]:
    """(name, its reply or why there is none) of each line of a batch's output or error file.

    Raises InputRejected where a line is no result in the OpenAI batch form.
    """
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if line.strip():
                yield _result(line, f"{path.name}, line {number:,}")


def _result(line: bytes, where: str) -> tuple[str, Reply | str]:
    try:
        whole = json.loads(line)
        name, response, error = whole["custom_id"], whole["response"], whole.get("error")
        if not isinstance(name, str):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputRejected(
            f"{where}: this is no result of a batch in the OpenAI form, which has custom_id and response. Give the "
            "output file as the service wrote it."
        ) from None
    if not isinstance(response, dict) or response.get("status_code") != 200:
        return name, _why(error, response)
    try:
        return name, parsed_reply(json.dumps(response.get("body")).encode(), False, 0.0)
    except CallFailed as failed:
        return name, str(failed)


def _why(error: object, response: Any) -> str:
    said = error.get("message") if isinstance(error, dict) else None
    status = response.get("status_code") if isinstance(response, dict) else None
    return " ".join(str(said or f"the service answered {status}").split())[:200]
