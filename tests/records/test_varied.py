"""Records made from others in a sixth of the time are those that `dataclasses.replace` makes."""

from dataclasses import fields, replace
from functools import cached_property
from typing import Any

import pytest

from curation.readiness.arms import Scored
from curation.readiness.gates.reading import Reading
from curation.readiness.policy import load_policy
from curation.records import Evidence
from curation.records.context import Arm, Context, Difference
from curation.records.varied import varied

ARM = Arm("few_shot", 0.8, 200)
CASES: list[tuple[Any, dict[str, object]]] = [
    (Evidence("noise", "Noise", "ok", value=0.1, detail={"rows": 3}), {"value": 0.2, "status": "warn"}),
    (ARM, {"score": 0.5, "n": 90, "groups": None}),
    (Scored(ARM, 0.8, 0.7, 0.9), {"score": 0.6}),
    (Difference("few_shot", "tuned", 0.1, 0.0, 0.2, 50), {"low": -0.1}),
    (Context(), {"arms": (ARM,)}),
    (Reading({}, (), Context(), load_policy()), {"arms": (Scored(ARM, 0.8, 0.7, 0.9),)}),
]


@pytest.mark.parametrize(("record", "parts"), CASES, ids=lambda each: type(each).__name__)
def test_a_record_with_other_parts_is_the_one_that_replace_makes(record: Any, parts: dict[str, object]) -> None:
    before = vars(record).copy()
    made = varied(record, **parts)
    assert made == replace(record, **parts)
    assert type(made) is type(record)
    assert vars(made).keys() == {field.name for field in fields(record)}
    assert vars(record) == before
    with pytest.raises(AttributeError):
        made.anything = 1


@pytest.mark.parametrize("record", [record for record, _ in CASES], ids=lambda each: type(each).__name__)
def test_these_records_check_nothing_and_keep_nothing_worked_out(record: Any) -> None:
    assert not hasattr(record, "__post_init__")
    assert not any(isinstance(part, cached_property) for part in vars(type(record)).values())
