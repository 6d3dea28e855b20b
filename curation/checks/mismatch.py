"""Outputs that seem to belong to another row: shifted, shuffled or swapped. A question, never a rate (free text).

How well an output fits an input is told by what both mean (static embeddings), by the words they share, and by which
outputs such inputs get in the other rows. Flagged are rows whose output fits another input better than its own, and
better than the output that stands there: right answers that share nothing with their question are common and no fault.
How sure that is, is measured against rows swapped on purpose, also within one topic and length; where those and the
rows as they are cannot be told apart, it is not checked. It sees whether output and input belong together, never
whether a fact is right.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
from threadpoolctl import threadpool_limits

from curation.checks import check
from curation.checks.pairing.likeness import Floats, sides
from curation.checks.pairing.swaps import SURE, Compared, Trial, confidence, told_apart, trial
from curation.checks.rows import (
    Hit,
    cut,
    findings,
    needs_free_text,
)
from curation.checks.texts.forms import holds_program
from curation.errors import NotChecked
from curation.records import BATCH, Clusters, Dataset, Findings
from curation.records.progress import Progress, part
from curation.sampling.binding import cluster_numbers
from curation.text.features import Embed, Ints, static_embeddings
from curation.text.openings import unopened
from curation.text.vectors.known import KnownVectors


@dataclass(frozen=True)
class Settings:
    fewest_rows: int = field(
        default=50,
        metadata={"help": "Below this many rows with an output the check does not run", "min": 20, "max": 10000},
    )
    # a word or two can be right without a word in common with the question
    shortest: int = field(
        default=40, metadata={"help": "Outputs with fewer characters are not checked", "min": 1, "max": 1000}
    )
    least_confidence: float = field(
        default=0.05, metadata={"help": "Least confidence of a finding", "min": 0.01, "max": 1.0}
    )
    known: KnownVectors | None = field(default=None, metadata={"help": "Static embeddings that were made before"})


TOLD = 0.98
"""AUROC of swapped rows against those not suspected from which on any row can be sure: public sets of instructions,
stories, sums and code have .99 or more on 60 rows and up, 64 unrelated right pairs that share no word .81."""
OWNED = 0.68
"""Where most rows are suspected: AUROC of their outputs' best fit against their next best from which on they do have
owners. With all outputs moved down by one it is .69 to .95 on the sets above; unrelated texts have .36 to .6."""
CLEAR = 0.95
"""AUROC of a row's likeness to its own output, against outputs of like topic and length, from which on a low one says
enough by itself. Maths problems (GSM8K) have .99, dolly .92, stories and code .79 to .87: there 1 % of the rows rated
good would be flagged."""
ALIKE = 0.5, (0.95,)
"""Share of hard swaps among the swapped, and of the random swaps read for the share of swapped rows. Chosen among .25
and .5, .75 to .95 on 24 swapped of 2,000 rows (code, MedQuAD, Alpaca, restaurants, simpler sentences, slots, captions
in two languages; five draws each): 20 to 24 found in these draws, 0.0 to 0.35 % of the others flagged; in five others
17 to 24 of code, 21 to 24 of MedQuAD. With .75 code has 19 at least, with .25 of hard swaps MedQuAD 15."""
ALIKE_ALONE = 0.25, (0.25,)
"""The same for a low likeness alone, which is less pure."""
HARD, HARD_ONLY = 0.995, (1.0, (0.25, 0.5, 0.75))
"""AUROC from which on swaps within a topic are told from the rows too, and are looked for by themselves: GSM8K has
.9998, dolly .987, the others .95 to .98."""
OF_PROGRAMS = 0.4
"""No surer where both inputs hold programs, which look alike whatever they do: of 46 right rows flagged in four draws
of 2,000 coding tasks with 24 swapped in each 17 were such, and of the 86 swapped ones found 6 (before what outputs
usually say was learned)."""
MOST = 0.95
"""No finding is surer: two texts may be swapped by sense."""
MOST_ROWS = 100_000
"""Rows compared at most, drawn with the seed: the words and meanings of so many take .5 GB. An output whose own row was
not drawn is found by its low likeness alone."""


@check("mismatch", "Output does not fit the input", settings=Settings(), whole_set=True)
def mismatch(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding an output that belongs to another input. Raises NotChecked on labels, few rows and unlike pairs."""
    needs_free_text(dataset, "whose fit is judged by the check for wrong labels")
    places = _long_enough(dataset, settings.shortest)
    whole = len(places)
    if whole < settings.fewest_rows:
        raise NotChecked(
            f"outputs are compared among {settings.fewest_rows} rows with outputs of {settings.shortest} characters or "
            f"more; there are {whole}"
        )
    if whole > MOST_ROWS:
        places = places[np.sort(np.random.default_rng(seed).permutation(whole)[:MOST_ROWS])]
    rows = dataset.take(places)
    found = compare(rows, clusters, seed, part(progress, 0.0, 0.95), settings.known or static_embeddings)
    sure = np.minimum(judged(found), MOST)
    chosen = np.flatnonzero(sure >= settings.least_confidence).tolist()
    texts = Texts(*(rows.values(name) for name in ("id", "input", "output")))
    for n in chosen:
        if holds_program(texts.inputs[n]) and holds_program(texts.inputs[int(found.rows.owner[n])]):
            sure[n] = min(sure[n], OF_PROGRAMS)
    hits = {texts.ids[n]: Hit(float(sure[n]), *_explained(found.rows, texts, n)) for n in chosen}
    progress(1.0, "outputs compared")
    ordered = [(id, hits[id]) for id in dataset.values("id") if id in hits]
    of = {"of": whole} if whole > len(rows) else {}
    summary = {"judged": len(rows), **of, "auroc": told_apart(-found.rows.own, -found.random.own)}
    return findings("mismatch", ordered, summary)


