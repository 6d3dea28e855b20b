"""The nouns: plain immutable data that the rooms hand to each other. Imports nothing of ours but the context's own."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from curation.context import Context

BIN = 0.05
"""Width of a bar of the histogram of confidence: the step of the threshold's slider."""


ADDED_BY_HAND = "Added by hand"
"""The source of examples written in the app."""
WINDOW = 2_000
"""Clusters searched for a text at a time: a tenth of a second among a million examples (2 cores)."""
OPEN = ("undecided", "skipped", "flagged")
"""Statuses a bulk decision may change: in all others a person has."""


DATASET_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("input", pa.large_string()),
        ("output", pa.large_string()),
        ("label", pa.string()),
        ("group", pa.string()),
        ("source", pa.string()),
        ("row", pa.int64()),
        ("created", pa.string()),
        ("meta", pa.large_string()),
    ]
)
REJECTED_SCHEMA = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("offset", pa.int64()),
        ("reason", pa.string()),
        ("message", pa.string()),
        ("raw", pa.large_string()),
    ]
)
CLUSTERS_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("cluster", pa.int64()),
        ("keeper", pa.string()),
        ("similarity", pa.float64()),
        ("kind", pa.string()),
    ]
)
FINDINGS_SCHEMA = pa.schema(
    [
        ("check", pa.string()),
        ("id", pa.string()),
        ("cluster", pa.int64()),
        ("confidence", pa.float64()),
        ("message", pa.string()),
        ("evidence", pa.large_string()),
        ("suggestion", pa.large_string()),
    ]
)
CLUSTER_KINDS = ("unique", "exact", "near", "variant", "contradiction")
"""How a row relates to its keeper, mildest first. Only `exact` and `near` may be removed without a person."""

Action = Literal["accept", "reject", "label", "edit", "skip", "flag", "keep", "keeper", "undo"]
ACTIONS: tuple[Action, ...] = ("accept", "reject", "label", "edit", "skip", "flag", "keep", "keeper", "undo")


def _checked(table: pa.Table, schema: pa.Schema, name: str) -> None:
    if table.schema.remove_metadata() != schema:
        raise TypeError(f"{name} needs the columns {schema}, got {table.schema}")


@dataclass(frozen=True)
class Dataset:
    """Examples in row order, immutable: an Arrow table with exactly the columns of `DATASET_SCHEMA`.

    `input` and `output` are never null ("" when absent). `label` is null where nobody has labelled the row yet.
    In a classification set every labelled row has output == label. `meta` is a JSON object of everything else in the
    row. `row` is the 0-based record number in the file named by `source`. `classification` is what was settled for the
    set these rows are part of (see `curate`); None where nothing was, then the rows say it.
    """

    table: pa.Table
    classification: bool | None = None

    def __post_init__(self) -> None:
        _checked(self.table, DATASET_SCHEMA, "Dataset")

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def values(self, column: str) -> list[Any]:
        """One column as Python values, in row order."""
        values: list[Any] = self.table[column].to_pylist()
        return values

    def take(self, positions: Any) -> "Dataset":
        """The rows at these 0-based positions, in the order given (an integer sequence or array)."""
        return replace(self, table=self.table.take(pa.array(positions, pa.int64())))

    def where(self, mask: Any) -> "Dataset":
        """The rows where `mask` (one boolean a row) is true."""
        return replace(self, table=self.table.filter(pa.array(mask, pa.bool_())))

    @property
    def is_classification(self) -> bool:
        """Whether the outputs of the set are labels, by `outputs_are_labels`."""
        if self.classification is not None:
            return self.classification
        return outputs_are_labels(has_labels(self.table), has_texts(self.table))

    @property
    def digest(self) -> str:
        """SHA-256 over id, input, output, label and group, the same in whatever order the rows stand."""
        columns = ("id", "input", "output", "label", "group")
        rows = sorted(zip(*(self.values(c) for c in columns), strict=True), key=lambda row: row[0])
        whole = hashlib.sha256()
        for row in rows:
            for value in row:
                data = b"\xff" if value is None else value.encode()
                whole.update(len(data).to_bytes(8, "little") + data)
        return whole.hexdigest()


