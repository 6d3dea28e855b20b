"""The pages of docs/reference, written from the code and from what the checks make of their cases.

`python tests/reference_pages.py` writes them anew; a test holds that they are as this writes them.
"""

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
WRITTEN = "<!-- Written by tests/reference_pages.py: change the code, then run it. -->"


def plain(text: object) -> str:
    """A text as Markdown that shows it: what stands in backticks as it is, signs of Markdown and HTML disarmed."""
    parts = re.split(r"(`[^`\n]*`)", str(text))
    return "".join(p if p.startswith("`") and len(p) > 1 else re.sub(r"([*_<\[\]|])", r"\\\1", p) for p in parts)


def cell(text: object) -> str:
    """A text as a cell of a table."""
    return plain(" ".join(str(text).split())) or " "


def code(text: object) -> str:
    """A text in backticks, "" for none."""
    return f"`{text}`" if str(text) else " "


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table of cells, each Markdown already; "" without rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *lines]) if lines else ""


def page(title: str, lead: str, *parts: str) -> str:
    """A page's text."""
    return "\n\n".join(part for part in (f"# {title}", WRITTEN, lead, *parts) if part) + "\n"


def settings_table(settings: Any, prefix: str = "") -> str:
    """What a person may set, with the flag's name where there is a prefix."""
    from curation.records.settings import options

    if settings is None:
        return ""
    rows = []
    for option in options(settings):
        name = f"--{prefix}{option.name}".replace("_", "-") if prefix else option.name
        built_in = (
            {True: "yes", False: "no"}.get(option.default, option.default) if option.kind is bool else option.default
        )
        rows.append((code(name), code(built_in), cell(option.allowed), cell(option.help)))
    return table(("setting", "built in", "may be", "what it does"), rows)


def plugins(registry: Any, prefix: Callable[[str], str] = lambda name: "") -> list[str]:
    """A section a plug-in: name, title, help, settings."""
    return [
        f"## `{name}`\n\n**{plain(plugin.title)}.** {plain(plugin.help)}\n\n{settings_table(plugin.settings, prefix(name))}".rstrip()
        for name, plugin in registry.all().items()
    ]


def overview(registry: Any, what: str) -> str:
    """A table of a registry's plug-ins: name and title."""
    return table((what, "in words"), [(f"[`{n}`](#{n})", cell(p.title)) for n, p in registry.all().items()])


