"""Labels on too few rows to learn from, and one label on nearly all rows (classification sets).

One finding a label, on the first of its rows in id order: it is about the label, and says what to collect.
"""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from curation.checks import check
from curation.checks.rows import Hit, findings, rows
from curation.errors import NotChecked
from curation.label_model.sets import labels_in, separator_of
from curation.records import OF_THE_SET, Clusters, Dataset, Findings
from curation.records.progress import Progress
from curation.sampling.binding import cluster_of
from curation.text.normalise import usual_spellings
from curation.wording import percent


@dataclass(frozen=True)
class Settings:
    # OpenAI's fine-tuning guide asks for at least 10 examples; gains show at 50 to 100
    fewest_rows: int = field(
        default=10, metadata={"help": "Labels on fewer distinct rows are flagged", "min": 2, "max": 10000}
    )
    most_share: float = field(
        default=0.9, metadata={"help": "A label on a larger share of the rows is flagged", "min": 0.5, "max": 1.0}
    )


@check("class_imbalance", "Rare and dominant labels", settings=Settings(), whole_set=True)
def class_imbalance(
    dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress
) -> Findings:
    """One finding a label with too few or too many rows; near-duplicates count once."""
    group, labels = cluster_of(clusters), usual_spellings(dataset.values("label"))
    separator = separator_of(Counter(labels.values()))
    members: dict[str, list[str]] = defaultdict(list)
    for row in rows(dataset, progress, "counting labels"):
        if row.label is not None and row.label.strip():
            # of several labels in one field each counts by itself
            for label in [labels[row.label]] if separator is None else labels_in(labels[row.label], separator):
                members[label].append(row.id)
    if len(members) < 2:
        raise NotChecked(f"there {'is one label' if members else 'are no labels'}, so none is rarer")
    distinct = {label: len({group[id] for id in ids}) for label, ids in members.items()}
    each = sum(distinct.values())
    total = len({group[id] for ids in members.values() for id in ids}) if separator else each
    hits: dict[str, Hit] = {}
    for label in sorted(members, key=lambda label: (distinct[label], label)):
        hit = _hit(label, len(members[label]), distinct[label], total, settings)
        first = min((id for id in members[label] if id not in hits), default=None)
        # where all its rows stand for other labels of theirs, the summary names it
        if hit is not None and first is not None:
            hits[first] = hit
    entropy = -sum(size / each * math.log(size / each) for size in distinct.values())
    summary = {
        "classes": len(distinct),
        "smallest": min(distinct.values()),
        "majority_rate": max(distinct.values()) / total,
        "effective_classes": math.exp(entropy),
        "too_few": {label: size for label, size in sorted(distinct.items()) if size < settings.fewest_rows},
    }
    return findings("class_imbalance", sorted(hits.items(), key=lambda one: str(one[1].evidence["label"])), summary)


def _hit(label: str, rows: int, size: int, total: int, settings: Settings) -> Hit | None:
    """What there is to say of a label on so many rows, `size` of them distinct, of `total` distinct ones."""
    share = size / total
    evidence = {"label": label, "distinct_rows": size, "rows": rows, "share": round(share, 6)}
    if size < settings.fewest_rows:
        message = f"Label “{label}” is on {size} distinct row{'s' if size > 1 else ''} of {total:,}: too few to learn."
        return Hit(0.9, message, evidence, OF_THE_SET)
    if share > settings.most_share:
        message = f"Label “{label}” is on {percent(share)} of the rows; the other labels are hard to learn next to it."
        return Hit(0.7, message, evidence, OF_THE_SET)
    return None
