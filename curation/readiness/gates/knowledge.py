"""Gates 2 and 3: does the task hang on knowledge that retrieval serves better, or on examples one can look up?"""

from dataclasses import replace

from curation.readiness.arms import LABEL_METRICS, PLAIN, Scored, allowed, best_prompt
from curation.readiness.gates import data, need, tuning
from curation.readiness.gates.reading import (
    NO_TARGET,
    Answer,
    Passed,
    Reading,
    Stop,
    meets,
)
from curation.records import TUNED
from curation.wording import capital, percent, points_span


def knowledge(reading: Reading) -> Answer:
    """Gate 2: facts that change, or answers made of knowledge found elsewhere. Offline skips it unless facts change.

    Looked-up documents measured to meet the target answer it whatever the answers are made of; a model measured to do
    without them, or documents measured not to help, overrule what words suggest.
    """
    changing = reading.status("volatility") == "fail"
    for one in allowed(reading.arms, ("knowledge_base",)):
        if reading.reaches(one):
            return need.unplaced(reading, one) or Stop("retrieve", meets(reading, one), ("base_model",))
    if reading.context.needs.offline and not changing:
        return Passed("You declared that it must work offline, and the facts are not known to change.", evaluated=False)
    if documents := _documents_win(reading):
        return _with_documents(reading, documents, ("base_model", "substance"))
    if not changing and not knowledge_from_elsewhere(reading):
        return Passed(_why_not(reading))
    if not changing and (without := _not_needed(reading)):
        return Passed(without)
    if not changing and reading.status("noise") == "fail":
        return Passed("Many answers do not fit their inputs, so their content says nothing.")
    about = "volatility" if changing else "substance"
    return _with_documents(reading, reading.message(about), (about,))


def _with_documents(reading: Reading, reason: str, about: tuple[str, ...]) -> Stop:
    if both := next((one for one in allowed(reading.arms, ("lora_knowledge_base",)) if reading.reaches(one)), None):
        return Stop("retrieve_and_lora", f"{reason} {meets(reading, both)}", about)
    if _tuning_helps_too(reading):
        room = "Retrieved documents alone leave a gap to the target, which tuning the style can close."
        return Stop("retrieve_and_lora", f"{reason} {room}", (*about, "base_model"))
    return Stop("retrieve", reason, about)


def _with_and_without(reading: Reading) -> tuple[Scored, Scored] | None:
    """The prompt with retrieved documents and the best plain one; None where one of them was not scored."""
    with_them, without = (next(iter(allowed(reading.arms, names)), None) for names in (("knowledge_base",), PLAIN))
    return (with_them, without) if with_them and without else None


def _documents_win(reading: Reading) -> str:
    """The sentence that documents were measured to beat every prompt without them by a lift; "" when they were not."""
    if (scored := _with_and_without(reading)) is None:
        return ""
    with_them, without = scored
    tuned = next((one for one in reading.tuned if one.arm.name != "lora_knowledge_base"), None)
    gain = reading.won(with_them, without)
    if gain[1] < reading.lift or (tuned and tuned.score >= with_them.score):
        return ""
    return (
        f"{capital(with_them.words)} scores {percent(with_them.score)}, {without.words} {percent(without.score)}: the "
        f"documents win {points_span(*gain)}."
    )


def _not_needed(reading: Reading) -> str:
    """The sentence why measured models make retrieval needless, whatever the words suggest; "" when none does."""
    if (one := reading.solved(("lora", "full"))) is not None:
        return f"{meets(reading, one)} It does so without looking anything up."
    scored = _with_and_without(reading)
    if scored is None or reading.won(*scored)[2] >= reading.lift:
        return ""
    with_them, without = scored
    return f"{capital(with_them.words)} was scored and wins less than the work is worth over {without.words}."


