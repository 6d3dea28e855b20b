"""`curation gate` and `--personal`, as a person and a CI job use them."""

import json
from pathlib import Path

import pytest

from curation.cli.main import main
from curation.project import Project


@pytest.fixture
def exported(project: Project, tmp_path: Path) -> tuple[Path, str]:
    """An export of the project and its verdict's outcome, which allows no training on so few rows."""
    project.export(tmp_path / "set")
    body = project.last_verdict()
    assert body is not None
    return tmp_path / "set", str(body["verdict"]["outcome"])


def test_the_gate_opens_with_an_approval_and_closes_with_a_change(
    exported: tuple[Path, str], project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    out, outcome = exported
    assert main(["gate", str(out)]) == 4
    assert "nobody approved" in capsys.readouterr().err
    assert main(["gate", str(out), "--approve", "Ann"]) == 4
    assert f"--waive {outcome}=" in capsys.readouterr().err
    waiver = ["--approve", "Ann", "--waive", f"{outcome}=a pilot", "--json"]
    assert main(["gate", str(out), *waiver, "--project", str(project.folder)]) == 0
    assert json.loads(capsys.readouterr().out)["waivers"] == {outcome: "a pilot"}
    assert main(["gate", str(out)]) == 0
    assert f"waived {outcome}: a pilot" in capsys.readouterr().out
    shown = project.queue_page(project.review_filter(), -1, 1)[0][1]
    project.decide(shown.id, "reject", shown.version)
    assert main(["gate", str(out)]) == 0
    assert main(["gate", str(out), "--project", str(project.folder)]) == 4
    told = capsys.readouterr().err
    assert "have changed since this export" in told
    assert len(told.splitlines()) <= 2


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--waive", "clean=x"], "--approve"),
        (["--approve", "Ann", "--waive", "clean"], "gives no reason"),
        (["--approve", ""], "name of the person"),
    ],
)
def test_wrong_usage_of_the_gate_is_said(
    exported: tuple[Path, str], flags: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gate", str(exported[0]), *flags]) == 2
    assert says in capsys.readouterr().err


def test_a_folder_that_is_no_export_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", str(tmp_path)]) == 2
    assert "not an export" in capsys.readouterr().err


def test_personal_data_is_masked_on_request_and_told_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"question number {n} about my order,refund\n" for n in range(6))
    (tmp_path / "a.csv").write_text(f"text,category\n{rows}write to ann.lee@acme-corp.org please,refund\n")
    assert main(["run", str(tmp_path / "a.csv"), "--out", str(tmp_path / "kept")]) == 0
    assert "1 row with personal data or keys went into the export unchanged" in capsys.readouterr().err
    assert main(["run", str(tmp_path / "a.csv"), "--out", str(tmp_path / "masked"), "--personal", "mask"]) == 0
    assert "personal data" not in capsys.readouterr().err
    assert json.loads((tmp_path / "masked" / "manifest.json").read_text())["personal"] == {
        "rows": 1,
        "treatment": "mask",
    }
