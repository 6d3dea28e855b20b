"""Files without labels, as people bring them."""

import random
from pathlib import Path

WORDS = [
    "card",
    "money",
    "parcel",
    "order",
    "refund",
    "account",
    "password",
    "letter",
    "late",
    "broken",
    "blue",
    "lamp",
    "app",
    "error",
    "tax",
    "street",
]


def bare_file(folder: Path, header: str, end: str = "", rows: int = 130, name: str = "bare.csv") -> Path:
    """A CSV of texts of fourteen words, no two alike; each line ends with `end`."""
    draw = random.Random(7)
    lines = [f"{' '.join(draw.choices(WORDS, k=14))} {n}{chr(97 + n % 26)}{n * 7919}{end}" for n in range(rows)]
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path
