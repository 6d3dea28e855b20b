"""Gates 6 to 8: what a tuned model showed, whether tuning pays, and what is left when it does not."""

from curation.readiness.arms import Scored, allowed, best_prompt, hard_needs
from curation.readiness.evidence import percent, span
from curation.readiness.gate import NO_ARM, NO_TARGET, Answer, Passed, Reading, Stop
from curation.readiness.intervals import difference


def tried(reading: Reading) -> Answer:
    """Gate 6: a measured tuned model decides where its interval allows."""
    if reading.target is None:
        return NO_TARGET
    lora, full = (allowed(reading.arms, (name,)) for name in ("lora", "full"))
    if not lora and not full:
        return Passed("No tuned model has been measured.", evaluated=False)
    for one in lora:
        if one.low >= reading.target:
            meets = f"which meets the target of {percent(reading.target)}"
            about = ("economics", "base_model", "headroom")
            return Stop("lora", f"The LoRA-tuned model scores {_said(one)}, {meets}.", about)
    best = best_prompt(reading.arms)
    if best and not any(difference(one.interval, best.interval)[1] > 0 for one in (*lora, *full)):
        top = max((*lora, *full), key=lambda one: one.score)
        reason = f"Tuning was tried and is not shown to beat {best.words}: {_said(top)} against {_said(best)}."
        return Stop("stay_with_prompt", reason, ("base_model", "headroom"))
    needs = reading.context.needs
    if lora and lora[0].high < reading.target and needs.gpus and needs.accept_forgetting:
        reason = (
            f"The LoRA-tuned model scores {_said(lora[0])}, surely under the target of {percent(reading.target)}; you "
            "have GPUs and accept that general ability may suffer."
        )
        return Stop("full_fine_tune", reason, ("base_model", "headroom"))
    return Passed("The tuned model beats the prompt but is not shown to meet the target.")


def worth_it(reading: Reading) -> Answer:
    """Gate 7: enough room, and the money is back within a year, or a hard need, or quality at any price."""
    room = reading.headroom()
    if room is None:
        return NO_TARGET if reading.target is None else NO_ARM
    if room[1] < reading.lift:
        return Passed("The room above the best prompt is not surely worth the work.")
    reason = pays(reading)
    if not reason:
        return Passed("There is room, but neither the money nor a hard need speaks for tuning.")
    best = best_prompt(reading.arms)
    start = (
        f"{best.words.capitalize()} scores {_said(best)}" if best else "No measured prompt meets the needs you declared"
    )
    gap = f"tuning can win {100 * room[1]:.1f} to {100 * room[2]:.1f} points"
    return Stop("lora", f"{start}; {gap}. {reason}", ("headroom", "economics"))


def pays(reading: Reading) -> str:
    """The sentence why tuning is worth its cost; "" when nothing says so."""
    needs = hard_needs(reading.arms, reading.context)
    if needs:
        return f"You declared that {' and '.join(needs)}, which counts whatever the money says."
    if reading.context.needs.quality_only:
        return "You declared that quality counts whatever it costs."
    money = reading.known("economics")
    if money is not None and money.status == "ok":
        return money.message
    return ""


def rest(reading: Reading) -> Answer:
    """Gate 8: nothing spoke for tuning."""
    money = reading.known("economics")
    if money is None:
        why = "the costs are not known: give calls per month and prices to see when tuning would pay"
        return Stop("stay_with_prompt", f"Nothing shows that tuning is worth it; {why}.", ("economics", "headroom"))
    return Stop(
        "stay_with_prompt", f"There is room for tuning, but it does not pay. {money.message}", ("economics", "headroom")
    )


def _said(one: Scored) -> str:
    return f"{percent(one.score)} on {one.arm.n:,} rows ({span(one.low, one.high)})"