def outputs_are_labels(
    labelled: bool, answered: bool, declared: bool = False, given: int = 0, written: int = 0
) -> bool:
    """The one definition of a classification set: it has labels, and no row has an output other than its label.

    Labels are those of the files (`labelled`, see `has_labels`) and those `declared`; such an output makes the set
    `answered` (see `has_texts`). Where there is neither, the set is what people made of it: rows `given` a label
    outnumber those an output was `written` for.
    """
    return not answered and (labelled or declared or given > written)


def has_labels(table: pa.Table) -> bool:
    """Whether any row has a label."""
    return bool(table["label"].null_count < table.num_rows)


def has_texts(table: pa.Table) -> bool:
    """Whether any row has an output other than its label; without a label, any that is not blank."""
    other = pc.not_equal(table["label"].cast(pa.large_string()), table["output"])
    unlabelled = table["output"].filter(pc.is_null(table["label"]))
    return bool(pc.any(other).as_py()) or bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(unlabelled), "")).as_py())


def dataset(rows: Iterable[Mapping[str, Any]]) -> Dataset:
    """A Dataset from literal rows; absent fields are empty, absent ids are the rows' own (see `example_ids`)."""
    full = [{"output": "", "input": "", "meta": "{}", "source": "", "row": n, **row} for n, row in enumerate(rows)]
    for row in full:
        row["output"] = row["output"] or row.get("label") or ""
    ids = example_ids([(r["input"], r["output"], r.get("label")) for r in full], {})
    columns = {f.name: [r.get(f.name) for r in full] for f in DATASET_SCHEMA}
    columns["id"] = [given or made for given, made in zip(columns["id"], ids, strict=True)]
    return Dataset(pa.table(columns, schema=DATASET_SCHEMA))


def example_ids(rows: Iterable[tuple[str, str, str | None]], seen: dict[bytes, int]) -> list[str]:
    """Ids of (input, output, label) rows: a 96-bit BLAKE2b of the three, `-k` appended to the k-th exact repeat.

    `seen` counts the repeats met so far and is updated, so the ids of several files follow on from each other.
    """
    ids = []
    for row in rows:
        whole = hashlib.blake2b(digest_size=12)
        for value in row:
            data = b"\xff" if value is None else value.encode()
            whole.update(len(data).to_bytes(8, "little") + data)
        base = whole.digest()  # bytes: a third of the memory of text, and ten million of them must fit
        repeat = seen.get(base, 0)
        seen[base] = repeat + 1
        ids.append(f"{base.hex()}-{repeat}" if repeat else base.hex())
    return ids


@dataclass(frozen=True)
class Columns:
    """Which columns of a file make an example.

    `input` columns are joined by a newline, empty ones left out. `output` None means output = label. `messages` names
    a column of chat turns and stands in for input and output; an `output` beside it holds the last turn. Columns not
    named here are kept in `meta`. Where a tool has wrapped its rows (Label Studio, SQuAD ...), the names are those of
    the columns that its shape makes of them.
    """

    input: tuple[str, ...] = ()
    output: str | None = None
    label: str | None = None
    group: str | None = None
    created: str | None = None
    messages: str | None = None


@dataclass(frozen=True)
class FileOptions:
    """How a file is read where a person says so; what is "" its content says.

    `delimiter` is one character, `encoding` a name that Python knows, `sheet` a sheet of a workbook. `split` takes the
    rows of that split alone, from a file that holds several; `part` is the split that all rows of the file belong to,
    as its place in a folder says, kept with each row.
    """

    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    split: str = ""
    part: str = ""


@dataclass(frozen=True)
class Imported:
    """What one file became: rows in = len(dataset) + rejected.num_rows, always.

    `name` is the file's name as text, `digest` the SHA-256 of its bytes, `shape` the name of a row shape (see
    `curation.load.shapes`). `available` are all columns seen, `sheets` and `splits` what the file has several of, for
    changing the choice.
    """

    dataset: Dataset
    rejected: pa.Table
    name: str
    digest: str
    format: str
    shape: str
    encoding: str
    columns: Columns
    available: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _checked(self.rejected, REJECTED_SCHEMA, "Imported.rejected")


