"""What the Load page says of a file before it is loaded, in plain words."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from curation.load import preview
from curation.ui.load import sentences

sys.path.append(str(Path(__file__).parents[1] / "load"))
from workbooks_load import PAIRS, workbook


def test_an_excel_sheet_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook([PAIRS]))
    assert sentences.read_as(preview(tmp_path / "a.xlsx")) == (
        "Excel workbook (XLSX), one example a row: an input and its label."
    )


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ("messages", "one conversation a row"),
        ("alpaca", "one Alpaca instruction a row"),
        ("preference", "one preferred and one rejected answer a row"),
    ],
)
def test_shapes_are_told_in_words(tmp_path: Path, shape: str, says: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,category\nwhere is my parcel,delivery\nmy money back,refund\n", encoding="utf-8")
    told = sentences.read_as(replace(preview(path), shape=shape, encoding="windows-1252"))
    assert says in told
    assert told.endswith("read as windows-1252: check that accents are right below.")


def test_the_preview_says_how_much_it_shows() -> None:
    assert sentences.first_rows(1).startswith("Its first row,")
    assert sentences.first_rows(20).startswith("Its first 20 rows,")
