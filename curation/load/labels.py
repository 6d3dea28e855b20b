"""Labels as they stand in files: one a row, several in a list or apart by a sign, or numbers that stand for names."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from curation.load.chat import decoded
from curation.load.rows import Number, Unusable, as_text, compact, seen

SEPARATORS = ("|", ";", "#", "\n", ",", "+", "/", "&")
"""What stands between several labels in one field, the least likely to stand within a label first."""
JOINING = ("; ", " | ", ", ")
"""What several labels that came in a list are joined by: the first that stands in none of them."""
NAMES = ("choices", "label", "name", "value", "text")
"""Keys of an object that hold its label: Label Studio's choices, and what tools call it."""
HELD = 0.5
"""Share from which on a row has a label, where each label has one of its own (spaCy's `cats`): more likely than not."""
RECURRING = 0.8
"""Share of the parts of joined labels that stand in other rows too: parts of one label's name mostly do not."""
UNLABELLED = -1
"""What data sets write for a class nobody gave, as in a test set whose labels are kept back."""


def labels_of(value: Any, column: str) -> list[str]:
    """The labels of one cell, in order; [] where there is none. Raises Unusable where they are no texts."""
    value = decoded(value) if isinstance(value, str) and value.rstrip().endswith("]") else value
    if isinstance(value, list):
        labels = [_label(entry, column) for entry in value]
        return list(dict.fromkeys(label for label in labels if label.strip()))
    if isinstance(value, Mapping):
        shares = {str(name): _share(share) for name, share in value.items()}
        if len(shares) > 1 and None not in shares.values():
            return [name for name, share in shares.items() if share is not None and share >= HELD]
        alone = next(iter(value.values())) if len(value) == 1 else None
        # one question alone, as in Mistral's {"topic": "returns"}: the column says no more than its name
        usual = alone if isinstance(alone, str) else value
        inside = next((value[key] for key in NAMES if key in value), usual)
        if inside is value:
            raise Unusable("not_text", f"column {column!r} holds {seen(value)}, not a label")
        return labels_of(inside, column)
    return [text] if (text := as_text(value)).strip() else []


def _share(value: Any) -> float | None:
    """A number from 0 to 1 (numbers keep their digits as text while a file is read); None for anything else."""
    try:
        share = float(value) if isinstance(value, int | float | Number) else -1.0
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


def _label(entry: Any, column: str) -> str:
    if isinstance(entry, Mapping):
        (label,) = labels_of(entry, column)[:1] or [""]
        return label
    if isinstance(entry, list):
        raise Unusable("not_text", f"column {column!r} holds {seen(entry)} in a list, as marks in a text are; no label")
    return as_text(entry)


def joined(labels: Sequence[str]) -> str:
    """Several labels as one text, apart by a sign that stands in none of them; JSON where each sign does."""
    for sign in JOINING:
        if not any(sign.strip() in label for label in labels):
            return sign.join(labels)
    return compact(list(labels))


def separator_of(labels: Sequence[str]) -> str | None:
    """What stands between the labels of rows that hold several; None where each is one label.

    The parts must recur: sets are made of fewer labels than there are sets, and most parts stand in other rows too.
    """
    rows = Counter(label.strip() for label in labels)
    for sign in SEPARATORS:
        several = [label for label in rows if len(parts_of(label, sign)) > 1]
        parts = Counter(part for label in rows for part in parts_of(label, sign))
        inside = {part for label in several for part in parts_of(label, sign)}
        again = sum(parts[part] > 1 for part in inside)
        if several and len(parts) < len(rows) and again > RECURRING * len(inside):
            return sign
    return None


def parts_of(label: str, separator: str) -> list[str]:
    """The labels of one text apart by this sign, blanks around them left out."""
    return [part.strip() for part in label.split(separator) if part.strip()]


def class_names(features: Any) -> dict[str, list[str]]:
    """The names of the classes by column, from the features a data set describes itself with (Hugging Face)."""
    if isinstance(features, Mapping):
        features = [{"name": name, "type": kind} for name, kind in features.items()]
    if not isinstance(features, list):
        return {}
    found = {}
    for feature in features:
        if isinstance(feature, Mapping) and (names := _names_in(feature.get("type", feature))):
            found[str(feature.get("name"))] = names
    return found


def _names_in(kind: Any) -> list[str] | None:
    """The names of a class label, or of a list of them."""
    while isinstance(kind, Mapping | list):
        if isinstance(kind, list):
            kind = kind[0] if len(kind) == 1 else None
        elif kind.get("_type") == "ClassLabel":
            names = kind.get("names")
            return list(map(str, names)) if isinstance(names, list) else None
        else:
            kind = kind.get("feature")
    return None


def with_names(value: Any, names: Sequence[str]) -> Any:
    """A class's number as its name, in lists too; None for the number of no class, other values as they are."""
    if isinstance(value, list):
        return [with_names(entry, names) for entry in value]
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    if value == UNLABELLED:
        return None
    return names[value] if 0 <= value < len(names) else value


def agreed(answers: Sequence[Any]) -> Any:
    """What most of several people said; None where nobody said anything, or as many said something else."""
    counts = Counter(map(compact, answers)).most_common(2)
    if not counts or (len(counts) > 1 and counts[0][1] == counts[1][1]):
        return None
    return next(answer for answer in answers if compact(answer) == counts[0][0])
