"""Chats whose turns are out of order: two of one speaker in a row, none by the assistant at the end, or empty turns.

Chat templates of most models refuse such turns ("Conversation roles must alternate user/assistant/...").
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, cut, judged
from curation.errors import NotChecked
from curation.records import Findings
from curation.text.turns import messages_in, says

KNOWN = ("system", "user", "assistant", "tool")
# OpenAI's newer name of the first and older name of the last; a template knows no other names
SAME_AS = {"developer": "system", "function": "tool"}


@dataclass(frozen=True)
class Settings:
    same_twice: bool = field(default=True, metadata={"help": "Flag two turns of the same speaker in a row"})


def chats(shard: Shard, settings: Settings, seed: int) -> int:
    """How many rows of a shard are chats."""
    return sum(messages_in(meta) is not None for meta in shard.values("meta"))


def all_chats(states: Sequence[int], settings: Settings) -> int:
    """How many rows of the set are chats. Raises NotChecked where none is."""
    if not sum(states):
        raise NotChecked("no row is a chat, so there are no turns to check")
    return sum(states)


def figures(state: int, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """How many chats there are."""
    return {"chats": state}


@check("roles", "Malformed chats", settings=Settings(), fit=chats, merge=all_chats, summary=figures)
def roles(shard: Shard, settings: Settings, state: int) -> Findings:
    """One finding a malformed chat."""

    def rule(row: Row) -> Hit | None:
        turns = messages_in(row.meta)
        faults = [] if turns is None else malformed(turns, settings.same_twice)
        if turns is None or not faults:
            return None
        order = [turn.get("role") if isinstance(turn, Mapping) else None for turn in turns]
        evidence = {"faults": [why for why, _ in faults], "roles": [cut(str(role), 20) for role in order[:50]]}
        return Hit(max(sure for _, sure in faults), f"The chat is malformed: {faults[0][0]}.", evidence)

    return judged("roles", shard, rule, turns=False)


def malformed(turns: Sequence[Any], same_twice: bool = True) -> list[tuple[str, float]]:
    """What is wrong with the turns of a chat, in plain words, and how sure it is a fault (0..1)."""
    if not turns or not all(isinstance(turn, Mapping) and isinstance(turn.get("role"), str) for turn in turns):
        return [("a turn has no role", 0.95)]
    order = [SAME_AS.get(turn["role"], turn["role"]) for turn in turns]
    unknown = [role for role in order if role not in KNOWN]
    if unknown:
        return [(f"it has the unknown role “{cut(unknown[0], 20)}”", 0.9)]
    said = [role for role in order if role != "system"]
    faults = []
    if "assistant" not in order:
        faults.append(("the assistant says nothing", 0.95))
    elif order[-1] != "assistant":
        faults.append(("it does not end with the assistant's turn", 0.6))
    if said and said[0] != "user":
        faults.append(("it does not start with the user", 0.7))
    if "system" in order[1:]:
        faults.append(("a system turn is not the first", 0.6))
    if any(not says(turn) for turn in turns):
        faults.append(("a turn is empty", 0.8))
    if same_twice and any(a == b in ("user", "assistant") for a, b in itertools.pairwise(said)):
        faults.append(("the same speaker has two turns in a row", 0.7))
    return sorted(faults, key=lambda fault: -fault[1])
