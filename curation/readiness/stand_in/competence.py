"""Whether a stand-in can do the task well enough for what it says of others to be believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Competence:
    """How much of what is above always guessing the commonest answer it reaches (0..1), and whether that is enough.

    `is_near` is true where it learned enough for its surest guesses to be heard, though not to be believed,
    `has_few_rows` where only too few rows keep it from being believed.
    """

    value: float
    is_enough: bool
    is_near: bool = False
    has_few_rows: bool = False

    def detail(self) -> dict[str, Any]:
        """As figures behind an evidence item."""
        few = {"few_rows": True} if self.has_few_rows else {}
        return {"competence": self.value, "competent": self.is_enough, **few}


def of_score(score: float, usual: float, least: float) -> Competence:
    """Of a stand-in that scores so much where always giving the commonest answer scores `usual`."""
    value = (score - usual) / max(1e-9, 1 - usual)
    return Competence(max(0.0, min(1.0, value)), value >= least)


def of_estimate(summary: Mapping[str, Any], settings: Mapping[str, float]) -> Competence:
    """Of the model that estimates wrong labels, by the summary of the check `label_noise`.

    The estimate is how often its surest guesses differ from the labels: wrong labels do not know how sure it is, its
    own mistakes sit among its unsure guesses. If wrong labels were all that held it back it would score 1 - that; the
    value is how much of the way there from the commonest label it gets. Beside a dominant label, balanced accuracy
    counts.
    """
    majority = float(summary["majority_rate"])
    score, usual = float(summary["accuracy"]["value"]), majority
    if majority > settings["dominant"] and "balanced_accuracy" in summary:
        score, usual = float(summary["balanced_accuracy"]["value"]), 1.0 / max(2, int(summary["classes"]))
    if "surest" not in summary:
        return Competence(0.0, False)
    room = 1.0 - float(summary["surest"]["value"]) - usual
    value = max(0.0, min(1.0, (score - usual) / room)) if room > 0 else 0.0
    gain = (score - usual) / max(1e-9, 1.0 - usual)
    many = int(summary.get("judged", 0)) >= settings["judged_rows"]
    near = many and gain >= settings["near_gain"] and value >= settings["near"]
    enough = gain >= settings["gain"] and value >= settings["competence"]
    return Competence(value, many and enough, near, enough and not many)
