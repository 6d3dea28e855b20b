"""The decision: ordered gates, each a question; the first that stops gives the outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from curation.readiness.gates import data, knowledge, need, tuning
from curation.readiness.gates.reading import Answer, Reading, Stop
from curation.records import GateStep


@dataclass(frozen=True)
class Gate:
    """One gate: its number in the design, the question it asks, and the function that answers."""

    id: str
    question: str
    function: Callable[[Reading], Answer]


PROMPTING = "Can the base model do it with better prompting?"
RETRIEVAL = "Can retrieval or examples do it?"

GATES: tuple[Gate, ...] = (
    Gate("0", "Is the data sound?", data.sound),
    Gate("1", PROMPTING, need.prompt_suffices),
    Gate("1b", f"{PROMPTING} Is there anything left to win?", need.nothing_to_win),
    Gate("2", f"{RETRIEVAL} Is it style or substance?", knowledge.knowledge),
    Gate("3", f"{RETRIEVAL} Are retrieved examples enough?", knowledge.examples_suffice),
    Gate("4a", "Are the answers right?", data.right),
    Gate("4b", "Is there enough data?", data.enough),
    Gate("3b", "Does a plain classifier do it?", data.classifier),
    Gate("4c", "Is there a pattern to learn?", data.pattern),
    Gate("5", "Is the need shown?", need.shown),
    Gate("5b", "Are the scores sure enough to decide?", need.decidable),
    Gate("5c", "Do replies fail only by their form?", need.form),
    Gate("6", "Has tuning been tried?", tuning.tried),
    Gate("7", "Is tuning worth it?", tuning.worth_it),
    Gate("8", "What is left?", tuning.rest),
)


def walk(reading: Reading, gates: Sequence[Gate] = GATES) -> Stop:
    """The first stop; its `gate` is filled in."""
    for gate in gates:
        answer = gate.function(reading)
        if isinstance(answer, Stop):
            return answer.at(gate.id)
    raise AssertionError("the last gate always stops")


def path(reading: Reading) -> tuple[GateStep, ...]:
    """Every gate in order with how it went; gates behind the one that stopped are not evaluated."""
    steps: list[GateStep] = []
    stopped = ""
    for gate in GATES:
        if stopped:
            steps.append(GateStep(gate.id, gate.question, "not evaluated", f"decided at gate {stopped}"))
            continue
        answer = gate.function(reading)
        if isinstance(answer, Stop):
            stopped = gate.id
            steps.append(GateStep(gate.id, gate.question, "stopped", answer.reason, answer.outcome))
        else:
            steps.append(
                GateStep(gate.id, gate.question, "passed" if answer.evaluated else "not evaluated", answer.reason)
            )
    return tuple(steps)
