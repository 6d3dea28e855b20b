"""Any text written by a proper writer comes back byte for byte."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_load import read_bytes

from curation.records import Columns

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ROWS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=20)
WITHOUT_NUL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
TABLE = st.lists(st.tuples(WITHOUT_NUL, WITHOUT_NUL).filter(lambda row: "".join(row).strip()), min_size=1, max_size=20)
"""Rows with something in them: those of blank cells alone are passed over as blank lines are."""
CHOICE = Columns(input=("question",), output="answer")


def as_csv(rows, **dialect) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, **dialect).writerows([("question", "answer"), *rows])
    return out.getvalue().encode()


def back(content: bytes) -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        imported = read_bytes(Path(folder), content, columns=CHOICE)
        assert imported.rejected.num_rows == 0
        return list(zip(imported.dataset.values("input"), imported.dataset.values("output"), strict=True))


@pytest.mark.parametrize("dialect", [{}, {"delimiter": ";"}, {"delimiter": "\t", "quoting": csv.QUOTE_ALL}])
@given(rows=TABLE)
@settings(deadline=None, max_examples=60)
def test_csv_rows_come_back_byte_for_byte(dialect, rows):
    assert back(as_csv(rows, **dialect)) == rows


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@given(rows=TABLE)
@settings(deadline=None, max_examples=25)
def test_csv_rows_come_back_from_every_marked_encoding(encoding, rows):
    assert back(as_csv(rows).decode().encode(encoding)) == rows


@pytest.mark.parametrize("escaped", [True, False])
@given(rows=ROWS)
@settings(deadline=None, max_examples=60)
def test_json_lines_come_back_byte_for_byte(escaped, rows):
    lines = [json.dumps({"question": q, "answer": a}, ensure_ascii=escaped) for q, a in rows]
    assert back("\n".join(lines).encode()) == rows


@pytest.mark.parametrize("indent", [None, 1])
@given(rows=ROWS)
@settings(deadline=None, max_examples=60)
def test_json_lists_come_back_byte_for_byte(indent, rows):
    whole = json.dumps([{"question": q, "answer": a} for q, a in rows], ensure_ascii=False, indent=indent)
    assert back(whole.encode()) == rows


@given(rows=ROWS)
@settings(deadline=None, max_examples=40)
def test_parquet_rows_come_back_byte_for_byte(rows):
    out = io.BytesIO()
    questions, answers = zip(*rows, strict=True)
    pq.write_table(pa.table({"question": questions, "answer": answers}), out)
    assert back(out.getvalue()) == rows


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(extra=st.dictionaries(TEXT.filter(lambda key: key not in ("question", "answer")), VALUES, max_size=4))
@settings(deadline=None, max_examples=100)
def test_unused_json_values_are_kept_in_meta_without_a_change(extra):
    with tempfile.TemporaryDirectory() as folder:
        content = json.dumps([{"question": "q", "answer": "a", **extra}]).encode()
        imported = read_bytes(Path(folder), content, columns=CHOICE)
    assert json.loads(imported.dataset.values("meta")[0]) == extra


@given(content=st.binary(min_size=1, max_size=300))
@settings(deadline=None, max_examples=150)
def test_any_bytes_are_either_read_or_refused_with_our_own_errors(content):
    from curation.errors import InputRejected, UsageError

    with tempfile.TemporaryDirectory() as folder:
        try:
            imported = read_bytes(Path(folder), content)
        except (InputRejected, UsageError) as refused:
            assert str(refused).startswith("file")
        else:
            assert len(imported.dataset) > 0


@given(
    pieces=st.lists(
        st.sampled_from(['"', ",", "\n", "\r\n", "\r", "a", " ", '""', ";", "\0", "{", "}", "[", ":", "\\"])
    )
)
@settings(deadline=None, max_examples=60)
def test_any_mixture_of_syntax_is_either_read_or_refused_with_our_own_errors(pieces):
    from curation.errors import InputRejected, UsageError

    with tempfile.TemporaryDirectory() as folder:
        for start in ("question,answer\n", "[", "{", '{"question": "a"}\n{'):
            try:
                imported = read_bytes(Path(folder), (start + "".join(pieces)).encode())
            except (InputRejected, UsageError) as refused:
                assert str(refused).startswith("file")
            else:
                assert len(imported.dataset) > 0
