"""What stands behind page one: labels with their scores, rows before and after, the evidence by how it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.records import Evidence
from curation.wording import EVIDENCE_GROUPS, Word, counted, evidence_group, percent, span

MOST_TOPICS, MOST_WANTED = 20, 8
"""Topics, and sentences of either kind, on their page; all of them stand in the JSON form."""
MOST_LABELS = 8
"""Labels on page two; all of them stand in the JSON form."""


@dataclass(frozen=True)
class Label:
    """A label, its rows, and how many of its held-out rows are found, in words ("" where nobody measured it)."""

    label: str
    rows: int
    score: str = ""
    range: str = ""


@dataclass(frozen=True)
class Labels:
    """The labels to look at first, and a line on what is shown."""

    shown: tuple[Label, ...]
    note: str
    is_scored: bool


@dataclass(frozen=True)
class Group:
    """Evidence that is known the same way; `to_know` says how what is missing could be known, by id."""

    word: Word
    items: tuple[Evidence, ...]
    is_known: bool
    to_know: Mapping[str, str]


def labels_shown(summary: Mapping[str, Any]) -> Labels:
    """The labels found least often, else those with fewest rows, at most a page's worth.

    `summary["classes"]` lists {label, rows} with, where somebody measured it, {score, low, high, n} of 0..1.
    """
    found = list(summary.get("classes") or ())
    is_scored = any(one.get("score") is not None for one in found)
    found.sort(key=lambda one: (_worth(one), one["rows"], one["label"]))
    shown = tuple(_label(one) for one in found[:MOST_LABELS])
    how = "found least often" if is_scored else "with the fewest rows"
    note = f"The {MOST_LABELS} labels {how}, of {len(found):,}." if len(found) > MOST_LABELS else ""
    if is_scored:
        by = next((str(one["by"]) for one in found if one.get("by")), "the plain classifier")
        note = f"{note} Found: the share of a label's held-out rows that {by} gets right.".strip()
    return Labels(shown, note, is_scored)


def _worth(one: Mapping[str, Any]) -> float:
    return 2.0 if one.get("score") is None else float(one["score"])


def _label(one: Mapping[str, Any]) -> Label:
    if one.get("score") is None:
        return Label(str(one["label"]), int(one["rows"]), "–", "")
    between = span(float(one["low"]), float(one["high"])) if one.get("low") is not None else ""
    return Label(str(one["label"]), int(one["rows"]), percent(float(one["score"])), between)


def groups(evidence: Sequence[Evidence], to_know: Mapping[str, str] | None = None) -> tuple[Group, ...]:
    """The evidence by how it is known, the surest first; groups without any are left out."""
    made = []
    for name, word in EVIDENCE_GROUPS.items():
        items = tuple(item for item in evidence if evidence_group(item.kind, item.status) == name)
        is_known = name in ("known", "declared", "estimated")
        if items:
            made.append(Group(word, items, is_known, (to_know or {}) if name == "missing" else {}))
    return tuple(made)


@dataclass(frozen=True)
class SetPage:
    """What is in the set: topics (name, rows, labels and findings in words, a row of the middle of it), a line on what
    is shown, what to collect more of, where faults are crowded and which topics are of one origin, a sentence each."""

    topics: tuple[Mapping[str, Any], ...]
    note: str
    wanted: tuple[str, ...]
    crowded: tuple[str, ...]
    origins: tuple[str, ...]


def in_the_set(summary: Mapping[str, Any]) -> SetPage:
    """The largest topics, at most a page's worth, and what is wanted."""
    found = list(summary.get("topics") or ())
    shown = [
        {**topic, "labels": _counts(topic.get("labels") or {}), "findings": _shares(topic)}
        for topic in found[:MOST_TOPICS]
    ]
    note = f"The {MOST_TOPICS} largest of {len(found):,} topics. " if len(found) > MOST_TOPICS else ""
    note += "Topics are a small model's guess at what belongs together, named by words of their rows or by people."
    if summary.get("topics_stale"):
        note += " Rows were added, changed or left out since they were found."
    said = (tuple(summary.get(name) or ())[:MOST_WANTED] for name in ("wanted", "crowded", "origins"))
    return SetPage(tuple(shown), note, *said)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts.items())


def _shares(topic: Mapping[str, Any]) -> str:
    """Rows with a finding, by check, and what share of the topic's rows they are."""
    found = (topic.get("findings") or {}).items()
    return ", ".join(f"{name} {n:,} ({percent(n / max(1, topic['rows']))})" for name, n in found)


def coverage(counts: Mapping[str, int]) -> str:
    """How many items are known which way, as a sentence; "" where there are none."""
    by_group: dict[str, int] = {}
    for key, n in counts.items():
        status = key if key in ("missing", "not_applicable") else "ok"
        group = evidence_group(key, status)
        by_group[group] = by_group.get(group, 0) + n
    parts = [f"{by_group[name]} {EVIDENCE_GROUPS[name].noun}" for name in EVIDENCE_GROUPS if by_group.get(name)]
    total = sum(by_group.values())
    return f"{counted(total, 'item')}: {', '.join(parts)}." if total else ""
