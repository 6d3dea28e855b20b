"""How fast the review card is under a hand, from nothing, and with twenty hands, in a real browser.

    python benchmarks/review_card.py
    python benchmarks/review_card.py --parts keys --rows 10000 --labels 12 --state card.json

A project of `--rows` questions in `--labels` classes (written here, seeded) is opened in the app as `curation app` runs
it, in Chromium. Keys come from the browser's own driver. Measured, a part at a time:

- `keys`: the time from a key to the frame in which the next row is painted, over 200 decisions 250 ms apart; and of 150
  keys 60 ms apart how many are stored, each on the row that was on screen, none twice. Targets: p50 <= 16 ms,
  p95 <= 50 ms; 150 of 150.
- `nothing`: 300 rows of a file without labels, nine labels declared, decided by number keys as fast as the next row is
  there. Target: 150 rows a minute, 300 stored.
- `sessions`: 20 browsers on that project, each deciding once a second for half a minute. The time from a key to "All
  saved", which is said once the server has committed; what a session adds to the server's memory; and how long a
  browser that was never here waits for its first row. Targets: p95 <= 50 ms, 5 MB, 2.5 s.
- `clients`: the same without browsers, which need more of a machine than the server does: 20 sessions that speak to the
  app as the card does (`card_clients.py`). Once by requests of its own, and once by its page, as the card does where
  those are refused. Target: p95 <= 50 ms.

Server and browsers share the machine, so figures mean something on an idle one: its load is printed first.
"""

import argparse
import asyncio
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import card_clients
import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from curation.project import Project
from curation.records import Filter
from curation.records.context import Context, Label

NAME = "Review"
PARTS = ("keys", "nothing", "sessions", "clients")
DECISIONS = 30
"""Decisions of each of several sessions, one a second."""
SETTLE = 3_000
"""Milliseconds after which a page has sent and drawn what it had to."""
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

MOVED = """(was) => {
  const roots = [...document.querySelectorAll("[data-testid='stBidiComponentIsolated']")].map((e) => e.shadowRoot);
  return roots.find((each) => each.querySelector(".card")).querySelector(".card").dataset.row !== was;
}"""
DECIDE = """(keys) => {
  const roots = [...document.querySelectorAll("[data-testid='stBidiComponentIsolated']")].map((e) => e.shadowRoot);
  const root = roots.find((each) => each.querySelector(".card"));
  const [card, saving] = [root.querySelector(".card"), root.querySelector(".saving")];
  window.acknowledged = [];
  let [waiting, n] = [[], 0];
  new MutationObserver(() => {
    if (saving.dataset.state !== "saved") return;
    window.acknowledged.push(...waiting.map((at) => performance.now() - at));
    waiting = [];
  }).observe(saving, { attributes: true, attributeFilter: ["data-state"] });
  // Each begins at a moment of its own within the second, as people do.
  setTimeout(() => {
    const timer = setInterval(() => {
      if (n === DECISIONS) return clearInterval(timer);
      waiting.push(performance.now());
      card.dispatchEvent(new KeyboardEvent("keydown", { key: keys[n++ % keys.length], bubbles: true, composed: true }));
    }, 1000);
  }, Math.random() * 1000);
}""".replace("DECISIONS", str(DECISIONS))


@dataclass(frozen=True)
class Server:
    """The app that runs: its address, its process."""

    url: str
    process: psutil.Process

    def memory(self) -> int:
        """Bytes of its processes that no other process has: what it would give back."""
        every = [self.process, *self.process.children(recursive=True)]
        return sum(each.memory_full_info().uss for each in every)

    def seconds(self) -> float:
        """CPU seconds of its processes so far."""
        every = [self.process, *self.process.children(recursive=True)]
        return sum(sum(each.cpu_times()[:2]) for each in every)


