"""The child process: limits itself, parses the one file it is told to, and writes what it found beside the request."""

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from curation.errors import ColumnsUnclear, InputRejected, UsageError
from curation.files.confined import limit
from curation.load.limits import Limits
from curation.records import Columns, FileOptions

REQUEST, SUMMARY, PROGRESS = "request.json", "summary.json", "progress"


def answer(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The summary of the file, or the error that refuses it, as plain JSON values."""
    from curation.load.parse import parse
    from curation.load.rows import Request

    limits = Limits(**request["limits"])
    path, name, given = Path(request["path"]), request["name"], request["columns"]
    columns = Columns(**{**given, "input": tuple(given["input"])}) if given else None
    options = FileOptions(**request.get("options", {}))

    def tell(done: float, rows: int) -> None:
        fresh = folder / f"{PROGRESS}.new"
        fresh.write_text(f"{done} {rows}")
        fresh.replace(folder / PROGRESS)

    try:
        return parse(Request(path, name, columns, options, limits, request["rows"]), folder, tell)
    except InputRejected as error:
        return {"rejected": str(error)}
    except ColumnsUnclear as error:
        return {"unclear": str(error), "available": list(error.available)}
    except UsageError as error:
        return {"usage": str(error)}
    except MemoryError:
        return {"rejected": f"{name}: reading it takes more than {limits.memory / 2**30:.1f} GiB; split the file"}


class _NotYet:
    """Says that pandas is not there."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def spare_pandas() -> None:
    """Have pyarrow go on without pandas, which it looks for once, with the first array, and which took half of the time
    that a small file took to be read. Whoever imports pandas later, as a plug-in may, has it, and pyarrow with it."""
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _NotYet())
        try:
            pa.array([None])
        finally:
            del sys.meta_path[0]


def main(folder: Path) -> None:
    """Answers the request in `folder`."""
    spare_pandas()
    request = json.loads((folder / REQUEST).read_text())
    limits = Limits(**request["limits"])
    limit(limits.memory, int(limits.cpu_seconds * limits.patience(request["size"])))
    (folder / SUMMARY).write_text(json.dumps(answer(request, folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
