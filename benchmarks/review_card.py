"""How fast the review card is under a hand, in a real browser.

    python benchmarks/review_card.py
    python benchmarks/review_card.py --rows 10000 --labels 12 --state card.json

A project of `--rows` questions in `--labels` classes (written here, seeded) is opened in the app as `curation app` runs
it, in Chromium. Keys come from the browser's own driver. Measured: the time from a key to the frame in which the next
row is painted, over 200 decisions 250 ms apart; and of 150 keys 60 ms apart how many are stored, each on the row that
was on screen, none twice. Targets: p50 <= 16 ms, p95 <= 50 ms; 150 of 150.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from curation.project import Project

NAME = "Review"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
STEADY, BURST = (200, 250), (150, 60)
"""(keys, ms between two of them)."""
KEYS = {"a": "accepted", "x": "rejected", "2": "labelled", "f": "flagged"}
WATCH = """() => {
  const roots = [...document.querySelectorAll("[data-testid='stBidiComponentIsolated']")].map((e) => e.shadowRoot);
  const root = roots.find((each) => each.querySelector(".card"));
  const card = root.querySelector(".card");
  window.painted = [];
  // The frame that begins after the key's own is on screen once the next one begins.
  document.addEventListener("keydown", (event) => {
    const shown = card.dataset.row;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        window.painted.push({ shown, next: card.dataset.row, took: performance.now() - event.timeStamp });
      };
      channel.port2.postMessage(null);
    });
  }, true);
}"""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        project = _made(home, options.rows, options.labels)
        with _running(home) as url, _opened(url) as page:
            steady = _pressed(page, *STEADY)
            took = np.array([press["took"] for press in steady])
            moved = sum(press["shown"] != press["next"] for press in steady)
            figures = {
                "rows": options.rows,
                "labels": options.labels,
                "decisions": len(steady),
                "moved_on": moved,
                "p50_ms": round(float(np.percentile(took, 50)), 1),
                "p95_ms": round(float(np.percentile(took, 95)), 1),
                "most_ms": round(float(took.max()), 1),
            }
            burst = _pressed(page, *BURST)
            figures |= _stored(project, burst)
        project.close()
    print(json.dumps(figures, indent=2))
    if options.state:
        options.state.write_text(json.dumps(figures), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--labels", type=int, default=77)
    parser.add_argument("--state", type=Path, help="write the figures here too")
    return parser.parse_args()


def _made(home: Path, rows: int, labels: int) -> Project:
    draw = random.Random(0)
    words = [f"word{n}" for n in range(2_000)]
    path = home / "rows.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("text,category\n")
        for n in range(rows):
            file.write(f"question {n} {' '.join(draw.choices(words, k=25))},label number {n % labels}\n")
    project = Project.open(home / "projects" / NAME, create=True)
    project.examples.load(path)
    return project


@contextlib.contextmanager
def _running(home: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "curation", "app", "--port", str(port)]
    open_door = {**os.environ, "CURATION_HOME": str(home), "CURATION_KEY": ""}
    server = subprocess.Popen(command, env=open_door, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    while True:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if urllib.request.urlopen(f"{url}/health", timeout=5).status == 200:  # noqa: S310  our own server
                break
        if server.poll() is not None:
            raise SystemExit("The app did not start.")
        time.sleep(0.2)
    yield url
    server.terminate()
    server.wait(20)


@contextlib.contextmanager
def _opened(url: str) -> Iterator[Page]:
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(f"{url}/review?project={NAME}")
        page.locator(".card").wait_for()
        page.get_by_test_id("stSelectbox").filter(has_text="Queue").get_by_role("combobox").click()
        page.get_by_role("option", name="All examples in order").click()
        page.locator(".pane").first.wait_for()
        page.wait_for_timeout(2_000)
        page.evaluate(WATCH)
        yield page
        browser.close()


def _pressed(page: Page, keys: int, gap: int) -> list[dict[str, object]]:
    page.evaluate("() => { window.painted = []; }")
    for n in range(keys):
        page.keyboard.press(list(KEYS)[n % len(KEYS)])
        page.wait_for_timeout(gap)
    page.get_by_text("All saved").wait_for()
    made: list[dict[str, object]] = page.evaluate("() => window.painted")
    return made


def _stored(project: Project, presses: list[dict[str, object]]) -> dict[str, int]:
    wanted = [(str(press["shown"]), status) for press, status in zip(presses, list(KEYS.values()) * len(presses))]
    stands = {id: project.examples.stored.get(id) for id, _ in wanted}
    right = sum((now := stands[id]) is not None and now.status == status for id, status in wanted)
    twice = sum(len(project.decisions.of(id)) > 1 for id in stands)
    return {"burst": len(presses), "stored_on_the_row_on_screen": right, "doubled": twice}


if __name__ == "__main__":
    main()
