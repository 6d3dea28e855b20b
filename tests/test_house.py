"""The house stays a house: few files side by side, small classes, short functions, nothing that nobody opens."""

import ast
from collections.abc import Mapping, Set
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "curation"
FILES = sorted(PACKAGE.rglob("*.py"))
PLUGINS = {
    "checks", "load/formats", "load/shapes", "export/formats", "export/recipes", "readiness/evidence", "cli/commands",
}  # fmt: skip
"""Folders whose files are found by looking: one more file there is one more check, format, item or command."""
MOST_FILES = 12
MOST_NAMES = 20
MOST_PARAMETERS = 6
MOST_LINES = 40
DOORS = (
    "curation.cli", "curation.ui", "curation", "curation.__main__", "curation.load.sandbox.child",
    "curation.text.tokens.child", "curation.engine.worker",
)  # fmt: skip
"""Where people come in: commands, pages, the Python API; and the child processes that read what others made or work with ours."""


def test_few_files_stand_side_by_side() -> None:
    many = {}
    for folder in [PACKAGE, *(path for path in PACKAGE.rglob("*") if path.is_dir())]:
        name = folder.relative_to(PACKAGE).as_posix()
        count = len(list(folder.glob("*.py")))
        if name not in PLUGINS and count > MOST_FILES:
            many[name] = count
    assert many == {}


def test_no_two_test_files_have_one_name() -> None:
    """pytest opens them by their names alone, and leaves the second one out with an error."""
    names = sorted(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, next in pairwise(names) if name == next] == []


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_classes_and_functions_are_small_and_signatures_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            names = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            assert len({name for name in names if not name.startswith("_")}) <= MOST_NAMES, node.name
    for function in functions(tree):
        lines = (function.end_lineno or 0) - function.lineno + 1
        assert lines <= MOST_LINES, f"{function.name}: {lines} lines"
        taken = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        own = [argument for argument in taken if argument.arg not in ("self", "cls")]
        assert len(own) <= MOST_PARAMETERS, f"{function.name}: {len(own)} parameters"


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("curation")


def arrows(graph: grimp.ImportGraph, folder: str) -> Mapping[str, Set[str]]:
    """What each room of a folder (a file or folder in it) imports of the others."""
    found: dict[str, set[str]] = {room: set() for room in graph.find_children(folder)}
    for module in graph.modules:
        for other in graph.find_modules_directly_imported_by(module):
            if module.startswith(f"{folder}.") and other.startswith(f"{folder}."):
                mine, theirs = (f"{folder}.{name.removeprefix(f'{folder}.').split('.')[0]}" for name in (module, other))
                if mine != theirs:
                    found[mine].add(theirs)
    return found


MOST_ROOMS, MOST_FLOORS, MOST_ARROWS = 30, 9, 110


@pytest.mark.parametrize(
    ("folder", "floors", "most"),
    [("curation", MOST_FLOORS, MOST_ARROWS), ("curation.readiness", 7, 50), ("curation.ui", 7, 50)],
)
def test_the_picture_of_imports_stays_small(graph: grimp.ImportGraph, folder: str, floors: int, most: int) -> None:
    rooms = arrows(graph, folder)
    floor: dict[str, int] = {}
    for room in TopologicalSorter(rooms).static_order():  # raises where rooms import each other in a circle
        floor[room] = 1 + max((floor[other] for other in rooms[room]), default=0)
    assert len(rooms) <= MOST_ROOMS
    assert max(floor.values()) <= floors
    assert sum(map(len, rooms.values())) <= most


def test_every_file_is_opened_from_a_door(graph: grimp.ImportGraph) -> None:
    opened: set[str] = set()
    waiting = [module for module in graph.modules if any(module == d or module.startswith(f"{d}.") for d in DOORS[:2])]
    waiting += DOORS[2:]
    while waiting:
        module = waiting.pop()
        if module in opened:
            continue
        opened.add(module)
        waiting += graph.find_modules_directly_imported_by(module)
        folder = module.removeprefix("curation.").replace(".", "/")
        if folder in PLUGINS:
            waiting += graph.find_children(module)
    packages = {module for module in graph.modules if graph.find_children(module)}
    assert sorted(graph.modules - opened - packages) == []
