"""Are thinned topics named? `python benchmarks/thin_topics.py clinc150.csv` of labelled texts (text, label).

A fifth of the rows, drawn by chance, are the evaluation set; five labels keep a tenth of their other rows. How many of
the five are the commonest label of one of the eight topics that the check `thin_topic` names first; and how many topics
it names where nothing was thinned.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from meaning import labelled

from curation.checks.thin_topic import Settings, groups
from curation.records.progress import ignore
from curation.text.vectors import vectors_of

THINNED, FIRST, DRAWS = 5, 8, 10


def main() -> None:
    """The five of each draw, and the topics named without any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--draws", type=int, default=DRAWS)
    args = parser.parse_args()
    texts, labels = labelled(args.files)
    _, first = np.unique(texts, return_index=True)
    first.sort()
    vectors, labels = vectors_of([texts[n] for n in first]), labels[first]
    there = ~np.isnan(vectors[:, 0])
    vectors, labels = vectors[there], labels[there]
    found = []
    for draw in range(args.draws):
        rng = np.random.default_rng(draw)
        is_evaluation = rng.random(len(labels)) < 0.2
        untouched = len(groups(vectors, is_evaluation, Settings(), draw, ignore))
        thinned = rng.choice(np.unique(labels), THINNED, replace=False)
        gone = np.isin(labels, thinned) & ~is_evaluation & (rng.random(len(labels)) > 0.1)
        left, own, asked = vectors[~gone], labels[~gone], is_evaluation[~gone]
        named = groups(left, asked, Settings(), draw, ignore)[:FIRST]
        commonest = {Counter(own[list(group.rows)].tolist()).most_common(1)[0][0] for group in named}
        found.append(len(set(thinned.tolist()) & commonest))
        said = f"draw {draw}: {found[-1]} of {THINNED} among the first {len(named)}"
        print(f"{said}; nothing thinned: {untouched} named", flush=True)
    print(f"mean {np.mean(found):.2f} of {THINNED}; all five in {np.mean(np.equal(found, THINNED)):.0%} of draws")


if __name__ == "__main__":
    main()
