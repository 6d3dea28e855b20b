"""Plug-ins: each of ours keeps the form of its kind; those of other packages are found, and broken ones named."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shipped

from curation.checks import check
from curation.export.formats import export_format
from curation.export.recipes import recipe
from curation.load.formats import file_format
from curation.load.shapes import row_shape
from curation.readiness.evidence import evidence
from curation.registry import KINDS, Registry

REGISTRIES: dict[str, Registry[Any]] = {
    registry.kind: registry for registry in (check, evidence, export_format, file_format, recipe, row_shape)
}
OURS = [(kind, name) for kind, registry in REGISTRIES.items() for name in registry.all()]
LINES = "||\n" + "".join(f"What is {n} and {n}?|{'IT IS' if n % 2 else 'It is'} {n + n}.\n" for n in range(30))


@pytest.mark.parametrize(("kind", "name"), OURS)
def test_a_plugin_keeps_the_form_of_its_kind(kind: str, name: str) -> None:
    plugin = REGISTRIES[kind].all()[name]
    REGISTRIES[kind].check_form(plugin)
    assert plugin.name == name
    assert plugin.is_ours
    assert plugin.origin == ""
    if plugin.settings is not None:
        with pytest.raises(AttributeError):
            plugin.settings.anything = 1


def test_every_kind_has_its_registry() -> None:
    assert sorted(REGISTRIES) == sorted(KINDS)


def curation(site: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """A command run where the packages of `site` are installed beside the product."""
    command = [sys.executable, "-m", "curation", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(command, env=environment, cwd=site, capture_output=True, text=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package of one plug-in of each kind, and a file that only its format can read."""
    folder = shipped.install(tmp_path_factory.mktemp("site"), shipped.FILES, shipped.ENTRY_POINTS)
    (folder / "a.txt").write_text(LINES, encoding="utf-8")
    return folder


def test_every_kind_is_found_in_another_package(site: Path, tmp_path: Path) -> None:
    words = ("--format", "tabs", "--format", "jsonl_chat", "--recipe", "plain_loop", "--json")
    ran = curation(site, "run", site / "a.txt", "--out", tmp_path / "out", *words)
    assert ran.returncode == 0, ran.stderr
    assert "left out" not in ran.stderr
    body = json.loads(ran.stdout)
    (line,) = body["files"]
    assert (line["stored"], line["shape"]) == (30, "ask_tell")
    item = next(item for item in body["verdict"]["evidence"] if item["id"] == "answer_length")
    assert item["value"] > 5
    assert item["origin"] == "policy: shown for information"
    rows = (tmp_path / "out" / "train.txt").read_text(encoding="utf-8").splitlines()
    assert "What is 2 and 2?\tIt is 4." in rows + (tmp_path / "out" / "test.txt").read_text("utf-8").splitlines()
    assert (tmp_path / "out" / "loop.txt").read_text() == "train on train.chat.jsonl\n"


def test_a_check_of_another_package_has_its_flags_and_its_findings(site: Path, tmp_path: Path) -> None:
    out = tmp_path / "f.parquet"
    ran = curation(site, "check", site / "a.txt", "--out", out, "--only", "shouting", "--shouting-rate", "0.9")
    assert ran.returncode == 0, ran.stderr
    assert pd.read_parquet(out)["row"].tolist() == list(range(1, 30, 2))
    help = " ".join(curation(site, "check", "--help").stdout.split())
    assert "settings of shouting (shouting-tools 0.3): --shouting-rate N share of capitals" in help


BROKEN = {
    "absent": "import nowhere_to_be_found\n",
    "leaves": "raise SystemExit('bye')\n",
    "clash": shipped.FILES["check"].replace('"shouting"', '"empty"'),
    "formless": '"""A format without a suffix."""\nfrom curation.export.formats import export_format\n'
    "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Settings:\n    pass\n"
    '@export_format("formless", "No suffix", settings=Settings())\ndef formless(*given):\n    return {}\n',
    "stumbles": shipped.FILES["check"].replace('"shouting"', '"stumbles"').replace("row.output", "row.nothing"),
    "trips": '"""Fails on every file."""\nfrom curation.load.formats import file_format\n'
    '@file_format("trips", "Trips")\ndef trips(source):\n    return 1 / 0\n',
    "unruly": shipped.FILES["evidence"].replace('"unit": "count"', '"unit": "furlongs"'),
}
BROKEN_ENTRIES = {
    "check.absent": "shouting.absent",
    "check.leaves": "shouting.leaves",
    "check.empty": "shouting.clash",
    "check.stumbles": "shouting.stumbles",
    "check.shouting": "shouting.check",
    "check.whispers": "shouting.check",
    "chekc.typo": "shouting.check",
    "evidence.answer_length": "shouting.unruly",
    "export_format.formless": "shouting.formless",
    "file_format.trips": "shouting.trips",
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package in which all goes wrong but one check."""
    return shipped.install(tmp_path_factory.mktemp("broken"), {**shipped.FILES, **BROKEN}, BROKEN_ENTRIES)


def test_broken_plugins_are_named_and_stop_nothing(broken: Path, tickets: Path, tmp_path: Path) -> None:
    ran = curation(broken, "run", tickets, "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    said = {line.partition(" is left out")[0].strip(): line for line in ran.stderr.splitlines() if "left out" in line}
    for what, why in {
        "The plug-in check.absent of shouting-tools 0.3": "No module named 'nowhere_to_be_found'",
        "The plug-in check.leaves of shouting-tools 0.3": "SystemExit: bye",
        "The plug-in check.empty of shouting-tools 0.3": "two plug-ins named 'empty'",
        "The plug-in check.whispers of shouting-tools 0.3": "registers no check of its own named 'whispers'",
        "The plug-in chekc.typo": "'chekc' is no kind (did you mean 'check'?)",
        "The plug-in evidence.answer_length of shouting-tools 0.3": "unit must be one of share",
        "The plug-in export_format.formless of shouting-tools 0.3": "no suffix",
        "note: The plug-in file_format.trips": "the file format 'trips' of shouting.trips failed (ZeroDivisionError",
    }.items():
        assert why in said[what]
    assert (tmp_path / "out" / "train.parquet").exists()


def test_a_check_that_fails_while_it_judges_reads_not_checked(broken: Path, tickets: Path, tmp_path: Path) -> None:
    out = tmp_path / "f.parquet"
    ran = curation(
        broken, "check", tickets, "--out", out, "--only", "stumbles", "--only", "shouting", "--only", "empty"
    )
    assert ran.returncode == 0, ran.stderr
    assert "not checked: stumbles: the check 'stumbles' of shouting.stumbles failed (AttributeError" in ran.stderr
    assert [line.split()[0] for line in ran.stdout.splitlines()[1:]] == ["shouting", "empty"]


def test_quiet_says_nothing_of_them(broken: Path, tickets: Path, tmp_path: Path) -> None:
    ran = curation(broken, "check", tickets, "--out", tmp_path / "f.parquet", "--only", "empty", "--quiet")
    assert (ran.returncode, ran.stderr) == (0, "")
