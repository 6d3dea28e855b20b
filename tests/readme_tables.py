"""The README's tables, written from the plug-ins and from what the checks make of their cases.

`python tests/readme_tables.py` writes them anew; a test holds that they are as this writes them.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def plugins(registry: object, heading: tuple[str, str]) -> str:
    """A table of a registry's plug-ins: name and title."""
    names = registry.all()  # type: ignore[attr-defined]  # registries of four function types
    lines = [f"| {heading[0]} | {heading[1]} |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {plugin.title} |" for name, plugin in names.items())])


def checks() -> str:
    """The checks by name."""
    from curation.checks import check

    return plugins(check, ("check", "what it finds"))


def evidence() -> str:
    """The evidence items by name."""
    from curation.readiness.evidence import evidence

    return plugins(evidence, ("evidence", "what it tells"))


def formats() -> str:
    """The formats read and written."""
    from curation.export.formats import export_format
    from curation.load.formats import file_format

    read, written = (", ".join(f"`{name}`" for name in registry.all()) for registry in (file_format, export_format))
    return f"Files read: {read}. Files written (`--format NAME`): {written}."


def cases() -> str:
    """What each rule check makes of its hand-made cases."""
    sys.path.append(str(ROOT / "tests" / "checks"))
    from check_cases import NAMES, tally

    lines = ["| check | faults found | right ones flagged | recall | precision |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(tally(name).line(name) for name in NAMES)])


TABLES: dict[str, Callable[[], str]] = {"checks": checks, "evidence": evidence, "formats": formats, "cases": cases}
"""By the name of the mark in the README that a table stands behind."""


def written(name: str, text: str) -> str:
    """What stands in the text behind the mark of that name."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", text, re.DOTALL)
    assert found, f"the README has no mark <!-- {name} -->"
    return found[1]


def main() -> None:
    """Write every table anew."""
    text = README.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        text = text.replace(f"<!-- {name} -->\n{written(name, text)}\n", f"<!-- {name} -->\n{table()}\n")
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
