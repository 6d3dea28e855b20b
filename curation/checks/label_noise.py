"""Labels that look wrong: the text reads like another label's rows (classification sets).

Models that never saw a row nor its near-duplicates say how likely each label is for it; the rows whose given label
looks least likely beside the best other label are flagged (confident learning: Northcutt, Jiang and Chuang 2021, by
cleanlab). A flag is a question for a person: in cleanlab's own reviewed data about half of the flagged labels were
right, so nothing is relabelled by itself. The noise rate is an estimate by a model; a reviewed random sample is the
number to rest a verdict on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from curation.checks import Begun, check, found
from curation.checks.labels.labelled import needs_signal
from curation.checks.labels.ranking import (
    Judged,
    Ready,
    Settings,
    given_and_other,
    graded,
    judge,
    judged_by,
    prepared,
    summarise,
    suspects,
)
from curation.label_model.logistic_neighbours import added_up, piece_of, pieces
from curation.records import Clusters, Dataset, Findings
from curation.records.parcel import laid, packed, unpacked
from curation.records.progress import Progress, ignore, part, tell
from curation.sampling.intervals import balanced_accuracy
from curation.text.features import Ints
from curation.wording import percent

NAME = "label_noise"
EXAMPLES = 3
CUT = 200


@dataclass(frozen=True)
class Spread:
    """What the driver keeps of rows that are judged in pieces: all of `Ready` but its features, which lie in `places`
    by name, the settings and the seed."""

    ready: Ready
    places: Mapping[str, str]
    settings: Settings
    seed: int


def begin(
    dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, folder: Path, progress: Progress
) -> Begun:
    """The features of the rows in files of the folder; the pieces are folds of the regressions, and votes."""
    ready = prepared(dataset, clusters, settings, seed, progress)
    places = {name: laid(features, folder) for name, features in ready.sets.items()}
    rows = packed((ready.rows.labels, ready.rows.groups), folder)
    work = [(rows, [*places.values()][number], fold, seed) for number, fold in pieces(len(places), len(ready.rows.ids))]
    return Begun(Spread(replace(ready, sets={}), places, settings, seed), work)


def work(rows: str, place: str, fold: int | None, seed: int) -> str:
    """The path of a file with what one piece says."""
    labels, groups = unpacked(rows)
    with threadpool_limits(1):
        said = piece_of(np.load(place), labels, groups, fold, seed, tell)
    return laid(said, Path(place).parent)


def end(known: Spread, places: Sequence[str]) -> Findings:
    """One finding a suspicious label, of what all pieces say."""
    rows = known.ready.rows
    every = zip(pieces(len(known.places), len(rows.ids)), places, strict=True)
    said = added_up(((piece, np.load(place)) for piece, place in every), rows.labels, rows.groups, known.seed)
    ready = replace(known.ready, sets={name: np.load(place, "r") for name, place in known.places.items()})
    return _findings(judged_by(ready, said, known.settings), known.settings, ignore)


@check(NAME, "Wrong labels", settings=Settings(), whole_set=True, begin=begin, work=work, end=end)
def label_noise(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a suspicious label, suggesting the likelier one. Raises NotChecked where labels cannot be judged."""
    judged = judge(dataset, clusters, settings, seed, part(progress, 0.0, 0.9))
    return _findings(judged, settings, part(progress, 0.9, 1.0))


def _findings(judged: Judged, settings: Settings, progress: Progress) -> Findings:
    summary = summarise(judged)
    right = judged.probability.argmax(axis=1) == judged.labels
    balanced = balanced_accuracy(right, judged.labels, len(judged.names))
    needs_signal(balanced, right, judged.labels, len(judged.names))
    doubted, flagged = suspects(judged, settings.recall)
    progress(0.0, "looking for rows with the likelier label")
    rows = _rows(judged, doubted, flagged, progress)
    progress(1.0, "labels judged")
    return found(NAME, rows, {**summary, "flagged": flagged})


def _rows(judged: Judged, doubted: Ints, flagged: int, progress: Progress) -> list[dict[str, Any]]:
    given, other = given_and_other(judged.labels, judged.probability)
    confidence = graded(((1.0 - (np.sqrt(given) - np.sqrt(other))) / 2)[doubted], flagged)
    carrying = [np.flatnonzero(judged.labels == k) for k in range(len(judged.names))]
    rows = []
    for n, row in enumerate(doubted.tolist()):
        if n % CUT == 0:
            progress(n / len(doubted), "looking for rows with the likelier label")
        chances = judged.probability[row].copy()
        chances[judged.labels[row]] = -1.0
        best = int(chances.argmax())
        old, new = judged.names[judged.labels[row]], judged.names[best]
        evidence = {
            "given": old,
            "given_probability": round(float(given[row]), 4),
            "suggested": new,
            "suggested_probability": round(float(other[row]), 4),
            "nearest": _nearest(judged, row, carrying[best]),
        }
        message = f"Labelled “{old}”, but it reads like “{new}” ({percent(other[row])} against {percent(given[row])})."
        rows.append(
            {
                "id": judged.ids[row],
                "confidence": round(float(confidence[n]), 6),
                "message": message,
                "evidence": evidence,
                "suggestion": f"relabel:{new}",
            }
        )
    return rows


def _nearest(judged: Judged, row: int, pool: Ints) -> list[dict[str, Any]]:
    similarity = judged.features[pool] @ judged.features[row]
    best = np.argsort(-similarity, kind="stable")[:EXAMPLES]
    return [
        {
            "id": judged.ids[pool[n]],
            "text": judged.texts[pool[n]][:CUT],
            "similarity": round(float(np.clip(similarity[n], 0.0, 1.0)), 4),
        }
        for n in best
    ]
