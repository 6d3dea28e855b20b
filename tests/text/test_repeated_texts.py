"""Texts that stand in a set many times are read once, with the same numbers as if each had been read."""

import numpy as np
import pytest

from curation.records.progress import ignore
from curation.text import features

REPLIES = ["Your parcel is on its way.", "The invoice is attached here.", "Please restart the router once."]
TEXTS = [
    f"{word} number {n % 7} of the week" for n, word in enumerate(["parcel", "invoice", "router"] * 5)
] + REPLIES * 40


@pytest.mark.parametrize(("pruned_from", "most"), [(10**6, 10**6), (10, 10**6), (10, 20)])
def test_repeats_change_no_weight(monkeypatch: pytest.MonkeyPatch, pruned_from: int, most: int) -> None:
    monkeypatch.setattr(features, "PRUNE_FROM", pruned_from)
    monkeypatch.setattr(features, "MOST_TERMS", most)
    once = features.tfidf(TEXTS, ignore)
    monkeypatch.setattr(features, "FEW_REPEATS", -1.0)
    each = features.tfidf(TEXTS, ignore)
    assert once.shape == each.shape
    if most > 20:
        assert np.allclose(once.toarray(), each.toarray(), atol=1e-6)


def test_embeddings_of_equal_texts_are_equal() -> None:
    if not features.has_static_embeddings():
        pytest.skip("wordllama is not made for this platform")
    rows = features.static_embeddings([*REPLIES, REPLIES[0]])
    assert (rows[0] == rows[3]).all()
    assert not (rows[0] == rows[1]).all()
