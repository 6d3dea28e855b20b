"""Gates 6 to 8: what a tuned model showed, whether tuning pays, and what is left when it does not."""

from curation.readiness.arms import TUNED, Scored, best_prompt, hard_needs
from curation.readiness.gates.need import tuned
from curation.readiness.gates.reading import (
    NO_ARM,
    NO_TARGET,
    Answer,
    Passed,
    Reading,
    Stop,
)
from curation.sampling.intervals import Interval, difference
from curation.wording import bare_points, capital, percent, points, points_span, span


def tried(reading: Reading) -> Answer:
    """Gate 6: a measured tuned model decides where its interval allows."""
    if reading.target is None:
        return NO_TARGET
    found = tuned(reading)
    if not found:
        return _ruled_out(reading)
    light, whole = (next((one for one in found if one.arm.name == name), None) for name in ("lora", "full"))
    if light and light.low >= reading.target:
        return Stop("lora", f"{_scores(light)}, which meets the target of {percent(reading.target)}.", _PAYS)
    best = best_prompt(reading.arms)
    if best and (why := _too_little(found, best, reading.lift)):
        return Stop("stay_with_prompt", why, _NEED)
    if best and (why := _perhaps_too_little(found, best, reading.lift)):
        return Stop("cannot_judge", why, _NEED)
    if light and light.high < reading.target and not (whole and whole.high < reading.target):
        needs = reading.context.needs
        if needs.gpus and needs.accept_forgetting:
            return Stop("full_fine_tune", _light_falls_short(light, whole, reading.target), _NEED)
    return Passed("The tuned model beats the prompt but is not shown to meet the target.")


_NEED = ("base_model", "headroom")
_PAYS = ("economics", *_NEED)


def _ruled_out(reading: Reading) -> Answer:
    """Tuned models were measured and a need rules all of them out, or none was measured."""
    barred = [one for one in reading.arms if one.arm.name in TUNED]
    if not barred:
        return Passed("No tuned model has been measured.", evaluated=False)
    reason = f"{_scores(barred[0])}, but {barred[0].barred}."
    if best_prompt(reading.arms):
        return Stop(
            "stay_with_prompt", f"A tuned model was measured and does not meet your hard needs: {reason}", _NEED
        )
    return Stop("cannot_judge", f"Nothing measured so far meets your hard needs, tuned or not. {reason}", _NEED)


def _too_little(found: list[Scored], best: Scored, lift: float) -> str:
    """Why what was won is not enough, as a sentence; "" where it may be."""
    won = [difference(one.interval, best.interval) for one in found]
    against = f"{_said(found[0])} against {_said(best)}"
    if not any(one[1] > 0 for one in won):
        return f"A tuned model was measured and is not shown to beat {best.words}: {against}."
    most = max(one[2] for one in won)
    if most < lift:
        less = f"less than the {points(lift)} you called worth the work"
        return f"A tuned model was measured and wins at most {points(most)} over {best.words}, {less}: {against}."
    return ""


def _perhaps_too_little(found: list[Scored], best: Scored, lift: float) -> str:
    """As `_too_little`, where less than the lift was won as measured and the interval still holds it."""
    won = max((difference(one.interval, best.interval) for one in found), key=lambda one: one[0])
    if won[0] >= lift:
        return ""
    worth = f"you called {points(lift)} worth the work"
    return (
        f"A tuned model was measured and wins {points_span(*won)} over {best.words}, and {worth}: score both on "
        "more rows."
    )


def _light_falls_short(light: Scored, whole: Scored | None, target: float) -> str:
    text = f"{_scores(light)}, certainly below the target of {percent(target)}"
    if whole:
        meets = ", which meets it" if whole.low >= target else ""
        text += f"; {whole.words} scores {_said(whole)}{meets}"
    return f"{text}; you have GPUs and accept that general ability may suffer."


def worth_it(reading: Reading) -> Answer:
    """Gate 7: enough room, and the money is back within a year, or a hard need, or quality at any price."""
    room = reading.headroom()
    if room is None:
        return NO_TARGET if reading.target is None else NO_ARM
    if room[1] < reading.lift:
        return Passed("It is not certain that the room above the best prompt is worth the work.")
    reason = pays(reading)
    if not reason:
        return Passed("There is room above the best prompt, but neither the costs nor a hard need speak for tuning.")
    return Stop("lora", f"{_room(reading, room)}. {reason}", ("headroom", "economics"))


def _room(reading: Reading, room: Interval) -> str:
    """What tuning has won as measured, else what it could win."""
    best, found = best_prompt(reading.arms), tuned(reading)
    if best is None:
        return "No measured prompt meets the needs you declared"
    start = f"{best.words.capitalize()} scores {_said(best)}"
    if not found:
        return f"{start}; tuning can win {bare_points(room[1])} to {points(room[2])}"
    won = difference(found[0].interval, best.interval)
    target = reading.target or 0.0
    ends = "meets the target" if found[0].low >= target else "is not shown to meet the target"
    by = f"{points_span(*won)} more"
    return f"{start}; {found[0].words} scores {_said(found[0])}, {by}, and {ends}"


def pays(reading: Reading) -> str:
    """The sentence why tuning is worth its cost; "" when nothing says so."""
    needs = hard_needs(reading.arms, reading.context)
    if needs:
        return f"You declared that {' and '.join(needs)}, which counts whatever it costs."
    if reading.context.needs.quality_only:
        return "You declared that quality counts whatever it costs."
    money = reading.known("economics")
    if money is not None and money.status == "ok":
        return money.message
    return ""


def rest(reading: Reading) -> Answer:
    """Gate 8: nothing spoke for tuning."""
    money, room = reading.known("economics"), reading.headroom()
    best = best_prompt(reading.arms)
    if best and room and room[2] < reading.lift:
        left = f"at most {points(max(room[2], 0.0))} are left to win"
        lift = f"you called {points(reading.lift)} worth the work"
        return Stop("stay_with_prompt", f"{_scores(best)}; {left}, and {lift}.", _NEED)
    if money is None:
        why = "the costs are not known. Give calls per month and prices to see when tuning would pay"
        return Stop("stay_with_prompt", f"Nothing shows that tuning is worth it: {why}.", ("economics", "headroom"))
    return Stop(
        "stay_with_prompt", f"There is room for tuning, but it does not pay. {money.message}", ("economics", "headroom")
    )


def _scores(one: Scored) -> str:
    return f"{capital(one.words)} scores {_said(one)}"


def _said(one: Scored) -> str:
    return f"{percent(one.score)} on {one.arm.n:,} rows ({span(one.low, one.high)})"
