"""The nouns: plain immutable data that the rooms hand to each other, and their JSON where it is kept or printed.

Imports nothing of ours but the context's own, the errors and what notebooks show. `to_pandas` of each is for people who
work in Python; nothing of ours calls it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from statistics import stdev
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.errors import UsageError
from curation.records.context import Arm, Context
from curation.records.display import FIRST, as_table, figure, panel

if TYPE_CHECKING:
    import pandas as pd

BATCH = 10_000
"""Rows turned into Python values at a time."""
Interval = tuple[float, float, float]
"""(value, low, high), two-sided 90 % where it is estimated."""
MONTHS = 12
"""Of the first year, over which the ways of doing the task are compared."""
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
OF_THE_SET = "collect"
"""The suggestion of a finding about a label or the whole set: it stands on a row, but no decision on it answers it."""
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
PRIVATE_CHECKS = ("pii", "secrets")
"""The checks whose findings say that a row holds what `text.private.mask` masks."""
CLUSTER_KINDS = ("unique", "exact", "near", "variant", "contradiction")
"""How a row relates to its keeper, mildest first. Only `exact` and `near` may be removed without a person."""

Action = Literal["accept", "reject", "label", "rename", "edit", "skip", "flag", "keep", "keeper", "undo"]
ACTIONS: tuple[Action, ...] = (
    "accept", "reject", "label", "rename", "edit", "skip", "flag", "keep", "keeper", "undo",
)  # fmt: skip


def _checked(table: pa.Table, schema: pa.Schema, name: str) -> None:
    if table.schema.remove_metadata() != schema:
        raise TypeError(f"{name} needs the columns {schema}, got {table.schema}")


@dataclass(frozen=True)
class Dataset:
    """Examples in row order, immutable: an Arrow table with exactly the columns of `DATASET_SCHEMA`.

    `input` and `output` are never null ("" when absent). `label` is null where nobody has labelled the row yet.
    In a classification set every labelled row has output == label. `meta` is a JSON object of everything else in the
    row. `row` is the 0-based record number in the file named by `source`. `classification` is what was settled for the
    set these rows are part of (see `curate`); None where nothing was, then the rows say it. `imported` is what each
    file became, where the rows were just read: rows taken out of the set since are among it.
    """

    table: pa.Table
    classification: bool | None = None
    imported: tuple["Imported", ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        _checked(self.table, DATASET_SCHEMA, "Dataset")

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        labels = len(self.labels)
        said = f", {labels:,} label{'s' if labels > 1 else ''}" if labels else ""
        rejected = f", {self.rejected.num_rows:,} rejected" if self.rejected.num_rows else ""
        return (
            f"Dataset({len(self):,} pair{'' if len(self) == 1 else 's'} from {_listed(self.sources)}{said}{rejected})"
        )

    def _repr_html_(self) -> str:
        shown = ["input", "output", "label"] if self.labels and not self.is_classification else ["input", "output"]
        rows = self.table.slice(0, FIRST).select(shown).to_pylist()
        lines = [f"{one.name}: {one.chosen}" for one in self.imported] + [w for i in self.imported for w in i.warnings]
        more = f"... and {len(self) - FIRST:,} more" if len(self) > FIRST else ""
        return panel(_within(self), lines, as_table(shown, [list(r.values()) for r in rows])) + more

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the files these rows came from, in order."""
        return tuple(pc.unique(self.table["source"]).to_pylist())

    @property
    def labels(self) -> dict[str, int]:
        """How many rows each label has, the commonest first; empty where no row has one."""
        counts = ((each["values"], each["counts"]) for each in self.table["label"].value_counts().to_pylist())
        return dict(sorted(((v, n) for v, n in counts if v is not None), key=lambda pair: (-pair[1], pair[0])))

    @property
    def rejected(self) -> pa.Table:
        """The rows of these files that could not be read, with their reasons (columns of `REJECTED_SCHEMA`)."""
        return pa.concat_tables([REJECTED_SCHEMA.empty_table(), *(one.rejected for one in self.imported)])

    def to_pandas(self) -> "pd.DataFrame":
        """The rows as a DataFrame, a column for each of `DATASET_SCHEMA`."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def values(self, column: str) -> list[Any]:
        """One column as Python values, in row order."""
        values: list[Any] = self.table[column].to_pylist()
        return values

    def take(self, positions: Any) -> "Dataset":
        """The rows at these 0-based positions, in the order given (an integer sequence or array)."""
        wanted = np.asarray(positions, np.int64)
        in_order = np.unique(wanted)
        # in row order first: Arrow's `take` would copy all chunks of a text column into one, a gigabyte for a few rows
        mask = np.zeros(len(self), np.bool_)
        mask[in_order] = True
        some = self.where(mask)
        if np.array_equal(in_order, wanted):
            return some
        return replace(some, table=some.table.take(pa.array(np.searchsorted(in_order, wanted))))

    def where(self, mask: Any) -> "Dataset":
        """The rows where `mask` (one boolean a row) is true; where it is true of all these rows, not a copy."""
        stays = pa.array(mask, pa.bool_())
        return self if pc.all(stays, min_count=0).as_py() else replace(self, table=self.table.filter(stays))

    @property
    def is_classification(self) -> bool:
        """Whether the outputs of the set are labels, by `outputs_are_labels`."""
        if self.classification is not None:
            return self.classification
        return outputs_are_labels(has_labels(self.table), has_texts(self.table))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every column an export writes (all but row and created), whatever the order of the rows.

        The structure of a row (turns, tools, rejected answer ...) is part of it, since it stands in `meta`.
        """
        columns = ("id", "input", "output", "label", "group", "source", "meta")
        rows: list[bytes] = []
        for batch in self.table.select(columns).to_batches(max_chunksize=BATCH):
            rows += _row_digests(batch)
        return hashlib.sha256(b"".join(sorted(rows))).hexdigest()

    @cached_property
    def earlier_digest(self) -> str:
        """The digest of version 0.1, over id, input, output, label and group: what its exports and verdicts name."""
        columns = ("id", "input", "output", "label", "group")
        rows = sorted(zip(*(self.values(c) for c in columns), strict=True), key=lambda row: row[0])
        whole = hashlib.sha256()
        for row in rows:
            for value in row:
                data = b"\xff" if value is None else value.encode()
                whole.update(len(data).to_bytes(8, "little") + data)
        return whole.hexdigest()

    def is_of(self, digest: str) -> bool:
        """Whether a digest is that of these rows, by this version's rule or by that of 0.1."""
        return digest == self.digest or digest == self.earlier_digest


def _within(noun: object) -> str:
    """What stands between the brackets of its repr."""
    return repr(noun).partition("(")[2][:-1]


def _listed(names: Sequence[str], most: int = 3) -> str:
    """Names in a line, those beyond `most` counted."""
    shown = ", ".join(name or "memory" for name in names[:most]) or "nowhere"
    return shown + (f" and {len(names) - most:,} more" if len(names) > most else "")


def _with_texts(rows: pa.Table, dataset: Dataset | None) -> pa.Table:
    """The table with what its `id` stands for beside it: row, input, output and label."""
    if dataset is None:
        return rows
    at = pc.index_in(rows["id"], dataset.table["id"])
    for name in ("row", "input", "output", "label"):
        rows = rows.append_column(name, dataset.table[name].take(at))
    return rows


