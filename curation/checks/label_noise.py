"""Labels that look wrong: the text reads like another label's rows (classification sets).

Models that never saw a row nor its near-duplicates say how likely each label is for it; the rows whose given label
looks least likely beside the best other label are flagged (confident learning: Northcutt, Jiang and Chuang 2021, by
cleanlab). A flag is a question for a person: in cleanlab's own reviewed data about half of the flagged labels were
right, so nothing is relabelled by itself. The noise rate is an estimate by a model; a reviewed random sample is the
number to rest a verdict on.
"""

from typing import Any

import numpy as np

from curation.checks import check, found
from curation.checks.labels.labelled import needs_signal
from curation.checks.labels.ranking import Judged, Settings, given_and_other, graded, judge, summarise, suspects
from curation.records import Clusters, Dataset, Findings
from curation.records.progress import Progress, part
from curation.sampling.intervals import balanced_accuracy
from curation.text.features import Ints
from curation.wording import percent

NAME = "label_noise"
EXAMPLES = 3
CUT = 200


@check(NAME, "Wrong labels", settings=Settings(), whole_set=True)
def label_noise(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a suspicious label, suggesting the likelier one. Raises NotChecked where labels cannot be judged."""
    judged = judge(dataset, clusters, settings, seed, part(progress, 0.0, 0.9))
    summary = summarise(judged)
    right = judged.probability.argmax(axis=1) == judged.labels
    balanced = balanced_accuracy(right, judged.labels, len(judged.names))
    needs_signal(balanced, right, judged.labels, len(judged.names))
    doubted, flagged = suspects(judged, settings.recall)
    progress(0.9, "looking for rows with the likelier label")
    rows = _rows(judged, doubted, flagged, part(progress, 0.9, 1.0))
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
