"""What you declared that rules other ways out: working offline, a latency limit, data that may not leave."""

from curation.readiness.arms import hard_needs as needs_of
from curation.readiness.arms import scored
from curation.readiness.evidence import Figure, Known, derived, rated
from curation.records import Evidence


@derived("hard_needs", "Hard needs")
def hard_needs(known: Known) -> Evidence:
    """The number of hard needs that bind; declared, so its interval is the number itself."""
    context = known.context
    arms = scored(context)
    found = needs_of(arms, context)
    out = [f"{one.words} is ruled out: {one.barred}" for one in arms if one.barred]
    message = f"You declared that {' and '.join(found)}." if found else "No need was declared that rules a prompt out."
    message += "".join(f" {text[0].upper()}{text[1:]}." for text in out)
    n = float(len(found))
    detail = {"needs": list(found), "ruled_out": out}
    return rated(known, "hard_needs", Figure((n, n, n), message, kind="declared", status="ok", detail=detail))
