"""Export: kept, removed and rejected rows -> a folder of files that says what it is, and its approval."""

from curation.export.approval import TRAINABLE, Approval, approve, gate, outcome_of, problems, read_approval
from curation.export.card import difference, held_line, lost_lines
from curation.export.card.counted import LEAKED
from curation.export.formats import export_format
from curation.export.manifest import Manifest, digest, library_versions, read, verify
from curation.export.personal import TREATMENTS, Treatment
from curation.export.place import check_place
from curation.export.split import SHARES, SPLITS
from curation.export.write import Layout, Options, Provenance, Rows, check_formats, export

__all__ = [
    "LEAKED",
    "SHARES",
    "SPLITS",
    "TRAINABLE",
    "TREATMENTS",
    "Approval",
    "Layout",
    "Manifest",
    "Options",
    "Provenance",
    "Rows",
    "Treatment",
    "approve",
    "check_formats",
    "check_place",
    "difference",
    "digest",
    "export",
    "export_format",
    "gate",
    "held_line",
    "library_versions",
    "lost_lines",
    "outcome_of",
    "problems",
    "read",
    "read_approval",
    "verify",
]
