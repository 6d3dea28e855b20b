"""Which rows are read: a random part that stands for the set, the same whenever it is drawn."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from curation.model_review.plan import choose, shares

GROUPS = {f"row {n}": ("sure", "likely", "weak", "none")[min(n % 10, 3)] for n in range(1000)}


def test_all_rows_or_a_share_of_each_group() -> None:
    assert len(choose(GROUPS, None, False, 0).ids) == 1000
    some = choose(GROUPS, 200, False, 0)
    assert Counter(GROUPS[id] for id in some.ids) == {"none": 140, "weak": 20, "likely": 20, "sure": 20}
    assert some.strata == {"none": (700, 140), "weak": (100, 20), "likely": (100, 20), "sure": (100, 20)}
    assert Counter(GROUPS[id] for id in some.ids[:100])["none"] == 70


def test_every_suspect_is_read_where_that_is_wanted() -> None:
    some = choose(GROUPS, 200, True, 0)
    assert some.strata == {"none": (700, 140), "weak": (100, 20), "likely": (100, 100), "sure": (100, 100)}


def test_more_rows_are_the_same_and_others_and_new_rows_move_few() -> None:
    few, many = (set(choose(GROUPS, n, False, 3).ids) for n in (100, 300))
    assert few < many
    later = GROUPS | {f"later {n}": "none" for n in range(300)}
    after = set(choose(later, 390, False, 3).ids)
    assert len(many & after) > 270  # drawn anew, 90 of them would be the same


def test_a_twentieth_is_read_twice() -> None:
    again = choose(GROUPS, None, False, 0).again
    assert 30 <= len(again) <= 70
    assert choose(GROUPS, None, False, 0).again == again
    assert choose(GROUPS, None, False, 1).again != again


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 50), max_size=5), st.integers(0, 300))
def test_shares_are_exact_to_a_row(sizes: dict[str, int], rows: int) -> None:
    given_out = shares(sizes, rows)
    whole = sum(sizes.values())
    assert sum(given_out.values()) == min(rows, whole)
    for name, n in given_out.items():
        assert 0 <= n <= sizes[name]
        assert abs(n - min(rows, whole) * sizes[name] / max(whole, 1)) < 1
