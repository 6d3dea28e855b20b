"""XLSX workbooks: values as a person sees them, one sheet named, and every hostile workbook refused or read safely."""

import json
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_load import read_bytes
from workbooks_load import MAIN, PAIRS, number, packed, row, sheet, strings, styles, text, texts, workbook

from curation.errors import InputRejected
from curation.load import Limits, load
from curation.load.workbook.sheet import letters

HEADER = texts(1, "text", "label")


def values(imported, column="text"):
    """What a column of the sheet became, from wherever it is kept."""
    if column in imported.columns.input:
        return imported.dataset.values("input")
    return [json.loads(meta)[column] for meta in imported.dataset.values("meta")]


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_workbook_is_a_table_of_texts(read):
    imported = read(workbook([PAIRS]), name="book.xlsx")
    assert (imported.format, imported.warnings) == ("xlsx", ())
    assert imported.dataset.values("input") == ["good day", "see you"]
    assert imported.dataset.values("label") == ["greet", "part"]
    assert imported.dataset.values("row") == [0, 1]


def test_a_workbook_is_known_by_its_content_and_a_csv_in_disguise_too(tmp_path):
    (tmp_path / "data.csv").write_bytes(workbook([PAIRS]))
    (tmp_path / "data.xlsx").write_bytes(b"text,label\na,b\n")
    assert load(tmp_path / "data.csv").format == "xlsx"
    assert load(tmp_path / "data.xlsx").format == "csv"


def test_bytes_that_only_have_the_name_of_a_workbook_are_said_to_be_none(tmp_path):
    wide = "text,label\nä,b\n".encode("utf-16")
    (tmp_path / "wide.xlsx").write_bytes(wide)  # its zeros are letters
    assert load(tmp_path / "wide.xlsx").dataset.values("input") == ["ä"]
    for content in (b"text,label\n\0\n", bytes(range(256)) * 9, b"no line end\0"):
        (tmp_path / "data.XLSX").write_bytes(content)
        with pytest.raises(InputRejected, match=r"no Excel workbook, though its name ends in .xlsx; .*save it as XLSX"):
            load(tmp_path / "data.XLSX")
    (tmp_path / "cut.xlsx").write_bytes(workbook([PAIRS])[:300])
    with pytest.raises(InputRejected, match=r"the workbook is damaged or cut off .*open it in a spreadsheet program"):
        load(tmp_path / "cut.xlsx")


