"""The most similar pair across two sets is the one that all pairs compared by hand give."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.dedup.similarity import across
from curation.dedup.similarity.across import closest

texts = st.lists(st.text("abc ", min_size=1, max_size=12), min_size=1, max_size=7)


def shingles(text: str) -> set[str]:
    """Its distinct runs of three characters, as near-duplicates are compared: normalised, a space at either end."""
    padded = f" {' '.join(text.split())} "
    return {padded[n : n + 3] for n in range(len(padded) - 2)}


@given(texts, texts)
def test_it_is_the_largest_jaccard_similarity_of_all_pairs(first: list[str], second: list[str]) -> None:
    left, right = ([text for text in side if text.strip()] for side in (first, second))
    found = closest(first, second)
    if not left or not right:
        assert found is None
        return
    assert found is not None
    best = max(
        1.0 if a.split() == b.split() else len(shingles(a) & shingles(b)) / len(shingles(a) | shingles(b))
        for a in left
        for b in right
    )
    pair = shingles(first[found.first]), shingles(second[found.second])
    assert (found.firsts, found.seconds) == (len(left), len(right))
    assert found.similarity == pytest.approx(best, abs=0.35 if best < 1 and min(map(len, pair)) < 3 else 1e-9)


def test_of_sets_too_large_to_compare_whole_texts_are_drawn_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    first = [f"where is parcel number {n} of town {n * 7}" for n in range(300)]
    second = [f"when will box {n} come to street {n * 11}" for n in range(300)]
    whole = closest(first, second)
    assert whole is not None
    assert (whole.firsts, whole.seconds) == (300, 300)
    monkeypatch.setattr(across, "MAX_CHARACTERS", 3_000)
    monkeypatch.setattr(across, "MAX_SECONDS", 60)
    some = closest(first, second, seed=1)
    assert some is not None
    assert 50 < some.firsts < 100
    assert some.seconds == 60
    assert some.similarity <= whole.similarity
    assert some == closest(first, second, seed=1)
    monkeypatch.setattr(across, "MAX_PRODUCTS", 500)
    fewer = closest(first, second, seed=1)
    assert fewer is not None
    assert 1 <= fewer.seconds < some.seconds


def test_a_copy_among_thousands_is_found_when_only_the_likeliest_pairs_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = random.Random(0)
    words = [f"w{rng.randrange(10_000)}" for _ in range(800)]
    first, second = ([" ".join(rng.choices(words, k=12)) for _ in range(400)] for _ in range(2))
    second[123] = first[321].replace(" ", " and ", 1)
    monkeypatch.setattr(across, "MAX_PAIRS", 0)
    found = closest(first, second)
    assert found is not None
    assert (found.first, found.second) == (321, 123)
    assert found.similarity > 0.8
