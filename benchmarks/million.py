"""A million rows of about a kilobyte: a JSONL file loaded into a project, and the rows exported as Parquet.

python benchmarks/million.py [--rows N] [--folder DIR]: seconds, memory that no file stands behind (Linux only), and
the ratio to the plainest thing a user could do instead: read the file with pyarrow, and write it as one Parquet file.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson
import psutil

WORDS = [f"w{n:04x}" for n in range(5000)]
EXPORT = """
import sys
from pathlib import Path
import pyarrow as pa
from curation.export.write import Options, Rows, export
from curation.project import Project
from curation.records import CLUSTERS_SCHEMA, Clusters, REJECTED_SCHEMA
from curation.review.curate import REMOVED_SCHEMA
rows = Project.open(Path(sys.argv[1])).examples.dataset()
ids, n = rows.table["id"], len(rows)
columns = {"id": ids, "cluster": range(n), "keeper": ids, "similarity": [1.0] * n, "kind": ["unique"] * n}
clusters = Clusters(pa.table({name: columns[name] for name in CLUSTERS_SCHEMA.names}, schema=CLUSTERS_SCHEMA))
parts = Rows(rows, REMOVED_SCHEMA.empty_table(), REJECTED_SCHEMA.empty_table(), clusters)
print(export(parts, Options(Path(sys.argv[2]))).counts)
"""
READ = "import sys, pyarrow.json as j; j.read_json(sys.argv[1])"
WRITE = """
import sys, pyarrow.json as j, pyarrow.parquet as pq
pq.write_table(j.read_json(sys.argv[1]), sys.argv[2], compression="zstd")
"""


def written(path: Path, rows: int) -> Path:
    """A file of so many rows of 60 and 95 words drawn at random."""
    draw = random.Random(1)
    with path.open("wb") as out:
        for _ in range(rows):
            asked, answered = (" ".join(draw.choices(WORDS, k=k)) for k in (60, 95))
            out.write(orjson.dumps({"prompt": asked, "completion": answered}) + b"\n")
    return path


def measured(*command: str) -> tuple[float, float]:
    """Seconds, and the largest sum over its processes of memory that no file stands behind, in GB."""
    begin, most = time.monotonic(), 0
    process = psutil.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        most = max(most, sum(map(anonymous, [process, *_children(process)])))
        time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"{command[:3]} ended with {process.returncode}")
    return time.monotonic() - begin, most / 1e9


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def anonymous(process: psutil.Process) -> int:
    """Bytes of its memory that no file stands behind."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Anonymous:"))


def main() -> None:
    """Print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name)
        path = str(written(folder / "rows.jsonl", args.rows))
        project = str(folder / "project")
        for what, ours, plain in (
            ("load", ("-m", "curation", "load", path, "--project", project), ("-c", READ, path)),
            (
                "export",
                ("-c", EXPORT, project, str(folder / "out")),
                ("-c", WRITE, path, str(folder / "plain.parquet")),
            ),
        ):
            (seconds, memory), (peer, its_memory) = measured(*ours), measured(*plain)
            print(
                f"{what}: {seconds:.1f} s, {memory:.2f} GB; pyarrow {peer:.1f} s, {its_memory:.2f} GB; "
                f"{seconds / peer:.1f} times as long",
                flush=True,
            )


if __name__ == "__main__":
    main()
