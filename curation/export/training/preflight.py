"""What a trainer would cut, drop or refuse of an export, by its own rules, before a GPU is paid for."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from curation.errors import UsageError
from curation.export import manifest as manifests
from curation.export.formats import export_format, suited
from curation.export.manifest import Manifest
from curation.export.recipes import Effect, Way, check_recipes
from curation.export.training import TEMPLATE
from curation.records.progress import Progress, ignore
from curation.records.settings import changed
from curation.text.tokens import ESTIMATE, Counter
from curation.text.turns import calls, says
from curation.text.turns.conversation import SHAREGPT
from curation.text.turns.exact import compact, exact

NAMED = 20
"""Rows named for each problem."""
READ = ("train", "validation")
"""Splits that a trainer reads; test stays unseen."""
FROM = {name: role for role, name in SHAREGPT.items()} | {"function_call": "assistant"}
ANSWERS = ("completion", "chosen", "rejected")
FATAL = ("cut", "dropped", "refused")
"""What becomes of a row that makes a preflight fail; `possible` is only said."""

EARLIER = "answers and tool calls before the last answer"
KNOWN = {"system", "user", "assistant", "tool"}
"""Roles that chat templates know."""

Ends = tuple[float, float]
Count = Callable[[str], Ends]
Turn = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """One kind of problem: what it is, what becomes of such rows, how many there are, and the first of them."""

    kind: str
    effect: Effect
    rows: int = 0
    first: tuple[str, ...] = ()

    def with_row(self, name: str) -> "Problem":
        """The same with one row more."""
        return replace(self, rows=self.rows + 1, first=(*self.first, name) if self.rows < NAMED else self.first)


@dataclass(frozen=True)
class Preflight:
    """What a trainer would do with an export: `limit` in tokens, `rows` it reads, and what it would not learn from.

    `fatal` rows would be cut, dropped or refused; a row with several problems is one of them.
    """

    trainer: str
    method: str
    limit: int
    rows: int
    is_measured: bool = False
    problems: Sequence[Problem] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
    fatal: int = 0


@dataclass(frozen=True)
class _Rules:
    """The rules of one trainer and method; `count` gives the tokens of a text at least and at most."""

    way: Way
    limit: int
    count: Count


def preflight(
    folder: Path, trainer: str, limit: int = 0, counter: Counter = ESTIMATE, progress: Progress = ignore
) -> Preflight:
    """What the trainer's own rules say about the export in `folder`.

    `limit` 0 is that of the recipe beside the data, else the trainer's own. `counter` counts tokens. Raises UsageError
    where there is no export, no such trainer, or no file it reads.
    """
    manifest = manifests.read(folder)
    plugin = check_recipes([trainer])[trainer]
    method, way = _fed(manifest, trainer, plugin.parts["methods"])
    limit = limit or _limit(folder / f"{trainer}_{method}.yaml", way)
    rules = _Rules(way, limit, _count(counter))
    found: dict[tuple[str, Effect], Problem] = {}
    rows, fatal, earlier = 0, 0, 0
    for split in READ:
        for name, row in _rows(folder, split, way):
            rows += 1
            if rows % 1000 == 0:
                progress(min(rows / max(manifest.counts["kept"], 1), 1.0), "checking rows")
            wrong = list(_wrong(row, rules))
            fatal += any(effect in FATAL for _, effect in wrong)
            earlier += way.last_only and any(turn.get("role") == "assistant" for turn in _parts(row)[0])
            for kind, effect in wrong:
                found[kind, effect] = found.get((kind, effect), Problem(kind, effect)).with_row(name)
    problems = sorted(found.values(), key=lambda problem: (problem.effect not in FATAL, -problem.rows))
    lost = manifest.lost.get(way.format, {})
    ignored = {**lost, **({EARLIER: earlier} if earlier else {}), **dict.fromkeys(way.ignores, 0)}
    return Preflight(trainer, method, limit, rows, counter.is_exact, tuple(problems), ignored, fatal)


def _fed(manifest: Manifest, trainer: str, methods: Mapping[str, Way]) -> tuple[str, Way]:
    for method, way in methods.items():
        written = manifest.formats.get(way.format, {}).get("settings")
        if written is not None and all(written.get(key) == value for key, value in way.settings.items()):
            return method, way
    ways = " or ".join(dict.fromkeys(way.format for way in methods.values()))
    raise UsageError(
        f"This export holds no file that {trainer} reads as it is ({ways}). Export again with --recipe {trainer}."
    )


def _limit(recipe: Path, way: Way) -> int:
    found = re.search(rf"^{way.limit}: (\d+)", recipe.read_text("utf-8"), re.MULTILINE) if recipe.exists() else None
    return int(found[1]) if found else way.usual


def _rows(folder: Path, split: str, way: Way) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a split's file, each with its name: the id where Parquet stands beside it, else file and line."""
    plugin = export_format.all()[way.format]
    path = folder / f"{split}.{plugin.settings.suffix}"
    if not path.exists():
        return
    ids = _ids(folder / f"{split}.parquet", plugin.parts.get("ids"), changed(plugin.settings, way.settings))
    with path.open(encoding="utf-8", newline="\n") as file:
        # an array is written with one object a line, too
        lines = (line.rstrip("\n").rstrip(",") for line in file if line.startswith("{"))
        for number, line in enumerate(lines, start=1):
            yield next(ids, "") or f"{path.name} row {number}", exact(line)


def _ids(path: Path, ids: Any, settings: Any) -> Iterator[str]:
    if not path.exists():
        return iter(())
    table = pq.read_table(path, columns=["id", "rejected"])
    if ids is None and table["rejected"].null_count == table.num_rows:
        return iter(table["id"].to_pylist())
    table = suited(pq.read_table(path), settings)
    found: Iterator[str] = iter(table["id"].to_pylist()) if ids is None else ids(table, settings)
    return found


