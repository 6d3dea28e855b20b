"""Whether every class is seen often enough: the share of classes with too few different rows."""

from collections import Counter
from collections.abc import Mapping
from math import exp, log
from typing import Any

from curation.errors import NotChecked
from curation.readiness.evidence import Figure, evidence, not_applicable, rated
from curation.readiness.study import Study, waiting_rows
from curation.records import Evidence, Rule, Status
from curation.records.progress import Progress
from curation.wording import counted, neediest, percent


@evidence("coverage", "Rows for every class")
def coverage(study: Study, progress: Progress) -> Evidence:
    """Classes under the least number of unique rows over all classes, declared ones included; a census.

    `detail`: classes, thin (their names), absent (declared, no row), rows_needed, classes_needed, effective_classes
    exp(H), dominant (one class above the limit beside a small one), smallest, largest_rate (share of the most frequent
    answer, a whole set of labels where rows carry several), labels_a_row and sets (different sets, where rows do).
    """
    if study.answer_kind == "numbers":
        return not_applicable(study, "coverage", "The answers are numbers, so there are no classes to count.")
    if not study.labelled_set and not study.facts.context.labels:
        return not_applicable(study, "coverage", "The answers are free text, so there are no classes to count.")
    counts = study.class_counts
    if not counts:
        raise NotChecked("no row has a label yet")
    rule = study.policy.items["coverage"]
    least = int(rule.settings["class_rows"])
    thin = [name for name, n in counts.items() if n < least]
    absent = [name for name in thin if not counts[name]]
    total = len(study.unique)
    largest, smallest, single = max(counts.values()), min(counts.values()), len(counts) == 1
    dominant = largest > rule.settings["dominant"] * total and smallest < rule.settings["beside_dominant"]
    share = len(thin) / len(counts)
    failed = bool(absent) or dominant or single or rule.status(share, share, share) == "fail"
    helped, needed = _help(counts, least, dominant, int(rule.settings["beside_dominant"]))
    if single:
        helped, needed = helped + 1, needed + least
    detail = {
        "classes": len(counts), "thin": thin, "absent": absent, "rows_needed": needed, "classes_needed": helped,
        "short": _short(counts, least, dominant, rule), "dominant": dominant, "smallest": smallest,
        "largest_rate": _commonest(study), "effective_classes": _effective(counts), **_sets(study),
    }  # fmt: skip
    message = _several(detail) + _message(len(counts), len(thin), len(absent), least, smallest)
    if single:
        message = f"Every row has the same label, “{next(iter(counts))}”, so there is no other class to learn."
    elif dominant:
        message += f" One class makes up {percent(largest / total)} of all rows."
    message, fix = message + _undeclared(study), _fix(study, needed, helped, detail)
    status: Status = "fail" if failed else "warn" if thin or _undeclared(study) else "ok"
    figure = Figure((share,) * 3, message, "counted", status, fix, _rows(study, thin), detail)
    return rated(study, "coverage", figure)


def _commonest(study: Study) -> float:
    """The share of the most frequent answer, which always guessing it would get right."""
    counts = Counter(study.answers[n] for n in study.unique)
    return max(counts.values(), default=0) / max(1, len(study.unique))


def _sets(study: Study) -> dict[str, float]:
    """How many labels a row has and how many sets of them there are, where rows carry several."""
    if study.answer_kind != "sets":
        return {}
    each = sum(len(study.label_sets[n]) for n in study.unique) / max(1, len(study.unique))
    return {"labels_a_row": each, "sets": len({study.answers[n] for n in study.unique})}


def _several(detail: Mapping[str, Any]) -> str:
    """A sentence that the rows carry several labels; "" where they carry one."""
    if "sets" not in detail:
        return ""
    return (
        f"Rows carry several labels each ({detail['labels_a_row']:.1f} on average, "
        f"in {detail['sets']:,} combinations), "
        "so each label is counted by itself. "
    )


def _effective(counts: dict[str, int]) -> float:
    """As many classes of equal size would be as hard to guess: the exponential of the entropy."""
    total = sum(counts.values())
    return exp(-sum(n / total * log(n / total) for n in counts.values() if n)) if total else 1.0


def _message(classes: int, thin: int, absent: int, least: int, smallest: int) -> str:
    rows = counted(smallest, "distinct row")
    if not thin:
        each = "The only class has" if classes == 1 else f"Each of the {classes:,} classes has at least"
        return f"{each} {rows}."
    text = f"{thin:,} of {counted(classes, 'class', 'classes')} ({percent(thin / classes)}) "
    text += f"{'has' if thin == 1 else 'have'} fewer than {least} distinct rows"
    if absent:
        return f"{text}, {'and none of them has any' if absent == thin else f'{absent:,} of them none at all'}."
    return f"{text}; the smallest has {smallest:,}."


def _fix(study: Study, needed: int, helped: int, detail: Mapping[str, Any]) -> str:
    waiting, single = waiting_rows(study), detail["classes"] == 1
    where = "another class" if single and helped == 1 else counted(helped, "class", "classes")
    if single:
        where = f"at least {where}" if helped > 1 else where
    if waiting.different >= needed > 0:
        return f"{waiting.some('more')}, until {where} {'has' if helped == 1 else 'have'} enough."
    named = "" if single else neediest(detail["short"])
    return f"Collect about {counted(needed, 'more row')} in {where}{named}."


def _undeclared(study: Study) -> str:
    """A sentence on labels in the data that were not declared; "" where none were declared or all are."""
    declared = study.declared
    others = [name for name, n in study.class_counts.items() if n and name not in declared] if declared else []
    if not others:
        return ""
    named = ", ".join(f"“{name}”" for name in others[:3]) + (", …" if len(others) > 3 else "")
    return (
        f" {counted(len(others), 'label')} of the data {'is' if len(others) == 1 else 'are'} not among those "
        f"you declared: {named}."
    )


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
    return sorted(study.rows.ids[n] for n in study.unique if not few.isdisjoint(study.label_sets[n]))
