"""Do the names of topics fit their rows? `python benchmarks/topic_names.py --sets DIR > names.md` writes a sheet.

To be read by somebody who knows neither sets nor code.

Ten topics of each of four public sets (public_sets.py; --sets is their folder), drawn by chance from both levels, each
with its name and three rows drawn by chance from the half of it that is nearest to its centre. Somebody who knows
neither the sets nor the code marks each name that fits its rows; 32 of 40 have to.
"""

import argparse
from pathlib import Path

import numpy as np
import public_sets

from curation.meaning.topics import Levels, both_levels
from curation.text.vectors import text_of, vectors_of

SETS = ("banking77", "clinc150", "programming_titles", "instructions")
EACH, ROWS, SEED = 10, 3, 17
FEWEST = 10
"""Rows of a topic that is read."""
LONGEST = 160


def levels(name: str, folder: Path) -> tuple[Levels, list[str], np.ndarray]:
    """The topics of a set as a project finds them, the texts they are of, and their vectors."""
    rows = public_sets.rows(name, folder)
    side = "input" if public_sets.SETS[name].kind == "labels" else "both"
    texts = [text_of(row["input"], row.get("output", ""), side) for row in rows]
    vectors = vectors_of(texts)
    return both_levels(vectors, texts, 0), texts, vectors


def main() -> None:
    """The sheet, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, required=True)
    folder, draw, place = parser.parse_args().sets, np.random.default_rng(SEED), 0
    print("# Topics: does the name fit the rows?\n")
    print("A name in quotation marks is two rows of the topic, where no words fitted it. Mark each: fits, or not.\n")
    for name in SETS:
        found, texts, vectors = levels(name, folder)
        large = [n for n, topic in enumerate(found.topics) if topic.rows >= FEWEST]
        for number in draw.permutation(large)[:EACH].tolist():
            topic, of = found.topics[number], found.of if found.topics[number].within < 0 else found.part
            rows = np.flatnonzero(of == number)
            nearness = vectors[rows] @ vectors[rows].mean(axis=0)
            near = rows[np.argsort(-nearness, kind="stable")][: max(ROWS, len(rows) // 2)]
            place += 1
            print(f"{place}. **{topic.name}**")
            for row in draw.permutation(near)[:ROWS].tolist():
                said = " ".join(texts[row].split())
                print(f"   - {said if len(said) <= LONGEST else said[:LONGEST] + '…'}")
            print()


if __name__ == "__main__":
    main()
