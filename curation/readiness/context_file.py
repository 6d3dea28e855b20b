"""The context file: TOML to Context and back, refusing what it does not know; and an empty one to fill in."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import tomli_w

from curation.context import HIGHEST, Arm, Context, Knowledge, Model, Needs, Prices, Task, Told, Traffic, told
from curation.errors import UsageError
from curation.readiness.policy import nearest

SECTIONS: Mapping[str, type] = {
    "task": Task,
    "knowledge": Knowledge,
    "needs": Needs,
    "traffic": Traffic,
    "prices": Prices,
    "model": Model,
}


def read_context(path: str | Path) -> Context:
    """The context in a TOML file. Raises UsageError: no such file, not TOML, unknown field, wrong type or range."""
    try:
        text = Path(path).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"cannot read the context file {path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text: {error.reason}; save it as UTF-8") from error
    return parse_context(text, str(path))


def parse_context(text: str, where: str) -> Context:
    """The context in a TOML text; `where` names the file in messages. Raises UsageError as `read_context` does."""
    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{where} is not a TOML file: {error}; mend that place") from error
    unknown = [name for name in whole if name not in SECTIONS and name != "arm"]
    if unknown:
        raise UsageError(f"{where}: no section [{unknown[0]}]; {_placed(unknown[0])}")
    arms = whole.get("arm", [])
    if not isinstance(arms, list):
        raise UsageError(f"{where}: arms are written as [[arm]], with two brackets")
    sections = {name: _section(name, kind, whole.get(name, {}), where) for name, kind in SECTIONS.items()}
    return Context(**sections, arms=tuple(_section("arm", Arm, arm, where) for arm in arms))


def write_context(context: Context) -> str:
    """The context as TOML, fields nobody knows left out; `parse_context` gives the same context back."""
    whole: dict[str, Any] = {name: _known(getattr(context, name)) for name in SECTIONS}
    if context.arms:
        whole["arm"] = [_known(arm) for arm in context.arms]
    return tomli_w.dumps(whole)


def template() -> str:
    """A context file in which every field stands commented out, with what it asks; it reads as an empty context."""
    head = (
        "# What you know about the task. Take the # off a line and fill it in; what you do not know stays as it is.\n"
    )
    sections = [_blank(f"[{name}]", kind) for name, kind in SECTIONS.items()]
    arms = "# A prompt or a tuned model scored elsewhere; repeat it for each.\n" + _blank("# [[arm]]", Arm)
    return "\n".join([head, *sections, arms])


def _blank(heading: str, kind: type) -> str:
    lines = [heading]
    for field in fields(kind):
        asks, default = told(kind, field.name), "" if field.default in (None, MISSING) else json.dumps(field.default)
        title = asks.title if not asks.choices or asks.title.endswith("?") else asks.title + ":"
        lines.append(f"{f'# {field.name} = {default}':40} # {title} {' | '.join(filter(None, asks.choices))}".rstrip())
    return "\n".join(lines) + "\n"


def _known(section: Any) -> dict[str, Any]:
    values = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(section).items()}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _placed(name: str) -> str:
    homes = [section for section, kind in SECTIONS.items() if name in {f.name for f in fields(kind)}]
    return f"{name!r} belongs in [{homes[0]}]" if homes else nearest(name, [*SECTIONS, "arm"])


def _section(name: str, kind: type, values: Any, where: str) -> Any:
    if not isinstance(values, dict):
        raise UsageError(f"{where}: {name} must be a section [{name}], not {values!r}")
    hints = get_type_hints(kind)
    for field in values:
        if field not in hints:
            raise UsageError(f"{where}: no field {field!r} in [{name}]; {nearest(field, hints)}")
    needed = [f.name for f in fields(kind) if f.default is MISSING and f.name not in values]
    if needed:
        raise UsageError(f"{where}: every [[{name}]] needs {' and '.join(needed)}")
    return kind(**{f: _value(f"{name}.{f}", hints[f], told(kind, f), value, where) for f, value in values.items()})


def _value(field: str, hint: Any, asks: Told, value: Any, where: str) -> Any:
    kind = next((part for part in get_args(hint) if part is not NoneType), hint)
    if hint == tuple[str, ...]:
        if not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
            raise UsageError(f'{where}: {field} must be a list of texts like ["a", "b"], not {value!r}')
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value) if abs(value) <= HIGHEST else HIGHEST * 2
    if type(value) is not kind:
        words = {float: "a number", int: "a whole number", bool: "true or false", str: "a text in quotes"}
        raise UsageError(f"{where}: {field} must be {words[kind]}, not {value!r}")
    if kind in (int, float):
        _in_range(field, asks, value, where)
    if asks.choices and value not in asks.choices:
        known = [choice for choice in asks.choices if choice]
        hint = nearest(value, known)
        also = f"; {hint}" if hint.startswith("did you mean") else ""
        raise UsageError(f"{where}: {field} is one of {', '.join(known)}, not {value!r}{also}")
    return value


def _in_range(field: str, asks: Told, value: float, where: str) -> None:
    low, high = asks.low, asks.high
    if not low <= value <= high:
        hint = f" (write {value / 100:g} for {value:g} %)" if high == 1 and 1 < value <= 100 else ""
        limits = f"between {low:g} and {high:g}" if high < HIGHEST else f"{low:g} or more"
        raise UsageError(f"{where}: {field} must be {limits}, not {value!r}{hint}")
