"""What to measure, and how much it may cost at most."""

from collections.abc import Sequence
from dataclasses import dataclass

from curation.errors import UsageError
from curation.records import MEASURABLE, Caps, MeasureSettings

METRICS = ("accuracy", "exact_match", "token_f1", "chrf")

SHOTS = 8
"""Examples in a prompt: gains flatten beyond about 8 (Min et al., EMNLP 2022, figure 6)."""
PASSAGES = 4
"""Passages in a prompt; 4 of 800 characters are about 800 tokens, which every model takes."""

LONGEST_TIMEOUT = 300.0
"""Seconds: a small model on a busy laptop. Hosted ones answer within the 30 s that hold unless asked otherwise."""


@dataclass(frozen=True)
class Task:
    """What is asked and how answers are scored: `labels` are empty for free text, `kind` is the context's."""

    metric: str
    kind: str = ""
    labels: tuple[str, ...] = ()
    target: float | None = None
    minimum_lift: float = 0.05


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


def check_arms(arms: Sequence[str]) -> None:
    """Raises UsageError unless these are arms that can be measured, each once."""
    unknown = [name for name in arms if name not in MEASURABLE]
    if unknown or not arms or len(set(arms)) < len(arms):
        raise UsageError(f"Name each arm once; arms are {', '.join(MEASURABLE)}, not {', '.join(arms) or 'none'}.")


def check_caps(caps: Caps) -> None:
    """Raises UsageError on a limit below 0."""
    for name, value in (("calls", caps.calls), ("tokens", caps.tokens), ("cost", caps.cost)):
        if value is not None and not value >= 0:
            raise UsageError(f"The limit on {name} must be 0 or more, not {value}.")
