"""Clean example pairs with the people who know them, and learn whether they justify fine-tuning."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curation.errors import CurationError, GateNotPassed, InputRejected, NotChecked, StaleDecision, UsageError
    from curation.project import Project
    from curation.records import Clusters, Columns, Dataset, Decision, Evidence, Facts, Findings, Imported, Verdict

__all__ = [
    "Clusters",
    "Columns",
    "CurationError",
    "Dataset",
    "Decision",
    "Evidence",
    "Facts",
    "Findings",
    "GateNotPassed",
    "Imported",
    "InputRejected",
    "NotChecked",
    "Project",
    "StaleDecision",
    "UsageError",
    "Verdict",
]


def __getattr__(name: str) -> Any:
    # Looked up on first use: the child process that parses a file must not pay for, or trust, the whole product.
    if name not in __all__:
        raise AttributeError(f"module 'curation' has no attribute {name!r}")
    modules = ("curation.errors", "curation.records", "curation.project")
    return next(getattr(found, name) for found in map(import_module, modules) if hasattr(found, name))
