"""The child process: limits itself, reads the one tokenizer.json it is told to, and counts what it is sent.

Requests and answers are frames: the length in bytes as eight digits of a big-endian number, then JSON. The first answer
says whether the file could be read.
"""

import json
import sys
from typing import Any, BinaryIO

from curation.files.confined import limit

MEMORY = 3 << 30
"""Bytes: the largest tokenizers in use (Gemma 3, 262,000 tokens, 33 MB) take under one gigabyte to read."""


def read_frame(stream: BinaryIO) -> Any:
    """The next JSON value, None at the end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    return json.loads(stream.read(int.from_bytes(head, "big")))


def frame(value: Any) -> bytes:
    """A JSON value as it is sent."""
    body = json.dumps(value).encode()
    return len(body).to_bytes(8, "big") + body


def main(path: str) -> None:
    """Counts until nothing more is asked."""
    limit(MEMORY)
    out = sys.stdout.buffer
    try:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(path)
        # a file may ask for its texts to be cut or filled up, which is no count of them
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode("One sentence.", add_special_tokens=False)
    except BaseException:  # noqa: BLE001  Rust's panics are no Exception
        out.write(frame("unreadable"))
        return
    out.write(frame("ready"))
    out.flush()
    while (texts := read_frame(sys.stdin.buffer)) is not None:
        encoded = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        out.write(frame([len(one.ids) for one in encoded]))
        out.flush()


if __name__ == "__main__":
    main(sys.argv[1])
