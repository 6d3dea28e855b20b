"""What people see while a command works: a bar on a terminal that no result is glued to, lines in a log, or nothing."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from curation.cli.terminal import lines

SAMPLE = Path(__file__).parents[2] / "sample_data" / "support_tickets.csv"


def on_a_terminal(*words: str) -> str:
    """All that a command writes where stdout and stderr are one terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    command = [sys.executable, "-m", "curation", *words]
    child = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # how a Linux terminal says that nobody writes to it any more
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    assert child.wait() == 0
    return written.decode()


def left_standing(written: str) -> list[str]:
    """The lines a person reads in the end: what was erased is gone, colours and cursor moves are not shown."""
    rows: list[str] = []
    for row in written.replace("\r\n", "\n").split("\n"):
        if "\x1b[1A\x1b[2K" in row:  # one line up, and that line erased
            rows.pop()
        rows.append(row.rpartition("\x1b[2K")[2])
    return [re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", row).replace("\r", "") for row in rows]


def test_a_bar_tells_the_time_left_and_every_result_has_a_line_of_its_own(tmp_path: Path) -> None:
    written = on_a_terminal("dedup", str(SAMPLE), "--out", str(tmp_path / "c.parquet"), "--json")
    assert "━" in written
    assert re.search(r"\d:\d\d:\d\d", written)
    rows = left_standing(written)
    assert not any("━" in row or "%" in row for row in rows)
    assert rows[0].startswith("support_tickets.csv: 451 rows = ")
    assert "{" in rows
    assert rows[-2:] == ["}", ""]


def test_quiet_draws_nothing(tmp_path: Path) -> None:
    written = on_a_terminal("dedup", str(SAMPLE), "--out", str(tmp_path / "c.parquet"), "--quiet")
    assert "\x1b" not in written
    assert written.splitlines()[0].endswith("c.parquet: rows by kind")


def test_a_log_has_a_line_for_a_new_step_and_every_half_minute_of_a_long_one() -> None:
    written: list[str] = []
    now = [0.0]
    show = lines(written.append, lambda: now[0])
    for second, done, message in [
        (0.2, 0.0, "reading a.csv: 10 rows"),
        (2.0, 0.1, "reading a.csv: 1,000 rows"),
        (3.0, 0.2, "reading a.csv: 2,000 rows"),
        (3.5, 0.3, "comparing pairs"),
        (3.6, 0.4, "a step too short to tell"),
        (20.0, 0.5, "comparing pairs"),
        (40.0, 0.8, "comparing pairs"),
        (41.5, 0.9, "writing \x1b[2K"),
    ]:
        now[0] = second
        show(done, message)
    assert written == [
        " 10 %  reading a.csv: 1,000 rows",
        " 30 %  comparing pairs, about 8 s left",
        " 80 %  comparing pairs, about 10 s left",
        " 90 %  writing ⟨U+001B⟩[2K, about 5 s left",
    ]