def _turn(turn: Any) -> dict[str, Any]:
    """A turn of any form with role and content."""
    if "from" in turn:
        return {**turn, "role": FROM.get(turn["from"], turn["from"]), "content": turn.get("value")}
    return dict(turn)


def _turns(value: Any, role: str) -> list[dict[str, Any]]:
    if isinstance(value, str):
        return [{"role": role, "content": value}]
    return [_turn(turn) for turn in ([value] if isinstance(value, Mapping) else value or [])]


def _parts(row: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """The turns before the answer, and every answer of the row."""
    before = next((row[name] for name in ("prompt", "conversations", "messages") if name in row), None)
    turns = _turns(before, "user")
    answers = [_turns(row[name], "assistant") for name in ANSWERS if name in row]
    if before is None and len(answers) > 1:  # whole conversations: the prompt is what they begin with alike
        most = min(map(len, answers)) - 1
        shared = next((n for n in range(most) if any(answer[n] != answers[0][n] for answer in answers)), max(most, 0))
        return answers[0][:shared], [answer[shared:] for answer in answers]
    return (turns, answers) if answers else (turns[:-1], [turns[-1:]])


def _wrong(row: Mapping[str, Any], rules: _Rules) -> Iterator[tuple[str, Effect]]:
    """What is wrong with a row and what becomes of it."""
    before, answers = _parts(row)
    yield from _wrong_turns(before, answers, rules.way)
    yield from _wrong_values(row, [turn for turns in (before, *answers) for turn in turns], rules.way)
    beside = (row[name] for name in ("tools", "system") if row.get(name))
    fixed = [rules.count(value if isinstance(value, str) else compact(value)) for value in beside]
    asked = _sum([*fixed, _tokens(before, rules.count)])
    longest = [max(ends) for ends in zip(*(_tokens(answer, rules.count) for answer in answers), strict=True)]
    if asked[0] >= rules.limit:
        yield f"longer than {rules.limit:,} tokens before the answer begins", rules.way.long_prompt
    elif asked[0] + longest[0] > rules.limit:
        yield f"longer than {rules.limit:,} tokens", rules.way.long
    elif asked[1] + longest[1] > rules.limit:
        yield f"perhaps longer than {rules.limit:,} tokens (by the upper end of the estimate)", "possible"


def _wrong_turns(before: Sequence[Turn], answers: Sequence[Sequence[Turn]], way: Way) -> Iterator[tuple[str, Effect]]:
    if any(not answer or answer[-1].get("role") != "assistant" for answer in answers):
        is_answered = any(turn.get("role") == "assistant" for turn in before)
        usual: Effect = "possible" if is_answered else "refused"
        effect: Effect = "dropped" if way.alternates == "dropped" else usual
        yield "the last turn is not the assistant's", effect
    elif any(not says(turn) for answer in answers for turn in answer):
        yield "an empty answer would be learned", "refused"
    if not any(turn.get("role") != "system" for turn in before):
        yield "nothing is asked", way.alternates or "possible"
    roles = [turn.get("role") for turn in (*before, *answers[0])]
    spoken = roles[1:] if roles[:1] == ["system"] else roles
    wanted = (("user", "tool"), ("assistant",))
    if any(role not in wanted[n % 2] for n, role in enumerate(spoken)):
        if way.alternates:
            yield "the turns do not alternate", way.alternates
        elif any(a == b for a, b in pairwise(spoken) if a in ("user", "assistant")) or "system" in spoken:
            yield "the turns do not alternate, which some chat templates refuse", "possible"


def _count(counter: Counter) -> Count:
    @lru_cache(maxsize=1024)
    def ends(text: str) -> Ends:
        # a system turn and tools stand in every row
        counts = counter.counts([text])
        return float(counts.lows[0]), float(counts.highs[0])

    return ends


def _sum(parts: Sequence[Ends]) -> Ends:
    return sum(low for low, _ in parts), sum(high for _, high in parts)


def _wrong_values(row: Mapping[str, Any], turns: Sequence[Turn], way: Way) -> Iterator[tuple[str, Effect]]:
    if way.texts_only and not all(isinstance(turn.get("content"), str) for turn in turns):
        yield "a turn that is no text (calls of tools, pictures)", "refused"
    elif any(isinstance(turn.get("content"), list) for turn in turns):
        yield "content in parts, such as pictures, which chat templates of text models refuse", "possible"
    if unknown := sorted({str(turn.get("role")) for turn in turns} - KNOWN):
        yield (
            f"roles that many chat templates do not know: {', '.join(unknown)}",
            ("refused" if way.texts_only else "possible"),
        )
    if way.properties and not all(map(_has_properties, _opened(row.get("tools")))):
        yield "a tool without parameters.properties: name a template, or it is refused", "possible"


def _opened(tools: Any) -> Sequence[Any]:
    value = exact(tools) if isinstance(tools, str) and tools else tools
    return value if isinstance(value, list) else [value] if value else []


def _has_properties(tool: Any) -> bool:
    function = tool.get("function", tool) if isinstance(tool, Mapping) else {}
    parameters = function.get("parameters") if isinstance(function, Mapping) else None
    return isinstance(parameters, Mapping) and isinstance(parameters.get("properties"), Mapping)


def _tokens(turns: Sequence[Turn], count: Count) -> Ends:
    tokens = []
    for turn in turns:
        content = turn.get("content")
        text = content if isinstance(content, str) else compact(content) if content else ""
        made = compact(calls(turn)) if calls(turn) else ""
        tokens += [count(text), (TEMPLATE, TEMPLATE)] + ([count(made)] if made else [])
    return _sum(tokens)