def main() -> None:
    options = _options()
    figures: dict[str, object] = {"load_before": round(os.getloadavg()[0], 1), "cores": os.cpu_count()}
    print(f"load {figures['load_before']} on {figures['cores']} cores", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if "nothing" in options.parts:
            figures |= _from_nothing(home, options.from_nothing)
        if set(options.parts) - {"nothing"}:
            project = _made(home, options.rows, options.labels)
            figures |= {"rows": options.rows, "labels": options.labels}
            if "keys" in options.parts:
                figures |= _keys(home, project)
            if "sessions" in options.parts:
                figures |= _sessions(home, options.sessions)
            if "clients" in options.parts:
                figures |= _clients(home, options.sessions)
            project.close()
    figures["load_after"] = round(os.getloadavg()[0], 1)
    print(json.dumps(figures, indent=2))
    if options.state:
        options.state.write_text(json.dumps(figures), encoding="utf-8")


def _keys(home: Path, project: Project) -> dict[str, object]:
    with _running(home) as server, _browser() as browser, _opened(browser, server.url) as page:
        steady = _pressed(page, *STEADY)
        took = np.array([press["took"] for press in steady])
        moved = sum(press["shown"] != press["next"] for press in steady)
        figures = {"decisions": len(steady), "moved_on": moved, **_spread("key_to_row", took)}
        return figures | _stored(project, _pressed(page, *BURST))


def _spread(name: str, took: Any) -> dict[str, object]:
    p50, p95 = (round(float(np.percentile(took, share)), 1) for share in (50, 95))
    return {f"{name}_p50_ms": p50, f"{name}_p95_ms": p95, f"{name}_most_ms": round(float(np.max(took)), 1)}


def _from_nothing(home: Path, wanted: int) -> dict[str, object]:
    """How many of so many rows without a label are labelled in a minute, and how many are stored."""
    names = [f"topic {n + 1}" for n in range(9)]
    path = home / "nothing.csv"
    path.write_text("text\n" + "".join(f"question {n} about {names[n % 9]}\n" for n in range(wanted + 50)))
    with Project.open(home / "projects" / "Nothing", create=True) as project:
        project.settings.save_context(Context(labels=tuple(Label(name) for name in names)))
        project.examples.load(path)
        with _running(home) as server, _browser() as browser, _opened(browser, server.url, "Nothing", "") as page:
            card, began = page.locator(".card"), time.monotonic()
            for n in range(wanted):
                page.locator(".card:not([data-row=''])").wait_for()
                shown = card.get_attribute("data-row")
                page.keyboard.press(str(n % 9 + 1))
                page.wait_for_function(MOVED, arg=shown)
            page.get_by_text("All saved").wait_for()
            minutes = (time.monotonic() - began) / 60
        left = project.decisions.queue.total(Filter("unlabelled"))
    return {"from_nothing_rows_a_minute": round(wanted / minutes), "from_nothing_stored": wanted + 50 - left}


def _sessions(home: Path, sessions: int) -> dict[str, object]:
    """What a key takes to be acknowledged with so many at it, what each costs in memory, and the wait for a page."""
    with _running(home) as server, _browser() as browser, contextlib.ExitStack() as open_pages:
        first = []
        pages = []
        for n in range(sessions):
            began = time.monotonic()
            pages.append(open_pages.enter_context(_opened(browser, server.url, reviewer=f"Reviewer {n}", settle=0)))
            first.append(time.monotonic() - began)
            if n == 0:  # what all of them share is there now
                pages[0].wait_for_timeout(SETTLE)
                alone = server.memory()
        pages[-1].wait_for_timeout(SETTLE)
        before = server.seconds()
        for page in pages:
            page.evaluate(DECIDE, list(KEYS))
        pages[0].wait_for_timeout(1_000 * DECISIONS + SETTLE)
        for page in pages:
            page.get_by_text("All saved").wait_for()
        spent = server.seconds() - before
        took = [ms for page in pages for ms in page.evaluate("() => window.acknowledged")]
        each = (server.memory() - alone) / max(sessions - 1, 1)
        return {
            "sessions": sessions,
            "acknowledged": len(took),
            "of": sessions * DECISIONS,
            **_spread("acknowledged", np.array(took)),
            "server_cpu_ms_a_decision": round(1_000 * spent / max(len(took), 1), 1),
            "session_mb": round(each / 1e6, 1),
            "first_load_cold_server_s": round(first[0], 2),
            "first_load_s": round(float(np.median(first[1:] or first)), 2),
        }


def _clients(home: Path, sessions: int) -> dict[str, object]:
    """What a decision takes to be stored with so many at it and no browser on the machine, by the way it goes."""
    figures: dict[str, object] = {}
    for way in get_args(card_clients.Way):
        with _running(home) as server:
            asked = card_clients.decided(server.url, NAME, sessions, DECISIONS, way, server.seconds)
            took, refused, spent = asyncio.run(asked)
        figures |= {
            **_spread(f"clients_{way}", np.array(took)),
            f"clients_{way}_stored": len(took) - refused,
            f"clients_{way}_server_cpu_ms_a_decision": round(1_000 * spent / max(len(took), 1), 1),
        }
    return figures


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--labels", type=int, default=77)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--from-nothing", type=int, default=300, metavar="ROWS")
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
def _running(home: Path) -> Iterator[Server]:
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
    yield Server(url, psutil.Process(server.pid))
    server.terminate()
    server.wait(20)


@contextlib.contextmanager
def _browser() -> Iterator[Browser]:
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    # every page is looked at, so none may be slowed down as one in the background
    awake = ["--disable-background-timer-throttling", "--disable-renderer-backgrounding"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu", *awake])
        yield browser
        browser.close()


@contextlib.contextmanager
def _opened(
    browser: Browser, url: str, project: str = NAME, queue: str = "all", reviewer: str = "Ann", settle: int = 2_000
) -> Iterator[Page]:
    """The card of a browser that was never here, its first row on screen; watched once `settle` ms have passed."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "curation-reviewer", "value": reviewer.replace(" ", "%20"), "url": url}])
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{url}/review?project={project}" + (f"&queue={queue}" if queue else ""))
    page.locator(".pane").first.wait_for()
    if settle:
        page.wait_for_timeout(settle)
        page.evaluate(WATCH)
    yield page
    context.close()


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
