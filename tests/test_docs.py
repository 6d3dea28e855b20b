"""README and CONTRIBUTING are true: commands run, examples work, tables are those of the plug-ins."""

import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import readme_tables

from curation import checks
from curation.checks import run
from curation.cli.main import main
from curation.cli.parser import build_parser
from curation.dedup import dedup
from curation.export.formats import export_format
from curation.project import Project
from curation.readiness import assess
from curation.readiness.evidence import evidence
from curation.readiness.policy import Rule, load_policy
from curation.records import dataset
from curation.registry import Registry

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def fenced(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


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


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, Registry[Any]], str]]:
    """Registers the plug-in of CONTRIBUTING.md that a decorator begins; gives its name. Gone after the test."""
    made: list[tuple[Registry[Any], str]] = []

    def register(decorator: str, registry: Registry[Any]) -> str:
        before = set(registry.all())
        source = next(block for block in fenced("python", CONTRIBUTING) if decorator in block)
        module = ModuleType(f"contributing_{decorator[1:-1]}")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(compile(source, "CONTRIBUTING.md", "exec"), module.__dict__)
        (name,) = set(registry.all()) - before
        made.append((registry, name))
        return name

    yield register
    for registry, name in made:
        registry._plugins.pop(name)


def test_the_example_of_a_check_works(example: Callable[[str, Registry[Any]], str]) -> None:
    name = example("@check(", checks.check)
    data = dataset([{"input": "hello", "output": "PLEASE STOP"}, {"input": "hi there", "output": "Good day"}])
    found = run(data, dedup(data), [name])
    assert found.table["id"].to_pylist() == [data.values("id")[0]]
    assert checks.check.all()[name].help.startswith("Outputs that shout")


def test_the_example_of_an_export_format_works(
    example: Callable[[str, Registry[Any]], str], project: Project, tmp_path: Path
) -> None:
    name = example("@export_format(", export_format)
    project.exports.write(tmp_path / "out", [name])
    lines = [line for path in (tmp_path / "out").glob("*.txt") for line in path.read_text().splitlines()]
    assert len(lines) == 9
    assert all(line.count("\t") == 1 for line in lines)


def test_the_example_of_an_evidence_item_works(example: Callable[[str, Registry[Any]], str], project: Project) -> None:
    project.verdict.analyse()
    facts, policy = project.verdict.facts(), load_policy()
    name = example("@evidence(", evidence)
    rule = Rule(name, **tomllib.loads(fenced("toml", CONTRIBUTING)[0])["items"][name])
    items = assess(facts, replace(policy, items={**policy.items, name: rule}))
    assert next(item for item in items if item.id == name).value == 7.0


@pytest.mark.parametrize("name", readme_tables.TABLES)
def test_the_tables_of_the_readme_are_those_of_the_plugins(name: str) -> None:
    assert readme_tables.written(name, README) == readme_tables.TABLES[name](), "run python tests/readme_tables.py"
