"""Whether every class is seen often enough: the share of classes with too few different rows."""

from math import exp, log

from curation.errors import NotChecked
from curation.progress import Progress
from curation.readiness.evidence import counted, evidence, not_applicable, percent, reading
from curation.readiness.policy import Rule
from curation.readiness.study import Study
from curation.records import Evidence, Status


@evidence("coverage", "Rows for every class")
def coverage(study: Study, progress: Progress) -> Evidence:
    """Classes under the least number of unique rows over all classes, declared ones included; a census.

    `detail`: classes, thin (their names), absent (declared, no row), rows_needed, classes_needed, effective_classes
    exp(H), dominant (one class above the limit beside a small one), smallest and its rows.
    """
    if not study.labelled_set and not study.facts.context.task.labels:
        return not_applicable(study, "coverage", "The answers are free text, so there are no classes to count.")
    counts = study.class_counts
    if not counts:
        raise NotChecked("no row is labelled yet")
    rule = study.policy.items["coverage"]
    least = int(rule.settings["class_rows"])
    thin = [name for name, n in counts.items() if n < least]
    absent = [name for name in thin if not counts[name]]
    total = sum(counts.values())
    largest, smallest = max(counts.values()), min(counts.values())
    dominant = largest > rule.settings["dominant"] * total and smallest < rule.settings["beside_dominant"]
    share = len(thin) / len(counts)
    failed = bool(absent) or dominant or rule.status(share, share, share) == "fail"
    helped, needed = _help(counts, least, dominant, int(rule.settings["beside_dominant"]))
    entropy = -sum(n / total * log(n / total) for n in counts.values() if n) if total else 0.0
    detail = {
        "classes": len(counts), "thin": thin, "absent": absent, "rows_needed": needed, "classes_needed": helped,
        "short": _short(counts, least, dominant, rule),
        "dominant": dominant, "smallest": smallest, "largest_rate": largest / total if total else 0.0,
        "effective_classes": exp(entropy),
    }  # fmt: skip
    message = _message(len(counts), len(thin), len(absent), least, smallest)
    if dominant:
        message += f" One class makes up {percent(largest / total)} of all rows."
    fix = f"Collect about {counted(needed, 'more row')} in {counted(helped, 'class', 'classes')}."
    status: Status = "fail" if failed else "warn" if thin else "ok"
    return reading(
        study, "coverage", (share,) * 3, message, status=status, fix=fix, rows=_rows(study, thin), detail=detail
    )


def _message(classes: int, thin: int, absent: int, least: int, smallest: int) -> str:
    rows = counted(smallest, "different row")
    if not thin:
        each = "The only class has" if classes == 1 else f"Each of the {classes:,} classes has at least"
        return f"{each} {rows}."
    text = f"{thin:,} of {counted(classes, 'class', 'classes')} ({percent(thin / classes)}) "
    text += f"{'has' if thin == 1 else 'have'} fewer than {least} different rows"
    if absent:
        return f"{text}, {'none of which has any' if absent == thin else f'{absent:,} of them none at all'}."
    return f"{text}; the smallest has {smallest:,}."


def _short(counts: dict[str, int], least: int, dominant: bool, rule: Rule) -> dict[str, int]:
    """Rows each small class lacks, the class nearest to enough first."""
    goal = int(rule.settings["beside_dominant"]) if dominant else least
    lacking = {name: goal - n for name, n in counts.items() if n < goal}
    return dict(sorted(lacking.items(), key=lambda pair: (pair[1], pair[0])))


def _help(counts: dict[str, int], least: int, dominant: bool, beside: int) -> tuple[int, int]:
    goal = beside if dominant else least
    short = [goal - n for n in counts.values() if n < goal]
    return len(short), sum(short)


def _rows(study: Study, thin: list[str]) -> list[str]:
    few = set(thin)
    return sorted(study.rows.ids[n] for n in study.unique if study.rows.labels[n] in few)
