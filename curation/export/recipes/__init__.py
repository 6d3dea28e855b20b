"""Recipes: files beside the data that tell a trainer what to do with it. One file a trainer, found by the registry."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curation.errors import UsageError
from curation.export.formats import bad_alone
from curation.export.training import Facts, Numbers, Tokens, beside_of, has_weights, numbers
from curation.records.settings import options
from curation.registry import Plugin, Registry

Recipe = Callable[[Facts, Numbers, Any], Mapping[str, str]]
"""`function(facts, numbers, settings) -> files`: texts by file name, the same for the same input.

Its decorator names `methods`, a Way by method (sft, dpo, kto) that the trainer knows. `settings.model` is the model
that is trained.
"""


def _form(plugin: Plugin[Recipe]) -> None:
    options(plugin.settings)
    ways = plugin.parts.get("methods", {})
    if not ways or not all(name in METHODS and isinstance(way, Way) for name, way in ways.items()):
        raise TypeError(f"its decorator names no methods, a Way for each of {', '.join(METHODS[1:])} that it knows")
    if not hasattr(plugin.settings, "model") or not hasattr(plugin.settings, "method"):
        raise TypeError("its settings have no model or no method")


recipe: Registry[Recipe] = Registry(__name__, "recipe", form=_form)

Lines = list[tuple[str, object, str] | str]
"""Lines of a recipe as `yaml` takes them."""
Effect = Literal["cut", "dropped", "refused", "possible"]
"""What becomes of a row in training."""
METHODS = ("auto", "sft", "dpo", "kto")
"""How a model may be trained; auto is kto where most rejected answers stand alone, dpo where most rows have one beside
their answer, else sft, if the trainer knows it."""
NO_MODEL = "NAME_OF_THE_MODEL"
"""What stands in a recipe where nobody said which model is trained."""


@dataclass(frozen=True)
class Way:
    """How a trainer is fed with one method: the export format it reads with the settings it needs, and its rules.

    `limit` is the key of the recipe's file that holds the length limit, `usual` the trainer's own where there is none;
    `long` says what becomes of a row beyond it, `long_prompt` of one whose prompt alone fills it: cut or dropped.
    `alternates` says what becomes of rows whose turns do not (dropped or refused), "" where the chat template decides.
    With `texts_only` a turn that is no text stops the trainer, with `properties` a tool definition without them does
    unless a template is named. With `last_only` answers before the last are not learned. `ignores` names what of a row
    the trainer passes over.
    """

    format: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    limit: str = "max_length"
    usual: int = 1024
    long: Effect = "cut"
    long_prompt: Effect = "dropped"
    alternates: Literal["", "dropped", "refused"] = ""
    texts_only: bool = False
    properties: bool = False
    last_only: bool = False
    ignores: Sequence[str] = ()


MODEL = {"help": "The model that is trained: a name on a hub or a folder"}
METHOD = {
    "help": "sft, dpo, kto, or auto: dpo where most rows have a rejected answer, kto where it is their only one",
    "choices": METHODS,
}


def check_recipes(names: Sequence[str]) -> dict[str, Plugin[Recipe]]:
    """The recipes of these names. Raises UsageError on one there is not."""
    known = recipe.all()
    for name in names:
        if name not in known:
            raise UsageError(f"There is no recipe {name!r}. Choose from {', '.join(known)}.")
    return {name: known[name] for name in dict.fromkeys(names)}


def way_of(plugin: Plugin[Recipe], method: str) -> Way:
    """How a trainer is fed with a method. Raises UsageError where it has no recipe for it."""
    ways: Mapping[str, Way] = plugin.parts["methods"]
    if method not in ways:
        raise UsageError(f"The recipe {plugin.name} knows no {method}. Choose from {', '.join(ways)}.")
    return ways[method]


@dataclass(frozen=True)
class Planned:
    """A recipe asked for, with its settings, the method it is for and how the trainer is fed."""

    plugin: Plugin[Recipe]
    settings: Any
    method: str
    way: Way


def planned(recipes: Mapping[str, Any], table: pa.Table) -> dict[str, Planned]:
    """The recipes of these names with their settings (None: the built-in ones) for the rows of an export table."""
    found = {}
    for name, plugin in check_recipes(tuple(recipes)).items():
        settings = recipes[name] or plugin.settings
        method = settings.method
        if method == "auto":
            method = _method(table, plugin.parts["methods"])
        found[name] = Planned(plugin, settings, method, way_of(plugin, method))
    return found


def _method(table: pa.Table, known: Container[str]) -> str:
    """The method for these rows: dpo where most have a rejected answer, kto where more of these have it alone."""
    rejected = table.num_rows - table["rejected"].null_count
    alone = pc.sum(bad_alone(table)).as_py() or 0
    if 2 * alone > rejected and "kto" in known:
        return "kto"
    return "dpo" if rejected and 2 * rejected >= table.num_rows and "dpo" in known else "sft"


def recipe_files(
    plans: Mapping[str, Planned], table: pa.Table, tokens: Mapping[str, Tokens], suffixes: Mapping[str, str], seed: int
) -> dict[str, str]:
    """The files of these recipes by name; `tokens` are those of each split, `suffixes` those of the written formats by
    name."""
    if not plans:
        return {}
    rows = {name: stats.rows for name, stats in tokens.items()}
    beside, weighed = beside_of(table), has_weights(table["messages"])
    files: dict[str, str] = {}
    for plan in plans.values():
        names = {split: f"{split}.{suffixes[plan.way.format]}" for split, count in rows.items() if count}
        method, format = plan.method, plan.way.format
        facts = Facts(method, format, rows, tokens["train"], names, beside, weighed, seed)
        files |= plan.plugin.function(facts, numbers(facts), plan.settings)
    return files


def training_arguments(numbers: Numbers) -> Lines:
    """The numbers of a run under their names in transformers' TrainingArguments, as trainers built on it read them."""
    return [
        ("num_train_epochs", Raw(numbers.epochs.text), numbers.epochs.why),
        ("per_device_train_batch_size", Raw(numbers.batch.text), numbers.batch.why),
        ("gradient_accumulation_steps", Raw(numbers.accumulation.text), numbers.accumulation.why),
        ("learning_rate", Raw(numbers.rate.text), numbers.rate.why),
        ("lr_scheduler_type", "cosine", ""),
    ]


def yaml(lines: Sequence[tuple[str, Any, str] | str]) -> str:
    """YAML of (key, value, reason) lines, the reason as a comment; texts are comments, "" an empty line.

    Values are written as JSON, which YAML reads, and a Raw one as it is.
    """
    said = []
    for line in lines:
        if isinstance(line, str):
            said.append(f"# {line}" if line else "")
            continue
        key, value, why = line
        written = value if isinstance(value, Raw) else orjson.dumps(value).decode()
        stands = written and not written.startswith(chr(10))
        said.append(f"{key}:{' ' if stands else ''}{written}" + (f"  # {why}" if why else ""))
    return "\n".join(said) + "\n"


class Raw(str):
    """A text that stands in YAML as it is: a number in its usual form, or lines below a key."""

    __slots__ = ()
