"""Outputs in another language than their input, which neither input nor the rest of the set asks for (free text).

Only whole sentences are judged (py3langid), never code, names or short answers; close relatives count as one language.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from curation.checks import Shard, check
from curation.checks.rows import Hit, Outputs, Row, answers, cut, findings, free_text, of_turn, outputs, rows
from curation.checks.texts.forms import code
from curation.records import Findings
from curation.text.language import BATCH, READ, Language, likeliest


@dataclass(frozen=True)
class Settings:
    fewest_letters: int = field(
        default=40, metadata={"help": "Texts with fewer letters are not checked", "min": 10, "max": 1000}
    )
    surest: float = field(
        default=0.9,
        metadata={"help": "Least confidence of the language model in both languages", "min": 0.5, "max": 1.0},
    )
    # a translation set has its own pair of languages
    usual_pair: float = field(
        default=0.1,
        metadata={
            "help": "From this share of rows on, a pair of languages counts as the task",
            "min": 0.0,
            "max": 1.0,
        },
    )


RELATIVES = (
    "no nb nn da sv",
    "hr sr bs sl",
    "id ms jv",
    "es gl ca pt an oc",
    "cs sk",
    "nl af",
    "ru uk be bg mk",
    "hi mr ne",
    "zh wuu yue ja",
    "fa ur ar ary arz ug",
    "az tr",
    "xh zu",
    "de lb",
)
"""Languages taken for one another in a sentence or two."""
_FAMILY = {code: group.split()[0] for group in RELATIVES for code in group.split()}
_NAMES = (
    "afrikaans albanian arabic armenian basque bengali bulgarian catalan chinese croatian czech danish dutch"
    " english estonian"
    " finnish french galician georgian german greek hebrew hindi hungarian icelandic indonesian irish italian"
    " japanese korean"
    " latin latvian lithuanian malay mandarin norwegian persian farsi polish portuguese punjabi romanian russian"
    " serbian slovak"
    " slovenian spanish swahili swedish tagalog tamil telugu thai turkish ukrainian urdu vietnamese welsh yoruba zulu"
    " anglais français allemand espagnol italien englisch deutsch französisch spanisch inglés francés alemán español"
)
_ASKED = re.compile(
    rf"\btranslat|\btradu|\bübersetz|\blanguage\b|翻译|翻訳|перевед|\b(?:{'|'.join(_NAMES.split())})\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Told:
    """An answer in another language than its input: the answer's place among those of its row (0 is the last of a
    chat), both languages, and how sure the less sure of the two is (0..1)."""

    place: int
    languages: tuple[str, str]
    sure: float


@dataclass(frozen=True)
class Languages:
    """What the outputs are, how many rows were judged, how many answers are in each pair of languages, and by id the
    answers that may be in a wrong one."""

    outputs: Outputs
    judged: int
    pairs: Counter[tuple[str, str]]
    told: Mapping[str, Sequence[Told]]


def languages(shard: Shard, settings: Settings, seed: int) -> Languages:
    """The languages of a shard's rows."""
    what, pairs, told = outputs(shard, settings, seed), Counter[tuple[str, str]](), dict[str, list[Told]]()
    judged: set[str] = set()
    known: dict[str, Language | None] = {}  # a support team gives the same replies again and again
    for some in _in_chunks(rows(shard)) if what.some else ():
        _add(known, (text for _, _, one in some for text in (one.input, one.output)), settings.fewest_letters)
        for place, _, one in some:
            asked, answered = known[one.input[:READ]], known[one.output[:READ]]
            if asked is None or answered is None:
                continue
            judged.add(one.id)
            pairs[asked[0], answered[0]] += 1
            sure = min(asked[1], answered[1])
            if asked[0] != answered[0] and sure >= settings.surest and not _ASKED.search(one.input):
                told.setdefault(one.id, []).append(Told(place, (asked[0], answered[0]), sure))
    return Languages(what, len(judged), pairs, told)


def odd(states: Sequence[Languages], settings: Settings) -> Languages:
    """What is odd in the set: answers in a pair of languages that few others are in. Raises NotChecked on labels."""
    free_text("which have no language of their own")([state.outputs for state in states], settings)
    pairs: Counter[tuple[str, str]] = sum((state.pairs for state in states), Counter())
    most = max(1.0, settings.usual_pair * pairs.total())
    told = {
        id: [one for one in of if pairs[one.languages] <= most] for state in states for id, of in state.told.items()
    }
    judged = sum(state.judged for state in states)
    return Languages(states[0].outputs, judged, pairs, {id: of for id, of in told.items() if of})


def figures(state: Languages, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The rows, and those in which both languages could be told."""
    return {"rows": counts["rows"], "judged": state.judged}


@check(
    "language_mismatch",
    "Output in another language",
    settings=Settings(),
    fit=languages,
    merge=odd,
    summary=figures,
)
def language_mismatch(shard: Shard, settings: Settings, state: Languages) -> Findings:
    """One finding a row with an output in an unasked language."""
    hits = ((row.id, _surest(row, state.told[row.id])) for row in rows(shard) if row.id in state.told)
    return findings("language_mismatch", hits, {})


def _surest(row: Row, told: Sequence[Told]) -> Hit:
    """What is said of a row: of the answer surest to be in another language, the first of those as sure."""
    surest = max(told, key=lambda one: one.sure)
    turn, answer = list(answers(row))[surest.place]
    evidence = {
        "input_language": surest.languages[0],
        "output_language": surest.languages[1],
        "probability": round(surest.sure, 4),
        "input": cut(answer.input),
        "output": cut(answer.output),
    }
    message = f"The input is in “{surest.languages[0]}” and the output in “{surest.languages[1]}”."
    hit = Hit(0.9 * surest.sure, message, evidence if turn is None else evidence | {"turn": turn})
    return of_turn(hit, turn) if surest.place else hit


def _in_chunks(every: Iterable[Row]) -> Iterator[list[tuple[int, int | None, Row]]]:
    """The answers of so many rows at a time: its place among those of its row, its turn, and its row."""
    several = iter(every)
    while some := list(islice(several, BATCH)):
        yield [(n, turn, one) for row in some for n, (turn, one) in enumerate(answers(row))]


def _add(known: dict[str, Language | None], texts: Iterable[str], fewest_letters: int) -> None:
    """Add to `known` the language of what is read of each text, None where it cannot be told; relatives are one."""
    new = list(dict.fromkeys(read for text in texts if (read := text[:READ]) not in known))
    words = [read for read in new if not code(read)]
    known.update(dict.fromkeys(new))
    known.update(zip(words, likeliest(words, fewest_letters, _FAMILY), strict=True))
