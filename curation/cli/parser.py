"""The commands in the order of the journey, grouped by its steps, and the parser that reads them."""

import argparse
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import NoReturn

from curation.errors import UsageError, nearest


@dataclass(frozen=True)
class Command:
    """What a command is for, and how it is written."""

    help: str
    example: str


GROUPS: dict[str, dict[str, Command]] = {
    "The whole journey": {
        "run": Command(
            "Load, dedup, checks, verdict, splits, export: unattended.", "curation run tickets.csv --out clean"
        ),
    },
    "Load and look": {
        "load": Command("Add files to a project.", "curation load tickets.csv --project tickets"),
        "dedup": Command("Near-duplicate clusters of a file.", "curation dedup tickets.csv --out clusters.parquet"),
        "check": Command("All checks of a file.", "curation check tickets.csv --out findings.parquet"),
        "search": Command(
            "Rows of a project that mean, or say, what is asked.",
            'curation search --project tickets "the parcel never came"',
        ),
        "topics": Command("What the rows of a project are about.", "curation topics --project tickets"),
        "concept": Command(
            "A kind of row shown by a few answers: every row ranked by it, the first ones tagged.",
            "curation concept refunds --project tickets --yes ID",
        ),
        "vectors": Command(
            "Vectors of your own for search, topics and checks, in place of the built-in ones.",
            "curation vectors --project tickets --own vectors.parquet",
        ),
    },
    "Judge": {
        "context": Command(
            "An empty context file to fill in: what you know about the task.", "curation context --out context.toml"
        ),
        "verdict": Command(
            "The readiness verdict on a file or a project.", "curation verdict tickets.csv --context context.toml"
        ),
        "measure": Command(
            "How well a model does the task with a prompt alone, on rows held back.",
            "curation measure --project tickets --endpoint http://127.0.0.1:8080/v1 --model NAME",
        ),
        "model-review": Command(
            "A model reads the rows; the forecast says first what goes where and costs what.",
            "curation model-review --project tickets --endpoint http://127.0.0.1:8080/v1 --model NAME",
        ),
    },
    "Take away": {
        "export": Command(
            "A clean set from a project, split without leaks.",
            "curation export --project tickets --out clean --format parquet",
        ),
        "report": Command(
            "The report of a project: html, md or json by the file's ending.",
            "curation report --project tickets --out report.html",
        ),
        "gate": Command(
            "Whether an export is approved, unchanged, and its verdict allows training.", "curation gate clean"
        ),
    },
    "In the browser": {
        "app": Command("The browser app.", "curation app --project tickets"),
        "serve": Command("The app for several people, who sign in.", "curation serve --config server.toml"),
    },
    "Train": {
        "preflight": Command(
            "What a trainer would cut, drop or refuse of an export, by row.", "curation preflight clean --trainer trl"
        ),
        "classifier": Command(
            "The plain classifier of the verdict, to take away: the model, its score and its card.",
            "curation classifier --project tickets --out classifier",
        ),
    },
    "Keep": {
        "project": Command(
            "A project itself: verify, backup, restore, rename, archive, delete, members.",
            "curation project verify tickets",
        ),
        "completion": Command(
            "Completion of commands and flags in your shell: bash, zsh or fish.",
            "curation completion bash > ~/.local/share/bash-completion/completions/curation",
        ),
    },
}
"""Every command by the step of the journey it belongs to; each is a file in `commands/`."""
WIDTH = 14
"""Of the column of their names: the longest and a gap."""
COMMANDS = {name: command for group in GROUPS.values() for name, command in group.items()}


class Parser(argparse.ArgumentParser):
    """A parser whose errors are UsageErrors."""

    def error(self, message: str) -> NoReturn:
        """Raises UsageError."""
        raise UsageError(f"{message}. See `{self.prog} --help`.")


class Overview(Parser):
    """The parser of the whole command line: its help lists the commands in their groups, which argparse cannot."""

    def format_help(self) -> str:
        """What the product does, its commands with an example each, and what holds for all of them."""
        lines = [f"usage: {self.usage}", "", str(self.description)]
        for title, commands in GROUPS.items():
            lines += ["", f"{title}:"]
            for name, about in commands.items():
                lines += [f"  {name:{WIDTH}}{about.help}", f"  {'':{WIDTH}}  {about.example}"]
        return "\n".join([*lines, "", str(self.epilog), ""])


def module_of(name: str) -> str:
    """The module that does what a command says."""
    return f"curation.cli.commands.{name.replace('-', '_')}"


def check_command(name: str) -> None:
    """Raises UsageError where there is no such command, naming the one most like it."""
    if name not in COMMANDS:
        raise UsageError(f"There is no command {name!r} ({nearest(name, COMMANDS)}). See `curation --help`.")


def read(arguments: Sequence[str]) -> argparse.Namespace:
    """What a command line says. Raises UsageError on a command or flag there is not, naming the one most like it."""
    name = next(iter(arguments), "")
    if name and not name.startswith("-"):
        check_command(name)
    args, unknown = build_parser(arguments[:1]).parse_known_args(arguments)
    if unknown:
        close = difflib.get_close_matches(unknown[0].partition("=")[0], _flags(name), 1)
        meant = f" (did you mean {close[0]}?)" if close else ""
        raise UsageError(f"unrecognized arguments: {' '.join(unknown)}{meant}. See `curation {name} --help`.")
    return args


def _flags(name: str) -> list[str]:
    alone = Parser()
    import_module(module_of(name)).add_flags(alone)
    return [flag for action in alone._actions for flag in action.option_strings]


def build_parser(named: Sequence[str] = tuple(COMMANDS)) -> argparse.ArgumentParser:
    """Every command, in the order of the journey; those `named` with their flags, which takes importing them."""
    parser = Overview(
        prog="curation",
        usage="curation COMMAND [flags], curation --version",
        description="Clean example pairs, and learn whether they justify fine-tuning.",
        epilog="`curation COMMAND --help` lists the flags of a command. Results go to stdout, progress to stderr.\n"
        "Exit status: 0 done, 2 wrong usage, 3 input rejected, 4 gate not passed, 1 our fault.",
    )
    parser.add_argument("--version", action="version", version=f"curation {version('curation')}")
    commands = parser.add_subparsers(
        dest="command", required=True, parser_class=Parser, prog="curation", metavar="COMMAND"
    )
    for name, about in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=about.help,
            description=about.help,
            epilog=f"example:\n  {about.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name in named:
            import_module(module_of(name)).add_flags(command)
            command.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser
