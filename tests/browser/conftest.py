"""The real app in a real browser: one server and one Chromium for all journeys."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# Without these Chromium looks for its maker's servers at every start.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 180  # takes five on an idle machine; a server that stops is noticed at once
PATIENCE = 90_000  # ms; a page takes a tenth of a second here, and many times that where other work runs beside it
expect.set_options(timeout=PATIENCE)


NO_KEY: Mapping[str, str] = {"CURATION_KEY": ""}


@dataclass(frozen=True)
class App:
    """A running app: its address, and where its projects are."""

    url: str
    projects: Path


def free_port(first: int = 0) -> int:
    """A port that nothing listens on, below 32768: from there on Linux hands ports to whoever asks for any."""
    for port in range(first or 20_000 + os.getpid() % 10_000, 32_768):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@contextlib.contextmanager
def running(home: Path, port: int, verb: str = "app", settings: Mapping[str, str] = NO_KEY) -> Iterator[App]:
    """The app as `curation app` (or serve) starts it on this port, with its projects in `home`."""
    command = [sys.executable, "-m", "curation", verb, "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, env={**os.environ, "CURATION_HOME": str(home), **settings}, stdout=log, stderr=log
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
                    if answer.status == 200:
                        break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if server.poll() is not None or time.monotonic() > deadline:
                    server.kill()
                    raise AssertionError((home / "server.log").read_text()) from None
        yield App(url, home / "projects")
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One app for all journeys, with a home of its own."""
    with running(tmp_path_factory.mktemp("home"), free_port()) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    assert path, "Chromium is not installed: run make test, or install it"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that reports every request to a foreign host and every error of the page's own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    made.set_default_timeout(PATIENCE)
    foreign: list[str] = []
    made.on(
        "request",
        lambda r: None if "127.0.0.1" in r.url or r.url.startswith(("data:", "blob:")) else foreign.append(r.url),
    )
    dialogs: list[str] = []
    made.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
    yield made
    context.close()
    assert not foreign
    assert not dialogs
