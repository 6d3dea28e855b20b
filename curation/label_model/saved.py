"""A classifier as a `.skops` file: no pickle, so that loading it runs no code; the same model gives the same bytes."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

from curation.errors import CurationError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

SCHEMA = "schema.json"
"""Where skops says what the file holds."""
SPARSE = {"scipy.sparse._csr.csr_matrix"}
_NUMBER = re.compile(r'("__id__": )(\d+)')
_FILE = re.compile(r'("file": )"([^"]+)"')


def model_bytes(pipeline: Pipeline) -> bytes:
    """The pipeline in skops' own format (`skops.io.load` reads it), compressed.

    skops names things by where they stand in memory and notes the time; both are replaced by plain numbers.
    """
    from skops.io import dumps

    with zipfile.ZipFile(io.BytesIO(dumps(pipeline))) as made:
        files = {name: made.read(name) for name in made.namelist()}
    schema, names = _numbered(files.pop(SCHEMA).decode())
    parts = {names.get(name, name): content for name, content in files.items()}
    return _zipped(parts | {SCHEMA: schema.encode()}, zipfile.ZIP_DEFLATED)


def _numbered(schema: str) -> tuple[str, dict[str, str]]:
    """The schema with ids and file names numbered as they come, on one line; and the new names by the old ones."""
    ids: dict[str, int] = {}
    names: dict[str, str] = {}

    def file(found: re.Match[str]) -> str:
        old = found[2]
        names.setdefault(old, f"{len(names)}.{old.rpartition('.')[2]}")
        return f'{found[1]}"{names[old]}"'

    schema = _NUMBER.sub(lambda found: f"{found[1]}{ids.setdefault(found[2], len(ids))}", schema)
    return json.dumps(json.loads(_FILE.sub(file, schema)), separators=(",", ":")), names


def _zipped(files: dict[str, bytes], compression: int) -> bytes:
    """A zip of these files, sorted by name and without times; zips among them (sparse matrices) are remade likewise."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", compression) as archive:
        for name in sorted(files):
            content = _remade(files[name]) if name.endswith(".npz") else files[name]
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return whole.getvalue()


def _remade(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as inner:
        return _zipped({name: inner.read(name) for name in inner.namelist()}, zipfile.ZIP_STORED)


def trusted_types(saved: bytes) -> list[str]:
    """The types that `skops.io.load` must be given as trusted to read this file; none where it holds plain arrays.

    Raises CurationError where that is more than SciPy's sparse matrices, which hold numbers alone.
    """
    from skops.io import get_untrusted_types

    needed = list(get_untrusted_types(data=saved))
    if set(needed) - SPARSE:
        raise CurationError(
            f"The model would need {', '.join(needed)} to be trusted, so it was not written: this version of skops "
            "does not fit. Install the one in constraints.txt."
        )
    return needed
