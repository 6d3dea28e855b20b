"""Whether a stand-in can do the task well enough for what it says of others to be believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Competence:
    """How much of what is above always guessing the commonest answer it reaches (0..1), and whether that is enough."""

    value: float
    is_enough: bool

    def detail(self) -> dict[str, Any]:
        """As figures behind an evidence item."""
        return {"competence": self.value, "competent": self.is_enough}


def of_score(score: float, usual: float, least: float) -> Competence:
    """Of a stand-in that scores so much where always giving the commonest answer scores `usual`."""
    value = (score - usual) / max(1e-9, 1 - usual)
    return Competence(max(0.0, min(1.0, value)), value >= least)


def of_estimate(summary: Mapping[str, Any], settings: Mapping[str, float]) -> Competence:
    """Of the model that estimates wrong labels, by the summary of the check `label_noise`.

    If wrong labels were all that held it back it would score 1 - t, t the share among its surest guesses: the value is
    how much of the way there from the commonest label it gets. Wrong labels do not know how sure the model is, its own
    mistakes sit among its unsure guesses. Too few rows, or little gained over the commonest label, tell nothing of
    either. Beside one dominant label, balanced accuracy counts.
    """
    rate, majority = summary.get("surest_differ"), float(summary["majority_rate"])
    if rate is None:  # stored by an earlier version
        return Competence(0.0, False)
    score, usual = float(summary["accuracy"]["value"]), majority
    if majority > settings["dominant"] and "balanced_accuracy" in summary:
        score, usual = float(summary["balanced_accuracy"]["value"]), 1.0 / max(2, int(summary["classes"]))
    room = 1.0 - float(rate["value"]) - usual
    value = max(0.0, min(1.0, (score - usual) / room)) if room > 0 else 0.0
    gained = (score - usual) / max(1e-9, 1.0 - usual)
    is_enough = value >= settings["competence"] and gained >= settings["least_gain"]
    return Competence(value, is_enough and int(summary["judged"]) >= settings["judged_rows"])
