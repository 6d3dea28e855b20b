"""What a filter over the findings holds, in figures, and what is decided when all of it is acted on at once."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
)

from curation.records import (
    BIN,
    FINDINGS_SCHEMA,
    LIKELY,
    OF_THE_SET,
    OPEN,
    CheckRun,
    Example,
    Filter,
    FindingRow,
    Findings,
    Pair,
    Scope,
    Snapshot,
)
from curation.store.database import Engine, insert_rows, read, set_aside
from curation.store.database.dialect import json_text, whole
from curation.store.database.schema import (
    check_runs,
    examples,
    findings,
    queue,
)
from curation.store.examples import (
    BATCH,
    JOINED,
    NOW,
    Numbers,
    label_now,
    narrow,
    of_some,
    read_table,
    sequence_numbers,
    status_now,
)
from curation.store.results import read_result, result_row, save_result
from curation.store.rows.answers import answered, labelled_by, last_decision, seen_since

given_label = json_text(findings.c.evidence, "given")
_FINDING = tuple(findings.c[n] for n in ("check", "confidence", "message", "evidence", "suggestion", "cluster"))


of_a_row = findings.c.suggestion != OF_THE_SET
"""Whether a finding is about its row, and not about the set."""
_decided = case((status_now.not_in(OPEN), examples.c.seq))
_kind = case(
    (findings.c.suggestion.like("relabel:%"), "relabel"),
    (findings.c.suggestion.like("replace:%"), "replace"),
    else_=findings.c.suggestion,
)


def _surest(connection: Connection, filter: Filter, *columns: Any) -> Any:
    order = (findings.c.confidence.desc(), findings.c.seq)
    rank = func.row_number().over(partition_by=examples.c.seq, order_by=order).label("rank")
    query = of_findings(connection, filter, examples.c.seq.label("seq"), rank, *columns)
    return query.where(findings.c.suggestion.not_in(("look", OF_THE_SET))).subquery()


def _finding(row: Any) -> FindingRow:
    values = dict(row._mapping)
    own = {name: values.pop(name) for name in ("check", "confidence", "message", "evidence", "suggestion", "cluster")}
    return FindingRow(seq=values.pop("finding"), **own, example=Example(**values))


def of_findings(connection: Connection, filter: Filter, *columns: Any) -> Select[Any]:
    """These columns of the findings the filter leaves, each beside its example, file and state."""
    joined = JOINED.join(findings, findings.c.example == examples.c.seq)
    return narrow(connection, select(*columns).select_from(joined), filter).where(*found_by(filter))


def found_by(filter: Filter) -> list[ColumnElement[bool]]:
    """What a filter says of findings, as conditions on them."""
    conditions = [findings.c.confidence >= filter.sure]
    if filter.check:
        conditions.append(findings.c.check == filter.check)
    if filter.suggested:
        conditions.append(findings.c.suggestion == f"relabel:{filter.suggested}")
    if filter.given:
        conditions.append(given_label == filter.given)
    return conditions


FINDING_COLUMNS = ("check", "example", "cluster", "confidence", "message", "evidence", "suggestion")
QUEUE_COLUMNS = ("position", "example", "confidence")


def prepare_findings(connection: Connection, found: Findings, order: Sequence[tuple[str, float]]) -> None:
    """Set the findings and the review queue aside: `database.write` takes it as `prepare`, and puts them in place.

    `order` is (example id, confidence) in the order people should look.
    """
    numbers = sequence_numbers(connection)
    set_aside(connection, findings, FINDING_COLUMNS, _rows(found, numbers))
    set_aside(connection, queue, QUEUE_COLUMNS, [_places(order, numbers)])


def save_findings(connection: Connection, found: Findings, snapshot: Snapshot, kind: str = "check") -> None:
    """Note which checks made the findings that `prepare_findings` set aside for this transaction, and of which rows.

    `kind` is "check", or "preview" for what a quick look found, which counts for no verdict.
    """
    connection.execute(delete(check_runs))
    _add_runs(connection, found)
    body = {"findings": len(found), "decision": last_decision(connection)}
    save_result(connection, kind, body, snapshot.at, snapshot)


def replace_findings_of(
    connection: Connection, found: Findings, order_of: Callable[[Findings], list[tuple[str, float]]]
) -> None:
    """Put the findings of one check in place of those of its run before; the others and their results stay.

    `order_of` says in which order people should look at all of them then, as in `prepare_findings`.
    """
    for run in found.runs:
        connection.execute(delete(findings).where(findings.c.check == run.check))
        connection.execute(delete(check_runs).where(check_runs.c.check == run.check))
    numbers = sequence_numbers(connection)
    for rows in _rows(found, numbers):
        insert_rows(connection, findings, FINDING_COLUMNS, rows)
    _add_runs(connection, found)
    connection.execute(delete(queue))
    insert_rows(connection, queue, QUEUE_COLUMNS, _places(order_of(_stored(connection)), numbers))


def _rows(found: Findings, numbers: Mapping[str, int]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of FINDING_COLUMNS, some at a time."""
    for batch in found.table.to_batches(BATCH):
        columns = [batch.column("id" if name == "example" else name).to_pylist() for name in FINDING_COLUMNS]
        columns[1] = [numbers[example] for example in columns[1]]
        yield list(zip(*columns, strict=True))