def commands() -> str:
    """Every command with its flags."""
    from curation.cli.parser import GROUPS, build_parser

    (choices,) = [a.choices for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    parts = []
    for title, commands in GROUPS.items():
        parts.append(f"## {plain(title)}")
        for name, about in commands.items():
            help = f"{about.help}\n\n    {about.example}"
            parts.append(_command(f"curation {name}", choices[name], help, "###"))
    lead = (
        "In the order of the journey. Results go to stdout, progress to stderr. Exit status: 0 done, 2 wrong usage, "
        "3 input rejected (nothing stored), 4 gate not passed, 1 our fault. Every command also takes `--debug`."
    )
    return page("Commands and flags", lead, *parts)


def _command(name: str, parser: argparse.ArgumentParser, help: str, level: str) -> str:
    """A command's flags, those without a heading of their own first; then its verbs, if it has any."""
    said, own, grouped = [f"{level} `{name}`", help], [], []
    for group in parser._action_groups:
        shown = [
            a for a in group._group_actions if a.help != argparse.SUPPRESS and a.dest not in ("help", "debug", "verb")
        ]
        if group.title in ("positional arguments", "options"):
            own += shown
        elif shown:
            grouped += [f"{level}# {plain(group.title)}", table(("flag", "what it does"), map(_flag, shown))]
    verbs = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    below = [_command(f"{name} {v}", p, p.description or "", f"{level}#") for a in verbs for v, p in a.choices.items()]
    return "\n\n".join(filter(None, [*said, table(("flag", "what it does"), map(_flag, own)), *grouped, *below]))


def _flag(action: argparse.Action) -> tuple[str, str]:
    takes = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    takes = "" if action.nargs == 0 else str(takes)
    names = ", ".join(action.option_strings) or takes
    shown = f"{names} {takes}" if action.option_strings and takes else names
    return code(shown.replace("|", "/")), cell((action.help or "").replace("%%", "%"))


def checks() -> str:
    """The checks, what they find, their settings, and how they did on their cases."""
    from curation.checks import check

    sys.path.append(str(ROOT / "tests" / "checks"))
    from check_cases import NAMES, tally

    heading = ("check", "faults found", "right ones flagged", "recall", "precision")
    cases = "\n".join([table(heading, [[""] * 5]).rsplit("\n", 1)[0], *(tally(name).line(name) for name in NAMES)])
    good = (
        "## How good they are\n\nEach check that judges by rule is tried on hand-made cases: faults, and right texts "
        "that look like them (`tests/checks/rule_cases/NAME.py`). Several rules were mended on these very cases, so "
        "the table says what they can do and where they still err, not how often they err on your rows."
    )
    lead = (
        "`curation check FILE --out F.parquet --only NAME` runs one; the settings are flags, and a form on the "
        "Findings page. A check that could not run says “not checked” with the reason, never “clean”."
    )
    return page("Checks", lead, overview(check, "check"), *plugins(check, lambda name: f"{name}-"), good, cases)


def evidence() -> str:
    """The evidence items with their thresholds and where these come from."""
    from curation.readiness.evidence import evidence as items
    from curation.readiness.policy import load_policy
    from curation.wording import ORIGINS, UNITS, word

    rules, parts = load_policy().items, []
    for name, plugin in items.all().items():
        rule, said = rules[name], [f"## `{name}`", f"**{plain(plugin.title)}.** {plain(plugin.help)}"]
        limits = [
            f"{at} {'above' if rule.worse == 'above' else 'below'} {value:g} (its {end})"
            for at, value, end in (("fails", rule.fail, rule.fail_on), ("needs a look", rule.warn, rule.warn_on))
            if value is not None
        ]
        rows = [
            ("unit", cell(word(UNITS, rule.unit).noun if rule.unit else "")),
            ("threshold", cell("; ".join(limits) or "none: shown, decides nothing by itself")),
            ("where it comes from", cell(f"{word(ORIGINS, rule.origin).noun}: {rule.source}")),
        ]
        if plugin.needs:
            rows.append(("needs", ", ".join(code(need) for need in plugin.needs)))
        parts.append("\n\n".join([*said, table(("", ""), rows)]))
    lead = (
        "What the verdict rests on. Every threshold can be changed for a project, on the Readiness page or in its "
        "`policy.toml`; what was not run reads “not checked”."
    )
    return page("Evidence", lead, overview(items, "evidence"), *parts)


def formats() -> str:
    """The formats read and written."""
    from curation.export.formats import export_format
    from curation.load.formats import file_format

    read = [f"### `{name}`\n\n**{plain(p.title)}.** {plain(p.help)}" for name, p in file_format.all().items()]
    lead = "Files are told by their content, never by their name; each may be packed as .gz, .zst or alone in a .zip."
    written = "## Written\n\n`curation export --format NAME`; may be repeated. What a format cannot carry is counted and said."
    given = [part.replace("## ", "### ", 1) for part in plugins(export_format, lambda name: f"{name}-")]
    return page("File formats", lead, "## Read", *read, written, *given)


def shapes() -> str:
    """The row shapes that are recognised."""
    from curation.load.shapes import row_shape

    lead = (
        "How the rows of a file become examples is told by their values, not by the file's name. The choice is printed, "
        "and yours to change with `--input`, `--output`, `--label` and `--messages`. "
        "[Files and tools](../how-to/files-and-tools.md) shows a row of each."
    )
    return page("Row shapes", lead, overview(row_shape, "shape"), *plugins(row_shape))


def recipes() -> str:
    """The trainers' recipes."""
    from curation.export.recipes import recipe

    parts = []
    for name, plugin in recipe.all().items():
        rows = []
        for method, way in plugin.parts["methods"].items():
            ignored = ", ".join(way.ignores) or "nothing"
            limit = f"`{way.limit}`, {way.usual:,} tokens where nobody says otherwise; longer rows are {way.long}"
            rows.append((code(method), code(way.format), limit, cell(ignored)))
        ways = table(("method", "format it reads", "length limit", "not learned from"), rows)
        settings = settings_table(plugin.settings, f"{name}-")
        parts.append(f"## `{name}`\n\n**{plain(plugin.title)}.** {plain(plugin.help)}\n\n{ways}\n\n{settings}")
    lead = (
        "`curation export --recipe NAME` writes what a trainer needs to know beside the data, every number with its "
        "reason; `curation preflight DIR --trainer NAME` says which rows it would cut, drop or refuse."
    )
    return page("Trainers' recipes", lead, *parts)


def context() -> str:
    """The fields of a context file."""
    from curation.records.context import LISTS, SECTIONS, form_field

    parts = []
    kinds = [(f"[{name}]", kind) for name, kind in SECTIONS.items()]
    for heading, kind in [*kinds, *((f"[[{name}]]", kind) for name, (_, kind) in LISTS.items())]:
        rows = []
        for each in fields(kind):
            asks = form_field(kind, each.name)
            default = (
                "must be given"
                if each.default is MISSING
                else "not given"
                if each.default in (None, "", ())
                else each.default
            )
            rows.append((code(each.name), cell(asks.title), cell(", ".join(filter(None, asks.choices))), cell(default)))
        parts.append(f"## `{heading}`\n\n" + table(("entry", "what it asks", "one of", "left out"), rows))
    lead = (
        "What you know of the task, as TOML; `curation context --out context.toml` writes a file with all of it to fill "
        "in. Every entry may be left out: left out is “not given”, never a favourable value."
    )
    return page("Context file", lead, *parts)


def verdicts() -> str:
    """The outcomes and the questions they come from."""
    from curation.readiness.gates.walk import GATES
    from curation.records import TRAINABLE
    from curation.wording import KINDS, MEANINGS, OUTCOMES, STATUSES

    outcomes = [
        (code(name), cell(each.sentence), cell(MEANINGS.get(name, "")), "yes" if name in TRAINABLE else "no")
        for name, each in OUTCOMES.items()
    ]
    words = [(cell(each.noun), cell(each.sentence)) for each in (*KINDS.values(), *STATUSES.values())]
    return page(
        "Outcomes of the verdict",
        "Exactly one of these is given. [How the verdict is reached](../explanation/verdict.md) says why.",
        "## Outcomes",
        table(("outcome", "in words", "what it means", "`curation gate` lets a language model train"), outcomes),
        "## Questions, in their order\n\nThe first that stops decides.",
        table(("question", "asks"), [(code(gate.id), cell(gate.question)) for gate in GATES]),
        "## Words beside a figure",
        table(("word", "what it means"), words),
    )


def python() -> str:
    """The Python API."""
    import curation

    verbs, nouns = [], []
    for name in sorted(set(curation.__all__) - {"__version__"}):
        each = getattr(curation, name)
        if inspect.isclass(each):
            nouns.append(_class(name, each))
        else:
            verbs.append(f"### `curation.{name}({_parameters(each)})`\n\n{_doc(each)}")
    lead = plain((curation.__doc__ or "").splitlines()[0]) + " [Python in ten lines](../python.md) shows it at work."
    parts = [f"### `project.{name}`\n\n{_doc(part)}\n\n{_methods(part)}" for name, part in _parts(curation.Project)]
    return page("Python API", lead, "## Verbs", *verbs, "## Parts of a project", *parts, "## Nouns", *nouns)


def _parts(project: Any) -> list[tuple[str, Any]]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, project(folder, create=True) as opened:
        held = {
            name: type(part)
            for name, part in vars(opened).items()
            if type(part).__module__.startswith("curation.project.")
        }
    return [(name, kind) for name, kind in held.items() if name != "place"]


def _class(name: str, kind: Any) -> str:
    return f"### `curation.{name}`\n\n{_doc(kind)}\n\n{_methods(kind)}".rstrip()


def _methods(kind: Any) -> str:
    rows = []
    for name, each in sorted(vars(kind).items()):
        function = each.__func__ if isinstance(each, classmethod | staticmethod) else each
        if name.startswith("_") or not (
            inspect.isfunction(function) or isinstance(function, property) or hasattr(function, "func")
        ):
            continue
        called = f"{name}({_parameters(function)})" if inspect.isfunction(function) else name
        rows.append((code(called), cell((inspect.getdoc(function) or " ").split("\n\n")[0])))
    return table(("", ""), rows)


def _parameters(function: Any) -> str:
    parts = []
    for each in inspect.signature(function).parameters.values():
        star = {each.VAR_POSITIONAL: "*", each.VAR_KEYWORD: "**"}.get(each.kind, "")
        default = getattr(each.default, "__name__", None) or (
            type(each.default).__name__ + "()" if hasattr(each.default, "__dataclass_fields__") else repr(each.default)
        )
        if each.name not in ("self", "cls"):
            parts.append(f"{star}{each.name}" + ("" if each.default is each.empty else f"={default}"))
    return ", ".join(parts)


def _doc(each: Any) -> str:
    return plain(inspect.getdoc(each) or "")


PAGES: dict[str, Callable[[], str]] = {
    "commands": commands, "checks": checks, "evidence": evidence, "verdicts": verdicts, "formats": formats,
    "shapes": shapes, "recipes": recipes, "context": context, "python": python,
}  # fmt: skip
"""By the name of the file in docs/reference."""


def main() -> None:
    """Write every page anew."""
    FOLDER.mkdir(exist_ok=True, parents=True)
    for name, write in PAGES.items():
        (FOLDER / f"{name}.md").write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
