"""Are thinned topics named? `python benchmarks/thin_topics.py clinc150.csv` of labelled texts (text, label).

A fifth of the rows, drawn by chance, are the evaluation set; five labels keep a tenth of their other rows. How many of
the five are the commonest label of one of the eight topics that the check `thin_topic` names first; and how many topics
it names where nothing was thinned. By the texts alone, as for free text; with --labels by the labels too, as the check
does where outputs are labels.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from meaning import labelled
from scipy.sparse import csc_matrix, csr_matrix, hstack

from curation.checks.thin_topic import Settings, groups, sharing, with_words
from curation.records.progress import ignore
from curation.text.vectors import vectors_of

THINNED, FIRST, DRAWS = 5, 8, 20


def main() -> None:
    """The five of each draw, and the topics named without any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--labels", action="store_true")
    args = parser.parse_args()
    texts, labels = labelled(args.files)
    _, first = np.unique(texts, return_index=True)
    first.sort()
    vectors, labels = vectors_of([texts[n] for n in first]), labels[first]
    there = ~np.isnan(vectors[:, 0])
    read = [texts[n] for n in first[there]]
    vectors, labels = with_words(vectors[there], read, 0), labels[there]
    sets = sharing(read, Settings().least_rows)
    if args.labels:
        rows = np.arange(len(labels))
        own = csr_matrix((np.ones(len(rows), np.float32), (rows, labels)), (len(rows), labels.max() + 1))
        sets = csc_matrix(hstack([sets, own]))
    found = []
    for draw in range(args.draws):
        rng = np.random.default_rng(draw)
        is_evaluation = rng.random(len(labels)) < 0.2
        untouched = len(groups(vectors, is_evaluation, Settings(), draw, ignore, sets))
        thinned = rng.choice(np.unique(labels), THINNED, replace=False)
        gone = np.isin(labels, thinned) & ~is_evaluation & (rng.random(len(labels)) > 0.1)
        left, own, asked = vectors[~gone], labels[~gone], is_evaluation[~gone]
        named = groups(left, asked, Settings(), draw, ignore, csc_matrix(sets[~gone]))[:FIRST]
        commonest = {Counter(own[list(group.rows)].tolist()).most_common(1)[0][0] for group in named}
        found.append(len(set(thinned.tolist()) & commonest))
        said = f"draw {draw}: {found[-1]} of {THINNED} among the first {len(named)}"
        print(f"{said}; nothing thinned: {untouched} named", flush=True)
    print(f"mean {np.mean(found):.2f} of {THINNED}; all five in {np.mean(np.equal(found, THINNED)):.0%} of draws")


if __name__ == "__main__":
    main()
