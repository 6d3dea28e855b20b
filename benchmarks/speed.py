"""How long a verdict takes, what it costs the processor and how much memory, on four sets made up here.

    python benchmarks/speed.py                              all four: seconds, seconds of processor, GB
    python benchmarks/speed.py --only canned --words none   another set of words: no language knows them
    python benchmarks/speed.py --write DIR                  the files alone, to be timed by `curation verdict FILE`

Texts are sentences of the sample tickets with a few words exchanged, so that no two are near-duplicates by accident and
a language can be told; `--words none` has words that no language has, on which more checks do more work.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

TICKETS = Path(__file__).parents[1] / "sample_data" / "support_tickets.csv"
Row = dict[str, str]


def words(kind: str) -> list[str]:
    """The words of the sample tickets as often as they are there, or 5,000 made up."""
    if kind == "none":
        return [f"w{n:04x}" for n in range(5_000)]
    return [word for word in TICKETS.read_text("utf-8").replace(",", " ").split() if word.isalpha()]


def _text(draw: random.Random, known: list[str], topic: list[str], length: int) -> str:
    some = draw.choices(known, k=length) + draw.sample(topic, k=min(3, len(topic)))
    draw.shuffle(some)
    return " ".join(some)


def canned(draw: random.Random, known: list[str], rows: int, replies: int = 5_000) -> Iterator[Row]:
    """Questions to a service that has so many replies; each is about its reply's four words."""
    topics = [[f"{draw.choice(known)}{n}{letter}" for letter in "abcd"] for n in range(replies)]
    texts = [_text(draw, known, topic, 22).capitalize() + "." for topic in topics]
    for _ in range(rows):
        n = draw.randrange(replies)
        yield {"input": _text(draw, known, topics[n], 18), "output": texts[n]}


def labelled(draw: random.Random, known: list[str], rows: int, labels: int = 77) -> Iterator[Row]:
    """Texts of one of so many labels."""
    topics = [[f"{draw.choice(known)}{n}{letter}" for letter in "abcdefgh"] for n in range(labels)]
    for _ in range(rows):
        n = draw.randrange(labels)
        yield {"input": _text(draw, known, topics[n], 18), "label": f"label {n}"}


def pairs(draw: random.Random, known: list[str], rows: int) -> Iterator[Row]:
    """Questions and answers of their own, which share a few words."""
    for n in range(rows):
        topic = [f"{draw.choice(known)}{n}{letter}" for letter in "abc"]
        yield {"input": _text(draw, known, topic, 18), "output": _text(draw, known, topic, 40).capitalize() + "."}


def numbers(draw: random.Random, known: list[str], rows: int) -> Iterator[Row]:
    """Questions answered by a number of its own."""
    for _ in range(rows):
        first, second = draw.randrange(10**6), draw.randrange(10**6)
        asked = f"{_text(draw, known, known[:3], 12)} {first} {second}"
        yield {"input": asked, "output": f"{first + second / 100:.2f}"}


SETS: dict[str, tuple[Callable[[random.Random, list[str], int], Iterator[Row]], int]] = {
    "canned": (canned, 100_000),
    "labelled": (labelled, 100_000),
    "pairs": (pairs, 10_000),
    "numbers": (numbers, 5_000),
}


def written(name: str, kind: str, folder: Path) -> Path:
    """The file of a set, the same each time."""
    make, rows = SETS[name]
    path = folder / f"{name}.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for row in make(random.Random(1), words(kind), rows):
            out.write(json.dumps(row) + "\n")
    return path


def measured(path: Path) -> tuple[float, float, float]:
    """Seconds, seconds of processor and the most GB of memory, its processes together, of a verdict on the file."""
    before, start, most = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), 0
    process = psutil.Popen([sys.executable, "-m", "curation", "verdict", str(path)], stdout=subprocess.DEVNULL)
    while process.poll() is None:
        most = max(most, sum(held(one) for one in [process, *_children(process)]))
        time.sleep(0.2)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"the verdict on {path.name} ended with {process.returncode}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, used, most / 1e9


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def held(process: psutil.Process) -> int:
    """Bytes of memory a process holds: of what it shares with others its part, where the system says it (Linux)."""
    try:
        memory = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(memory, "pss", memory.rss))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--words", choices=("tickets", "none"), default="tickets")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write the files there and measure nothing")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = args.write or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        for name in args.only:
            path = written(name, args.words, folder)
            if args.write:
                print(path)
                continue
            wall, used, memory = measured(path)
            print(f"{name}: {wall:.0f} s, {used:.0f} s of processor, {memory:.2f} GB", flush=True)


if __name__ == "__main__":
    main()
