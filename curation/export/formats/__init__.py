"""Export formats: a table of one split -> one file. One file a format, found by the registry."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from curation.progress import Progress
from curation.registry import Registry

Format = Callable[[pa.Table, Path, Mapping[str, str], Any, Progress], Mapping[str, Any]]
"""`function(table, path, metadata, settings, progress) -> notes`: writes one split to `path`, deterministically.

`table` has EXPORT_SCHEMA, `metadata` are the texts a format may embed (manifest and verdict), `settings.suffix` is the
end of the file's name (`train.SUFFIX`), `settings.carries` (may be left out) the names of `curation.text.carried`
that the file holds beside input and output, `notes` are JSON values for the manifest.
"""

export_format: Registry[Format] = Registry(__name__)

BATCH = 10_000
"""Rows turned into Python values at a time, as in curation.export.table."""


def rows_of(table: pa.Table, progress: Progress) -> Iterator[dict[str, Any]]:
    """The rows of a table one by one, a batch in memory at a time."""
    done = 0
    for batch in table.to_batches(max_chunksize=BATCH):
        progress(done / table.num_rows, "writing rows")
        yield from batch.to_pylist()
        done += batch.num_rows
