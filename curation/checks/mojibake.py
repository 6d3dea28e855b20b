"""Text garbled by wrong decoding ("schÃ¶n" for "schön"), or with characters lost for good ("sch�n"), found by ftfy."""

import re
from dataclasses import dataclass, field

import ftfy
import pyarrow as pa
import pyarrow.compute as pc
from ftfy.badness import is_bad

from curation.checks import Shard, check
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    judged,
)
from curation.records import Findings

LOST = "\ufffd"
_SUBJECT = re.compile(
    r"\b(?:utf-?8|latin-?1|unicode|encod\w+|decod\w+|mojibake|cp125\d|bytes?)\b|\bsee Ã", re.IGNORECASE
)


@dataclass(frozen=True)
class Settings:
    lost: bool = field(default=True, metadata={"help": "Also flag the replacement character (�), where text was lost"})


def beyond_ascii(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which texts hold more than ASCII: only these can be garbled."""
    return pc.match_substring_regex(column, r"[^\x00-\x7f]")


@check("mojibake", "Garbled text", settings=Settings(), may_match=beyond_ascii)
def mojibake(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a garbled row; where only the output is garbled and can be repaired, the repair is suggested."""
    labels = shard.labels

    def rule(row: Row) -> Hit | None:
        fields = {"input": row.input} if labels else {"input": row.input, "output": row.output}
        repaired = {name: fixed for name, text in fields.items() if (fixed := repair(text)) is not None}
        lost = [name for name, text in fields.items() if settings.lost and LOST in text]
        if not repaired and not lost:
            return None
        names = sorted({*repaired, *lost})
        evidence = {name: cut(fields[name]) for name in names} | {
            f"{name}_repaired": cut(t) for name, t in repaired.items()
        }
        if lost:
            return Hit(0.9, f"The {' and the '.join(lost)} lost characters in a conversion.", evidence)
        # "Ã " is "à" garbled, or the Portuguese letter before a space
        sure = 0.85 if any(is_bad(fields[name].replace("Ã ", "")) for name in repaired) else 0.45
        suggestion = f"replace:{repaired['output']}" if list(repaired) == ["output"] else "look"
        if _SUBJECT.search(row.input):
            # a text about garbled text has to show it
            sure = 0.3
        return Hit(sure, f"The {' and the '.join(names)} was decoded with the wrong encoding.", evidence, suggestion)

    return judged("mojibake", shard, rule)


def repair(text: str) -> str | None:
    """The text as it was before the wrong decoding; None where it looks right as it is."""
    # the badness score first: some right texts survive a second decoding by chance
    if text.isascii() or not is_bad(text):
        return None
    fixed = ftfy.fix_encoding(text)
    return fixed if fixed != text else None
