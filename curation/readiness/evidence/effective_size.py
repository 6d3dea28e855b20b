"""Rows that teach something: without near-duplicates, rewordings, filled-in templates, conflicting and leaked rows."""

from dataclasses import asdict

from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.rows import Waiting
from curation.readiness.study import Study, waiting_rows
from curation.records import Evidence
from curation.records.progress import Progress
from curation.text.turns.bad_answers import bad_rows
from curation.wording import counted

TOLD = 0.05
"""Share of the differing rows that must say nothing new before this is said (policy)."""


@evidence("effective_size", "Effective rows")
def effective_size(study: Study, progress: Progress) -> Evidence:
    """The number of patterns among the rows; a census, so its interval is the number itself. Unlabelled rows are none.

    `detail`: rows, usable, distinct (without near-duplicates, conflicting and leaked rows), families and skeletons
    (see `texts.patterns`), reworded (most rows are rewordings), effective, unlabelled, waiting (what of these only
    lacks a label or answer, see `Waiting`), preference_pairs (rows with a losing answer too), classes and
    smallest_class of a labelled set, and mean lengths in characters and in tokens: those of a row and of its input,
    each as it is, at least and at most.
    """
    n, total = len(study.effective), _answered_rows(study)
    rule, rows = study.policy.items["effective_size"], study.rows
    waiting, unusable = waiting_rows(study), len(rows) - len(study.usable)
    found, message = study.patterns, _left(study, n)
    if len(study.distinct) - n > TOLD * len(study.distinct):
        message += (
            f" {counted(len(study.distinct), 'row')} differ, but many say the same in other words or fill one template "
            f"with other names and numbers: there are {counted(found.families, 'family', 'families')} of texts and "
            f"{counted(found.skeletons, 'template')}."
        )
    message += _bad_alone(len(study.facts.dataset) - total)
    detail = {
        "rows": total, "effective": n, "distinct": len(study.distinct), "families": found.families,
        "skeletons": found.skeletons, "reworded": found.reworded, "usable": len(study.usable), "unlabelled": unusable,
        "waiting": asdict(waiting),
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
    fix = _fix(waiting, max(0, round(goal) - n))
    return rated(study, "effective_size", Figure((n, n, n), message, fix=fix, detail=detail))


def _left(study: Study, n: int) -> str:
    """How many rows count; rows that only wait for a label are no duplicates, so they are counted apart."""
    total, waiting = _answered_rows(study), waiting_rows(study)
    said, others = "", f"{counted(n, 'row')} of {total:,}"
    if waiting.rows:
        said = f"{counted(waiting.rows, 'row')} {'has' if waiting.rows == 1 else 'have'} no {waiting.lacks} yet"
        if waiting.rows >= total:
            return f"{said}, so no row counts."
        said, others = f"{said}. ", f"Of the other {total - waiting.rows:,}, {n:,}"
    if n == total > 1:
        return f"All {n:,} rows count: none nearly repeats another or contradicts it."
    return f"{said}{others} {'counts' if n == 1 else 'count'}: near-duplicates and rows that contradict others do not."


def _answered_rows(study: Study) -> int:
    """All rows but those with a bad answer alone, which are kept for training on preferences and count nowhere here."""
    return len(study.facts.dataset) - len(bad_rows(study.facts.dataset.table))


def _bad_alone(rows: int) -> str:
    if not rows:
        return ""
    return (
        f" {counted(rows, 'more row has', 'more rows have')} a bad answer alone: no training target, and not counted."
    )


def _fix(waiting: Waiting, needed: int) -> str:
    if waiting.different >= needed > 0:
        return f"{waiting.some(f'at least {needed:,}')}."
    if waiting.different:
        rest = counted(needed - waiting.different, "more distinct row")
        return f"{waiting.every}, and collect at least {rest}."
    return f"Collect at least {counted(needed, 'more distinct row')}."


def _tokens(study: Study) -> dict[str, list[float]]:
    rows, counter = study.rows, study.counter
    inputs = counter.counts([rows.inputs[k] for k in study.effective])
    whole = inputs + counter.counts([rows.outputs[k] for k in study.effective])
    return {name: [round(end / max(1, len(found)), 4) for end in found.total] for name, found in
            (("tokens", whole), ("input_tokens", inputs))}  # fmt: skip


def _mean(lengths: list[int]) -> float:
    return sum(lengths) / max(1, len(lengths))