def _row_digests(batch: pa.RecordBatch) -> Iterator[bytes]:
    """The SHA-256 of each row: of every value its length in eight bytes and itself, of null the byte FF."""
    parts = []
    for column in batch.columns:
        data = pc.fill_null(column.cast(pa.large_binary()), b"\xff")
        lengths = pc.binary_length(data).to_numpy().astype("<i8")
        width = pa.binary(8)
        parts += [
            pa.Array.from_buffers(width, len(lengths), [None, pa.py_buffer(lengths)]).cast(pa.large_binary()),
            data,
        ]
    rows = pc.binary_join_element_wise(*parts, pa.scalar(b"", pa.large_binary()))
    return (hashlib.sha256(row).digest() for row in rows.to_pylist())


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
    return any(map(_has_texts, table.select(["output", "label"]).to_batches()))  # mostly said by the first of them


def _has_texts(rows: pa.RecordBatch) -> bool:
    other = pc.not_equal(rows["label"].cast(pa.large_string()), rows["output"])
    unlabelled = rows["output"].filter(pc.is_null(rows["label"]))
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


def example_ids(rows: Iterable[Sequence[str | None]], seen: dict[bytes, int]) -> list[str]:
    """Ids of rows (input, output, label): a 96-bit BLAKE2b of these, `-k` appended to the k-th exact repeat.

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


def named_id(source: str, key: str) -> str:
    """The id of a row that has one of its own: a 96-bit BLAKE2b of the file's name and that value."""
    return hashlib.blake2b(f"{len(source)}:{source}{key}".encode(), digest_size=12).hexdigest()


@dataclass(frozen=True)
class Columns:
    """Which columns of a file make an example.

    `input` columns are joined by a newline, empty ones left out. `output` None means output = label. `messages` names
    a column of chat turns and stands in for input and output; an `output` beside it holds the last turn. Columns not
    named here are kept in `meta`. Where a tool has wrapped its rows (Label Studio, SQuAD ...), the names are those of
    the columns that its shape makes of them. `id` names the column that tells rows apart, so that a mended file of the
    same name brings its rows up to date; it stays in `meta` too. `bare` says that rows have an input alone: no other
    column is taken for the output or the label, whatever it holds.
    """

    input: tuple[str, ...] = ()
    output: str | None = None
    label: str | None = None
    group: str | None = None
    created: str | None = None
    messages: str | None = None
    id: str | None = None
    bare: bool = False


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

    @property
    def chosen(self) -> str:
        """Which columns make an example, in words: "input = text, label = category"."""
        chosen = {name: value for name, value in asdict(self.columns).items() if value}
        return ", ".join(f"{k} = {' + '.join(v) if isinstance(v, tuple) else v}" for k, v in chosen.items())


@dataclass(frozen=True)
class Clusters:
    """Near-duplicate groups: one row an example, in the Dataset's row order, with the columns of `CLUSTERS_SCHEMA`.

    `similarity` is the exact Jaccard similarity to the keeper (1.0 for the keeper itself). `kind` says how the row
    relates to its keeper; a keeper carries the gravest kind in its cluster, `unique` when it is alone. `dataset` are
    the rows they were found among, None where the clusters come from a store.
    """

    table: pa.Table
    settings: Mapping[str, Any] = field(default_factory=dict)
    dataset: Dataset | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        _checked(self.table, CLUSTERS_SCHEMA, "Clusters")

    def __len__(self) -> int:
        """How many clusters of two rows or more there are."""
        return int(pc.count_distinct(self.table["cluster"].filter(pc.not_equal(self.table["kind"], "unique"))).as_py())

    def __repr__(self) -> str:
        removed = sum(self._repeats())
        return f"Clusters({self.table.num_rows:,} rows: {self.table.num_rows - removed:,} kept, {removed:,} removed)"

    def _repr_html_(self) -> str:
        counts = as_table(["kind", "rows"], list(self.counts.items()))
        if self.dataset is None:
            return panel(_within(self), (), counts)
        repeats = self.table.filter(pa.array(self._repeats(), pa.bool_())).slice(0, FIRST).to_pylist()
        texts = dict(zip(self.dataset.values("id"), self.dataset.values("input"), strict=True))
        rows = [(texts[r["id"]], texts.get(r["keeper"], ""), r["kind"], r["similarity"]) for r in repeats]
        return panel(_within(self), (), counts, as_table(["removed", "kept for it", "kind", "similarity"], rows))

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are of each kind, mildest first; kinds without rows are left out."""
        rows = {each["values"]: each["counts"] for each in self.table["kind"].value_counts().to_pylist()}
        return {kind: rows[kind] for kind in CLUSTER_KINDS if kind in rows}

    @property
    def kept(self) -> Dataset:
        """The rows without those that only repeat their keeper. Raises UsageError without a `dataset`."""
        return self._rows().where([not repeats for repeats in self._repeats()])

    @property
    def removed(self) -> Dataset:
        """The rows that only repeat their keeper (kinds exact and near). Raises UsageError without a `dataset`."""
        return self._rows().where(self._repeats())

    def to_pandas(self) -> "pd.DataFrame":
        """The columns of `CLUSTERS_SCHEMA` as a DataFrame, the texts beside them where the rows are known."""
        frame: pd.DataFrame = _with_texts(self.table, self.dataset).to_pandas()
        return frame

    def _repeats(self) -> list[bool]:
        rows = zip(*(self.table[name].to_pylist() for name in ("id", "keeper", "kind")), strict=True)
        return [kind in ("exact", "near") and keeper != id for id, keeper, kind in rows]

    def _rows(self) -> Dataset:
        if self.dataset is None:
            raise UsageError(
                "These clusters come from a store and do not know their rows: give them with "
                "dataclasses.replace(clusters, dataset=project.examples.dataset())."
            )
        return self.dataset


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

    `confidence` is 0..1 (1 = surest). `evidence` is a JSON object. `suggestion` is `look`, `drop`, `relabel:LABEL`,
    `replace:TEXT`, or `collect` (OF_THE_SET) where the finding is about a label or the set. `cluster` is null unless
    the finding is about a near-duplicate cluster. `dataset` are the rows they are about, None where the findings come
    from a store.
    """

    table: pa.Table
    runs: tuple[CheckRun, ...] = ()
    dataset: Dataset | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        _checked(self.table, FINDINGS_SCHEMA, "Findings")

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        done = sum(run.status == "done" for run in self.runs)
        return f"Findings({len(self):,} found, {len(self.likely):,} likely; {done} of {len(self.runs)} checks ran)"

    def _repr_html_(self) -> str:
        likely = self.likely.counts
        rows = [(name, likely.get(name, 0), n) for name, n in self.counts.items() if n]
        clear = [name for name, n in self.counts.items() if not n]
        lines = [f"not checked: {name}: {reason}" for name, reason in self.not_checked.items()]
        lines += [f"nothing found: {', '.join(clear)}"] if clear else []
        surest = self.likely.table.sort_by([("confidence", "descending")]).slice(0, FIRST)
        texts = _with_texts(surest, self.dataset)
        shown = [
            name for name in ("check", "input", "output", "suggestion", "confidence") if name in texts.schema.names
        ]
        first = as_table(shown, [list(row.values()) for row in texts.select(shown).to_pylist()])
        return panel(_within(self), lines, as_table(["check", "likely", "all"], rows), first)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings each check that ran has, in the order they ran."""
        rows = {each["values"]: each["counts"] for each in self.table["check"].value_counts().to_pylist()}
        return {run.check: rows.get(run.check, 0) for run in self.runs if run.status == "done"}

    @property
    def not_checked(self) -> dict[str, str]:
        """Why, by name, checks could not run: they found nothing because nothing was looked at."""
        return {run.check: run.reason for run in self.runs if run.status == "not_checked"}

    @property
    def likely(self) -> "Findings":
        """The findings that are more likely right than not (confidence of `LIKELY` or more)."""
        return replace(self, table=self.table.filter(pc.greater_equal(self.table["confidence"], LIKELY)))

    def to_pandas(self) -> "pd.DataFrame":
        """The columns of `FINDINGS_SCHEMA` as a DataFrame, the texts beside them where the rows are known."""
        frame: pd.DataFrame = _with_texts(self.table, self.dataset).to_pandas()
        return frame

    def of(self, check: str) -> "Findings":
        """The findings and runs of one check."""
        mask = pc.equal(self.table["check"], check)
        runs = tuple(run for run in self.runs if run.check == check)
        return replace(self, table=self.table.filter(mask), runs=runs)

    def personal_rows(self) -> frozenset[str]:
        """Ids of the rows in which a check found personal data or a key."""
        rows = zip(self.table["check"].to_pylist(), self.table["id"].to_pylist(), strict=True)
        return frozenset(id for check, id in rows if check in PRIVATE_CHECKS)

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

    `value` is the new label for `label` and for `rename` (which says nothing else of the row), a JSON object of the
    changed fields (`input`, `output`) for `edit`, and the sequence number of the decision taken back for `undo`.
    `seen_version` is the version of the example on screen.
    """

    example: str
    action: Action
    value: str = ""
    reviewer: str = ""
    at: str = ""
    seen_version: int = 0
    reason: str = ""
    seq: int = 0


