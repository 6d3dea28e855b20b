"""Rows that also stand in the evaluation set, exactly or nearly: they would make its score look better than it is."""

from dataclasses import dataclass, field

from curation.checks import check, found
from curation.dedup import Settings as Comparison
from curation.dedup import decontaminate
from curation.errors import NotChecked
from curation.records import Clusters, Dataset, Findings
from curation.records.progress import Progress, part


@dataclass(frozen=True)
class Settings:
    evaluation: Dataset | None = field(default=None, metadata={"help": "The evaluation set to compare with"})
    on_input: bool = field(default=True, metadata={"help": "Compare inputs with inputs"})
    on_output: bool = field(default=False, metadata={"help": "Compare outputs with outputs"})
    comparison: Comparison = field(default=Comparison(), metadata={"help": "How near-duplicates are found"})


@check("leakage", "Evaluation rows in training", settings=Settings(), whole_set=True)
def leakage(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a row that overlaps the evaluation set; the summary counts evaluation rows and those overlapped."""
    if settings.evaluation is None:
        raise NotChecked("no evaluation set was given to compare with")
    how = (settings.comparison, settings.on_input, settings.on_output)
    ours = decontaminate(dataset, settings.evaluation, *how, progress=part(progress, 0.0, 0.5))
    theirs = decontaminate(settings.evaluation, dataset, *how, progress=part(progress, 0.5, 1.0))
    rows = {}
    for line in sorted(ours.to_pylist(), key=lambda line: (line["similarity"], line["field"])):
        shared = "shares 13 words in a row with" if line["method"] == "ngram13" else "is nearly the same as"
        rows[line["id"]] = {
            "id": line["id"],
            "confidence": 1.0,
            "message": f"The {line['field']} {shared} row {line['evaluation_row'] + 1} of the evaluation set.",
            "evidence": {name: line[name] for name in ("evaluation_row", "similarity", "method", "field")},
            "suggestion": "drop",
        }
    leaked = len(set(theirs["id"].to_pylist()))
    summary = {"evaluation_rows": len(settings.evaluation), "leaked_rows": leaked}
    return found("leakage", [rows[id] for id in dataset.values("id") if id in rows], summary)
