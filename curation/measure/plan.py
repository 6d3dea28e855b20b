"""What to measure, and how much it may cost at most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from curation.errors import UsageError
from curation.records import MEASURABLE, MeasureSettings

BY_LABEL = ("macro_f1", "balanced_accuracy", "recall")
"""Metrics of labels rather than of rows: the mean of the first rows asked says nothing of them."""
METRICS = ("accuracy", "exact_match", *BY_LABEL, "within_one", "token_f1", "chrf")

SHOTS = 8
"""Examples in a prompt: gains flatten beyond about 8 (Min et al., EMNLP 2022, figure 6)."""
PASSAGES = 4
"""Passages in a prompt; 4 of 800 characters are about 800 tokens, which every model takes."""

LONGEST_TIMEOUT = 300.0
"""Seconds: a small model on a busy laptop. Hosted ones answer within the 30 s that hold unless asked otherwise."""


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


def checked(settings: MeasureSettings) -> MeasureSettings:
    """The same. Raises UsageError on an arm there is not, and on a number or template that cannot be."""
    check_arms(settings.arms)
    if settings.rows < 1:
        raise UsageError(f"At least 1 row must be held back, not {settings.rows}.")
    if settings.reply_tokens < 0:
        raise UsageError(f"A reply needs at least 1 token, not {settings.reply_tokens}.")
    if not 0 < settings.timeout <= LONGEST_TIMEOUT:
        raise UsageError(f"A call may take up to {LONGEST_TIMEOUT:g} s, not {settings.timeout:g}.")
    if settings.template and "{input}" not in settings.template:
        raise UsageError("The prompt template does not say where the input goes: write {input} in it.")
    return settings


def check_arms(arms: Sequence[str], known: Sequence[str] = MEASURABLE) -> None:
    """Raises UsageError unless these are arms that can be measured, each once."""
    unknown = [name for name in arms if name not in known]
    if unknown or not arms or len(set(arms)) < len(arms):
        raise UsageError(f"Name each arm once; arms are {', '.join(known)}, not {', '.join(arms) or 'none'}.")


@dataclass(frozen=True)
class Origin:
    """Where an arm's scores come from: model, endpoint ("" for imported outputs, which name their file as `source`),
    metric and time."""

    model: str
    metric: str
    at: str
    endpoint: str = ""
    hosted: bool | None = None
    source: str = ""
    parameters: float | None = None
