"""Commands that take a file take a project as well; what a person decided there holds."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curation.cli.main import main
from curation.cli.parser import build_parser
from curation.records.context import parse_context, template

PLACES = ("Lisbon", "Oslo", "Quito", "Hanoi", "Perth", "Dakar", "Turin", "Kyoto", "Malmö", "Sofia")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    rows = [
        {"question": f"How long does a parcel to {p} take?", "answer": f"About {n + 2} days."}
        for n, p in enumerate(PLACES)
    ]
    file = tmp_path / "parcels.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in [*rows, rows[0]]), "utf-8")
    folder = tmp_path / "project"
    assert main(["load", str(file), "--project", str(folder), "--quiet"]) == 0
    return folder  # fmt: skip


def test_a_project_of_the_app_named_alone_is_told_with_the_command_that_works(
    home: Path, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "projects").mkdir(parents=True)
    project.rename(home / "projects" / "Kunden mails")
    monkeypatch.chdir(tmp_path)
    assert main(["topics", "--project", "Kunden mails", "--quiet"]) == 2
    said = capsys.readouterr().err
    command = f"curation topics --project '{home / 'projects' / 'Kunden mails'}' --quiet"
    assert said.strip().endswith(f"The command that works: {command}")
    assert main(["topics", "--project=Kunden mails"]) == 2
    assert f"curation topics '--project={home / 'projects' / 'Kunden mails'}'" in capsys.readouterr().err
    assert main(["topics", "--project", "other", "--quiet"]) == 2
    assert "curation load FILE --project other" in capsys.readouterr().err
    assert main(["project", "verify", str(home / "projects" / "Kunden mails")]) == 0


def test_duplicates_and_findings_of_a_project_are_written_and_stored(project: Path, tmp_path: Path) -> None:
    clusters, findings = tmp_path / "clusters.parquet", tmp_path / "findings.parquet"
    assert main(["dedup", "--project", str(project), "--out", str(clusters), "--quiet"]) == 0
    table = pq.read_table(clusters)
    assert table.column_names == ["row", "id", "cluster", "keeper", "kind", "similarity"]
    kinds = table["kind"].to_pylist()
    assert (table.num_rows, kinds[0], kinds[-1]) == (11, "exact", "exact")
    assert main(["check", "--project", str(project), "--out", str(findings), "--quiet"]) == 0
    assert pq.read_table(findings).column_names[:3] == ["row", "id", "check"]
    assert build_parser().parse_args(["report", "--project", "p", "--out", "r.md", "--quiet"]).quiet


def test_a_file_or_a_project_is_named_and_not_both(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = ["--out", str(tmp_path / "c.parquet")]
    assert main(["dedup", "a.csv", "--project", str(project), *out]) == 2
    assert "not both" in capsys.readouterr().err
    assert main(["check", *out]) == 2
    assert "Name one file to read, or a project" in capsys.readouterr().err
    assert main(["check", "--project", str(project), "--only", "empty", *out]) == 2
    assert "--only would leave the project" in capsys.readouterr().err
    assert main(["dedup", "--project", str(project), "--input", "question", *out]) == 2
    assert "leave out the flags" in capsys.readouterr().err


def test_the_empty_context_lists_every_section_and_reads_as_empty() -> None:
    text = template()
    assert "# [[difference]]" in text
    filled = text.replace("# [[difference]]", "[[difference]]")
    for line in ('first = "lora"', 'second = "zero_shot"', "value = 0.1", "low = 0.05", "high = 0.15", "n = 50"):
        name = line.partition(" ")[0]
        at = filled.index(f"# {name} = ", filled.index("[[difference]]"))
        filled = f"{filled[:at]}{line}\n{filled[filled.index(chr(10), at) + 1 :]}"
    (known,) = parse_context(filled, "context.toml").differences
    assert (known.first, known.value, known.n) == ("lora", 0.1, 50)
