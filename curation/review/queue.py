"""In what order people look at suspected examples: the surest first, every example once."""

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

from curation.records import LIKELY, OF_THE_SET, Findings

LABELS, READING = "label_noise", "model_review"
"""The checks that see wrong labels: by the other rows' words, and by reading this one."""


def order_of_review(findings: Findings, seed: int = 0) -> list[tuple[str, float]]:
    """(example id, confidence 0..1) of every example with a finding about it, in the order to look.

    An example's confidence is that of its surest finding: confidences of different checks are not independent, so they
    are not multiplied up. Among equals those that more checks point at come first, then a draw by seed, so that the
    order does not depend on the order of findings. A label that two see wrong which know nothing of each other, the
    label model and a model that read the row, stands first.
    """
    about = findings.table.filter(pc.not_equal(findings.table["suggestion"], OF_THE_SET))
    grouped = about.group_by("id").aggregate([("confidence", "max"), ("check", "count_distinct")])
    columns = (grouped[name].to_pylist() for name in ("id", "confidence_max", "check_count_distinct"))
    key = str(seed).encode()
    both = _by_both(about)
    ranked = sorted(
        (name not in both, -confidence, -checks, hashlib.blake2b(name.encode(), digest_size=8, key=key).digest(), name)
        for name, confidence, checks in zip(*columns, strict=True)
    )
    return [(name, -negative) for _, negative, _, _, name in ranked]


def _by_both(about: pa.Table) -> set[str]:
    """The examples whose label the label model likely and a model's reading call wrong."""
    likely = about.filter(pc.and_(pc.equal(about["check"], LABELS), pc.greater_equal(about["confidence"], LIKELY)))
    read = about.filter(pc.equal(about["check"], READING))
    return set(likely["id"].to_pylist()).intersection(read["id"].to_pylist())
