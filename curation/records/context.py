"""The context file's nouns: what a person tells us about the task, field by field. Empty or None means "don't know".

Title, choices and range of a field stand with it (`FormField`): the file, the form and the template read them there.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import tomli_w

from curation.errors import UsageError, nearest

FORMAT = 2
"""The format of context files written now; those of format 1 do not name it."""
METRICS = (
    "accuracy", "exact_match", "macro_f1", "balanced_accuracy", "recall", "within_one", "token_f1", "chrf", "judged",
)  # fmt: skip
ARMS = (
    "zero_shot", "few_shot", "retrieved_few_shot", "knowledge_base", "classifier", "lora", "lora_knowledge_base",
    "full",
)  # fmt: skip
HIGHEST = 1e18
"""Far above any price, token count or model size; keeps arithmetic finite."""


@dataclass(frozen=True)
class FormField:
    """What a field asks: its title in the form, the words it may be, the range (ends included) a number may be in."""

    title: str
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = HIGHEST


def _field(title: str, default: Any, choices: tuple[str, ...] = (), low: float = 0.0, high: float = HIGHEST) -> Any:
    return field(default=default, metadata={"form": FormField(title, choices, low, high)})


def form_field(kind: Any, name: str) -> FormField:
    """What a field of one of the sections below asks."""
    found: FormField = next(one for one in fields(kind) if one.name == name).metadata["form"]
    return found


@dataclass(frozen=True)
class Task:
    metric: str = _field("How is it scored?", "", ("", *METRICS))
    target: float | None = _field("Score that would be good enough (0 to 1)", None, high=1.0)
    minimum_lift: float | None = _field("Smallest gain worth the effort (0 to 1)", None, high=1.0)
    kind: str = _field(
        "Kind of task", "", ("", "classification", "rewriting", "extraction", "question_answering", "generation")
    )
    recall_of: tuple[str, ...] = _field("Labels that must not be missed (may stay empty)", ())


@dataclass(frozen=True)
class Label:
    """A label the set should have, what it means, and the key that gives it in review."""

    name: str = field(metadata={"form": FormField("Labels the set should have (may stay empty)")})
    description: str = _field("What the label means", "")
    key: str = _field("Key that gives it in review", "")


@dataclass(frozen=True)
class Knowledge:
    changes: str = _field(
        "How often do right answers change?", "unknown", ("unknown", "never", "yearly", "monthly", "weekly", "daily")
    )
    must_cite: bool = _field("Answers must cite their source", False)
    source_available: bool = _field("There is a knowledge base to retrieve from", False)


@dataclass(frozen=True)
class Needs:
    offline: bool = _field("Must work offline or on a device", False)
    p95_latency_ms: int = _field("95th percentile latency allowed, ms (0: no limit)", 0)
    privacy: bool = _field("Data may not leave our own machines", False)
    quality_only: bool = _field("Worth it whatever it costs", False)
    accept_forgetting: bool = _field("Losing some general ability is acceptable", False)
    gpus: bool = _field("We have GPUs", False)


@dataclass(frozen=True)
class Traffic:
    calls_per_month: int | None = _field("Calls a month", None)
    prompt_tokens: int | None = _field("Prompt tokens a call, today", None)
    tuned_prompt_tokens: int | None = _field("Prompt tokens a call, tuned", None)
    output_tokens: int | None = _field("Output tokens a call", None)
    cached_prompt_share: float = _field("Share of prompt tokens cached (0 to 1)", 0.0, high=1.0)


@dataclass(frozen=True)
class Prices:
    currency: str = _field("Currency", "USD")
    input_per_million: float | None = _field("Price of a million input tokens", None)
    output_per_million: float | None = _field("Price of a million output tokens", None)
    tuned_input_per_million: float | None = _field("A million input tokens, tuned model", None)
    tuned_output_per_million: float | None = _field("A million output tokens, tuned model", None)
    hosting_per_month: float | None = _field("Hosting a month, tuned model", None)
    cached_input_per_million: float | None = _field("A million cached input tokens", None)
    gpu_hour: float | None = _field("Price of a GPU hour", None)
    gpu_tflops: float | None = _field("GPU speed, TFLOPS at peak", None)
    label_hour: float | None = _field("Price of an hour of labelling", None)
    label_minutes_per_row: float | None = _field("Minutes to label a row", None)
    training_per_million: float | None = _field("A million training tokens, where a service trains", None)
    batch_share: float = _field("Share of the price that a batch call costs (0 to 1; 0: no batches)", 0.0, high=1.0)
    as_of: str = _field("Prices as of (date)", "")


@dataclass(frozen=True)
class Model:
    parameters: float | None = _field("Size of the model, in parameters", None, low=1.0)
    retrains_per_year: float | None = _field("Retrainings a year", None)
    context_tokens: int | None = _field("Tokens the model reads at once", None)
    name: str = _field("Name of the model", "")


@dataclass(frozen=True)
class Value:
    right_answer: float | None = _field("What a right answer is worth, or a wrong one costs", None)
    engineering_days: float | None = _field("Days of engineering to train, serve and watch the model", None)
    day_rate: float | None = _field("Price of a day of engineering", None)


@dataclass(frozen=True)
class Data:
    licence: str = _field("Licence of the data", "")
    consent: bool | None = _field("The people in the data agreed to this use", None)
    personal_data_handled: bool | None = _field("Personal data was looked at and may stay", None)


@dataclass(frozen=True)
class Arm:
    """One way of doing the task, scored on held-out rows: n rows, mean score 0..1.

    `sd` is the standard deviation of the rows' scores, `groups` the number of independent groups the rows fall into.
    `difference` is how much better it scored than the best prompt on the same rows, with its 90 % interval.
    """

    name: str = field(metadata={"form": FormField("Arm: a way of doing the task", ARMS)})
    score: float = field(metadata={"form": FormField("Mean score of the rows (0 to 1)", high=1.0)})
    n: int = field(metadata={"form": FormField("Rows scored", low=1.0)})
    prompt_tokens: float | None = _field("Prompt tokens a call", None)
    output_tokens: float | None = _field("Output tokens a call", None)
    latency_ms: float | None = _field("95th percentile latency, ms", None)
    cost: float | None = _field("Price of a call", None)
    hosted: bool | None = _field("Hosted: runs outside our own machines", None)
    model: str = _field("Name of its model", "")
    parameters: float | None = _field("Size of its model, in parameters", None, low=1.0)
    sd: float | None = _field("Standard deviation of the rows' scores", None, high=1.0)
    groups: int | None = _field("Independent groups of rows", None, low=1.0)
    difference: float | None = _field("Better than the best prompt by, on the same rows", None, low=-1.0, high=1.0)
    difference_low: float | None = _field("That difference, low end (90 %)", None, low=-1.0, high=1.0)
    difference_high: float | None = _field("That difference, high end (90 %)", None, low=-1.0, high=1.0)
    form_faults: float | None = _field("Share of replies that fail by form (0 to 1)", None, high=1.0)
    worst_recall: float | None = _field("Least recall of the labels that must not be missed", None, high=1.0)


@dataclass(frozen=True)
class Difference:
    """How much better one arm scored than another on the n rows both were asked, with a 90 % interval."""

    first: str = field(metadata={"form": FormField("The better arm", ARMS)})
    second: str = field(metadata={"form": FormField("The arm it is compared with", ARMS)})
    value: float = field(metadata={"form": FormField("Difference of their scores", low=-1.0, high=1.0)})
    low: float = field(metadata={"form": FormField("Its low end (90 %)", low=-1.0, high=1.0)})
    high: float = field(metadata={"form": FormField("Its high end (90 %)", low=-1.0, high=1.0)})
    n: int = field(metadata={"form": FormField("Rows both were asked", low=1.0)})


@dataclass(frozen=True)
class Context:
    """What the person told us about the task, section by section. Empty or None means "don't know".

    `measured` names the arms whose score was measured in this project; the others were entered by a person. `judged`
    has (arm, judge, rows that people judged) of those that a model judged. Neither is written to a file.
    """

    task: Task = Task()
    knowledge: Knowledge = Knowledge()
    needs: Needs = Needs()
    traffic: Traffic = Traffic()
    prices: Prices = Prices()
    model: Model = Model()
    value: Value = Value()
    data: Data = Data()
    arms: tuple[Arm, ...] = ()
    differences: tuple[Difference, ...] = ()
    labels: tuple[Label, ...] = ()
    measured: frozenset[str] = frozenset()
    judged: tuple[tuple[str, str, int], ...] = ()

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of the labels declared, in their order."""
        return tuple(label.name for label in self.labels)

    def with_labels(self, names: Iterable[str]) -> "Context":
        """The context with these labels declared; one known already keeps its description and key."""
        known = {label.name: label for label in self.labels}
        return replace(self, labels=tuple(known.get(name, Label(name)) for name in names))


