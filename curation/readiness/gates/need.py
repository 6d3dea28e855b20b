"""Gates 1, 1b, 5 and 5b: does the base model do it already, is there room above it, and is that known well enough?"""

from curation.readiness.arms import PLAIN, PROMPTS, TUNED, Scored, allowed, best_prompt, ceiling, headroom
from curation.readiness.gates.reading import (
    NO_ARM,
    NO_TARGET,
    Answer,
    Passed,
    Reading,
    Stop,
)
from curation.sampling.intervals import difference, rows_to_decide
from curation.wording import LEAST_POINTS, capital, percent, points, span

BARRED = Passed("Every measured prompt breaks a hard need that you declared, so none counts.")


def prompt_suffices(reading: Reading) -> Answer:
    """Gate 1: a plain or few-shot prompt's lower bound reaches the target."""
    if reading.target is None:
        return NO_TARGET
    plain = allowed(reading.arms, PLAIN)
    for one in plain:
        if one.low >= reading.target:
            return Stop(
                "prompt",
                f"{capital(one.words)} scores {percent(one.score)} on {one.arm.n:,} rows "
                f"({span(one.low, one.high)}), which meets the target of {percent(reading.target)} without any tuning.",
                ("base_model",),
            )
    if not plain:
        return BARRED if reading.prompts else NO_ARM
    best = plain[0]
    return Passed(
        f"{capital(best.words)} scores {percent(best.score)} ({span(best.low, best.high)}), not shown to meet "
        f"{percent(reading.target)}."
    )


def nothing_to_win(reading: Reading) -> Answer:
    """Gate 1b: even at best, tuning could not win the smallest lift worth the work.

    Looks at the plain prompts, and at looked-up examples unless these meet the target by themselves (then gate 3
    answers). Looked-up documents are left to gate 2.
    """
    if reading.target is None:
        return NO_TARGET
    arms = [one for one in allowed(reading.arms, (*PLAIN, "retrieved_few_shot")) if not _suffices(reading, one)]
    if not arms:
        return BARRED if reading.prompts and not allowed(reading.arms, PROMPTS) else NO_ARM
    # where so many answers are wrong that cleaning comes first, their ceiling is no limit of the task
    cap = (1.0, 1.0, 1.0) if reading.status("noise") == "fail" else ceiling(reading.items.get("noise"))
    room = headroom(arms[0], reading.target, cap)
    if room[2] < reading.lift:
        goal = "the target" if cap[2] >= reading.target else "what wrong labels leave reachable"
        left = f"at most {points(room[2])} are left up to {goal}, less than the"
        if room[2] < LEAST_POINTS:
            left = f"nothing is left up to {goal}, where you wanted to win the"
        return Stop(
            "stay_with_prompt",
            f"{capital(arms[0].words)} already scores {percent(arms[0].score)} on {arms[0].arm.n:,} rows; "
            f"{left} {points(reading.lift)} you called worth the work.",
            ("headroom", "base_model"),
        )
    return Passed(f"Up to {points(room[2])} are left above {arms[0].words}.")


def shown(reading: Reading) -> Answer:
    """Gate 5: without a target and a measured prompt nobody can say that tuning is needed."""
    if reading.target is None:
        return Stop("need_unproven", "No target score is given, so nothing says what is good enough.", ("base_model",))
    if not reading.prompts:
        reason = "The base model has not been measured: no prompt has been scored on held-out rows."
        return Stop("need_unproven", reason, ("base_model",))
    return Passed("A prompt has been scored against the target.")


def decidable(reading: Reading) -> Answer:
    """Gate 5b: the room above the best prompt may or may not be the smallest lift worth the work.

    A tuned model measured to win that lift settles it: what was won need not be guessed.
    """
    room = reading.headroom()
    if room is None or reading.target is None:
        return NO_TARGET if reading.target is None else NO_ARM
    if not room[1] < reading.lift <= room[2]:
        return Passed(f"The room above the best prompt is {points(room[1])} to {points(room[2])}.")
    best = best_prompt(reading.arms)
    if best and any(difference(one.interval, best.interval)[1] >= reading.lift for one in tuned(reading)):
        return Passed("A tuned model was measured and beats the best prompt by the points you called worth the work.")
    wanted = deciding_rows(reading, best) if best else None
    more = f"about {wanted:,} scored rows would decide it" if wanted else "no affordable number of rows would decide it"
    return Stop(
        "cannot_judge",
        f"What tuning could win lies between {points(room[1])} and {points(room[2])}, and you called "
        f"{points(reading.lift)} worth the work; {more}.",
        ("headroom", "holdout_power"),
    )


def deciding_rows(reading: Reading, best: Scored) -> int | None:
    """Rows on which this prompt must be scored to tell its room from the smallest lift; None where it is told already.

    None, too, where no affordable number of rows would tell.
    """
    room = reading.headroom()
    if room is None or not room[1] < reading.lift <= room[2]:
        return None
    return rows_to_decide(best.score, best.score + room[0] - reading.lift)


def tuned(reading: Reading) -> list[Scored]:
    """The tuned models that were measured and that no need rules out, best score first."""
    return allowed(reading.arms, TUNED)


def _suffices(reading: Reading, one: Scored) -> bool:
    return one.arm.name == "retrieved_few_shot" and reading.target is not None and one.low >= reading.target
