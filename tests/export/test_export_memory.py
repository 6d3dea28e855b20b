"""What an export holds in memory of rows that stand in a file: a part of them at a time, not a second copy of all."""

import json
import subprocess
import sys
from pathlib import Path

from curation.records import dataset

SCRIPT = Path(__file__).with_name("export_in_pieces.py")


def test_an_export_holds_no_copy_of_all_texts(tmp_path: Path) -> None:
    said = subprocess.run([sys.executable, str(SCRIPT), str(tmp_path)], check=True, capture_output=True, text=True)
    held = json.loads(said.stdout)
    assert held["train"] == 32_000
    assert held["most"] < 0.6 * held["rows"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "rows.arrow"]


def test_rows_taken_in_their_order_are_those_taken_one_by_one() -> None:
    rows = dataset([{"id": f"{n}", "input": f"question {n}", "output": "yes"} for n in range(9)])
    for wanted in ([], [3], [0, 4, 8], [8, 4, 4, 0], range(9)):
        assert rows.take(wanted).values("id") == [f"{n}" for n in wanted]
