"""What the answers are: one label a row, sets of labels, numbers, few fixed texts, or free text.

Several labels in one field and numbers look like labels, and are none: nobody learns "5 classes" from prices, or a
class of its own for every pair of labels.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

AnswerKind = Literal["labels", "sets", "numbers", "closed", "text"]

_CURRENCY = "$€£¥₹"
_NUMBER = re.compile(
    rf"[<>~≈]?\s?(?P<sign>[-+−]?)\s?[{_CURRENCY}]?\s?(?P<digits>\d[\d.,' ]*)"
    rf"(?:\s?(?:/|out of)\s?\d+)?\s?(?:[%°]|[{_CURRENCY}]|[A-Za-z]{{1,8}}\.?)?"
)


@dataclass(frozen=True)
class Lines:
    """Where one kind of answers ends (see policy.toml, learnability).

    `numbers`: share of answers that are numbers; `codes`: share of the whole numbers between the least and the greatest
    that occur, from which on whole numbers are names of classes.
    """

    numbers: float
    codes: float


def number_of(text: str) -> float | None:
    """The number an answer is, with its sign, unit or currency; None where it is anything else."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    digits = re.sub(r"[' ]", "", found["digits"]).rstrip(".,")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point and not re.fullmatch(r"\d{1,3}(,\d{3})+", digits):
        digits = digits.replace(".", "").replace(",", ".")  # 1.234,5
    try:
        value = float(digits.replace(",", ""))
    except ValueError:
        return None
    return -value if found["sign"] in ("-", "−") else value


def are_numbers(answers: Mapping[str, int], lines: Lines, classes: bool) -> bool:
    """Whether answers (text -> rows) are numbers that measure something: ratings, prices, counts.

    Whole numbers that leave out few of those from 0 or 1 up to the greatest are codes of classes, as data sets have
    them; `classes` says that a person called the task a classification, and then half of them will do.
    """
    values = {text: number_of(text) for text in answers}
    rows = sum(answers.values())
    if sum(answers[text] for text, value in values.items() if value is not None) < lines.numbers * rows or not rows:
        return False
    known = {value for value in values.values() if value is not None}
    if any(value != int(value) for value in known):
        return True
    if len(known) < 2 or min(known) < -1 or min(known) > 1:
        return len(known) > 1
    share = len(known) / (max(known) - min(known) + 1)
    return share < (lines.codes / 2 if classes else lines.codes)


def counts_of(answers: Iterable[str]) -> Counter[str]:
    """Rows by answer, blank ones left out."""
    return Counter(answer for answer in answers if answer.strip())


def repeats(answers: Sequence[str], least: float) -> float:
    """The share of answers that are given at least so many times."""
    counts = Counter(answers)
    return sum(n for n in counts.values() if n >= least) / max(1, len(answers))
