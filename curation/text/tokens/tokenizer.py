"""The model's own tokenizer: a tokenizer.json that somebody gave us, read and run in a child process."""

import contextlib
import os
import selectors
import subprocess
import sys
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from curation.errors import CurationError, InputRejected, UsageError
from curation.files.confined import HAS_LIMITS, environment
from curation.text.tokens import Counts
from curation.text.tokens.batches import batches
from curation.text.tokens.child import frame

LARGEST = 100_000_000
"""Bytes. Tokenizers in use have up to 35 MB (Gemma 3's, the largest we know)."""
SECONDS = 60
"""What reading the file, or counting one batch, may take: a hundred times what the largest needs."""
BATCH = 500_000
"""Characters sent in one go; a tokenizer counts some megabytes a second."""
WHERE = "Take the tokenizer.json from the model's folder."


class Tokenizer:
    """Counts tokens with a tokenizer.json; `with Tokenizer(path) as counter:` ends its process.

    Raises UsageError where there is no such file; InputRejected where it is too large, no tokenizer.json, or the
    tokenizer does not come to an end with a text; CurationError where the system has no limits to run it under. What
    is counted has no special tokens.
    """

    is_exact = True

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise UsageError(f"{path}: no such file. {WHERE}")
        if path.stat().st_size > LARGEST:
            raise InputRejected(f"{path.name} is larger than {LARGEST // 10**6} MB, which no tokenizer is. {WHERE}")
        if not HAS_LIMITS:
            raise CurationError(
                f"{path.name}: not read. A tokenizer runs in a process whose memory is limited, which Windows cannot. "
                "Leave it out to estimate tokens, or use Linux, macOS, or Windows' own WSL."
            )
        self.name = path.name
        command = [sys.executable, "-P", "-m", "curation.text.tokens.child", str(path.absolute())]
        env = environment() | {"TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"}
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
        )
        self._ended = weakref.finalize(self, _end, self._child)
        try:
            if self._answer() != "ready":
                raise InputRejected(f"{self.name} is no tokenizer.json that can be read. {WHERE}")
        except InputRejected:
            self.close()
            raise

    def counts(self, texts: Sequence[str]) -> Counts:
        """Tokens of these texts."""
        values: list[int] = []
        for batch in batches(texts, BATCH):
            self._ask(batch)
            counted = self._answer()
            if not isinstance(counted, list) or len(counted) != len(batch):
                raise self._broken()
            values += counted
        return Counts.exact(values)

    def close(self) -> None:
        """End the process."""
        self._ended()

    def __enter__(self) -> "Tokenizer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _ask(self, texts: Sequence[str]) -> None:
        assert self._child.stdin is not None
        # a lone half of a surrogate pair is no text, and no tokenizer takes it
        sent = frame([text.encode("utf-8", "replace").decode("utf-8") for text in texts])
        try:
            self._child.stdin.write(sent)
            self._child.stdin.flush()
        except OSError:
            raise self._broken() from None

    def _answer(self) -> Any:
        """What the child says next. Raises InputRejected where it says nothing in time, or has ended."""
        head = self._read(8)
        return orjson.loads(self._read(int.from_bytes(head, "big")))

    def _read(self, size: int) -> bytes:
        assert self._child.stdout is not None
        deadline, parts = time.monotonic() + SECONDS, b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._child.stdout, selectors.EVENT_READ)
            while len(parts) < size:
                if not waiting.select(max(0.0, deadline - time.monotonic())):
                    raise self._broken("does not come to an end")
                part = os.read(self._child.stdout.fileno(), size - len(parts))
                if not part:
                    raise self._broken()
                parts += part
        return parts

    def _broken(self, why: str = "ended with an error") -> InputRejected:
        return InputRejected(
            f"{self.name}: this tokenizer {why}, so it cannot be used. {WHERE} Without one, tokens are estimated."
        )


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            # what was still to be sent to a child that has ended is of no use
            with contextlib.suppress(OSError):
                stream.close()
