"""What a trainer is told about a set: how long its rows are, and the numbers of a run that follow from that."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.export.split import SPLITS
from curation.text.tokens import ESTIMATE, Counter, Counts

TEMPLATE = 8
"""Tokens a chat template adds to a turn: the common ones add 3 to 10 (see `text.tokens.TURN` for the most)."""
STEP = 256
"""Length limits are whole multiples of this, which kernels like."""
LONGEST = 8_192
"""Tokens up to which the limit follows the longest row: beyond it a few rows would cost all others memory."""
ROWS = 5_000
"""Rows whose texts are in memory at once."""
COVERED = 0.99
"""Share of the rows a limit covers where the longest are too long."""
BATCH = 16
"""Rows of an update, as in QLoRA (Dettmers et al. 2023, table 9); fewer where an epoch would have under 10 updates."""
UPDATES = 10
AT_ONCE = {"sft": 1, "dpo": 1, "kto": 2}
"""Rows in memory at once at least, by method: KTO compares a row with those beside it, and TRL refuses one alone."""
DEVICE = 4_096
"""Tokens in memory at once that a 7B model trains within 24 GB with LoRA and checkpointing: our rule of thumb."""
EPOCHS = ((10_000, 3), (50_000, 2), (math.inf, 1))
"""Rows up to which a set is seen so often: 3 is what Alpaca and LLaMA-Factory's examples use; more rows need fewer."""
RANKS = ((1e6, 16), (1e7, 32), (math.inf, 64))
"""Answer tokens up to which a LoRA of this rank has room for what they say (Schulman et al. 2025, LoRA Without Regret:
what matters is that the adapter's capacity exceeds the data)."""
RATES = {"sft": 1e-4, "dpo": 5e-6, "kto": 5e-6}
"""Learning rates of LoRA runs in LLaMA-Factory's examples, by method."""


@dataclass(frozen=True)
class Tokens:
    """Tokens of the rows of one split: all in all, of the answers alone, and of a row (median, 99th of 100, longest).

    `least` and `most_of_all` are the ends of the band of `total`, `band` is how much longer, as a share, the longest
    row may be; with `is_exact` a tokenizer counted, and there is no band. What a chat template adds is estimated.
    """

    rows: int = 0
    total: int = 0
    answers: int = 0
    median: int = 0
    most: int = 0
    longest: int = 0
    band: float = 0.0
    least: int = 0
    most_of_all: int = 0
    is_exact: bool = False

    def upper(self, tokens: int) -> int:
        """What a row of so many tokens may have at most."""
        return math.ceil(tokens * (1 + self.band))


@dataclass(frozen=True)
class Chosen:
    """A number of a run and why."""

    value: float
    why: str

    @property
    def text(self) -> str:
        """The number as configuration files hold it."""
        return str(int(self.value)) if float(self.value).is_integer() else f"{self.value:.1e}"


@dataclass(frozen=True)
class Facts:
    """What a recipe is written from.

    `method` is sft, dpo or kto, `format` the export format whose files are read. `rows` are those of each split,
    `tokens` those of train. `files` are the names of the files the trainer reads, by split that has rows. `beside` are
    which of system and tools rows of a split have, `weighed` says whether turns have weights.
    """

    method: str
    format: str
    rows: Mapping[str, int]
    tokens: Tokens
    files: Mapping[str, str]
    beside: Mapping[str, Sequence[str]] = field(default_factory=dict)
    weighed: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Numbers:
    """The numbers of a run, each with its reason."""

    max_length: Chosen
    epochs: Chosen
    rank: Chosen
    alpha: Chosen
    batch: Chosen
    accumulation: Chosen
    rate: Chosen


def token_counts(table: pa.Table, counter: Counter = ESTIMATE) -> tuple[Counts, Counts]:
    """Tokens of each row of an export table (prompt, the longer answer, tools, template), and of its answer alone."""
    parts = [_counted(table.slice(start, ROWS), counter) for start in range(0, max(1, table.num_rows), ROWS)]
    rows, answers = (Counts(np.concatenate([counts.table for counts in side])) for side in zip(*parts, strict=True))
    return rows, answers


