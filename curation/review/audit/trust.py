"""How sure a model's reading of a row is, by people's answers, so that rows are acted on unseen only where it is."""

from collections.abc import Mapping

from curation.records import Interval, ModelQuality, Precision
from curation.review.audit.readings import NEW, said_in

CHECK = "model_review"
LABEL = "label"
"""The name of what is known of the labels that the model names, beside that of the rows."""


def measured(quality: ModelQuality | None, strata: Mapping[str, str]) -> dict[str, Precision | None]:
    """How often rows like each of these examples are wrong, from their strata; None where people have judged none.

    `LABEL` is how often the label is right that the model names for a row it calls wrong. `Precision.is_sure` says
    whether rows may be acted on unseen.
    """
    rates = {stratum: _rate(quality, stratum) for stratum in set(strata.values())}
    counts = {stratum: sum(other == stratum for other in strata.values()) for stratum in rates}
    found = {stratum: _precision(rate, counts[stratum]) for stratum, rate in rates.items()}
    hits = None if quality is None else quality.label_hits
    labels = None if hits is None else _precision((hits, quality.called_wrong if quality else 0), len(strata))
    return {LABEL: labels, **{id: found[stratum] for id, stratum in strata.items()}}


def _rate(quality: ModelQuality | None, stratum: str) -> tuple[Interval, int] | None:
    """A stratum's share of wrong answers and the rows of it judged; for one unknown that of all rows read the same.

    What was learned on one kind of row does not carry to rows loaded later: those are a stratum of their own.
    """
    if quality is None:
        return None
    own = quality.wrong_in.get(stratum)
    if own is not None or NEW in stratum.split() or said_in(stratum) != "wrong" or quality.precision is None:
        return own
    return quality.precision, quality.called_wrong


def _precision(rate: tuple[Interval, int] | None, flagged: int) -> Precision | None:
    if rate is None:
        return None
    interval, judged = rate
    return Precision(CHECK, flagged, judged, round(interval[0] * judged), 0, interval)
