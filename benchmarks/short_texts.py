"""Which shingles find near-duplicates among short texts: planted recall and wrong merges, as Markdown rows.

    python benchmarks/short_texts.py --corpus banking77/train.csv

Texts of fewer than `--words` words come from the first column of a CSV file, or from the sentences of dedup.py. Each
edit below is planted once on some of them; two texts are joined at an exact Jaccard similarity of `--threshold` of
their sets of shingles, every pair compared. Recall is the share of planted rows joined with their base directly. A
wrong merge is a pair of rows above the threshold that stem from different bases; where the corpus has labels, the share
of those that are of different labels is given too, since close base texts may truly repeat each other. `auto` is the
product's own run with its defaults; its keepers count as joined.
"""

import argparse
import csv
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from curation.dedup import Settings, dedup, normalise
from curation.records import dataset

Edit = Callable[[random.Random, str], str]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Planted:
    """Texts, the base each stems from, how it was edited ("" for a base), and the base's label."""

    texts: list[str]
    base: list[int]
    edit: list[str]
    label: list[str]


def main() -> None:
    """Print one row of the table a kind of shingle."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--texts", type=int, default=3_000)
    parser.add_argument("--planted", type=int, default=300, help="rows of each edit")
    parser.add_argument("--words", type=int, default=10)
    parser.add_argument("--threshold", type=float, default=0.7)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    made = planted(rng, _texts(options, rng), options.planted)
    print(f"{len(made.texts):,} texts of fewer than {options.words} words, threshold {options.threshold}\n")
    print("| shingles | " + " | ".join(EDITS) + " | all | wrong merges | of another label |")
    print("|---" * (len(EDITS) + 4) + "|")
    for name, split in SHINGLES.items():
        _row(name, made, _alike([split(normalise(text)) for text in made.texts], options.threshold))
    _row("auto (the default)", made, _product(made, options.threshold))


def _texts(options: argparse.Namespace, rng: random.Random) -> list[tuple[str, str]]:
    """(text, label), different texts of a few words each."""
    if options.corpus:
        with options.corpus.open(newline="", encoding="utf-8") as file:
            lines = list(csv.reader(file))[1:]
        rows = [(line[0], line[1] if len(line) > 1 else "") for line in lines if line]
    else:
        from dedup import PARTS

        who, did, what, where, _ = (part.split(",") for part in PARTS)
        rows = [(f"{a} {b} {c} {d}", f"{b} {c}") for a in who for b in did for c in what for d in where]
    rng.shuffle(rows)
    short = {normalise(text): (text, label) for text, label in rows[:30_000] if 2 < len(text.split()) < options.words}
    return list(short.values())[: options.texts]


def planted(rng: random.Random, rows: list[tuple[str, str]], count: int) -> Planted:
    """The texts and, behind them, `count` edited copies of each kind."""
    made = Planted([text for text, _ in rows], list(range(len(rows))), [""] * len(rows), [label for _, label in rows])
    for name, edit in EDITS.items():
        for base in rng.sample(range(len(rows)), min(count, len(rows))):
            made.texts.append(edit(rng, rows[base][0]))
            made.base.append(base)
            made.edit.append(name)
            made.label.append(rows[base][1])
    return made


def _alike(sets: list[set[str]], threshold: float) -> set[tuple[int, int]]:
    """Every pair of sets at the threshold."""
    number: dict[str, int] = {}
    columns = [number.setdefault(shingle, len(number)) for one in sets for shingle in one]
    start = np.concatenate([[0], np.cumsum([len(one) for one in sets])])
    matrix = csr_matrix((np.ones(len(columns), np.int32), columns, start), shape=(len(sets), len(number)))
    size, found = np.diff(start), set()
    for first in range(0, len(sets), 256):
        both = (matrix[first : first + 256] @ matrix.T).tocoo()
        i, j = both.row + first, both.col
        near = (i < j) & (both.data >= threshold * (size[i] + size[j] - both.data) - 1e-9)
        found.update(zip(i[near].tolist(), j[near].tolist(), strict=True))
    return found


def _product(made: Planted, threshold: float) -> set[tuple[int, int]]:
    """The pairs of a row and its keeper as `dedup` finds them."""
    data = dataset([{"id": str(n), "input": text} for n, text in enumerate(made.texts)])
    table = dedup(data, Settings(threshold=threshold, exact_below=50_000)).table
    keepers = zip(table["id"].to_pylist(), table["keeper"].to_pylist(), strict=True)
    members: dict[int, list[int]] = {}
    for id, keeper in keepers:
        members.setdefault(int(keeper), []).append(int(id))
    pairs = set()
    for group in members.values():
        pairs.update((min(i, j), max(i, j)) for i in group for j in group if i != j)
    return pairs


def _row(name: str, made: Planted, pairs: set[tuple[int, int]]) -> None:
    base, edit, label = np.array(made.base), np.array(made.edit), np.array(made.label)
    found = np.array([(b, n) in pairs for n, b in enumerate(made.base)])
    recalls = [found[edit == kind].mean() for kind in EDITS] + [found[edit != ""].mean()]
    left, right = np.array(sorted(pairs) or np.empty((0, 2), int)).T
    wrong = base[left] != base[right]
    other = label[left] != label[right]
    shares = [wrong.mean() if len(left) else 0.0, (wrong & other).mean() if len(left) else 0.0]
    print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in recalls) + f" | {shares[0]:.2f} | {shares[1]:.3f} |")


def _characters(n: int) -> Callable[[str], set[str]]:
    def split(text: str) -> set[str]:
        padded = f" {text} "
        return {padded[k : k + n] for k in range(max(1, len(padded) - n + 1))}

    return split


def _words(n: int) -> Callable[[str], set[str]]:
    def split(text: str) -> set[str]:
        words = text.split()
        return {" ".join(words[k : k + n]) for k in range(max(1, len(words) - n + 1))}

    return split


def _typo(rng: random.Random, text: str) -> str:
    at = rng.randrange(1, len(text) - 1)
    return rng.choice(
        [text[:at] + rng.choice(LETTERS) + text[at + 1 :], text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:]]
    )


def _typos(rng: random.Random, text: str) -> str:
    return _typo(rng, _typo(rng, _typo(rng, text)))


def _case(rng: random.Random, text: str) -> str:
    return rng.choice([text.upper(), text.title(), text.lower() + " !!"])


def _swap(rng: random.Random, text: str) -> str:
    words = text.split()
    at = rng.randrange(len(words) - 1)
    words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def _insert(rng: random.Random, text: str) -> str:
    words = text.split()
    words.insert(rng.randrange(len(words)), rng.choice(["just", "really", "now", "please"]))
    return " ".join(words)


def _opening(rng: random.Random, text: str) -> str:
    return rng.choice(["Hi, ", "Question: ", "Please help: "]) + text


def _cut(rng: random.Random, text: str) -> str:
    return " ".join(text.split()[:-1])


EDITS: dict[str, Edit] = {
    "case": _case,
    "1 typo": _typo,
    "3 typos": _typos,
    "swap": _swap,
    "insert": _insert,
    "opening": _opening,
    "cut": _cut,
}
SHINGLES = {
    "char-3": _characters(3),
    "char-5": _characters(5),
    "word-1": _words(1),
    "word-2": _words(2),
}

if __name__ == "__main__":
    main()