def _counted(table: pa.Table, counter: Counter) -> tuple[Counts, Counts]:
    def texts(column: pa.ChunkedArray) -> list[str]:
        values: list[str] = pc.fill_null(column, "").to_pylist()
        return values

    answers = counter.counts(texts(table["output"]))
    turns = pc.fill_null(pc.list_value_length(table["messages"]), 2).to_numpy().astype(float)
    longer = answers.table
    if table["rejected"].null_count < table.num_rows:
        flat, parents = pc.list_flatten(table["rejected"]), pc.list_parent_indices(table["rejected"])
        losing = np.zeros_like(longer)
        np.add.at(losing, parents.to_numpy(), counter.counts(texts(pc.struct_field(flat, "content"))).table)
        longer = np.where(losing[:, :1] > longer[:, :1], losing, longer)
    whole = counter.counts(texts(table["input"])) + Counts(longer)
    if table["tools"].null_count < table.num_rows:
        whole += counter.counts(texts(table["tools"]))
    return Counts(whole.table + TEMPLATE * turns[:, None]), answers


def tokens_of(table: pa.Table, counter: Counter = ESTIMATE) -> dict[str, Tokens]:
    """Token statistics of every split of an export table."""
    found = {}
    all_counts, all_answers = token_counts(table, counter)
    for name in SPLITS:
        is_here = pc.equal(table["split"], name).to_numpy()
        found[name] = Tokens()
        if rows := int(is_here.sum()):
            counts, answers = (Counts(each.table[is_here]) for each in (all_counts, all_answers))
            median, most = (math.ceil(np.quantile(counts.values, share)) for share in (0.5, COVERED))
            longest, (total, least, most_of_all) = float(counts.values.max()), map(round, counts.total)
            band = float(counts.highs.max()) / longest - 1 if longest else 0.0
            in_answers = round(answers.total[0])
            found[name] = Tokens(
                rows, total, in_answers, median, most, math.ceil(longest), band, least, most_of_all,
                counter.is_exact,
            )  # fmt: skip
    return found


def beside_of(table: pa.Table) -> dict[str, list[str]]:
    """Which of system and tools the rows of each split have, a system turn at their start counted."""
    found = {}
    for name in SPLITS:
        rows = table.filter(pc.equal(table["split"], name))
        first = pc.struct_field(pc.list_element(rows["messages"].drop_null(), 0), "role")
        system = rows["system"].null_count < rows.num_rows or bool(pc.any(pc.equal(first, "system")).as_py())
        present = {"system": system, "tools": rows["tools"].null_count < rows.num_rows}
        found[name] = [column for column, is_there in present.items() if is_there]
    return found


def has_weights(messages: pa.ChunkedArray) -> bool:
    """Whether any turn has a weight."""
    weights = pc.struct_field(pc.list_flatten(messages), "weight")
    return bool(weights.null_count < len(weights))


def numbers(facts: Facts) -> Numbers:
    """The numbers of a run that follow from the data."""
    tokens, rows = facts.tokens, facts.rows["train"]
    limit = _limit(tokens)
    least = AT_ONCE[facts.method]
    batch = _power(max(least, min(BATCH, rows // UPDATES)))
    at_once = _power(max(least, min(batch, DEVICE // int(limit.value))))
    room = f"at most {DEVICE:,} tokens in memory at once; raise it where there is room"
    epochs = next(times for most, times in EPOCHS if rows <= most)
    rank = next(size for most, size in RANKS if tokens.answers <= most)
    return Numbers(
        max_length=limit,
        epochs=Chosen(epochs, f"{rows:,} training rows: {EPOCHS[0][1]} up to {EPOCHS[0][0]:,}, fewer beyond"),
        rank=Chosen(rank, f"about {tokens.answers:,} tokens of answers: 16 up to a million, more beyond"),
        alpha=Chosen(2 * rank, "twice the rank, as most recipes have it"),
        batch=Chosen(at_once, room if least == 1 else f"{room}; {least} at least, since {facts.method} compares them"),
        accumulation=Chosen(
            batch // at_once,
            f"{batch} {'row' if batch == 1 else 'rows'} an update in all, so that an epoch of {rows:,} rows has enough "
            "updates",
        ),
        rate=Chosen(RATES[facts.method], "usual for LoRA with this method"),
    )


def _limit(tokens: Tokens) -> Chosen:
    longest, most = tokens.upper(tokens.longest), tokens.upper(tokens.most)
    if longest <= LONGEST:
        about = "" if tokens.is_exact else "about "
        why = f"the longest row has {about}{tokens.longest:,} tokens, with template at most {longest:,}: none is cut"
        return Chosen(max(STEP, math.ceil(longest / STEP) * STEP), why)
    why = f"99 of 100 rows have about {tokens.most:,} tokens or fewer, the longest {tokens.longest:,}: a few are cut"
    return Chosen(max(STEP, math.ceil(most / STEP) * STEP), why)


def _power(count: int) -> int:
    """The largest power of two within a count."""
    return 1 << (count.bit_length() - 1)
