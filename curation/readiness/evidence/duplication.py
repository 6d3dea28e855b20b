"""How much of the file repeats itself: 1 - rows that count / rows loaded. Shown for information, decides nothing."""

from curation.errors import NotChecked
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.progress import Progress
from curation.sampling.intervals import wilson
from curation.wording import percent


@evidence("duplication", "Repetition")
def duplication(study: Study, progress: Progress) -> Evidence:
    """The share of loaded rows with an answer that do not count, exact duplicates included."""
    rows = study.rows
    loaded = sum(rows.copies[n] for n in study.usable)
    if not loaded:
        raise NotChecked("no row has both an input and an answer")
    exact = loaded - len(study.usable)
    near = len(study.usable) - len(study.unique)
    share = wilson(loaded - len(study.effective), loaded)
    other = len(study.unique) - len(study.effective)
    message = (
        f"{percent(share[0])} of {loaded:,} rows add nothing new: {exact:,} repeat another row word for word, {near:,} "
        f"are near-duplicates, {other:,} conflict with another or are in an evaluation set too."
    )
    if near:
        message += " An export keeps those of them that differ in a number, date, name or negation."
    repeated = [rows.ids[n] for n in study.usable if not rows.kept[n]]
    fix = "Nothing to do: the export leaves duplicates out. Judge the set by its effective rows."
    return rated(
        study,
        "duplication",
        Figure(share, message, fix=fix, rows=sorted(repeated), detail={"exact": exact, "near": near}),
    )
