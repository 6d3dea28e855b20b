"""Where a model's reading may be acted on for many rows at once: where people's answers say that it is nearly always right."""

from collections.abc import Collection, Mapping, Sequence

from curation.records import Interval, ModelQuality, Reading
from curation.review.audit.readings import NEW, said_in

SURE = 0.9
"""The lower end of a precision from which rows may be acted on unseen: at most one in ten is then acted on wrongly (a
choice; everything stays counted beforehand and undone at once)."""
PRIOR = 0.5
"""How likely a row that a model calls wrong is wrong before people have judged such rows: about half of the flags of any
kind were right in published reviews."""
NOT_JUDGED = "People have judged none of the rows it calls wrong yet."


def confidence(quality: ModelQuality | None, stratum: str) -> float:
    """How likely a row of a stratum is wrong, 0..1: as people's answers say, `PRIOR` where they say nothing."""
    found = _precision(quality, stratum)
    return PRIOR if found is None else found[0]


def sure_rows(quality: ModelQuality | None, strata: Mapping[str, str]) -> list[str]:
    """The examples, of those given with their strata, that may be left out unseen, in the order given."""
    return [id for id, stratum in strata.items() if is_sure(_precision(quality, stratum))]


def sure_labels(quality: ModelQuality | None, strata: Mapping[str, str]) -> list[str]:
    """The examples that may take the model's label unseen, in the order given: where that label is nearly always right."""
    if quality is None or not is_sure(quality.label_hits):
        return []
    return sure_rows(quality, strata)


def is_sure(found: Interval | None) -> bool:
    """Whether a precision is high enough at its lower end."""
    return found is not None and found[1] >= SURE


def _precision(quality: ModelQuality | None, stratum: str) -> Interval | None:
    """A stratum's own precision, else for a source that was judged that of all rows the model calls wrong.

    What was learned on one kind of row does not carry to rows loaded later: those are a stratum of their own.
    """
    if quality is None or said_in(stratum) != "wrong":
        return None
    own = quality.wrong_in.get(stratum)
    if own is not None:
        return own[0]
    return None if NEW in stratum.split() else quality.precision


def seen_by_both(readings: Sequence[Reading], suspected: Collection[str]) -> list[str]:
    """The examples whose label both a model that read the row and the label model (`suspected`) call wrong, in the
    order of the readings: what stands first in the queue."""
    known = set(suspected)
    return list(dict.fromkeys(one.example for one in readings if one.answer == "wrong" and one.example in known))
