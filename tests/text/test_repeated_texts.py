"""Texts that stand in a set many times are read once, with the same numbers as if each had been read."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.preprocessing import normalize

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


def test_embeddings_have_the_length_scikit_learn_gives_them_without_its_import() -> None:
    rows = np.random.default_rng(0).normal(size=(500, 256)).astype(np.float32)
    rows[::7], rows[1::7] = 0, rows[1::7] * 1e-9
    assert np.array_equal(rows / features._lengths(rows)[:, None], normalize(rows))
    code = (
        "import sys; from curation.text.vectors import vectors_of; vectors_of(['a b']); print('sklearn' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize(("letters", "most"), [((4, 4), 10**6), ((3, 5), 10**6), ((3, 5), 60)])
def test_letters_counted_by_word_are_those_of_scikit_learn(
    monkeypatch: pytest.MonkeyPatch, letters: tuple[int, int], most: int
) -> None:
    monkeypatch.setattr(features, "MOST_TERMS", most)
    odd = ["İstanbul’da ΟΔΟΣ ǅ  ﬁ\u3000全角 a", "ab\x1cc\u2028d  e", "", "   ", "x", "日本語のテキスト です"]
    texts = [*dict.fromkeys(TEXTS), *odd, *(f"parcel {n} of week {n * 7}" for n in range(features.PRUNE_FROM))]
    theirs = features.vectorizers(len(texts), letters)[1].fit_transform(texts)
    ours = features._weighted(features.vectorizers(len(texts), letters)[1], texts, np.arange(len(texts)), ignore, "")
    assert ours.dtype == theirs.dtype
    assert (ours != theirs).nnz == 0


@pytest.mark.parametrize("texts", [TEXTS, [*dict.fromkeys(TEXTS)]])
def test_equal_texts_share_a_row(texts: list[str]) -> None:
    weights, row = features.tfidf_by_text(texts, ignore)
    assert weights.shape[0] == len({*texts})
    assert [(row == row[n]).sum() for n in range(len(texts))] == [texts.count(text) for text in texts]
    assert (weights[row] != features.tfidf(texts, ignore)).nnz == 0
