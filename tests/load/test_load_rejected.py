"""A rejected row says where it stands and keeps what it held, so that it can be found and mended."""

import json

import pytest

from curation.errors import InputRejected
from curation.load import Limits


def test_row_offset_and_bytes_of_rejected_csv_rows(read):
    content = b'text,label\na,x\n\n"b,y\nc,y,z\nd,w\n'
    rejected = read(content, name="t.csv").rejected.to_pylist()
    assert [(r["row"], r["offset"], r["reason"], r["raw"]) for r in rejected] == [
        (1, content.index(b'"b'), "unclosed_quote", '"b,y\n'),
        (2, content.index(b"c,y,z"), "wrong_field_count", "c,y,z\n"),
    ]
    assert {r["file"] for r in rejected} == {"t.csv"}
    assert rejected[1]["message"] == "the row has 3 fields where the header has 2"


def test_row_offset_and_bytes_of_rejected_json_rows(read):
    good = b'{"question": "q", "answer": "a"}'
    for content in (b"\n".join([good, b"[1]", good]), b"[" + b", ".join([good, b"[1]", good]) + b"]"):
        (rejected,) = read(content).rejected.to_pylist()
        assert (rejected["row"], rejected["offset"], rejected["raw"]) == (1, content.index(b"[1]"), "[1]")


def test_bytes_that_are_no_text_are_shown_as_escapes(read):
    text = "text,label\n" + "schön,gut\n" * 5
    (rejected,) = read(text.encode() + b"a\xff\xe9b,gut\n").rejected.to_pylist()
    assert rejected["raw"] == "a\\xff\\xe9b,gut\n"
    assert rejected["message"] == "byte 1 of the row is not UTF-8"


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xff\xfe\0\0", "utf-32-le")])
def test_offsets_count_bytes_of_the_file_itself_in_every_encoding(read, mark, encoding):
    text = "text,label\nschön,gut\nüber,zu,viel\nok,gut\nnoch,zu,viel\n"
    rejected = read(mark + text.encode(encoding)).rejected
    expected = [len(mark) + len(text[: text.index(row)].encode(encoding)) for row in ("über", "noch")]
    assert rejected["offset"].to_pylist() == expected


def test_offsets_count_the_byte_order_mark_of_utf8(read):
    rejected = read(b"\xef\xbb\xbftext,label\na,x\nb\n").rejected
    assert rejected["offset"].to_pylist() == [3 + len(b"text,label\na,x\n")]


def test_long_rows_are_cut_with_a_note(read):
    content = b"text,label\na,x\n" + b"b" * 100_000 + b"\n"
    (rejected,) = read(content).rejected.to_pylist()
    assert rejected["raw"].startswith("b" * 65_536 + " [cut here: ")
    assert len(rejected["raw"]) < 65_600


def test_a_file_of_broken_rows_only_is_refused_with_the_commonest_reason(read):
    with pytest.raises(
        InputRejected, match=r"none of its 3 rows could be read, 2 of them because of wrong_field_count"
    ):
        read(b'text,label\na\nb\n"c"d,x\n')


def test_an_unclosed_quote_costs_one_row_however_many_follow(read):
    content = b'text,label\n"open,x\n' + b'"say ""hi"" now",y\nplain,z\n' * 500
    imported = read(content)
    assert len(imported.dataset) == 1000
    assert imported.rejected["row"].to_pylist() == [0]


def test_a_quote_that_runs_past_the_field_limit_costs_one_row(read):
    content = b'text,label\n"open,x\n' + b"plain,z\n" * 500
    imported = read(content, limits=Limits(field=1000))
    assert (len(imported.dataset), imported.rejected["reason"].to_pylist()) == (500, ["unclosed_quote"])


def test_a_file_made_of_open_quotes_is_refused_before_it_takes_long(read):
    with pytest.raises(InputRejected, match="quotes are left open all over the file"):
        read(b"text,label\n" + b'a",b,"\n' * 60_000, limits=Limits(line=100_000))


def test_limits_can_be_set_tighter(read):
    row = json.dumps({"question": "q" * 50, "answer": "a"}).encode()
    small = b'{"question": "q", "answer": "a"}'
    for limits, reason in ((Limits(line=60), "line_too_long"), (Limits(field=40), "field_too_long")):
        imported = read(small + b"\n" + row, limits=limits)
        assert imported.rejected["reason"].to_pylist() == [reason]
        imported = read(b"[" + small + b"," + row + b"]", limits=limits)
        assert imported.rejected["reason"].to_pylist() == [reason]


def test_a_rejected_conversation_keeps_the_row_as_it_was(read):
    good = b'{"messages": [{"role": "user", "content": "a"}]}'
    bad = b'{"messages":   "none", "id": 1.50}'
    imported = read(good + b"\n" + bad + b"\n" + good)
    assert imported.rejected["raw"].to_pylist() == [bad.decode()]
