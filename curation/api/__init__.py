"""The verbs of the Python API: what `curation.read`, `.deduplicate`, `.check`, `.judge` and `.write` do.

A skin over `project`, as the command line is: each works in a project that is gone when it ends, so that both give the
same answers.
"""

from curation.api.journey import check, deduplicate, judge, write
from curation.api.reading import read

__all__ = ["check", "deduplicate", "judge", "read", "write"]
