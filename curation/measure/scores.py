"""How good a reply is: 0..1 by accuracy, exact match, token F1 or chrF."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

from curation.errors import NotChecked
from curation.text.normalise import folded, named

ORDER = 6
BETA = 2
"""chrF's own parameters: character n-grams up to 6, recall counted twice (Popovic, WMT 2015)."""
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_EDGES = string.punctuation + string.whitespace + "“”‘’«»„"


def score(metric: str, reply: str, answer: str, labels: Sequence[str] = ()) -> tuple[float, bool]:
    """The score 0..1 of a reply, and whether it said nothing that counts: no label of the set, or no text at all.

    Raises NotChecked for a metric that needs a person.
    """
    if labels and metric in ("accuracy", "exact_match"):
        label = read_label(reply, labels)
        return float(label == answer), label is None
    if metric not in SCORES:
        raise NotChecked(
            f"answers scored by {metric or 'nothing named'} need a person; score them and import the result"
        )
    return SCORES[metric](reply, answer), not reply.strip()


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
