"""Small XLSX files written by hand, so that tests can break every part of one."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def text(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def number(place: str, value: str, style: int = 0) -> str:
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def row(n: int, *cells: str) -> str:
    return f'<row r="{n}">{"".join(cells)}</row>'


def texts(n: int, *values: str) -> str:
    return row(n, *(text(f"{chr(65 + k)}{n}", value) for k, value in enumerate(values)))


def sheet(*rows: str, dimension: str = "A1:B3") -> str:
    return f'{HEAD}<worksheet {MAIN}><dimension ref="{dimension}"/><sheetData>{"".join(rows)}</sheetData></worksheet>'


def strings(*values: str) -> str:
    inside = "".join(f"<si><t>{escape(value)}</t></si>" for value in values)
    return f"{HEAD}<sst {MAIN}>{inside}</sst>"


def styles(*codes: str) -> str:
    """Cell style 0 is plain, style n has the n-th code (a number format's id, or its code)."""
    ids = [code if code.isdecimal() and set(code) != {"0"} else str(164 + n) for n, code in enumerate(codes)]
    own = "".join(
        f'<numFmt numFmtId="{id}" formatCode={quoteattr(code)}/>'
        for id, code in zip(ids, codes, strict=True)
        if id != code
    )
    cells = "".join(f'<xf numFmtId="{id}"/>' for id in ["0", *ids])
    named = '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    return f"{HEAD}<styleSheet {MAIN}><numFmts>{own}</numFmts>{named}<cellXfs>{cells}</cellXfs></styleSheet>"


def workbook(
    sheets: Mapping[str, str] | Sequence[str],
    parts: Mapping[str, str] | None = None,
    hidden: Sequence[str] = (),
    is_1904: bool = False,
) -> bytes:
    """The bytes of a workbook with these sheets (by tab name) and other parts (`sharedStrings`, `styles`)."""
    named = dict(sheets) if isinstance(sheets, Mapping) else {f"Sheet{n}": body for n, body in enumerate(sheets, 1)}
    tabs = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="s{n}"{" state=" + quoteattr("hidden") * (name in hidden) if name in hidden else ""}/>'
        for n, name in enumerate(named, 1)
    )
    related = [(f"s{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(named) + 1)]
    related += [(f"p{n}", part, f"{part}.xml") for n, part in enumerate(parts or {})]
    links = "".join(f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{to}"/>' for id, kind, to in related)
    entries = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": f'{HEAD}<workbook {MAIN} xmlns:r="{OFFICE}"><workbookPr date1904="{int(is_1904)}"/><sheets>{tabs}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
    }
    entries |= {f"xl/worksheets/sheet{n}.xml": body for n, body in enumerate(named.values(), 1)}
    entries |= {f"xl/{part}.xml": body for part, body in (parts or {}).items()}
    return packed(entries)


def packed(entries: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


PAIRS = sheet(texts(1, "text", "label"), texts(2, "good day", "greet"), texts(3, "see you", "part"))
