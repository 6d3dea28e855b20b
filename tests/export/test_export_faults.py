"""What the command line refuses early, and what an export leaves out because nothing stands in it."""

import json
from pathlib import Path

import pytest

from curation.cli.main import main

ROWS = "".join(f"question number {n} about my order,answer {n}\n" for n in range(8))


def test_empty_rows_are_removed_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"question,answer\n{ROWS},lost\nwhere is my parcel,\n")
    assert main(["run", str(tmp_path / "a.csv"), "--out", str(tmp_path / "set"), "--quiet"]) == 0
    manifest = json.loads((tmp_path / "set" / "manifest.json").read_text())
    counts = manifest["counts"]
    assert manifest["removed"].get("empty output") == 1
    assert counts["rows_in"] == 10 == counts["kept"] + counts["removed"] + counts["rejected"]
    assert "curation" in manifest["versions"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "FILE", "--out", "FILE/x"], "is a file"),
        (["dedup", "FILE", "--out", "OUT.csv"], ".parquet"),
        (["check", "FILE", "--out", "OUT.csv"], ".parquet"),
        (["dedup", "FILE", "--out", "OUT.parquet", "--workers", "0"], "from 1 to 64"),
    ],
)
def test_what_cannot_be_written_is_said_first(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(f"question,answer\n{ROWS}")
    names = {"FILE": str(tmp_path / "a.csv"), "OUT": str(tmp_path / "out")}
    given = [text.replace("FILE", names["FILE"]).replace("OUT", names["OUT"]) for text in arguments]
    assert main(given) == 2
    assert says in capsys.readouterr().err


def test_a_rejected_load_leaves_no_project(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"%PDF-1.7 x")
    assert main(["load", str(tmp_path / "a.csv"), "--project", str(tmp_path / "p")]) == 3
    assert not (tmp_path / "p").exists()
