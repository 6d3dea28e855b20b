"""Near-duplicates: Dataset -> Clusters, every similarity exact; evaluation overlap; what differs between two texts."""

from curation.dedup.band_index import BandIndex, band_index
from curation.dedup.clusters import dedup, dedup_file, removable
from curation.dedup.decontaminate import OVERLAP_SCHEMA, decontaminate
from curation.dedup.guards import guarded
from curation.dedup.live import LiveIndex, neighbours
from curation.dedup.settings import Settings
from curation.dedup.similarity.text import normalise

__all__ = [
    "OVERLAP_SCHEMA",
    "BandIndex",
    "LiveIndex",
    "Settings",
    "band_index",
    "decontaminate",
    "dedup",
    "dedup_file",
    "guarded",
    "neighbours",
    "normalise",
    "removable",
]
