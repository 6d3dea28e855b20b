"""The README is true: its commands run, its example of a check works, and every plug-in is named in it."""

import re
import shlex
import sys
from pathlib import Path
from types import ModuleType

import pytest

from curation import checks
from curation.checks import run
from curation.cli.main import build_parser, main
from curation.dedup import dedup
from curation.export.formats import export_format
from curation.load.formats import file_format
from curation.readiness.evidence import evidence
from curation.records import dataset

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_every_command_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    monkeypatch.chdir(tmp_path)
    lines = [line for block in fenced("sh") for line in block.splitlines() if line.startswith("curation ")]
    ran = 0
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        if words[0] == "app":
            build_parser().parse_args(words)  # it would not return; the browser tests start it
        else:
            quiet = [] if words[0] in ("context", "report") else ["--quiet"]
            assert main([*words, *quiet]) == 0, line
        ran += 1
    assert ran >= 8
    assert (tmp_path / "clean" / "train.parquet").exists()
    assert (tmp_path / "report.html").exists()


def test_make_app_and_make_test_are_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in (line for block in fenced("sh") for line in block.splitlines() if line.startswith("make ")):
        assert f"\n{line.split()[1]}:" in makefile


def test_the_example_of_a_check_works(monkeypatch: pytest.MonkeyPatch) -> None:
    source = next(block for block in fenced("python") if "@check(" in block)
    module = ModuleType("readme_check")
    monkeypatch.setitem(sys.modules, "readme_check", module)
    try:
        exec(compile(source, "README.md", "exec"), module.__dict__)
        data = dataset([{"input": "hello", "output": "PLEASE STOP"}, {"input": "hi there", "output": "Good day"}])
        found = run(data, dedup(data), ["shouting"])
        assert found.table["id"].to_pylist() == [data.values("id")[0]]
        assert checks.check.all()["shouting"].help.startswith("Outputs that shout")
    finally:
        checks.check._plugins.pop("shouting", None)


@pytest.mark.parametrize("registry", [checks.check, evidence, export_format, file_format], ids=lambda r: r.package)
def test_every_plugin_is_named(registry: object) -> None:
    names = list(registry.all())  # type: ignore[attr-defined]  # registries of four function types
    assert names
    for name in names:
        assert f"`{name}`" in README, name
