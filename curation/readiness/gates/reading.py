"""What a gate reads and what it answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from curation import wording
from curation.readiness.arms import (
    LABEL_METRICS,
    LIGHT,
    PLAIN,
    Scored,
    allowed,
    best_prompt,
    ceiling,
    headroom,
    lift,
    scored,
    won,
    worth,
)
from curation.readiness.rows import Waiting
from curation.readiness.rules import Policy
from curation.records import PROMPTED, TUNED, Evidence
from curation.records.context import Context
from curation.sampling.intervals import Interval
from curation.wording import capital, percent, span

OUTCOMES = (
    "fix_data", "prompt", "retrieve", "retrieve_and_lora", "retrieved_examples", "classifier", "clean", "collect",
    "cannot_judge", "not_learnable", "need_unproven", "lora", "full_fine_tune", "stay_with_prompt",
)  # fmt: skip
TRAINING = ("lora", "full_fine_tune", "retrieve_and_lora")
"""The outcomes that end in training a language model."""


@dataclass(frozen=True)
class Passed:
    """The gate lets it through, or could not be evaluated and therefore decides nothing."""

    reason: str
    evaluated: bool = True


@dataclass(frozen=True)
class Stop:
    """The gate decides: outcome, the sentence why, the evidence it rests on, the gate's id, and the first sentence of
    the verdict where the outcome's own does not say it."""

    outcome: str
    reason: str
    about: tuple[str, ...] = ()
    gate: str = ""
    headline: str = ""

    def at(self, gate: str) -> "Stop":
        return replace(self, gate=gate)


Answer = Passed | Stop


@dataclass(frozen=True)
class Reading:
    """One reading of the facts: the evidence by id, the scored arms, and what the person declared."""

    items: Mapping[str, Evidence]
    arms: tuple[Scored, ...]
    context: Context
    policy: Policy

    def status(self, id: str) -> str:
        """The status of an item; missing when it is not there."""
        return self.items[id].status if id in self.items else "missing"

    def known(self, id: str) -> Evidence | None:
        """The item when it has a value."""
        found = self.items.get(id)
        return found if found is not None and found.value is not None and found.low is not None else None

    def failing(self, *ids: str) -> tuple[str, ...]:
        """Those of the items that fail."""
        return tuple(id for id in ids if self.status(id) == "fail")

    def message(self, id: str) -> str:
        """What the item says."""
        return self.items[id].message if id in self.items else ""

    def is_estimate(self, id: str) -> bool:
        """Whether the item is a guess by a stand-in or a rule, which nothing certain may be overruled by."""
        return id in self.items and self.items[id].kind == "estimated"

    @property
    def target(self) -> float | None:
        return self.context.task.target

    @property
    def lift(self) -> float:
        return lift(self.context)

    @property
    def worth(self) -> str:
        """What gain is worth the work, as a clause."""
        return worth(self.context)

    @property
    def waiting(self) -> Waiting:
        """The rows there are that only lack a label or an answer."""
        size = self.known("effective_size")
        return Waiting(**size.detail.get("waiting", {})) if size else Waiting()

    @property
    def prompts(self) -> list[Scored]:
        """The measured prompts, those ruled out included."""
        return [one for one in self.arms if one.arm.name in PROMPTED]

    @property
    def tuned(self) -> list[Scored]:
        """The tuned models that were measured and that no need rules out, best score first."""
        return allowed(self.arms, TUNED)

    @property
    def is_measured(self) -> bool:
        """Whether a model, an audit or reviewers have been measured: only then do estimates decide anything."""
        audited = any(self.known(id) and self.items[id].kind == "measured" for id in ("noise", "agreement"))
        return bool(self.arms) or audited

    @property
    def usual(self) -> float:
        """The share of the most frequent label, 0 where the answers are no labels or labels are not what is scored."""
        classes = self.known("coverage")
        if classes is None or self.context.task.metric not in LABEL_METRICS:
            return 0.0
        return float(classes.detail.get("largest_rate", 0.0))

    def reaches(self, one: Scored) -> bool:
        """Whether an arm is shown to meet the target: its low end does."""
        return self.target is not None and one.low >= self.target

    def solved(self, names: tuple[str, ...] = TUNED) -> Scored | None:
        """A tuned model measured to meet the target, the lightest first; None when there is none."""
        enough = [one for one in allowed(self.arms, names) if self.reaches(one) and one.score > self.usual]
        return min(enough, key=lambda one: (one.arm.name not in LIGHT, -one.score), default=None)

    def won(self, one: Scored, best: Scored) -> Interval:
        """How much better an arm is than the best prompt."""
        return won(self.context, one, best)

    def headroom(self, names: tuple[str, ...] = PROMPTED) -> Interval | None:
        """Room above the best of these arms; None without a target or without a measured prompt."""
        if self.target is None or not self.prompts:
            return None
        return headroom(best_prompt(self.arms, names), self.target, ceiling(self.items.get("noise")))


def reading_of(evidence: Iterable[Evidence], context: Context, policy: Policy) -> Reading:
    """The reading of this evidence and of the arms in the context."""
    return Reading({item.id: item for item in evidence}, scored(context), context, policy)


TOO_LITTLE = "Stay with the prompt: its answers leave too little to win by fine-tuning."
"""The headline where the room above the best prompt is under the smallest gain worth the work."""
NO_TARGET = Passed(wording.NO_TARGET, evaluated=False)
NO_ARM = Passed("no prompt has been scored on held-out rows", evaluated=False)
GUESS = "This is an estimate; nobody has checked it."


def meets(reading: Reading, one: Scored) -> str:
    """The sentence that an arm meets the target."""
    scores = f"{capital(one.words)} scores {percent(one.score)} on {one.arm.n:,} rows ({span(one.low, one.high)})"
    tail = " without any tuning." if one.arm.name in PLAIN else "."
    return f"{scores}, which meets the target of {percent(reading.target or 0.0)}{tail}"
