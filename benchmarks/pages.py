"""How long every page takes to open on a large project: the first time and again.

    python benchmarks/pages.py --rows 100000                    a labelled set made up here, loaded and checked
    python benchmarks/pages.py --home DIR --project NAME --only findings    a project that is there

Each page is drawn by Streamlit's test driver in a process of its own, which has drawn the page of a small project
before: what is timed is the page and not the start of a server. Seconds, seconds of processor and the most memory.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from speed import labelled, words

APP = Path(__file__).parents[1] / "app.py"
SAMPLE = APP.parent / "sample_data" / "support_tickets.csv"
CHECKS = ("length_outliers", "class_imbalance", "label_spelling", "empty", "pii", "truncated", "contradictions")
"""Of every row, of labels and of the whole set: enough findings to draw, a fraction of the time of all checks."""


def prepared(home: Path, rows: int) -> None:
    """The projects Small and Large below `home`, loaded and checked."""
    from curation.project import Project

    path = home / "large.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for n, row in enumerate(labelled(random.Random(1), words("tickets"), rows, labels=150)):
            if n % 20 == 0:  # a row in twenty has something to be found
                row = row | {"input": f"{row['input']} Write to kim.{n // 40}@mail-{n % 7}.com"}
            out.write(json.dumps(row) + "\n")
    for name, file in (("Small", SAMPLE), ("Large", path)):
        with Project(home / "projects" / name, create=True) as project:
            project.examples.load(file)
            project.duplicates.find()
            project.findings.check(CHECKS)


def drawn(page: str, home: Path, large: str) -> None:
    """Draws a page of both projects in this process and prints what the large one took, the first time and again."""
    os.environ["CURATION_HOME"] = str(home)
    from streamlit.testing.v1 import AppTest

    from curation.ui import state

    def opened(project: str) -> AppTest:
        test = AppTest.from_file(str(APP), default_timeout=600)
        test.query_params.update({"project": project, "plain": "1"})
        return test

    def turned(test: AppTest) -> None:
        test.run()
        test.switch_page(str(state.page_file(page).relative_to(APP.parent)))

    small, test = opened("Small"), opened(large)
    turned(small)
    small.run()
    if page != "overview":  # which is the page that is drawn first
        turned(test)
    for what in ("first", "again"):
        start, used = time.monotonic(), time.process_time()
        test.run()
        seconds, processor = time.monotonic() - start, time.process_time() - used
        assert not test.exception, test.exception[0].value
        assert test.title[0].value.lower().startswith(page[:4]), test.title[0].value
        print(json.dumps({"what": what, "seconds": round(seconds, 3), "processor": round(processor, 3)}))
    # not ru_maxrss, which begins with that of the process it was started by
    most = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"megabytes": int(most.split()[1]) // 1024}))


def table(home: Path, large: str, only: list[str]) -> None:
    """Prints a line a page."""
    from curation.ui import state

    pages = sorted(path.parent.name for path in Path(state.__file__).parents[1].glob("*/page.py"))
    print(f"{'page':12} {'first s':>8} {'cpu':>7} {'again s':>8} {'cpu':>7} {'MB':>6}")
    for page in only or pages:
        command = [sys.executable, __file__, "--home", str(home), "--project", large, "--draw", page]
        ended = subprocess.run(command, capture_output=True, text=True)
        if ended.returncode:
            print(f"{page:12} {ended.stderr.strip().splitlines()[-1]}", flush=True)
            continue
        first, again, memory = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
        print(
            f"{page:12} {first['seconds']:8.2f} {first['processor']:7.2f} {again['seconds']:8.2f} "
            f"{again['processor']:7.2f} {memory['megabytes']:6}",
            flush=True,
        )


def main() -> None:
    """Reads the flags."""
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--rows", type=int, default=100_000)
    flags.add_argument("--home", type=Path, help="a folder whose projects/ has Small and the project named")
    flags.add_argument("--project", default="Large")
    flags.add_argument("--only", nargs="*", default=[])
    flags.add_argument("--draw", help=argparse.SUPPRESS)
    asked = flags.parse_args()
    if asked.draw:
        drawn(asked.draw, asked.home, asked.project)
    elif asked.home:
        table(asked.home, asked.project, asked.only)
    else:
        with tempfile.TemporaryDirectory() as folder:
            prepared(Path(folder), asked.rows)
            table(Path(folder), "Large", asked.only)


if __name__ == "__main__":
    main()
