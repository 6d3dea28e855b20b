"""How good concepts are: `python benchmarks/concepts.py banking77/train.csv banking77/test.csv`.

Five concepts named before the first run, each several intents together by words of their names. From one row of it,
drawn by chance, 20 answers are given as the product asks for them; then the share of the first 100 rows that are of
the concept, and whether the product's own figure holds it.
"""

import argparse
import re
from pathlib import Path

import numpy as np
from meaning import labelled_rows

from curation.meaning.concepts import Answers, ranked, scores, to_ask
from curation.project.meaning.concepts import precision
from curation.text.vectors import vectors_of

CONCEPTS = {
    "top-ups": "top_up|topping_up",
    "PIN and passcode": "pin_|_pin|passcode",
    "identity": "identity",
    "exchange and currencies": "exchange|currency|fiat",
    "cash withdrawals": "cash",
}
ANSWERS, FIRST, DRAWS = 20, 100, 10


def main() -> None:
    """A line a concept: precision by draw, and how often the interval holds it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    args = parser.parse_args()
    texts, labels = (np.asarray(column) for column in zip(*labelled_rows(args.files), strict=True))
    vectors = vectors_of(texts.tolist())
    for name, pattern in CONCEPTS.items():
        is_one = np.asarray([bool(re.search(pattern, label)) for label in labels])
        found, held, own = [], [], []
        for seed in range(DRAWS):
            answers = answered(vectors, is_one, seed)
            first = ranked(scores(vectors, answers, seed), answers, FIRST)
            rate, interval = float(is_one[first].mean()), precision(answers)
            assert interval is not None
            found.append(rate)
            own.append(interval[0])
            held.append(interval[1] <= rate <= interval[2])
        said = f"{name} ({is_one.sum():,} rows): first {FIRST} {np.mean(found):.2f}, least {min(found):.2f}"
        print(f"{said}, own figure {np.mean(own):.2f}, within its interval {sum(held)} of {DRAWS}", flush=True)


def answered(vectors: np.ndarray, is_one: np.ndarray, seed: int) -> Answers:
    """ANSWERS answers, the first of them the row a person begins with."""
    start = int(np.random.default_rng(seed).choice(np.flatnonzero(is_one)))
    answers = Answers(np.asarray([start]), np.empty(0, np.int64))
    while len(answers.all) < ANSWERS:
        rows, measures = to_ask(scores(vectors, answers, seed), answers, FIRST, seed)
        answers = answers.with_one(int(rows[0]), bool(is_one[rows[0]]), measures)
    return answers


if __name__ == "__main__":
    main()
