"""An audit's draw, and what may be concluded from the answers."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import NotChecked
from curation.records import FINDINGS_SCHEMA, Findings
from curation.review.audit.draw import (
    EXTRA_SHARE,
    FLAG_ROWS,
    Z90,
    Answer,
    Draw,
    allocate,
    draw,
    rows_for,
)
from curation.review.audit.estimate import estimate
from curation.sampling.intervals import stratified

IDS = [f"{n:05}" for n in range(2000)]


def claims(rows: Sequence[tuple[str, str, float]]) -> Findings:
    """Findings of (check, id, confidence)."""
    n = len(rows)
    checks, ids, confidence = ([row[k] for row in rows] for k in range(3))
    columns = [checks, ids, [None] * n, confidence, [""] * n, ["{}"] * n, ["look"] * n]
    return Findings(pa.table([pa.array(c, f.type) for c, f in zip(columns, FINDINGS_SCHEMA)], schema=FINDINGS_SCHEMA))


SUSPECTS = claims(
    [("label_noise", id, 0.9 if n % 2 else 0.6) for n, id in enumerate(IDS[:200])]
    + [("label_noise", id, 0.2) for id in IDS[200:400]]
    + [("truncated", id, 0.8) for id in IDS[500:512]]
    + [("pii", id, 0.99) for id in IDS[600:900]]
)


def answered(drawn: Draw, wrong: Mapping[str, bool], unknown: Sequence[str] = ()) -> dict[str, Answer]:
    return {row.id: "unknown" if row.id in unknown else "wrong" if wrong.get(row.id) else "right" for row in drawn.rows}


def test_suspect_rows_are_looked_at_more_often_and_weigh_less() -> None:
    drawn = draw(IDS, SUSPECTS, 100)
    assert drawn.strata == {"none": 1588, "weak": 200, "likely": 100, "sure": 112}
    seen = Counter(row.stratum for row in drawn.rows if row.weight)
    assert min(seen.values()) >= 5
    assert seen["likely"] / 100 > 2 * seen["none"] / 1588
    assert sum(row.weight for row in drawn.rows) == pytest.approx(2000)
    assert {row.stratum for row in drawn.rows if row.id in IDS[600:900]} <= {"none"}  # personal data makes none wrong


def test_the_order_tells_nothing_and_the_draw_depends_on_the_seed_alone() -> None:
    drawn = draw(IDS, SUSPECTS, 100, seed=3)
    shuffled = [IDS[n] for n in np.random.default_rng(1).permutation(2000)]
    backwards = Findings(SUSPECTS.table.take(list(range(len(SUSPECTS)))[::-1]))
    assert draw(shuffled, backwards, 100, seed=3) == drawn
    assert draw(IDS, SUSPECTS, 100, seed=4) != drawn
    first_half = Counter(row.stratum for row in drawn.rows[: len(drawn.rows) // 2])
    assert set(first_half) == set(drawn.strata)
    assert [row.position for row in drawn.rows] == list(range(len(drawn.rows)))


def test_every_check_gets_flagged_rows_for_its_precision() -> None:
    drawn = draw(IDS, SUSPECTS, 100)
    for check, of_check in drawn.flagged.items():
        looked_at = [row for row in drawn.rows if check in row.flags and row.extra in ("", check)]
        assert len(looked_at) >= min(FLAG_ROWS, sum(of_check.values()))
    extras = [row for row in drawn.rows if row.extra]
    assert 0 < len(extras) <= EXTRA_SHARE * 100
    assert {row.weight for row in extras} == {0.0}
    assert sum(drawn.flagged["truncated"].values()) == 12


def test_a_small_set_is_looked_at_in_full_and_then_known_exactly() -> None:
    drawn = draw(IDS[:40], claims([]), 100)
    assert sorted(row.id for row in drawn.rows) == IDS[:40]
    found = estimate(drawn, answered(drawn, {IDS[0]: True, IDS[1]: True}))
    assert found.rate == (0.05, 0.05, 0.05)


@pytest.mark.parametrize("half_width", [0.1, 0.05, 0.03])
def test_the_wanted_width_sets_the_size(half_width: float) -> None:
    drawn = draw(IDS, SUSPECTS, half_width=half_width)
    spread = 0.0
    for name, size in drawn.strata.items():
        n = sum(row.stratum == name and row.weight > 0 for row in drawn.rows)
        rate = {"none": 0.05, "weak": 0.2}.get(name, 0.5)
        spread += (size / 2000) ** 2 * rate * (1 - rate) / n * (1 - n / size)
    assert Z90 * spread**0.5 <= half_width * 1.02  # rounded to whole rows
    assert rows_for(drawn.strata, half_width) < rows_for(drawn.strata, half_width / 2)


def test_widths_outside_their_range_and_empty_sets_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        draw(IDS, SUSPECTS, half_width=0)
    with pytest.raises(NotChecked, match="nothing to judge"):
        draw([], SUSPECTS)


@given(
    sizes=st.dictionaries(st.sampled_from(["none", "weak", "likely", "sure"]), st.integers(1, 5000), min_size=1),
    rows=st.integers(1, 6000),
)
def test_no_stratum_gets_more_rows_than_it_has_nor_too_few(sizes: dict[str, int], rows: int) -> None:
    given_rows = allocate(sizes, rows)
    assert given_rows.keys() == sizes.keys()
    least = max(1, min(5, rows // len(sizes)))
    for name, size in sizes.items():
        assert min(least, size) <= given_rows[name] <= size
    assert sum(given_rows.values()) == max(len(sizes), min(rows, sum(sizes.values())))


@pytest.mark.parametrize("rows", [20, 40, 47, 100])
def test_as_many_rows_are_drawn_at_random_as_asked_for_and_a_fifth_more_at_most(rows: int) -> None:
    """Five checks with few flags each, and strata of a few rows, which used to draw more than asked for."""
    checks = ("contradictions", "label_noise", "mismatch", "refusal", "truncated")
    few = [(check, IDS[10 * n + k], 0.5 + 0.06 * k) for n, check in enumerate(checks) for k in range(8)]
    weak = [("label_noise", id, 0.2) for id in IDS[200:206]]
    drawn = draw(IDS[:300], claims([*few, *weak]), rows)
    assert sum(row.weight > 0 for row in drawn.rows) == rows
    assert 0 < sum(bool(row.extra) for row in drawn.rows) <= rows / 5
    assert {row.stratum for row in drawn.rows if row.weight} == set(drawn.strata)


def test_a_flag_that_was_followed_is_no_false_alarm() -> None:
    drawn = draw(IDS[:40], claims([("label_noise", id, 0.9) for id in IDS[:8]]), 40)
    (plain,) = estimate(drawn, answered(drawn, {})).precision
    assert (plain.reviewed, plain.wrong) == (8, 0)
    followed = estimate(drawn, answered(drawn, {}), of_flags=dict.fromkeys(IDS[:6], "wrong"))
    assert (followed.precision[0].reviewed, followed.precision[0].wrong) == (8, 6)
    assert followed.rate == (0, 0, 0)  # the share of wrong answers is that of the answers as they stand


def test_the_rate_is_that_of_the_set_not_of_the_suspects() -> None:
    drawn = draw(IDS, SUSPECTS, 100)
    wrong = dict.fromkeys(IDS[:200], True)  # every flag is right, all else is: 10 %
    found = estimate(drawn, answered(drawn, wrong))
    assert found.rate[0] == pytest.approx(200 / 2000, abs=0.005)
    assert found.wrong / found.reviewed > 0.15
    precision = {one.check: one for one in found.precision}
    assert precision["label_noise"].rate is not None
    assert precision["label_noise"].rate[0] == 1
    assert precision["label_noise"].flagged == 200
    assert precision["truncated"].rate is not None
    assert precision["truncated"].rate[0] == 0
    assert precision["truncated"].rate[2] > 0.03  # 10 of 12 seen: the other two may be wrong


def test_no_errors_seen_never_means_none_at_all() -> None:
    drawn = draw(IDS, SUSPECTS, 100)
    value, low, high = estimate(drawn, answered(drawn, {})).rate
    assert (value, low) == (0, 0)
    assert 0.02 < high < 0.06


def test_rows_nobody_could_tell_widen_both_bounds_and_are_counted() -> None:
    drawn = draw(IDS, SUSPECTS, 100)
    wrong = {row.id: n % 10 == 0 for n, row in enumerate(drawn.rows)}
    main = [row.id for row in drawn.rows if row.weight]
    told = estimate(drawn, answered(drawn, wrong))
    partly = estimate(drawn, answered(drawn, wrong, [id for n, id in enumerate(main) if n % 12 == 5]))
    assert partly.unknown == sum(n % 12 == 5 for n in range(len(main)))
    assert partly.reviewed + partly.unknown == told.reviewed
    assert partly.rate[2] > told.rate[2]
    assert partly.rate[1] < told.rate[1]
    assert partly.rate[0] == pytest.approx(told.rate[0], abs=0.04)


def test_an_audit_half_done_has_a_wider_range_and_one_hardly_begun_none() -> None:
    drawn = draw(IDS, SUSPECTS, 100)
    answers = answered(drawn, {row.id: n % 10 == 0 for n, row in enumerate(drawn.rows)})
    half = {row.id: answers[row.id] for row in drawn.rows[:55]}
    full, partly = estimate(drawn, answers).rate, estimate(drawn, half).rate
    assert partly[2] - partly[1] > full[2] - full[1]
    with pytest.raises(NotChecked, match="of the 30 answers"):
        estimate(drawn, dict(list(half.items())[:20]))


def test_a_row_mended_since_is_no_longer_wrong_only_where_it_stands_for_itself() -> None:
    whole = draw(IDS[:40], claims([]), 100)
    assert estimate(whole, answered(whole, {IDS[0]: True}), [IDS[0]]).rate == (0, 0, 0)
    drawn = draw(IDS, claims([]), 100)
    wrong = dict.fromkeys([row.id for row in drawn.rows[:10]], True)
    assert estimate(drawn, answered(drawn, wrong), list(wrong)) == estimate(drawn, answered(drawn, wrong))


def test_a_stratum_nobody_looked_at_may_hold_anything() -> None:
    value, low, high = stratified({"none": 90, "sure": 10}, {"none": 9}, {"none": 90})
    assert value == pytest.approx(0.1)
    assert (low, high) == (pytest.approx(0.09), pytest.approx(0.19))


@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(0, 60), st.floats(0, 1)), min_size=1, max_size=4))
def test_any_counts_give_a_range_around_the_value_inside_0_and_1(strata: list[tuple[int, int, float]]) -> None:
    sizes = {str(n): size for n, (size, _, _) in enumerate(strata)}
    seen = {str(n): min(size, looked) for n, (size, looked, _) in enumerate(strata)}
    wrong = {name: round(seen[name] * strata[int(name)][2]) for name in sizes}
    value, low, high = stratified(sizes, wrong, seen)
    assert 0 <= low <= value <= high <= 1


def test_the_precision_of_a_check_with_few_flags_is_never_certain() -> None:
    drawn = draw(IDS[:40], claims([("contradictions", id, 0.9) for id in IDS[:5]]), 40)
    (found,) = estimate(drawn, answered(drawn, {})).precision
    assert (found.reviewed, found.wrong) == (5, 0)
    assert found.rate is not None
    assert found.rate[:2] == (0, 0)
    assert found.rate[2] > 0.3
