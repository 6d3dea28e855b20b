"""Gates 1, 1b, 5, 5b and 5c: does the base model do it already, is there room above it, is that known well enough?"""

from curation.readiness.arms import PLAIN, Scored, allowed, best_prompt, ceiling, headroom, rows_to_tell, whereabouts
from curation.readiness.gates import data
from curation.readiness.gates.reading import (
    NO_ARM,
    NO_TARGET,
    TOO_LITTLE,
    Answer,
    Passed,
    Reading,
    Stop,
    meets,
)
from curation.records import PROMPTED
from curation.wording import LEAST_POINTS, capital, percent, points, points_span, span

WHERE_FIRST = "It cannot be decided yet: first say where the measured model runs."
COMMON_ANSWER = "It cannot be decided yet: the score shows no more than guessing the commonest label."
FORM_FIRST = "Stay with the prompt, and make the model keep the form: the answers fail by form, not by content."
BARRED = Passed("Every measured prompt breaks a hard need that you declared, so none counts.")


def prompt_suffices(reading: Reading) -> Answer:
    """Gate 1: a plain or few-shot prompt's lower bound reaches the target.

    One that does no better than always giving the commonest label shows nothing learned, whatever it scores: where a
    plain classifier does better, gate 3b answers.
    """
    if reading.target is None:
        return NO_TARGET
    plain = allowed(reading.arms, PLAIN)
    for one in plain:
        if reading.reaches(one):
            if one.score <= reading.usual and isinstance(data.classifier(reading), Stop):
                return Passed(f"{capital(one.words)} does no better than always giving the commonest label.")
            return _dull(reading, one) or unplaced(reading, one) or Stop("prompt", meets(reading, one), ("base_model",))
    if not plain:
        return BARRED if reading.prompts else NO_ARM
    best = plain[0]
    return Passed(
        f"{capital(best.words)} scores {percent(best.score)} ({span(best.low, best.high)}), not shown to meet "
        f"{percent(reading.target)}."
    )


def unplaced(reading: Reading, one: Scored) -> Stop | None:
    """The question where this arm runs, where a need hangs on it and nobody said."""
    if not (why := whereabouts(one.arm, reading.context)):
        return None
    reason = f"{meets(reading, one)} But {why}. Say whether it is hosted: if it runs on your side, use it."
    return Stop("cannot_judge", reason, ("base_model", "hard_needs"), headline=WHERE_FIRST)


def _dull(reading: Reading, one: Scored) -> Stop | None:
    if not one.score <= reading.usual:
        return None
    reason = (
        f"{capital(one.words)} scores {percent(one.score)}, and always giving the commonest label scores "
        f"{percent(reading.usual)}: nothing shows that it tells the labels apart. Name the labels that must not be "
        "missed and measure their recall, or macro F1."
    )
    return Stop("cannot_judge", reason, ("base_model", "coverage"), headline=COMMON_ANSWER)


def nothing_to_win(reading: Reading) -> Answer:
    """Gate 1b: even at best, tuning could not win the smallest lift worth the work.

    Looks at the plain prompts, and at looked-up examples unless these meet the target by themselves (then gate 3
    answers). Looked-up documents are left to gate 2.
    """
    if reading.target is None:
        return NO_TARGET
    arms = [
        one
        for one in allowed(reading.arms, (*PLAIN, "retrieved_few_shot"))
        if one.arm.name in PLAIN or not reading.reaches(one)
    ]
    if not arms:
        return BARRED if reading.prompts and not allowed(reading.arms, PROMPTED) else NO_ARM
    best = arms[0]
    if best.score <= reading.usual:
        return Passed(f"{capital(best.words)} does no better than always giving the commonest label.")
    # where so many answers are wrong that cleaning comes first, their ceiling is no limit of the task
    cap = (1.0, 1.0, 1.0) if reading.status("noise") == "fail" else ceiling(reading.items.get("noise"))
    room = headroom(best, reading.target, cap)
    if room[2] >= reading.lift:
        return Passed(f"Up to {points(room[2])} are left above {best.words}.")
    goal = "it" if cap[2] >= reading.target else "what wrong labels leave reachable"
    left = f"at most {points(room[2])} can be missing to {goal}"
    if room[2] < LEAST_POINTS:
        left = f"nothing is missing to {goal}"
    reason = (
        f"{capital(best.words)} already scores {percent(best.score)} on {best.arm.n:,} rows "
        f"({span(best.low, best.high)}), and the target is {percent(reading.target)}: {left}. {capital(reading.worth)}."
    )
    return Stop("stay_with_prompt", reason, ("headroom", "base_model"), headline=TOO_LITTLE)


