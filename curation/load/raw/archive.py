"""What is inside a .gz, .zst or .zip file, taken out under caps; names in archives are text and never become paths."""

import gzip
import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from curation.errors import InputRejected
from curation.load.limits import Limits
from curation.load.raw.detect import WORKBOOKS
from curation.load.raw.folders import runs_in
from curation.load.raw.lines import BLOCK
from curation.wording import counted

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
ZIP = b"PK\x03\x04"
LOCKED = 0x1
"""Bit of an entry's flags that says it is encrypted (APPNOTE.TXT 4.4.4)."""
LOCAL_HEADER = 30
"""Bytes of an entry's own header before its name and extra field (APPNOTE.TXT 4.3.7)."""
WORKBOOK = "xl/workbook.xml"
OTHER_DOCUMENTS = (
    ("xl/workbook.bin", "a binary Excel workbook (XLSB)", "save it as XLSX or CSV and load that"),
    ("content.xml", "an OpenDocument file (such as ODS)", "save the sheet as XLSX or CSV and load that"),
    ("word/document.xml", "a Word document", "save its table as CSV and load that"),
    ("ppt/presentation.xml", "a PowerPoint presentation", "export the data as CSV and load that"),
)
"""Entries that give away which program's document a ZIP archive is, and what to do."""
REPAIR = "open it in a spreadsheet program, save it anew as XLSX, or fetch it again where it does not open"
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError)
"""What gzip (whose BadGzipFile is an OSError) and zipfile raise on bytes they cannot read."""


def unpacked(path: Path, name: str, limits: Limits, folder: Path) -> tuple[Path, list[str]]:
    """The data file inside an archive, copied to `folder`, and a note about it; any other file as it is.

    A workbook (XLSX) is a file, not an archive; a folder of Kiln's runs is one, and each run a line of the copy. Raises
    InputRejected where the archive is damaged, locked, passes a limit, or does not hold exactly one file.
    """
    if runs := runs_in(path):
        with (folder / "runs").open("wb") as out:
            # no JSON text has a line end inside a string, so that blanks in their place change nothing
            out.writelines(b" ".join(run.read_bytes().splitlines()) + b"\n" for run in runs)
        return folder / "runs", [f"{counted(len(runs), 'run')}, each read from a file of its own in the folder"]
    with path.open("rb") as file:
        head = file.read(len(ZIP))
    target = folder / "unpacked"
    if head.startswith(GZIP):
        with damage_named(name, "gzip file"), gzip.open(path) as packed:
            copy(packed, target, name, limits, path.stat().st_size)
        return target, ["unpacked (gzip); byte positions count in the unpacked file"]
    if head == ZSTD:
        with damage_named(name, "zstd file"), pa.CompressedInputStream(pa.OSFile(str(path)), "zstd") as packed:
            copy(packed, target, name, limits, path.stat().st_size)
        return target, ["unpacked (zstd); byte positions count in the unpacked file"]
    if head != ZIP or is_workbook(path, name):
        return path, []
    with damage_named(name, "ZIP archive"), zipfile.ZipFile(path) as archive:
        entry = _only_file(checked(archive, name, limits), name, limits)
        with archive.open(entry) as packed:
            copy(packed, target, name, limits, path.stat().st_size)
    return target, [f"read from {shown(entry)} inside the archive; byte positions count in that file"]


def is_workbook(path: Path, name: str) -> bool:
    """Whether a ZIP archive is a spreadsheet we read; raises InputRejected where it is another program's document."""
    kind = "workbook" if name.lower().endswith(WORKBOOKS) else "ZIP archive"
    with damage_named(name, kind), zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    if WORKBOOK in names:
        return True
    for entry, kind, advice in OTHER_DOCUMENTS:
        if entry in names and names & {"[Content_Types].xml", "mimetype"}:
            raise InputRejected(f"{name}: this is {kind}; {advice}")
    return False


def checked(archive: zipfile.ZipFile, name: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """The entries of an archive; raises InputRejected where one is locked, lies about its place, or all are too much.

    Sizes are those the archive claims: reading an entry never gives more than its claim (zipfile stops there).
    """
    entries = archive.infolist()
    for entry in entries:
        if entry.flag_bits & LOCKED:
            raise InputRejected(f"{name}: {shown(entry)} in it is locked with a password; unpack it and load the file")
        if _leaves(entry.filename) or stat.S_ISLNK(entry.external_attr >> 16):
            raise InputRejected(f"{name}: {shown(entry)} in it points outside the archive; pack the data file alone")
    ends = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < ends:
            raise InputRejected(f"{name}: its entries lie on top of each other, as in a ZIP bomb; pack it again")
        ends = entry.header_offset + LOCAL_HEADER + entry.compress_size
    _refuse_bomb(sum(entry.file_size for entry in entries), sum(e.compress_size for e in entries), name, limits)
    return entries


def copy(packed: Any, target: Path, name: str, limits: Limits, size: int) -> None:
    """Writes what an open file holds to `target`; raises InputRejected once it comes to more than the limits allow."""
    written = 0
    with target.open("wb") as out:
        while block := packed.read(BLOCK):
            written += len(block)
            _refuse_bomb(written, size, name, limits)
            out.write(block)


@contextmanager
def damage_named(name: str, kind: str) -> Iterator[None]:
    """Turns what the readers raise on a damaged archive into InputRejected."""
    try:
        yield
    except DAMAGED as error:
        if isinstance(error, OSError) and error.errno:  # the disk, not the archive
            raise
        why = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        advice = REPAIR if kind == "workbook" else "pack it again"
        raise InputRejected(f"{name}: the {kind} is damaged or cut off ({why}); {advice}") from None


def shown(entry: zipfile.ZipInfo) -> str:
    """An entry's name as a short text in quotes."""
    return repr(entry.filename[:80])


def _only_file(entries: Sequence[zipfile.ZipInfo], name: str, limits: Limits) -> zipfile.ZipInfo:
    if len(entries) > limits.entries:
        raise InputRejected(f"{name}: {len(entries):,} entries, more than {limits.entries}; pack the data file alone")
    files = [entry for entry in entries if not entry.is_dir() and not _is_litter(entry.filename)]
    if not files:
        raise InputRejected(f"{name}: the ZIP archive holds no file; choose another one")
    if len(files) > 1:
        listed = ", ".join(shown(entry) for entry in files[:5]) + (", ..." if len(files) > 5 else "")
        raise InputRejected(f"{name}: {len(files)} files inside ({listed}); unpack it and load those you want")
    return files[0]


def _is_litter(name: str) -> bool:
    """What archive programs add by themselves: resource forks of macOS and hidden files."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")


def _leaves(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or parts[0].endswith(":")


def _refuse_bomb(unpacked: int, packed: int, name: str, limits: Limits) -> None:
    if unpacked > limits.unpacked:
        raise InputRejected(f"{name}: it unpacks to more than {limits.unpacked / 1e9:.1f} GB; split the file")
    if unpacked > limits.ratio_free and unpacked > limits.ratio * max(1, packed):
        raise InputRejected(
            f"{name}: it unpacks to more than {limits.ratio} times its size, as a ZIP bomb does; load it unpacked"
        )
