"""Which encoding a text file is in, decided from its bytes, and its content as UTF-8."""

import codecs
from pathlib import Path

from curation.errors import InputRejected, UsageError
from curation.load.raw.lines import BLOCK, lines

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks, longest first: the UTF-32 one begins with the UTF-16 one."""
LEGACY = [
    "cp1252", "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp1257", "cp1258", "iso8859_15", "iso8859_2", "tis_620",
]  # fmt: skip
"""Encodings still met in exports, one for each script: the web's legacy list (encoding.spec.whatwg.org), shortened."""
EVIDENCE = 256 << 10
"""Bytes of non-ASCII lines shown to charset-normalizer: its answer no longer changes, its time grows with the size."""


def settled(path: Path, head: bytes, name: str, longest: int, given: str = "") -> tuple[str, int, list[str]]:
    """The encoding of a text file, the length of its byte order mark, and what a person should know about the choice.

    `given` is the encoding a person named. Raises UsageError where Python does not know it.
    """
    encoding, mark = marked(head)
    if given:
        return _known(given, name), mark if encoding == _known(given, name) else 0, []
    if encoding and not mark:
        return encoding, 0, [f"no byte order mark; read as {encoding} because every other byte is zero"]
    if encoding:
        return encoding, mark, []
    encoding, shown = "utf-8", ""
    if not decodes(path, "utf-8", mark):
        encoding, shown = legacy(path, name, longest)
    told = [f"not UTF-8; read as {encoding}, which looks like this: {shown}"] if encoding != "utf-8" else []
    return encoding, mark, told


def _known(given: str, name: str) -> str:
    try:
        known = codecs.lookup(given).name
        "".encode(known)
    except (LookupError, UnicodeError):
        raise UsageError(f"{name}: there is no text encoding {given!r}; utf-8, cp1252 and utf-16 are some") from None
    return {"utf-8-sig": "utf-8", "utf_8_sig": "utf-8"}.get(known, known)


def marked(head: bytes) -> tuple[str, int]:
    """The encoding and length of a byte order mark, or of UTF-16 without one; ("", 0) where neither is there.

    Text in UTF-16 is told by every other byte being zero, as it is in the ASCII that any table has plenty of.
    """
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    even, odd = head[0:4096:2], head[1:4096:2]
    zeros_even, zeros_odd = even.count(0) / max(1, len(even)), odd.count(0) / max(1, len(odd))
    if len(head) >= 8 and zeros_odd > 0.4 and zeros_even < 0.05:
        return "utf-16-le", 0
    if len(head) >= 8 and zeros_even > 0.4 and zeros_odd < 0.05:
        return "utf-16-be", 0
    return "", 0


def decodes(path: Path, encoding: str, start: int = 0) -> bool:
    """Whether the file's bytes from `start` on are text in this encoding throughout."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            file.seek(start)
            while block := file.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def legacy(path: Path, name: str, longest: int) -> tuple[str, str]:
    """The encoding of a file that is not UTF-8 throughout, and a line to judge the choice by.

    ("utf-8", "") where at least half of the lines that are not plain ASCII are UTF-8: then the others are broken
    rows, not another encoding. Raises InputRejected where no encoding fits.
    """
    broken, whole, evidence = 0, 0, b""
    for line in lines(path, 0, longest, universal=True):
        if line.isascii():
            continue
        try:
            line.decode()
            whole += 1
        except UnicodeDecodeError:
            broken += 1
            if len(evidence) < EVIDENCE:
                evidence += line[:EVIDENCE]
    if broken <= whole:
        return "utf-8", ""
    for encoding in [*_likely(evidence), *LEGACY]:
        if decodes(path, encoding):
            shown = evidence.splitlines()[0].decode(encoding, "backslashreplace")
            return encoding, shown.strip()[:80]
    raise InputRejected(f"{name}: its text is not UTF-8 and no other encoding fits; save it as UTF-8 and load it again")


def _likely(evidence: bytes) -> list[str]:
    from charset_normalizer import from_bytes

    found = [match.encoding for match in from_bytes(evidence, cp_isolation=LEGACY)]
    western = [name for name in found if name in ("cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "iso8859_15")]
    # Western code pages differ in a handful of letters, so short texts tie; cp1252 is by far the commonest of them.
    return ["cp1252", *found] if western[:1] == found[:1] and _mostly_western(evidence) else found


def _mostly_western(evidence: bytes) -> bool:
    foreign = [byte for byte in evidence if byte >= 0x80]
    common = set("äöüßàâçéèêëîïôûùœæåøñáíóúãõÄÖÜÉÀÇÑ°£€§«»„“”‚‘’–—…•™".encode("cp1252"))
    return sum(byte in common for byte in foreign) > 0.9 * len(foreign)


def to_utf8(path: Path, start: int, encoding: str, name: str, target: Path) -> None:
    """Writes the file's text from byte `start` on to `target` as UTF-8; InputRejected where it does not decode."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = start
    with path.open("rb") as file, target.open("wb") as out:
        file.seek(start)
        try:
            while block := file.read(BLOCK):
                out.write(decoder.decode(block).encode())
                done += len(block)
            out.write(decoder.decode(b"", True).encode())
        except UnicodeDecodeError as error:
            where = f"about byte {done + error.start:,} of {path.stat().st_size:,}"
            raise InputRejected(
                f"{name}: it is {encoding} text, but broken {where}; it may be cut off. Save it as UTF-8"
            ) from None


class Offsets:
    """Byte offsets in the file for byte offsets in its UTF-8 copy; ask in rising order."""

    def __init__(self, text: Path, start: int, encoding: str) -> None:
        self._file = text.open("rb")
        self._encoding = encoding
        self._copy = 0
        self._original = start

    def original(self, offset: int) -> int:
        """The offset in the file of the character that stands at `offset` in the copy."""
        passed = self._file.read(offset - self._copy)
        self._copy = offset
        self._original += len(passed.decode(errors="ignore").encode(self._encoding, "replace"))
        return self._original

    def close(self) -> None:
        """Lets go of the copy."""
        self._file.close()
