import json

import pytest
from rule_cases.pii import WRONG
from rule_cases.secrets import SECRETS

from curation.checks import check, run
from curation.records import dataset
from curation.text.private import personal

ASK = "How do I reach them?"


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_flagged_and_never_repeated(kind, alone):
    data = dataset([{"input": ASK, "output": f"Use this one: {SECRETS[kind]} please"}])
    (row,) = run(data, alone(data), ["secrets"]).table.to_pylist()
    shown = row["message"] + row["evidence"] + row["suggestion"]
    assert not any(SECRETS[kind][n : n + 8] in shown for n in range(len(SECRETS[kind]) - 8))


@pytest.mark.parametrize("output", [text for text in WRONG if personal(text)])
def test_personal_data_is_flagged_and_masked(output, alone):
    data = dataset([{"input": ASK, "output": output}])
    (row,) = run(data, alone(data), ["pii"]).table.to_pylist()
    assert row["confidence"] >= 0.5
    assert all("•" in one["masked"] for one in json.loads(row["evidence"])["found"])
    digits = "".join(c for c in output if c.isdigit())
    assert len(digits) < 6 or digits[-6:] not in "".join(c for c in row["evidence"] if c.isdigit())


def test_both_sides_are_read(sure):
    assert sure("pii", [("I am ada.lovelace@gmail.com", "Hello Ada")]) == [True]
    assert sure("secrets", [(f"My key is {SECRETS['github']}", "Revoke it")]) == [True]


def test_no_check_repeats_what_is_private(alone):
    """Whichever check quotes the row, the quotation is masked."""
    private = ["ada.lovelace@gmail.com", "4539 1488 0343 6467", SECRETS["github"], "+49 228 731234"]
    said = f"I'm sorry, but I can't help with that. {', '.join(private)} Lorem ipsum \u200b schÃ¶n [Your Name] the"
    data = dataset(
        [{"input": said, "output": said + " and"}] + [{"input": f"{said} {n}", "output": "No."} for n in range(9)]
    )
    seen = 0
    for name in check.all():
        for row in run(data, alone(data), [name]).table.to_pylist():
            shown = row["message"] + row["evidence"]
            assert not any(one in shown for one in private), (name, shown)
            seen += 1
    assert seen > 20
