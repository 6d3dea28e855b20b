"""What is sent: for every arm and row a prompt, as chat messages or as one plain text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np

from curation.endpoint.prompt import Prompt
from curation.errors import NotChecked
from curation.measure.holdout import Holdout, Row
from curation.measure.lookup import PASSAGE, Nearest
from curation.measure.plan import PASSAGES, SHOTS, Task
from curation.records import WITH_PASSAGES, MeasureSettings
from curation.sampling.intervals import Interval
from curation.text.tokens import ESTIMATE

SHOWN = 16_000
"""Bytes of examples or passages in one prompt, about 4,000 tokens: what even small models take."""
LONGEST_REPLY = 4096
"""Tokens; what most endpoints allow at most unless asked."""
USUAL_TURN = 5
"""Tokens a chat template usually adds to a message (ChatML, Llama 3, Gemma: 3 to 6)."""
LETTERS = (4.5, 5.1, 2.7)
"""Characters a token of passages nobody has read yet: usual, most and fewest of prose (`benchmarks/tokens.py`)."""
INSTRUCTIONS = {
    "": "Write the ideal output for the input, in the manner of the examples.",
    "classification": "Sort the text into one of the labels. Answer with that label alone, written exactly as given.",
    "rewriting": "Rewrite the input. Answer with the rewritten text alone.",
    "extraction": "Extract what is asked for from the input. Answer with that alone.",
    "question_answering": "Answer the question, as briefly as the examples do.",
    "generation": "Write the ideal output for the input.",
}
_SLOT = re.compile(r"\{(input|labels|examples|passages)\}")


@dataclass(frozen=True)
class Writer:
    """Writes the prompts of one measurement. `knowledge` are the passages of the person's own texts."""

    settings: MeasureSettings
    task: Task
    holdout: Holdout
    knowledge: Sequence[str] = ()
    reply_tokens: int = 64
    _made: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def write(self, arm: str, row: Row) -> Prompt:
        """The prompt of an arm for a row. Raises NotChecked where there is nothing to show in it."""
        examples: list[Row] = []
        found: list[str] = []
        if arm == "few_shot":
            examples = self._fixed()
        elif arm == "retrieved_few_shot":
            examples = self._alike(row)
        elif arm in WITH_PASSAGES:
            found = self._found(row)
        return self._filled(row.input, examples, found)

    def _fixed(self) -> list[Row]:
        if "fixed" not in self._made:
            self._made["fixed"] = _fit(_spread(self.holdout.pool, bool(self.task.labels), self.settings.seed))
        return self._shown(self._made["fixed"])

    def _alike(self, row: Row) -> list[Row]:
        if "rows" not in self._made:
            self._made["rows"] = Nearest([one.input for one in self.holdout.pool])
        nearest = self._made["rows"].of(row.input, SHOTS)
        # the nearest last: what stands right before the question weighs most (Lu et al., ACL 2022)
        return self._shown(_fit([self.holdout.pool[n] for n in nearest])[::-1])

    def _shown(self, rows: list[Row]) -> list[Row]:
        if not rows:
            raise NotChecked("no row is left to show as an example")
        return rows

    def _found(self, row: Row) -> list[str]:
        if not self.knowledge:
            raise NotChecked("no knowledge texts were given")
        if "passages" not in self._made:
            self._made["passages"] = Nearest(self.knowledge)
        return [self.knowledge[n] for n in self._made["passages"].of(row.input, PASSAGES)]

    def _filled(self, text: str, examples: Sequence[Row], found: Sequence[str]) -> Prompt:
        if self.settings.template:
            return self._templated(text, examples, found)
        return (
            self._completion(text, examples, found) if self.settings.completions else self._chat(text, examples, found)
        )

    def _head(self) -> str:
        kind = "classification" if self.task.labels else self.task.kind
        head = self.settings.instruction or INSTRUCTIONS[kind if kind in INSTRUCTIONS else ""]
        return head + (f"\nLabels: {', '.join(self.task.labels)}" if self.task.labels else "")

    def _chat(self, text: str, examples: Sequence[Row], found: Sequence[str]) -> Prompt:
        turns = [("system", self._head())]
        for row in examples:
            turns += [("user", row.input), ("assistant", row.answer)]
        turns.append(("user", _passage_lines(found) + text))
        return Prompt(messages=tuple(turns), reply_tokens=self.reply_tokens)

    def _completion(self, text: str, examples: Sequence[Row], found: Sequence[str]) -> Prompt:
        names = self._names()
        shown = _example_lines(examples, *names)
        whole = f"{self._head()}\n\n{_passage_lines(found)}{shown}{names[0]}: {text}\n{names[1]}:"
        return Prompt(text=whole, stop=self._stop(), reply_tokens=self.reply_tokens)

    def _templated(self, text: str, examples: Sequence[Row], found: Sequence[str]) -> Prompt:
        shown, known = _example_lines(examples, *self._names()), _passage_lines(found)
        slots = {"input": text, "labels": ", ".join(self.task.labels), "examples": shown, "passages": known}
        template = self.settings.template
        whole = fill(template, slots)
        whole = ("" if "{passages}" in template else known) + ("" if "{examples}" in template else shown) + whole
        if self.settings.completions:
            return Prompt(text=whole, stop=self._stop(), reply_tokens=self.reply_tokens)
        return Prompt(messages=(("user", whole),), reply_tokens=self.reply_tokens)

    def _names(self) -> tuple[str, str]:
        return ("Text", "Label") if self.task.labels else ("Input", "Output")

    def _stop(self) -> tuple[str, ...]:
        return ("\n",) if self.task.labels else (f"\n\n{self._names()[0]}:",)