Role = Literal["viewer", "reviewer", "curator", "admin"]
"""What a person may do in a project; each may all that those before it may."""
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "curator", "admin")
LOCAL = "local"
"""The name of whoever works at this computer without having said who they are."""


@dataclass(frozen=True)
class Process:
    """A process of this computer, told for good by its number and when it started (0 where it is gone)."""

    pid: int
    started: float


@dataclass(frozen=True)
class Actor:
    """Who does something: `name` is what is stored with it, "" for nobody who signed in.

    `role` is what they may do in every project, beside what its members say of them; "" where only those do.
    """

    name: str
    role: Role | Literal[""] = ""

    @property
    def is_local(self) -> bool:
        """Whether this is whoever works at this computer."""
        return self.name == LOCAL

    @staticmethod
    def local() -> "Actor":
        """Whoever works at this computer: a project without members lets them do everything, one with members
        nothing."""
        return Actor(LOCAL, "admin")


@dataclass(frozen=True)
class ProjectMember:
    """A person who may work in a project, since `at` (UTC text); `has_token` says whether commands know them."""

    name: str
    role: Role
    at: str
    has_token: bool = False


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


EventKind = Literal[
    "load", "decision", "vote", "note", "tag", "untag", "assign", "export", "approval", "member", "project"
]
"""What people do in a project, as it is stored."""


