"""Whether the answers stand in a knowledge base the person has: the share of rows whose new words are found in it."""

from collections.abc import Sequence

import numpy as np

from curation.readiness.shares import usual_words
from curation.records import CheckRun, Dataset
from curation.records.progress import Progress, ignore
from curation.text.words import words

RUN = "knowledge"
LOOKED_UP = 3
"""Passages a prompt would show beside the question (policy)."""
FOUND = 0.8
"""An answer is in the knowledge base when this share of its new words stands in the passages nearest to it (policy)."""
MOST_ROWS = 2_000
"""Rows looked up: a share of 2,000 is known to within two points."""
STEP = 200


def answerable(
    dataset: Dataset, passages: Sequence[str], template: float, seed: int = 0, progress: Progress = ignore
) -> CheckRun:
    """The run `knowledge`: `answerable_rate` is the share (0..1) of rows whose answer is found in the passages,
    `characters` the length of these.

    New words of an answer are those neither in its input nor in the share `template` of all outputs; rows without any
    say nothing and are left out. Not checked without labels to spare, passages, or new words.
    """
    if dataset.is_classification:
        return CheckRun(RUN, "not_checked", "the answers are labels")
    order = sorted(zip(dataset.values("input"), dataset.values("output"), dataset.values("id"), strict=True))
    outputs = [words(output or "") for _, output, _ in order]
    usual = usual_words(outputs, template)
    chosen = np.sort(np.random.default_rng(seed).permutation(len(order))[:MOST_ROWS])
    fresh = [(n, set(outputs[n]) - set(words(order[n][0] or "")) - usual) for n in chosen]
    asked = [(n, new) for n, new in fresh if new]
    if not asked or not passages:
        why = "the knowledge base holds no text" if not passages else "no answer holds a word that is new"
        return CheckRun(RUN, "not_checked", why)
    size = {"passages": len(passages), "characters": sum(map(len, passages))}
    found = _found(asked, outputs, [words(passage) for passage in passages], progress)
    rate = float(np.mean(found))
    return CheckRun(RUN, "done", summary={**size, "answerable_rate": rate, "rows": len(asked)})


def _found(
    asked: Sequence[tuple[int, set[str]]],
    outputs: Sequence[Sequence[str]],
    passages: Sequence[Sequence[str]],
    progress: Progress,
) -> list[bool]:
    """For every row asked, whether its new words stand in the passages nearest to its answer."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32)
    index = vectorizer.fit_transform(passages).T.tocsr()
    held = [set(passage) for passage in passages]
    found = []
    for start in range(0, len(asked), STEP):
        progress(start / len(asked), "looking answers up in the knowledge base")
        step = asked[start : start + STEP]
        likeness = (vectorizer.transform([outputs[n] for n, _ in step]) @ index).toarray()
        nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :LOOKED_UP]
        for (_, new), places in zip(step, nearest, strict=True):
            known = set().union(*(held[place] for place in places))
            found.append(len(new & known) >= FOUND * len(new))
    return found