SECTIONS: Mapping[str, type] = {
    "task": Task,
    "knowledge": Knowledge,
    "needs": Needs,
    "traffic": Traffic,
    "prices": Prices,
    "model": Model,
    "value": Value,
    "data": Data,
}
LISTS: Mapping[str, tuple[str, type]] = {
    "arm": ("arms", Arm),
    "difference": ("differences", Difference),
    "label": ("labels", Label),
}
"""Entries of which there may be several, each with its field of the context and what it holds."""


def read_context(path: str | Path, stored: bool = False) -> Context:
    """The context in a TOML file. Raises UsageError: no such file, not TOML, unknown field, wrong type or range.

    `stored` as in `parse_context`.
    """
    return parse_context(context_text(path), str(path), stored)


def context_text(path: str | Path) -> str:
    """The text of a context file. Raises UsageError: no such file, not UTF-8."""
    try:
        return Path(path).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"cannot read the context file {path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text: {error.reason}; save it as UTF-8") from error


def parse_context(text: str, where: str, stored: bool = False) -> Context:
    """The context in a TOML text; `where` names the file in messages. Raises UsageError as `read_context` does.

    In one `stored` with a project that names no format, `hosted = false` and `minimum_lift = 0.05` were written by us
    and said by nobody: they read as not given.
    """
    return context_from(_parsed(text, where), where, stored)