@dataclass(frozen=True)
class Clusters:
    """Near-duplicate groups: one row an example, in the Dataset's row order, with the columns of `CLUSTERS_SCHEMA`.

    `similarity` is the exact Jaccard similarity to the keeper (1.0 for the keeper itself). `kind` says how the row
    relates to its keeper; a keeper carries the gravest kind in its cluster, `unique` when it is alone.
    """

    table: pa.Table
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _checked(self.table, CLUSTERS_SCHEMA, "Clusters")


@dataclass(frozen=True)
class CheckRun:
    """That a check ran on the whole set (`done`), or why it could not (`not_checked`), with its summary figures."""

    check: str
    status: Literal["done", "not_checked"]
    reason: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """Suspected problems, columnar, with the columns of `FINDINGS_SCHEMA`, and which checks ran.

    `confidence` is 0..1 (1 = surest). `evidence` is a JSON object. `suggestion` is `look`, `drop`, `relabel:LABEL` or
    `replace:TEXT`. `cluster` is null unless the finding is about a near-duplicate cluster.
    """

    table: pa.Table
    runs: tuple[CheckRun, ...] = ()

    def __post_init__(self) -> None:
        _checked(self.table, FINDINGS_SCHEMA, "Findings")

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def of(self, check: str) -> "Findings":
        """The findings and runs of one check."""
        mask = pc.equal(self.table["check"], check)
        return Findings(self.table.filter(mask), tuple(run for run in self.runs if run.check == check))

    def run(self, check: str) -> CheckRun:
        """How this check went; `not_checked` when it was never run."""
        never = CheckRun(check, "not_checked", "this check has not been run")
        return next((run for run in self.runs if run.check == check), never)

    @staticmethod
    def join(parts: Sequence["Findings"]) -> "Findings":
        """All findings of several checks, in the order given."""
        tables = [FINDINGS_SCHEMA.empty_table(), *(part.table for part in parts)]
        return Findings(pa.concat_tables(tables), tuple(run for part in parts for run in part.runs))


@dataclass(frozen=True)
class Decision:
    """Who did what to which example, when and why. Append-only: undo is one more decision.

    `value` is the new label for `label`, a JSON object of the changed fields (`input`, `output`) for `edit`, and the
    sequence number of the decision taken back for `undo`. `seen_version` is the version of the example on screen.
    """

    example: str
    action: Action
    value: str = ""
    reviewer: str = ""
    at: str = ""
    seen_version: int = 0
    reason: str = ""
    seq: int = 0


@dataclass(frozen=True)
class Actor:
    """Who does something: `name` is what is stored with it, `role` what they may do."""

    name: str
    role: Literal["viewer", "reviewer", "curator", "admin"] = "admin"

    @staticmethod
    def local() -> "Actor":
        """Whoever works at this computer: a project without members lets them do everything."""
        return Actor("local")


@dataclass(frozen=True)
class Address:
    """A place in an example that can be changed: the `field` of a turn (0-based), or of the example where `turn` is
    None."""

    turn: int | None
    field: str

    def __post_init__(self) -> None:
        if self.turn is not None and self.turn < 0:
            raise ValueError(f"a turn is numbered from 0, not {self.turn}")
        if not self.field:
            raise ValueError("an address names a field")


@dataclass(frozen=True)
class Span:
    """A stretch of text: the characters from `start` up to but without `end` of a field, of a turn where there are
    any."""

    field: str
    turn: int | None
    start: int
    end: int

    def __post_init__(self) -> None:
        Address(self.turn, self.field)
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span runs from 0 or more to its end, not from {self.start} to {self.end}")

    @property
    def address(self) -> Address:
        """Where the text stands."""
        return Address(self.turn, self.field)


@dataclass(frozen=True)
class Event:
    """One thing a person did, as it is stored; never changed.

    `kind` is decision, vote, note, tag, label, approval or export, `subject` what it is about (an example's id, a
    round's number, an export's digest), `payload` the rest as canonical JSON. One on an `example` (its number) carries
    the `revision` of its text and, where it depends on it, the version of the example that was on screen. `client` and
    `client_seq` are for what was done away from the project and sent later. `hash` is over all other fields,
    `previous` the hash of the event before.
    """

    kind: str
    subject: str
    payload: str
    actor: str
    at: str
    batch: str = ""
    example: int | None = None
    revision: int | None = None
    seen_version: int | None = None
    client: str | None = None
    client_seq: int | None = None
    format: int = 0
    seq: int = 0
    previous: str = ""
    hash: str = ""


