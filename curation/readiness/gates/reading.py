"""What a gate reads and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from curation import wording
from curation.context import Context
from curation.readiness.arms import PROMPTS, Scored, best_prompt, ceiling, headroom
from curation.readiness.policy import Policy
from curation.records import Evidence
from curation.sampling.intervals import Interval

OUTCOMES = (
    "fix_data", "prompt", "retrieve", "retrieve_and_lora", "retrieved_examples", "clean", "collect", "cannot_judge",
    "not_learnable", "need_unproven", "lora", "full_fine_tune", "stay_with_prompt",
)  # fmt: skip
TRAINING = ("lora", "full_fine_tune", "retrieve_and_lora")
"""The outcomes that end in training a model."""


@dataclass(frozen=True)
class Passed:
    """The gate lets it through, or could not be evaluated and therefore decides nothing."""

    reason: str
    evaluated: bool = True


@dataclass(frozen=True)
class Stop:
    """The gate decides: outcome, the sentence why, the evidence it rests on, and a question still open."""

    outcome: str
    reason: str
    about: tuple[str, ...] = ()
    gate: str = ""

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

    @property
    def target(self) -> float | None:
        return self.context.task.target

    @property
    def lift(self) -> float:
        return self.context.task.minimum_lift

    @property
    def prompts(self) -> list[Scored]:
        """The measured prompts, those ruled out included."""
        return [one for one in self.arms if one.arm.name in PROMPTS]

    def headroom(self, names: tuple[str, ...] = PROMPTS) -> Interval | None:
        """Room above the best of these arms; None without a target or without a measured prompt."""
        if self.target is None or not self.prompts:
            return None
        return headroom(best_prompt(self.arms, names), self.target, ceiling(self.items.get("noise")))


NO_TARGET = Passed(wording.NO_TARGET, evaluated=False)
NO_ARM = Passed("no prompt has been scored on held-out rows", evaluated=False)