@dataclass(frozen=True)
class Event:
    """One thing a person did, as it is stored; never changed.

    `kind` is an EventKind, another where the row cannot be read; `subject` is what it is about (an example's
    id, a round's number, an export's digest, what was done to the project), `payload` the rest as canonical JSON. One
    on an `example` (its number) carries the `revision` of its text and, where it depends on it, the version of the
    example that was on screen. `client` and `client_seq` are for what was done away from the project and sent later.
    `hash` is over all other fields, `previous` the hash of the event before.
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
    the evaluation set, the knowledge base, the arms measured and the tokenizer. `at` is when it was taken (UTC text),
    not compared.
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
    tokenizer: str = ""
    at: str = field(default="", compare=False)

    def changed(self, later: "Snapshot", step: str = "verdict") -> tuple[str, ...]:
        """The fields that a step ("dedup", "check" or "verdict") reads and that stand otherwise in a later snapshot."""
        return tuple(
            name for name in READ_BY.get(step, READ_BY["verdict"]) if getattr(self, name) != getattr(later, name)
        )


_OF_ROWS = ("decision", "example", "sources", "settings")
READ_BY: Mapping[str, tuple[str, ...]] = {
    "dedup": _OF_ROWS,
    "check": (*_OF_ROWS, "evaluation", "tokenizer"),
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
    """The answer to "should we fine-tune on this?", a function of the evidence alone. JSON form: the contract's.

    `grounds` say of each reason how it is known: kinds of evidence joined by " and ", `missing` where it says what is
    not known; verdicts of earlier versions have none.
    """

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
    grounds: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Verdict({self.outcome}{', provisional' if self.provisional else ''})"

    def __str__(self) -> str:
        return "\n".join((self._title, *(f"  - {reason}" for reason in self.reasons), *self._ways))

    def _repr_html_(self) -> str:
        known_first = sorted(self.evidence, key=lambda e: (e.value is None, e.status == "not_applicable"))
        known = [(e, "" if e.value is None else e.kind) for e in known_first]
        rows = [(e.id, e.title, e.status.replace("_", " "), kind, _reading(e), e.message) for e, kind in known]
        columns = ["evidence", "what it tells", "status", "known as", "value (90 % interval)", "message"]
        lines = [*(f"• {reason}" for reason in self.reasons), *self._ways]
        return panel(self._title, lines, as_table(columns, rows))

    @property
    def _title(self) -> str:
        return f"{self.outcome}{' (provisional)' if self.provisional else ''}: {self.headline}"

    @property
    def _ways(self) -> tuple[str, str]:
        return f"What would change it: {self.nearest_flip}", f"Next: {self.next_step}"

    def item(self, id: str) -> Evidence | None:
        """The evidence item of this id; None where there is none."""
        return next((item for item in self.evidence if item.id == id), None)

    def to_dict(self) -> dict[str, Any]:
        """The verdict as `curation verdict --json` prints it."""
        return verdict_json(self)

    def to_pandas(self) -> "pd.DataFrame":
        """The evidence as a DataFrame, an item a row, with its message."""
        import pandas as pd

        columns = [*_EVIDENCE_KEYS, "title", "message"]
        return pd.DataFrame([{key: getattr(item, key) for key in columns} for item in self.evidence], columns=columns)


def _reading(item: Evidence) -> str:
    if item.value is None:
        return ""
    is_exact = item.low is None or item.low == item.high
    return figure(item.value) if is_exact else f"{figure(item.value)} ({figure(item.low)} to {figure(item.high)})"


Passing = Literal["passed", "stopped", "not evaluated"]


@dataclass(frozen=True)
class GateStep:
    """How one gate went and why; `outcome` is "" unless it stopped."""

    id: str
    question: str
    status: Passing
    reason: str
    outcome: str = ""


@dataclass(frozen=True)
class PlanStep:
    """One thing to do: `low` to `high` rows (0 when it is not about rows), minutes of a person, rows to look at first.

    `labels` names the classes that lack rows and how many. `then` is the outcome once this step and those before it
    are done, taken for granted that it turns out as `words` says.
    """

    about: str
    words: str
    low: int = 0
    high: int = 0
    minutes: tuple[float, float] = (0.0, 0.0)
    examples: tuple[str, ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)
    then: str = ""


@dataclass(frozen=True)
class Plan:
    """Steps in the order to take them; `outcome` now, `goal` when all are done, `summary` in one or two sentences.

    `minutes` are the person's time for all steps, from and to.
    """

    outcome: str
    goal: str
    steps: tuple[PlanStep, ...]
    minutes: tuple[float, float]
    summary: str


@dataclass(frozen=True)
class Threshold:
    """One number of the policy; `name` says where it stands (`noise.fail`, `curve.settings.flat`, `method.draws`).

    `built_in` is what ships with the product; None is no threshold.
    """

    name: str
    item: str
    field: str
    unit: str
    value: float | None
    built_in: float | None
    origin: str
    source: str

    @property
    def is_changed(self) -> bool:
        return self.value != self.built_in


End = Literal["value", "low", "high"]


@dataclass(frozen=True)
class Rule:
    """How one evidence item is held against its thresholds, in the item's own unit.

    `worse` says which way is worse. `fail_on` and `warn_on` name the end of the 90 % interval that is compared.
    `inclusive` makes the threshold itself count as crossed. `prior` is the range a missing item is imagined in,
    `minutes` what it costs a person to know it. `unit` is one of `readiness.rules.UNITS`.
    """

    id: str
    unit: str = ""
    worse: Literal["above", "below"] = "above"
    fail: float | None = None
    warn: float | None = None
    fail_on: End = "value"
    warn_on: End = "value"
    inclusive: bool = False
    origin: str = "policy"
    source: str = ""
    prior: tuple[float, float] | None = None
    minutes: float = 0.0
    settings: Mapping[str, float] = field(default_factory=dict)

    def status(self, value: float, low: float, high: float) -> Status:
        """ok, warn or fail of a reading."""
        ends = {"value": value, "low": low, "high": high}
        if self._crossed(ends[self.fail_on], self.fail):
            return "fail"
        return "warn" if self._crossed(ends[self.warn_on], self.warn) else "ok"

    def _crossed(self, number: float, threshold: float | None) -> bool:
        if threshold is None:
            return False
        if self.inclusive and number == threshold:
            return True
        return number > threshold if self.worse == "above" else number < threshold

    def threshold(self, status: Status) -> float | None:
        """The number this status was decided by; for `ok`, the first one that would be met on the way to worse."""
        if status == "fail" or self.warn is None:
            return self.fail
        return self.warn


@dataclass(frozen=True)
class Mover:
    """What LoRA saves in the first year when one input is half and twice as much."""

    name: str
    half: float
    double: float

    @property
    def spread(self) -> float:
        return abs(self.double - self.half)


@dataclass(frozen=True)
class Option:
    """One way of doing the task: cost `once`, `fixed` a month, and a call; (value, low, high) in the user's currency.

    `lost` is what the answers are worth that it gets wrong and the tuned model right, of a call. `barred` says which
    hard need rules it out, "" when none does. `leaves_out` names what is not counted.
    """

    id: str
    name: str
    once: Interval
    fixed: Interval
    call: Interval
    barred: str = ""
    leaves_out: str = ""
    lost: Interval = (0.0, 0.0, 0.0)

    def month(self, calls: float) -> Interval:
        """What a month with so many calls costs, lost answers included."""
        return added(self.fixed, added(self.call, self.lost, 1), calls)

    def first_year(self, calls: float) -> Interval:
        """What it costs in the first twelve months, making it included."""
        return added(self.once, self.month(calls), MONTHS)


def added(one: Interval, other: Interval, times: float = 1.0) -> Interval:
    """One interval and so many times another."""
    return one[0] + other[0] * times, one[1] + other[1] * times, one[2] + other[2] * times


@dataclass(frozen=True)
class WayCosts:
    """What one way of doing the task costs at the declared volume, (value, low, high) in the user's currency.

    `lost_month` is what the answers are worth, a month, that it gets wrong and the tuned model right; `month` includes
    it. `barred` says which hard need rules it out, "" when none does. `leaves_out` names what is not counted.
    """

    name: str
    once: Interval
    month: Interval
    first_year: Interval
    barred: str = ""
    leaves_out: str = ""
    lost_month: Interval = (0.0, 0.0, 0.0)


Way = TypeVar("Way", Option, WayCosts)


@dataclass(frozen=True)
class Costs(Generic[Way]):
    """All ways of doing the task; `saved` by LoRA in the first year; `calls_needed` a month for it to pay.

    `options` are the ways at any volume, or as they are kept, at `calls` a month. `months` until it has paid, (value,
    low, high). `movers` come with the strongest first.
    """

    options: tuple[Way, ...]
    calls: int
    calls_needed: float | None
    months: Interval
    saved: float
    movers: tuple[Mover, ...]
    currency: str
    as_of: str
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class StoredVerdict:
    """A verdict with all that is kept beside it: the way through the gates, the work plan, what the ways cost.

    Where prices are missing, `costs` is None and `costs_missing` says what they need. `changed` are the thresholds that
    were not the built-in ones, `context` what people had declared, as TOML. Projects of earlier versions kept less:
    no path, plan, costs or (None) context.
    """

    verdict: Verdict
    path: tuple[GateStep, ...] = ()
    plan: Plan | None = None
    costs: Costs[WayCosts] | None = None
    costs_missing: str = ""
    changed: tuple[Threshold, ...] = ()
    context: str | None = None


_EVIDENCE_KEYS = ("id", "value", "low", "high", "threshold", "origin", "status", "kind", "fix", "rows")
_VERDICT_KEYS = (
    "outcome", "provisional", "headline", "reasons", "stability", "nearest_flip", "next_step", "evidence", "coverage",
    "policy", "dataset", "seed", "grounds",
)  # fmt: skip


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict as the contract's JSON object: plain dicts, lists, strings, finite numbers, booleans and null."""
    whole: Mapping[str, Any] = asdict(verdict)
    short = {key: whole[key] for key in _VERDICT_KEYS}
    short["reasons"], short["grounds"] = list(verdict.reasons), list(verdict.grounds)
    short["evidence"] = [
        {key: item[key] for key in _EVIDENCE_KEYS} | {"rows": list(item["rows"])} for item in whole["evidence"]
    ]
    return short


def stored_json(stored: StoredVerdict) -> dict[str, Any]:
    """A verdict as it is kept, as plain JSON values; what there is not is left out."""
    costs = asdict(stored.costs) if stored.costs else {"missing": stored.costs_missing}
    return {
        "verdict": verdict_json(stored.verdict),
        "evidence": [asdict(item) for item in stored.verdict.evidence],
        "path": [asdict(step) for step in stored.path],
        **({"plan": asdict(stored.plan)} if stored.plan else {}),
        **({"costs": costs} if stored.costs or stored.costs_missing else {}),
        "policy": [asdict(threshold) for threshold in stored.changed],
        **({} if stored.context is None else {"context": stored.context}),
    }


def parse_stored(body: Mapping[str, Any]) -> StoredVerdict:
    """The verdict that `stored_json` wrote, or an earlier version of it."""
    path = _parse_all(GateStep, body.get("path"))
    gate = next((step.id for step in path if step.status == "stopped"), "")
    evidence = _parse_all(Evidence, body["evidence"])
    plan, costs = body.get("plan"), body.get("costs") or {}
    return StoredVerdict(
        verdict=_parse(Verdict, body["verdict"], evidence=evidence, gate=gate),
        path=path,
        plan=_parse(Plan, plan, steps=_parse_all(PlanStep, plan["steps"])) if plan else None,
        costs=_parse_costs(costs) if "options" in costs else None,
        costs_missing=costs.get("missing", ""),
        changed=_parse_all(Threshold, body.get("policy")),
        context=body.get("context"),
    )


def _parse_costs(body: Mapping[str, Any]) -> Costs[WayCosts]:
    ways, movers = _parse_all(WayCosts, body["options"]), _parse_all(Mover, body["movers"])
    made: Costs[WayCosts] = _parse(Costs, body, options=ways, movers=movers)
    return made


PROMPTED = ("zero_shot", "few_shot", "retrieved_few_shot", "knowledge_base")
TUNED = ("lora", "lora_knowledge_base", "full")
"""Another model behind the endpoint, asked with the plain prompt or with passages."""
MEASURABLE = (*PROMPTED, *TUNED)
"""The ways of doing the task that can be measured here."""
WITH_PASSAGES = ("knowledge_base", "lora_knowledge_base")
"""Those whose prompts show passages of the knowledge texts."""
BROUGHT = (*MEASURABLE, "classifier")
"""Those that outputs made elsewhere may be of."""


