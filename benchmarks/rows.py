"""How long the Rows page's questions take: `python benchmarks/rows.py --rows 100000`.

The set is made up here: 30 words a row out of 5,000, 77 labels, a third of the rows decided. Every question is asked
with a cold cache of patterns; the figure is the best of three for all others.
"""

import argparse
import csv
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from curation.project import Project
from curation.records import Filter

COMMON = ("refund", "card", "delivery", "account", "parcel", "please")
FILTERS = {
    "no filter": Filter(),
    "label": Filter(label="label 3"),
    "status": Filter(status="accepted"),
    "reviewer": Filter(reviewer="Ann"),
    "length": Filter(longest=120),
    "two words": Filter(text="refund parcel", search="words"),
    "a rare word": Filter(text="99999", search="words"),
    "exact text": Filter(text="number 99999"),
    "regular expression": Filter(text=r"number 9\d{4}$", search="regex"),
}
SORTS = ("newest", "longest", "label", "decided", "surest")


def rows_file(path: Path, rows: int) -> Path:
    """A CSV of so many texts, the same each time."""
    draw = random.Random(1)
    words = [f"w{draw.randrange(10**6)}" if n % 3 else draw.choice(COMMON) for n in range(5_000)]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["text", "category"])
        for n in range(rows):
            out.writerow([f"{' '.join(draw.choices(words, k=30))} number {n}", f"label {draw.randrange(77)}"])
    return path


def milliseconds(ask: Callable[[], Any], times: int = 3) -> float:
    """The best of so many times."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        ask()
        best = min(best, time.perf_counter() - start)
    return 1000 * best


def main() -> None:
    """Load, index, decide, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder, Project.open(Path(folder) / "rows", create=True) as project:
        stored = project.rows.stored
        path = rows_file(Path(folder) / "rows.csv", rows)
        print(f"load {milliseconds(lambda: project.examples.load(path), 1):,.0f} ms")
        print(f"index the words {milliseconds(project.rows.index, 1):,.0f} ms")
        project.decisions.decide_all([(id, "accept", "") for id in stored.ids(Filter())[::3]], "Ann")
        for name, filter in FILTERS.items():
            times = 1 if filter.search == "regex" else 3
            counted = milliseconds(lambda filter=filter: stored.counts(filter), times)  # type: ignore[misc]
            paged = milliseconds(lambda filter=filter: stored.page(filter, "loaded", None, 25))  # type: ignore[misc]
            print(f"{name:20} count {counted:7.1f} ms, page {paged:7.1f} ms, {stored.counts(filter)[0]:,} rows")
        for sort in SORTS:
            print(f"order {sort:14} {milliseconds(lambda sort=sort: stored.page(Filter(), sort, None, 25)):7.1f} ms")
        queue = project.decisions.queue
        print(f"claim 12 rows {milliseconds(lambda: queue.claim(Filter('all'), 'me', 12)):12.1f} ms")


if __name__ == "__main__":
    main()
