"""Rows ranked by vectors, by words, and by both."""

import numpy as np

from curation.meaning import search

EAST, NORTH, BETWEEN, NOTHING = [1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [np.nan, np.nan]


def test_the_nearest_come_first_equals_by_number_and_rows_without_a_vector_never() -> None:
    vectors = np.asarray([NORTH, EAST, NOTHING, BETWEEN, EAST], np.float32)
    similarity = search.similarities(vectors, np.asarray(EAST, np.float32))
    numbers = np.asarray([3, 5, 8, 9, 12])
    assert [number for number, _ in search.nearest(similarity, numbers, 10)] == [5, 12, 9, 3]
    assert search.nearest(similarity, numbers, 1) == [(5, 1.0)]
    assert search.nearest(similarity[2:3], numbers[2:3], 4) == []


def test_blocks_give_what_the_whole_gives(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    vectors = np.random.default_rng(3).normal(size=(50, 8)).astype(np.float32)
    whole = search.similarities(vectors, vectors[7])
    monkeypatch.setattr(search, "BLOCK", 7)
    assert np.allclose(search.similarities(vectors, vectors[7]), whole)


def test_a_rare_word_counts_more_than_a_common_one_and_changed_rows_count_as_they_are_now() -> None:
    rows_by_word = {"kayak": np.asarray([4]), "the": np.asarray([1, 2, 3, 4, 5])}

    def everybody(rows: np.ndarray) -> np.ndarray:
        return rows > 0

    assert search.by_words(rows_by_word, {}, 8, everybody, 9) == [4, 1, 2, 3, 5]
    assert search.by_words(rows_by_word, {4: "the sofa", 7: "two kayaks"}, 8, everybody, 9) == [7, 1, 2, 3, 4, 5]
    assert search.by_words(rows_by_word, {}, 8, lambda rows: np.isin(rows, [2, 5]), 9) == [2, 5]
    assert search.by_words({}, {}, 8, everybody, 9) == []


def test_what_does_well_in_both_rankings_comes_before_what_does_best_in_one() -> None:
    assert search.fused([[1, 2, 3], [4, 2, 3]], 3) == [2, 3, 1]
    assert search.fused([[], [9]], 3) == [9]
    assert search.fused([[1, 2], [1, 2]], 1) == [1]