@dataclass(frozen=True)
class Caps:
    """What all calls together may cost at most; None is no limit. Earlier runs of the same questions count too."""

    calls: int | None = None
    tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True)
class MeasureSettings:
    """What to ask and how. `rows` are held back and asked of every arm.

    `template` is a prompt of the person's own with {input} and, where wanted, {labels}, {examples} and {passages};
    `instruction` replaces the first sentence of ours. `reply_tokens` 0 is worked out from the outputs. `every_row`
    asks all rows even where the answer is clear earlier. `timeout` is in seconds, for a whole call.
    """

    arms: tuple[str, ...] = PROMPTED[:3]
    rows: int = 200
    completions: bool = False
    template: str = ""
    instruction: str = ""
    reply_tokens: int = 0
    every_row: bool = False
    seed: int = 0
    timeout: float = 30.0


@dataclass(frozen=True)
class EndpointRun:
    """A measurement at an endpoint: the model by the endpoint's name for it, and what is asked.

    `knowledge` is a file of texts to look answers up in, None the project's own. `send_private` also sends rows with
    personal data or keys in them. `parameters` is the model's size, where it is known.
    """

    endpoint: str
    model: str
    settings: MeasureSettings = MeasureSettings()
    caps: Caps = Caps()
    knowledge: Path | None = None
    send_private: bool = False
    parameters: float | None = None


@dataclass(frozen=True)
class OutputFile:
    """Outputs that a model gave elsewhere, to be scored as an arm.

    `key` and `output` name the columns where they are not id, row or input, and output. `name` is what the file is
    called, `model` the one that gave them and `parameters` its size, `hosted` whether it runs outside the network,
    `judge` the model that called them right or wrong where the file holds such marks; "" or None where nobody said.
    """

    path: Path
    arm: str
    key: str = ""
    output: str = ""
    name: str | None = None
    hosted: bool | None = None
    model: str = ""
    parameters: float | None = None
    judge: str = ""


@dataclass(frozen=True)
class Forecast:
    """What measuring would take: calls without retries, tokens (between `least` and `most`), their cost, None without
    prices."""

    calls: int
    tokens: float
    least: float
    most: float
    cost: float | None


@dataclass(frozen=True)
class LabelResult:
    """How one label went: `right` of its `n` scored rows were given it, `given` rows in all; `recall` (value, low,
    high) is the share of its rows that were."""

    label: str
    n: int
    right: int
    given: int
    recall: Interval


@dataclass(frozen=True)
class ArmResult:
    """One arm: `score` with its 90 % interval. `reason` says why it is not measured, "" when it is.

    `scores` by row id, each 0..1; `said` and `answers` the labels replied ("" for none) and wanted, `labels` how each
    label went, where answers are labels. `silent` counts replies that named no label, `malformed` scored ones that fail
    by their form alone, `empty` those without text (they are among the `failed`), `cut_off` those that hit the reply
    limit, `estimated` those whose tokens are our estimate, as the endpoint's counts were `doubted` ("lower", "higher"
    than the text can be) or absent. `borrowed` counts answers that were asked before as another arm of the same model,
    where one is a prompt and the other a tuned model. `latency_ms` is the 95th percentile, `cost` that of a call,
    `hosted` whether it runs outside the network, `parameters` the model's size; they and the tokens are None where
    unknown. Where the model `judge` called answers right or wrong, `scores` are its marks, `judged` those of people,
    and the score is what people would give. `sd` is the standard deviation of the scores of `groups` independent
    groups, None where a share's will do.
    """

    name: str
    model: str
    metric: str
    at: str
    score: float
    low: float
    high: float
    scores: Mapping[str, float] = field(default_factory=dict)
    failed: int = 0
    silent: int = 0
    cut_off: int = 0
    estimated: int = 0
    prompt_tokens: float | None = None
    output_tokens: float | None = None
    latency_ms: float | None = None
    cost: float | None = None
    hosted: bool | None = None
    stopped: str = ""
    reason: str = ""
    endpoint: str = ""
    empty: int = 0
    doubted: str = ""
    borrowed: Mapping[str, int] = field(default_factory=dict)
    source: str = ""
    parameters: float | None = None
    malformed: int | None = None
    sd: float | None = None
    groups: int | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[LabelResult, ...] = ()
    judged: Mapping[str, float] = field(default_factory=dict)
    judge: str = ""

    @property
    def n(self) -> int:
        """How many rows it was scored on."""
        return len(self.scores)

    @property
    def place(self) -> str:
        """Where its model runs, outside the network: yes, no or unknown."""
        return "unknown" if self.hosted is None else "yes" if self.hosted else "no"

    @property
    def form_faults(self) -> float | None:
        """The share of all replies that fail by their form, empty ones included; None where that was not counted."""
        return None if self.malformed is None else (self.malformed + self.empty) / max(1, self.n + self.empty)

    def worst_recall(self, wanted: Iterable[str]) -> float | None:
        """The least recall of these labels; None where there are none, or one of them has no scored row."""
        found = {one.label: one.recall[0] for one in self.labels}
        names = list(wanted)
        return min((found[name] for name in names), default=None) if all(name in found for name in names) else None

    def arm(self, recall_of: Iterable[str] = ()) -> Arm | None:
        """The arm as the verdict reads it, None where it is not measured.

        Its share of form faults is of the scored replies, so that it says what the score would be without them.
        """
        if self.reason:
            return None
        scores, sd = self.scores.values(), self.sd
        if sd is None and len(scores) > 1 and any(0 < score < 1 for score in scores):
            sd = stdev(scores)  # measured by a version that did not keep it
        return Arm(
            self.name, self.score, self.n, self.prompt_tokens, self.output_tokens, self.latency_ms, self.cost,
            self.hosted, self.model, self.parameters, sd, self.groups,
            form_faults=None if self.malformed is None else self.malformed / max(1, self.n),
            worst_recall=self.worst_recall(recall_of),
        )  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """How much better `first` is than `second` on the `n` rows both were asked, with a 90 % interval.

    `p` is McNemar's exact two-sided p where every score is 0 or 1 and the score is their mean, else None. `models`
    names both, "" where both arms are of one model.
    """

    first: str
    second: str
    n: int
    value: float
    low: float
    high: float
    p: float | None
    models: str = ""


