"""Inputs that ask the same in other words, by word embeddings: proposals to look at, never removed.

Rows whose letters are alike are duplicates already and count once here. Finds reordered and reworded texts (a third of
those with several synonyms at the default), hardly any with several typos.
"""

from dataclasses import dataclass, field
from typing import Any

from curation.checks import check, found
from curation.checks.rows import cut
from curation.dedup.semantic import Encode, proposals
from curation.errors import NotChecked
from curation.records import Clusters, Dataset, Findings
from curation.records.progress import Progress
from curation.text.openings import unopened
from curation.text.vectors.known import KnownVectors


@dataclass(frozen=True)
class Settings:
    # 95 % of the pairs proposed on BANKING77 at .85 are of one intent, 97 % at .9, 93 % at .8 (dedup/semantic.py)
    least_similarity: float = field(
        default=0.85,
        metadata={"help": "Least cosine similarity of the embeddings of the two inputs", "min": 0.5, "max": 1.0},
    )
    # more wordings of one question are often wanted: never more likely a fault than not
    most_confidence: float = field(
        default=0.45, metadata={"help": "Highest confidence of a finding", "min": 0.0, "max": 1.0}
    )
    encode: Encode | None = field(default=None, metadata={"help": "A model of your own: texts -> rows of floats"})
    known: KnownVectors | None = field(default=None, metadata={"help": "Static embeddings that were made before"})


@check("paraphrases", "The same in other words", settings=Settings(), whole_set=True)
def paraphrases(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a pair, on the row that comes later; the evidence names its twin and their similarity."""
    return reworded(dataset, clusters, settings, progress, settings.encode or settings.known)


def reworded(
    dataset: Dataset, clusters: Clusters, settings: Settings, progress: Progress, encode: Encode | None = None
) -> Findings:
    """The findings with an encoder of one's own; None takes wordllama's, NotChecked where it is missing."""
    keepers = {id for id, keeper in zip(*(clusters.table[c].to_pylist() for c in ("id", "keeper"))) if id == keeper}
    columns = [dataset.values(name) for name in ("row", "source", "id")]
    inputs = unopened(dataset.values("input"))
    rows = sorted(row for row in zip(*columns, inputs, strict=True) if row[2] in keepers)
    texts = [text for *_, text in rows]
    if not any(text.strip() for text in texts):
        raise NotChecked("no row has an input")
    hits: dict[str, dict[str, Any]] = {}
    for pair in proposals(texts, encode, settings.least_similarity, progress):
        id, twin = rows[pair.right][2], rows[pair.left][2]
        evidence = {"twin": twin, "similarity": round(pair.similarity, 3), "twin_input": cut(texts[pair.left])}
        message = f"The input asks nearly the same as another row in other words (similarity {pair.similarity:.2f})."
        confidence = settings.most_confidence * pair.similarity
        hits.setdefault(id, {"id": id, "confidence": confidence, "message": message, "evidence": evidence})
    order = {id: n for n, id in enumerate(dataset.values("id"))}
    return found("paraphrases", sorted(hits.values(), key=lambda hit: order[hit["id"]]))
