"""Outputs of a model that ran elsewhere are scored on the rows they name."""

import csv
import json
import sys
from pathlib import Path

import pytest
from endpoint_server import EndpointServer

from curation.errors import UsageError
from curation.project import Project
from curation.records import EndpointRun, ImportedRun, MeasureSettings, OutputFile

sys.path.append(str(Path(__file__).parents[1] / "load"))
from workbooks_load import number, row, sheet, text, texts, workbook


def written(path: Path, lines: list[dict[str, object]]) -> Path:
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(lines[0]))
        table.writeheader()
        table.writerows(lines)
    return path


@pytest.mark.parametrize(("key", "suffix"), [("id", ".jsonl"), ("row", ".csv"), ("input", ".csv")])
def test_outputs_are_matched_by_id_row_or_input(key: str, suffix: str, labelled: Project, tmp_path: Path) -> None:
    data = labelled.examples.dataset()
    keys, labels = data.values(key)[:40], data.values("label")[:40]
    lines: list[dict[str, object]] = [
        {key: str(name), "prediction": label if n % 4 else "nonsense"}
        for n, (name, label) in enumerate(zip(keys, labels))
    ]
    lines.append({key: "999999", "prediction": "refund"})
    body = labelled.measuring.import_outputs(OutputFile(written(tmp_path / f"o{suffix}", lines), "lora"))
    (arm,) = body.arms
    assert (arm.name, arm.n, arm.score, arm.silent) == ("lora", 40, 0.75, 10)
    assert isinstance(body.run, ImportedRun)
    assert body.run.unknown == 1
    assert [one.name for one in labelled.measuring.with_measured(labelled.settings.context()).arms] == ["lora"]


def test_imported_outputs_are_compared_with_a_measured_arm_on_the_rows_they_share(
    labelled: Project, tmp_path: Path
) -> None:
    settings = MeasureSettings(arms=("zero_shot",), rows=30, every_row=True)
    held = labelled.measuring.held_back(settings)
    assert len(held) == 30
    assert set(held[0]) == {"id", "source", "row", "input"}
    shown = dict(zip(labelled.examples.dataset().values("id"), labelled.examples.dataset().values("row")))
    assert all(row["row"] == shown[row["id"]] for row in held)
    path = written(tmp_path / "o.jsonl", [{"id": row["id"], "output": "refund"} for row in held])
    with EndpointServer() as server:
        labelled.measuring.measure(EndpointRun(server.url, "m", settings))
    body = labelled.measuring.import_outputs(OutputFile(path, "lora"))
    (one,) = body.differences
    assert (one.first, one.second, one.n) == ("zero_shot", "lora", 30)
    assert one.low > 0


def test_outputs_of_nothing_here_are_refused(labelled: Project, tmp_path: Path) -> None:
    path = written(tmp_path / "o.csv", [{"id": "x", "output": "refund"}, {"id": "y", "output": "refund"}])
    with pytest.raises(UsageError, match="No output belongs"):
        labelled.measuring.import_outputs(OutputFile(path, "lora"))
    with pytest.raises(UsageError, match="no column 'reply'"):
        labelled.measuring.import_outputs(OutputFile(path, "lora", output="reply"))
    with pytest.raises(UsageError, match="arms are"):
        labelled.measuring.import_outputs(OutputFile(path, "gpt"))
    assert labelled.measuring.held_out.measurement() is None


def test_outputs_come_from_a_spreadsheet_too(labelled: Project, tmp_path: Path) -> None:
    labels = labelled.examples.dataset().values("label")[:30]
    rows = [row(n + 2, number(f"A{n + 2}", str(n)), text(f"B{n + 2}", label)) for n, label in enumerate(labels)]
    path = tmp_path / "outputs.xlsx"
    path.write_bytes(workbook([sheet(texts(1, "Row", "Output"), *rows, dimension="A1:B31")]))
    (arm,) = labelled.measuring.import_outputs(OutputFile(path, "zero_shot")).arms
    assert (arm.n, arm.score) == (30, 1.0)
