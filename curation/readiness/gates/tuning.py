"""Gates 6 to 8: what a tuned model showed, whether tuning pays, and what is left when it does not."""

from math import sqrt

from curation.readiness.arms import LIGHT, Scored, best_prompt, hard_needs, rows_to_tell
from curation.readiness.gates.reading import (
    NO_ARM,
    NO_TARGET,
    TOO_LITTLE,
    Answer,
    Passed,
    Reading,
    Stop,
)
from curation.records import TUNED
from curation.sampling.intervals import Interval
from curation.wording import bare_points, capital, percent, points, points_span, span

FEWEST = 20
"""Scored rows under which a trial without a shown gain tells nothing, however it went: one unlucky run (policy)."""


TOO_FEW = Passed("A tuned model was scored on too few rows to tell anything.", evaluated=False)


def tried(reading: Reading) -> Answer:
    """Gate 6: a measured tuned model decides where its interval allows; a trial too small to tell changes nothing."""
    if reading.target is None:
        return NO_TARGET
    found = reading.tuned
    if not found:
        return _ruled_out(reading)
    best = best_prompt(reading.arms)
    if one := reading.solved(LIGHT):
        if best and (why := _little(reading, [one], best)):
            return Stop("stay_with_prompt", why, _NEED)
        outcome = "retrieve_and_lora" if one.arm.name == "lora_knowledge_base" else "lora"
        return Stop(outcome, f"{_scores(one)}, which meets the target of {percent(reading.target)}.", _PAYS)
    if best is None:
        return Passed("No prompt was scored to compare the tuned model with.", evaluated=False)
    if all(_is_unlucky(reading, one, best) for one in found):
        return TOO_FEW
    if why := _little(reading, found, best):
        return Stop("stay_with_prompt", why, _NEED)
    light, whole = (next((one for one in found if one.arm.name == name), None) for name in ("lora", "full"))
    if light and light.high < reading.target and not (whole and whole.high < reading.target):
        needs = reading.context.needs
        if needs.gpus and needs.accept_forgetting:
            return Stop("full_fine_tune", _light_falls_short(light, whole, reading.target), _NEED)
    if whole and reading.reaches(whole):
        return Stop("full_fine_tune", f"{_scores(whole)}, which meets the target of {percent(reading.target)}.", _PAYS)
    if all(_is_too_small(reading, one, best) for one in found):
        return TOO_FEW
    if why := _open(reading, found, best):
        return Stop("cannot_judge", why, _NEED)
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


def _little(reading: Reading, found: list[Scored], best: Scored) -> str:
    """Why what was won is surely not enough, as a sentence; "" where it may be."""
    most = max(reading.won(one, best)[2] for one in found)
    if most >= reading.lift:
        return ""
    against = f"{_said(found[0])} against {_said(best)}"
    if most <= 0:
        return f"A tuned model was measured and does not beat {best.words}: {against}."
    return (
        f"A tuned model was measured and wins at most {points(most)} over {best.words}, and {reading.worth}: {against}."
    )


def _is_unlucky(reading: Reading, one: Scored, best: Scored) -> bool:
    """Whether so few rows were scored that only a gain would tell anything, and none is shown."""
    return one.arm.n < FEWEST and reading.won(one, best)[1] <= 0


def _is_too_small(reading: Reading, one: Scored, best: Scored) -> bool:
    """Whether the trial tells nothing: no gain and one worth the work are both possible, and so few rows would not have
    shown even a gain of all the room (four times in five)."""
    found, room = reading.won(one, best), reading.headroom()
    if _is_unlucky(reading, one, best):
        return True
    if room is None or not found[1] <= 0 < reading.lift <= found[2]:
        return False
    shown = reading.policy.items["holdout_power"].settings["at_base_080"] / sqrt(one.arm.n)
    return shown > room[0] or found[2] >= room[0]


