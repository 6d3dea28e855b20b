"""The context file's nouns: what a person tells us about the task, field by field. Empty or None means "don't know"."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    metric: str = ""
    target: float | None = None
    minimum_lift: float = 0.05
    kind: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Knowledge:
    changes: str = "unknown"
    must_cite: bool = False
    source_available: bool = False


@dataclass(frozen=True)
class Needs:
    offline: bool = False
    p95_latency_ms: int = 0
    privacy: bool = False
    quality_only: bool = False
    accept_forgetting: bool = False
    gpus: bool = False


@dataclass(frozen=True)
class Traffic:
    calls_per_month: int | None = None
    prompt_tokens: int | None = None
    tuned_prompt_tokens: int | None = None
    output_tokens: int | None = None
    cached_prompt_share: float = 0.0


@dataclass(frozen=True)
class Prices:
    currency: str = "USD"
    input_per_million: float | None = None
    output_per_million: float | None = None
    tuned_input_per_million: float | None = None
    tuned_output_per_million: float | None = None
    hosting_per_month: float | None = None
    cached_input_per_million: float | None = None
    gpu_hour: float | None = None
    gpu_tflops: float | None = None
    label_hour: float | None = None
    label_minutes_per_row: float | None = None
    as_of: str = ""


@dataclass(frozen=True)
class Model:
    parameters: float | None = None
    retrains_per_year: float | None = None


@dataclass(frozen=True)
class Arm:
    """One way of doing the task, scored on held-out rows: n rows, mean score 0..1."""

    name: str
    score: float
    n: int
    prompt_tokens: float | None = None
    output_tokens: float | None = None
    latency_ms: float | None = None
    cost: float | None = None
    hosted: bool = False


@dataclass(frozen=True)
class Context:
    """What the person told us about the task: the context file, field by field. Empty or None means "don't know"."""

    task: Task = Task()
    knowledge: Knowledge = Knowledge()
    needs: Needs = Needs()
    traffic: Traffic = Traffic()
    prices: Prices = Prices()
    model: Model = Model()
    arms: tuple[Arm, ...] = ()
