"""Files packed with gzip or ZIP: one data file inside is read, everything else is refused in a sentence."""

import gzip
import io
import stat
import struct
import zipfile

import pytest
from workbooks_load import PAIRS, packed, workbook

from curation.errors import InputRejected
from curation.load import Limits

PLAIN = b"text,label\ngood day,greet\nsee you,part\n"
LINES = b'{"question": "why?", "answer": "because"}\n' * 2
ZEROS = b"text,label\n" + b"a" * (20 << 20) + b",b\n"


def entry(content: bytes = PLAIN, name: str = "train.csv", **fields: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        for field, value in fields.items():
            setattr(info, field, value)
        archive.writestr(info, content)
    return out.getvalue()


def patched(content: bytes, marker: bytes, at: int, new: bytes) -> bytes:
    """The bytes with `new` at `at` bytes after the last `marker`."""
    place = content.rindex(marker) + at
    return content[:place] + new + content[place + len(new) :]


CENTRAL = b"PK\x01\x02"
GOOD = {
    "gzip csv": (gzip.compress(PLAIN), "csv", "gzip"),
    "gzip jsonl": (gzip.compress(LINES), "jsonl", "gzip"),
    "gzip in two parts": (gzip.compress(PLAIN[:20]) + gzip.compress(PLAIN[20:]), "csv", "gzip"),
    "gzip workbook": (gzip.compress(workbook([PAIRS])), "xlsx", "gzip"),
    "zip csv": (entry(), "csv", "'train.csv' inside"),
    "zip stored": (packed({"a.csv": PLAIN}, zipfile.ZIP_STORED), "csv", "'a.csv' inside"),
    "zip bzip2": (packed({"a.csv": PLAIN}, zipfile.ZIP_BZIP2), "csv", "'a.csv' inside"),
    "zip jsonl in a folder": (entry(LINES, "data/train.jsonl"), "jsonl", "'data/train.jsonl' inside"),
    "zip workbook": (entry(workbook([PAIRS]), "book.xlsx"), "xlsx", "'book.xlsx' inside"),
    "zip of a mac": (
        packed({"__MACOSX/._a.csv": b"\0\5", "a.csv": PLAIN, ".DS_Store": b"\0", "folder/": b""}),
        "csv",
        "'a.csv' inside",
    ),
    "zip utf-16": (entry(b"\xff\xfe" + PLAIN.decode().encode("utf-16-le")), "csv", "'train.csv' inside"),
    "very repetitive but small": (gzip.compress(b"text,label\n" + b"good day,greet\n" * 50_000), "csv", "gzip"),
}
BAD = {
    "gzip cut off": (gzip.compress(PLAIN * 50)[:-12], "damaged or cut off"),
    "gzip header only": (gzip.compress(PLAIN)[:10], "damaged or cut off"),
    "gzip wrong checksum": (gzip.compress(PLAIN)[:-8] + bytes(8), "CRC"),
    "gzip and more": (gzip.compress(PLAIN) + b"rubbish", "damaged"),
    "gzip in gzip": (gzip.compress(gzip.compress(PLAIN)), "gzip-compressed"),
    "gzip of nothing": (gzip.compress(b""), "is empty"),
    "gzip of a pdf": (gzip.compress(b"%PDF-1.7\n"), "PDF"),
    "gzip of a tar": (gzip.compress(bytes(257) + b"ustar" + bytes(250)), "tar archive"),
    "gzip bomb": (gzip.compress(ZEROS), "more than 100 times"),
    "zip cut off": (entry()[:-10], "damaged"),
    "zip without directory": (entry()[:60], "damaged"),
    "zip wrong checksum": (patched(entry(), CENTRAL, 16, bytes(4)), "CRC"),
    "zip unknown method": (patched(patched(entry(), CENTRAL, 10, b"\x63"), b"PK\x03\x04", 8, b"\x63"), "damaged"),
    "zip bomb": (entry(ZEROS), "more than 100 times"),
    "zip that lies about its size": (patched(entry(ZEROS), CENTRAL, 24, struct.pack("<I", 100)), "damaged"),
    "zip in zip": (entry(entry(), "inner.zip"), "ZIP archive"),
    "gzip in zip": (entry(gzip.compress(PLAIN), "train.csv.gz"), "gzip-compressed"),
    "zip with a password": (patched(entry(), CENTRAL, 8, b"\1"), "locked with a password"),
    "zip that climbs out": (entry(name="../../etc/cron.d/x"), "points outside"),
    "zip from the root": (entry(name="/etc/passwd"), "points outside"),
    "zip from a drive": (entry(name="C:\\train.csv"), "points outside"),
    "zip with backslashes": (entry(name="..\\train.csv"), "points outside"),
    "zip with a link": (entry(b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16), "points outside"),
    "zip of two": (packed({"train.csv": PLAIN, "test.csv": PLAIN}), "2 files inside ('train.csv', 'test.csv')"),
    "zip of folders": (packed({"a/": b"", "b/": b""}), "holds no file"),
    "zip of many": (packed({f"{n}/": b"" for n in range(101)}), "101 entries, more than 100"),
    "zip of an empty file": (entry(b""), "is empty"),
    "zip of a program": (entry(b"\x7fELF" + bytes(60)), "ELF"),
}


@pytest.mark.parametrize(("content", "format", "note"), GOOD.values(), ids=GOOD)
def test_the_one_file_inside_is_read_as_if_it_had_come_unpacked(read, content, format, note):
    imported = read(content, name="upload.bin")
    assert imported.format == format
    assert imported.dataset.values("output")[0] in ("greet", "because")
    assert note in " ".join(imported.warnings)
    assert imported.rejected.num_rows == 0
    assert set(imported.dataset.values("source")) == {"upload.bin"}


@pytest.mark.parametrize(("content", "why"), BAD.values(), ids=BAD)
def test_everything_else_is_refused_with_the_reason(read, content, why):
    with pytest.raises(InputRejected) as refusal:
        read(content, name="upload.zip")
    assert why in str(refusal.value)
    assert str(refusal.value).startswith("upload.zip: ")
    assert "\n" not in str(refusal.value)


def test_entries_on_top_of_each_other_are_refused(read):
    two = packed({"a.csv": PLAIN, "b/": b""})
    directory = two.index(CENTRAL)
    second = two.index(CENTRAL, directory + 4)
    overlapping = two[: second + 42] + struct.pack("<I", 0) + two[second + 46 :]
    with pytest.raises(InputRejected, match="on top of each other"):
        read(overlapping)


def test_nothing_is_written_outside_the_private_folder(read, tmp_path):
    before = {path.name for path in tmp_path.parent.iterdir()}
    with pytest.raises(InputRejected):
        read(entry(name="../climbed.csv"))
    read(entry(name="folder/train.csv"))
    assert {path.name for path in tmp_path.parent.iterdir()} == before
    assert not (tmp_path / "folder").exists()


def test_the_limits_can_be_set_tighter(read):
    with pytest.raises(InputRejected, match=r"unpacks to more than 0\.0 GB"):
        read(gzip.compress(PLAIN), limits=Limits(unpacked=10))
    with pytest.raises(InputRejected, match="more than 1 times its size"):
        read(entry(PLAIN * 100), limits=Limits(ratio=1, ratio_free=0))


def test_the_digest_is_of_the_file_as_it_came(read):
    assert read(gzip.compress(PLAIN, mtime=1)).digest != read(gzip.compress(PLAIN, mtime=2)).digest
