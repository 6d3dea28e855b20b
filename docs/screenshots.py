"""The pictures of README and docs: the real app on the sample data, in the light theme.

`python docs/screenshots.py` takes them anew into docs/images; it needs the extra `test` and Chromium (`make chromium`).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

IMAGES = Path(__file__).parent / "images"
SIZE = {"width": 1440, "height": 900}
PORT = 20_817
URL = f"http://127.0.0.1:{PORT}"
PAGES = {
    "overview": "",
    "duplicates": "duplicates",
    "findings": "findings",
    "review": "review",
    "readiness": "readiness",
}
"""The address of each picture's page."""
LONGEST = 300
"""Seconds the app may take to start, and its checks to end."""
COLOURS = 128
"""Colours of a picture: enough for pages of text and flat areas, a third of the bytes."""


def main() -> None:
    """Take every picture anew."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "curation", "app", "--port", str(PORT)]
        own = {"CURATION_HOME": home, "CURATION_KEY": "", "LOGNAME": "ada"}
        app = subprocess.Popen(command, env={**os.environ, **own}, stderr=subprocess.DEVNULL)
        try:
            _wait()
            with sync_playwright() as playwright:
                path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
                browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
                page = browser.new_context(viewport=SIZE, color_scheme="light").new_page()
                _shoot(page)
                browser.close()
        finally:
            app.terminate()
            app.wait()


def _wait() -> None:
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{URL}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the app did not start")


def _shoot(page: Page) -> None:
    page.goto(URL)
    expect(page.get_by_text("Provisional").first).to_be_visible(timeout=LONGEST * 1000)
    for name, address in PAGES.items():
        page.goto(f"{URL}/{address}")
        _rest(page)
        if name == "review":  # a row with a doubtful label tells more than the emptiest one
            page.get_by_label("Queue").first.click()
            page.get_by_role("option", name="Wrong labels").first.click()
            _rest(page)
        picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        picture.save(IMAGES / f"{name}.png", optimize=True)
        print(name, (IMAGES / f"{name}.png").stat().st_size)


def _rest(page: Page) -> None:
    for _ in range(3):  # a page may run again by itself once it is drawn
        expect(page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning", timeout=LONGEST * 1000
        )
        page.wait_for_timeout(1500)


if __name__ == "__main__":
    main()
