"""The context file: TOML to Context and back, refusing what it does not know."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import tomli_w

from curation.context import Arm, Context, Knowledge, Model, Needs, Prices, Task, Traffic
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
CHOICES = {
    "task.metric": ("", "accuracy", "exact_match", "token_f1", "chrf", "judged"),
    "task.kind": ("", "classification", "rewriting", "extraction", "question_answering", "generation"),
    "knowledge.changes": ("unknown", "never", "yearly", "monthly", "weekly", "daily"),
    "arm.name": ("zero_shot", "few_shot", "retrieved_few_shot", "knowledge_base", "lora", "full"),
}
SHARES = ("task.target", "task.minimum_lift", "traffic.cached_prompt_share", "arm.score")
AT_LEAST_ONE = ("arm.n", "model.parameters")
LARGEST = 1e18
"""Far above any price, token count or model size; keeps arithmetic finite."""


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
    return kind(**{field: _value(f"{name}.{field}", hints[field], value, where) for field, value in values.items()})


def _value(field: str, hint: Any, value: Any, where: str) -> Any:
    kind = next((part for part in get_args(hint) if part is not NoneType), hint)
    if hint == tuple[str, ...]:
        if not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
            raise UsageError(f'{where}: {field} must be a list of texts like ["a", "b"], not {value!r}')
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value) if abs(value) <= LARGEST else LARGEST * 2
    if type(value) is not kind:
        words = {float: "a number", int: "a whole number", bool: "true or false", str: "a text in quotes"}
        raise UsageError(f"{where}: {field} must be {words[kind]}, not {value!r}")
    if kind in (int, float):
        _in_range(field, value, where)
    if field in CHOICES and value not in CHOICES[field]:
        known = [choice for choice in CHOICES[field] if choice]
        hint = nearest(value, known)
        also = f"; {hint}" if hint.startswith("did you mean") else ""
        raise UsageError(f"{where}: {field} is one of {', '.join(known)}, not {value!r}{also}")
    return value


def _in_range(field: str, value: float, where: str) -> None:
    low, high = (0.0, 1.0) if field in SHARES else (1.0 if field in AT_LEAST_ONE else 0.0, LARGEST)
    if not low <= value <= high:
        hint = f" (write {value / 100:g} for {value:g} %)" if field in SHARES and 1 < value <= 100 else ""
        limits = f"between {low:g} and {high:g}" if high < LARGEST else f"{low:g} or more"
        raise UsageError(f"{where}: {field} must be {limits}, not {value!r}{hint}")
