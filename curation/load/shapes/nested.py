"""Lists of pairs inside a row, as Self-Instruct's instances: one row a pair, with the other fields of its object. Lists
in lists are gone into, one inside the other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from curation.load.chat import decoded, looks_like_turns
from curation.load.guess import (
    FOREIGN_INPUT,
    FOREIGN_OUTPUT,
    INPUT,
    LABEL,
    MESSAGES,
    OUTPUT,
    SHORT,
    Look,
    first,
    plain,
)
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape

ANSWERS = (*OUTPUT, *FOREIGN_OUTPUT, *LABEL)
SCORES = ("score", "rating", "rank", "upvote")
LISTS = (
    *MESSAGES, "labels", "tags", "history", "tools", "annotations", "spans", "entities", "choices", "options",
    "predictions", "drafts", "suggestions", "responses", "comments",
)  # fmt: skip
"""Columns that hold lists of objects which are no examples."""


@row_shape("nested", "Pairs in a list")
def nested(look: Look) -> Wrapped | None:
    """Claims rows without an output of their own and with one list of objects that have one."""
    if first((*OUTPUT, *FOREIGN_OUTPUT), [name for name in look.columns if look.share(name, _is_list) < 0.5]):
        return None
    lists = [name for name in look.columns if plain(name) not in LISTS and look.share(name, _has_pairs(look)) > 0.5]
    if len(lists) != 1:
        return None
    column = lists[0]
    if look.share(column, _are_segments) > 0.5:
        raise Unusable(
            "not_text",
            f"column {column!r} holds segments that a chat template was applied to already (axolotl's input_output); "
            "load the turns or pairs they were made from, and let the recipe name the template",
        )
    if _are_scored([decoded(value) for value in look.values(column)]):
        raise Unusable(
            "not_text",
            f"column {column!r} holds several answers to one question with scores; write the best one as the output, "
            "or the best and the worst as chosen and rejected",
        )

    def rows(values: dict[str, Any]) -> Iterator[dict[str, Any] | Unusable]:
        beside = {name: value for name, value in values.items() if name != column}
        pairs = decoded(values.get(column))
        for pair in pairs if isinstance(pairs, list) else []:
            yield (
                {**beside, **pair}
                if isinstance(pair, Mapping)
                else Unusable("not_text", f"{column!r} holds no objects")
            )

    return Wrapped(0.85, rows, (f"each entry of {column!r} is a row, with the other fields of its object",))


def _are_scored(lists: Sequence[Any]) -> bool:
    """Whether most lists are answers alone, more than one, each with a score: not all of them are right."""
    scored = [
        isinstance(entries, list)
        and len(entries) > 1
        and not first((*INPUT, *FOREIGN_INPUT), list(entries[0]))
        and any(word in plain(key) for key in entries[0] for word in SCORES)
        for entries in lists
    ]
    return sum(scored) > len(scored) / 2


def _are_segments(value: Any) -> bool:
    """Whether a value is a list of objects with a text and a mark whether it is learned, and nothing else."""
    entries = value if isinstance(value, list) else []
    return bool(entries) and all(
        isinstance(entry, Mapping) and entry.keys() == {"label", "text"} and isinstance(entry["label"], bool)
        for entry in entries
    )


def _is_list(value: Any) -> bool:
    return isinstance(decoded(value), list)


def _has_pairs(look: Look) -> Any:
    asked = first((*INPUT, *FOREIGN_INPUT), [name for name in look.columns if look.share(name, _is_list) < 0.5])

    def holds(value: Any) -> bool:
        value = decoded(value)
        if not isinstance(value, list) or looks_like_turns(value):
            return False
        some = [entry for entry in value if isinstance(entry, Mapping)][:10]
        names = list(dict.fromkeys(key for entry in some for key in entry))
        if not some or len(some) < len(value[:10]):
            return False
        if {plain(name) for name in names} >= {*SHORT}:
            return True
        inside = [name for name in names if plain(name) not in LISTS and any(holds(entry.get(name)) for entry in some)]
        has_input = bool(asked) or first((*INPUT, *FOREIGN_INPUT), names) is not None
        return (has_input and first(ANSWERS, names) is not None) or len(inside) == 1

    return holds
