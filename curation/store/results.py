"""What dedup, checks and the verdict found: derived, replaced as a whole by the next run."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row, delete, func, insert, select

from curation.records import (
    CLUSTER_KINDS,
    CLUSTERS_SCHEMA,
    FINDINGS_SCHEMA,
    LIKELY,
    CheckRun,
    Clusters,
    Findings,
    Snapshot,
)
from curation.store import events
from curation.store.database import bump, insert_rows
from curation.store.database.schema import (
    check_runs,
    cluster_sizes,
    clusters,
    examples,
    findings,
    history,
    queue,
    results,
    settings,
    sources,
    votes,
)
from curation.store.examples import BATCH, sequence_numbers


def save_clusters(connection: Connection, found: Clusters, snapshot: Snapshot) -> None:
    """Replace the clusters, and note the snapshot they belong to."""
    connection.execute(delete(clusters))
    connection.execute(delete(cluster_sizes))
    numbers = sequence_numbers(connection)
    sizes: dict[int, list[Any]] = {}
    for batch in found.table.to_batches(BATCH):
        columns = [batch.column(name).to_pylist() for name in ("id", "cluster", "keeper", "similarity", "kind")]
        rows = [(numbers[i], c, numbers[k], s, kind) for i, c, k, s, kind in zip(*columns, strict=True)]
        insert_rows(connection, clusters, ("example", "cluster", "keeper", "similarity", "kind"), rows)
        for example, cluster, keeper, similarity, kind in rows:
            line = sizes.setdefault(cluster, [cluster, 0, "unique", keeper, 1.0])
            line[1] += 1
            line[4] = min(line[4], similarity)
            if example == keeper:
                line[2] = max(line[2], kind, key=CLUSTER_KINDS.index)
    lines = [tuple(line) for line in sizes.values() if line[1] > 1]
    insert_rows(connection, cluster_sizes, ("cluster", "size", "kind", "keeper", "similarity"), lines)
    save_result(connection, "dedup", dict(found.settings), snapshot.at, snapshot)


def read_clusters(connection: Connection) -> Clusters | None:
    """The clusters of the last run, in row order; None before the first."""
    body = read_result(connection, "dedup")
    if body is None:
        return None
    keeper = examples.alias("keepers")
    query = (
        select(examples.c.id, clusters.c.cluster, keeper.c.id, clusters.c.similarity, clusters.c.kind)
        .select_from(clusters)
        .join(examples, examples.c.seq == clusters.c.example)
        .join(keeper, keeper.c.seq == clusters.c.keeper)
        .order_by(clusters.c.example)
    )
    return Clusters(_table(connection, query, CLUSTERS_SCHEMA), body)


def save_findings(
    connection: Connection, found: Findings, order: list[tuple[str, float]], snapshot: Snapshot, kind: str = "check"
) -> None:
    """Replace the findings and the review queue.

    `order` is (example id, confidence) in the order people should look; `kind` is "check", or "preview" for what a
    quick look found, which counts for no verdict.
    """
    for table in (findings, check_runs, queue):
        connection.execute(delete(table))
    numbers = sequence_numbers(connection)
    names = ("check", "id", "cluster", "confidence", "message", "evidence", "suggestion")
    for batch in found.table.to_batches(BATCH):
        columns = [batch.column(name).to_pylist() for name in names]
        columns[1] = [numbers[example] for example in columns[1]]
        rows = list(zip(*columns, strict=True))
        insert_rows(connection, findings, ("check", "example", *names[2:]), rows)
    runs = [
        {"check": r.check, "status": r.status, "reason": r.reason, "summary": json.dumps(dict(r.summary))}
        for r in found.runs
    ]
    if runs:
        connection.execute(insert(check_runs), runs)
    lines = [(n, numbers[example], confidence) for n, (example, confidence) in enumerate(order)]
    insert_rows(connection, queue, ("position", "example", "confidence"), lines)
    save_result(connection, kind, {"findings": len(found)}, snapshot.at, snapshot)


def is_quick_look(connection: Connection) -> bool:
    """Whether the findings stored are those of a quick look."""
    return result_row(connection, "check") is None and result_row(connection, "preview") is not None


def put_first(connection: Connection, first: Sequence[str]) -> None:
    """Let the review queue begin with these examples, in this order; those without a finding join it."""
    numbers = sequence_numbers(connection) if first else {}
    ahead = [numbers[id] for id in dict.fromkeys(first) if id in numbers]
    if not ahead:
        return
    query = select(queue.c.example, queue.c.confidence).order_by(queue.c.position)
    known = {int(example): float(confidence) for example, confidence in connection.execute(query)}
    order = dict.fromkeys([*ahead, *known])
    connection.execute(delete(queue))
    lines = [
        (n, example, max(known.get(example, 1.0), LIKELY) if n < len(ahead) else known[example])
        for n, example in enumerate(order)
    ]
    insert_rows(connection, queue, ("position", "example", "confidence"), lines)
    bump(connection)


def read_findings(connection: Connection) -> Findings | None:
    """The findings of the last run; None before the first."""
    if read_result(connection, "check") is None:
        return None
    query = (
        select(
            findings.c.check,
            examples.c.id,
            findings.c.cluster,
            findings.c.confidence,
            findings.c.message,
            findings.c.evidence,
            findings.c.suggestion,
        )
        .join(examples, examples.c.seq == findings.c.example)
        .order_by(findings.c.seq)
    )
    return Findings(_table(connection, query, FINDINGS_SCHEMA), tuple(read_runs(connection)))


def read_runs(connection: Connection) -> list[CheckRun]:
    """How each check went in the last run, in name order."""
    rows = connection.execute(select(check_runs).order_by(check_runs.c.check))
    return [CheckRun(r.check, r.status, r.reason, json.loads(r.summary)) for r in rows]


def finding_counts(connection: Connection, sure: float) -> dict[str, int]:
    """Findings by check that are at least this sure (0..1)."""
    query = select(findings.c.check, func.count()).where(findings.c.confidence >= sure).group_by(findings.c.check)
    return {str(name): int(n) for name, n in connection.execute(query)}


def finding_labels(connection: Connection, check: str, sure: float) -> list[tuple[str, int]]:
    """(imported label, findings of a check that are at least this sure), commonest first."""
    query = (
        select(examples.c.label, func.count())
        .join(findings, findings.c.example == examples.c.seq)
        .where(findings.c.check == check, findings.c.confidence >= sure, examples.c.label.is_not(None))
        .group_by(examples.c.label)
        .order_by(func.count().desc(), examples.c.label)
    )
    return [(str(label), int(n)) for label, n in connection.execute(query)]


def cluster_counts(connection: Connection) -> list[tuple[str, int, int]]:
    """(kind, clusters, rows in them) of the clusters of two or more."""
    query = select(cluster_sizes.c.kind, func.count(), func.sum(cluster_sizes.c.size)).group_by(cluster_sizes.c.kind)
    return [(str(kind), int(n), int(rows)) for kind, n, rows in connection.execute(query)]


def size_counts(connection: Connection) -> list[tuple[int, int]]:
    """(size, clusters of that size) of the clusters of two or more, smallest first."""
    query = select(cluster_sizes.c.size, func.count()).group_by(cluster_sizes.c.size).order_by(cluster_sizes.c.size)
    return [(int(size), int(n)) for size, n in connection.execute(query)]


def save_result(
    connection: Connection, kind: str, body: Mapping[str, Any], at: str, snapshot: Snapshot | None = None
) -> None:
    """Add a result to the history of its kind; `snapshot` is what it was worked out from, None where of several."""
    of = "" if snapshot is None else json.dumps(asdict(snapshot))
    values = {"kind": kind, "snapshot": of, "at": at, "body": json.dumps(body, ensure_ascii=False)}
    connection.execute(insert(results).values(**values))
    bump(connection)


def snapshot_of(connection: Connection, kind: str) -> Snapshot | None:
    """What the newest result of a kind was worked out from; None where there is no result or it belongs to none."""
    row = result_row(connection, kind)
    return snapshot_from(json.loads(row.snapshot)) if row is not None and row.snapshot else None


def snapshot_from(values: Mapping[str, Any]) -> Snapshot:
    """The snapshot of its JSON values."""
    return Snapshot(**{**values, "sources": tuple(values["sources"])})


def take_snapshot(connection: Connection, digests: Mapping[str, str], at: str) -> Snapshot:
    """What the project holds now; `digests` are those of its files by field."""
    active = connection.scalars(select(sources.c.id).where(sources.c.active).order_by(sources.c.id))
    chosen = [list(row) for row in connection.execute(select(settings.c.key, settings.c.value).order_by("key"))]
    measured = result_row(connection, "measure")
    return Snapshot(
        decision=connection.scalar(select(func.max(history.c.seq))) or 0,
        vote=events.last(connection, "vote") or connection.scalar(select(func.max(votes.c.seq))) or 0,
        example=connection.scalar(select(func.max(examples.c.seq))) or 0,
        sources=tuple(active),
        settings=digest(json.dumps(chosen)) if chosen else "",
        measured=digest(measured.body) if measured else "",
        at=at,
        **digests,
    )


def digest(text: str) -> str:
    """SHA-256 of a text (hex)."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_result(connection: Connection, kind: str) -> dict[str, Any] | None:
    """The newest result of a kind."""
    row = result_row(connection, kind)
    return None if row is None else dict(json.loads(row.body))


def result_row(connection: Connection, kind: str) -> Row[Any] | None:
    """The newest result of a kind with the version and time it belongs to."""
    query = select(results).where(results.c.kind == kind).order_by(results.c.seq.desc()).limit(1)
    return connection.execute(query).first()


def _table(connection: Connection, query: Any, schema: pa.Schema) -> pa.Table:
    rows = connection.execute(query).all()
    columns = list(zip(*rows)) or [()] * len(schema)
    return pa.table([pa.array(v, f.type) for v, f in zip(columns, schema, strict=True)], schema=schema)


def earlier_result(connection: Connection, kind: str) -> dict[str, Any] | None:
    """The result of a kind before the newest one; None where there is none."""
    query = select(results).where(results.c.kind == kind).order_by(results.c.seq.desc()).limit(1).offset(1)
    row = connection.execute(query).first()
    return None if row is None else dict(json.loads(row.body))