def fill(template: str, slots: Mapping[str, str]) -> str:
    """The template with its slots filled in one pass: what looks like a slot inside a row's text stays text."""
    return _SLOT.sub(lambda match: slots[match[1]], template)


def reply_limit(answers: Sequence[str]) -> int:
    """Tokens a reply may have: twice the longest answer of a hundred at a quarter of its bytes, and 8 more, in steps
    of 8; or what the estimate has it at most, where that is more.

    Twice, because a good answer may be longer; in steps, so that one more row does not change every request.
    """
    if not answers:
        return 8
    bytes_long, most = np.array([len(answer.encode()) for answer in answers]), ESTIMATE.counts(answers).highs
    longest = max(2 * float(np.quantile(bytes_long, 0.99)) / 4, float(np.quantile(most, 0.99)))
    return min(8 * ceil((longest + 8) / 8), LONGEST_REPLY)


def prompt_tokens(settings: MeasureSettings, task: Task, input: Interval, output: Interval) -> list[Interval]:
    """The tokens of a prompt of each arm (usually, at least, at most); `input` and `output` are those of a row."""
    head = ESTIMATE.counts([settings.template or settings.instruction or INSTRUCTIONS[""], ", ".join(task.labels)])
    found = []
    for head_tokens, asked, answer, letters in zip(head.total, input, output, LETTERS, strict=True):
        shown = SHOTS * (asked + answer + 2 * USUAL_TURN)
        looked_up = PASSAGES * PASSAGE / letters
        extra = {"few_shot": shown, "retrieved_few_shot": shown, **dict.fromkeys(WITH_PASSAGES, looked_up)}
        found.append([head_tokens + asked + 2 * USUAL_TURN + extra.get(arm, 0.0) for arm in settings.arms])
    return list(zip(*found, strict=True))


def _example_lines(rows: Sequence[Row], asked: str, answered: str) -> str:
    return "".join(f"{asked}: {row.input}\n{answered}: {row.answer}\n\n" for row in rows)


def _passage_lines(found: Sequence[str]) -> str:
    return "Use what these passages say.\n\n" + "\n\n".join(found) + "\n\n" if found else ""


def _spread(pool: Sequence[Row], labelled: bool, seed: int) -> list[Row]:
    """A few rows of the pool, no label twice before every label was met, the commonest labels first."""
    shuffled = [pool[n] for n in np.random.default_rng([seed, 2]).permutation(len(pool))]
    if not labelled:
        return shuffled[:SHOTS]
    seen: dict[str, int] = {}
    ranked = []
    for n, row in enumerate(shuffled):
        seen[row.answer] = seen.get(row.answer, 0) + 1
        ranked.append((seen[row.answer], n, row))
    ranked.sort(key=lambda one: (one[0], -seen[one[2].answer], one[1]))
    return [row for _, _, row in ranked[:SHOTS]]


def _fit(rows: Sequence[Row]) -> list[Row]:
    """The first rows that together are short enough to be shown."""
    kept, size = [], 0
    for row in rows:
        size += len(row.input.encode()) + len(row.answer.encode())
        if size > SHOWN:
            break
        kept.append(row)
    return kept
