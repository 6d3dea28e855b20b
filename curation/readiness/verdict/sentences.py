"""What a verdict says in this case: headline, the name of its outcome, what to do now, and what hard needs rule out."""

from curation.readiness.arms import Scored, allowed, best_prompt
from curation.readiness.gates.reading import Reading, Stop
from curation.readiness.gates.tuning import is_unchecked
from curation.wording import CONFIRMATIONS, NEXT_STEPS, ON_AN_ESTIMATE, OUTCOMES, minutes, percent

UNPRICED = "Stay with the prompt for now: whether tuning pays is not known, because volume and prices are missing."
ASK_PRICES = (
    "Give calls a month, token counts and prices first: they show whether tuning pays. Or declare that it is worth any "
    "cost, or a hard need such as working offline."
)
UNHOSTED = "Stay with the prompt for now: whether tuning pays is not known, because {what} is missing."
GIVE_FIRST = "Give {what} first (0 where the provider bills tokens alone): all else that money needs is known."
IN_USE = (
    "Use the tuned model: export and approve the data it was trained on, test on general questions what it has "
    "forgotten, and train again when the answers change."
)
AGAIN = (
    "A LoRA is worth it, but the one measured is not shown to reach the target yet: use it only if its score is enough "
    "for you. Otherwise train another with other settings or more rows, and score it on the same held-out rows."
)
NO_SOURCE = (
    "You named no source to retrieve the answers from. Make one first: a document or table that somebody keeps up to "
    "date. Then set up retrieval over it and score it on the held-out rows."
)


AUDIT_FIRST = "Audit first: an estimate says that many answers are wrong, and nobody has checked it."
MEASURE_FIRST = "Measure first: whether tuning is needed is not known before the base model is scored."
TO_CONFIRM = 60
"""Rows drawn at random that tell a share of wrong answers over a tenth from one under a twentieth (Wilson, 90 %)."""
NOTHING_MEETS = "It cannot be decided yet: nothing measured meets the hard needs you declared."
OTHER_MODEL = (
    "Measure a smaller or faster model that meets the hard needs you declared, first with a prompt, then tuned."
)
NO_GOAL = "Whether tuning is needed is not known yet: first say which score would be good enough."
OWN_MODEL = (
    "First score a prompt on a model that meets the hard needs you declared: it may be enough. Otherwise train a LoRA "
    "of that model."
)
BETTER_LOOKUP = (
    "Improve the retrieval: the prompt with retrieved documents is not shown to meet the target yet. Try other "
    "passages, more of them, or newer documents, and score it on the same held-out rows."
)
TIME_IT = " Also measure how long the prompt takes to answer: until then your time limit counts as exceeded."
EXAMPLES = ("few_shot", "retrieved_few_shot")
TRY_EXAMPLES = (
    "First score a prompt with fixed examples and one with retrieved examples on the same rows: only a plain prompt "
    "was scored, and examples often close such a gap."
)


def is_unpriced(reading: Reading, stop: Stop) -> bool:
    """Whether only missing volume and prices keep tuning from being called worth it."""
    return stop.outcome == "stay_with_prompt" and stop.gate == "8" and reading.known("economics") is None


def headline(reading: Reading, stop: Stop) -> str:
    """The verdict's first sentence."""
    if _nothing_meets(reading, stop):
        return NOTHING_MEETS
    if stop.outcome == "need_unproven":
        return _unproven(reading)
    if stop.headline:
        return stop.headline
    if rests_on_an_estimate(reading, stop):
        return ON_AN_ESTIMATE[stop.outcome].format(rows=to_confirm(reading))
    if is_unpriced(reading, stop):
        return UNPRICED if not first_to_give(reading) else UNHOSTED.format(what=first_to_give(reading))
    return OUTCOMES[stop.outcome].sentence


def first_to_give(reading: Reading) -> str:
    """What alone keeps it from being known whether tuning pays; "" where that is not one thing."""
    money = reading.items.get("economics")
    return str(money.detail.get("first_to_give", "")) if money is not None and money.status == "missing" else ""


def _unproven(reading: Reading) -> str:
    if reading.target is None and reading.is_measured:
        return NO_GOAL
    if reading.status("noise") == "fail" and not reading.is_measured:
        return AUDIT_FIRST
    return MEASURE_FIRST


def rests_on_an_estimate(reading: Reading, stop: Stop) -> bool:
    """Whether what decided is a guess that nobody checked."""
    return stop.outcome in ON_AN_ESTIMATE and bool(stop.about) and reading.is_estimate(stop.about[0])


def to_confirm(reading: Reading) -> int:
    """Rows to judge that confirm an estimate of wrong answers, no more than there are."""
    size = reading.known("effective_size")
    have = int(size.detail.get("usable") or size.value or 0) if size else 0
    return min(TO_CONFIRM, have) if have else TO_CONFIRM


def first_rows(reading: Reading) -> int:
    """Held-out rows for the first score of a prompt: as many as the policy plans, no more than there are."""
    planned = int(reading.policy.items["base_model"].settings["planned_rows"])
    size = reading.known("effective_size")
    return min(planned, int(size.value)) if size and size.value else planned


def confirmation(reading: Reading, stop: Stop) -> str:
    """The cheapest measurement that would confirm the estimate which decided; "" where none did."""
    about = "noise" if stop.outcome == "need_unproven" and _unproven(reading) == AUDIT_FIRST else ""
    if rests_on_an_estimate(reading, stop) or (stop.outcome == "cannot_judge" and "noise" in stop.about):
        about = stop.about[0]
    if stop.outcome == "lora" and stop.gate == "7" and is_unchecked(reading):
        about = "noise"
    rows = to_confirm(reading)
    each = reading.context.prices.label_minutes_per_row or MINUTES_TO_JUDGE
    return CONFIRMATIONS[about].format(rows=rows, time=minutes((rows * each,) * 2)) if about in CONFIRMATIONS else ""