def knowledge_from_elsewhere(reading: Reading) -> bool:
    """Whether the answers hold much new knowledge and its origin speaks for retrieval.

    Where the answers stand in the knowledge base, or must cite their source, less of it is enough: what is new in
    "The limit of the A7 is 40 kg." is two words, and all that matters. Below `style_novel` it is style. That questions
    are answered with many new words is an estimate of where they come from, and decides nothing before a measurement.
    """
    looked_up = _in_knowledge_base(reading) or reading.context.knowledge.must_cite
    found = reading.known("substance")
    some = found is not None and (found.value or 0.0) >= reading.policy.items["substance"].settings["style_novel"]
    asked = novel(reading) and reading.context.task.kind == "question_answering" and reading.is_measured
    return (some and looked_up) or asked


def novel(reading: Reading) -> bool:
    """Whether the answers hold much that is neither in the input nor usual."""
    found = reading.known("substance")
    return found is not None and found.status == "warn"


def _in_knowledge_base(reading: Reading) -> bool:
    found = reading.known("substance")
    share = found.detail.get("answerable") if found else None
    return share is not None and share >= reading.policy.items["substance"].settings["answerable"]


def _tuning_helps_too(reading: Reading) -> bool:
    """A measured knowledge_base arm leaves headroom, style is present, and gates 4 to 7 would let tuning through."""
    with_documents = allowed(reading.arms, ("knowledge_base",))
    style = reading.known("substance")
    if not with_documents or reading.target is None or style is None:
        return False
    if style.detail.get("template", 0.0) < reading.policy.items["substance"].settings["style_present"]:
        return False
    arms = tuple(one for one in reading.arms if one in with_documents or one.arm.name in TUNED)
    left = replace(reading, arms=arms)
    gates = (data.right, data.enough, data.pattern, need.shown, need.decidable)
    for gate in (*gates, tuning.tried, tuning.worth_it):
        answer = gate(left)
        if isinstance(answer, Stop):
            return answer.outcome in ("lora", "full_fine_tune")
    return False


def examples_suffice(reading: Reading) -> Answer:
    """Gate 3: looked-up examples meet the target; unmeasured, copying the nearest known answer does (never offline)."""
    if reading.target is None:
        return NO_TARGET
    arms = [one for one in reading.arms if one.arm.name == "retrieved_few_shot"]
    usable = allowed(reading.arms, ("retrieved_few_shot",))
    for one in usable:
        if reading.reaches(one):
            return need.unplaced(reading, one) or Stop("retrieved_examples", meets(reading, one), ("base_model",))
    if arms and not usable:
        return Passed(f"The prompt with retrieved examples is ruled out: {arms[0].barred}.")
    if arms:
        return Passed("The prompt with retrieved examples was scored and is not shown to meet the target.")
    return _copying(reading, reading.target)


def _copying(reading: Reading, target: float) -> Answer:
    copy = reading.known("retrieval")
    if copy is None or reading.context.task.metric not in LABEL_METRICS:
        return Passed("No prompt with retrieved examples has been scored.", evaluated=False)
    if why := _unsuited(reading):
        return Passed(why, evaluated=False)
    if (copy.low or 0.0) >= target:
        classes = reading.known("coverage")
        usual = float(classes.detail.get("largest_rate", 0.0)) if classes else 0.0
        if usual >= target:
            return Passed(
                f"Always guessing the commonest answer is right {percent(usual)} of the time, so copying shows little."
            )
        return Stop("retrieved_examples", copy.message, ("retrieval",))
    return Passed(
        f"Copying the nearest known answer is right {percent(copy.value or 0.0)} of the time, below the target."
    )


def _unsuited(reading: Reading) -> str:
    """Why no prompt that nobody scored can be named, as a sentence: a need rules out those that were; "" otherwise."""
    if reading.context.needs.offline:
        return "It must work offline, and no prompt with retrieved examples was scored offline."
    if reading.prompts and best_prompt(reading.arms) is None:
        return "Every prompt scored breaks a hard need that you declared, and so may one with retrieved examples."
    return ""


def _why_not(reading: Reading) -> str:
    names = (("volatility", "change over time"), ("substance", "knowledge"))
    unseen = [word for id, word in names if reading.status(id) == "missing"]
    if novel(reading):
        return "The answers contain much new knowledge, but nothing shows that it can be retrieved."
    text = "Nothing shows that the task depends on facts that change or must be retrieved."
    return f"{text} Not checked: {', '.join(unseen)}." if unseen else text
