"""Checks: Dataset and Clusters -> Findings. One file a check, found by the registry."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from curation.errors import NotChecked
from curation.progress import Progress, ignore, part
from curation.records import FINDINGS_SCHEMA, CheckRun, Clusters, Dataset, Findings
from curation.registry import Registry
from curation.text.private import mask

Check = Callable[[Dataset, Clusters, Any, int, Progress], Findings]
"""`function(dataset, clusters, settings, seed, progress) -> Findings`; raises NotChecked where it cannot judge."""

check: Registry[Check] = Registry(__name__)


def found(name: str, rows: Sequence[Mapping[str, Any]], summary: Mapping[str, Any] | None = None) -> Findings:
    """Findings of one check that ran: rows are dicts of id, confidence, message and optionally the other columns.

    Personal data and keys are masked in message and evidence, so that none leaves with a report; a suggestion is to be
    applied and stays as it is.
    """
    columns: dict[str, list[Any]] = {
        "check": [name] * len(rows),
        "id": [row["id"] for row in rows],
        "cluster": [row.get("cluster") for row in rows],
        "confidence": [float(row["confidence"]) for row in rows],
        "message": [mask(row["message"]) for row in rows],
        "evidence": [_evidence(row.get("evidence", {})) for row in rows],
        "suggestion": [row.get("suggestion", "look") for row in rows],
    }
    return Findings(pa.table(columns, schema=FINDINGS_SCHEMA), (CheckRun(name, "done", summary=summary or {}),))


def _evidence(values: Mapping[str, Any]) -> str:
    return json.dumps(_veiled(values), ensure_ascii=False, sort_keys=True)


def _veiled(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        # an id may look like a number of something, and has to stay one
        return {key: each if key == "id" else _veiled(each) for key, each in value.items()}
    return [_veiled(each) for each in value] if isinstance(value, list | tuple) else value


def run(
    dataset: Dataset,
    clusters: Clusters,
    only: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    progress: Progress = ignore,
) -> Findings:
    """The findings of every check (or those named in `only`), a check that cannot judge noted as not checked.

    `settings` maps a check's name to its Settings; left out, its defaults hold. Raises KeyError on an unknown name.
    """
    plugins = check.all()
    chosen = [plugins[name] for name in only] if only else list(plugins.values())
    parts = []
    for n, plugin in enumerate(chosen):
        step = part(progress, n / len(chosen), (n + 1) / len(chosen))
        step(0.0, plugin.title)
        options = (settings or {}).get(plugin.name, plugin.settings)
        try:
            parts.append(plugin.function(dataset, clusters, options, seed, step))
        except NotChecked as reason:
            runs = (CheckRun(plugin.name, "not_checked", str(reason)),)
            parts.append(Findings(FINDINGS_SCHEMA.empty_table(), runs))
    progress(1.0, "checks done")
    return Findings.join(parts)
