"""How fast does a server answer /health while strangers try the door, 100 at a time, from other processes?

    python benchmarks/health.py [--seconds 10] [--strangers 100]

Starts `curation serve` behind a proxy's secret. Strangers ask over and over with a foreign Origin, a foreign Host or
for a live connection (WebSocket) of a foreign page; a quarter hold a request open that they have sent by half. Prints
how long a health check on a connection of its own took, alone and among them. The floor is .2 s at most.
"""

import argparse
import asyncio
import http.client
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
PROCESSES = 2
"""That the strangers share: as many as there are cores."""
EVERY = 0.05
"""Seconds between two health checks; a container's health check comes every some seconds."""
START_SECONDS = 120.0
LIVE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""The key of RFC 6455, 1.3: nothing secret."""


def requests(port: int) -> dict[str, bytes]:
    """What strangers send, by what is foreign of it."""
    here, elsewhere = f"Host: 127.0.0.1:{port}\r\n", "Host: evil.example\r\n"
    foreign = "Origin: http://evil.example\r\n"
    said = {
        "origin": f"GET / HTTP/1.1\r\n{here}{foreign}Connection: close\r\n\r\n",
        "host": f"GET /review HTTP/1.1\r\n{elsewhere}Connection: close\r\n\r\n",
        "live": f"GET /_stcore/stream HTTP/1.1\r\n{here}{foreign}{LIVE.format(key=KEY)}\r\n",
        "half": f"GET / HTTP/1.1\r\n{elsewhere}X-Waiting: ",
    }
    return {name: text.encode() for name, text in said.items()}


async def try_the_door(port: int, kind: str, asked: bytes, heard: Counter[str]) -> None:
    """Ask over and over, on a new connection each time; what was sent by half is held open."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(asked)
            status = (await reader.readline()).split()[1].decode()
            writer.close()
        except (OSError, IndexError):
            status = "cut off"
        heard[f"{kind} {status}"] += 1


def strangers(port: int, many: int, said: Connection) -> None:
    """So many at once, until told to stop; then says what they heard."""
    heard: Counter[str] = Counter()
    kinds = list(requests(port).items())

    async def all_of_them() -> None:
        work = [asyncio.create_task(try_the_door(port, *kinds[n % len(kinds)], heard)) for n in range(many)]
        said.send("ready")
        while not said.poll():
            await asyncio.sleep(EVERY)
        for one in work:
            one.cancel()

    asyncio.run(all_of_them())
    said.send(heard)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int) -> float:
    """Seconds of one health check, from the connection to the answer."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    connection.request("GET", "/health")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b'{"status":"ok"}'), answer.status
    connection.close()
    return time.perf_counter() - start


@contextmanager
def served(home: Path, port: int) -> Iterator[psutil.Process]:
    """`curation serve` on this port."""
    own = {"CURATION_HOME": str(home), "CURATION_PROXY_SECRET": "x" * 40, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "curation", "serve", "--port", str(port)]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, env={**os.environ, **own}, cwd=ROOT, stdout=log, stderr=log)
        until = time.monotonic() + START_SECONDS
        while True:
            with suppress(OSError):
                ask(port)
                break
            assert server.poll() is None and time.monotonic() < until, (home / "log").read_text()
            time.sleep(EVERY)
        yield psutil.Process(server.pid)
        server.send_signal(signal.SIGTERM)
        server.wait()


def measured(port: int, seconds: float) -> str:
    """How long health checks took over so many seconds, in words."""
    times, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        times.append(ask(port))
        time.sleep(EVERY)
    times.sort()
    middle, most = times[len(times) // 2], times[min(int(len(times) * 0.95), len(times) - 1)]
    ms = " ".join(f"{name} {value * 1000:.0f}" for name, value in zip(("p50", "p95", "max"), (middle, most, times[-1])))
    return f"{len(times)} health checks, ms: {ms}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--seconds", type=float, default=10.0)
    arguments.add_argument("--strangers", type=int, default=100)
    asked = arguments.parse_args()
    port, context = free_port(), multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as home, served(Path(home), port) as server:
        print(f"load {os.getloadavg()[0]:.1f}; alone: {measured(port, asked.seconds)}", flush=True)
        pipes, running = [], []
        for _ in range(PROCESSES):
            here, there = context.Pipe()
            running.append(context.Process(target=strangers, args=(port, asked.strangers // PROCESSES, there)))
            running[-1].start()
            pipes.append(here)
        for pipe in pipes:
            pipe.recv()
        before = server.cpu_times()
        said = measured(port, asked.seconds)
        after = server.cpu_times()
        for pipe in pipes:
            pipe.send("enough")
        heard: Counter[str] = sum((pipe.recv() for pipe in pipes), Counter())
        for one in running:
            one.join()
        answers = ", ".join(f"{number} {name}" for name, number in sorted(heard.items()))
        used = (after.user + after.system - before.user - before.system) / max(sum(heard.values()), 1)
        print(f"load {os.getloadavg()[0]:.1f}; among {asked.strangers} strangers: {said}")
        print(f"they heard: {answers}; {used * 1000:.1f} ms of the server's processor each")


if __name__ == "__main__":
    main()
