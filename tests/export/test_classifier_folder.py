"""`curation classifier`: a folder with the model, its score and a card whose example runs, whole or not at all."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from curation.cli.main import main
from curation.project import Project
from curation.wording import percent

ROOT = Path(__file__).parents[2]
FILES = {"model.skops", "README.md", "score.json"}
OWN = {
    "delivery": ["parcel", "courier", "door", "late"],
    "refund": ["money", "back", "refund", "charged"],
    "account": ["login", "password", "email", "locked"],
}


def asked(label: str, each: int, seed: int = 0) -> list[str]:
    """Texts of two of the label's words among others, no two alike."""
    rng = np.random.default_rng([seed, *label.encode()])
    return [
        " ".join([*rng.choice(OWN[label], 2, replace=False), *rng.choice(WORDS, 5, replace=False)]) for _ in range(each)
    ]


WORDS = [
    f"{a}{b}"
    for a in ("ba", "ke", "li", "mo", "nu", "pa", "re", "si")
    for b in ("ton", "ver", "sim", "lar", "dok", "fen")
]


def loaded(folder: Path, each: int = 40, more: Sequence[str] = ()) -> Path:
    rows = [f"{text},{label}" for label in OWN for text in asked(label, each)]
    file = folder / "tickets.csv"
    file.write_text("\n".join(["text,category", *rows, *more]), encoding="utf-8")
    assert main(["load", str(file), "--project", str(folder / "project"), "--quiet"]) == 0
    return folder / "project"


@pytest.fixture(scope="module")
def tickets_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return loaded(tmp_path_factory.mktemp("classifier"))


@pytest.fixture(scope="module")
def out(tickets_project: Path) -> Path:
    out = tickets_project.parent / "taken"
    assert main(["classifier", "--project", str(tickets_project), "--out", str(out), "--quiet"]) == 0
    return out


@pytest.fixture(scope="module")
def score(out: Path) -> dict:
    return json.loads((out / "score.json").read_text(encoding="utf-8"))


