"""Rubrics: what a model is asked to look at in a row, by kind of task. Files in `rubrics/`; a project may keep its own.

A rubric's digest stands in the name of every call and with every reading: what was read by another one is another
reading.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib import resources
from typing import Any

import tomli_w

from curation.errors import UsageError

BUILT_IN = ("classification", "short_answer", "text", "chat")
SHORT = ("extraction", "question_answering")
"""Kinds of task (of the context) whose answers are short and one of which is right."""
CHAT_TURNS = 3
"""Turns from which a row is a conversation: a question, its answer and what was said before."""
MOST_KINDS = 30
LONGEST = 4000
"""Characters of one text of a rubric: a page; it is sent with every row."""
OTHER_LABEL = "other_label"
"""The kind of a fault that a label of the list would mend."""
OTHER = "other"
"""The kind of a fault that the model named by no kind of the rubric."""
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Shown:
    """An example that the rubric shows: a row, and what a reading of it should say."""

    input: str
    answer: str
    reading: str
    kind: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Rubric:
    """What is asked of a row: `ask` says what to decide, `right`, `wrong` and `unsure` what each means, `kinds` the
    kinds of fault by id, `examples` rows that were read."""

    name: str
    version: int
    ask: str
    right: str
    wrong: str
    unsure: str
    kinds: Mapping[str, str]
    examples: tuple[Shown, ...] = field(default=())

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all of it (hex)."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    @property
    def title(self) -> str:
        """Its name, version and the beginning of its digest: what tells two of them apart."""
        return f"{self.name} {self.version} ({self.digest[:8]})"


def built_in(name: str) -> Rubric:
    """The rubric of this name that comes with the product."""
    text = resources.files("curation.model_review").joinpath("rubrics", f"{name}.toml").read_text("utf-8")
    return parse(text, f"{name}.toml")


def fitting(labels: bool, kind: str, turns: Sequence[int]) -> str:
    """The name of the built-in rubric for a set: of `labels` or of texts, of a kind of task as the context says it,
    with so many turns in some of its rows."""
    if labels:
        return "classification"
    if kind in SHORT:
        return "short_answer"
    return "chat" if 2 * sum(n >= CHAT_TURNS for n in turns) > len(turns) else "text"


def parse(text: str, where: str) -> Rubric:
    """The rubric of a TOML text; `where` names it in messages.

    Raises UsageError on what is no TOML, has an unknown field, lacks one, or holds a value of another type or too long.
    """
    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{where} is not TOML: {error}. Start from `curation model-review --show-rubric`.") from None
    _check_fields(whole, where)
    kinds = _texts(whole["kinds"], f"{where}: kinds")
    if not 1 <= len(kinds) <= MOST_KINDS or not all(_KIND.fullmatch(kind) for kind in kinds):
        raise UsageError(
            f"{where}: there must be 1 to {MOST_KINDS} kinds, each named by small letters, digits and _, "
            "like other_label."
        )
    shown = tuple(_example(one, kinds, where) for one in _tables(whole.get("examples", []), f"{where}: examples"))
    said = _texts({name: whole[name] for name in ("name", "ask", "right", "wrong", "unsure")}, where)
    return Rubric(version=whole["version"], kinds=kinds, examples=shown, **said)


def written(rubric: Rubric) -> str:
    """A rubric as the TOML text that `parse` reads."""
    values = asdict(rubric)
    shown = [{name: text for name, text in one.items() if text} for one in values.pop("examples")]
    values |= {"examples": shown} if shown else {}
    return tomli_w.dumps(values, multiline_strings=True)


def _check_fields(whole: Mapping[str, Any], where: str) -> None:
    needed = {"name", "version", "ask", "right", "wrong", "unsure", "kinds"}
    if missing := sorted(needed - whole.keys()):
        raise UsageError(f"{where} lacks {', '.join(missing)}. Start from `curation model-review --show-rubric`.")
    if unknown := sorted(whole.keys() - needed - {"examples"}):
        raise UsageError(f"{where} has a field {unknown[0]!r} that no rubric has.")
    if type(whole["version"]) is not int or whole["version"] < 1:
        raise UsageError(f"{where}: version must be a whole number from 1, not {whole['version']!r}.")


def _texts(values: object, where: str) -> dict[str, str]:
    if not isinstance(values, Mapping):
        raise UsageError(f"{where} must be a table of texts.")
    for name, value in values.items():
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
            raise UsageError(f"{where}: {name} must be a text of 1 to {LONGEST:,} characters.")
    return dict(values)


def _tables(values: object, where: str) -> list[Mapping[str, Any]]:
    if not isinstance(values, list) or not all(isinstance(one, Mapping) for one in values):
        raise UsageError(f"{where} must be tables, written [[examples]].")
    return values


def _example(values: Mapping[str, Any], kinds: Mapping[str, str], where: str) -> Shown:
    known = Shown.__dataclass_fields__.keys()
    given = {name: value for name, value in values.items() if value != ""}
    said = _texts(given, f"{where}: examples")
    if not {"input", "answer", "reading"} <= said.keys() <= known:
        raise UsageError(f"{where}: an example has input, answer and reading, and may have kind and reason.")
    if said["reading"] not in ("right", "wrong", "unsure") or said.get("kind", next(iter(kinds))) not in kinds:
        raise UsageError(f"{where}: an example reads right, wrong or unsure, and its kind is one of the rubric's.")
    return Shown(**said)
