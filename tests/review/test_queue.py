"""The review queue: surest first, every example once, the same in any order of findings."""

from hypothesis import given
from hypothesis import strategies as st

from curation.checks import found
from curation.records import Findings
from curation.review.queue import order_of_review


def findings(rows):
    """Findings from (check, id, confidence) rows."""
    return Findings.join([found(check, [{"id": i, "confidence": c, "message": "m"}]) for check, i, c in rows])


ROWS = [("noise", "a", 0.4), ("empty", "b", 1.0), ("copy", "a", 0.9), ("noise", "c", 0.9), ("noise", "c", 0.9)]


def test_the_surest_comes_first_and_each_example_once():
    assert order_of_review(findings(ROWS)) == [("b", 1.0), ("a", 0.9), ("c", 0.9)]


def test_nothing_suspected_is_nothing_to_review():
    assert order_of_review(findings([])) == []


def test_equals_are_drawn_by_seed():
    equal = findings([("noise", f"id{n}", 0.5) for n in range(20)])
    orders = {tuple(order_of_review(equal, seed)) for seed in range(4)}
    assert len(orders) == 4
    assert order_of_review(equal, 3) == order_of_review(equal, 3)


@given(
    st.lists(st.tuples(st.sampled_from(["x", "y"]), st.sampled_from("abcd"), st.sampled_from([0.0, 0.5, 1.0]))),
    st.randoms(),
)
def test_the_order_of_findings_is_of_no_account(rows, random):
    order = order_of_review(findings(rows))
    assert order == order_of_review(findings(random.sample(rows, len(rows))))
    assert {name for name, _ in order} == {name for _, name, _ in rows}
    assert [confidence for _, confidence in order] == sorted((c for _, c in order), reverse=True)


def test_a_label_that_the_label_model_and_a_reading_both_call_wrong_stands_first() -> None:
    found = findings(
        [("truncated", "sure", 0.99), ("label_noise", "both", 0.6), ("model_review", "both", 0.5),
         ("model_review", "read", 0.95), ("label_noise", "weak", 0.3), ("model_review", "weak", 0.5)]
    )  # fmt: skip
    assert [name for name, _ in order_of_review(found)] == ["both", "sure", "read", "weak"]
