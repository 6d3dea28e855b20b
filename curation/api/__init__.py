"""The verbs of the Python API: what `curation.read`, `.deduplicate`, `.search`, `.check`, `.judge` and `.write` do.

A skin over `project`, as the command line is: each works in a project of its own, so that both give the same answers.
"""

import warnings
from importlib import import_module

from curation.api.journey import check, deduplicate, index_benchmark, judge, search, write
from curation.api.reading import read

__all__ = ["check", "deduplicate", "index_benchmark", "judge", "read", "search", "write"]

with warnings.catch_warnings():
    # cleanlab draws progress bars with it, of which it complains where a notebook has no widgets; here there are none
    warnings.filterwarnings("ignore", "IProgress not found")
    import_module("tqdm.auto")
