"""Clean example pairs with the people who know them, and learn whether they justify fine-tuning.

    import curation

    pairs = curation.read("tickets.csv")        # also a DataFrame, a list of dicts, a datasets.Dataset, an Arrow table
    clusters = curation.deduplicate(pairs)      # clusters.kept, clusters.removed
    findings = curation.check(clusters.kept)
    verdict = curation.judge(pairs, context="context.toml")
    curation.write(pairs, "clean", formats=["parquet"])

Every result shows itself in a notebook and has `.to_pandas()`. `curation.Project("folder")` keeps what people decide.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curation.api import check, deduplicate, index_benchmark, judge, read, search, write
    from curation.errors import CurationError, GateNotPassed, InputRejected, NotChecked, StaleDecision, UsageError
    from curation.export import Layout, Manifest
    from curation.project import Project
    from curation.records import Clusters, Columns, Dataset, Decision, Evidence, Facts, Findings, Imported, Verdict
    from curation.records.context import Context

    __version__: str

__all__ = [
    "Clusters",
    "Columns",
    "Context",
    "CurationError",
    "Dataset",
    "Decision",
    "Evidence",
    "Facts",
    "Findings",
    "GateNotPassed",
    "Imported",
    "InputRejected",
    "Layout",
    "Manifest",
    "NotChecked",
    "Project",
    "StaleDecision",
    "UsageError",
    "Verdict",
    "__version__",
    "check",
    "deduplicate",
    "index_benchmark",
    "judge",
    "read",
    "search",
    "write",
]

_HOMES = ("errors", "records", "records.context", "api", "export", "project")
"""Where the names above stand, the lightest first."""


def __getattr__(name: str) -> Any:
    # Looked up on first use: the child process that parses a file must not pay for, or trust, the whole product.
    if name == "__version__":
        return import_module("importlib.metadata").version("curation")
    if name not in __all__:
        raise AttributeError(f"module 'curation' has no attribute {name!r}")
    return next(getattr(home, name) for home in map(_home, _HOMES) if name in vars(home))


def _home(name: str) -> Any:
    return import_module(f"curation.{name}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
