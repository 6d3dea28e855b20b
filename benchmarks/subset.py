"""Does a chosen tenth keep more than a random one? `benchmarks/subset.py banking77/train.csv banking77/test.csv`.

The first file (text, label) is the set, the second is held out. For each seed a tenth chosen as `curation export
--subset` chooses it, and a random tenth: labels kept, the mean cosine of a row with the nearest row kept, and the
score of the plain classifier (`label_model.linear_svm`) trained on each on the held-out file; then on rows of the set
itself that neither holds, where labels are as frequent as they come.
"""

import argparse
from pathlib import Path

import numpy as np
from meaning import labelled_rows

from curation.label_model.linear_svm import pipeline
from curation.meaning.subset import chosen, kept
from curation.text.vectors import vectors_of

SEEDS = 10
HELD = 2_000
"""Rows of the set itself that are held out as well."""


def main() -> None:
    """A line a seed, then in how many of them the chosen tenth was no worse in labels and better in score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("held_out", type=Path)
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    args = parser.parse_args()
    texts, labels = (np.asarray(column) for column in zip(*labelled_rows([args.set]), strict=True))
    asked, answers = (np.asarray(column) for column in zip(*labelled_rows([args.held_out]), strict=True))
    vectors = vectors_of(texts.tolist())
    _, group = np.unique(labels, return_inverse=True)
    size, none = round(len(texts) * args.share), np.zeros(len(texts), bool)
    won = []
    for seed in range(args.seeds):
        rng = np.random.default_rng(seed)
        ours = chosen(vectors, group, size, none, seed)
        random = np.sort(rng.permutation(len(texts))[:size])
        rest = rng.permutation(np.setdiff1d(np.arange(len(texts)), np.union1d(ours, random)))[:HELD]
        said = []
        for rows in (ours, random):
            model = pipeline(texts[rows].tolist(), labels[rows].tolist(), seed)
            held, own = np.mean(model.predict(asked) == answers), np.mean(model.predict(texts[rest]) == labels[rest])
            found = kept(vectors, group, group, rows)
            least = int(np.bincount(group[rows], minlength=group.max() + 1).min())
            said.append((found.labels, least, found.nearness, float(held), float(own)))
        (a, least_a, near_a, held_a, own_a), (b, least_b, near_b, held_b, own_b) = said
        won.append((a >= b, a > b, held_a > held_b, own_a > own_b))
        print(
            f"seed {seed}: labels {a} / {b} random, rows of the rarest {least_a} / {least_b}, nearness {near_a:.3f} / "
            f"{near_b:.3f}, held out {held_a:.3f} / {held_b:.3f}, of the set {own_a:.3f} / {own_b:.3f}",
            flush=True,
        )
    no_fewer, more, score, own = (int(np.sum(column)) for column in zip(*won, strict=True))
    print(f"of {len(won)} seeds: no fewer labels {no_fewer}, more {more}, better held out {score}, of the set {own}")


if __name__ == "__main__":
    main()
