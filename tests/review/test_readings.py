"""A model's readings as strata of the audit, and what people's answers say of the model."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pytest

from curation.records import FINDINGS_SCHEMA, Decision, Findings, ReadAs, Vote
from curation.review.audit.draw import Answer, Draw, draw
from curation.review.audit.estimate import estimate
from curation.review.audit.judgement import ModelSaid, Past, Texts, judge
from curation.review.audit.quality import people_agree, quality
from curation.review.audit.readings import Phase, Readings, stratum_of
from curation.review.audit.trust import LABEL, measured

IDS = [f"{n:05}" for n in range(2000)]
WRONG = set(IDS[:200])
READ: dict[str, ReadAs] = dict.fromkeys(IDS, "right")
READ.update(dict.fromkeys([*IDS[:160], *IDS[1000:1040]], "wrong"))
READ.update(dict.fromkeys(IDS[160:180], "unsure"))
"""The model calls 160 of 200 wrong answers wrong, cannot tell 20, and calls 40 of 1,800 right ones wrong."""


def suspects(ids: Sequence[str], confidence: float = 0.6) -> Findings:
    n = len(ids)
    columns = [["label_noise"] * n, ids, [None] * n, [confidence] * n, [""] * n, ["{}"] * n, ["look"] * n]
    return Findings(pa.table([pa.array(c, f.type) for c, f in zip(columns, FINDINGS_SCHEMA)], schema=FINDINGS_SCHEMA))


NONE = suspects([])


def truth(drawn: Draw) -> dict[str, Answer]:
    return {row.id: "wrong" if row.id in WRONG else "right" for row in drawn.rows}


@pytest.fixture(scope="module")
def drawn() -> Draw:
    return draw(IDS, NONE, 120, readings=Readings(READ))


def test_rows_called_wrong_are_looked_at_more_often_and_weigh_less(drawn: Draw) -> None:
    assert drawn.strata == {"right": 1780, "unsure": 20, "wrong": 200}
    seen = Counter(row.stratum for row in drawn.rows)
    assert seen.total() == 120 and min(seen.values()) >= 5
    assert seen["wrong"] / 200 > 2 * seen["right"] / 1780
    assert sum(row.weight for row in drawn.rows) == pytest.approx(2000)


def test_the_share_is_the_whole_sets_and_surer_than_without_a_model(drawn: Draw) -> None:
    _, low, high = estimate(drawn, truth(drawn)).rate
    assert low < 0.1 < high
    plain = draw(IDS, NONE, 120)
    _, plain_low, plain_high = estimate(plain, truth(plain)).rate
    assert high - low < 0.75 * (plain_high - plain_low)


def test_the_models_own_shares_hold_what_is_true_of_it(drawn: Draw) -> None:
    told = estimate(drawn, truth(drawn)).model
    assert told is not None and told.judged == 120 and told.why == ""
    real = {"finds": 0.8, "false_alarms": 40 / 1800, "precision": 0.8, "misses": 20 / 1780, "agrees": 1920 / 2000}
    for name, share in real.items():
        value, low, high = getattr(told, name)
        assert low <= share <= high, name
        assert low <= value <= high, name
    assert told.wrong_in["wrong"][1] == told.called_wrong


def test_a_model_that_says_one_thing_of_every_row_makes_no_strata_and_that_is_said() -> None:
    everything: dict[str, ReadAs] = dict.fromkeys(IDS, "right")
    drawn, plain = draw(IDS, NONE, 120, readings=Readings(everything)), draw(IDS, NONE, 120)
    assert drawn.strata == plain.strata and not drawn.is_read
    found = estimate(drawn, truth(drawn))
    assert found.model is not None and found.model.finds is None
    assert found.model.why.startswith("The model says the same (right) of every row it read")
    assert found.rate == estimate(plain, truth(plain)).rate


def test_without_readings_everything_is_as_it_was() -> None:
    flagged = suspects(IDS[:100])
    assert draw(IDS, flagged, 100, readings=None) == draw(IDS, flagged, 100)
    drawn = draw(IDS, flagged, 100)
    found = estimate(drawn, truth(drawn))
    assert found.model is None
    # As the version before readings drew and told it.
    assert found.rate == pytest.approx((0.09269662921348315, 0.06795027605965184, 0.14008660167536688), abs=1e-12)
    rows = [(row.id, row.stratum, row.position, row.weight, row.flags, row.extra) for row in drawn.rows]
    assert hashlib.sha256(repr(rows).encode()).hexdigest().startswith("686a9f8324783e4b")


def test_suspicion_divides_a_reading_where_both_parts_get_their_least() -> None:
    some = draw(IDS, suspects(IDS[100:300]), 100, readings=Readings(READ))
    assert set(some.strata) == {"right", "right suspect", "unsure", "wrong", "wrong suspect"}
    few = draw(IDS, suspects(IDS[155:165]), 60, readings=Readings(READ))
    assert set(few.strata) == {"right", "unsure", "wrong"}


def test_rows_not_read_are_a_stratum_unless_the_read_ones_were_drawn_at_random() -> None:
    part = {id: READ[id] for id in IDS[::4]}
    own = draw(IDS, NONE, 100, readings=Readings(part))
    assert own.strata["unread"] == 1500 and own.phases == ()
    spoken_for = draw(IDS, NONE, 100, readings=Readings(part, at_random=True))
    assert set(spoken_for.strata) == {"right", "unsure", "wrong"} and sum(spoken_for.strata.values()) == 500
    assert spoken_for.phases == (Phase(1500, {"wrong": 50, "unsure": 5, "right": 445}),)
    assert spoken_for.whole == 2000
    assert {row.id for row in spoken_for.rows} <= part.keys()
    assert sum(row.weight for row in spoken_for.rows) == pytest.approx(2000)
    low, high = estimate(spoken_for, truth(spoken_for)).rate[1:]
    assert low < 0.1 < high


def test_suspects_read_more_often_than_others_never_stand_for_them() -> None:
    flagged = IDS[100:300]
    read = {id: READ[id] for id in [*IDS[::10], *flagged]}
    found = draw(IDS, suspects(flagged), 60, readings=Readings(read, at_random=True))
    assert {"right", "right suspect", "wrong", "wrong suspect"} <= set(found.strata)
    assert [sum(phase.placed.values()) + phase.unread for phase in found.phases] == [1800]
    assert not any("suspect" in name for phase in found.phases for name in phase.placed)


def test_rows_of_a_source_nobody_judged_are_strata_of_their_own() -> None:
    found = draw(IDS, NONE, 100, readings=Readings(READ, new=set(IDS[1500:])))
    assert found.strata["right new"] == 500 and found.strata["right"] == 1280
    fresh = draw([*IDS, "x1", "x2"], NONE, 100, readings=Readings(READ, True, {"x1", "x2"}))
    assert fresh.strata["unread new"] == 2


def test_the_draw_depends_on_the_seed_alone() -> None:
    backwards = dict(reversed(READ.items()))
    one = draw(IDS, NONE, 100, seed=3, readings=Readings(READ))
    assert draw(IDS[::-1], NONE, 100, seed=3, readings=Readings(backwards)) == one
    assert draw(IDS, NONE, 100, seed=4, readings=Readings(READ)) != one


def test_rows_nobody_could_judge_widen_the_share_both_ways(drawn: Draw) -> None:
    answers = truth(drawn)
    sure = estimate(drawn, answers).rate
    unknown = [row.id for row in drawn.rows if row.stratum == "right"][:10]
    _, low, high = estimate(drawn, {**answers, **dict.fromkeys(unknown, "unknown")}).rate
    assert low <= sure[1] + 0.01 and high > sure[2] + 0.05


def test_a_bad_model_is_shown_to_be_bad() -> None:
    rng = np.random.default_rng(5)
    said: dict[str, ReadAs] = {id: "wrong" if rng.random() < 0.2 else "right" for id in IDS}
    found = draw(IDS, NONE, 200, readings=Readings(said))
    told = estimate(found, truth(found)).model
    assert told is not None and told.precision is not None and told.finds is not None
    assert told.precision[2] < 0.35 and told.finds[2] < 0.6
    rate = measured(told, {"00001": "wrong"})["00001"]
    assert rate is not None and not rate.is_sure


def test_people_are_compared_on_what_the_model_is_asked() -> None:
    votes = [Vote("a", "ann", "card"), Vote("a", "bob", "refund"), Vote("b", "ann", "card"), Vote("b", "bob", "fee")]
    found = people_agree(votes, {"a": "card", "b": "delivery"})
    assert found is not None and found[0][0] == 0.5 and found[1] == 2  # on b both say that the label is wrong
    texts = [Vote("a", "ann", "right"), Vote("a", "bob", "right"), Vote("a", "cid", "wrong"), Vote("b", "ann", "right")]
    found = people_agree(texts, {})
    assert found is not None and found[0][0] == pytest.approx(1 / 3) and found[1] == 1
    assert people_agree([Vote("a", "ann", "card")], {"a": "card"}) is None


def audit_of(right: int, wrong: int) -> Mapping[str, Answer]:
    return {f"w{n}": "wrong" if n < wrong else "right" for n in range(right + wrong)}


@pytest.mark.parametrize(("right", "wrong", "allowed"), [(0, 40, True), (1, 59, True), (3, 37, False), (0, 10, False)])
def test_rows_are_acted_on_unseen_only_where_the_precisions_lower_end_is_nine_in_ten(
    right: int, wrong: int, allowed: bool
) -> None:
    found = Draw((), {"right": 1000, "wrong": 500}, is_read=True)
    judged: list[tuple[str, Answer]] = [("wrong", answer) for answer in audit_of(right, wrong).values()]
    told = quality(found, [*judged, *[("right", "right")] * 60])
    assert told.precision is not None and (told.precision[1] >= 0.9) is allowed
    found_by_row = measured(told, {"a": "wrong", "c": "wrong new", "d": "wrong suspect"})
    rate = found_by_row["a"]
    assert rate is not None and rate.is_sure is allowed
    assert rate.rate is not None and rate.rate[0] == pytest.approx(wrong / (right + wrong))
    assert (rate.reviewed, rate.wrong) == (right + wrong, wrong)
    assert found_by_row["d"] is not None  # of the rows read the same
    assert found_by_row["c"] is None  # never of a source nobody judged
    assert measured(None, {"a": "wrong"}) == {LABEL: None, "a": None}


def test_the_stratum_of_a_row_read_since() -> None:
    known = {"right", "wrong", "wrong suspect"}
    assert stratum_of("wrong", True, False, known) == "wrong suspect"
    assert stratum_of("right", True, False, known) == "right"
    assert stratum_of("wrong", False, True, known) == "wrong new"
    assert stratum_of("none", False, False, known) == "unsure"


def test_labels_are_taken_unseen_only_where_the_named_label_is_nearly_always_right(drawn: Draw) -> None:
    pasts = {row.id: Past(Texts("in", "card", "card")) for row in drawn.rows}
    votes = [(row.id, "ann", *_says(row.id), 0) for row in drawn.rows]
    labels = {id: "fee" for id, answer in READ.items() if answer == "wrong"}
    told = judge(drawn, votes, pasts, {}, True, ModelSaid(labels)).found
    assert told is not None and told.model is not None
    assert told.model.label_hits is not None and told.model.label_hits[0] == told.model.precision[0]  # type: ignore[index]
    taken = measured(told.model, {"a": "wrong"})[LABEL]
    assert taken is not None and not taken.is_sure  # four hits of five
    other = judge(drawn, votes, pasts, {}, True, ModelSaid(dict.fromkeys(labels, "rent"))).found
    assert other is not None and other.model is not None and other.model.label_hits is not None
    assert other.model.label_hits[0] == 0.0
    bare = [(id, name, answer, "", version) for id, name, answer, _, version in votes]
    silent = judge(drawn, bare, pasts, {}, True, ModelSaid(labels)).found
    assert (
        silent is not None and silent.model is not None and silent.model.label_hits is None
    )  # nobody said what is right


def _says(id: str) -> tuple[Answer, str]:
    return ("wrong", "fee") if id in WRONG else ("right", "")


def test_rows_decided_under_a_shown_suggestion_do_not_count_but_are_corrected(drawn: Draw) -> None:
    pasts = {
        row.id: Past(Texts("in", "out", None), [Decision(row.id, "skip", "", "ann", "2026", 0)]) for row in drawn.rows
    }
    votes = [(row.id, "ann", *_says(row.id), 1) for row in drawn.rows]
    shown = {row.id for row in drawn.rows if row.stratum == "wrong"}
    found = judge(drawn, votes, pasts, {}, False, ModelSaid(shown=shown))
    assert found.found is not None and found.found.reviewed == 120 - len(shown)
    assert set(found.wrong) == {id for id in {row.id for row in drawn.rows} if id in WRONG}
    everything = judge(drawn, votes, pasts, {}, False).found
    assert everything is not None and everything.reviewed == 120


def test_while_nobody_has_judged_a_row_it_calls_wrong_its_precision_is_untold(drawn: Draw) -> None:
    some = {row.id: answer for row, answer in zip(drawn.rows, truth(drawn).values()) if row.stratum == "right"}
    told = estimate(drawn, some).model
    assert told is not None and told.called_wrong == 0 and told.precision is None and told.misses is not None
    assert measured(told, {"a": "wrong"})["a"] is None
    value, low, high = estimate(drawn, some).rate
    assert low < 0.1 < high and high > value + 0.05  # a tenth of the rows lies anywhere