def _add_runs(connection: Connection, found: Findings) -> None:
    runs = [
        {"check": r.check, "status": r.status, "reason": r.reason, "summary": json.dumps(dict(r.summary))}
        for r in found.runs
    ]
    if runs:
        connection.execute(insert(check_runs), runs)


def _places(order: Sequence[tuple[str, float]], numbers: Mapping[str, int]) -> list[tuple[int, int, float]]:
    """The rows of QUEUE_COLUMNS."""
    return [(n, numbers[example], confidence) for n, (example, confidence) in enumerate(order)]


def rows_with(checks: Sequence[str]) -> Numbers:
    """The rows in which one of these checks found something."""
    return select(findings.c.example).where(findings.c.check.in_(checks))


def _stored(connection: Connection, some: Numbers | None = None) -> Findings:
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
    query = of_some(query, findings.c.example, some)
    return Findings(read_table(connection, query, FINDINGS_SCHEMA), tuple(_runs(connection)))


def _runs(connection: Connection) -> list[CheckRun]:
    rows = connection.execute(select(check_runs).order_by(check_runs.c.check))
    return [CheckRun(r.check, r.status, r.reason, json.loads(r.summary)) for r in rows]


class StoredFindings:
    """The findings of the last run: each question is a read of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def scope(self, filter: Filter) -> Scope:
        """How much the filter holds."""
        with read(self.engine) as connection:
            rows = func.count(case((of_a_row, examples.c.seq)).distinct())
            decided = func.count(case((of_a_row, _decided)).distinct())
            columns = (func.count(), rows, func.count(label_now.distinct()), decided)
            return Scope(*connection.execute(of_findings(connection, filter, *columns)).one())

    def suggested_scopes(self, filter: Filter) -> dict[str, Scope]:
        """How much of the filter has a suggestion that can be followed, by what it is: relabel, drop, replace.

        An example counts once, under its surest suggestion.
        """
        with read(self.engine) as connection:
            ranked = _surest(
                connection, filter, _kind.label("kind"), label_now.label("label"), _decided.label("decided")
            )
            counts = (func.count(), func.count(ranked.c.label.distinct()), func.count(ranked.c.decided))
            query = select(ranked.c.kind, *counts).where(ranked.c.rank == 1).group_by(ranked.c.kind)
            return {kind: Scope(n, n, classes, decided) for kind, n, classes, decided in connection.execute(query)}

    def suggestions(self, filter: Filter) -> list[tuple[str, str]]:
        """(example id, its surest suggestion) of the examples in the filter that nobody has decided."""
        with read(self.engine) as connection:
            ranked = _surest(connection, filter, examples.c.id, findings.c.suggestion, _decided.label("decided"))
            query = select(ranked.c.id, ranked.c.suggestion).where(ranked.c.rank == 1, ranked.c.decided.is_(None))
            return [(id, suggestion) for id, suggestion in connection.execute(query.order_by(ranked.c.seq))]

    def open_examples(self, filter: Filter) -> list[str]:
        """The ids of the examples in the filter that nobody has decided, in the order of the set."""
        with read(self.engine) as connection:
            query = of_findings(connection, filter, examples.c.id).where(of_a_row, status_now.in_(OPEN))
            return list(connection.scalars(query.group_by(examples.c.id, examples.c.seq).order_by(examples.c.seq)))

    def only_read(self, filter: Filter, check: str) -> list[str]:
        """The ids of the open examples in the filter of which this check alone says something, which is to look."""
        with read(self.engine) as connection:
            speaks = case((and_(findings.c.check == check, findings.c.suggestion == "look"), 0), else_=1)
            query = of_findings(connection, filter, examples.c.id).where(of_a_row, status_now.in_(OPEN))
            query = query.group_by(examples.c.id, examples.c.seq).having(func.max(speaks) == 0)
            return list(connection.scalars(query.order_by(examples.c.seq)))

    def check_counts(self, filter: Filter) -> dict[str, int]:
        """Findings by check that the rest of the filter leaves."""
        with read(self.engine) as connection:
            query = of_findings(connection, replace(filter, check=""), findings.c.check, func.count()).group_by(
                findings.c.check
            )
            return {str(check): int(n) for check, n in connection.execute(query.order_by(findings.c.check))}

    def label_counts(self, filter: Filter) -> list[tuple[str, int]]:
        """(label, findings on rows with it) that the rest of the filter leaves, commonest first."""
        with read(self.engine) as connection:
            query = of_findings(connection, replace(filter, label=""), label_now, func.count()).where(
                label_now.is_not(None)
            )
            rows = connection.execute(query.group_by(label_now).order_by(func.count().desc(), label_now))
            return [(label, n) for label, n in rows]

    def confidence_counts(self, filter: Filter) -> list[tuple[float, int]]:
        """(lower edge, findings) of the confidences in steps of BIN, whatever the filter's own threshold."""
        with read(self.engine) as connection:
            last = round(1 / BIN) - 1
            # A hair is added so that 0.15 falls into the bar that begins at 0.15: 0.15 / 0.05 is 2.9999999999999996.
            number = whole(findings.c.confidence / BIN + 1e-9)
            step = case((number > last, last), else_=number).label("step")
            steps = of_findings(connection, replace(filter, sure=0.0), step).subquery()
            query = select(steps.c.step, func.count()).group_by(steps.c.step).order_by(steps.c.step)
            return [(round(bar * BIN, 2), n) for bar, n in connection.execute(query)]

    def pairs(self, filter: Filter, sizes: Mapping[str, int], limit: int) -> list[Pair]:
        """The label pairs most often confused, whatever pair the filter names; `sizes` are the rows by label."""
        with read(self.engine) as connection:
            bare = replace(filter, given="", suggested="")
            columns = (given_label, findings.c.suggestion, func.count(examples.c.seq.distinct()).label("n"))
            query = (
                of_findings(connection, bare, *columns)
                .where(_kind == "relabel", given_label.is_not(None))
                .group_by(given_label, findings.c.suggestion)
            )
            rows = connection.execute(
                query.order_by(func.count().desc(), given_label, findings.c.suggestion).limit(limit)
            )
            found = [(given, suggestion.partition(":")[2], n) for given, suggestion, n in rows]
            return [Pair(given, new, n, min(1.0, n / max(sizes.get(given, n), 1))) for given, new, n in found]

    def judged(self, filter: Filter) -> tuple[int, int]:
        """(examples a person changed or left out, examples a person found right) of those decided one by one since.

        A first label on a row without one says nothing of a flag, nor does a decision made before it was stored.
        """
        with read(self.engine) as connection:
            since = seen_since(connection)
            had_label = or_(examples.c.label.is_not(None), examples.c.seq.in_(labelled_by(since)))
            changed_label = and_(status_now == "labelled", had_label)
            wrong = case((or_(status_now.in_(("rejected", "edited")), changed_label), examples.c.seq))
            right = case((status_now == "accepted", examples.c.seq))
            columns = (func.count(wrong.distinct()), func.count(right.distinct()))
            query = of_findings(connection, filter, *columns).where(of_a_row, examples.c.seq.in_(answered(since)))
            changed, kept = connection.execute(query).one()
            return changed, kept

    def page(self, filter: Filter, after: tuple[float, int] | None, limit: int) -> list[FindingRow]:
        """Up to `limit` findings, surest first, that come after the (confidence, seq) of the last one shown."""
        with read(self.engine) as connection:
            # Which ones first, from narrow rows; their texts are read only for those shown.
            query = of_findings(connection, filter, findings.c.seq)
            if after is not None:
                confidence, seq = after
                beyond = and_(findings.c.confidence == confidence, findings.c.seq > seq)
                # The first condition says nothing new, but an index can be searched by it.
                query = query.where(
                    findings.c.confidence <= confidence, or_(findings.c.confidence < confidence, beyond)
                )
            order = (findings.c.confidence.desc(), findings.c.seq)
            shown = list(connection.scalars(query.order_by(*order).limit(limit)))
            whole = of_findings(connection, Filter(), findings.c.seq.label("finding"), *_FINDING, *NOW).where(
                findings.c.seq.in_(shown)
            )
            return [_finding(row) for row in connection.execute(whole.order_by(*order))]

    def total(self, filter: Filter) -> int:
        """How many findings the filter leaves."""
        with read(self.engine) as connection:
            return connection.scalar(of_findings(connection, filter, func.count())) or 0

    def of_example(self, id: str) -> list[FindingRow]:
        """All findings on one example, surest first."""
        with read(self.engine) as connection:
            query = of_findings(connection, Filter(), findings.c.seq.label("finding"), *_FINDING, *NOW).where(
                examples.c.id == id
            )
            return [
                _finding(row)
                for row in connection.execute(query.order_by(findings.c.confidence.desc(), findings.c.seq))
            ]

    def of_examples(self, ids: Sequence[str]) -> dict[str, list[FindingRow]]:
        """By id: all findings on these examples, surest first; an example without one is left out."""
        with read(self.engine) as connection:
            query = of_findings(connection, Filter(), findings.c.seq.label("finding"), *_FINDING, *NOW)
            query = query.where(examples.c.id.in_(ids)).order_by(findings.c.confidence.desc(), findings.c.seq)
            found: dict[str, list[FindingRow]] = {}
            for row in connection.execute(query):
                found.setdefault(row.id, []).append(_finding(row))
            return found

    def is_quick_look(self) -> bool:
        """Whether the findings stored are those of a quick look."""
        with read(self.engine) as connection:
            return result_row(connection, "check") is None and result_row(connection, "preview") is not None

    def current(self, some: Numbers | None = None) -> Findings | None:
        """The findings of the last run, of all rows or of some; None before the first."""
        with read(self.engine) as connection:
            if read_result(connection, "check") is None:
                return None
            return _stored(connection, some)

    def runs(self) -> list[CheckRun]:
        """How each check went in the last run, in name order."""
        with read(self.engine) as connection:
            return _runs(connection)

    def row_checks(self) -> list[str]:
        """The checks with findings about rows that are more likely right than not, in name order."""
        with read(self.engine) as connection:
            query = select(findings.c.check).where(findings.c.confidence >= LIKELY, of_a_row).distinct()
            return list(connection.scalars(query.order_by(findings.c.check)))

    def counts(self, sure: float = LIKELY) -> dict[str, int]:
        """Findings by check that are at least this sure (0..1)."""
        with read(self.engine) as connection:
            query = (
                select(findings.c.check, func.count()).where(findings.c.confidence >= sure).group_by(findings.c.check)
            )
            return {str(name): int(n) for name, n in connection.execute(query)}

    def labels(self, check: str, sure: float = LIKELY) -> list[tuple[str, int]]:
        """(imported label, findings of a check that are at least this sure), commonest first."""
        with read(self.engine) as connection:
            query = (
                select(examples.c.label, func.count())
                .join(findings, findings.c.example == examples.c.seq)
                .where(findings.c.check == check, findings.c.confidence >= sure, examples.c.label.is_not(None))
                .group_by(examples.c.label)
                .order_by(func.count().desc(), examples.c.label)
            )
            return [(str(label), int(n)) for label, n in connection.execute(query)]