@dataclass(frozen=True)
class Verification:
    """What a walk over everything people did came to: how many entries fit, and what is wrong with the first that does
    not ("" where all are as they were stored).

    `decisions` and `votes` are entries from before there were events; those votes are held against what they were when
    the project was upgraded, for they were never chained before.
    """

    decisions: int
    votes: int
    events: int
    fault: str = ""

    @property
    def is_intact(self) -> bool:
        """Whether every entry is as it was stored."""
        return not self.fault

    def lines(self) -> list[str]:
        """What people read of it."""
        if self.fault:
            return [f"The record of decisions was changed from outside. {self.fault}"]
        said = [f"Decisions verified: {self.decisions + self.events:,} entries, chain intact."]
        if self.votes:
            said.append(
                f"Votes from before this project was upgraded: {self.votes:,}. They are as they were then, and cannot "
                "be verified further back."
            )
        return said


@dataclass(frozen=True)
class Snapshot:
    """What a project held when a result began to be worked out: two equal ones mean the same result.

    `decision` and `vote` are the numbers of the last ones made, `example` that of the last row stored, `sources` the
    files in the set. The rest are SHA-256 digests ("" where there is nothing) of the settings, the context, the policy,
    the evaluation set, the knowledge base and the arms measured. `at` is when it was taken (UTC text), not compared.
    """

    decision: int = 0
    vote: int = 0
    example: int = 0
    sources: tuple[int, ...] = ()
    settings: str = ""
    context: str = ""
    policy: str = ""
    evaluation: str = ""
    knowledge: str = ""
    measured: str = ""
    at: str = field(default="", compare=False)

    def changed(self, later: "Snapshot", step: str = "verdict") -> tuple[str, ...]:
        """The fields that a step ("dedup", "check" or "verdict") reads and that stand otherwise in a later snapshot."""
        return tuple(
            name for name in READ_BY.get(step, READ_BY["verdict"]) if getattr(self, name) != getattr(later, name)
        )


_OF_ROWS = ("decision", "example", "sources", "settings")
READ_BY: Mapping[str, tuple[str, ...]] = {
    "dedup": _OF_ROWS,
    "check": (*_OF_ROWS, "evaluation"),
    "verdict": tuple(one.name for one in fields(Snapshot) if one.compare),
}
"""Which fields of a snapshot each step reads: a change of the others leaves its result as it is."""


Status = Literal["ok", "warn", "fail", "missing", "not_applicable"]
Kind = Literal["counted", "measured", "declared", "estimated"]
"""How a fact is known, the surest first: nothing that is estimated outranks what is counted, measured or declared."""


@dataclass(frozen=True)
class Evidence:
    """One fact about the dataset: its value with a two-sided 90 % interval, and what it is held against.

    `value`, `low` and `high` are None when `status` is missing or not_applicable. `threshold` is the number the
    status was decided by and `origin` where that number comes from. `rows` are up to five example ids to look at,
    `detail` the figures behind the value (plain JSON values), `fix` the next thing to do when the status is not ok.
    """

    id: str
    title: str
    status: Status
    kind: Kind = "counted"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    threshold: float | None = None
    origin: str = ""
    message: str = ""
    fix: str = ""
    rows: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The answer to "should we fine-tune on this?", a function of the evidence alone. JSON form: the contract's."""

    outcome: str
    provisional: bool
    headline: str
    reasons: tuple[str, ...]
    gate: str
    stability: Mapping[str, float]
    nearest_flip: str
    next_step: str
    evidence: tuple[Evidence, ...]
    coverage: Mapping[str, int]
    policy: str
    dataset: str
    seed: int


@dataclass(frozen=True)
class Facts:
    """What readiness reads, gathered by the project: the dataset as curated so far, before duplicates collapse."""

    dataset: Dataset
    clusters: Clusters
    findings: Findings
    context: Context = Context()
    rejected: int = 0
    seed: int = 0


# What the store hands out, a row or a page at a time.


