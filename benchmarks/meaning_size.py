"""How long search, topics and map take on many rows: `python benchmarks/meaning_size.py --rows 100000`.

So many rows of about 100 characters are made up here and loaded; then each part runs in a process of its own, as a
person meets it: `topics` makes vectors, topics and map; `search` asks 50 questions by words, by meaning and by both,
the first of each left out (a file is read then); `pages` draws the pages that list rows, twice. Of each: seconds,
seconds of processor, and the most memory at once: of the process, and of it what no file stands behind.

Targets: 100,000 rows 45 s and 1.5 GB, search p95 80 ms, a page 1.5 s; 1,000,000 rows 8 minutes and 3 GB, search p95
0.5 s. `--folder` keeps the project, and goes by it where it is there.
"""

import argparse
import csv
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from million import anonymous

NAME = "Many rows"
APP = Path(__file__).parents[1] / "app.py"
QUESTIONS = 50
PARTS = ("load", "topics", "search", "pages")
WORDS = [
    *("refund", "card", "delivery", "account", "parcel", "please", "money", "order", "invoice", "password", "courier"),
    *("charge", "cancel", "subscription", "late", "broken", "size", "colour", "exchange", "store", "login", "email"),
    *("phone", "receipt", "discount", "voucher", "transfer", "balance", "payment", "address"),
]
PAGES = {
    "rows": {},
    "rows by meaning": {"text": "where is my parcel", "search": "meaning"},
    "rows by both": {"text": "where is my parcel", "search": "both"},
    "rows of a topic": {"topic": "0"},
    "topics": {},
    "duplicates": {"text": "where is my parcel", "search": "both"},
    "findings": {"text": "where is my parcel", "search": "both"},
    "review": {"text": "where is my parcel", "search": "both"},
}
"""Pages by what is asked of them: their first word is the page, the rest its address."""


def made_up(path: Path, rows: int) -> Path:
    """A CSV of so many texts of about 100 characters, the same each time."""
    draw = random.Random(1)
    words = [*WORDS, *(f"w{draw.randrange(10**6)}" for _ in range(5_000))]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["text", "category"])
        for n in range(rows):
            texts = draw.choices(WORDS, k=8) + draw.choices(words, k=8)
            out.writerow([f"{' '.join(texts)} {n}", f"label {draw.randrange(77)}"])
    return path


def spent(act: Callable[[], Any]) -> tuple[float, float]:
    """(seconds, seconds of processor of this process and those it waited for)."""

    def processor() -> float:
        own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime

    start, before = time.perf_counter(), processor()
    act()
    return time.perf_counter() - start, processor() - before


def load(home: Path, rows: int) -> None:
    """The project with its rows, known to the search by words."""
    from curation.project import Project

    with Project.open(home / "projects" / NAME, create=True) as project:
        project.examples.load(made_up(home / "rows.csv", rows))
        project.rows.index()


def topics(home: Path, rows: int) -> None:
    """Vectors, topics and map, as the job and the command make them."""
    from curation.project import Project

    at: list[tuple[str, float]] = []

    def told(share: float, message: str) -> None:
        if not at or at[-1][0] != message:
            at.append((message, time.perf_counter()))

    (home / "projects" / NAME / "vectors").exists() and _forget(home / "projects" / NAME / "vectors")
    with Project.open(home / "projects" / NAME) as project:
        seconds, processor = spent(lambda: project.meaning.find_topics(progress=told))
    ends = [*(when for _, when in at[1:]), time.perf_counter()]
    for (message, when), end in zip(at, ends, strict=True):
        print(f"  {message}: {end - when:.1f} s")
    print(f"vectors, topics and map of {rows:,} rows: {seconds:.1f} s, {processor:.1f} s of processor")


def _forget(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def search(home: Path, rows: int) -> None:
    """Questions of five words, by each way of looking."""
    from curation.project import Project
    from curation.records import Filter

    draw = random.Random(2)
    with Project.open(home / "projects" / NAME) as project:
        ways: dict[str, dict[str, Any]] = {by: {"search": by} for by in ("words", "meaning", "both")}
        ids = project.rows.stored.ids(Filter(text="w1"))[:QUESTIONS] or project.rows.stored.ids(Filter())[:QUESTIONS]
        for way in (*ways, "like this"):
            took = []
            for n in range(QUESTIONS + 1):
                text = " ".join(draw.choices(WORDS, k=5))
                asked = Filter(text=text, **ways[way]) if way in ways else Filter(like=ids[n % len(ids)])
                took.append(spent(lambda asked=asked: project.meaning.search(asked)))  # type: ignore[misc]
            first, (walls, processor) = 1000 * took[0][0], 1000 * np.asarray(took[1:]).T
            print(
                f"search by {way:9} median {np.median(walls):6.1f} ms, p95 {np.percentile(walls, 95):6.1f} ms, of "
                f"processor {np.median(processor):6.1f} and {np.percentile(processor, 95):6.1f}; the first {first:.0f}"
            )


def pages(home: Path, rows: int) -> None:
    """Each page twice in one server, after a first page of any project."""
    os.environ["CURATION_HOME"] = str(home)
    from streamlit.testing.v1 import AppTest

    from curation.ui import state

    known: dict[str, Any] = AppTest.from_file(str(APP), default_timeout=600).run()._registered_pages

    def opened(page: str, asked: dict[str, str]) -> None:
        test = AppTest.from_file(str(APP), default_timeout=600)
        for name, value in {"project": NAME, "plain": "1", **asked}.items():
            test.query_params[name] = value
        test._registered_pages = known
        test.switch_page(str(state.page_file(page).relative_to(APP.parent)))
        test.run()
        if test.exception:
            raise SystemExit(f"{page}: {test.exception[0].message}")

    for page, asked in PAGES.items():
        said = []
        for _ in range(2):
            seconds, processor = spent(lambda page=page, asked=asked: opened(page.split()[0], asked))  # type: ignore[misc]
            said.append(f"{seconds:.2f} s ({processor:.2f} of processor)")
        print(f"page {page:16} {', again '.join(said)}", flush=True)


def measured(*command: str) -> tuple[float, float, float]:
    """Seconds of a process, the most memory it had at once, and of it what no file stands behind; both in GB."""
    begin, whole, own = time.monotonic(), 0, 0
    process = psutil.Popen([sys.executable, *command])
    while process.poll() is None:
        try:
            whole, own = max(whole, process.memory_info().rss), max(own, anonymous(process))
        except psutil.Error:
            break
        time.sleep(0.5)
    if process.wait():
        raise SystemExit(f"{command[1:3]} ended with {process.returncode}")
    return time.monotonic() - begin, whole / 1e9, own / 1e9


def main() -> None:
    """Each part in a process of its own; with --part one of them in this one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.part:
        {"load": load, "topics": topics, "search": search, "pages": pages}[args.part](args.folder, args.rows)
        return
    with tempfile.TemporaryDirectory() as name:
        home = args.folder or Path(name)
        home.mkdir(parents=True, exist_ok=True)
        print(f"load of this computer before: {os.getloadavg()[0]:.1f}", flush=True)
        for part in args.parts:
            if part == "load" and (home / "projects" / NAME).exists():
                continue
            asked = ("--part", part, "--folder", str(home), "--rows", str(args.rows))
            seconds, whole, own = measured(str(Path(__file__)), *asked)
            print(f"{part}: the process {seconds:.1f} s, {whole:.2f} GB, {own:.2f} GB of it without a file", flush=True)


if __name__ == "__main__":
    main()