def shown(reading: Reading) -> Answer:
    """Gate 5: without a target and a measured prompt or tuned model nobody can say that tuning is needed."""
    if reading.target is None:
        return Stop("need_unproven", "No target score is given, so nothing says what is good enough.", ("base_model",))
    if not reading.prompts and not reading.tuned:
        reason = "The base model has not been measured: no prompt has been scored on held-out rows."
        return Stop("need_unproven", reason, ("base_model",))
    return Passed("A model has been scored against the target.")


def decidable(reading: Reading) -> Answer:
    """Gate 5b: the room above the best prompt may or may not be the smallest lift worth the work.

    A tuned model measured to meet the target, to win that lift or to win less settles it: what was won need not be
    guessed.
    """
    if reading.target is None:
        return NO_TARGET
    if reading.solved():
        return Passed("A tuned model was measured and meets the target.")
    room = reading.headroom()
    if room is None:
        return _unprompted(reading)
    if not room[1] < reading.lift <= room[2]:
        return Passed(f"The room above the best prompt is {points_span(*room)}.")
    best = best_prompt(reading.arms)
    if best and any(_settles(reading.won(one, best), reading.lift) for one in reading.tuned):
        return Passed("A tuned model was measured beside the best prompt, which tells what tuning wins.")
    wanted = deciding_rows(reading, best) if best else None
    more = f"about {wanted:,} scored rows would decide it" if wanted else "no affordable number of rows would decide it"
    return Stop(
        "cannot_judge",
        f"What tuning could win lies between {points(room[1])} and {points(room[2])}, and {reading.worth}; {more}.",
        ("headroom", "holdout_power"),
    )


def _unprompted(reading: Reading) -> Answer:
    best, target = reading.tuned[0], percent(reading.target or 0.0)
    reason = (
        f"{capital(best.words)} scores {percent(best.score)} on {best.arm.n:,} rows and is not shown to meet the "
        f"target of {target}, and no prompt was scored to compare it with: score the base model with a good prompt on "
        "the same rows."
    )
    return Stop("cannot_judge", reason, ("base_model",))


def _settles(found: tuple[float, float, float], lift: float) -> bool:
    return found[1] >= lift or found[2] < lift


def form(reading: Reading) -> Answer:
    """Gate 5c: replies that fail by form alone would close the gap: structured output comes before tuning."""
    best = best_prompt(reading.arms)
    if best is None or reading.target is None:
        return NO_TARGET if reading.target is None else NO_ARM
    faults = best.arm.form_faults
    if faults is None:
        return Passed("It is not known how many replies fail by their form.", evaluated=False)
    mended = best.score / (1 - faults) if faults < 1 else 0.0
    if mended < reading.target or reading.solved():
        return Passed(f"{percent(faults)} of the replies fail by their form, too few to close the gap.")
    reason = (
        f"{percent(faults)} of the replies of {best.words} fail by their form alone, more than the gap to the target: "
        "constrain the form first (structured output, a list of allowed labels, tools), which costs no training."
    )
    return Stop("stay_with_prompt", reason, ("format_faults", "base_model"), headline=FORM_FIRST)


def deciding_rows(reading: Reading, best: Scored) -> int | None:
    """Rows on which this prompt must be scored to tell its room from the smallest lift; None where it is told already.

    None, too, where no affordable number of rows would tell.
    """
    room = reading.headroom()
    if room is None or not room[1] < reading.lift <= room[2]:
        return None
    return rows_to_tell(best, reading.context.task.metric, best.score + room[0] - reading.lift)
