"""What to measure, and how much it may cost at most."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from curation.errors import UsageError

PROMPTED = ("zero_shot", "few_shot", "retrieved_few_shot", "knowledge_base")
TUNED = ("lora", "lora_knowledge_base", "full")
"""Another model behind the endpoint, asked with the plain prompt or with passages."""
ARMS = (*PROMPTED, *TUNED)
BROUGHT = (*ARMS, "classifier")
"""What outputs made elsewhere may be of."""
WITH_PASSAGES = ("knowledge_base", "lora_knowledge_base")
BY_LABEL = ("macro_f1", "balanced_accuracy", "recall")
"""Metrics of labels rather than of rows: the mean of the first rows asked says nothing of them."""
GRADED = ("token_f1", "chrf")
METRICS = ("accuracy", "exact_match", *BY_LABEL, "within_one", *GRADED)

SHOTS = 8
"""Examples in a prompt: gains flatten beyond about 8 (Min et al., EMNLP 2022, figure 6)."""
PASSAGES = 4
"""Passages in a prompt; 4 of 800 characters are about 800 tokens, which every model takes."""

LONGEST_TIMEOUT = 300.0
"""Seconds: a small model on a busy laptop. Hosted ones answer within the 30 s that hold unless asked otherwise."""


@dataclass(frozen=True)
class Caps:
    """What all calls together may cost at most; None is no limit. Earlier runs of the same questions count too."""

    calls: int | None = None
    tokens: int | None = None
    cost: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("calls", self.calls), ("tokens", self.tokens), ("cost", self.cost)):
            if value is not None and not value >= 0:
                raise UsageError(f"The limit on {name} must be 0 or more, not {value}.")


@dataclass(frozen=True)
class Settings:
    """What to ask and how. `rows` are held back and asked of every arm.

    `template` is a prompt of the person's own with {input} and, where wanted, {labels}, {examples} and {passages};
    `instruction` replaces the first sentence of ours. `reply_tokens` 0 is worked out from the outputs. `every_row`
    asks all rows even where the answer is clear earlier. `timeout` is in seconds, for a whole call.
    """

    arms: tuple[str, ...] = PROMPTED[:3]
    rows: int = 200
    completions: bool = False
    template: str = ""
    instruction: str = ""
    reply_tokens: int = 0
    every_row: bool = False
    seed: int = 0
    timeout: float = 30.0

    def __post_init__(self) -> None:
        unknown = [name for name in self.arms if name not in BROUGHT]
        if unknown or not self.arms or len(set(self.arms)) < len(self.arms):
            raise UsageError(f"Name each arm once; arms are {', '.join(ARMS)}, not {', '.join(self.arms) or 'none'}.")
        if self.rows < 1:
            raise UsageError(f"At least 1 row must be held back, not {self.rows}.")
        if self.reply_tokens < 0:
            raise UsageError(f"A reply needs at least 1 token, not {self.reply_tokens}.")
        if not 0 < self.timeout <= LONGEST_TIMEOUT:
            raise UsageError(f"A call may take up to {LONGEST_TIMEOUT:g} s, not {self.timeout:g}.")
        if self.template and "{input}" not in self.template:
            raise UsageError("The prompt template does not say where the input goes: write {input} in it.")


@dataclass(frozen=True)
class Task:
    """What is asked and how answers are scored: `labels` are empty for free text, `kind` is the context's.

    `recall_of` are labels that must not be missed, `is_json` whether answers are JSON. `references` holds what else is
    right for a row, by its id: the best of them counts.
    """

    metric: str
    kind: str = ""
    labels: tuple[str, ...] = ()
    target: float | None = None
    minimum_lift: float = 0.05
    recall_of: tuple[str, ...] = ()
    is_json: bool = False
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class EndpointRun:
    """A measurement at an endpoint: the model by the endpoint's name for it, and what is asked.

    `knowledge` is a file of texts to look answers up in, None the project's own. `send_private` also sends rows with
    personal data or keys in them. `parameters` is the model's size, where it is known.
    """

    endpoint: str
    model: str
    settings: Settings = Settings()
    caps: Caps = Caps()
    knowledge: Path | None = None
    send_private: bool = False
    parameters: float | None = None


@dataclass(frozen=True)
class OutputFile:
    """Outputs that a model gave elsewhere, to be scored as an arm.

    `key` and `output` name the columns where they are not id, row or input, and output. `name` is what the file is
    called, `model` the one that gave them and `parameters` its size. `hosted` says whether it runs outside the network.
    What nobody said is "" or None.
    """

    path: Path
    arm: str
    key: str = ""
    output: str = ""
    name: str | None = None
    hosted: bool | None = None
    model: str = ""
    parameters: float | None = None