def test_it_learned_from_every_row_that_an_export_keeps(out: Path, score: dict, tickets_project: Path) -> None:
    assert {path.name for path in out.iterdir()} == FILES
    with Project.open(tickets_project) as project:
        assert score["dataset"] == project.exports.digest()
    assert sum(score["learned"].values()) == score["rows"] > 100
    for name, digest in score["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def test_its_score_is_that_of_the_verdict(score: dict, tickets_project: Path) -> None:
    with Project.open(tickets_project) as project:
        evidence = project.verdict.required().verdict.evidence
    item = next(item for item in evidence if item.id == "classifier")
    assert score["held_out"]["accuracy"] == [item.value, item.low, item.high]
    assert set(score["held_out"]["recalls"]) == set(score["learned"])


def test_the_card_says_what_it_is_what_it_scored_and_what_it_cannot_do(out: Path, score: dict) -> None:
    card = (out / "README.md").read_text(encoding="utf-8")
    value, low, high = score["held_out"]["macro_f1"]
    assert f"| Macro F1 | {percent(value, 1)} | {percent(low, 1).removesuffix(' %')} to {percent(high, 1)} |" in card
    assert f"It learned from {score['rows']:,} rows (digest `{score['dataset']}`, seed 0)." in card
    for label, rows in score["learned"].items():
        assert f"| {label} | {rows} | {score['held_out']['rows_of'][label]} |" in card
    assert "always gives one of its labels" in card
    assert f"| scikit-learn | {score['versions']['scikit-learn']} |" in card


def test_the_example_of_the_card_serves_the_model_without_this_package(out: Path, tmp_path: Path) -> None:
    card = (out / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", card, flags=re.DOTALL)
    assert len(code.splitlines()) <= 10
    script = tmp_path / "serve.py"
    script.write_text(f'{code}\nimport sys\nprint(label("the courier lost my parcel"), "curation" in sys.modules)\n')
    ran = subprocess.run([sys.executable, "-W", "error", script], cwd=out, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["delivery", "False"]


def test_another_process_writes_the_same_bytes(out: Path, tickets_project: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    words = ["classifier", "--project", str(tickets_project), "--out", str(again), "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "curation", *words], env={**os.environ, "PYTHONHASHSEED": "7"}, check=True,
        capture_output=True, cwd=ROOT,
    )  # fmt: skip
    for name in FILES:
        assert (out / name).read_bytes() == (again / name).read_bytes(), name


def test_an_earlier_classifier_is_replaced_and_nothing_else(
    out: Path, tickets_project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "taken"
    words = ["classifier", "--project", str(tickets_project), "--out", str(target), "--quiet"]
    assert main(words) == 0
    assert main(words) == 0
    (target / "notes.txt").write_text("mine")
    assert main(words) == 2
    assert "files that are not from a classifier (notes.txt)" in capsys.readouterr().err
    assert main(["export", "--project", str(tickets_project), "--out", str(out), "--quiet"]) == 2
    assert "is not empty and not an earlier export" in capsys.readouterr().err
    assert {path.name for path in out.iterdir()} == FILES


def test_a_disk_that_refuses_leaves_nothing(tickets_project: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.write_text("a file, not a folder")
    assert main(["classifier", "--project", str(tickets_project), "--out", str(closed / "x"), "--quiet"]) == 2
    assert closed.read_text() == "a file, not a folder"


def test_free_text_has_no_classifier_and_few_rows_neither(
    tmp_path: Path, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, target = tmp_path / "free", tmp_path / "taken"
    lines = [{"prompt": text, "completion": f"We will see to it: {text}."} for text in asked("refund", 30)]
    (tmp_path / "free.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert main(["load", str(tmp_path / "free.jsonl"), "--project", str(folder), "--quiet"]) == 0
    assert main(["classifier", "--project", str(folder), "--out", str(target), "--quiet"]) == 2
    told = capsys.readouterr().err
    assert "There is no classifier to take away. The answers are free text" in told
    assert "Label the rows with one of a few answers each" in told
    assert main(["classifier", "--project", str(project.folder), "--out", str(target), "--quiet"]) == 2
    assert "Only 9 usable rows" in capsys.readouterr().err
    assert not target.exists()


def test_closed_answers_are_taken_away_as_labels_and_a_shared_opening_is_cut_off(tmp_path: Path) -> None:
    opening = "You are a helpful clerk of the town hall. Answer in one sentence.\n"
    lines = [
        {"prompt": f"{opening}{text}?", "completion": f"Please go to room {room}."}
        for room, label in enumerate(OWN)
        for text in asked(label, 15)
    ]
    file, folder, target = tmp_path / "shop.jsonl", tmp_path / "shop", tmp_path / "taken"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert main(["load", str(file), "--project", str(folder), "--quiet"]) == 0
    assert main(["classifier", "--project", str(folder), "--out", str(target), "--quiet"]) == 0
    made = json.loads((target / "score.json").read_text(encoding="utf-8"))
    assert set(made["learned"]) == {f"Please go to room {room}." for room in range(3)}
    assert made["opening"] == opening
    assert f"OPENING = {opening!a}" in (target / "README.md").read_text(encoding="utf-8")


def test_rows_with_personal_data_are_left_out_or_masked_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = loaded(tmp_path, 12, ["please write to zebulon.kray@gmail.com about my parcel,delivery"])
    held = {}
    for treatment in ("keep", "leave_out", "mask"):
        target = tmp_path / treatment
        assert main(["classifier", "--project", str(folder), "--out", str(target), "--personal", treatment]) == 0
        assert ("--personal mask" in capsys.readouterr().err) == (treatment == "keep")
        with zipfile.ZipFile(target / "model.skops") as archive:
            words = archive.read("schema.json")
        held[treatment] = (b"zebulon" in words, json.loads((target / "score.json").read_bytes())["rows"])
    assert held["keep"][0]
    assert not held["leave_out"][0]
    assert not held["mask"][0]
    assert held["keep"][1] == held["mask"][1] == held["leave_out"][1] + 1


def test_another_seed_is_judged_anew(tmp_path: Path) -> None:
    target = tmp_path / "seed"
    words = ["classifier", "--project", str(loaded(tmp_path, 12)), "--out", str(target), "--quiet"]
    assert main([*words, "--seed", "3"]) == 0
    assert json.loads((target / "score.json").read_bytes())["seed"] == 3
    assert main(words) == 0
    assert json.loads((target / "score.json").read_bytes())["seed"] == 3  # that of the verdict at hand
