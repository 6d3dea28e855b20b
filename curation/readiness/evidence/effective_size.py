"""Rows that teach something: without near-duplicates, rewordings, filled-in templates, conflicting and leaked rows."""

from curation.progress import Progress
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.study import Study
from curation.records import Evidence
from curation.wording import counted

TOLD = 0.05
"""Share of the differing rows that must say nothing new before this is said (policy)."""


@evidence("effective_size", "Effective rows")
def effective_size(study: Study, progress: Progress) -> Evidence:
    """The number of patterns among the rows; a census, so its interval is the number itself. Unlabelled rows are none.

    `detail`: rows, usable, distinct (without near-duplicates, conflicting and leaked rows), families and skeletons
    (see `texts.patterns`), reworded (most rows are rewordings), effective, unlabelled, preference_pairs (rows with a
    losing answer too), classes and smallest_class of a labelled set, and mean lengths in characters and in tokens:
    those of a row and of its input, each as it is, at least and at most.
    """
    n, total = len(study.effective), len(study.facts.dataset)
    rule, rows = study.policy.items["effective_size"], study.rows
    waiting = len(rows) - len(study.usable)
    message = f"{counted(n, 'row')} of {total:,} are left without near-duplicates and conflicting rows"
    message += (
        f"; {counted(waiting, 'row')} without an answer or label {'is' if waiting == 1 else 'are'} not counted."
        if waiting
        else "."
    )
    found = study.patterns
    if len(study.distinct) - n > TOLD * len(study.distinct):
        message += (
            f" {counted(len(study.distinct), 'row')} differ, but many say the same in other words or fill one template "
            f"with other names and numbers: there are {counted(found.families, 'family', 'families')} of texts and "
            f"{counted(found.skeletons, 'template')}."
        )
    detail = {
        "rows": total, "effective": n, "distinct": len(study.distinct), "families": found.families,
        "skeletons": found.skeletons, "reworded": found.reworded, "usable": len(study.usable), "unlabelled": waiting,
        "preference_pairs": sum(rows.copies[k] for k in study.usable if rows.losing[k]),
        "input_characters": _mean([len(rows.inputs[k]) for k in study.effective]),
        "characters": _mean([len(rows.inputs[k]) + len(rows.outputs[k]) for k in study.effective]),
        **_tokens(study),
        "leaked_known": study.run("leakage").status == "done",
    }  # fmt: skip
    if study.class_counts and study.labelled_set:
        smallest = min(study.class_counts, key=lambda name: (study.class_counts[name], name))
        detail |= {"classes": len(study.class_counts), "smallest_class": study.class_counts[smallest]}
    goal = (rule.fail if rule.fail is not None and n < rule.fail else rule.warn) or 0
    fix = f"Collect at least {max(0, round(goal) - n):,} more distinct rows."
    return rated(study, "effective_size", Figure((n, n, n), message, fix=fix, detail=detail))


def _tokens(study: Study) -> dict[str, list[float]]:
    rows, counter = study.rows, study.counter
    inputs = counter.counts([rows.inputs[k] for k in study.effective])
    whole = inputs + counter.counts([rows.outputs[k] for k in study.effective])
    return {name: [round(end / max(1, len(found)), 4) for end in found.total] for name, found in
            (("tokens", whole), ("input_tokens", inputs))}  # fmt: skip


def _mean(lengths: list[int]) -> float:
    return sum(lengths) / max(1, len(lengths))
