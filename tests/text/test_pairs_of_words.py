"""Words and pairs of words are counted as scikit-learn counts them, to the bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from curation.text import pairs_of_words
from curation.text.pairs_of_words import words_and_pairs
from curation.text.words import WORD

TEXTS = st.lists(st.text(st.sampled_from("abcA19_ .-'éßİΟΣ日本のไ\u3000\n"), max_size=30), max_size=12)


@given(TEXTS)
def test_the_same_matrix_as_scikit_learns(texts: list[str]) -> None:
    texts = [*texts, "at least one word, one word"]
    theirs = CountVectorizer(ngram_range=(1, 2), token_pattern=WORD, dtype=np.float32).fit_transform(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs_of_words, "BLOCK", 3)
        ours = words_and_pairs(texts, np.float32)
    assert ours.shape == theirs.shape
    for part in ("data", "indices", "indptr"):
        assert getattr(ours, part).dtype == getattr(theirs, part).dtype
        assert getattr(ours, part).tolist() == getattr(theirs, part).tolist()


def test_texts_without_a_word_are_refused() -> None:
    with pytest.raises(ValueError, match="vocabulary"):
        words_and_pairs(["", " -- "])
