"""Rows that teach something: without near-duplicates, conflicting rows and rows that stand in an evaluation set."""

from curation.progress import Progress
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.study import Study
from curation.records import Evidence
from curation.wording import counted


@evidence("effective_size", "Effective rows")
def effective_size(study: Study, progress: Progress) -> Evidence:
    """The number of effective rows; a census, so its interval is the number itself. Unlabelled rows do not count."""
    n, total = len(study.effective), len(study.facts.dataset)
    rule = study.policy.items["effective_size"]
    waiting = len(study.rows) - len(study.usable)
    message = f"{counted(n, 'row')} of {total:,} are left without near-duplicates and conflicting rows"
    message += (
        f"; {counted(waiting, 'row')} without an answer or label {'is' if waiting == 1 else 'are'} not counted."
        if waiting
        else "."
    )
    detail = {
        "rows": total,
        "effective": n,
        "usable": len(study.usable),
        "unlabelled": waiting,
        "input_characters": _mean([len(study.rows.inputs[k]) for k in study.effective]),
        "characters": _mean([len(study.rows.inputs[k]) + len(study.rows.outputs[k]) for k in study.effective]),
        "leaked_known": study.run("leakage").status == "done",
    }
    if study.class_counts and study.labelled_set:
        smallest = min(study.class_counts, key=lambda name: (study.class_counts[name], name))
        detail |= {"classes": len(study.class_counts), "smallest_class": study.class_counts[smallest]}
    goal = (rule.fail if rule.fail is not None and n < rule.fail else rule.warn) or 0
    fix = f"Collect at least {max(0, round(goal) - n):,} more distinct rows."
    return rated(study, "effective_size", Figure((n, n, n), message, fix=fix, detail=detail))


def _mean(lengths: list[int]) -> float:
    return sum(lengths) / max(1, len(lengths))
