"""Keys and tokens that should not be in training text, by their published formats (detect-secrets). Masked in display.

Only plug-ins that know a format are used; those that guess from randomness flag hashes and identifiers.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

from curation.checks import check
from curation.checks.pii import masked
from curation.checks.reading import Hit, Row, judged
from curation.progress import Progress
from curation.records import Clusters, Dataset, Findings

LEFT_OUT = {
    "Base64HighEntropyString": "entropy",
    "HexHighEntropyString": "entropy",
    "KeywordDetector": "a word such as password beside anything",
    "CloudantDetector": "a vendor's word beside a value, and slow",
    "IbmCloudIamDetector": "a vendor's word beside a value, and slow",
    "IbmCosHmacDetector": "a vendor's word beside a value, and slow",
    "SoftlayerDetector": "a vendor's word beside a value, and slow",
    "IPPublicDetector": "an address is no secret",
    "ArtifactoryDetector": "matches any word of capitals that starts with AP or AKC",
}
"""Plug-ins of detect-secrets that are not used, and why."""
# AWS marks its documentation keys so; runs of one character and "your key" stand for a key
_NOT_REAL = re.compile(
    r"example|your|xxx|\*\*\*|<|\.\.\.|1234567890|abcdefgh|(.)\1{7}|placeholder|password|secret|:pass@|user:", re.I
)
_PRIVATE_KEY_BODY = re.compile(r"PRIVATE KEY(?: BLOCK)?-----\s*(?:[\w-]+: [^\n]*\s+)*[A-Za-z0-9+/=]{40}")


@dataclass(frozen=True)
class Settings:
    examples: bool = field(default=False, metadata={"help": "Also flag keys that look made up for documentation"})


@check("secrets", "Keys and tokens", settings=Settings())
def secrets(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a row that holds a key or token; neither message nor evidence repeats it."""

    def rule(row: Row) -> Hit | None:
        places = {name: sorted(set(found_in(getattr(row, name), settings.examples))) for name in ("input", "output")}
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
        return Hit(0.9, f"This row holds what looks like a secret: {', '.join(kinds)}.", evidence, "drop")

    return judged("secrets", dataset, rule, progress)


def found_in(text: str, examples: bool = False) -> Iterator[tuple[str, str]]:
    """(kind, secret) of every key or token in the text."""
    for kind, plugin in _plugins():
        # line by line, as the plug-ins want it, is slow; most texts hold nothing
        if kind == "Private Key" or not any(pattern.search(text) for pattern in plugin.denylist):
            continue
        for line in text.splitlines():
            if not any(plugin.analyze_string(line)):
                continue
            # the plug-in may give a part only, such as the prefix
            for whole in (match.group() for pattern in plugin.denylist for match in pattern.finditer(line)):
                if examples or not _NOT_REAL.search(whole):
                    yield kind, whole
    key = _PRIVATE_KEY_BODY.search(text)
    if key is not None:
        yield "Private Key", key.group()


@cache
def _plugins() -> list[tuple[str, Any]]:
    classes: Mapping[str, Any] = get_mapping_from_secret_type_to_class()
    return [(kind, made()) for kind, made in sorted(classes.items()) if made.__name__ not in LEFT_OUT]