def context_from(told: Mapping[str, Any], where: str = "context", stored: bool = False) -> Context:
    """The context in the sections of a file as dicts: `{"task": {"target": 0.9}}`. Raises as `parse_context` does."""
    whole = deepcopy(dict(told))
    unknown = [name for name in whole if name not in SECTIONS and name not in LISTS and name != "format"]
    if unknown:
        raise UsageError(f"{where}: no section [{unknown[0]}]; {_placed(unknown[0])}")
    is_old = "format" not in whole
    if not is_old and (type(whole["format"]) is not int or not 1 <= whole["format"] <= FORMAT):
        raise UsageError(f"{where}: format is a whole number from 1 to {FORMAT}, not {whole['format']!r}")
    if stored and is_old:
        _drop_unsaid(whole)
    named = _take_named(whole, where)
    sections = {name: _section(name, kind, whole.get(name, {}), where) for name, kind in SECTIONS.items()}
    lists: dict[str, Any] = {
        place: _list(name, kind, whole.get(name, []), where) for name, (place, kind) in LISTS.items()
    }
    context = Context(**sections, **lists)
    _check_labels(context.labels, where)
    return context.with_labels(dict.fromkeys([*context.label_names, *named]))


def unsaid(text: str, where: str) -> list[str]:
    """Of a context without a format: what it holds that earlier versions wrote unasked, a clause each."""
    whole = _parsed(text, where)
    if "format" in whole:
        return []
    task, arms = whole.get("task"), whole.get("arm")
    found = []
    if isinstance(task, dict) and task.get("minimum_lift") == UNSAID_LIFT:
        found.append(f"minimum_lift = {UNSAID_LIFT:g}")
    if isinstance(arms, list) and any(isinstance(arm, dict) and arm.get("hosted") is False for arm in arms):
        found.append("hosted = false")
    return found


def _take_named(whole: dict[str, Any], where: str) -> tuple[str, ...]:
    """Takes the labels out of [task], where files of format 1 named them."""
    task = whole.get("task")
    named = task.pop("labels", []) if isinstance(task, dict) else []
    names: tuple[str, ...] = _value("task.labels", tuple[str, ...], FormField(""), named, where)
    return names


def _check_labels(labels: tuple[Label, ...], where: str) -> None:
    for entry in ("name", "key"):
        counts = Counter(getattr(label, entry) for label in labels)
        if twice := [text for text, n in counts.items() if text and n > 1]:
            raise UsageError(f"{where}: two entries [[label]] have the {entry} {twice[0]!r}; each needs its own")
    if any(not label.name.strip() for label in labels):
        raise UsageError(f"{where}: an entry [[label]] has an empty name")
    if long := [label for label in labels if len(label.key) > 1]:
        raise UsageError(f"{where}: label.key is one character, not {long[0].key!r}")


UNSAID_LIFT = 0.05
"""The smallest gain that files of format 1 held where nobody had said any."""


def _drop_unsaid(whole: dict[str, Any]) -> None:
    task, arms = whole.get("task"), whole.get("arm")
    if isinstance(task, dict) and task.get("minimum_lift") == UNSAID_LIFT:
        del task["minimum_lift"]
    for arm in arms if isinstance(arms, list) else ():
        if isinstance(arm, dict) and arm.get("hosted") is False:
            del arm["hosted"]


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{where} is not a TOML file: {error}; correct it there") from error


