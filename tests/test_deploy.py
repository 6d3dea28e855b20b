"""What is shipped for servers says what the product does: settings that exist, a user without rights, one test command."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from curation.project.place.serving import variables

ROOT = Path(__file__).parents[1]
READ = re.compile(r'"(CURATION_[A-Z_]+)"')


def test_every_variable_that_is_read_is_documented() -> None:
    read = {name for path in (ROOT / "curation").rglob("*.py") for name in READ.findall(path.read_text("utf-8"))}
    internal = {"CURATION_STARTED_BY", "CURATION_SAID"}  # a process tells them its child
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert {name for name in {*read, *variables()} - internal if f"| `{name}` |" not in page} == set()


def test_what_is_shipped_sets_variables_that_exist() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    for name in ("Containerfile", "deploy/compose.yaml", "deploy/example.env", "deploy/curation.service"):
        set_there = re.findall(r"\b(CURATION_[A-Z_]+)\s*[=:]", (ROOT / name).read_text("utf-8"))
        assert set_there, name
        assert [one for one in set_there if f"| `{one}` |" not in page] == [], name


def test_the_container_has_no_rights_and_the_workflow_runs_the_one_command() -> None:
    lines = (ROOT / "Containerfile").read_text("utf-8")
    assert re.search(r"^USER \d+$", lines, re.MULTILINE)
    assert "HEALTHCHECK" in lines
    app = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))["services"]["curation"]
    assert (app["cap_drop"], app["read_only"], "ports" in app) == (["ALL"], True, False)
    (job,) = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))["jobs"].values()
    assert job["steps"][-1] == {"run": "make test"}
    assert job["env"]["REQUIRE_HASHES"] == "1"


PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", re.MULTILINE)


def pinned(path: Path) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in PINNED.findall(path.read_text("utf-8"))}


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", {"test"}), ("deploy/requirements.lock", {"serve", "postgres"})]
)
def test_every_package_is_pinned_with_hashes_as_the_constraints_pin_it(lock: str, extras: set[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    optional = project["project"]["optional-dependencies"]
    wanted = [Requirement(one) for one in (*project["project"]["dependencies"], *project["build-system"]["requires"])]
    while extras:
        more = [Requirement(one) for extra in extras for one in optional[extra]]
        extras = {extra for one in more if one.name == "curation" for extra in one.extras}
        wanted += [one for one in more if one.name != "curation"]
    found, constrained = pinned(ROOT / lock), pinned(ROOT / "constraints.txt")
    assert {one.name for one in wanted if canonicalize_name(one.name) not in found} == set()
    assert {name: version for name, version in found.items() if constrained.get(name, version) != version} == {}
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in (ROOT / lock).read_text("utf-8")  # nor is said where they come from
