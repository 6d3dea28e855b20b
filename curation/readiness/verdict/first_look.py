"""What the small stand-in models show before anybody has said anything about the task: two or three sentences."""

from collections.abc import Mapping, Sequence

from curation.records import Evidence
from curation.wording import counted, percent, points

MOST = 3
"""Sentences of a first look."""
GROWS = 0.02
"""Gain of the last doubling of the rows from which more rows are called worth having (policy): two points."""
AS_GOOD = 0.03
"""How near copying must come to the classifier to be named (policy)."""
AGEING = 0.2
"""Share of answers with amounts, dates or versions from which they are named: as volatility warns (policy.toml)."""


def first_look(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """The sentences, the most informative first; none where nothing could be tried out on these rows."""
    items = {item.id: item for item in evidence if item.value is not None}
    made = [_classifier(items), _reads_like(items), _copying(items), _ageing(items), _growth(items), _pairs(items)]
    return tuple(sentence for sentence in made if sentence)[:MOST]


def _classifier(items: Mapping[str, Evidence]) -> str:
    found = items.get("learnability")
    if found is None or "score" not in found.detail:
        return ""
    score, usual = float(found.detail["score"][0]), float(found.detail["usual"])
    if found.detail["kind"] == "numbers":
        return (
            f"A small model's guess of the number goes with the right one on rows held back: rank correlation "
            f"{score:.2f} (0 is guessing, 1 the same order)."
        )
    if found.detail["kind"] == "sets":
        return (
            f"The labels a small model gives overlap with the right ones by {percent(score)} on rows held back (F1); "
            f"the same labels for every row, by {percent(usual)}."
        )
    if "classifier" in items:
        score = float(items["classifier"].value or 0.0)
    many = counted(int(found.detail["classes"]), "different answer")
    if found.detail.get("balanced"):
        return (
            f"A plain classifier finds {percent(score)} of each label on average, on rows held back; guessing finds "
            f"{percent(usual)}."
        )
    start = f"A plain classifier gets {percent(score)} right on rows held back, with {many} to choose from"
    if (found.low or 0.0) <= 0:
        return f"{start}, no better than always giving the commonest one ({percent(usual)})."
    return f"{start}; always giving the commonest one gets {percent(usual)}."


def _copying(items: Mapping[str, Evidence]) -> str:
    found, copied = items.get("learnability"), items.get("retrieval")
    if found is None or copied is None or "score" not in found.detail or (found.low or 0.0) <= 0:
        return ""
    if (copied.value or 0.0) < float(found.detail["score"][0]) - AS_GOOD:
        return ""
    return (
        f"Copying the answer of the most similar known row does about as well ({percent(copied.value or 0.0)}): "
        "showing a model similar examples may be enough."
    )


def _reads_like(items: Mapping[str, Evidence]) -> str:
    found = items.get("substance")
    if found is None:
        return ""
    new = f"{percent(found.value or 0.0)} of the words in the answers stand neither in the input nor in many answers"
    if found.detail.get("says") == "substance":
        return f"This reads like a set of facts: {new}. Facts are better looked up than trained."
    if found.detail.get("says") == "style":
        usual = float(found.detail.get("copied", 0.0)) + float(found.detail.get("template", 0.0))
        words = f"{percent(usual)} of the words in the answers come from the input or are usual wording"
        if _ageing(items):
            return f"The wording is much alike: {words}."
        return f"This reads like a matter of style: {words}. Style is what tuning teaches well."
    return f"This reads like a mixture of facts and style: {new}."


def _ageing(items: Mapping[str, Evidence]) -> str:
    found = items.get("volatility")
    if found is None or (found.value or 0.0) < AGEING:
        return ""
    share = percent(found.value or 0.0)
    return f"{share} of the answers hold amounts, dates or versions: what changes is better looked up."


def _growth(items: Mapping[str, Evidence]) -> str:
    found, labels = items.get("curve"), items.get("learnability")
    if found is None or labels is None or labels.detail.get("kind") not in ("labels", "closed"):
        return ""
    gain = float(found.detail.get("doubling", (0.0,))[0])
    if gain >= GROWS:
        return f"It still gets better with more rows: the last doubling of them brought {points(gain)}."
    return f"More rows would hardly make it better: the last doubling of them brought {points(max(gain, 0.0))}."


def _pairs(items: Mapping[str, Evidence]) -> str:
    found = items.get("learnability")
    if found is None or "auroc" not in found.detail:
        return ""
    if (found.low or 0.0) <= 0:
        return "A simple word comparison does not tell real pairs of input and answer from shuffled ones."
    return (
        "The answers fit their inputs: a simple word comparison tells real pairs from shuffled ones "
        f"{percent(float(found.detail['auroc'][0]))} of the time."
    )
