"""`curation completion`: the script that lets a shell complete commands, flags and names."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import shtab

from curation.cli.parser import build_parser
from curation.export import recipe
from curation.project.exports import Exports
from curation.project.findings import Checks
from curation.records.progress import Progress

SHELLS = {
    "bash": "~/.local/share/bash-completion/completions/curation",
    "zsh": "~/.zfunc/_curation",
    "fish": "~/.config/fish/completions/curation.fish",
}
"""By shell the file from which it loads the script when it is first needed."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("shell", choices=list(SHELLS), help="the shell you type in")
    lines = [f"  curation completion {shell} > {path}" for shell, path in SHELLS.items()]
    parser.epilog = "\n".join(
        [
            "example:",
            *lines,
            "Make the folder first. zsh reads it if ~/.zshrc says: fpath+=~/.zfunc; autoload -U compinit; compinit",
            "Write the script anew after an update, or after you have installed a plug-in.",
        ]
    )


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Print the script."""
    parser = build_parser()
    trainers = list(recipe.all())
    known = {"only": Checks.names(), "format": list(Exports.formats()), "recipe": trainers, "trainer": trainers}
    _complete(parser, known)
    print(shtab.complete(parser, args.shell))


def _complete(parser: argparse.ArgumentParser, known: Mapping[str, Sequence[str]]) -> None:
    """Lets every path complete to files, or to folders where it stands for one, and every name to those `known`."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _complete(command, known)
        elif action.type is Path:
            action.complete = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE  # type: ignore[attr-defined]  # shtab reads it
        elif action.dest in known:
            action.choices = known[action.dest]
