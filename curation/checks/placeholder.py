"""Filler never replaced: "[Your Name]", "{company_name}", "XX.XX", "lorem ipsum"; "N/A" or "answer here" as a whole.

In English and the most spoken other languages. Templates that were asked for, code, and gaps that the input shows too
are right.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from curation.checks import Shard, check
from curation.checks.phrases.asked import TRANSLATE
from curation.checks.phrases.fillers import INSIDE, MASKED, WANTED, WHOLE
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    judged,
)
from curation.checks.texts.column import either, may_end, may_fold, may_match
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    # a form in which one answer in fifty is "N/A" uses it as an answer
    common_answer: float = field(
        default=0.02,
        metadata={"help": "From this share of rows on, a word like N/A counts as an answer", "min": 0.0, "max": 1.0},
    )


FEW = 4
"""Rows up to which a label like "N/A" is filler and no class: classes of fewer than 5 are not judged anywhere."""
_SPREADSHEET = re.compile(r"#(?:n/a|null!|div/0!|value!|ref!|name\?|num!|spill!|calc!|getting_data)", re.IGNORECASE)
"""What a formula that failed leaves in a cell (error values of ECMA-376 part 1, 18.17.3, and Excel's later ones)."""
_CODE = re.compile(
    r"```|[;{}]\s*$|^\s*(?:def|class|import|from|function|const|let|var|#include|public|return)\b|</\w+>"
    r"|\bprint\s?\(|\bf[\"']|\.format\(|^#!/",
    re.M,
)
_VALUES = frozenset({"null", "nan", "undefined"})
_PROGRAMMING = re.compile(
    r"\b(?:json|javascript|typescript|python|java|sql|function|variable|program|type|code|excel|spreadsheet|formula|cell)\b",
    re.I,
)
# "Which value stands for a missing number?" is answered by one of these words
_ASKS_FOR_IT = re.compile(
    r"\b(?:which|what) (?:value|word|entry|sign|symbol|letters?|code|term|abbreviation)s?\b|\babbreviat|\bacronym"
    r"|\b(?:stands?|short) for\b|\b(?:has|have|had|is|are|if|there['’]s) none\b"
    r"|\bif (?:it is )?(?:missing|unknown|empty)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Usual:
    """How many rows there are, and how often their texts and labels that look like filler come, in small letters."""

    rows: int
    texts: Counter[str]
    labels: Counter[str]


def usual(shard: Shard, settings: Settings, seed: int) -> Usual:
    """What looks like filler in a shard."""
    columns = (shard.table["input" if shard.labels else "output"], shard.table["label"])
    return Usual(len(shard), *map(_fillers, columns))


def all_usual(states: Sequence[Usual], settings: Settings) -> Usual:
    """What looks like filler in the set."""
    texts, labels = Counter[str](), Counter[str]()
    for state in states:
        texts += state.texts
        labels += state.labels
    return Usual(sum(state.rows for state in states), texts, labels)


@check(
    "placeholder",
    "Filler text",
    settings=Settings(),
    may_match=either(may_end(WHOLE, _SPREADSHEET), may_match(INSIDE, MASKED)),
    reads=("input", "output", "label"),
    fit=usual,
    merge=all_usual,
)
def placeholder(shard: Shard, settings: Settings, state: Usual) -> Findings:
    """One finding a row with filler in its output, or in its input or label where the outputs are labels."""
    labels = shard.labels
    column = "input" if labels else "output"
    counts = {column: state.texts, "label": state.labels}
    most = {column: max(1.0, settings.common_answer * state.rows), "label": FEW}

    def whole(name: str, text: str) -> bool:
        is_rare = counts[name][_plain(text)] <= most[name]
        return bool(_SPREADSHEET.fullmatch(text.strip()) or (is_rare and WHOLE.fullmatch(text.strip())))

    def rule(row: Row) -> Hit | None:
        text, asked = (row.input, "") if labels else (row.output, row.input)
        if text.strip() and whole(column, text):
            is_value = _plain(text) in _VALUES or _SPREADSHEET.fullmatch(text.strip())
            if _ASKS_FOR_IT.search(asked):
                return None
            return None if is_value and _PROGRAMMING.search(asked) else _filler(column, text, "drop")
        if labels and row.label and whole("label", row.label):
            return _filler("label", row.label, "look")
        # what the input shows with a gap, the output may show with a gap
        match = next((m for gap in (INSIDE, MASKED) for m in gap.finditer(text) if m.group() not in asked), None)
        if match is None or _intended(match, text, asked):
            return None
        phrase = match.group().strip()
        confidence = 0.9 if phrase.casefold() == "lorem ipsum" else 0.6
        evidence = {"phrase": phrase, "whole": False, column: cut(text)}
        return Hit(confidence, f"The {column} still contains “{phrase}”.", evidence, spans=[(column, *match.span())])

    return judged("placeholder", shard, rule)


def _plain(text: str) -> str:
    return text.strip().casefold()


def _fillers(column: pa.ChunkedArray) -> Counter[str]:
    some = column.filter(either(may_end(WHOLE), may_fold)(column)).to_pylist()
    plain = ((text.strip(), _plain(text)) for text in some)
    return Counter(word for text, word in plain if WHOLE.fullmatch(word) or WHOLE.fullmatch(text))


def _filler(column: str, text: str, suggestion: str) -> Hit:
    phrase = cut(text.strip(), 40)
    return Hit(0.8, f"The {column} is filler: “{phrase}”.", {"phrase": cut(text), "whole": True}, suggestion)


def _intended(match: re.Match[str], text: str, asked: str) -> bool:
    if WANTED.search(asked) or (TRANSLATE.search(asked) and INSIDE.search(asked)):
        return True
    # code has its own use for double braces, underscores, brackets and notes to self
    return bool(_CODE.search(text))