def _open(reading: Reading, found: list[Scored], best: Scored) -> str:
    """Why it is open whether tuning wins enough, with the rows that would tell; "" where it is known."""
    first = max(found, key=lambda one: reading.won(one, best)[0])
    gain = reading.won(first, best)
    if gain[1] >= reading.lift:
        return ""
    wanted = rows_to_tell(first, reading.context.task.metric, first.score - gain[0] + reading.lift)
    more = f" on about {wanted:,} rows" if wanted and wanted > first.arm.n else " on more rows"
    return (
        f"A tuned model was measured and wins {points_span(*gain)} over {best.words}, and {reading.worth}: score both"
        f"{more}."
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
    best = best_prompt(reading.arms)
    wins = best is not None and any(reading.won(one, best)[1] >= reading.lift for one in reading.tuned)
    if room[1] < reading.lift and not wins:
        return Passed("It is not certain that the room above the best prompt is worth the work.")
    reason = pays(reading)
    if not reason:
        return Passed("There is room above the best prompt, but neither the costs nor a hard need speak for tuning.")
    if has_strays(reading) and not wins:
        reason = f"{_room(reading, room)}. {UNCHECKED} {reading.message('noise')}"
        return Stop("cannot_judge", reason, ("noise",), headline=UNCHECKED_FIRST)
    return Stop("lora", f"{_room(reading, room)}. {reason}", ("headroom", "economics"))


def is_unchecked(reading: Reading) -> bool:
    """Whether neither people nor a small model could say how many answers are wrong."""
    return reading.status("noise") == "missing"


def has_strays(reading: Reading) -> bool:
    """Whether nobody has checked the answers and surely too many do not fit: they stand elsewhere than in their inputs,
    where most do, or a small model's surest guesses differ from them."""
    if not is_unchecked(reading):
        return False
    strays = reading.items["noise"].detail.get("strays")
    return strays is not None and strays[1] > (reading.policy.items["noise"].fail or 0.0)


UNCHECKED_FIRST = "Audit first: tuning may be worth it, but nobody has checked whether the answers are right."
UNCHECKED = "But nobody has checked whether the answers are right, and a tuned model copies what is wrong."


def _room(reading: Reading, room: Interval) -> str:
    """What tuning has won as measured, else what it could win."""
    best, found = best_prompt(reading.arms), reading.tuned
    if best is None:
        return "No measured prompt meets the needs you declared"
    start = f"{capital(best.words)} scores {_said(best)}"
    if not found or _is_too_small(reading, found[0], best):
        return f"{start}; tuning can win {bare_points(room[1])} to {points(room[2])}"
    ends = "meets the target" if reading.reaches(found[0]) else _short(found[0], percent(reading.target or 0.0))
    by = f"{points_span(*reading.won(found[0], best))} more"
    return f"{start}; {found[0].words} scores {_said(found[0])}, {by}, and {ends}"


def _short(one: Scored, target: str) -> str:
    """That it is not shown to meet the target; narrowly where the lower end, rounded, reads like it."""
    return f"is {'narrowly ' if percent(one.low) == target else ''}not shown to meet the target of {target}"


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
        return Stop("stay_with_prompt", f"{_scores(best)}; {left}, and {reading.worth}.", _NEED, headline=TOO_LITTLE)
    if money is None:
        why = reading.message("economics") or "Needs calls per month and prices."
        if why.startswith("Needs "):
            why = f"Nothing shows that tuning is worth it: working that out {why[0].lower()}{why[1:]}"
        return Stop("stay_with_prompt", why, ("economics",))
    return Stop(
        "stay_with_prompt", f"There is room for tuning, but it does not pay. {money.message}", ("economics", "headroom")
    )


def _scores(one: Scored) -> str:
    return f"{capital(one.words)} scores {_said(one)}"


def _said(one: Scored) -> str:
    return f"{percent(one.score)} on {one.arm.n:,} rows ({span(one.low, one.high)})"