@dataclass(frozen=True)
class Amounts:
    """Calls, tokens and cost: of a limit, None is no limit; of what was spent, a cost is None without prices."""

    calls: float | None = None
    tokens: float | None = None
    cost: float | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a measurement went: `rows` it was about, scored by `metric`; `seen` rows were left out as a tuned model may
    have seen them in training.

    `arms` are those it was to measure, `reasons` why some of them could not be, by name, `stands` the sentences that
    say which earlier results were not replaced and why.
    """

    metric: str
    rows: int
    seen: int = 0
    arms: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    stands: tuple[str, ...] = ()

    @property
    def measured(self) -> tuple[str, ...]:
        """The arms it could measure."""
        return tuple(name for name in self.arms if name not in self.reasons)


@dataclass(frozen=True, kw_only=True)
class AskedRun(Run):
    """An endpoint was asked: `rows` were held back, `pool` others could be shown as examples.

    `private` rows and `hidden_passages` held personal data and were not sent, `unanswered` rows have no answer to hold
    a reply against. `refused` are parameters that the endpoint does not take. `made` calls are this run's own, `spent`
    is what all calls of these questions took of the `caps`. `ended` says why it ended early, "" when it did not, and
    `capped` whether a limit was the reason. `settings` are the plain values it was asked with.
    """

    endpoint: str = ""
    model: str = ""
    refused: tuple[str, ...] = ()
    capped: bool = False
    labels: tuple[str, ...] = ()
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    reply_tokens: int = 0
    pool: int = 0
    private: int = 0
    unanswered: int = 0
    hidden_passages: int = 0
    currency: str = ""
    caps: Amounts = Amounts()
    spent: Amounts = Amounts()
    made: int = 0
    ended: str = ""

    @property
    def wanted(self) -> int:
        """The rows that were to be held back; there may have been fewer."""
        return int(self.settings.get("rows", 0))


@dataclass(frozen=True, kw_only=True)
class ImportedRun(Run):
    """Outputs made elsewhere were read from the file `imported`: `unknown` ones belong to no row here, `repeated` ones
    to a near-duplicate of a scored row."""

    imported: str
    unknown: int = 0
    repeated: int = 0


@dataclass(frozen=True)
class Measurement:
    """Every arm measured so far, the newest of each name; how they differ; and how the last run went."""

    arms: tuple[ArmResult, ...]
    differences: tuple[Difference, ...]
    run: Run


def measurement_json(measurement: Measurement) -> dict[str, Any]:
    """A measurement as plain JSON values, as it is kept and printed."""
    return {
        "arms": [_arm_json(arm) for arm in measurement.arms],
        "differences": [asdict(difference) for difference in measurement.differences],
        "run": asdict(measurement.run),
    }


def _arm_json(arm: ArmResult) -> dict[str, Any]:
    """An arm; who judged it stands there only where somebody did."""
    whole = asdict(arm) | {"n": arm.n}
    return {name: value for name, value in whole.items() if name not in ("judged", "judge") or value}


def parse_measurement(body: Mapping[str, Any]) -> Measurement:
    """The measurement that `measurement_json` wrote, or an earlier version of it."""
    run, amounts = body["run"], {}
    if "imported" not in run:
        amounts = {name: _parse(Amounts, run.get(name, {})) for name in ("caps", "spent")}
    parsed = _parse(ImportedRun if "imported" in run else AskedRun, run, **amounts)
    arms = tuple(_parse_arm(one) for one in body["arms"])
    return Measurement(arms, _parse_all(Difference, body["differences"]), parsed)


def _parse_arm(body: Mapping[str, Any]) -> ArmResult:
    """An arm; that imported outputs are not hosted was written by us and said by nobody in earlier versions."""
    labels = tuple(_parse(LabelResult, one, recall=tuple(one["recall"])) for one in body.get("labels", ()))
    unsaid = "malformed" not in body and not body.get("endpoint") and not body.get("hosted")
    return _parse(ArmResult, body, labels=labels, hosted=None if unsaid else body.get("hosted"))


Parsed = TypeVar("Parsed")


def _parse(kind: type[Parsed], body: Mapping[str, Any], **parsed: Any) -> Parsed:
    """A dataclass from its JSON object: lists become tuples, unknown keys are passed over, `parsed` stands instead."""
    known: Any = kind
    values = {one.name: body[one.name] for one in fields(known) if one.name in body}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()} | parsed)


def _parse_all(kind: type[Parsed], bodies: Iterable[Mapping[str, Any]] | None) -> tuple[Parsed, ...]:
    return tuple(_parse(kind, body) for body in bodies or ())


@dataclass(frozen=True)
class Question:
    """A question, why it is asked, the fields of the context it fills in, and what to write there as TOML.

    `bits` is how much doubt about the verdict its answer removes on average.
    """

    id: str
    title: str
    why: str
    fields: tuple[str, ...]
    example: str
    bits: float


@dataclass(frozen=True)
class Facts:
    """What readiness reads, gathered by the project: the dataset as curated so far, before duplicates collapse."""

    dataset: Dataset
    clusters: Clusters
    findings: Findings
    context: Context = Context()
    rejected: int = 0
    seed: int = 0


Treatment = Literal["keep", "leave_out", "mask"]
"""What becomes of rows with personal data in an export."""
Purpose = Literal["llm", "classifier"]
"""What an export is to train."""
TRAINABLE = ("lora", "full_fine_tune", "retrieve_and_lora")
"""The outcomes that say "train a language model on this"; any other one needs a waiver that names it and says why."""


@dataclass(frozen=True)
class Approval:
    """That a person approved one export: `manifest` and `record` are the SHA-256 of these, which name all files.

    `at` is UTC text. `waivers` are reasons by the outcome they waive, `purpose` is what it may train.
    """

    name: str
    at: str
    manifest: str
    outcome: str
    waivers: Mapping[str, str] = field(default_factory=dict)
    record: str = ""
    kind: str = "curation approval"
    purpose: Purpose = "llm"


# What the store hands out, a row or a page at a time.


Search = Literal["exact", "words", "regex", "meaning", "both"]
Side = Literal["input", "output", "both"]
"""What of a row is meant: what is asked, what is answered, or one with the other."""
"""How a text is looked for: as it is written, by its words in any order, or as a regular expression of RE2."""


@dataclass(frozen=True)
class Filter:
    """Which examples or findings to show; an empty field does not filter.

    `check` is a check's name, or for the review queue "unlabelled", "all", "weak" (only findings below LIKELY) or ""
    (everything with a finding above). `sure` is the least confidence of a finding, 0..1. `given` and `suggested` are
    the label a check doubted and the one it proposes. `search` says how `text` is looked for, in input and output.
    `source` is the number of a file, `reviewer` who has a decision that stands on the row, `cluster` the number of its
    duplicates, `shortest` and `longest` the characters of input and output together, `since` and `until` days (UTC, as
    2026-01-31) its newest decision lies between. `assigned` is whom a row was sent to and who has not decided it since;
    `disputed` are rows that people of the newest team round answered differently. `like` is the id of a row whose
    nearest are looked for, `topic` the number of a topic, `area` a box of the map as "left,right,bottom,top", each
    -1..1. `among` are the numbers of the rows that a search by meaning
    or a topic found, nearest first, and None where nobody searched: `project.meaning` works them out, and no address
    holds them.
    """

    check: str = ""
    label: str = ""
    text: str = ""
    status: str = ""
    sure: float = 0.0
    given: str = ""
    suggested: str = ""
    search: Search = "exact"
    source: int = 0
    reviewer: str = ""
    cluster: int | None = None
    shortest: int = 0
    longest: int = 0
    since: str = ""
    until: str = ""
    tag: str = ""
    assigned: str = ""
    disputed: bool = False
    like: str = ""
    topic: int | None = None
    area: str = ""
    among: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Guess:
    """A label that a model thinks a row has, and its probability, 0..1."""

    label: str
    probability: float


@dataclass(frozen=True)
class Hits:
    """How often the first label that `who` suggests is the one the row has: `right` of `rows` labelled without seeing
    it, as a `rate` once they are enough. `who` is "" for the classifier that learns from the labels given."""

    who: str
    right: int
    rows: int
    rate: Interval | None = None


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


Queue = Literal[
    "",
    "planned",
    "unlabelled",
    "hardest",
    "likeliest",
    "all",
    "sent",
    "flagged",
    "disputed",
    "differing",
    "changed",
    "mine",
    "left-out",
]
"""A queue of review that every project has, "" for what has a finding; those of its checks have the checks' names."""
UNLABELLED: tuple[Queue, ...] = ("unlabelled", "hardest", "likeliest")
"""Queues of rows not labelled yet: a row stays in them until it has a label or is left out."""
Sort = Literal["loaded", "newest", "longest", "shortest", "label", "decided", "surest", "nearest"]
"""The order of a list of rows: as loaded, the other way round, by length, label, newest decision, surest finding, or as
a search by meaning found them."""


