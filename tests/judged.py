"""Verdicts that tests make up."""

from dataclasses import replace
from typing import Any

from curation.records import Verdict

PLAIN = Verdict(
    outcome="lora", provisional=True, headline="Fine-tune.", reasons=(), gate="8", stability={"lora": 1.0},
    nearest_flip="", next_step="", evidence=(), coverage={}, policy="p1", dataset="d1", seed=0,
)  # fmt: skip


def verdict(**changes: Any) -> Verdict:
    """The plain verdict with these fields changed."""
    return replace(PLAIN, **changes)