SHOWN = {
    "text of digits": (text("C2", "007"), "007"),
    "text like a formula": (text("C2", "=1+1"), "=1+1"),
    "text with spaces": (text("C2", "  a "), "  a "),
    "text with marks": (text("C2", "<b> & 'c'"), "<b> & 'c'"),
    "null-like word": (text("C2", "NA"), "NA"),
    "whole number": (number("C2", "7"), "7"),
    "whole number as a float": (number("C2", "7.0"), "7"),
    "long number": (number("C2", "12345678901234567890"), "12345678901234567890"),
    "shortest digits": (number("C2", "0.10000000000000001"), "0.1"),
    "exponent": (number("C2", "1E-7"), "1e-07"),
    "negative": (number("C2", "-3"), "-3"),
    "beyond floats": (number("C2", "1e999"), "1e999"),
    "date": (number("C2", "45325", 1), "2024-02-03"),
    "date and time": (number("C2", "45325.75", 2), "2024-02-03T18:00:00"),
    "time": (number("C2", "0.125", 3), "03:00:00"),
    "last date": (number("C2", "2958465", 1), "9999-12-31"),
    "after the last date": (number("C2", "2958466", 1), "2958466"),
    "first date": (number("C2", "1", 1), "1900-01-01"),
    "the day that never was": (number("C2", "60", 1), "1900-02-29"),
    "the day after": (number("C2", "61", 1), "1900-03-01"),
    "hours beyond a day": (number("C2", "1.25", 4), "30:00:00"),
    "own date format": (number("C2", "45325", 5), "2024-02-03"),
    "colour and words are no date": (number("C2", "5", 6), "5"),
    "leading zeros": (number("C2", "1099", 7), "01099"),
    "true": ('<c r="C2" t="b"><v>1</v></c>', "TRUE"),
    "error": ('<c r="C2" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
    "iso date": ('<c r="C2" t="d"><v>2024-02-03</v></c>', "2024-02-03"),
    "formula with result": ('<c r="C2"><f>1+1</f><v>2</v></c>', "2"),
    "formula with text": ('<c r="C2" t="str"><f>A1</f><v>a_x0041_</v></c>', "aA"),
    "shared text": ('<c r="C2" t="s"><v>1</v></c>', "second"),
    "rich text": ('<c r="C2" t="s"><v>2</v></c>', "東京 tower"),
    "escaped character": ('<c r="C2" t="s"><v>3</v></c>', "a\rb _x000D_ \\"),
    "empty": ('<c r="C2" s="1"/>', ""),
}
STYLES = styles("14", "22", "21", "[h]:mm", '[Red]"at "dd.mm.yyyy', '[Red]0.0" days"', "00000")
STRINGS = strings("first", "second", "RICH", "a_x000D_b _x005F_x000D_ \\").replace(
    "<t>RICH</t>",
    "<r><rPr><b/></rPr><t>東京</t></r><r><t> tower</t></r><rPh sb='0' eb='2'><t>とうきょう</t></rPh>",
)


@pytest.mark.parametrize(("cell", "shown"), SHOWN.values(), ids=SHOWN)
def test_values_are_the_text_a_person_sees(read, cell, shown):
    body = sheet(texts(1, "text", "label", "note"), row(2, text("A2", "a"), text("B2", "x"), cell))
    imported = read(workbook([body], {"styles": STYLES, "sharedStrings": STRINGS}))
    assert values(imported, "note") == [shown]


def test_dates_of_the_1904_system(read):
    body = sheet(texts(1, "text", "label", "note"), row(2, text("A2", "a"), text("B2", "x"), number("C2", "43863", 1)))
    assert values(read(workbook([body], {"styles": STYLES}, is_1904=True)), "note") == ["2024-02-03"]


def test_the_first_visible_sheet_with_rows_is_read_and_named(read):
    sheets = {"Cover": sheet(), "Secret": PAIRS, "Data": PAIRS, "Notes": sheet(texts(1, "by", "me"))}
    imported = read(workbook(sheets, hidden=["Secret"]))
    assert imported.warnings == ("read sheet 'Data'; not read: 'Cover', 'Secret', 'Notes'",)
    assert len(imported.dataset) == 2
    assert len(read(workbook({"Only": PAIRS}, hidden=["Only"])).dataset) == 2


def test_rows_keep_their_number_of_record_and_gaps_are_no_rows(read):
    body = sheet(HEADER, row(2), texts(5, "a", "x"), row(6, '<c r="A6"/>'), texts(900_000, "b", "y"))
    imported = read(workbook([body]))
    assert imported.dataset.values("row") == [0, 1]
    assert imported.dataset.values("input") == ["a", "b"]


def test_a_table_may_stand_anywhere_and_cells_may_name_no_place(read):
    body = sheet(
        row(3, text("D3", "text"), text("E3", "label")),
        row(4, text("D4", "a"), text("E4", "x")),
        row(5, text("E5", "y")),
    )
    assert read(workbook([body])).dataset.values("input") == ["a", ""]
    unplaced = sheet(*(part.replace(' r="', ' q="') for part in (HEADER, texts(2, "a", "x"))))
    assert read(workbook([unplaced])).dataset.values("label") == ["x"]


def test_no_header_and_unknown_names_are_said(read):
    body = sheet(texts(1, "my card is lost", "lost"), texts(2, "where is my card?", "lost"))
    assert "no header found" in read(workbook([body])).warnings[0]
    body = sheet(texts(1, "foo", "bar"), texts(2, "a long text here", "x"), texts(3, "another one", "y"))
    assert "first row was taken as the names" in read(workbook([body])).warnings[0]


def test_a_formula_without_its_result_is_said_to_be_empty(read):
    body = sheet(HEADER, row(2, text("A2", "a"), '<c r="B2"><f>1+1</f><v/></c>'), texts(3, "b", "x"))
    imported = read(workbook([body]))
    assert imported.dataset.values("label") == [None, "x"]
    assert "the first is B2" in imported.warnings[0]


def test_prefixed_tags_are_read_as_well(read):
    body = PAIRS.replace(MAIN, MAIN.replace("xmlns=", "xmlns:x=")).replace("</", "</x:").replace("<x:/", "</x:")
    for tag in ("worksheet", "dimension", "sheetData", "row", "c", "is", "t"):
        body = body.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>")
    assert read(workbook([body])).dataset.values("input") == ["good day", "see you"]


BROKEN_ROWS = {
    "text that is not there": ('<c r="A3" t="s"><v>9</v></c>', "cell A3 names text '9' of the 4 there are"),
    "text number below zero": ('<c r="A3" t="s"><v>-1</v></c>', "cell A3 names text '-1'"),
    "no number": ('<c r="A3"><v>1_0</v></c>', "cell A3 holds no number but '1_0'"),
    "no date": ('<c r="A3" s="1"><v>soon</v></c>', "cell A3 holds no number but 'soon'"),
    "far cell": (text("A3", "b") + text("XFD3", "x"), "cell XFD3 is outside the table's 2 columns"),
    "note beside the table": (text("A3", "b") + text("D3", "?"), "cell D3 is outside"),
    "impossible place": (text("ZZZZ99999999", "x"), "claims to be at 'ZZZZ99999999'"),
    "field too long": (text("A3", "a" * 1001), "more than 1,000 characters"),
}


@pytest.mark.parametrize(("cells", "why"), BROKEN_ROWS.values(), ids=BROKEN_ROWS)
def test_a_broken_row_is_rejected_alone_and_says_which_cell(read, cells, why):
    body = sheet(HEADER, texts(2, "a", "x"), row(3, cells), texts(4, "c", "z"))
    imported = read(workbook([body], {"styles": STYLES, "sharedStrings": STRINGS}), limits=Limits(field=1000))
    assert imported.dataset.values("input") == ["a", "c"]
    assert imported.rejected["row"].to_pylist() == [1]
    assert why in imported.rejected["message"][0].as_py()


def test_a_cell_in_the_last_corner_costs_nothing(tmp_path):
    corner = row(1_048_576, text("XFD1048576", "far"))
    (tmp_path / "far.xlsx").write_bytes(
        workbook([sheet(HEADER, texts(2, "a", "x"), corner, dimension="A1:XFD1048576")])
    )
    imported = load(tmp_path / "far.xlsx", limits=Limits(memory=600 << 20))
    assert imported.dataset.values("input") == ["a"]
    assert "XFD1048576" in imported.rejected["message"][0].as_py()


@pytest.mark.parametrize("dimension", ["A1", "A1:XFD1048576", "rubbish", "", "B2:A1"])
def test_a_lying_dimension_changes_nothing(read, dimension):
    body = sheet(HEADER, texts(2, "a", "x"), texts(3, "b", "y"), dimension=dimension)
    assert len(read(workbook([body])).dataset) == 2


LAUGHS = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FOREIGN = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def with_part(name: str, content: str | bytes | None) -> bytes:
    entries = parts(workbook([PAIRS], {"sharedStrings": STRINGS, "styles": STYLES}))
    if content is None:
        del entries[name]
        return packed(entries)
    return packed(entries | {name: content})


SHEET = "xl/worksheets/sheet1.xml"
REFUSED = {
    "billion laughs": (with_part(SHEET, PAIRS.replace('<?xml version="1.0" encoding="UTF-8"?>', LAUGHS)), "XML entities"),
    "laughs in the strings": (with_part("xl/sharedStrings.xml", LAUGHS + f"<sst {MAIN}>&b;</sst>"), "XML entities"),
    "foreign entity": (with_part(SHEET, FOREIGN + "<worksheet>&a;</worksheet>"), "XML entities"),
    "foreign entity in the workbook": (with_part("xl/workbook.xml", FOREIGN + "<workbook/>"), "XML entities"),
    "no valid xml": (with_part(SHEET, PAIRS[:-30]), "no valid XML"),
    "not xml at all": (with_part(SHEET, bytes(500)), "no valid XML"),
    "sheet is missing": (with_part(SHEET, None), "lost its part xl/worksheets/sheet1.xml"),
    "relations are missing": (with_part("xl/_rels/workbook.xml.rels", None), "lost its part"),
    "no sheets": (workbook({}), "no sheet of the workbook holds a row"),
    "empty sheets": (workbook([sheet(), sheet(row(1))]), "no sheet of the workbook holds a row"),
    "header only": (workbook([sheet(HEADER)]), "header but no rows"),
    "too many columns": (workbook([sheet(row(1, text("A1", "text"), text("XFD1", "x")))]), "16,384 columns"),
    "broken header": (workbook([sheet(row(1, '<c r="A1" t="s"><v>5</v></c>'), texts(2, "a", "x"))]), "first row: cell A1"),
    "long name": (workbook([sheet(texts(1, "text", "n" * 2000), texts(2, "a", "x"))]), "name is longer"),
    "bomb": (workbook([sheet(texts(1, "text", " " * (20 << 20)))]), "more than 100 times"),
    "password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "password-protected"),
    "cut off": (workbook([PAIRS])[:-30], "damaged"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED)
def test_a_broken_or_hostile_workbook_is_refused_in_one_line(read, content, why):
    with pytest.raises(InputRejected) as refusal:
        read(content, name="book.xlsx")
    assert why in str(refusal.value)
    assert str(refusal.value).startswith("book.xlsx")
    assert "\n" not in str(refusal.value)
    assert "root:" not in str(refusal.value)


XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="_\ufffe\uffff"), max_size=30
)


