"""What a hub and its readers ask of a data set, worked out from the rows: language, task, size, tokens, similarity."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.dedup.similarity.across import closest
from curation.export.split import SPLITS
from curation.export.training import Tokens
from curation.records import Dataset
from curation.records.context import Context
from curation.records.progress import Progress, ignore
from curation.text.language import likeliest

LOOKED_AT = 2_000
"""Rows whose language is looked at: a share is known within 2 points."""
COMPARED = 200_000
"""Rows of a side among which similar ones are looked for: at 50 characters a text as many as `closest` compares."""
FEWEST_LETTERS = 40
"""Letters from which on a language is told, as in the check `language_mismatch`."""
LEAST = 0.05
"""Share of these rows from which on a language is named: close relatives are mixed up in fewer."""
TASKS = {"classification": "text-classification", "question_answering": "question-answering"}
"""Task categories of the Hugging Face hub, by kind of task; all others are text-generation."""
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
         (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"))  # fmt: skip
"""Size categories of the hub, by the number of rows they end below."""
LICENCES = frozenset({
    "apache-2.0", "mit", "openrail", "bigscience-openrail-m", "creativeml-openrail-m", "bigcode-openrail-m",
    "afl-3.0", "artistic-2.0", "bsl-1.0", "bsd", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "c-uda",
    "cc", "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0",
    "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cdla-sharing-1.0", "cdla-permissive-1.0",
    "cdla-permissive-2.0", "wtfpl", "ecl-2.0", "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1", "eupl-1.2",
    "agpl-3.0", "gfdl", "gpl", "gpl-2.0", "gpl-3.0", "lgpl", "lgpl-2.1", "lgpl-3.0", "isc", "h-research", "ms-pl",
    "mpl-2.0", "odc-by", "odbl", "osl-3.0", "postgresql", "ofl-1.1", "ncsa", "unlicense", "zlib", "pddl",
})  # fmt: skip
"""Licences by the names the hub knows (huggingface.co/docs/hub/repositories-licenses); any other is `other` there."""


def about(
    kept: Dataset, splits: Sequence[str], context: Context, seed: int, progress: Progress = ignore
) -> dict[str, Any]:
    """The licence as declared, task and size category, the languages with their share of the rows, and the largest
    similarity of a train input with one of the other splits; plain JSON values."""
    return {
        "licence": context.data.licence.strip(),
        "task": task_of(kept, context),
        "size": next((name for most, name in SIZES if len(kept) < most), "100M<n<1B"),
        "languages": languages_of(kept),
        "similarity": similarity_of(kept, splits, seed, progress),
    }


def hub_licence(declared: str) -> str:
    """The hub's name of a licence, "other" where it has none, "" where nothing is declared."""
    name = "-".join(declared.lower().split())
    return name if name in LICENCES else "other" if name else ""


def task_of(kept: Dataset, context: Context) -> str:
    """The task category: as declared, else by whether the outputs are labels."""
    kind = context.task.kind or ("classification" if kept.is_classification else "")
    return TASKS.get(kind, "text-generation")


def languages_of(kept: Dataset) -> dict[str, float]:
    """ISO 639-1 codes with their share of the rows whose language can be told, the commonest first."""
    found: Counter[str] = Counter()
    looked_at = kept.take(range(0, len(kept), max(1, len(kept) // LOOKED_AT)))
    asked, answered = (likeliest(looked_at.values(side), FEWEST_LETTERS, {}) for side in ("input", "output"))
    # an input says more of the language than a short answer
    found.update(told[0] for one in zip(asked, answered, strict=True) if (told := next(filter(None, one), None)))
    shares = {name: count / found.total() for name, count in found.items()}
    ordered = sorted(shares, key=lambda name: (-shares[name], name))
    return {name: round(shares[name], 4) for name in ordered if shares[name] >= LEAST}


def similarity_of(kept: Dataset, splits: Sequence[str], seed: int, progress: Progress = ignore) -> dict[str, Any]:
    """The largest exact Jaccard similarity of a train input with one of validation or test, the two rows, and how many
    were compared; empty where there is nothing to compare."""
    is_train = np.array([split == SPLITS[0] for split in splits], bool)
    train, held = (_some(np.flatnonzero(side), seed) for side in (is_train, ~is_train))
    # by a mask: Arrow's `take` would first copy all chunks of the column into one
    inputs = [kept.table["input"].filter(np.isin(np.arange(len(kept)), rows)).to_pylist() for rows in (train, held)]
    pair = closest(inputs[0], inputs[1], seed, progress=progress)
    if pair is None:
        return {}
    first, second = (kept.table["id"][int(n)].as_py() for n in (train[pair.first], held[pair.second]))
    return {
        "largest": round(pair.similarity, 4), "train": first, "held_out": second,
        "train_rows": pair.firsts, "held_out_rows": pair.seconds,
    }  # fmt: skip


def _some(rows: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.int64]:
    """These positions; of more than COMPARED as many, drawn by the seed: not all texts have to be in memory at once."""
    if len(rows) <= COMPARED:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, COMPARED, replace=False))


def token_counts(tokens: Mapping[str, Tokens], tokenizer: str) -> dict[str, Any]:
    """Tokens of each split that has rows, how they were counted, and by what; plain JSON values."""
    told = {
        name: {
            "rows": one.rows, "total": one.total, "least": one.least, "most": one.most_of_all, "answers": one.answers,
            "median": one.median, "longest": one.longest,
        }
        for name, one in tokens.items()
        if one.rows
    }  # fmt: skip
    is_exact = any(one.is_exact for one in tokens.values())
    return {"how": "counted" if is_exact else "estimated", "tokenizer": tokenizer, "splits": told}
