"""XLSX for spreadsheets: one sheet of at most 1,048,575 rows. Every text is stored as text, marked as quoted where it
could be taken for a formula, so no cell runs. A text longer than a cell holds (32,767 characters) is cut, and counted;
use Parquet or JSONL for training."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from xml.sax.saxutils import escape

import pyarrow as pa

from curation.errors import UsageError
from curation.export.formats import export_format, rows_of
from curation.export.formats.csv import COLUMNS
from curation.records.progress import Progress
from curation.wording.visible import FORMULA

MOST_ROWS = 1_048_575
"""Rows of a worksheet below its heading: Excel's specifications and limits."""
LONGEST = 32_767
"""UTF-16 units of a cell's text: Excel's specifications and limits."""
CUT = "texts longer than a cell holds (cut at 32,767 characters)"
NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""Characters that XML has no place for or changes, and what looks like their escape (ECMA-376 part 1, 22.9.2.19)."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="rows" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf quotePrefix="1"/></cellXfs>'
        "</styleSheet>"
    ),
}
"""Everything in the file but the sheet itself; the second cell format is that of quoted text."""
QUOTED = 1


@dataclass(frozen=True)
class Settings:
    """Nothing to choose."""

    suffix: ClassVar[str] = "xlsx"
    loadable: ClassVar[bool] = False
    carries: ClassVar[frozenset[str]] = frozenset({"row_weights"})


@export_format("xlsx", "Spreadsheet (XLSX)", settings=Settings())
def xlsx(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """How many cells are marked as quoted text, and how many texts were cut. Raises UsageError on too many rows."""
    if table.num_rows > MOST_ROWS:
        raise UsageError(
            f"{path.name} would need {table.num_rows:,} rows, and a worksheet holds {MOST_ROWS:,}. Export as CSV or "
            "Parquet, or lower the share of this split."
        )
    notes = {"cells_quoted": 0, "cut": 0}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(_entry(name), _HEAD + text)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as part:
            part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for xml in _rows(table.select(list(COLUMNS)), progress, notes):
                part.write(xml.encode())
            part.write(b"</sheetData></worksheet>")
    cut = notes.pop("cut")
    return {**notes, "lost": {CUT: cut}} if cut else notes


def _entry(name: str) -> zipfile.ZipInfo:
    # The date of 1980 that ZipInfo has unless told otherwise: the same rows give the same bytes.
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _rows(table: pa.Table, progress: Progress, notes: dict[str, int]) -> Iterator[str]:
    yield f"<row>{''.join(_cell(name, notes) for name in table.column_names)}</row>"
    for row in rows_of(table, progress):
        yield f"<row>{''.join(_cell(row[name], notes) for name in table.column_names)}</row>"


def _cell(value: str | float | None, notes: dict[str, int]) -> str:
    if value is None:
        return "<c/>"
    if not isinstance(value, str):
        return f"<c><v>{value}</v></c>"
    if len(value.encode("utf-16-le")) > 2 * LONGEST:
        value = value.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore")
        notes["cut"] += 1
    style = ""
    if FORMULA.match(value):
        notes["cells_quoted"] += 1
        style = f' s="{QUOTED}"'
    text = escape(NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", value))
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
