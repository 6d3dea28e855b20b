"""How good a reply is: 0..1 by label, number, exact match, token F1 or chrF; and whether its form alone is wrong."""

import json
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from curation.errors import NotChecked
from curation.measure.holdout import Row
from curation.measure.plan import BY_LABEL, Task
from curation.text.normalise import folded, named

ORDER = 6
BETA = 2
"""chrF's own parameters: character n-grams up to 6, recall counted twice (Popovic, WMT 2015)."""
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_EDGES = string.punctuation + string.whitespace + "“”‘’«»„"


NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
APART = 1.0
"""Ratings this far apart still count as within one."""


@dataclass(frozen=True)
class Mark:
    """What a reply is worth: its score 0..1, the label it named ("" for none, None where answers are no labels).

    `silent` where it said nothing that counts, `malformed` where it fails by its form alone: no label of the list, no
    number, no readable JSON, cut off before it was right.
    """

    score: float
    said: str | None = None
    silent: bool = False
    malformed: bool = False


def mark(task: Task, text: str, row: Row, cut_off: bool = False) -> Mark:
    """The mark of a reply to a row; where several answers are right, that of the nearest one."""
    answers = (row.answer, *task.references.get(row.id, ()))
    best = max((score(task.metric, text, answer, task.labels) for answer in answers), key=lambda found: found[0])
    value, silent = best
    if task.labels:
        said = read_label(text, task.labels)
        return Mark(value, said or "", silent, silent if task.metric == "within_one" else said is None)
    broken = task.is_json and not is_json(text)
    return Mark(value, None, silent, broken or (silent and task.metric == "within_one") or (cut_off and value < 1))


def is_json(text: str) -> bool:
    """Whether a text is a JSON object or list, and nothing else."""
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def score(metric: str, reply: str, answer: str, labels: Sequence[str] = ()) -> tuple[float, bool]:
    """The score 0..1 of a reply, and whether it said nothing that counts: no label of the set, or no text at all.

    Raises NotChecked for a metric that needs a person.
    """
    if labels and metric in ("accuracy", "exact_match", *BY_LABEL):
        label = read_label(reply, labels)
        return float(label == answer), label is None
    if metric in BY_LABEL:
        raise NotChecked(f"{metric.replace('_', ' ')} needs labels, and the answers here are texts")
    if metric == "within_one":
        return within_one(reply, answer)
    if metric not in SCORES:
        raise NotChecked(
            f"answers scored by {metric or 'nothing named'} need a person; score them and import the result"
        )
    return SCORES[metric](reply, answer), not reply.strip()


def within_one(reply: str, answer: str) -> tuple[float, bool]:
    """Whether the first number of a reply is at most one apart from the answer's, and whether it holds none.

    Raises NotChecked where the answer is no number.
    """
    wanted, said = _number(answer), _number(reply)
    if wanted is None:
        raise NotChecked(f"“within one” needs numbers, and an answer here is {answer[:40]!r}: choose another metric")
    return (0.0, True) if said is None else (float(abs(said - wanted) <= APART), False)


def _number(text: str) -> float | None:
    found = NUMBER.search(text)
    return float(found[0].replace(",", ".")) if found else None


def read_label(reply: str, labels: Sequence[str]) -> str | None:
    """The label a reply gives: its first line, case, quotes and closing marks aside; None when that is no label."""
    line = next((line for line in reply.splitlines() if line.strip()), "")
    if line.strip() in labels:
        return line.strip()
    said = _label_form(re.sub(r"^\W*(?:label|category|answer|class)\W*[:=]", "", line, flags=re.IGNORECASE))
    named = [label for label in labels if _label_form(label) == said]
    return named[0] if len(named) == 1 else None


def _label_form(text: str) -> str:
    return named(text).strip(_EDGES)


def exact_match(reply: str, answer: str) -> float:
    """1 when both are the same but for case, white space and punctuation at either end."""
    return float(folded(reply).strip(_EDGES) == folded(answer).strip(_EDGES))


def token_f1(reply: str, answer: str) -> float:
    """Overlap of words, as SQuAD scores it (Rajpurkar et al., EMNLP 2016): lower case, no punctuation or articles."""
    said, wanted = Counter(_words(reply)), Counter(_words(answer))
    if not said or not wanted:
        return float(said == wanted)
    common = (said & wanted).total()
    return 2 * common / (said.total() + wanted.total())


def _words(text: str) -> list[str]:
    plain = "".join(c for c in folded(text) if not unicodedata.category(c).startswith("P"))
    return _ARTICLES.sub(" ", plain).split()


def chrf(reply: str, answer: str) -> float:
    """Character n-gram F-score 0..1 of two texts, spaces left out; equal to sacrebleu 2.6's sentence chrF2 / 100."""
    precision, recall, orders = 0.0, 0.0, 0
    for order in range(1, ORDER + 1):
        said, wanted = _grams(reply, order), _grams(answer, order)
        if said and wanted:
            common = (said & wanted).total()
            precision += common / said.total()
            recall += common / wanted.total()
            orders += 1
    if not orders or not precision + recall:
        return 0.0
    p, r = precision / orders, recall / orders
    return (1 + BETA**2) * p * r / (BETA**2 * p + r)


def _grams(text: str, order: int) -> Counter[str]:
    dense = "".join(text.split())
    return Counter(dense[start : start + order] for start in range(len(dense) - order + 1))


SCORES: dict[str, Callable[[str, str], float]] = {
    "accuracy": exact_match,
    "exact_match": exact_match,
    "token_f1": token_f1,
    "chrf": chrf,
}
