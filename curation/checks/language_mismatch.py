"""Outputs in another language than their input, which neither input nor the rest of the set asks for (free text).

Only whole sentences are judged (py3langid), never code, names or short answers; close relatives count as one language.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from curation.checks import check
from curation.checks.rows import Hit, Row, answers, cut, findings, needs_free_text, of_turn, rows
from curation.checks.texts.forms import code
from curation.records import Clusters, Dataset, Findings
from curation.records.progress import Progress
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


@check("language_mismatch", "Output in another language", settings=Settings(), whole_set=True)
def language_mismatch(
    dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress
) -> Findings:
    """One finding an output in an unasked language; raises NotChecked on a classification set."""
    needs_free_text(dataset, "which have no language of their own")
    pairs: list[tuple[int | None, Row, Language, Language, bool]] = []
    known: dict[str, Language | None] = {}  # a support team gives the same replies again and again
    for some in _in_chunks(rows(dataset, progress, "telling languages")):
        _add(known, (text for _, _, one in some for text in (one.input, one.output)), settings.fewest_letters)
        for is_earlier, turn, one in some:
            asked, answered = known[one.input[:READ]], known[one.output[:READ]]
            if asked is not None and answered is not None:
                pairs.append((turn, one, asked, answered, is_earlier))
    usual = Counter((asked[0], answered[0]) for _, _, asked, answered, _ in pairs)
    hits: dict[str, Hit] = {}
    for turn, row, asked, answered, is_earlier in pairs:
        odd = usual[asked[0], answered[0]] <= max(1.0, settings.usual_pair * len(pairs))
        sure = min(asked[1], answered[1])
        if asked[0] != answered[0] and odd and sure >= settings.surest and not _ASKED.search(row.input):
            evidence = {
                "input_language": asked[0],
                "output_language": answered[0],
                "probability": round(sure, 4),
                "input": cut(row.input),
                "output": cut(row.output),
            }
            message = f"The input is in “{asked[0]}” and the output in “{answered[0]}”."
            named = evidence if turn is None else evidence | {"turn": turn}
            hit = Hit(0.9 * sure, message, named)
            if row.id not in hits or hits[row.id].confidence < hit.confidence:
                hits[row.id] = of_turn(hit, turn) if is_earlier else hit
    judged = len({row.id for _, row, *_ in pairs})
    return findings("language_mismatch", hits.items(), {"rows": len(dataset), "judged": judged})


def _in_chunks(rows: Iterable[Row]) -> Iterator[list[tuple[bool, int | None, Row]]]:
    """The answers of so many rows at a time: whether it is an earlier one of its chat, its turn, and its row."""
    several = iter(rows)
    while some := list(islice(several, BATCH)):
        yield [(n > 0, turn, one) for row in some for n, (turn, one) in enumerate(answers(row))]


def _add(known: dict[str, Language | None], texts: Iterable[str], fewest_letters: int) -> None:
    """Add to `known` the language of what is read of each text, None where it cannot be told; relatives are one."""
    new = list(dict.fromkeys(read for text in texts if (read := text[:READ]) not in known))
    words = [read for read in new if not code(read)]
    known.update(dict.fromkeys(new))
    known.update(zip(words, likeliest(words, fewest_letters, _FAMILY), strict=True))
