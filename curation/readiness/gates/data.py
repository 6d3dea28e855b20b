"""Gates 0 and 4: is the data sound, right, enough, and does it hold a pattern?"""

from curation.readiness.arms import LABEL_METRICS, Scored
from curation.readiness.gates.reading import (
    Answer,
    Passed,
    Reading,
    Stop,
)
from curation.records import Evidence
from curation.wording import capital, percent, span

HALF = 0.5
"""Of shuffled free texts next to none is exactly right, so half is far beyond chance."""


def sound(reading: Reading) -> Answer:
    """Gate 0: unusable rows, leaked evaluation rows or contradictions come before everything else."""
    bad = reading.failing("integrity", "leakage", "conflicts")
    if bad:
        return Stop("fix_data", reading.message(bad[0]), bad)
    return Passed(_unseen(reading, ("integrity", "leakage", "conflicts"), "Few unusable or contradicting rows"))


def right(reading: Reading) -> Answer:
    """Gate 4a: too many wrong answers, or reviewers who do not agree what is right."""
    bad = reading.failing("noise", "agreement")
    if not bad:
        return Passed(_unseen(reading, ("noise", "agreement"), "Not too many wrong answers"))
    noise = reading.known("noise")
    gain = ""
    if "noise" in bad and noise and noise.detail.get("caps"):
        gain = f" Wrong labels cap any score near {percent(1 - (noise.value or 0))}: cleaning could win back "
        gain += f"{span(noise.low or 0, noise.high or 0).removesuffix(' %')} points, more rows could not."
    return Stop("clean", reading.message(bad[0]) + gain, bad)


def enough(reading: Reading) -> Answer:
    """Gate 4b: too few rows or classes, a curve still getting steeper below the target, or no pattern on few rows."""
    bad = reading.failing("effective_size", "coverage")
    if bad:
        return Stop("collect", reading.message(bad[0]), bad)
    if _steepening(reading):
        return Stop("collect", reading.message("curve"), ("curve",))
    if reading.status("learnability") == "fail" and _few(reading) and not _answered(reading):
        pattern = reading.items["learnability"]
        return Stop(
            "collect", f"{pattern.message} There are too few rows to say that there is no pattern.", ("learnability",)
        )
    return Passed(_unseen(reading, ("effective_size", "coverage", "curve"), "Enough rows for every class"))


def pattern(reading: Reading) -> Answer:
    """Gate 4c: plenty of rows and still no pattern. A model measured to know the answers shows that there is one."""
    if reading.status("learnability") == "fail" and (one := _answered(reading)):
        known = f"{capital(one.words)} gets {percent(one.score)} right"
        return Passed(f"{known}, so the answers do follow from the inputs, though they share few words.")
    if reading.status("learnability") == "fail":
        return Stop("not_learnable", reading.message("learnability"), ("learnability",))
    return Passed(_unseen(reading, ("learnability",), "The answers follow from the inputs"))


def rows_for_a_pattern(reading: Reading, learnability: Evidence) -> int:
    """Rows from which "no pattern" is believed: 50 a class, 200 for free text (policy)."""
    settings = reading.policy.items["learnability"].settings
    if learnability.detail.get("kind", "text") == "text":
        return int(settings["text_rows"])
    return int(settings["class_rows"]) * int(learnability.detail.get("classes", 2))


def _answered(reading: Reading) -> Scored | None:
    """A measured model that gets more than half of the free texts exactly right.

    No label set is read this way: there the stand-in sees what a model sees.
    """
    is_text = reading.items["learnability"].detail.get("kind") == "text"
    if not is_text or reading.context.task.metric not in LABEL_METRICS:
        return None
    return next((one for one in reading.arms if one.low > HALF), None)


def _few(reading: Reading) -> bool:
    found = reading.items["learnability"]
    return int(found.detail.get("rows", 0)) < rows_for_a_pattern(reading, found)


def _steepening(reading: Reading) -> bool:
    curve, target = reading.known("curve"), reading.target
    if curve is None or curve.status != "warn" or target is None:
        return False
    same_metric = reading.context.task.metric in LABEL_METRICS and curve.detail.get("metric") == "accuracy"
    return bool(same_metric and float(curve.detail.get("score", 1.0)) < target)


def _unseen(reading: Reading, ids: tuple[str, ...], good: str) -> str:
    """A sentence that never calls unchecked things clean."""
    names = [
        reading.items[id].title.lower() if id in reading.items else id for id in ids if reading.status(id) == "missing"
    ]
    if len(names) == len(ids):
        return f"Not checked: {', '.join(names)}."
    return f"{good}." + (f" Not checked: {', '.join(names)}." if names else "")
