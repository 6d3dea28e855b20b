"""The verbs of the Python API: what `curation.read`, `.deduplicate`, `.search`, `.check`, `.judge` and `.write` do.

A skin over `project`, as the command line is: each works in a project of its own, so that both give the same answers.
"""

import warnings

with warnings.catch_warnings():
    # a library below draws progress bars with tqdm, which complains in notebooks without widgets; nothing here does
    warnings.filterwarnings("ignore", "IProgress not found")
    from curation.api.journey import check, deduplicate, index_benchmark, judge, search, write
    from curation.api.reading import read

__all__ = ["check", "deduplicate", "index_benchmark", "judge", "read", "search", "write"]