@given(rows=st.lists(st.tuples(XML_TEXT.filter(bool), XML_TEXT), min_size=1, max_size=10))
@settings(deadline=None, max_examples=60)
def test_texts_come_back_character_for_character(rows):
    from curation.records import Columns

    body = sheet(texts(1, "question", "answer"), *(texts(n, *pair) for n, pair in enumerate(rows, 2)))
    with tempfile.TemporaryDirectory() as folder:
        imported = read_bytes(Path(folder), workbook([body]), columns=Columns(("question",), "answer"))
    assert list(zip(imported.dataset.values("input"), imported.dataset.values("output"), strict=True)) == rows


@given(at=st.integers(0, 2000), flip=st.integers(1, 255))
@settings(deadline=None, max_examples=150)
def test_any_flipped_byte_is_either_read_or_refused_with_our_own_errors(at, flip):
    from curation.errors import UsageError

    whole = workbook([PAIRS], {"sharedStrings": STRINGS, "styles": STYLES})
    at %= len(whole)
    with tempfile.TemporaryDirectory() as folder:
        try:
            read_bytes(Path(folder), whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
        except (InputRejected, UsageError) as refused:
            assert str(refused).startswith("file")


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (16_383, "XFD")])
def test_columns_have_their_letters(column, name):
    assert letters(column) == name
