"""Rows that stand in public evaluation sets: a model tuned on them scores better there than it is.

Texts are compared by hashed runs of 13 words with the indexes in a folder that you name. None is shipped, as the
licences of most evaluation sets do not allow it: `curation.index_benchmark(evaluation, folder)` makes one of a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from curation.checks import Shard, check
from curation.checks.benchmarks.index import Index, indexes, runs
from curation.checks.rows import Hit, Row, judged
from curation.records import Findings
from curation.wording import counted


@dataclass(frozen=True)
class Settings:
    folder: str = field(default="", metadata={"help": "Folder with indexes of evaluation sets (*.ngrams.parquet)"})
    # a quotation or a licence's sentence is shared by chance, a question of an evaluation set as a whole
    share: float = field(
        default=0.3, metadata={"help": "Share of a text's runs that makes a copy sure", "min": 0.0, "max": 1.0}
    )


COPY, PASSAGE = 0.95, 0.6
"""How sure it is where so much of a text is shared, and where a passage is."""


def named(states: Sequence[None], settings: Settings) -> list[Index]:
    """The indexes to compare with. Raises NotChecked where there are none."""
    return indexes(settings.folder)


@check("benchmark_overlap", "Rows of public evaluation sets", settings=Settings(), merge=named)
def benchmark_overlap(shard: Shard, settings: Settings, state: list[Index]) -> Findings:
    """One finding a row that shares a run of 13 words with an evaluation set, or a shorter text as a whole."""

    def rule(row: Row) -> Hit | None:
        best: tuple[float, str, str, int] = (0.0, "", "", 0)
        for name, text in {"input": row.input, "output": row.output}.items():
            hashes = runs(text)
            for index in state:
                shared = int(index.holds(hashes).sum())
                if shared:
                    best = max(best, (shared / len(hashes), name, index.name, shared))
        share, name, benchmark, shared = best
        if not shared:
            return None
        message = f"The {name} shares {counted(shared, 'run')} of 13 words with the evaluation set “{benchmark}”."
        evidence = {"field": name, "benchmark": benchmark, "runs": shared, "share": round(share, 4)}
        is_copy = share >= settings.share
        return Hit(COPY if is_copy else PASSAGE, message, evidence, "drop" if is_copy else "look")

    return judged("benchmark_overlap", shard, rule)
