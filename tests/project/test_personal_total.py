"""In how many rows of an export personal data was found: worked out from a few rows, as if from all of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from curation.project import Project
from curation.records import Columns

pytestmark = pytest.mark.both_stores

MAIL = "write to kim.berg@mail-7.com about the parcel that never came to my door on monday"
HELD = "my number is kim.lund@mail-9.com and the courier has lost the letter of my sister again"
ROWS = [
    (MAIL, "delivery"),
    (MAIL, "delivery"),  # leaves: it repeats the row above
    (f"{MAIL}!", "account"),  # stays: another label
    (f"Hello, {MAIL}", "delivery"),
    (HELD, "account"),  # leaves: it stands in the evaluation set
    ("call ann.lee@mail-2.com when the refund for the lamp is on its way to us please", "refund"),
    ("the voucher of bo.holm@mail-3.com was refused at the counter of the shop in town", ""),
    ("please send my money back for the broken lamp", "refund"),
    ("how do i change the password of my account", "account"),
    ("where is the parcel that i ordered last week", "delivery"),
]


@pytest.mark.parametrize("labelled", [True, False], ids=["labels", "texts"])
def test_it_is_the_rows_of_the_export_in_which_it_was_found(
    project_of: Callable[..., Project], tmp_path: Path, labelled: bool
) -> None:
    end = "" if labelled else " of course we will see to it"
    lines = [f'"{text}","{label}{end if label else ""}"' for text, label in ROWS]
    held = tmp_path / "held.csv"
    held.write_text(f'text,category\n"{HELD}","account{end}"\n', encoding="utf-8")
    columns = Columns(input=("text",), output="category") if not labelled else None
    project = project_of({"rows.csv": "text,category\n" + "\n".join(lines)}, columns=columns)
    project.examples.hold_against(held, columns)
    assert project.exports.personal_total() == 0  # nothing was looked for yet
    project.duplicates.find()
    project.findings.check(["pii", "leakage"])
    assert project.exports.personal_total() == in_export(project) >= 3
    first, copy, *_, refund = [id for id, text in texts(project) if "@" in text and "refused" not in text]
    project.decisions.decide(refund, "reject", 0)
    assert project.exports.personal_total() == in_export(project)
    project.decisions.decide(first, "reject", 0)  # its copy stays for it
    assert project.exports.personal_total() == in_export(project)
    project.decisions.decide(copy, "reject", 0)
    assert project.exports.personal_total() == in_export(project) >= 1


def texts(project: Project) -> list[tuple[str, str]]:
    table = project.examples.dataset().table
    return list(zip(table["id"].to_pylist(), table["input"].to_pylist(), strict=True))


def in_export(project: Project) -> int:
    """The same, from all rows."""
    found = project.findings.stored.current()
    assert found is not None
    return len(found.personal_rows() & set(project.place.as_of(project.exports.material).leaving[0].values("id")))
