"""The report of a project: rows that add up, rows before and after, a date that is given, nothing private."""

import json
from pathlib import Path
from typing import Any

import pytest

from curation.cli.main import main
from curation.project import Project

MAIL = "write to jane.doe@mail-provider.net"


def as_json(project: Project, date: str = "2026-11-29", seed: int = 0) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(project.exports.report("json", date, seed))["summary"]
    return summary


def test_rows_in_are_kept_and_left_out_rows_and_rejected_ones(project: Project, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text("text,category\nplease send my money back,refund\n,refund\nhow to log in,account,odd\n")
    project.examples.load(more)
    project.verdict.analyse()
    rows = as_json(project)["rows"]
    assert rows["removed"] == {"exact duplicate": 1, "empty input": 1}
    assert rows["kept"] + sum(rows["removed"].values()) + rows["rejected"] == 12
    text = project.exports.report("md", "2026-11-29")
    assert "12 examples came in, one a row." in text
    assert "29 November 2026" in text
    assert "prepared by" not in text  # nobody has said who works at this computer


def test_a_corrected_and_a_left_out_row_are_shown_before_and_after(project: Project) -> None:
    ids = project.examples.curated().dataset.values("id")
    rows = project.examples.stored.get_all(ids[:2])
    project.decisions.decide(rows[0].id, "label", rows[0].version, "delivery", "Ann")
    project.decisions.decide(rows[1].id, "reject", rows[1].version, "", "Ann")
    project.verdict.analyse()
    shown = as_json(project)["examples"]
    assert [one["what"] for one in shown] == ["Corrected by a person", "Left out: rejected in review"]
    assert shown[0]["before"].endswith(f"→ {rows[0].label}")
    assert shown[0]["after"].endswith("→ delivery")
    assert as_json(project) == as_json(project)


def test_private_texts_are_masked_in_the_report(project: Project, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text(f"text,category\n{MAIL},refund\n{MAIL},refund\n")
    project.examples.load(more)
    project.verdict.analyse()
    page = project.exports.report("json", "2026-11-29")
    assert "[email]" in page
    assert "jane.doe" not in page + project.exports.report("html") + project.exports.report("md")


def test_the_date_is_printed_and_changes_neither_data_nor_manifest(tickets: Path, tmp_path: Path) -> None:
    for day in ("2026-11-28", "2026-11-29"):
        assert main(["run", str(tickets), "--out", str(tmp_path / day), "--date", day, "--quiet"]) == 0
    one, two = tmp_path / "2026-11-28", tmp_path / "2026-11-29"
    apart = {"record.json", "report.html", "report.md", "report.json"}
    names = {path.name for path in one.iterdir()}
    assert apart < names
    for name in sorted(names):
        assert ((one / name).read_bytes() == (two / name).read_bytes()) == (name not in apart), name
    assert "28 November 2026" in (one / "report.html").read_text(encoding="utf-8")


def test_the_same_date_gives_the_same_report(tickets: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert main(["run", str(tickets), "--out", str(tmp_path / name), "--date", "2026-11-29", "--quiet"]) == 0
    for suffix in ("html", "md", "json"):
        first, second = ((tmp_path / name / f"report.{suffix}").read_bytes() for name in ("one", "two"))
        assert first == second


def test_a_date_that_is_none_is_refused(tickets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(tickets), "--out", str(tmp_path / "out"), "--date", "29.11.2026"]) == 2
    assert "write one like 2026-11-29" in capsys.readouterr().err


def test_without_a_context_the_verdict_asks_the_questions_that_matter(
    tickets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verdict", str(tickets), "--quiet"]) == 0
    said = capsys.readouterr().out
    assert "answers would tell most" in said
    assert 'task.metric = "accuracy"' in said
    context = tmp_path / "context.toml"
    context.write_text('format = 2\ntask.metric = "accuracy"\ntask.target = 0.9\n')
    assert main(["verdict", str(tickets), "--quiet", "--context", str(context)]) == 0
    assert "would tell most" not in capsys.readouterr().out


def test_a_target_nearer_than_the_gain_is_noted(
    tickets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    context = tmp_path / "context.toml"
    context.write_text(
        'format = 2\ntask = {metric = "accuracy", target = 0.9, minimum_lift = 0.05}\n'
        'arm = [{name = "few_shot", score = 0.88, n = 300}]\n'
    )
    assert main(["verdict", str(tickets), "--context", str(context)]) == 0
    assert "tuning can never be the answer" in capsys.readouterr().err
