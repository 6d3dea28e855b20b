"""README, CONTRIBUTING and docs are true: commands run, examples work, pages are what the code says, links lead somewhere."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import notebook
import pytest
import reference_pages
from PIL import Image

from curation import checks
from curation.checks import run
from curation.cli.main import main
from curation.cli.parser import COMMANDS, build_parser
from curation.dedup import dedup
from curation.export.formats import export_format
from curation.export.recipes import recipe
from curation.load.formats import file_format
from curation.load.guess import Look
from curation.load.shapes import choose, row_shape
from curation.project import Project
from curation.project.findings import Checks
from curation.readiness import assess
from curation.readiness.evidence import evidence
from curation.readiness.policy import Rule, load_policy
from curation.records import dataset
from curation.records.settings import options
from curation.registry import Registry

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = ROOT / "docs"
SAMPLE = ROOT / "sample_data" / "support_tickets.csv"
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES_AND_TOOLS = (DOCS / "how-to" / "files-and-tools.md").read_text(encoding="utf-8")
REGISTRIES: tuple[tuple[str, Registry[Any]], ...] = (
    ("checks", checks.check), ("evidence", evidence), ("formats", export_format), ("formats", file_format),
    ("shapes", row_shape), ("recipes", recipe),
)  # fmt: skip
"""The plug-ins that a page of the reference is about."""


def fenced(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def ran(text: str) -> int:
    """Runs every command of these pages in the working folder; how many they were."""
    count = 0
    for line in (line for block in fenced("sh", text) for line in block.splitlines() if line.startswith("curation ")):
        words = shlex.split(line, comments=True)[1:]
        if words[0] == "app":
            build_parser().parse_args(words)  # it would not return; the browser tests start it
        else:
            quiet = [] if words[0] in ("context", "report", "project") else ["--quiet"]
            assert main([*words, *quiet]) == 0, line
        count += 1
    return count


@pytest.fixture
def beside_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the sample data, its first rows alone where that is enough."""
    folder = tmp_path / "work"
    (folder / "sample_data").mkdir(parents=True)
    lines = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "sample_data" / SAMPLE.name).write_text("".join(lines[:181]), encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def test_every_command_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    monkeypatch.chdir(tmp_path)
    assert ran(README) >= 8
    assert (tmp_path / "clean" / "train.parquet").exists()
    assert (tmp_path / "report.html").exists()


def test_every_command_of_the_how_to_pages_runs(beside_samples: Path) -> None:
    pages = sorted((DOCS / "how-to").glob("*.md"))
    counts = {page.stem: ran(page.read_text(encoding="utf-8")) for page in pages}
    assert all(counts.values()), counts
    assert {path.name for path in (beside_samples / "for_llama_factory").iterdir()} >= {"dataset_info.json"}


def test_every_command_of_the_tutorial_runs(beside_samples: Path) -> None:
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    rows = (beside_samples / "sample_data" / SAMPLE.name).read_text(encoding="utf-8").splitlines(keepends=True)
    (beside_samples / "banking77").mkdir()
    (beside_samples / "banking77" / "train.csv").write_text("".join(rows), encoding="utf-8")
    (beside_samples / "banking77" / "test.csv").write_text("".join(rows[:20]), encoding="utf-8")
    (beside_samples / "goal.toml").write_text(fenced("toml", text)[0], encoding="utf-8")
    assert ran(text) >= 10
    assert (beside_samples / "intents" / "model.skops").exists()


def test_every_piece_of_python_runs(beside_samples: Path) -> None:
    texts = [
        README,
        *(page.read_text(encoding="utf-8") for page in sorted(DOCS.rglob("*.md")) if page.name != "notebook.md"),
    ]
    pieces = dict.fromkeys(piece for text in texts for piece in fenced("python", text))
    for piece in pieces:
        exec(compile(piece, "docs", "exec"), {})
    assert len(pieces) >= 3
    assert (beside_samples / "clean_tickets" / "train.parquet").exists()


def words_and_figures(shown: list[str]) -> tuple[list[list[str]], list[float]]:
    """The words of each text with a mark in the place of each number, and the numbers."""
    number = r"\d+(?:\.\d+)?"
    words = [re.sub(number, "#", text).split() for text in shown]
    return words, [float(found) for text in shown for found in re.findall(number, text)]


def test_the_notebook_shows_what_it_is_said_to_show(tmp_path: Path) -> None:
    written = notebook.outputs(nbformat.read(notebook.NOTEBOOK, as_version=4))
    words, figures = words_and_figures(notebook.outputs(notebook.ran(tmp_path)))
    was, were = words_and_figures(written)
    assert words == was, "run python tests/notebook.py"
    # models of other processors end some thousandths away: a finding at .501 is one of .499 there, 50 likely are 49
    assert figures == pytest.approx(were, rel=0.05, abs=0.02), "run python tests/notebook.py"
    assert str(Path.home()) not in notebook.NOTEBOOK.read_text(encoding="utf-8")


def test_the_page_of_the_notebook_is_the_notebook() -> None:
    written = nbformat.read(notebook.NOTEBOOK, as_version=4)
    assert notebook.PAGE.read_text(encoding="utf-8") == notebook.page(written), "run python tests/notebook.py"


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


@pytest.mark.parametrize("name", reference_pages.PAGES)
def test_the_reference_is_what_the_code_says(name: str) -> None:
    page = (reference_pages.FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert page == reference_pages.PAGES[name](), "run python tests/reference_pages.py"


def test_the_reference_names_every_plug_in_and_setting() -> None:
    pages = {
        name: (reference_pages.FOLDER / f"{name}.md").read_text(encoding="utf-8") for name in reference_pages.PAGES
    }
    for page, registry in REGISTRIES:
        for name, plugin in registry.all().items():
            assert f"`{name}`" in pages[page], (page, name)
            assert reference_pages.plain(plugin.title) in pages[page]
    for name, settings in Checks.built_in().items():
        for option in options(settings):
            assert f"`--{name}-{option.name}`".replace("_", "-") in pages["checks"]
    for name in COMMANDS:
        assert f"### `curation {name}`" in pages["commands"]


SHAPES = dict(re.findall(r"<!-- shape: (\w+) -->\n```json\n(.*?)\n```", FILES_AND_TOOLS, flags=re.DOTALL))
"""The row of each shape that the how-to shows."""
ASKED = ("Where is my parcel?", "When do parcels come?")
ANSWERED = ("delivery", "It comes on Monday.", "on Monday")


def test_every_shape_shows_a_row() -> None:
    assert set(SHAPES) == set(row_shape.all())


@pytest.mark.parametrize("name", SHAPES)
def test_the_row_of_a_shape_is_read_as_it(name: str) -> None:
    rows = [json.loads(line) for line in SHAPES[name].splitlines()]
    choice = choose(Look(tuple(rows[0]), rows))
    (example,) = choice.examples(rows[0])
    assert choice.shape == name
    assert any(asked in example.input for asked in ASKED)
    assert (example.label or example.output) in ANSWERED


def test_links_and_pictures_of_the_readme_are_there() -> None:
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target]
    assert len(targets) > 15
    for target in targets:
        path, _, anchor = target.partition("#")
        assert (ROOT / path).is_file(), target
        headings = re.findall(r"^#+ (.*)$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        assert not anchor or anchor in [heading.lower().replace(" ", "-") for heading in headings], target


def test_pictures_are_of_one_size_and_small() -> None:
    pictures = sorted((DOCS / "images").glob("*.png"))
    assert len(pictures) >= 5
    for path in pictures:
        assert path.stat().st_size <= 150_000, path.name
        with Image.open(path) as picture:
            assert picture.size == (1440, 900), path.name


def test_the_site_builds_and_fetches_nothing_from_outside(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        fetched = re.findall(
            r"<(?:script|img|link|iframe)[^>]*?(?:src|href)=\"?(https?://[^\s\">]+)", page.read_text(encoding="utf-8")
        )
        assert fetched == [], page
