"""Where an output's words come from: its own input, usual wording, the task, or knowledge.

A new word follows from the task where rows with the same common word in their inputs have it too, as "maison" goes with
"house", "for" with "loop" and a slot's name with its words. It is language where many outputs have it. Else it is bound
to one subject or stands nowhere else, as facts do. Measured on 13 public sets of 100 to 2,000 rows: such words are .76
to .82 of short factual answers, .28 to .39 of translations, .21 to .34 of stories and sums, .03 to .20 of code,
restaurant texts and simplifications (`benchmarks` need the texts; see policy.toml for the line).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

Shares = tuple[float, float, float]
"""Copied, template and novel shares of an output's words (of pairs of characters where there are no spaces); they
add up to 1 unless it has no words."""


COMMON = (10, 0.005)
"""Rows, and share of the rows, whose inputs hold a word, for it to be one of the language and no name."""
LANGUAGE = (3, 0.01)
"""Rows, and share of the rows, whose outputs hold a new word, for it to be common language; a number is none."""
TELLS = 0.3
"""Share of the rows with a word in their inputs that have the new word in their outputs, for it to follow."""
BESIDE = 2
"""Other rows in which both stand, at least."""


def usual_words(outputs: Sequence[Sequence[str]], template: float) -> set[str]:
    """Words that stand in at least the share `template` of all outputs, and in more than one."""
    seen_in = Counter(word for output in outputs for word in set(output))
    return {word for word, n in seen_in.items() if n >= template * len(outputs) and n > 1}


@dataclass(frozen=True)
class Origin:
    """The new words of an output, by number: those that follow from the input by the task, those of common language,
    and those that are knowledge."""

    follows: int
    language: int
    knowledge: int


@dataclass(frozen=True)
class Wording:
    """What some rows show of how inputs and new words go together: rows by new word, rows by new word and common word
    beside it, rows by common word, and the rows from which on a new word is language."""

    seen_in: Counter[str]
    together: Mapping[str, Counter[str]]
    told: Counter[str]
    many: float

    def origin(self, inputs: Set[str], row: Sequence[str]) -> Origin:
        """Where the new words of an output come from, given the words of its input."""
        follows = language = 0
        for word in row:
            if _follows(self.together.get(word), inputs, self.told):
                follows += 1
            elif self.seen_in[word] >= self.many and not any(character.isdigit() for character in word):
                language += 1
        return Origin(follows, language, len(row) - follows - language)


def wording(asked: Sequence[Set[str]], new: Sequence[Sequence[str]]) -> Wording:
    """What these rows show: `asked` are the words of the inputs, `new` the outputs' words that are neither in their
    input nor usual."""
    common = {word for word, n in Counter(w for row in asked for w in row).items() if n >= _least(COMMON, len(asked))}
    seen_in = Counter(word for row in new for word in set(row))
    told = Counter(word for row in asked for word in row if word in common)
    together: dict[str, Counter[str]] = defaultdict(Counter)
    for inputs, row in zip(asked, new):
        for word in set(row):
            if seen_in[word] > BESIDE:
                together[word].update(inputs & common)
    return Wording(seen_in, together, told, _least(LANGUAGE, len(asked)))


def origins(asked: Sequence[Set[str]], new: Sequence[Sequence[str]]) -> list[Origin]:
    """Where the new words of each output come from, by all other rows; both as `wording` takes them."""
    shown = wording(asked, new)
    return [shown.origin(inputs, row) for inputs, row in zip(asked, new)]


def _least(share: tuple[int, float], rows: int) -> float:
    return max(share[0], share[1] * rows)


def _follows(beside: Counter[str] | None, inputs: Set[str], told: Counter[str]) -> bool:
    """Whether a word of this row's input has the word in the outputs of other rows often enough."""
    if beside is None:
        return False
    return any(
        beside[word] > BESIDE and beside[word] - 1 >= TELLS * (told[word] - 1) for word in inputs if word in beside
    )


def shares(own: Set[str], output: Sequence[str], usual: set[str]) -> Shares:
    """The shares of the words of one output, given the words of its input."""
    if not output:
        return 0.0, 0.0, 0.0
    copied = sum(word in own for word in output)
    known = sum(word not in own and word in usual for word in output)
    return copied / len(output), known / len(output), (len(output) - copied - known) / len(output)
