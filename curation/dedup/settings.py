"""What a person may choose about near-duplicates, with the bounds that drive the form and the flags."""

from dataclasses import dataclass, field, fields
from typing import Literal

from curation.errors import UsageError

On = Literal["input", "pair"]
Keeper = Literal["complete", "oldest", "longest"]


@dataclass(frozen=True)
class Settings:
    """How near-duplicates are found and which row of a cluster stays. Raises UsageError outside the bounds."""

    on: On = field(
        default="input",
        metadata={"help": "compare inputs alone, or input and output together", "choices": ("input", "pair")},
    )
    threshold: float = field(
        default=0.7,
        metadata={"help": "least Jaccard similarity of character n-grams to the keeper", "min": 0.3, "max": 1.0},
    )
    shingle: int | Literal["auto"] = field(
        default="auto",
        metadata={
            "help": "characters an n-gram; auto is 3 when the median distinct text is under 100 characters, else 5",
            "choices": ("auto", 3, 5),
            "min": 2,
            "max": 10,
        },
    )
    keeper: Keeper = field(
        default="complete",
        metadata={
            "help": "which row of a cluster stays, after any labelled one: the most complete and best agreed, "
            "the oldest, or the longest",
            "choices": ("complete", "oldest", "longest"),
        },
    )
    seed: int = field(default=1, metadata={"help": "seed of the MinHash permutations", "min": 0, "max": 2**32 - 1})
    num_perm: int = field(default=128, metadata={"help": "MinHash permutations a text", "min": 16, "max": 1024})
    workers: int = field(default=2, metadata={"help": "threads; the result is the same for any", "min": 1, "max": 64})
    exact_below: int = field(
        default=5000,
        metadata={"help": "up to this many distinct texts every pair is compared", "min": 0, "max": 50_000},
    )
    cluster_cap: int = field(
        default=1000,
        metadata={"help": "a cluster of more rows than this is split by its keepers", "min": 2, "max": 10_000_000},
    )

    def __post_init__(self) -> None:
        for one in fields(self):
            _check(one.name, getattr(self, one.name), dict(one.metadata))


def _check(name: str, value: object, bounds: dict[str, object]) -> None:
    choices, low, high = bounds.get("choices"), bounds.get("min"), bounds.get("max")
    if isinstance(choices, tuple) and value in choices:
        return
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and isinstance(low, int | float) and isinstance(high, int | float):
        if low <= value <= high:  # type: ignore[operator]  # `number` says so, mypy does not follow it
            return
        raise UsageError(f"dedup: {name} is {value}; choose a number from {low} to {high}")
    wanted = " or ".join(map(str, choices)) if isinstance(choices, tuple) else f"a number from {low} to {high}"
    raise UsageError(f"dedup: {name} is {value!r}; choose {wanted}")


DEFAULTS = Settings()
