"""How good and how fast search by meaning is: `python benchmarks/meaning.py banking77/train.csv banking77/test.csv`.

Of labelled texts (public intent sets; none is shipped): the share of the ten nearest rows that have the same label, the
row itself left out and repeats as they are. Then seconds for so many rows made up here, each in a project.
"""

import argparse
import csv
import random
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score

from curation.meaning.topics import grouped
from curation.project import Project
from curation.records import Filter
from curation.text.vectors import vectors_of

NEIGHBOURS = 10
BLOCK = 1_000
QUESTIONS = 50
WORDS = [
    *("refund", "card", "delivery", "account", "parcel", "please", "money", "order", "invoice", "password", "courier"),
    *("charge", "cancel", "subscription", "late", "broken", "size", "colour", "exchange", "store", "login", "email"),
    *("phone", "receipt", "discount", "voucher", "transfer", "balance", "payment", "address"),
]


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


def made_up(path: Path, rows: int) -> Path:
    """A CSV of so many texts of about 100 characters, the same each time."""
    draw = random.Random(1)
    words = [*WORDS, *(f"w{draw.randrange(10**6)}" for _ in range(5_000))]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["text", "category"])
        for n in range(rows):
            texts = draw.choices(WORDS, k=8) + draw.choices(words, k=8)
            out.writerow([f"{' '.join(texts)} {n}", f"label {draw.randrange(77)}"])
    return path


def timed(rows: int) -> None:
    """Seconds for the vectors and for searches, in a project with so many rows."""
    draw = random.Random(2)
    with tempfile.TemporaryDirectory() as folder, Project.open(Path(folder) / "rows", create=True) as project:
        project.examples.load(made_up(Path(folder) / "rows.csv", rows))
        project.rows.index()
        start = time.perf_counter()
        project.meaning.make()
        print(f"vectors of {rows:,} rows {time.perf_counter() - start:.1f} s")
        start = time.perf_counter()
        project.meaning.find_topics()
        print(f"topics of {rows:,} rows {time.perf_counter() - start:.1f} s")
        for by in ("words", "meaning", "both"):
            took = []
            for _ in range(QUESTIONS):
                text = " ".join(draw.choices(WORDS, k=5))
                start = time.perf_counter()
                project.meaning.search(Filter(text=text, search=by))  # type: ignore[arg-type]
                took.append(1000 * (time.perf_counter() - start))
            print(f"search by {by:8} median {np.median(took):6.1f} ms, p95 {np.percentile(took, 95):6.1f} ms")


def main() -> None:
    """Quality on labelled texts, then speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="CSV files: text, label")
    parser.add_argument("--rows", type=int, default=100_000)
    args = parser.parse_args()
    if args.files:
        texts, labels = labelled(args.files)
        vectors = vectors_of(texts)
        there = ~np.isnan(vectors[:, 0])
        rate = same_label_rate(vectors[there], labels[there])
        of, _ = grouped(vectors[there], labels.max() + 1, seed=0)
        print(f"topics against labels, as many: AMI {adjusted_mutual_info_score(labels[there], of):.3f}")
        print(f"{len(texts):,} texts, {labels.max() + 1} labels: same label among the ten nearest {rate:.3f}")
    timed(args.rows)
    print(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
