"""The context file's nouns: what a person tells us about the task, field by field. Empty or None means "don't know".

Title, choices and range of a field stand with it (`Told`); the file, the form and the template all read them there.
"""

from dataclasses import dataclass, field, fields
from typing import Any

HIGHEST = 1e18
"""Far above any price, token count or model size; keeps arithmetic finite."""


@dataclass(frozen=True)
class Told:
    """What a field asks: its title in the form, the words it may be, the range (ends included) a number may be in."""

    title: str
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = HIGHEST


def _told(title: str, default: Any, choices: tuple[str, ...] = (), low: float = 0.0, high: float = HIGHEST) -> Any:
    return field(default=default, metadata={"told": Told(title, choices, low, high)})


def told(kind: Any, name: str) -> Told:
    """What a field of one of the sections below asks."""
    found: Told = next(one for one in fields(kind) if one.name == name).metadata["told"]
    return found


@dataclass(frozen=True)
class Task:
    metric: str = _told("How is it scored?", "", ("", "accuracy", "exact_match", "token_f1", "chrf", "judged"))
    target: float | None = _told("Score that would be good enough (0 to 1)", None, high=1.0)
    minimum_lift: float = _told("Smallest gain worth the effort (0 to 1)", 0.05, high=1.0)
    kind: str = _told(
        "Kind of task", "", ("", "classification", "rewriting", "extraction", "question_answering", "generation")
    )
    labels: tuple[str, ...] = _told("Labels there should be (may stay empty)", ())


@dataclass(frozen=True)
class Knowledge:
    changes: str = _told(
        "How often do right answers change?", "unknown", ("unknown", "never", "yearly", "monthly", "weekly", "daily")
    )
    must_cite: bool = _told("Answers must cite their source", False)
    source_available: bool = _told("There is a knowledge base to retrieve from", False)


@dataclass(frozen=True)
class Needs:
    offline: bool = _told("Must work offline or on a device", False)
    p95_latency_ms: int = _told("Slowest answer allowed, ms (0: no limit)", 0)
    privacy: bool = _told("Data may not leave our own machines", False)
    quality_only: bool = _told("Worth it whatever it costs", False)
    accept_forgetting: bool = _told("Losing some general ability is acceptable", False)
    gpus: bool = _told("We have GPUs", False)


@dataclass(frozen=True)
class Traffic:
    calls_per_month: int | None = _told("Calls a month", None)
    prompt_tokens: int | None = _told("Prompt tokens a call, today", None)
    tuned_prompt_tokens: int | None = _told("Prompt tokens a call, tuned", None)
    output_tokens: int | None = _told("Output tokens a call", None)
    cached_prompt_share: float = _told("Share of prompt tokens cached (0 to 1)", 0.0, high=1.0)


@dataclass(frozen=True)
class Prices:
    currency: str = _told("Currency", "USD")
    input_per_million: float | None = _told("Price of a million input tokens", None)
    output_per_million: float | None = _told("Price of a million output tokens", None)
    tuned_input_per_million: float | None = _told("A million input tokens, tuned model", None)
    tuned_output_per_million: float | None = _told("A million output tokens, tuned model", None)
    hosting_per_month: float | None = _told("Hosting a month, tuned model", None)
    cached_input_per_million: float | None = _told("A million cached input tokens", None)
    gpu_hour: float | None = _told("Price of a GPU hour", None)
    gpu_tflops: float | None = _told("GPU speed, TFLOPS at peak", None)
    label_hour: float | None = _told("Price of an hour of labelling", None)
    label_minutes_per_row: float | None = _told("Minutes to label a row", None)
    as_of: str = _told("Prices as of (date)", "")


@dataclass(frozen=True)
class Model:
    parameters: float | None = _told("Size of the model, in parameters", None, low=1.0)
    retrains_per_year: float | None = _told("Retrainings a year", None)


@dataclass(frozen=True)
class Arm:
    """One way of doing the task, scored on held-out rows: n rows, mean score 0..1."""

    name: str = field(
        metadata={
            "told": Told(
                "Way of doing the task",
                ("zero_shot", "few_shot", "retrieved_few_shot", "knowledge_base", "lora", "full"),
            )
        }
    )
    score: float = field(metadata={"told": Told("Mean score of the rows (0 to 1)", high=1.0)})
    n: int = field(metadata={"told": Told("Rows scored", low=1.0)})
    prompt_tokens: float | None = _told("Prompt tokens a call", None)
    output_tokens: float | None = _told("Output tokens a call", None)
    latency_ms: float | None = _told("Time to answer, ms, 95 % are faster", None)
    cost: float | None = _told("Price of a call", None)
    hosted: bool = _told("Runs on somebody else's machines", False)


@dataclass(frozen=True)
class Context:
    """What the person told us about the task, section by section. Empty or None means "don't know"."""

    task: Task = Task()
    knowledge: Knowledge = Knowledge()
    needs: Needs = Needs()
    traffic: Traffic = Traffic()
    prices: Prices = Prices()
    model: Model = Model()
    arms: tuple[Arm, ...] = ()