@dataclass(frozen=True)
class Filter:
    """Which examples or findings to show; an empty field does not filter.

    `check` is a check's name, or for the review queue "unlabelled", "all", "weak" (only findings below LIKELY) or ""
    (everything with a finding above). `sure` is the least confidence of a finding, 0..1. `given` and `suggested` are
    the label a check doubted and the one it proposes.
    """

    check: str = ""
    label: str = ""
    text: str = ""
    status: str = ""
    sure: float = 0.0
    given: str = ""
    suggested: str = ""


LIKELY = 0.5
"""Findings at least this sure are more likely right than not; below are weak suspicions, shown on request."""


@dataclass(frozen=True)
class Example:
    """An example as it stands now, with what it was when imported."""

    seq: int
    id: str
    source: str
    row: int
    input: str
    output: str
    label: str | None
    imported_input: str
    imported_output: str
    imported_label: str | None
    group: str | None
    meta: str
    version: int
    status: str
    pinned: str


@dataclass(frozen=True)
class FindingRow:
    """One finding with the example it is about."""

    seq: int
    check: str
    confidence: float
    message: str
    evidence: str
    suggestion: str
    cluster: int | None
    example: Example


Order = Literal["largest", "closest", "loosest"]


Bulk = Literal["leave_out", "keep", "accept"]
"""What can be done to all clusters at once: leave out the repeats, keep every row, accept the rows as they are."""


Position = tuple[float, int]
"""(size or similarity, cluster) of the last cluster looked at: where the next page goes on."""


@dataclass(frozen=True)
class ClusterFilter:
    """Which clusters to show and in what order; an empty field does not filter.

    `text` is looked for in the inputs and outputs of all rows of a cluster, as they are now. Order: largest first, or
    by the least similarity (0..1) of a row to its keeper, highest ("closest") or lowest ("loosest") first.
    """

    kind: str = ""
    least_size: int = 2
    text: str = ""
    order: Order = "largest"


@dataclass(frozen=True)
class ClusterRow:
    """A near-duplicate cluster of two or more, and the text of its keeper; `left_out` of its rows a person left out."""

    cluster: int
    size: int
    kind: str
    similarity: float
    keeper: str
    text: str
    left_out: int = 0


@dataclass(frozen=True)
class ClusterPage:
    """Some clusters, and where the next page goes on; None after the last one.

    With a text, `rows` may be fewer than asked for although there is a next page: one window was searched.
    """

    rows: list[ClusterRow]
    after: Position | None


@dataclass(frozen=True)
class Member:
    """An example of a cluster and how it relates to the keeper."""

    kind: str
    similarity: float
    keeper: str
    example: Example

    @property
    def is_keeper(self) -> bool:
        """Whether this example stays for others."""
        return self.keeper == self.example.id


@dataclass(frozen=True)
class Touched:
    """What a decision about all clusters of a filter touches: rows in clusters.

    `decided` rows a person has decided already stay as they are, and so do `unlike` ones: variants and contradictions.
    """

    rows: int
    clusters: int
    decided: int
    unlike: int


@dataclass(frozen=True)
class Scope:
    """How much a filter holds: findings, the examples they are about, how many labels these have, how many of the
    examples a person has decided."""

    findings: int
    rows: int
    classes: int
    decided: int

    @property
    def open(self) -> int:
        """Examples nobody has decided yet."""
        return self.rows - self.decided


@dataclass(frozen=True)
class Pair:
    """Rows labelled `given` that read like `suggested`, and their share of all rows labelled `given` (0..1)."""

    given: str
    suggested: str
    rows: int
    share: float


RoundKind = Literal["audit", "team"]


@dataclass(frozen=True)
class Round:
    """One draw of rows to look at; `version` is the project's data version it was drawn from."""

    id: int
    kind: RoundKind
    settings: Mapping[str, Any]
    version: int
    at: str


@dataclass(frozen=True)
class RoundRow:
    """One row of a round."""

    position: int
    example: str
    stratum: str
    weight: float


@dataclass(frozen=True)
class StoredVote:
    """A reviewer's standing answer on a row; `value` is the label given with it, "" without.

    `seen_version` is the version of the example it was given on, None for votes from before that was kept.
    """

    seq: int
    example: str
    reviewer: str
    answer: str
    value: str
    at: str
    seen_version: int | None


@dataclass(frozen=True)
class Step:
    """Whether duplicates, checks or the verdict ran, and whether anything they rest on has changed since they began."""

    ran: bool
    stale: bool
    at: str
