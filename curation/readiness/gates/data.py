"""Gates 0, 3b and 4: is the data sound, right, enough; does a plain classifier do it; is there a pattern at all?"""

from curation.readiness.arms import LABEL_METRICS, Scored, allowed
from curation.readiness.evidence.classifier import meets as does_it
from curation.readiness.gates.reading import GUESS, NO_TARGET, Answer, Passed, Reading, Stop, meets
from curation.records import PROMPTED, Evidence
from curation.wording import capital, percent, span

CHANCE = {"exact_match": 0.05, "accuracy": 0.05}
"""A score on free texts that shuffled answers do not reach: next to none is exactly right by chance."""
CHANCE_GRADED = 0.35
"""As `CHANCE`, for scores of overlap: shuffled answers of GPTeacher score .15 (code) and .26 (roleplay) in chrF."""
ROWS_TO_TELL = 100


def sound(reading: Reading) -> Answer:
    """Gate 0: unusable rows, leaked evaluation rows, contradictions or a dated change of policy come first."""
    bad = [id for id in reading.failing("integrity", "leakage", "conflicts") if not reading.is_estimate(id)]
    if bad:
        return Stop("fix_data", reading.message(bad[0]), tuple(bad))
    changed = reading.known("volatility")
    if changed is not None and changed.detail.get("policy_change"):
        return Stop("fix_data", changed.message, ("volatility",))
    return Passed(_unseen(reading, ("integrity", "leakage", "conflicts"), "Few unusable or contradicting rows"))


def right(reading: Reading) -> Answer:
    """Gate 4a: too many wrong answers, or reviewers who do not agree what is right.

    An estimate decides only beside something measured that does not contradict it.
    """
    if reading.status("agreement") == "fail" and reading.items["agreement"].kind == "measured":
        return Stop("clean", reading.message("agreement"), ("agreement",))
    noise = reading.known("noise")
    if noise is None or noise.status != "fail":
        return Passed(_unseen(reading, ("noise", "agreement"), "Not too many wrong answers"))
    if noise.kind != "estimated":
        return Stop("clean", noise.message + _gain(noise), ("noise",))
    if not reading.is_measured:
        return Passed(
            f"{noise.message} Nothing has been measured, so this decides nothing: judge 60 random rows first."
        )
    if best := _contradicts(reading, noise):
        at_most = f"so at most {percent(1 - best.low)} of the answers can be wrong"
        scores = f"{capital(best.words)} scores {percent(best.score)} ({span(best.low, best.high)})"
        return Passed(f"{noise.message} The estimate does not count: {scores}, {at_most}.")
    if one := reading.solved():
        return Passed(f"{noise.message} {meets(reading, one)} A measurement outranks an estimate.")
    return Stop("clean", noise.message + _gain(noise), ("noise",))


def _gain(noise: Evidence) -> str:
    if not noise.detail.get("caps") or noise.kind == "estimated":
        return ""
    return (
        f" Wrong labels cap any score near {percent(1 - (noise.value or 0))}: cleaning could win back "
        f"{span(noise.low or 0, noise.high or 0).removesuffix(' %')} points, more rows could not."
    )


def _contradicts(reading: Reading, noise: Evidence) -> Scored | None:
    """The measured arm that gets more rows right than this estimate can hold for right; None when there is none.

    Wrong answers are at most what the best arm gets wrong: 1 - its low end, in the same metric.
    """
    if reading.context.task.metric not in LABEL_METRICS:
        return None
    best = max(reading.arms, key=lambda one: one.low, default=None)
    return best if best is not None and (noise.low or 0.0) > 1 - best.low else None


def enough(reading: Reading) -> Answer:
    """Gate 4b: too few rows or classes, or a curve still getting steeper below the target.

    A tuned model measured to meet the target settles it.
    """
    bad = reading.failing("effective_size", "coverage")
    solved = reading.solved()
    if bad and solved:
        return Passed(f"{reading.message(bad[0])} {meets(reading, solved)} So they are enough.")
    if bad:
        return Stop("collect", reading.message(bad[0]), bad, headline=_label_first(reading, bad[0]))
    if _steepening(reading) and not solved:
        return Stop("collect", reading.message("curve"), ("curve",))
    return Passed(_unseen(reading, ("effective_size", "coverage", "curve"), "Enough rows"))


def _label_first(reading: Reading, about: str) -> str:
    """The verdict's first sentence where rows are there and only wait for labels; "" where none do."""
    waiting, item = reading.waiting, reading.items[about]
    needed = int(item.detail.get("rows_needed", 1))
    if waiting.different < needed or not item.fix:
        return ""
    return f"Not yet: {item.fix[:1].lower()}{item.fix[1:]}"


