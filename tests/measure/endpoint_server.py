"""A real HTTP server that speaks the OpenAI API, /v1/chat/completions and /v1/completions, and misbehaves on demand."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from curation.records import AskedRun, Measurement

Act = Callable[["Handler"], None]
"""What the server does with one request."""


class Handler(BaseHTTPRequestHandler):
    """One request: recorded, then answered as the server's `behave` says."""

    protocol_version = "HTTP/1.1"
    server: "EndpointServer"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.body: dict[str, Any] = json.loads(self.rfile.read(length))
        with self.server.lock:
            self.server.requests.append((self.path, dict(self.headers), self.body))
            number = len(self.server.requests)
        self.close_connection = True
        try:
            self.server.behave(number)(self)
        except OSError:
            self.server.hung_up.set()  # the client did not wait

    def send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body)), "Connection": "close"} | dict(headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def reply_body(self, text: Any, usage: Mapping[str, Any] | None) -> bytes:
        chat = self.path.endswith("/chat/completions")
        choice = {"index": 0, "finish_reason": "stop"}
        choice |= {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
        whole = {"object": "x", "choices": [choice]} | ({"usage": dict(usage)} if usage is not None else {})
        return json.dumps(whole).encode()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests look at `requests`."""


class EndpointServer(ThreadingHTTPServer):
    """Serves on a free port until the block ends; `requests` are (path, headers, body) in the order they came."""

    daemon_threads = True
    block_on_close = True

    def __init__(self, behave: Callable[[int], Act] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behave = behave or (lambda number: right())
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.hung_up = threading.Event()

    def __enter__(self) -> "EndpointServer":
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self.shutdown()
        self.thread.join()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that breaks off is part of the tests."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def prompts(self) -> list[str]:
        """What was asked, one text a request."""
        return [prompt_of(body) for _, _, body in self.requests]


def prompt_of(body: Mapping[str, Any]) -> str:
    """The text of a request."""
    return str(body["prompt"]) if "prompt" in body else json.dumps(body["messages"])


def tokens_of(body: Mapping[str, Any]) -> int:
    """About as many tokens as a model would count: four characters each, and five a chat message."""
    texts = [str(turn["content"]) for turn in body.get("messages", ())] or [str(body.get("prompt"))]
    return sum(len(text) for text in texts) // 4 + 5 * len(body.get("messages", ()))


def asked_input(body: Mapping[str, Any]) -> str:
    """The row's own text: the last user turn, or what stands between the last "Text:" and "Label:"."""
    if "prompt" in body:
        return str(body["prompt"]).rsplit("Text: ", 1)[-1].removesuffix("\nLabel:")
    return str(body["messages"][-1]["content"])


def says(answer: Callable[[Mapping[str, Any]], Any], usage: Mapping[str, Any] | None = None) -> Act:
    """Reply with a text made from the request; `usage` as given, left out when None."""
    return lambda handler: handler.send(200, handler.reply_body(answer(handler.body), usage))


def right() -> Act:
    """Reply with the label that the row's text names (see `rows`), with honest counts."""

    def act(handler: Handler) -> None:
        text = label_of(asked_input(handler.body))
        said = {"prompt_tokens": tokens_of(handler.body), "completion_tokens": max(1, len(text) // 4)}
        handler.send(200, handler.reply_body(text, said))

    return act


def label_of(text: str) -> str:
    """The first of the test labels that a text names."""
    return next((label for label in LABELS if label in text), "none of them")


LABELS = ("refund", "delivery", "account", "invoice")


def rows(each: int) -> str:
    """A CSV of `each` different texts a label, no two near-duplicates."""
    words = ("amber", "birch", "cedar", "dune", "elm", "fern", "gorse", "heath", "iris", "juniper", "kelp", "larch")
    lines = ["text,category"]
    for n in range(each):
        for m, label in enumerate(LABELS):
            picked = [words[(n * k + m + k * k) % len(words)] for k in (1, 5, 7, 11)]
            lines.append(
                f"{picked[0]} {n * 37 + m} {picked[1]} about {label} {picked[2]}{n} or {picked[3]}{m * n},{label}"
            )
    return "\n".join(lines) + "\n"


def status(code: int, headers: Mapping[str, str] | None = None, body: bytes = b'{"error": {"message": "no"}}') -> Act:
    """Fail with a status."""
    return lambda handler: handler.send(code, body, headers)


def stalls(handler: Handler) -> None:
    """Answer nothing until the test ends."""
    handler.server.stopping.wait()


def drips(handler: Handler) -> None:
    """Send one byte of the header now and then, for ever: every single read is in time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.stopping.wait(0.02):
        handler.wfile.write(b"X-A: b\r\n")
        handler.wfile.flush()


def truncated(handler: Handler) -> None:
    """Announce more than is sent."""
    body = handler.reply_body("refund", None)
    handler.send(200, body[:20], {"Content-Length": str(len(body))})


def dies(handler: Handler) -> None:
    """Close the connection without a word."""
    handler.connection.close()


def huge(handler: Handler) -> None:
    """10 MB of reply."""
    handler.send(200, handler.reply_body("x" * 10_000_000, None))


def bomb(handler: Handler) -> None:
    """A compressed reply nobody asked for."""
    handler.send(200, b"\x1f\x8b" + b"0" * 100, {"Content-Encoding": "gzip"})


def raw(body: bytes) -> Act:
    """200 with any body."""
    return lambda handler: handler.send(200, body)


def asked_run(measurement: Measurement) -> AskedRun:
    """How the run went that made this measurement by asking an endpoint."""
    assert isinstance(measurement.run, AskedRun)
    return measurement.run
