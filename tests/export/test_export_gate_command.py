"""`curation gate` and `--personal`, as a person and a CI job use them."""

import json
from pathlib import Path

import numpy as np
import pytest

from curation.cli.main import main
from curation.project import Project
from curation.records import Filter
from curation.records.context import Context, Task


@pytest.fixture
def exported(project: Project, tmp_path: Path) -> tuple[Path, str]:
    """An export of the project and its verdict's outcome, which allows no training on so few rows."""
    project.exports.write(tmp_path / "set")
    return tmp_path / "set", project.verdict.required().verdict.outcome


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
    shown = project.decisions.queue.page(Filter("all"), -1, 1)[0][1]
    project.decisions.decide(shown.id, "reject", shown.version)
    assert main(["gate", str(out)]) == 0
    assert capsys.readouterr().err == ""
    with_project = ["gate", str(out), "--project", str(project.folder)]
    assert main(with_project) == 0
    assert capsys.readouterr().err == "note: This export is older than the project: by 1 decision.\n"
    assert main([*with_project, "--current"]) == 4
    told = capsys.readouterr().err
    assert "older than the project: by 1 decision" in told
    assert "Export and approve again, or leave out --current." in told
    assert len(told.splitlines()) == 1


def test_an_export_of_another_project_is_not_let_through(
    exported: tuple[Path, str], tmp_path: Path, tickets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, outcome = exported
    other = Project.open(tmp_path / "other", create=True)
    other.examples.load(tickets)
    other.close()
    waiver = ["--approve", "Ann", "--waive", f"{outcome}=a pilot"]
    assert main(["gate", str(out), "--project", str(tmp_path / "other"), *waiver]) == 4
    assert "not from the project other" in capsys.readouterr().err
    assert not (out / "approval.json").exists()


def test_an_approval_without_its_project_says_that_it_is_noted_nowhere(
    exported: tuple[Path, str], project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    out, outcome = exported
    waiver = ["--approve", "Ann", "--waive", f"{outcome}=a pilot"]
    assert main(["gate", str(out), *waiver]) == 0
    assert "add --project DIR to have it noted" in capsys.readouterr().err
    before = project.place.verify().events
    assert main(["gate", str(out), *waiver, "--project", str(project.folder)]) == 0
    assert project.place.verify().events == before + 1


def test_what_else_changed_since_the_export_is_said_and_notes_change_nothing(
    exported: tuple[Path, str], project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    out, outcome = exported
    current = ["gate", str(out), "--project", str(project.folder), "--current"]
    assert main([*current, "--approve", "Ann", "--waive", f"{outcome}=a pilot"]) == 0
    assert capsys.readouterr().err == ""
    project.settings.save_context(Context(task=Task(kind="classification")))
    project.examples.add("a new question", "", "refund", True)
    assert main(current[:-1]) == 0
    assert "changed since: the examples, the files in the set, what you declared" in capsys.readouterr().err
    assert main(current) == 4
    assert main(["gate", str(out), "--current"]) == 2


def test_an_export_from_before_exports_were_noted_passes_while_the_project_would_export_the_same(
    exported: tuple[Path, str], project: Project, tmp_path: Path, tickets: Path
) -> None:
    out, outcome = exported
    same = Project.open(tmp_path / "same", create=True)
    same.examples.load(tickets)
    same.duplicates.find()
    same.exports.approve("Ann", {outcome: "a pilot"}, out)
    assert main(["gate", str(out), "--project", str(same.folder), "--current"]) == 0
    same.decisions.decide(same.examples.dataset().values("id")[0], "reject", 0)
    assert main(["gate", str(out), "--project", str(same.folder)]) == 4
    same.close()


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


def test_an_export_is_let_through_for_what_its_verdict_allows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    words = [f"{a}{b}" for a in ("ba", "ke", "li", "mo", "nu", "pa") for b in ("ton", "ver", "sim", "lar", "dok")]
    rows = [
        f"{thing} {' '.join(rng.choice(words, 6, replace=False))},{thing}"
        for _ in range(60)
        for thing in ("parcel", "refund", "login")
    ]
    file, folder, out = tmp_path / "easy.csv", tmp_path / "easy", tmp_path / "set"
    file.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    with Project.open(folder, create=True) as project:
        project.examples.load(file)
        project.settings.save_context(Context(Task("accuracy", 0.8)))
        project.exports.write(out)
    gate = ["gate", str(out), "--project", str(folder)]
    assert main([*gate, "--approve", "Ann"]) == 4
    assert "its verdict is classifier" in capsys.readouterr().err
    assert main([*gate, "--for", "classifier", "--approve", "Ann"]) == 0
    assert main([*gate, "--for", "classifier", "--current"]) == 0
    assert "verdict classifier" in capsys.readouterr().out
    assert main(gate) == 4