def _list(name: str, kind: type, values: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(values, list):
        raise UsageError(f"{where}: entries of {name} are written as [[{name}]], with two brackets")
    return tuple(_section(name, kind, one, where) for one in values)


def write_context(context: Context) -> str:
    """The context as TOML, fields nobody knows left out; `parse_context` gives the same context back."""
    whole: dict[str, Any] = {"format": FORMAT}
    whole |= {name: _known(getattr(context, name)) for name in SECTIONS}
    for name, (place, _) in LISTS.items():
        if entries := getattr(context, place):
            whole[name] = [_known(one) for one in entries]
    return tomli_w.dumps(whole)


def template() -> str:
    """A context file in which every field stands commented out, with what it asks; it reads as an empty context."""
    head = (
        "# What you know about the task. Take the # off a line and fill it in; what you do not know stays as it is.\n"
    )
    sections = [_blank(f"[{name}]", kind) for name, kind in SECTIONS.items()]
    arms = "# A prompt or a tuned model scored elsewhere; repeat it for each.\n" + _blank("# [[arm]]", Arm)
    apart = "# How two of these differ on the same rows, where you measured it; repeat it for each.\n"
    differences = apart + _blank("# [[difference]]", Difference)
    labels = "# A label the set should have; repeat it for each.\n" + _blank("# [[label]]", Label)
    return "\n".join([head, f"format = {FORMAT}\n", *sections, arms, differences, labels])


def _blank(heading: str, kind: type) -> str:
    lines = [heading]
    for entry in fields(kind):
        asks, default = (
            form_field(kind, entry.name),
            "" if entry.default in (None, MISSING) else json.dumps(entry.default),
        )
        title = asks.title if not asks.choices or asks.title.endswith("?") else asks.title + ":"
        lines.append(f"{f'# {entry.name} = {default}':40} # {title} {' | '.join(filter(None, asks.choices))}".rstrip())
    return "\n".join(lines) + "\n"


def _known(section: Any) -> dict[str, Any]:
    values = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(section).items()}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _placed(name: str) -> str:
    homes = [section for section, kind in SECTIONS.items() if name in {f.name for f in fields(kind)}]
    return f"{name!r} belongs in [{homes[0]}]" if homes else nearest(name, [*SECTIONS, *LISTS])


def _section(name: str, kind: type, values: Any, where: str) -> Any:
    if not isinstance(values, dict):
        raise UsageError(f"{where}: {name} must be a section [{name}], not {values!r}")
    hints = get_type_hints(kind)
    for entry in values:
        if entry not in hints:
            raise UsageError(f"{where}: no entry {entry!r} in [{name}]; {nearest(entry, hints)}")
    needed = [f.name for f in fields(kind) if f.default is MISSING and f.name not in values]
    if needed:
        raise UsageError(f"{where}: every [[{name}]] needs {' and '.join(needed)}")
    return kind(
        **{f: _value(f"{name}.{f}", hints[f], form_field(kind, f), value, where) for f, value in values.items()}
    )


def _value(entry: str, hint: Any, asks: FormField, value: Any, where: str) -> Any:
    kind = next((part for part in get_args(hint) if part is not NoneType), hint)
    if hint == tuple[str, ...]:
        if not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
            raise UsageError(f'{where}: {entry} must be a list of texts like ["a", "b"], not {value!r}')
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value) if abs(value) <= HIGHEST else HIGHEST * 2
    if type(value) is not kind:
        words = {float: "a number", int: "a whole number", bool: "true or false", str: "a text in quotes"}
        raise UsageError(f"{where}: {entry} must be {words[kind]}, not {value!r}")
    if kind in (int, float):
        _in_range(entry, asks, value, where)
    if asks.choices and value not in asks.choices:
        known = [choice for choice in asks.choices if choice]
        hint = nearest(value, known)
        also = f"; {hint}" if hint.startswith("did you mean") else ""
        raise UsageError(f"{where}: {entry} is one of {', '.join(known)}, not {value!r}{also}")
    return value


def _in_range(entry: str, asks: FormField, value: float, where: str) -> None:
    low, high = asks.low, asks.high
    if not low <= value <= high:
        hint = f" (write {value / 100:g} for {value:g} %)" if high == 1 and 1 < value <= 100 else ""
        limits = f"between {low:g} and {high:g}" if high < HIGHEST else f"{low:g} or more"
        raise UsageError(f"{where}: {entry} must be {limits}, not {value!r}{hint}")
