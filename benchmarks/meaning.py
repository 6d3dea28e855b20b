"""How good search, topics and map are: `python benchmarks/meaning.py banking77/train.csv banking77/test.csv`.

Of labelled texts (public intent sets; none is shipped): the share of the ten nearest rows that have the same label, the
row itself left out and repeats as they are; the same on the map; and topics against labels. How long it takes on many
rows: meaning_size.py.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree
from sklearn.metrics import adjusted_mutual_info_score

from curation.meaning.layout import laid_out
from curation.meaning.topics import grouped
from curation.text.vectors import vectors_of

NEIGHBOURS = 10
BLOCK = 1_000


def labelled_rows(paths: list[Path]) -> list[tuple[str, str]]:
    """(text, label): the first two columns of each file, without its head."""
    rows: list[tuple[str, str]] = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            rows += [(row[0], row[1]) for row in list(csv.reader(file))[1:]]
    return rows


def labelled(paths: list[Path]) -> tuple[list[str], np.ndarray]:
    """The texts and the numbers of their labels."""
    rows = labelled_rows(paths)
    _, labels = np.unique([row[1] for row in rows], return_inverse=True)
    return [row[0] for row in rows], labels


def same_label_rate(vectors: np.ndarray, labels: np.ndarray) -> float:
    """The share of the ten nearest rows with the label of the row, over all rows."""
    hits = 0
    for first in range(0, len(vectors), BLOCK):
        similarity = vectors[first : first + BLOCK] @ vectors.T
        own = np.arange(len(similarity))
        similarity[own, first + own] = -np.inf
        near = np.argpartition(-similarity, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        hits += int((labels[near] == labels[first : first + len(near), None]).sum())
    return hits / (NEIGHBOURS * len(vectors))


def same_label_rate_on(places: np.ndarray, labels: np.ndarray) -> float:
    """As `same_label_rate`, of places on the map by their distance."""
    _, near = cKDTree(places).query(places, NEIGHBOURS + 1)
    own = np.arange(len(places))[:, None]
    # rows at one place may have the row itself anywhere, or not at all, among them
    others = np.array([[n for n in row if n != self][:NEIGHBOURS] for row, (self,) in zip(near, own)])
    return float((labels[others] == labels[:, None]).mean())


def main() -> None:
    """Quality on labelled texts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="CSV files: text, label")
    args = parser.parse_args()
    texts, labels = labelled(args.files)
    vectors = vectors_of(texts)
    there = ~np.isnan(vectors[:, 0])
    rate = same_label_rate(vectors[there], labels[there])
    of, _ = grouped(vectors[there], labels.max() + 1, seed=0)
    print(f"topics against labels, as many: AMI {adjusted_mutual_info_score(labels[there], of):.3f}")
    places, _ = laid_out(vectors[there], seed=0)
    print(f"same label among the ten nearest on the map {same_label_rate_on(places, labels[there]):.3f}")
    print(f"{len(texts):,} texts, {labels.max() + 1} labels: same label among the ten nearest {rate:.3f}")


if __name__ == "__main__":
    main()
