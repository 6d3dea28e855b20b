"""Exports rows that stand in a file, in a process of its own; prints the most bytes held at once, and all of the rows'.

python export_in_pieces.py FOLDER
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from curation.export import Options, Rows, export
from curation.export.card import about
from curation.export.formats import export_format
from curation.records import CLUSTERS_SCHEMA, DATASET_SCHEMA, REJECTED_SCHEMA, Clusters, Dataset, dataset, tables
from curation.review.curate import REMOVED_SCHEMA

LONG = 100
"""Repeats in an output: 40,000 rows are 52 MB."""


def mapped(folder: Path) -> Dataset:
    """40,000 rows in batches of 2,000, in a file."""
    with pa.OSFile(str(folder / "rows.arrow"), "wb") as file, pa.ipc.new_file(file, DATASET_SCHEMA) as out:
        for start in range(0, 40_000, 2_000):
            rows = [
                {"id": f"{n:05}", "input": f"question {n}", "output": f"answer {n} " * LONG}
                for n in range(start, start + 2_000)
            ]
            out.write_table(dataset(rows).table)
    with pa.memory_map(str(folder / "rows.arrow")) as file:
        return Dataset(pa.ipc.open_file(file).read_all())


def main(folder: Path) -> None:
    tables.IN_MEMORY = 1_000_000
    about.LOOKED_AT = 100  # of 40,000 rows, as the usual 2,000 are of a million
    rows = mapped(folder)
    ids, n = rows.table["id"], len(rows)
    columns = {"id": ids, "cluster": range(n), "keeper": ids, "similarity": [1.0] * n, "kind": ["unique"] * n}
    clusters = Clusters(pa.table({name: columns[name] for name in CLUSTERS_SCHEMA.names}, schema=CLUSTERS_SCHEMA))
    settings = replace(export_format.all()["parquet"].settings, row_group=2_000)
    parts = Rows(rows, REMOVED_SCHEMA.empty_table(), REJECTED_SCHEMA.empty_table(), clusters)
    made = export(parts, Options(folder / "out", format_settings={"parquet": settings}))
    most = pa.default_memory_pool().max_memory()
    print(json.dumps({"train": made.counts["train"], "most": most, "rows": rows.table.nbytes}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
