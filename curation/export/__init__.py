"""Export: kept, removed and rejected rows -> a folder of files that says what it is, and its approval."""

from curation.export.approval import PURPOSES, approve, gate, problems, read_approval
from curation.export.card import difference, held_line, lost_lines
from curation.export.card.counted import LEAKED, counted, counted_line
from curation.export.classifier import Classifier, check_classifier_place, fitted, write_classifier
from curation.export.counts import count_lines, left_out_lines
from curation.export.formats import export_format
from curation.export.manifest import Manifest, Record, digest, library_versions, read, read_record, verify
from curation.export.personal import TREATMENTS, moved, treated
from curation.export.place import check_place
from curation.export.recipes import recipe
from curation.export.split import SHARES, SPLITS
from curation.export.training.preflight import Preflight, preflight
from curation.export.write import Layout, Options, Provenance, Rows, by_reason, check_formats, export, removed_csv

__all__ = [
    "LEAKED",
    "PURPOSES",
    "SHARES",
    "SPLITS",
    "TREATMENTS",
    "Classifier",
    "Layout",
    "Manifest",
    "Options",
    "Preflight",
    "Provenance",
    "Record",
    "Rows",
    "approve",
    "by_reason",
    "check_classifier_place",
    "check_formats",
    "check_place",
    "count_lines",
    "counted",
    "counted_line",
    "difference",
    "digest",
    "export",
    "export_format",
    "fitted",
    "gate",
    "held_line",
    "left_out_lines",
    "library_versions",
    "lost_lines",
    "moved",
    "preflight",
    "problems",
    "read",
    "read_approval",
    "read_record",
    "recipe",
    "removed_csv",
    "treated",
    "verify",
    "write_classifier",
]
