"""`--tokenizer FILE`: limits and figures in tokens are exact, and what is no tokenizer ends the command in words."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curation.cli.main import main
from curation.project import Project


def rows(path: Path) -> Path:
    path.write_text(
        "".join(f'{{"question": "How far is town {n}?", "answer": "{"so far " * (n + 1)}"}}\n' for n in range(60))
    )
    return path


def test_check_counts_with_it(tmp_path: Path, word_tokenizer: Path) -> None:
    out = tmp_path / "found.parquet"
    words = ["--only", "too_long", "--too-long-tokens", "100", "--tokenizer", str(word_tokenizer), "--quiet"]
    assert main(["check", str(rows(tmp_path / "a.jsonl")), "--out", str(out), *words]) == 0
    found = {row["row"]: json.loads(row["evidence"])["tokens"] for row in pq.read_table(out).to_pylist()}
    assert found == {n: 5 + 2 * (n + 1) for n in range(47, 60)}


def test_the_verdict_of_a_project_counts_unusable_rows_with_it_and_keeps_it(
    tmp_path: Path, word_tokenizer: Path
) -> None:
    context = tmp_path / "context.toml"
    context.write_text("[model]\ncontext_tokens = 100\n")
    folder = tmp_path / "project"
    assert main(["load", str(rows(tmp_path / "a.jsonl")), "--project", str(folder), "--quiet"]) == 0
    words = ["--project", str(folder), "--context", str(context), "--json", "--quiet"]
    assert main(["verdict", *words, "--tokenizer", str(word_tokenizer)]) == 0
    with Project.open(folder) as project:
        item = project.verdict.required().verdict.item("integrity")
        assert item is not None
        assert item.detail["too_long"] == 13
        assert project.settings.tokenizer()
        assert not project.place.step("verdict").stale
        project.settings.drop_tokenizer()
        assert project.place.step("verdict").stale
        assert project.place.step("check").stale
        assert not project.place.step("dedup").stale


@pytest.mark.parametrize("command", ["run", "check", "verdict"])
def test_what_is_no_tokenizer_is_rejected(tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "tokenizer.json"
    broken.write_text("{}")
    out = {"run": ["--out", str(tmp_path / "out")], "check": ["--out", str(tmp_path / "f.parquet")], "verdict": []}
    words = [command, str(rows(tmp_path / "a.jsonl")), *out[command], "--tokenizer", str(broken), "--quiet"]
    assert main(words) == 3
    assert "tokenizer.json is no tokenizer.json that can be read. Take the" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main([*words[:-2], str(tmp_path / "none.json"), "--quiet"]) == 2


def test_a_preflight_counts_with_it(tmp_path: Path, word_tokenizer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["run", str(rows(tmp_path / "a.jsonl")), "--out", str(out), "--recipe", "trl", "--quiet"]) == 0
    longest = max(
        len((row["input"] + " " + row["output"]).split()) for row in pq.read_table(out / "train.parquet").to_pylist()
    )
    capsys.readouterr()
    # a chat template is taken to add 8 tokens a turn
    fits, short = str(longest + 16), str(longest + 15)
    words = ["preflight", str(out), "--trainer", "trl", "--tokenizer", str(word_tokenizer), "--max-length"]
    assert main([*words, fits]) == 0
    assert f"limit {fits} tokens (counted)" in capsys.readouterr().out
    assert main([*words, short]) == 4
    assert f"1 row would be cut: longer than {short} tokens" in capsys.readouterr().out
