"""Completion: the scripts name every command, flag and plug-in, and a real shell completes with them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from curation.checks import check
from curation.cli.commands.completion import SHELLS
from curation.cli.main import main
from curation.cli.parser import COMMANDS
from curation.export.formats import export_format

COMPLETED = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_shtab_curation 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The path of each shell's script."""
    folder = tmp_path_factory.mktemp("completion")
    paths = {}
    for shell in SHELLS:
        path = folder / shell
        with path.open("w", encoding="utf-8") as file, pytest.MonkeyPatch.context() as capture:
            capture.setattr("sys.stdout", file)
            assert main(["completion", shell]) == 0
        paths[shell] = str(path)
    return paths


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_names_every_command_and_plug_in(shell: str, scripts: dict[str, str]) -> None:
    text = Path(scripts[shell]).read_text(encoding="utf-8")
    assert [name for name in (*COMMANDS, *check.all(), *export_format.all()) if name not in text] == []


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_can_read_its_script(shell: str, scripts: dict[str, str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert subprocess.run([shell, "-n", scripts[shell]], capture_output=True, text=True).stderr == ""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("ch", ["check"]),
        ("check --on", ["--only"]),
        ("check --only label_n", ["label_noise"]),
        ("export --format parq", ["parquet"]),
        ("preflight --trainer tr", ["trl"]),
        ("project ve", ["verify"]),
    ],
)
def test_bash_completes(words: str, offered: list[str], scripts: dict[str, str]) -> None:
    command = ["bash", "-c", COMPLETED, "bash", scripts["bash"], "curation", *words.split(" ")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == offered
