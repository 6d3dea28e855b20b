"""The flags of `curation measure`; apart from what it does, so that `--help` loads nothing else."""

import argparse
from pathlib import Path

from curation.measure.plan import ARMS

MOST_CALLS = 1000
"""Unless --max-calls says otherwise: three arms of 200 rows, and some to spare for retries."""


def add_context(parser: argparse.ArgumentParser) -> None:
    """The flag that names a context file."""
    words = "what you know about the task; `curation context` makes an empty file to fill in"
    parser.add_argument("--context", type=Path, metavar="C.toml", help=words)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `curation measure`."""
    parser.add_argument("files", nargs="?", type=Path, metavar="FILE", help="left out: the examples of --project")
    for side in ("input", "output", "label", "group"):
        parser.add_argument(f"--{side}", metavar="COL", help=f"the {side} column (left out, it is guessed)")
    parser.add_argument("--project", type=Path, metavar="DIR", help="where examples, calls and results are kept")
    add_context(parser)
    parser.add_argument("--endpoint", metavar="URL", help="an OpenAI-compatible one, like http://127.0.0.1:8080/v1")
    parser.add_argument(
        "--model", metavar="NAME", help="as the endpoint calls it; with --import the one that gave the outputs"
    )
    parser.add_argument("--completions", action="store_true", help="a base model: plain text instead of chat")
    parser.add_argument("--arms", default="", metavar="A,B", help=f"of {', '.join(ARMS)}")
    parser.add_argument("--knowledge", type=Path, metavar="FILE", help="texts to look answers up in (UTF-8)")
    parser.add_argument("--template", type=Path, metavar="FILE", help="a prompt of your own with {input} in it")
    parser.add_argument("--instruction", default="", metavar="TEXT", help="in place of the first sentence of ours")
    parser.add_argument("--rows", type=int, default=200, metavar="N", help="rows held back and asked (default 200)")
    parser.add_argument("--every-row", action="store_true", help="ask all of them, even where the answer is clear")
    parser.add_argument("--reply-tokens", type=int, default=0, metavar="N", help="left out: from the outputs' lengths")
    parser.add_argument("--timeout", type=float, default=30.0, metavar="S", help="seconds a call may take (default 30)")
    parser.add_argument("--max-calls", type=int, default=MOST_CALLS, metavar="N", help=f"default {MOST_CALLS:,}")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="of all calls together")
    parser.add_argument("--max-cost", type=float, metavar="X", help="of all calls, at the context's prices")
    parser.add_argument("--send-personal-data", action="store_true", help="also rows with personal data or keys")
    parser.add_argument("--import", dest="outputs", type=Path, metavar="OUTPUTS", help="outputs a model gave elsewhere")
    parser.add_argument("--arm", default="", metavar="NAME", help="the arm these outputs belong to")
    parser.add_argument("--hosted", action="store_true", help="these outputs come from a model outside your network")
    parser.add_argument("--held-out", type=Path, metavar="F.jsonl", help="only write the rows to be asked")