@dataclass(frozen=True)
class ListedRow:
    """An example in a list of rows, with what is known of it.

    `key` is its place in the order of the list. `reviewer` and `decided` are who decided it last and when, "" where
    nobody has; `checks` are those with a finding on it, surest first; `cluster` is None where it repeats nothing.
    """

    example: Example
    key: Any
    reviewer: str
    decided: str
    checks: tuple[str, ...]
    cluster: int | None
    tags: tuple[str, ...]
    assigned: tuple[str, ...]


Moment = Literal["imported", "found", "decided", "noted", "tagged", "untagged", "sent"]


@dataclass(frozen=True)
class StoryLine:
    """One thing in the story of an example: what happened, when ("" where that is not known), by whom and why.

    `value` is the text of it: the file and row it came from, the check that found something, the action and what it
    was given, the note, the tag, whom it was sent to. `before` are the texts (input, output, label) that a decision
    changed, as they stood before it, `after` as they stand since. `undone` is whether it was taken back later. `seq` is
    the number of the entry, 0 for what no person did.
    """

    moment: Moment
    at: str
    by: str
    value: str
    reason: str = ""
    action: str = ""
    before: Mapping[str, str | None] = field(default_factory=dict)
    after: Mapping[str, str | None] = field(default_factory=dict)
    undone: bool = False
    seq: int = 0


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


@dataclass(frozen=True)
class StillOpen:
    """How many rows wait for people: suspects, those of them that contradict another row, rows not labelled yet,
    flagged ones; and how many people left out. A row not labelled yet counts as nothing else."""

    suspects: int = 0
    contradicting: int = 0
    unlabelled: int = 0
    flagged: int = 0
    left_out: int = 0


Order = Literal["largest", "closest", "loosest"]


Bulk = Literal["leave_out", "keep", "accept"]
"""What can be done to all clusters at once: leave out the repeats, keep every row, accept the rows as they are."""


Position = tuple[float, int]
"""(size or similarity, cluster) of the last cluster looked at: where the next page goes on."""


@dataclass(frozen=True)
class ClusterFilter:
    """Which clusters to show and in what order; an empty field does not filter.

    `text` is looked for in the inputs and outputs of all rows of a cluster, as they are now. `among` are the numbers
    of the rows a search by meaning or a topic found: a cluster is shown that holds one. Order: largest first, or by
    the least similarity (0..1) of a row to its keeper, highest ("closest") or lowest ("loosest") first.
    """

    kind: str = ""
    least_size: int = 2
    text: str = ""
    order: Order = "largest"
    among: tuple[int, ...] | None = None


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
class Neighbour:
    """An example near a text, with the exact Jaccard similarity (threshold..1) of the two."""

    id: str
    similarity: float


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


RoundKind = Literal["audit", "holdout", "outputs", "team"]


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


# What audits and team rounds found.


SURE = 0.9
"""The lower end of a precision from which rows may be acted on unseen: of those at most one in ten is then acted on
wrongly (a choice; what an act touches is counted before, and one undo takes it back)."""


@dataclass(frozen=True)
class Precision:
    """How often a check's flags are right (`rate`), from the flagged rows people looked at; None before any."""

    check: str
    flagged: int
    reviewed: int
    wrong: int
    unknown: int
    rate: Interval | None

    @property
    def is_sure(self) -> bool:
        """Whether rows flagged by a model may be acted on unseen: nine in ten are right at the lower end."""
        return self.rate is not None and self.rate[1] >= SURE


@dataclass(frozen=True)
class ModelQuality:
    """How far a model that read the rows may be believed, by people's blind answers; each share 0..1 of the whole set.

    `finds` is the share of wrong answers that it calls wrong, `false_alarms` the share of right ones that it does,
    `precision` the share of those it calls wrong that are, `misses` the share of those it calls right that are not,
    `agrees` the share of rows on which it says what people say, `label_hits` the share of those it calls wrong whose
    right label it names; None where nobody can tell. `judged` rows were answered by people, `called_wrong` of them it
    calls wrong. `wrong_in` is the share of wrong answers by stratum, with how many
    of it were answered. `why` says in a sentence why there are no shares.
    """

    judged: int
    called_wrong: int = 0
    finds: Interval | None = None
    false_alarms: Interval | None = None
    precision: Interval | None = None
    misses: Interval | None = None
    agrees: Interval | None = None
    label_hits: Interval | None = None
    wrong_in: Mapping[str, tuple[Interval, int]] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True)
class Estimate:
    """What an audit found: counts of answers over its random rows, the noise rate and each check's precision.

    `model` is how good the model is whose readings made the strata, None without one.
    """

    rate: Interval
    reviewed: int
    right: int
    wrong: int
    unknown: int
    precision: tuple[Precision, ...]
    model: ModelQuality | None = None


ONE_ANSWER = 0.9
"""Share of one answer from which alpha tells nothing: two people who give it nine times in ten agree on .82 of the rows
by chance, and a single row decides between 0 and 1 (the paradox of Feinstein and Cicchetti, J Clin Epidemiol 1990)."""
TENTATIVE, RELIABLE = 0.667, 0.8
"""Alpha from which Krippendorff draws tentative conclusions, and from which he relies on the answers (2004, ch. 11)."""


@dataclass(frozen=True)
class Vote:
    """What one reviewer answered on one example: a label, or "right" or "wrong". Who cannot tell casts no vote."""

    example: str
    reviewer: str
    answer: str


@dataclass(frozen=True)
class Agreement:
    """Alpha (1 = always the same answer, 0 = chance, below = worse) over the rows seen by two or more people.

    On `same` of the `rows` all of them gave one answer; `commonest_rate` (0..1) is the share of the commonest answer
    among all given.
    """

    alpha: Interval
    rows: int
    reviewers: int
    same: int
    commonest_rate: float

    @property
    def why_unmeasured(self) -> str:
        """Why nobody can tell from these answers whether the people agree, in a sentence; "" where alpha tells it.

        Nearly all answers are one and the same, or alpha looks too low but may as well be one to rely on.
        """
        value, low, high = self.alpha
        alike = f"{self.same:,} of {self.rows:,} rows got the same answer from everybody"
        if self.commonest_rate >= ONE_ANSWER:
            return f"{alike}, but nearly all answers are the same: too little variety to measure agreement."
        if value < TENTATIVE and high >= RELIABLE:
            return (
                f"{alike}, but alpha may be anything from {low:.2f} to {high:.2f}: too few rows to measure agreement."
            )
        return ""


@dataclass(frozen=True)
class Agreed:
    """What the reviewers together say about one row.

    `quality` 0..1 is how sure the answer is. `votes` counts those who answered, `backing` those who gave this answer.
    `wanted` 0..1 orders the rows by need of another look, lowest first.
    """

    id: str
    answer: str
    quality: float
    votes: int
    backing: int
    wanted: float

    @property
    def has_majority(self) -> bool:
        """Whether more than half of two or more people gave this answer; a tie is no consensus."""
        return self.votes > 1 and 2 * self.backing > self.votes

    @property
    def is_settled(self) -> bool:
        """Whether more than half of two or more people gave this answer and it is more likely right than not."""
        return self.has_majority and self.quality >= 0.5


@dataclass(frozen=True)
class ReviewerWork:
    """How one person reviewed, row by row; what was decided in bulk is left out.

    `rows` is how many rows they handled. `timed` of their acts came soon after the one before, in `seconds` together:
    longer gaps are pauses and count as nothing. `looked_at` are rows that somebody else decided after them,
    `overturned` those of them that were decided otherwise.
    """

    reviewer: str
    rows: int
    timed: int
    seconds: int
    looked_at: int = 0
    overturned: int = 0


