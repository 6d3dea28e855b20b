"""What a file really is, told from its first bytes, for a message that says so."""

from curation.errors import InputRejected

HEAD = 1 << 20
"""Bytes looked at to tell a format: room for the widest header and a few long rows."""

SPREADSHEET = "save the sheet as CSV (UTF-8) and load that"
UNPACK = "unpack it and load the file inside"
NOT_DATA = "export the data as CSV, JSON, JSONL, Parquet or XLSX and load that"
SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", NOT_DATA),
    (b"\x7fELF", "a Linux program (ELF)", NOT_DATA),
    (b"\xcf\xfa\xed\xfe", "a macOS program", NOT_DATA),
    (b"\x1f\x8b", "gzip-compressed", UNPACK),
    (b"BZh", "bzip2-compressed", UNPACK),
    (b"\xfd7zXZ\x00", "xz-compressed", UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"\x89PNG\r\n", "a PNG image", NOT_DATA),
    (b"\xff\xd8\xff", "a JPEG image", NOT_DATA),
    (b"GIF87a", "a GIF image", NOT_DATA),
    (b"GIF89a", "a GIF image", NOT_DATA),
    (b"FEA1", "a Feather file of the first version", "write it as Parquet and load that"),
    (b"PARE", "an encrypted Parquet file", "write it without encryption and load that"),
    (b"Obj\x01", "an Avro file", NOT_DATA),
    (b"ORC", "an ORC file", NOT_DATA),
    (b"SQLite format 3\x00", "an SQLite database", NOT_DATA),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or password-protected Office document (such as XLS)", SPREADSHEET),
    (b"{\\rtf", "an RTF document", NOT_DATA),
    (b"\x93NUMPY", "a NumPy array file", NOT_DATA),
    (b"\x89HDF\r\n", "an HDF5 file", NOT_DATA),
    (b"version https://git-lfs", "a Git LFS pointer, not the data", "run `git lfs pull` and load the file again"),
)
"""First bytes, what they mean, what to do. From the formats' own specifications and the list kept by file(1)."""
WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm")
"""How names of Excel workbooks end."""
WORDS = (b"BZh", b"PARE", b"ORC")
"""Signatures a text may begin with too: they count only where NUL bytes follow."""


def refuse_disguises(head: bytes, name: str) -> None:
    """Raises InputRejected, saying what the file is, where its bytes are no table, list of objects or Parquet file."""
    if not head.strip():
        raise InputRejected(f"{name}: the file is empty; choose a file with at least one row")
    kind, advice = _disguise(head)
    if not kind and name.lower().endswith((".yml", ".yaml")) and head.lstrip()[:1] not in (b"{", b"["):
        kind, advice = "YAML", "write its entries as a list of objects in JSON, and load that"
    if kind:
        raise InputRejected(f"{name}: this is {kind}, not a table or list of examples; {advice}")


def is_parquet(head: bytes) -> bool:
    """Whether the bytes begin as Parquet does: its magic word, and no text after it."""
    return (head.startswith(b"PAR1") and not head[4:5].decode("latin-1").isprintable()) or head == b"PAR1"


def is_arrow(head: bytes) -> bool:
    """Whether the bytes begin as an Arrow file does, or as an Arrow stream: a mark and the length of the schema."""
    length = int.from_bytes(head[4:8], "little", signed=True)
    return head.startswith(b"ARROW1\0\0") or (head.startswith(b"\xff\xff\xff\xff") and 0 < length < HEAD)


def is_columnar(head: bytes) -> bool:
    """Whether the bytes are of a binary format that brings its own columns: Parquet or Arrow."""
    return is_parquet(head) or is_arrow(head)


def refuse_binary(text: bytes, name: str, guessed: bool) -> None:
    """Raises InputRejected where more than half of the text's lines have NUL bytes, or any in a file named a workbook.

    Where the encoding was `guessed`, any control character counts: some encodings can read any bytes at all.
    """
    some = text.splitlines()[:100]
    binary = sum(_is_binary(line[:4096], guessed) for line in some)
    ending = "." + name.rpartition(".")[2].lower()
    if binary and ending in WORKBOOKS:
        raise InputRejected(
            f"{name}: this is no Excel workbook, though its name ends in {ending}; "
            "open it in the program that wrote it, save it as XLSX or CSV, and load that"
        )
    if binary > len(some) / 2:
        raise InputRejected(f"{name}: this is binary data, not text; {NOT_DATA}")


def _is_binary(line: bytes, guessed: bool) -> bool:
    return b"\0" in line or (guessed and any(byte < 0x20 and byte not in b"\t\r\n\f\v\x1b" for byte in line))


def _disguise(head: bytes) -> tuple[str, str]:
    for signature, kind, advice in SIGNATURES:
        if head.startswith(signature) and (signature not in WORDS or b"\0" in head[:4096]):
            return kind, advice
    if head.startswith(b"PK\x03\x04"):
        return "a ZIP archive", UNPACK
    if head[257:262] == b"ustar":
        return "a tar archive", UNPACK
    if head.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        return "an empty or split ZIP archive", UNPACK
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "a Python pickle, which can run programs and is never opened", NOT_DATA
    if head.startswith(b"MZ") and b"\0" in head[:64]:
        return "a Windows program", NOT_DATA
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page (HTML)", "download the data itself, not the page about it"
    if start.startswith((b"<?xml", b"<svg")):
        return "an XML document", NOT_DATA
    return "", ""