def classifier(reading: Reading) -> Answer:
    """Gate 3b: a plain classifier, scored on held-out rows, meets the target: no language model is needed."""
    if reading.target is None:
        return NO_TARGET
    for one in allowed(reading.arms, ("classifier",)):
        if reading.reaches(one) and one.score >= reading.usual + reading.lift:
            return Stop("classifier", meets(reading, one), ("classifier",))
    item = reading.known("classifier")
    if item is None:
        return Passed(reading.message("classifier") or "No plain classifier has been scored.", evaluated=False)
    if does_it(item, reading.context, reading.lift):
        return Stop("classifier", item.message, ("classifier",))
    return Passed(item.message)


def pattern(reading: Reading) -> Answer:
    """Gate 4c: no pattern to learn. A model measured to beat chance shows that there is one.

    "Not learnable" needs models that fail as well; a stand-in alone never says it.
    """
    found = reading.items.get("learnability")
    if found is None or found.status != "fail":
        return Passed(_unseen(reading, ("learnability",), "The answers follow from the inputs"))
    if one := _knows(reading):
        known = f"{capital(one.words)} gets {percent(one.score)} ({span(one.low, one.high)})"
        return Passed(f"{known}, so the answers do follow from the inputs, though a small model does not see it.")
    if not reading.is_measured:
        return Passed(f"{found.message} Nothing has been measured, so this decides nothing.")
    if not reading.arms:
        reason = f"{found.message} {GUESS} Score the base model on {ROWS_TO_TELL} rows: that shows whether it can be."
        return Stop("cannot_judge", reason, ("learnability", "base_model"))
    if all(one.low < chance(reading) for one in reading.arms) and not _few(reading):
        best = max(reading.arms, key=lambda one: one.score)
        fails = f"{capital(best.words)} fails too: {percent(best.score)} on {best.arm.n:,} rows."
        return Stop("not_learnable", f"{found.message} {fails}", ("learnability", "base_model"))
    if _few(reading):
        few = "There are too few rows to say that there is no pattern."
        return Stop("collect", f"{found.message} {few}", ("learnability",))
    return Passed(found.message)


def chance(reading: Reading) -> float:
    """What a model that learned nothing would score: the most frequent label's share, or what shuffled texts get."""
    if reading.usual:
        return reading.usual
    return CHANCE.get(reading.context.task.metric, CHANCE_GRADED)


def rows_for_a_pattern(reading: Reading, learnability: Evidence) -> int:
    """Rows from which "no pattern" is believed: 50 a class, 200 for free text (policy)."""
    settings = reading.policy.items["learnability"].settings
    if learnability.detail.get("kind", "text") == "text":
        return int(settings["text_rows"])
    return int(settings["class_rows"]) * int(learnability.detail.get("classes", 2))


def _knows(reading: Reading) -> Scored | None:
    """A measured arm whose low end beats chance; documents and retrieved examples may know what the inputs do not."""
    names = [one for one in reading.arms if one.arm.name not in PROMPTED[2:]]
    return next((one for one in names if one.low > chance(reading)), None)


def _few(reading: Reading) -> bool:
    found = reading.items["learnability"]
    return int(found.detail.get("rows", 0)) < rows_for_a_pattern(reading, found)


def _steepening(reading: Reading) -> bool:
    """Whether a competent stand-in's curve surely steepens, a doubling is worth the lift, and the target is above."""
    curve, target = reading.known("curve"), reading.target
    if curve is None or curve.status != "warn" or target is None or not reading.is_measured:
        return False
    line = reading.policy.items["curve"].warn or 0.0
    sure = (curve.low or 0.0) >= line and float(curve.detail.get("doubling", (0.0,))[0]) >= reading.lift
    same_metric = reading.context.task.metric in LABEL_METRICS and curve.detail.get("metric") == "accuracy"
    competent = curve.detail.get("competent", True)
    return bool(sure and same_metric and competent and float(curve.detail.get("score", 1.0)) < target)


def _unseen(reading: Reading, ids: tuple[str, ...], good: str) -> str:
    """A sentence that never calls unchecked things clean."""
    names = [
        reading.items[id].title.lower() if id in reading.items else id for id in ids if reading.status(id) == "missing"
    ]
    if len(names) == len(ids):
        return f"Not checked: {', '.join(names)}."
    return f"{good}." + (f" Not checked: {', '.join(names)}." if names else "")