@dataclass(frozen=True)
class ReviewerQuality:
    """How good a reviewer's answers are.

    `quality` 0..1 is the chance that an answer of theirs is right, None where none of their rows has a majority.
    `shared` counts their rows that others answered too, `decided` those of them that have a majority, `agreed` those
    whose majority they are part of.
    """

    reviewer: str
    quality: float | None
    votes: int
    shared: int
    agreed: int
    decided: int


@dataclass(frozen=True)
class Consensus:
    """Rows in id order, reviewers in name order, and whether a model's opinion was weighed in."""

    rows: tuple[Agreed, ...]
    reviewers: tuple[ReviewerQuality, ...]
    by_model: bool


@dataclass(frozen=True)
class Wanted:
    """A row that needs another look, and who should take it: "" where everybody has seen it (ask somebody new)."""

    id: str
    reviewer: str
    votes: int
    quality: float | None


@dataclass(frozen=True)
class Step:
    """Whether duplicates, checks or the verdict ran, and whether anything they rest on has changed since they began."""

    ran: bool
    stale: bool
    at: str


def text_digest(input: str, answer: str | None) -> str:
    """The name of a version of a row's texts, 32 hex digits of their SHA-256; the answer of a set of labels is the
    label."""
    whole = f"{len(input)} {input}{answer or ''}"  # the length says where one ends
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]


Shown = Literal["hidden", "shown"]
"""Whether people see what a model says of a row before they decide it."""
PULLED = 0.05
"""The lower end of a pull from which people and the report are told: five points more agreement than blind (a
choice)."""


@dataclass(frozen=True)
class Pull:
    """How much more often people decide as a model says where they saw it (`shown` rows) than where not (`blind`).

    `difference` is `with_it` less `without`, the shares of agreement; each (value, low, high).
    """

    difference: Interval
    with_it: Interval
    without: Interval
    shown: int
    blind: int

    @property
    def is_certain(self) -> bool:
        """Whether suggestions pull people by more than five points even at the lower end."""
        return self.difference[1] > PULLED

    @property
    def is_open(self) -> bool:
        """Whether there are too few blind rows to tell if suggestions pull people by more than five points."""
        return self.difference[1] <= PULLED < self.difference[2]


@dataclass(frozen=True)
class ModelReport:
    """All that is known of the model that read the rows.

    `read` rows were read in its newest review, counted by what it said in `answers`. `quality` is what an
    audit measured, None before one told anything; `steady` how often a second reading says the same, `people` how often
    two people say the same of whether an answer is right, each with the rows that tells of. `pulls` are those of
    suggestions that can be told: by reviewer, under "" of all together. It `named` a label for so many rows without
    one; `hits` say how often such labels are right, its own and the classifier's.
    """

    model: str
    read: int
    answers: Mapping[str, int] = field(default_factory=dict)
    quality: ModelQuality | None = None
    steady: tuple[Interval, int] | None = None
    people: tuple[Interval, int] | None = None
    pulls: Mapping[str, Pull] = field(default_factory=dict)
    named: int = 0
    hits: tuple[Hits, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether people's answers tell how good it is; before, what it says is an estimate."""
        return self.quality is not None and not self.quality.why


ReadAs = Literal["right", "wrong", "unsure", "none", "named"]
"""What a model's reading says of a row; "none" where its reply could not be understood, "named" where the row had no
label and the model was asked for one."""


@dataclass(frozen=True)
class Reading:
    """What one model said of one row's answer, by one rubric, on the texts it had then.

    `text` is a digest of those texts, `rubric` of the rubric; `kind` is the fault's kind and `passage` where it stands
    ("" where the answer is right); `labels` the two likeliest labels, likeliest first, where the set has labels;
    `again` marks a second reading of the same row with the labels in another order.
    """

    example: str
    text: str
    answer: ReadAs
    model: str
    rubric: str
    kind: str = ""
    passage: str = ""
    reason: str = ""
    labels: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class ReviewSettings:
    """Which rows a model reads, and how.

    `rows` are drawn at random, as many of each group of suspicion as its share of the set, None reads all; with
    `suspects` every row that a check more likely than not calls wrong is read beside them. For `unlabelled` rows
    without a label, drawn at random, it is asked which they should have; None asks for all. `workers` calls are on
    their way at once. `reply_tokens` is the most of one reply, `timeout` the seconds a call may take.
    """

    rows: int | None = 500
    suspects: bool = False
    seed: int = 0
    workers: int = 4
    reply_tokens: int = 400
    timeout: float = 30.0
    unlabelled: int | None = 0


@dataclass(frozen=True)
class ReviewRun:
    """Rows for a model to read: the model by the endpoint's name for it, and what it may take.

    `send_private` sends personal data and keys as they are, masked otherwise. `send_outside` allows a host outside
    the network though the context says that data may not leave it.
    """

    endpoint: str
    model: str
    settings: ReviewSettings = ReviewSettings()
    caps: Caps = Caps()
    send_private: bool = False
    send_outside: bool = False


@dataclass(frozen=True)
class ReviewPlan:
    """What a model review would do, worked out before anything is sent.

    `rows` are read, `again` of them twice; `strata` are the rows there are and those read, by group of suspicion.
    `masked` rows hold personal data or keys, masked unless `sends_private`; `unanswered` ones have no answer to read,
    for `unlabelled` of them it is asked which label they should have.
    `known` calls were made before and cost nothing. `host` is where the rest go ("" before an endpoint is named),
    `leaves` whether that is outside this machine and its network. `minutes` is by what calls of this model took
    before, None where none was timed; `longest` is what they take if each takes all the time it may. `is_counted` says
    that all rows were looked at: else `masked` is estimated, and `known` at least so much.
    """

    rows: int
    again: int
    strata: Mapping[str, tuple[int, int]]
    masked: int
    unanswered: int
    known: int
    forecast: Forecast
    minutes: float | None
    longest: float
    rubric: str
    host: str = ""
    leaves: bool = False
    sends_private: bool = False
    is_counted: bool = True
    unlabelled: int = 0

    @property
    def most_calls(self) -> int:
        """A limit for those who name none: each question, and each once more as its reply could not be read."""
        return 2 * (self.rows + self.again + self.unlabelled)


@dataclass(frozen=True)
class ReviewedRun:
    """How a model review went: `rows` were to be read (`again` of them twice), of which `read` were.

    `strata` as in `ReviewPlan`; `answers` counts the readings by what they say, second ones left out. `failed` calls
    gave no reply, `masked` rows were sent with personal data masked, `unanswered` had no answer to read. `made` calls
    are this run's own; `spent`, `caps`, `ended`, `capped` and `refused` as in `AskedRun`. `source` is the endpoint, or
    the file that readings made elsewhere came from, `unknown` of whose lines could not be used. `is_drawn` says that
    the rows of each group are a random part of it. Of `unlabelled` rows without a label that it was asked about it
    `named` one for so many.
    """

    model: str
    source: str
    rubric: str
    rows: int
    read: int
    again: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)
    strata: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    failed: int = 0
    masked: int = 0
    unanswered: int = 0
    unknown: int = 0
    refused: tuple[str, ...] = ()
    caps: Amounts = Amounts()
    spent: Amounts = Amounts()
    currency: str = ""
    made: int = 0
    ended: str = ""
    capped: bool = False
    is_drawn: bool = True
    seed: int = 0
    at: str = ""
    unlabelled: int = 0
    named: int = 0


def parse_reviewed(body: Mapping[str, Any]) -> ReviewedRun:
    """How a stored model review went, from its JSON object."""
    strata = {name: (int(of), int(read)) for name, (of, read) in body["strata"].items()}
    return _parse(
        ReviewedRun, body, strata=strata, caps=_parse(Amounts, body["caps"]), spent=_parse(Amounts, body["spent"])
    )
