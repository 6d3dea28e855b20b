"""Pages of strangers, opened in the same browser as the app: none frames it, asks it anything or lends it a name.

What the app answers to each of these is in tests/ui/test_front_door.py.
"""

import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from curation.ui.server import HEALTH
from curation.ui.state import CARD
from tests.browser.conftest import PATIENCE, App

HOSTS = ("127.0.0.1", "localhost", "stranger.localhost")
"""From where the strange page comes; its port is another one. Chromium asks this computer for all names in .localhost,
as for a name of elsewhere that was made to lead here."""
ATTACK = """async ([app, decisions]) => {
  const tried = {};
  for (const [name, path, how] of [
    ["read", "/health", {}],
    ["read with cookies", "/health", {credentials: "include"}],
    ["decide", decisions, {method: "POST", body: "{}", headers: {"Content-Type": "application/json"}}],
    ["decide as a form", decisions, {method: "POST", body: "a=b", mode: "no-cors", credentials: "include"}],
    ["upload", "/_stcore/upload_file/a/b", {method: "PUT", body: "a"}],
  ]) {
    tried[name] = await fetch(app + path, how).then((a) => (a.type === "opaque" ? "unread" : "read"), () => "refused");
  }
  tried.live = await new Promise((end) => {
    const live = new WebSocket(app.replace("http", "ws") + "/_stcore/stream");
    live.onopen = () => end("open");
    live.onerror = () => end("refused");
  });
  return tried;
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def strangers_port(tmp_path_factory: pytest.TempPathFactory, app: App) -> Iterator[int]:
    """A web server that is not the app's, with a page that frames the app."""
    folder: Path = tmp_path_factory.mktemp("stranger")
    (folder / "index.html").write_text(f"<h1>Win!</h1><iframe src='{app.url}/review'></iframe>", encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def victim(browser: Browser) -> Iterator[Page]:
    """A tab of a person who has the app open in another."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("host", HOSTS)
def test_a_page_from_elsewhere_neither_frames_nor_asks_the_app(
    victim: Page, app: App, strangers_port: int, host: str
) -> None:
    victim.context.new_page().goto(app.url)  # what the app keeps in the browser is there
    asked: list[str] = []
    victim.on("requestfailed", lambda request: asked.append(urlsplit(request.url).path))
    victim.on("websocket", lambda live: asked.append(urlsplit(live.url).path))
    with victim.expect_console_message(lambda said: "frame-ancestors 'none'" in said.text):
        victim.goto(f"http://{host}:{strangers_port}/")
    (framed,) = [frame for frame in victim.frames if frame.parent_frame is not None]
    assert not framed.url.startswith(app.url)  # the browser shows its own page of errors
    tried = victim.evaluate(ATTACK, [app.url, f"{CARD}/decisions"])
    assert set(tried.values()) == {"refused"}, tried
    assert set(asked) >= {HEALTH, f"{CARD}/decisions", "/_stcore/upload_file/a/b", "/_stcore/stream"}


@pytest.mark.parametrize("name", ["stranger.localhost", "127.0.0.1.stranger.localhost"])
def test_a_strange_name_that_leads_to_the_app_opens_nothing(victim: Page, app: App, name: str) -> None:
    for path in ("/", "/review", "/health", "/_stcore/health"):
        answer = victim.goto(f"http://{name}:{urlsplit(app.url).port}{path}")
        assert answer is not None
        assert answer.status == 403
        assert "stApp" not in victim.content()


LIVE = f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n"
FOREIGN = {
    "a foreign origin": "GET / HTTP/1.1\r\nHost: {ours}\r\nOrigin: http://evil.example\r\n",
    "a foreign host": "GET /review HTTP/1.1\r\nHost: evil.example\r\n",
    "a live connection": f"GET /_stcore/stream HTTP/1.1\r\nHost: {{ours}}\r\nOrigin: http://evil.example\r\n{LIVE}",
    "an upload": "PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 9\r\n\r\nhalf",
}
STRANGERS = 100


def test_a_hundred_strangers_who_hold_their_requests_open_keep_nobody_out(app: App) -> None:
    ours = urlsplit(app.url)
    with ExitStack() as open_ones:
        held: list[socket.socket] = []
        for n in range(STRANGERS):
            one = open_ones.enter_context(socket.create_connection((ours.hostname, ours.port), PATIENCE / 1000))
            one.sendall(list(FOREIGN.values())[n % len(FOREIGN)].format(ours=ours.netloc).encode())
            held.append(one)
        for _ in range(3):
            with urllib.request.urlopen(f"{app.url}{HEALTH}", timeout=PATIENCE / 1000) as answer:
                assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
        for n, one in enumerate(held):  # they were heard all the while: each goes on, and is refused
            if n % len(FOREIGN) < len(FOREIGN) - 1:  # of an upload the door has heard enough before its body is whole
                one.sendall(b"\r\n")
            assert one.recv(12) == b"HTTP/1.1 403"