def _long_enough(dataset: Dataset, shortest: int) -> Ints:
    """The places of rows with an input and an output of so many characters, in the order of their ids."""
    found: list[bool] = []
    for batch in dataset.table.select(["input", "output"]).to_batches(max_chunksize=BATCH):
        texts = zip(batch["input"].to_pylist(), batch["output"].to_pylist(), strict=True)
        found += [bool(a.strip()) and len(b.strip()) >= shortest for a, b in texts]
    by_id = np.asarray(pc.sort_indices(dataset.table["id"]), np.int64)
    return by_id[np.array(found, np.bool_)[by_id]]


def compare(
    rows: Dataset, clusters: Clusters, seed: int, progress: Progress, embed: Embed = static_embeddings
) -> Trial:
    """How much better each output fits other inputs, beside rows swapped on purpose; `rows` in id order.

    Rows of one near-duplicate cluster do not compete: their outputs may well fit each other's inputs.
    """
    # one thread: the same bytes every time, and faster where cores are shared
    with threadpool_limits(1):
        read = sides(unopened(rows.values("input")), rows.values("output"), seed, part(progress, 0.0, 0.5), embed)
        groups = np.asarray(cluster_numbers(rows, clusters), np.int64)
        return trial(read, groups, seed, part(progress, 0.5, 1.0))


def judged(found: Trial) -> Floats:
    """How likely each row is swapped, 0..1. Raises NotChecked where swapped rows cannot be told from the others."""
    sure = confidence(found.rows.score, found.random.score, found.hard.score, *ALIKE)
    if not _is_reliable(found, sure >= SURE):
        raise NotChecked(
            "swapped outputs would look like these: too many outputs have little in common with their inputs, or fit "
            "other inputs as well, so no row could be sure"
        )
    near = confidence(found.rows.score, found.hard.score, found.hard.score, *HARD_ONLY)
    rest = found.rows.score[np.maximum(sure, near) < SURE]
    if len(rest) and told_apart(rest, found.hard.score) >= HARD:
        sure = np.maximum(sure, near)
    like = found.rows.own > np.median(found.random.own)
    if like.any() and told_apart(-found.rows.own[like], -found.hard.own) >= CLEAR:
        sure = np.maximum(sure, confidence(-found.rows.own, -found.random.own, -found.hard.own, *ALIKE_ALONE))
    return sure


def _is_reliable(found: Trial, suspected: npt.NDArray[np.bool_]) -> bool:
    rows = found.rows
    if 2 * suspected.sum() > len(suspected):
        return told_apart(rows.next_fit[suspected], rows.fit[suspected]) >= OWNED
    return told_apart(rows.score[~suspected], found.random.score) >= TOLD


@dataclass(frozen=True)
class Texts:
    ids: list[str]
    inputs: list[str]
    outputs: list[str]


def _explained(found: Compared, texts: Texts, n: int) -> tuple[str, dict[str, Any]]:
    """Message and evidence of a row."""
    other = int(found.owner[n])
    evidence: dict[str, Any] = {
        "input": cut(texts.inputs[n]),
        "output": cut(texts.outputs[n]),
        "similarity": round(float(found.own[n]), 4),
        "score": round(float(found.score[n]), 4),
    }
    if found.fit[n] <= found.own[n]:
        return "The output has less in common with its input than outputs of other rows have.", evidence
    evidence["fits_better"] = {
        "id": texts.ids[other],
        "input": cut(texts.inputs[other]),
        "similarity": round(float(found.fit[n]), 4),
    }
    return "The output fits the input of another row better than its own.", evidence
