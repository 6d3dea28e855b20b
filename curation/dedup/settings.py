"""What a person may choose about near-duplicates, with the bounds that drive the form and the flags."""

from dataclasses import dataclass, field
from typing import Literal

from curation.records.settings import options

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
        for option in options(self):
            option.checked(option.default)


DEFAULTS = Settings()
