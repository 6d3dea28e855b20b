"""Rows with nothing in them: an input, an output or a label of blanks only. A row nobody labelled yet is not empty."""

from dataclasses import dataclass

from curation.checks import check
from curation.checks.rows import Hit, Row, judged
from curation.progress import Progress
from curation.records import Clusters, Dataset, Findings

# characters that show nothing and that str.strip() keeps: Unicode category Cf and the fillers
INVISIBLE = (
    "\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u180e\u115f\u1160\u3164\uffa0\u2800"
)
_NOTHING = str.maketrans(dict.fromkeys(INVISIBLE, " ") | dict.fromkeys(map(chr, range(32)), " "))


@dataclass(frozen=True)
class Settings:
    """Nothing to set: blank is blank."""


@check("empty", "Empty rows", settings=Settings())
def empty(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a row without content where some is expected, sure (confidence 1)."""
    labelled_set = dataset.is_classification
    # a set without any output is one that waits for its outputs
    answered = any(not blank(output) for output in dataset.values("output"))
    waiting = sum(row is None for row in dataset.values("label")) if labelled_set or not answered else 0

    def rule(row: Row) -> Hit | None:
        missing = [
            *(["input"] if blank(row.input) else []),
            *(["label"] if row.label is not None and blank(row.label) else []),
            *(["output"] if row.label is None and not labelled_set and answered and blank(row.output) else []),
            *(["output"] if row.label and not blank(row.label) and blank(row.output) else []),
        ]
        if not missing:
            return None
        what = " and ".join(missing)
        return Hit(1.0, f"The {what} {'is' if len(missing) == 1 else 'are'} empty.", {"empty": missing}, "drop")

    return judged("empty", dataset, rule, progress, {"unlabelled": waiting})


def blank(text: str) -> bool:
    """Whether the text shows nothing: spaces, control characters and zero-width characters only."""
    return not text.strip() or not text.translate(_NOTHING).strip()
