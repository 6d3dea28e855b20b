"""Run by test_export_killed.py: exports into FOLDER in forked children, each killed at a random call it makes."""

import os
import random
import signal
import sys
from pathlib import Path

import pyarrow as pa

from curation.export import Options, Rows, export, read, verify
from curation.records import CLUSTERS_SCHEMA, REJECTED_SCHEMA, Clusters, dataset

DATA = dataset([{"id": f"id{n}", "input": f"question {n}", "output": f"answer {n}"} for n in range(30)])
IDS = DATA.values("id")
CLUSTERS = Clusters(
    pa.table([IDS, list(range(30)), IDS, [1.0] * 30, ["unique"] * 30], schema=CLUSTERS_SCHEMA), {"threshold": 0.7}
)
REMOVED = pa.table({"id": pa.array([], pa.string()), "reason": pa.array([], pa.string())})


def once(out: Path, seed: int) -> None:
    rows = Rows(DATA, REMOVED, REJECTED_SCHEMA.empty_table(), CLUSTERS)
    export(rows, Options(out, ("parquet", "csv"), seed=seed))


def is_placing(frame, event) -> bool:
    """Whether this call starts putting the finished folder in place."""
    return event == "call" and frame.f_code.co_name == "_replace"


def calls(out: Path) -> tuple[int, int]:
    """How many calls an export makes until the folder is put in place, and from there to the end."""
    count, before = 0, 0

    def note(frame, event, _argument):
        nonlocal count, before
        count += 1
        before = count if is_placing(frame, event) else before

    sys.setprofile(note)
    once(out, 0)
    sys.setprofile(None)
    return before, count - before


def killed(out: Path, seed: int, call: int, from_placing: bool) -> bool:
    """Whether a child exporting with this seed was killed at that call (False: it had finished)."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    counting, left = not from_placing, call

    def count(frame, event, _argument):
        nonlocal counting, left
        counting = counting or is_placing(frame, event)
        left -= counting
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    once(out, seed)
    sys.setprofile(None)
    os._exit(0)


def main(folder: Path, kills: int) -> None:
    generator = random.Random(5)
    out = folder / "set"
    once(out, 0)
    writing, placing = calls(out)
    deaths, old = 0, 0
    for seed in range(1, kills + 1):
        before = read(out).seed
        late = seed % 2 == 0
        deaths += killed(out, seed, generator.randrange(1, placing if late else writing), late)
        assert verify(out) == [], (seed, verify(out))
        now = read(out).seed
        assert now in (before, seed)
        old += now == before
    once(out, 0)
    assert [path.name for path in folder.iterdir()] == ["set"]
    print(deaths, old, kills - old)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
