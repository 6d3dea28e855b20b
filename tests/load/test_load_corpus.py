"""Good and bad files of every kind, each with the verdict a person should get."""

import io
import json
import pickle
import struct
import tarfile
import zipfile
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.errors import InputRejected


def parquet(table: pa.Table, **options) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "text,label\na,b\n")
    return out.getvalue()


def tarred(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("train.csv")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


PAIRS = pa.table({"text": ["a", "b", "c"] * 50, "label": ["x", "y", "x"] * 50})
CHECKED = parquet(PAIRS, write_page_checksum=True, compression="none", use_dictionary=False)
PLAIN = b"text,label\ngood day,greet\nsee you,part\n"
GERMAN = "text,label\n" + "".join(f"schöne Grüße {n} über München,gruß\n" for n in range(30))
JAPANESE = "text,label\n" + "".join(f"カードが届きません。いつ届きますか {n},カード\n" for n in range(30))
RUSSIAN = "text,label\n" + "".join(f"Когда придёт моя карта номер {n}?,карта\n" for n in range(30))


@dataclass(frozen=True)
class Case:
    """`stored` rows and the `rejected` reasons by row; a word of each warning; or a word of the `refusal`."""

    content: bytes
    stored: int = 0
    rejected: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    refusal: str = ""
    first: tuple[str, str] | None = None
    format: str = ""


def accept(content: bytes, stored: int, first: tuple[str, str] | None = None, format: str = "") -> Case:
    return Case(content, stored, first=first, format=format)


def warn(content: bytes, stored: int, *warnings: str, first: tuple[str, str] | None = None) -> Case:
    return Case(content, stored, warnings=warnings, first=first)


def partial(content: bytes, stored: int, *rejected: str, warnings: tuple[str, ...] = ()) -> Case:
    return Case(content, stored, rejected, warnings)


def refuse(content: bytes, refusal: str) -> Case:
    return Case(content, refusal=refusal)


CSV = {
    "plain": accept(PLAIN, 2, ("good day", "greet"), "csv"),
    "empty": refuse(b"", "is empty"),
    "blank lines only": refuse(b"\n\r\n  \n", "is empty"),
    "bom only": refuse(b"\xef\xbb\xbf", "is empty"),
    "header only": refuse(b"text,label\n", "header but no rows"),
    "header without line end": refuse(b"text,label", "header but no rows"),
    "no header": warn(
        b"my card is lost,lost\nwhere is my card?,lost\n",
        2,
        "no header",
        "guessed from their values",
        first=("my card is lost", "lost"),
    ),
    "number in first row": warn(b"hello there,1\nhi,2\n", 2, "no header", "guessed"),
    "duplicate header": warn(b"text,label,note,note\na,b,c,d\n", 1, "note_2"),
    "blank header": warn(b",text,label\n0,a,b\n1,c,d\n", 2, "column_1", first=("a", "b")),
    "too many columns": refuse(
        b",".join(b"c%d" % n for n in range(1001)) + b"\n" + b"," * 1000 + b"\n", "1,001 columns"
    ),
    "thousand columns": accept(
        b",".join([b"text", b"label"] + [b"c%d" % n for n in range(998)]) + b"\na" + b"," * 999, 1
    ),
    "huge column name": refuse(b"text," + b"n" * 2000 + b"\na,b\n", "name is longer"),
    "all outputs empty": accept(b"text,label\na,\nb,\n", 2, ("a", "")),
    "semicolons": accept(b"text;label\nHello, there;greet\nBye, now, then;part\n", 2, ("Hello, there", "greet")),
    "tabs": accept(b"text\tlabel\na, b\tx\nc\ty\n", 2, ("a, b", "x")),
    "bars": accept(b"text|label\na, b|x\nc|y\n", 2, ("a, b", "x")),
    "crlf": accept(b"text,label\r\na,x\r\nb,y\r\n", 2, ("a", "x")),
    "cr only": accept(b"text,label\ra,x\rb,y\r", 2, ("a", "x")),
    "mixed line ends": accept(b"text,label\r\na,x\rb,y\nc,z", 3, ("a", "x")),
    "newlines in quotes": accept(b'text,label\n"a\nb\r\nc\rd",x\n', 1, ("a\nb\r\nc\rd", "x")),
    "doubled quotes": accept(b'text,label\n"say ""hi""",x\n', 1, ('say "hi"', "x")),
    "quote mid-field": accept(b'text,label\nfive 5" nails,x\n', 1, ('five 5" nails', "x")),
    "blank lines between": warn(b"text,label\n\na,x\n\r\n   \nb,y\n", 2, "3 blank lines"),
    "ragged": partial(b"text,label\na,x\nb\nc,y,z\nd,w\n", 2, "wrong_field_count", "wrong_field_count"),
    "unclosed quote at the end": partial(b'text,label\na,x\n"b,y\nc,z\n', 2, "unclosed_quote"),
    "unclosed quote mid-file": partial(b'text,label\n"a,x\nb,y\n"say ""hi""",z\nc,w\n', 3, "unclosed_quote"),
    "text after quote": partial(b'text,label\n"a"b,x\nc,y\n', 1, "malformed_quote"),
    "backslash escapes": accept(b'text,label\n"say \\"hi\\" now",x\nc,y\n', 2, ('say "hi" now', "x")),
    "backslashes": accept(b"text,label\nC:\\new\\table,x\n", 1, ("C:\\new\\table", "x")),
    "field too long": partial(b"text,label\n" + b"a" * (1 << 20) + b"b,x\nc,y\n", 1, "field_too_long"),
    "line too long": partial(b"text,label\n" + b"a" * (17 << 20) + b",x\nc,y\n", 1, "line_too_long"),
    "nul in a row": partial(b"text,label\na\0b,x\nc,y\nd,z\n", 2, "nul_byte"),
    "control characters": accept(b"text,label\na\x1b[31mb,x\nc,y\n", 2, ("a\x1b[31mb", "x")),
    "null-like words": accept(b"text,label\nNA,null\nnan,None\n", 2, ("NA", "null")),
    "numeric text": accept(b"text,label\n007,1e5\n1.10,true\n", 2, ("007", "1e5")),
    "formulas": accept(b"text,label\n=1+1,@x\n", 1, ("=1+1", "@x")),
    "emoji and bidi": accept("text,label\n\u202e👩‍👩‍👧\u200b,x\n".encode(), 1, ("\u202e👩‍👩‍👧\u200b", "x")),
    "line separator": accept("text,label\na\u2028b\x85c,x\n".encode(), 1, ("a\u2028b\x85c", "x")),
    "spaces kept": accept(b"text,label\n  a , x \n", 1, ("  a ", " x ")),
    "blank label": accept(b"text,label\na,  \nb,x\n", 2, ("a", "")),
    "one column": warn(b"text\na\nb\n", 2, "no column looks like an output", first=("a", "")),
    "markdown": accept(b"text,label\n![x](http://example.com/x.png),<script>\n", 1),
    "bracket first": accept(b"text,label\n[URGENT] help,x\n", 1, ("[URGENT] help", "x")),
    "delimiter announced": accept(b"sep=;\r\ntext;label\r\na, b;x\r\n", 1, ("a, b", "x")),
    "names nobody knows": warn(
        b"foo,bar\na long text here,x\nanother one,y\n", 2, "first line was taken as the names", "values: input = foo"
    ),
    "starts with a bracket": warn(
        b"[URGENT] help,x\n[LATER] help,x\n", 2, "no header", "guessed", first=("[URGENT] help", "x")
    ),
}
ENCODINGS = {
    "utf-8 bom": accept(b"\xef\xbb\xbf" + PLAIN, 2, ("good day", "greet")),
    "utf-16 le bom": accept(b"\xff\xfe" + GERMAN.encode("utf-16-le"), 30, ("schöne Grüße 0 über München", "gruß")),
    "utf-16 be bom": accept(b"\xfe\xff" + GERMAN.encode("utf-16-be"), 30, ("schöne Grüße 0 über München", "gruß")),
    "utf-32 bom": accept(b"\xff\xfe\0\0" + GERMAN.encode("utf-32-le"), 30, ("schöne Grüße 0 über München", "gruß")),
    "utf-16 without bom": warn(
        GERMAN.encode("utf-16-le"), 30, "utf-16-le", first=("schöne Grüße 0 über München", "gruß")
    ),
    "utf-16 be without bom": warn(GERMAN.encode("utf-16-be"), 30, "utf-16-be"),
    "utf-16 cut off": refuse(b"\xff\xfe" + GERMAN.encode("utf-16-le")[:-1], "broken"),
    "latin-1": warn(GERMAN.encode("latin-1"), 30, "cp1252", first=("schöne Grüße 0 über München", "gruß")),
    "cp1252": warn((GERMAN + "“quoted” – €,gruß\n").encode("cp1252"), 31, "cp1252"),
    "shift-jis": warn(JAPANESE.encode("cp932"), 30, "cp932", first=("カードが届きません。いつ届きますか 0", "カード")),
    "cp1251": warn(RUSSIAN.encode("cp1251"), 30, "cp1251", first=("Когда придёт моя карта номер 0?", "карта")),
    "mixed": partial(GERMAN.encode() + "Grüße,gruß\n".encode("latin-1"), 30, "bad_encoding"),
    "cut in a character": partial((GERMAN + "letzter,grü").encode()[:-1], 30, "bad_encoding"),
    "bad byte in quotes": partial(GERMAN.encode() + b'"a\n\xff",x\nb,y\n', 31, "bad_encoding"),
}
DISGUISES = {
    "pdf": refuse(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF"),
    "elf": refuse(b"\x7fELF\x02\x01\x01" + bytes(60), "ELF"),
    "png": refuse(b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG"),
    "jpeg": refuse(b"\xff\xd8\xff\xe0" + bytes(40), "JPEG"),
    "html": refuse(b"<!DOCTYPE html>\n<html><body>404</body></html>", "HTML"),
    "html after blanks": refuse(b"\xef\xbb\xbf \n<HTML><body>404</body></html>", "HTML"),
    "xml": refuse(b'<?xml version="1.0"?><rows/>', "XML"),
    "pickle": refuse(pickle.dumps({"text": ["a"]}, protocol=4), "pickle"),
    "tar": refuse(tarred(PLAIN), "tar archive"),
    "docx": refuse(zipped("[Content_Types].xml", "word/document.xml"), "Word document"),
    "pptx": refuse(zipped("[Content_Types].xml", "ppt/presentation.xml"), "PowerPoint"),
    "xlsb": refuse(zipped("[Content_Types].xml", "xl/workbook.bin"), "XLSB"),
    "ods": refuse(zipped("mimetype", "content.xml"), "OpenDocument"),
    "empty zip": refuse(zipped(), "empty or split ZIP"),
    "xls": refuse(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "XLS"),
    "sqlite": refuse(b"SQLite format 3\0" + bytes(80), "SQLite"),
    "rtf": refuse(b"{\\rtf1\\ansi hello}", "RTF"),
    "lfs pointer": refuse(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
    "arrow": refuse(b"ARROW1\0\0" + bytes(80), "Arrow"),
    "numpy": refuse(b"\x93NUMPY\x01\0" + bytes(80), "NumPy"),
    "zeros": refuse(bytes(5000), "binary"),
    "random bytes": refuse(bytes(range(256)) * 40, "binary"),
    "integers": refuse(struct.pack("<500I", *range(500)), "binary"),
}


def lines(*rows: object) -> bytes:
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


QA = {"question": "why?", "answer": "because"}
QA_LINE = json.dumps(QA).encode()
JSONL = {
    "plain": accept(lines(QA, QA), 2, ("why?", "because"), "jsonl"),
    "without last line end": accept(lines(QA, QA)[:-1], 2, format="jsonl"),
    "crlf": accept(lines(QA, QA).replace(b"\n", b"\r\n"), 2, ("why?", "because"), "jsonl"),
    "blank lines": warn(lines(QA, b"", QA, b"  "), 2, "2 blank lines"),
    "bom": accept(b"\xef\xbb\xbf" + lines(QA, QA), 2, ("why?", "because"), "jsonl"),
    "utf-16": accept(b"\xff\xfe" + lines(QA, QA).decode().encode("utf-16-le"), 2, ("why?", "because"), "jsonl"),
    "line separator": accept(
        '{"question":"a\u2028b\u2029c\x85","answer":"d"}\n'.encode() * 2, 2, ("a\u2028b\u2029c\x85", "d")
    ),
    "escapes": accept(
        lines({"question": "\u0000\U0001f600\ufeff", "answer": "x"}, QA), 2, ("\u0000\U0001f600\ufeff", "x")
    ),
    "truncated": partial(lines(QA, QA) + QA_LINE[:-5], 2, "bad_json"),
    "trailing comma": partial(lines(QA, QA, b'{"question": "a",}'), 2, "bad_json"),
    "nan": partial(lines(QA, QA, b'{"question": "a", "answer": NaN}'), 2, "bad_json"),
    "infinity": partial(lines(QA, QA, b'{"question": "a", "answer": -Infinity}'), 2, "bad_json"),
    "too large a float": partial(lines(QA, QA, b'{"question": "a", "answer": 1e400}'), 2, "bad_json"),
    "huge integer": accept(lines({"question": "a", "answer": 10**30}, QA), 2, ("a", "1" + "0" * 30)),
    "float digits": accept(lines(b'{"question": "a", "answer": 1.10}', QA), 2, ("a", "1.10")),
    "boolean and null": accept(lines({"question": True, "answer": None}, QA), 2, ("true", "")),
    "list answer": partial(lines(QA, QA, {"question": "a", "answer": ["b", 1, {"c": None}]}), 2, "not_text"),
    "several answers": warn(
        lines({"question": "a", "answer": ["b", "c"]}, QA), 2, "1 row with several right answers", first=("a", "b")
    ),
    "duplicate key": partial(lines(QA, QA, b'{"question": "a", "answer": "b", "answer": "c"}'), 2, "duplicate_key"),
    "escaped duplicate key": partial(lines(QA, QA, b'{"question": "a", "a": 1, "\\u0061": 2}'), 2, "duplicate_key"),
    "nested duplicate key": partial(lines(QA, QA, b'{"question": "a", "m": [{"b": 1, "b": 2}]}'), 2, "duplicate_key"),
    "colons in text": accept(lines({"question": 'a: "b": c', "answer": ":"}, QA), 2, ('a: "b": c', ":")),
    "lone surrogate": partial(lines(QA, QA, b'{"question": "\\ud800", "answer": "b"}'), 2, "lone_surrogate"),
    "glued objects": partial(lines(QA, QA, QA_LINE + QA_LINE), 2, "bad_json"),
    "bad utf-8": partial(
        lines(QA, QA, {"question": "é"}).replace(b"\\u00e9", b"\xe9") + '{"question":"é"}\n'.encode(), 3, "bad_encoding"
    ),
    "not objects": partial(lines(QA, QA, [1, 2], 5, "x"), 2, *["not_an_object"] * 3),
    "raw nul": partial(lines(QA, QA, b'{"question": "a\0b"}'), 2, "bad_json"),
    "too deep": partial(lines(QA, QA, b'{"a": ' + b"[" * 70 + b"]" * 70 + b"}"), 2, "too_deep"),
    "deep bomb": partial(lines(QA, QA, b'{"a": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"), 2, "too_deep"),
    "brackets in text": accept(lines({"question": "[" * 500, "answer": "{" * 500}, QA), 2, ("[" * 500, "{" * 500)),
    "field too long": partial(lines(QA, QA, {"question": "a" * (1 << 20) + "b"}), 2, "field_too_long"),
    "line too long": partial(lines(QA, QA, b'{"question": "' + b"a" * (17 << 20) + b'"}', QA), 3, "line_too_long"),
    "too many columns": partial(lines(QA, QA, {f"c{n}": n for n in range(1001)}), 2, "too_many_columns"),
    "python literals": refuse(b"{'question': 'a', 'answer': None}\n" * 3, "bad_json"),
    "empty objects": refuse(lines({}, {}), "no rows"),
}
DOCUMENTS = {
    "list": accept(json.dumps([QA, QA]).encode(), 2, ("why?", "because"), "json"),
    "indented": accept(json.dumps([QA, QA], indent=2).encode(), 2, ("why?", "because"), "json"),
    "utf-16": accept(b"\xff\xfe" + json.dumps([QA]).encode("utf-16-le"), 1, ("why?", "because"), "json"),
    "empty list": refuse(b"[]", "no rows"),
    "scalars": refuse(b'[1, "two", true]', "not_an_object"),
    "lists": refuse(b"[[1, 2], [3, 4]]", "not_an_object"),
    "mixed types": partial(b'[{"question": "a", "answer": "b"}, 5, "x", null, [1]]', 1, *["not_an_object"] * 4),
    "wrapped": warn(
        json.dumps({"version": 1, "data": [QA, QA], "note": "x"}).encode(), 2, "'data'", first=("why?", "because")
    ),
    "several lists": refuse(json.dumps({"en": [QA], "de": [QA]}).encode(), "'en', 'de'"),
    "splits": warn(json.dumps({"train": [QA, QA], "test": [QA]}).encode(), 3, "train (2 rows), test (1 rows)"),
    "rows and what describes them": warn(
        json.dumps({"features": [{"name": "question"}], "rows": [QA]}).encode(), 1, "'rows'", first=("why?", "because")
    ),
    "rows by key": warn(json.dumps({"a": QA, "b": QA}).encode(), 2, "key", first=("why?", "because")),
    "pandas split": accept(b'{"columns":["question","answer"],"index":[0],"data":[["a","b"]]}', 1, ("a", "b")),
    "list one level down": warn(json.dumps({"result": {"rows": [QA]}}).encode(), 1, "'result'", "'rows'"),
    "columns": accept(b'{"question": ["a", "b"], "answer": ["c", "d"]}', 2, ("a", "c")),
    "unequal columns": refuse(b'{"question": ["a", "b"], "answer": ["c"]}', "not equally long"),
    "column field too long": partial(
        json.dumps({"question": ["a", "b" * (1 << 20) + "c"], "answer": ["x", "y"]}).encode(), 1, "field_too_long"
    ),
    "column twice": refuse(b'{"answer": ["a", "b"], "answer": ["c", "d"]}', "duplicate_key"),
    "pandas columns": accept(b'{"question": {"0": "a", "1": "b"}, "answer": {"0": "c", "1": "d"}}', 2, ("a", "c")),
    "one object": accept(json.dumps(QA, indent=1).encode(), 1, ("why?", "because")),
    "one object on a line": accept(lines(QA), 1, ("why?", "because")),
    "one conversation": accept(
        lines({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}), 1, ("a", "b")
    ),
    "objects in a row": warn((json.dumps(QA, indent=1) * 2).encode(), 2, "not in a list"),
    "trailing comma": warn(b'[{"question": "a", "answer": "b"},\n]', 1, "commas"),
    "missing comma": warn(b'[{"question": "a", "answer": "b"}\n{"question": "c", "answer": "d"}]', 2, "commas"),
    "truncated": partial(json.dumps([QA, QA]).encode()[:-8], 1, "bad_json", warnings=("cut off",)),
    "truncated between": warn(json.dumps([QA, QA]).encode()[:-1], 2, "cut off"),
    "after the end": partial(json.dumps([QA, QA]).encode() + b"[1]", 2, "bad_json"),
    "broken quote": partial(
        b'[{"question": "a", "answer": "b"},\n{"question": "c", "answer": "d},\n{"question": "e", "answer": "f"}]',
        2,
        "bad_json",
    ),
    "nan": partial(b'[{"question": "a", "answer": "b"}, {"question": "a", "answer": NaN}]', 1, "bad_json"),
    "duplicate key": partial(b'[{"question": "a", "answer": "b"}, {"a": 1, "a": 2}]', 1, "duplicate_key"),
    "deep bomb": refuse(b"[" * 20_000 + b"]" * 20_000, "rows could be read"),
    "deep object bomb": refuse(b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "too_deep"),
    "unclosed bomb": refuse(b"[" * 20_000, "rows could be read"),
    "deep row": partial(
        b'[{"question": "a", "answer": "b"}, {"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}]", 1, "too_deep"
    ),
}
PARQUETS = {
    "plain": accept(parquet(PAIRS), 150, ("a", "x"), "parquet"),
    "zero rows": refuse(parquet(PAIRS.slice(0, 0)), "no rows"),
    "magic only": refuse(b"PAR1", "damaged"),
    "truncated": refuse(parquet(PAIRS)[:-20], "damaged"),
    "footer flipped": refuse(flipped(parquet(PAIRS), -6), "damaged"),
    "page flipped": refuse(flipped(CHECKED, 200), "damaged"),
    "dictionary": accept(
        parquet(pa.table({"text": ["a", "b"], "label": pa.array(["x", "y"]).dictionary_encode()})), 2, ("a", "x")
    ),
    "binary text": accept(parquet(pa.table({"text": [b"a"], "label": [b"x"]})), 1, ("a", "x")),
    "binary image": accept(parquet(pa.table({"text": ["a"], "label": ["x"], "image": [b"\xff\xd8"]})), 1, ("a", "x")),
    "numbers": accept(
        parquet(pa.table({"text": [1.5], "label": pa.array([2**63], pa.uint64())})), 1, ("1.5", str(2**63))
    ),
    "nulls": accept(parquet(pa.table({"text": ["a", None], "label": [None, "x"]})), 2, ("a", "")),
    "far timestamps": accept(
        parquet(pa.table({"text": ["a"], "label": ["x"], "at": pa.array([2**60], pa.timestamp("ms"))})), 1
    ),
    "turns": accept(
        parquet(pa.table({"messages": [[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]]})),
        1,
        ("a", "b"),
    ),
    "field too long": partial(
        parquet(pa.table({"text": ["a", "b" * (1 << 20) + "c"], "label": ["x", "y"]})), 1, "field_too_long"
    ),
}
GROUPS = {
    "csv": CSV,
    "encoding": ENCODINGS,
    "disguise": DISGUISES,
    "jsonl": JSONL,
    "json": DOCUMENTS,
    "parquet": PARQUETS,
}
CASES = [pytest.param(case, id=f"{group}: {name}") for group, cases in GROUPS.items() for name, case in cases.items()]


@pytest.mark.parametrize("case", [param for param in CASES if not param.values[0].refusal])
def test_every_readable_file_gets_its_rows_stored_and_its_broken_rows_named(read, case):
    imported = read(case.content, name="file.csv")
    assert len(imported.dataset) == case.stored
    assert tuple(imported.rejected["reason"].to_pylist()) == case.rejected
    assert len(imported.warnings) == len(case.warnings)
    for word, warning in zip(case.warnings, imported.warnings, strict=True):
        assert word in warning
    if case.first:
        assert (imported.dataset.values("input")[0], imported.dataset.values("output")[0]) == case.first
    if case.format:
        assert imported.format == case.format


@pytest.mark.parametrize("case", [param for param in CASES if param.values[0].refusal])
def test_every_unreadable_file_is_refused_in_one_line_that_names_it_and_says_why(read, case):
    with pytest.raises(InputRejected) as refusal:
        read(case.content, name="train.csv")
    assert case.refusal in str(refusal.value)
    assert str(refusal.value).startswith("train.csv")
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 500


def test_the_corpus_is_as_broad_as_promised():
    assert len(CASES) >= 150
