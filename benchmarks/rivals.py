"""Other checkers of training data on the rows that findings.py has planted faults in, each in an environment of its own.

    python -m venv DIR/dropoutt && DIR/dropoutt/bin/pip install dropoutt      one folder a tool, named like it
    python benchmarks/findings.py --sets DIR --only roleplay --rows 600 --rivals DIR

Each reads the same JSON Lines file in a process of its own, ours too, as it is installed; CPU seconds and memory are
those of that process. A tool finds a fault where one of its codes for that kind (KINDS) names the row. A tool that has
no such code finds none of it, which is said of the tool, not held against it: it may be made for other things.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Codes = dict[str, tuple[str, ...]]
"""By kind of fault, the codes of a tool that speak of it."""


@dataclass(frozen=True)
class Tool:
    """How a tool is called on a file, and how its report is read: (code, row) of every row it names."""

    name: str
    command: Callable[[Path, Path, Path], list[str]]
    read: Callable[[Path, str], list[tuple[str, int]]]
    codes: Codes


@dataclass(frozen=True)
class Told:
    """What a tool named, as (code, row), what it used, and why it said nothing ("" where it ended well)."""

    named: list[tuple[str, int]]
    seconds: float
    gigabytes: float
    why: str


_MEASURED = """
import json, resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as out:
    json.dump([status, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6], out)
"""
"""Run in a small process of its own: what a process used counts what its parent held when it began."""
_DROPOUTT = """
import importlib, pkgutil, sys
import dropoutt.checks as checks
for module in pkgutil.iter_modules(checks.__path__):
    for found in vars(importlib.import_module("dropoutt.checks." + module.name)).values():
        if isinstance(found, type) and hasattr(found, "EVIDENCE_CAP"):
            found.EVIDENCE_CAP = 10**6
from dropoutt.cli import run
sys.exit(run())
"""
"""Its report shows a few rows of each finding; here all of them."""
_CLEANER = """
import json, sys
from modelbrew_cleaner import clean_file
for row in clean_file(sys.argv[1]):
    for issue in row.issues:
        print(json.dumps([issue.code, row.row_index]))
"""


def _dropoutt(folder: Path, said: str) -> list[tuple[str, int]]:
    """Rows of the evidence; its finding of loops, short answers and copies tells them apart in the excerpt."""
    named = []
    for line in (folder / "findings.jsonl").read_text("utf-8").splitlines():
        one = json.loads(line)
        for seen in one["evidence"]:
            reason = seen["excerpt"].partition(" ::")[0] if one["check_id"] == "T0-DEGEN-001" else ""
            named.append((f"{one['check_id']} {reason}".strip(), int(seen["source_index"])))
    return named


def _finelint(folder: Path, said: str) -> list[tuple[str, int]]:
    found = json.loads((folder / "report.json").read_text("utf-8"))["findings"]
    return [(one["code"], int(row)) for one in found for row in one.get("rows", [])]


def _printed(folder: Path, said: str) -> list[tuple[str, int]]:
    return [(str(code), int(row)) for code, row in map(json.loads, filter(None, said.splitlines()))]


def _ours(folder: Path, said: str) -> list[tuple[str, int]]:
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "findings.parquet", columns=["row", "check", "confidence"]).to_pylist()
    return [(one["check"], one["row"]) for one in table if one["row"] is not None and one["confidence"] >= 0.5]


TOOLS = (
    Tool(
        "ours",
        lambda home, file, out: [
            sys.executable, "-m", "curation", "check", str(file), "--out", str(out / "findings.parquet"), "--quiet",
            "--input", "instruction", "--output", "output",
        ],
        _ours,
        {
            "repetition": ("repetition",), "refusal": ("refusal",), "filler": ("placeholder",), "injection": ("injection",),
            "chat page": ("page_residue",), "out of reach": ("out_of_reach",), "second example": ("merged_examples",),
            "cut off": ("truncated",), "no input": ("stand_in_text",), "swapped": ("mismatch",),
        },
    ),
    Tool(
        "dropoutt",
        lambda home, file, out: [
            str(home / "bin" / "python"), "-c", _DROPOUTT, "scan", str(file), "--offline", "--no-html", "--no-open", "--quiet",
            "--workers", "1", "--out", str(out),
        ],
        _dropoutt,
        {"repetition": ("T0-DEGEN-001 response repeats itself",), "refusal": ("T1-IDENT-001",), "cut off": ("T0-TRUNC-002",),
         "filler": ("T0-DEGEN-001 response is trivial", "T0-DEGEN-001 trivial response")},
    ),
    Tool(
        "modelbrew-cleaner",
        lambda home, file, out: [str(home / "bin" / "python"), "-c", _CLEANER, str(file)],
        _printed,
        {"repetition": ("repetitive_output",), "refusal": ("refusal_response", "refusal_response_soft"),
         "filler": ("placeholder_answer", "lazy_output", "undefined_variable_ref"),
         "injection": ("prompt_injection", "jailbreak_pattern"), "cut off": ("unfinished_response",),
         "chat page": ("html_noise", "markdown_noise"), "swapped": ("likely_mislabeled",)},
    ),
    Tool(
        "finelint",
        lambda home, file, out: [
            str(home / "bin" / "finelint"), "inspect", str(file), "--schema", "alpaca", "--report",
            str(out / "report.json"), "--affected-records", str(out / "rows.json"),
        ],
        _finelint,
        {},
    ),
)  # fmt: skip


def tell(tool: Tool, home: Path, rows: list[dict[str, str]]) -> Told:
    """What a tool names of these rows (input and output), in a process of its own."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        file, out = folder / "rows.jsonl", folder / "out"
        out.mkdir()
        lines = ({"instruction": row["input"], "input": "", "output": row["output"]} for row in rows)
        file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
        command = [sys.executable, "-c", _MEASURED, str(folder / "used"), *tool.command(home, file, out)]
        with (folder / "said").open("wb") as said, (folder / "noise").open("wb") as noise:
            subprocess.run(command, stdout=said, stderr=noise, check=True)
        status, seconds, gigabytes = json.loads((folder / "used").read_text("utf-8"))
        try:
            named = tool.read(out, (folder / "said").read_text("utf-8"))
        except (OSError, ValueError, KeyError):
            return Told(
                [], seconds, gigabytes, (folder / "noise").read_text("utf-8", "replace")[-300:] or f"status {status}"
            )
    return Told(named, seconds, gigabytes, "")


def table(homes: Path, rows: list[dict[str, str]], kinds: dict[int, str]) -> None:
    """Print how many of each kind each tool finds, the rows without a fault it names for one, CPU seconds and memory."""
    names = list(dict.fromkeys(kinds.values()))
    print(f"| tool | {' | '.join(names)} | rows without a fault | CPU s | GB |")
    print("|" + "---|" * (len(names) + 4))
    for tool in TOOLS:
        home = homes / tool.name
        if tool.name != "ours" and not home.exists():
            print(f"| {tool.name} | not installed in {home} |")
            continue
        told = tell(tool, home, rows)
        if told.why:
            print(f"| {tool.name} | failed: {told.why!r} |")
            continue
        cells = []
        for name in names:
            codes = tool.codes.get(name, ())
            found = {row for code, row in told.named if code in codes and kinds.get(row) == name}
            cells.append(str(len(found)) if codes else "–")
        every = {code for codes in tool.codes.values() for code in codes}
        others = {row for code, row in told.named if code in every and row not in kinds}
        print(
            f"| {tool.name} | {' | '.join(cells)} | {len(others)} | {told.seconds:.0f} | {told.gigabytes:.2f} |",
            flush=True,
        )
