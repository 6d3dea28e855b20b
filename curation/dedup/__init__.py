"""Near-duplicates: Dataset -> Clusters, every similarity exact; evaluation overlap; what differs between two texts."""

from curation.dedup.clusters import dedup, removable
from curation.dedup.decontaminate import OVERLAP_SCHEMA, decontaminate
from curation.dedup.guards import guarded
from curation.dedup.live import LiveIndex, Neighbour, neighbours
from curation.dedup.marks import marks
from curation.dedup.settings import Settings
from curation.dedup.text import normalise

__all__ = [
    "OVERLAP_SCHEMA",
    "LiveIndex",
    "Neighbour",
    "Settings",
    "decontaminate",
    "dedup",
    "guarded",
    "marks",
    "neighbours",
    "normalise",
    "removable",
]
