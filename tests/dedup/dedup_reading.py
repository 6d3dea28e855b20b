"""Reading clusters in tests, and similarity computed the slow, obvious way."""

import re
from typing import Any

from curation.dedup import Settings, dedup
from curation.records import Clusters, dataset


def grams(text: str, n: int) -> set[str]:
    padded = " " + re.sub(r"[\W_]+", " ", text.lower()).strip() + " "
    return {padded[k : k + n] for k in range(max(1, len(padded) - n + 1))}


def jaccard(a: str, b: str, n: int = 5) -> float:
    x, y = grams(a, n), grams(b, n)
    return len(x & y) / len(x | y)


def rows(found: Clusters) -> list[dict[str, Any]]:
    return found.table.to_pylist()


def kinds(*examples: dict[str, Any], **options: Any) -> list[str]:
    return [row["kind"] for row in rows(dedup(dataset(examples), Settings(shingle=5, **options)))]


def partition(found: Clusters) -> set[frozenset[str]]:
    groups: dict[int, set[str]] = {}
    for row in rows(found):
        groups.setdefault(row["cluster"], set()).add(row["id"])
    return {frozenset(group) for group in groups.values()}


LONG = "How do I reset the password of my online account when I no longer have the phone"
