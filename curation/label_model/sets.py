"""Several labels in one field: what stands between them, and which they are.

Nobody learns a class of its own for every pair of labels: each counts by itself.
"""

import json
from collections import Counter
from collections.abc import Mapping

SEPARATORS = ("|", ";", "#", "\n", ",", "+", "/", "&")
"""What stands between several labels in one field, the least likely to stand within a label first."""


def separator_of(answers: Mapping[str, int]) -> str | None:
    """What stands between the labels of answers (label -> rows) that hold several; None where each is one label.

    Written as JSON lists they are sets whatever they hold (the separator is "["). Else the parts must recur: sets are
    made of fewer labels than there are sets, and most parts stand in more than one of them.
    """
    if not answers:
        return None
    lists = [text for text in answers if _listed(text) is not None]
    if len(lists) == len(answers):
        return "[" if any(len(_listed(text) or ()) != 1 for text in lists) else None
    for sign in SEPARATORS:
        if _recur(answers, sign):
            return sign
    return None


def labels_in(text: str, separator: str) -> tuple[str, ...]:
    """The labels of one answer, each once, in order of name."""
    if separator == "[":
        return tuple(sorted(set(_listed(text) or ())))
    return tuple(sorted({part.strip() for part in text.split(separator)} - {""}))


def _listed(text: str) -> list[str] | None:
    """The entries of a JSON or Python list of texts; None where the text is no such list."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return None
    for form in (text, text.replace("'", '"')):
        try:
            values = json.loads(form)
        except ValueError:
            continue
        if isinstance(values, list) and all(isinstance(value, str | int) for value in values):
            return [str(value).strip() for value in values]
    return None


def _recur(answers: Mapping[str, int], sign: str) -> bool:
    """Whether the parts between these signs recur in other answers, as labels do and words of a name do not."""
    several = [text for text in answers if sign in text.strip(sign + " ")]
    if not several:
        return False
    parts = Counter(part for text in answers for part in labels_in(text, sign))
    of_several = {part for text in several for part in labels_in(text, sign)}
    again = sum(parts[part] > 1 for part in of_several)
    return len(parts) < len(answers) and again > 0.8 * len(of_several)
