"""Keys and tokens that should not be in training text, by their published formats. Masked in display.

Only plug-ins that know a format are used; those that guess from randomness flag hashes and identifiers.
"""

from dataclasses import dataclass, field

import pyarrow as pa

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, judged
from curation.checks.texts.column import may_match
from curation.records import Findings
from curation.text.private import masked, secret_formats
from curation.text.private import secrets as keys


@dataclass(frozen=True)
class Settings:
    examples: bool = field(default=False, metadata={"help": "Also flag example keys, as used in documentation"})


def may_hold(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which texts may hold one of the formats."""
    return may_match(*secret_formats())(column)


@check("secrets", "Keys and tokens", settings=Settings(), may_match=may_hold)
def secrets(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a row that holds a key or token; neither message nor evidence repeats it."""

    def rule(row: Row) -> Hit | None:
        seen = {name: keys(getattr(row, name), settings.examples) for name in ("input", "output")}
        places = {name: sorted({(one.name, one.text) for one in each}) for name, each in seen.items()}
        kinds = sorted({kind for found in places.values() for kind, _ in found})
        if not kinds:
            return None
        evidence = {
            "found": [
                {"field": name, "kind": kind, "masked": masked(value)}
                for name, found in places.items()
                for kind, value in found
            ]
        }
        spans = [(name, one.start, one.end) for name, each in seen.items() for one in each]
        return Hit(0.9, f"This row holds what looks like a secret: {', '.join(kinds)}.", evidence, "drop", spans)

    return judged("secrets", shard, rule)
