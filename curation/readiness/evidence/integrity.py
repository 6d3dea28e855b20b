"""Share of rows that cannot be used at all: empty, cut off, unreadable in the file, or longer than the model reads."""

from curation.errors import NotChecked
from curation.progress import Progress
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.study import Study
from curation.records import Evidence
from curation.sampling.intervals import wilson
from curation.wording import counted, percent

SURE = 0.5
"""A cut-off finding counts when it is more likely right than not."""
CHECKS = {"truncated": "cut-off answers", "too_long": "over-long rows"}


@evidence("integrity", "Unusable rows")
def integrity(study: Study, progress: Progress) -> Evidence:
    """Faulty rows over all rows (after exact duplicates collapse) and rejected ones; unlabelled is no fault."""
    rows, rejected = study.rows, study.facts.rejected
    if not len(rows) + rejected:
        raise NotChecked("there are no rows")
    faults = {"empty": _empty(study)}
    for check in CHECKS:
        faults[check] = _flagged(study, check)
    bad = set().union(*faults.values())
    share = wilson(len(bad) + rejected, len(rows) + rejected)
    unknown = [words for check, words in CHECKS.items() if study.run(check).status != "done"]
    if study.labelled_set:
        unknown = [words for words in unknown if words != CHECKS["truncated"]]
    message = (
        f"{counted(len(bad) + rejected, 'row')} of {len(rows) + rejected:,} ({percent(share[0])}) cannot be used: "
        f"{len(faults['empty']):,} empty, {len(faults['truncated']):,} cut off, {len(faults['too_long']):,} too long, "
        f"{rejected:,} unreadable in the file."
    )
    if unknown:
        message += f" Not checked: {', '.join(unknown)}."
    detail = {name: len(found) for name, found in faults.items()} | {"rejected": rejected, "not_checked": unknown}
    fix = "Repair these rows at their source or remove them, then load again."
    if rejected:
        fix += " The unreadable ones are already left out; if that is acceptable, raise this threshold."
    return rated(study, "integrity", Figure(share, message, fix=fix, rows=sorted(bad), detail=detail))


def _empty(study: Study) -> set[str]:
    rows = study.rows
    return {
        rows.ids[n]
        for n in range(len(rows))
        if not rows.inputs[n].strip() or not (rows.outputs[n].strip() or _waiting(study, n))
    }


def _waiting(study: Study, n: int) -> bool:
    return study.rows.labels[n] is None and (study.labelled_set or not study.answered)


def _flagged(study: Study, check: str) -> set[str]:
    table = study.facts.findings.of(check).table
    sure = {id for id, c in zip(table["id"].to_pylist(), table["confidence"].to_pylist()) if c >= SURE}
    return {id for n, id in enumerate(study.rows.ids) if id in sure and not _waiting(study, n)}
