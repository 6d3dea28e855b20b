"""The whole journey by stage, on sets made up here: seconds, seconds of processor and the most memory of all processes.

    python benchmarks/scale.py                                       20,000 rows of three kinds, 1 and 2 workers
    python benchmarks/scale.py --rows 20000 100000 --only "canned replies"   a row beside the next smaller size
    python benchmarks/scale.py --dask 2                              and two workers of a Dask cluster on this computer
    python benchmarks/scale.py --data-juicer ENV/bin/dj-process      beside it, see data_juicer.py

Stages are those of `curation run`: load, duplicates, checks, verdict (evidence and judgement), export. The exports of
all workers and engines are compared byte for byte. Sets are those of `speed.py`, labelled ones with 150 labels.
"""

import argparse
import hashlib
import json
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from data_juicer import processed
from speed import canned, held, labelled, pairs, words

SETS: dict[str, Callable[..., Any]] = {
    "labelled": partial(labelled, labels=150),
    "free text": pairs,
    "canned replies": canned,
}
STAGES = ("load", "duplicates", "checks", "verdict", "export")
DAY = "2026-01-01"


@dataclass
class Journey:
    """Seconds, seconds of processor and the most bytes of memory by stage, and the hash of what was written."""

    seconds: dict[str, float] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    digest: str = ""


def written(name: str, rows: int, folder: Path) -> Path:
    """The file of a set, the same each time."""
    path = folder / f"{name.replace(' ', '_')}_{rows}.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for row in SETS[name](random.Random(1), words("tickets"), rows):
            out.write(json.dumps(row) + "\n")
    return path


def travel(path: Path, out: Path, kind: str, workers: int, rules: bool) -> None:
    """The journey of one file, in this process: prints each stage as it begins and what it took.

    With `rules` it ends after the checks, of which it runs those that no model of the whole set is part of.
    """
    from curation.checks import check, is_whole_set
    from curation.project import Project

    only = [one.name for one in check.all().values() if not is_whole_set(one)] if rules else []
    with Project.temporary([str(path)]) as project:
        project.findings.works = project.findings.engine_of(kind, workers)
        steps: dict[str, Callable[[], Any]] = {
            "load": partial(project.examples.load, path),
            "duplicates": project.duplicates.find,
            "checks": partial(project.findings.check, only),
            "verdict": project.verdict.judge,
            "export": partial(project.exports.write, out, date=DAY),
        }
        for stage in STAGES[:3] if rules else STAGES:
            print(json.dumps({"stage": stage}), flush=True)
            start, before = time.monotonic(), _used()
            steps[stage]()
            print(json.dumps({"seconds": time.monotonic() - start, "used": _used() - before}), flush=True)


def _used() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(each.ru_utime + each.ru_stime for each in map(resource.getrusage, who))


def measured(path: Path, kind: str, workers: int, folder: Path, rules: bool = False) -> Journey:
    """The journey of one file in a process of its own."""
    out = folder / f"{path.stem}_{kind}_{workers}"
    command = [sys.executable, __file__, "--travel", str(path), str(out), kind, "--workers", str(workers)]
    command += ["--rules"] if rules else []
    journey, stage = Journey(), ""
    with psutil.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        at = ["load"]
        watching = threading.Thread(target=_watch, args=(child, at, journey), daemon=True)
        watching.start()
        for line in child.stdout:
            told = json.loads(line)
            if "stage" in told:
                stage = at[0] = told["stage"]
            else:
                journey.seconds[stage], journey.used[stage] = told["seconds"], told["used"]
    if child.returncode:
        raise SystemExit(f"the journey of {path.name} ended with {child.returncode}")
    journey.digest = _digest(out)
    return journey


def _watch(child: psutil.Popen, at: list[str], journey: Journey) -> None:
    while child.poll() is None:
        try:
            now = sum(map(held, [child, *child.children(recursive=True)]))
        except psutil.Error:
            return
        journey.memory[at[0]] = max(journey.memory.get(at[0], 0), now)
        time.sleep(0.1)


def _digest(folder: Path) -> str:
    """The hash of all files of an export but the record of the run itself."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "record.json":
            whole.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()[:12]


def shown(name: str, rows: int, workers: str, journey: Journey, smaller: float | None) -> str:
    """A line for each stage and one for the whole; `smaller` is what a row of the next smaller size costs."""
    lines = [f"{name}, {rows:,} rows, {workers}, export {journey.digest}"]
    for stage in STAGES:
        lines.append(_line(stage, journey.seconds[stage], journey.used[stage], journey.memory.get(stage, 0)))
    used = sum(journey.used.values())
    beside = f", {used / rows / smaller:.2f} times the next smaller size" if smaller else ""
    whole = _line("all", sum(journey.seconds.values()), used, max(journey.memory.values()))
    lines.append(f"{whole}, {used / rows * 1000:.2f} ms a row{beside}")
    return "\n".join(lines)


def _line(name: str, seconds: float, used: float, memory: int) -> str:
    return f"  {name:12} {seconds:7.1f} s {used:7.1f} s of processor {memory / 1e9:6.2f} GB"


def beside(path: Path, program: Path, rows: int, folder: Path) -> str:
    """A line about data-juicer on the same rows, and one about what of ours does the same: up to the rule checks."""
    seconds, used = processed(path, program, 2, folder)
    ours = measured(path, "local", 2, folder, rules=True)
    took, needed = sum(ours.seconds.values()), sum(ours.used.values())
    return "\n".join(
        [
            f"data-juicer, {rows:,} rows, 2 workers: {seconds:.1f} s {used:.1f} s of processor",
            f"ours up to the rule checks: {took:.1f} s {needed:.1f} s of processor, "
            f"data-juicer takes {seconds / took:.1f} times the seconds and {used / needed:.1f} times the processor",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="*", default=[20_000])
    parser.add_argument("--only", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--dask", type=int, nargs="*", default=[], help="workers of a Dask cluster on this computer")
    parser.add_argument("--data-juicer", type=Path, metavar="PROGRAM", help="dj-process, for its nearest recipe beside")
    parser.add_argument("--rules", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--travel", nargs=3, metavar=("FILE", "OUT", "ENGINE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.travel:
        file, out, kind = args.travel
        travel(Path(file), Path(out), kind, args.workers[0], args.rules)
        return
    engines = [*(("local", n) for n in args.workers), *(("dask", n) for n in args.dask)]
    with tempfile.TemporaryDirectory() as place:
        for name in args.only:
            costs: dict[tuple[str, int], float] = {}
            for rows in sorted(args.rows):
                path, digests = written(name, rows, Path(place)), set()
                for engine in engines:
                    journey = measured(path, *engine, Path(place))
                    said = f"{engine[0]}, {engine[1]} worker{'s' if engine[1] > 1 else ''}"
                    print(shown(name, rows, said, journey, costs.get(engine)), flush=True)
                    costs[engine] = sum(journey.used.values()) / rows
                    digests.add(journey.digest)
                if len(digests) > 1:
                    raise SystemExit("the engine or the number of workers changed what was written")
                if args.data_juicer:
                    print(beside(path, args.data_juicer, rows, Path(place)), flush=True)


if __name__ == "__main__":
    main()