MINUTES_TO_JUDGE = 0.25
"""Minutes to judge a row right or wrong where nobody said: a quarter of the minute that labelling takes (policy)."""


def name_of(reading: Reading, stop: Stop) -> str:
    """What the outcome is called, within a sentence."""
    if is_unpriced(reading, stop):
        return f"{OUTCOMES[stop.outcome].noun}, because tuning is not shown to pay"
    return OUTCOMES[stop.outcome].noun


def action(reading: Reading, stop: Stop) -> str:
    """What to do now; "" where the evidence names the fix. Nothing that was done already is asked for again."""
    if is_unpriced(reading, stop):
        return ASK_PRICES if not first_to_give(reading) else GIVE_FIRST.format(what=first_to_give(reading))
    if _nothing_meets(reading, stop):
        return OTHER_MODEL
    if stop.outcome == "retrieved_examples" and _meets(reading, "retrieved_few_shot"):
        return "Use the prompt with retrieved examples, and keep the scored rows to test later versions of it."
    if stop.outcome == "retrieve" and _meets(reading, "knowledge_base"):
        return "Use the prompt with retrieved documents, and keep the scored rows to test later versions of it."
    if stop.outcome == "retrieve" and allowed(reading.arms, ("knowledge_base",)):
        return BETTER_LOOKUP
    if stop.outcome in ("retrieve", "retrieve_and_lora") and not _has_source(reading):
        light = " Only then train a LoRA on top." if stop.outcome == "retrieve_and_lora" else ""
        return NO_SOURCE + light
    tuned = {"lora": "lora", "full_fine_tune": "full"}.get(stop.outcome, "")
    text = NEXT_STEPS.get(stop.outcome, "")
    if not tuned:
        return text
    if _meets(reading, tuned):
        return IN_USE
    if stop.outcome == "lora" and allowed(reading.arms, ("lora",)):
        text = AGAIN
    elif stop.outcome == "lora" and best_prompt(reading.arms) is None:
        text = OWN_MODEL
    elif stop.outcome == "lora" and not any(one.arm.name in EXAMPLES for one in reading.prompts):
        text = f"{TRY_EXAMPLES} {text}"
    return f"{text} {_method(reading)} {_where(reading)}{TIME_IT if _untimed(reading) else ''}"


LEAST_PAIRS = 50
"""Pairs of a better and a worse answer from which training on them is worth a run: as for rows (policy.toml)."""


def _method(reading: Reading) -> str:
    """Whether to train on answers (SFT) or on pairs of answers (DPO), and why."""
    size = reading.known("effective_size")
    pairs = int(size.detail.get("preference_pairs", 0)) if size else 0
    if pairs < LEAST_PAIRS:
        return "Train on the answers (SFT): the rows hold one right answer each."
    return (
        f"Train on the better answers first (SFT), then on the {pairs:,} pairs of a better and a worse answer (DPO), "
        "which teaches what to avoid."
    )


def distillation(reading: Reading) -> str:
    """The sentence that a tuned model is compared with a prompt of another model; "" where it is not."""
    best = best_prompt(reading.arms)
    tuned = next(iter(reading.tuned), None)
    if best is None or tuned is None or not best.arm.model or not tuned.arm.model:
        return ""
    if best.arm.model == tuned.arm.model:
        return ""
    sizes = tuned.arm.parameters, best.arm.parameters
    smaller = " and smaller" if sizes[0] and sizes[1] and sizes[0] < sizes[1] else ""
    return (
        f"The tuned model ({tuned.arm.model}) is another{smaller} model than the prompted one ({best.arm.model}): this "
        "compares two models, and is distillation where the second wrote the answers."
    )


def _nothing_meets(reading: Reading, stop: Stop) -> bool:
    return stop.outcome == "cannot_judge" and stop.gate == "6" and best_prompt(reading.arms) is None


def ruled_out(reading: Reading) -> str:
    """The measured arms a hard need rules out, with their scores and why, as one sentence; "" when there is none."""
    barred = sorted((one for one in reading.arms if one.barred), key=lambda one: (-one.score, one.arm.name))
    return f"Ruled out: {'; '.join(_barred(one) for one in barred)}." if barred else ""


def _barred(one: Scored) -> str:
    return f"{one.words} scores {percent(one.score)} on {one.arm.n:,} rows, but {one.barred}"


def _meets(reading: Reading, name: str) -> bool:
    return any(reading.reaches(one) for one in allowed(reading.arms, (name,)))


def _untimed(reading: Reading) -> bool:
    prompts = [one for one in reading.prompts if one.arm.latency_ms is not None]
    return bool(reading.context.needs.p95_latency_ms and not prompts)


def _has_source(reading: Reading) -> bool:
    if reading.context.knowledge.source_available or allowed(reading.arms, ("knowledge_base",)):
        return True
    found = reading.known("substance")
    return found is not None and found.detail.get("answerable") is not None


def _where(reading: Reading) -> str:
    """Where to train and where to run it, by the GPUs and the needs declared."""
    needs = reading.context.needs
    if needs.gpus:
        text = "Train on your own GPUs."
    elif needs.privacy:
        text = "The data may not leave your machines, and you named no GPUs: you need a GPU of your own for training."
    else:
        text = "As you named no GPUs of your own: rent one for training."
    if needs.offline and not needs.gpus:
        text += " To answer offline you need a GPU on that machine, or a model small enough to run without one."
    return text
