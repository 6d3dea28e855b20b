"""A file's bytes through everything the child process does, without the cost of starting one."""

import json
from dataclasses import asdict
from pathlib import Path

from curation.load.limits import Limits
from curation.load.sandbox import take_over
from curation.load.sandbox.child import answer
from curation.records import Columns, Imported


def read_bytes(
    folder: Path,
    content: bytes,
    columns: Columns | None = None,
    name: str = "file",
    limits: Limits | None = None,
    rows: int | None = None,
) -> Imported:
    path = folder / "given"
    path.write_bytes(content)
    request = {
        "path": str(path),
        "name": name,
        "rows": rows,
        "size": len(content),
        "limits": asdict(limits or Limits()),
    }
    request["columns"] = asdict(columns) if columns else None
    (folder / "summary.json").write_text(json.dumps(answer(json.loads(json.dumps(request)), folder)))
    imported = take_over(folder, name, 0, limits or Limits())
    every_row = sorted([*imported.dataset.values("row"), *imported.rejected["row"].to_pylist()])
    assert every_row == list(range(len(every_row))), "every row is stored or rejected, exactly once"
    return imported
