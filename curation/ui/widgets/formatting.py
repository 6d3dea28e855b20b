"""Records -> frames and strings for the pages: pure, so that what people read is tested without a browser."""

import json
import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from curation import wording
from curation.project.examples import Examples
from curation.project.jobs import VERBS, Job
from curation.records import OF_THE_SET, PRIVATE_CHECKS, Evidence, Example, Filter, FindingRow, Step, StoredVerdict
from curation.text.private import mask, mask_traced
from curation.text.turns import bad_answers, without_system
from curation.text.visible import marked, marked_traced
from curation.ui import state
from curation.wording import (
    ACCEPTED_PRIVATE,
    BAD_ANSWER,
    DECISIONS,
    KINDS,
    REJECTIONS,
    SEARCHES,
    SUGGESTIONS,
    TOTALS,
    number,
    percent,
    word,
)

SOON = 3  # seconds before which nothing is said of the time
SHORT = 140  # characters of a text in a table cell: two lines at 1440 px


def visible(text: str | None) -> str:
    """The text as people see it: the one door through which data reaches the screen.

    Personal data and keys are masked unless the session asked for them; hidden and control characters become marks a
    person can see, for example ⟨U+200B⟩.
    """
    if text is None:
        return ""
    if not state.personal_data_is_shown.get():
        text = mask(text)
    return marked(text)


def visible_traced(text: str) -> tuple[str, list[int]]:
    """The text as `visible` shows it, and for each of its characters where in the text it comes from."""
    shown, origins = (text, list(range(len(text)))) if state.personal_data_is_shown.get() else mask_traced(text)
    return marked_traced(shown, origins)


def short(text: str | None, limit: int = SHORT) -> str:
    """The start of a text on one line."""
    line = " ".join(visible(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def told_apart(names: Sequence[str], limit: int, among: Sequence[str] = ()) -> list[str]:
    """The start of each name on one line, no two alike: of names (these and those `among`) that differ in blanks alone,
    the blanks are shown as ␣, and what is still alike is numbered."""
    alike = Counter(" ".join(name.split()) for name in {*names, *among})
    spaced = {name for name in names if (bare := " ".join(name.split())) != name and alike[bare] > 1}
    shown = [short(_blanks_shown(name) if name in spaced else name, limit) for name in names]
    seen: Counter[str] = Counter()
    for n, line in enumerate(shown):
        seen[line] += 1
        shown[n] = line if seen[line] == 1 else f"{line} [{seen[line]}]"
    return shown


def _blanks_shown(name: str) -> str:
    return re.sub(r"^\s+|\s+$|\s{2,}|[^\S ]", lambda blanks: "␣" * len(blanks.group()), name)


def asked(text: str | None, limit: int = SHORT) -> str:
    """The start of an input on one line; a chat's system turn, the same in every row, is passed over."""
    return short(without_system(text or ""), limit)


def bad_answer(example: Example) -> str:
    """The answer of an example that has a bad one alone, "" of every other."""
    return bad_answers.bad_answer(example.output, example.label, example.meta)


def output(example: Example, limit: int = SHORT) -> str:
    """The start of an output on one line; a bad answer that stands alone says so."""
    bad = bad_answer(example)
    return short(f"{BAD_ANSWER}: {bad}", limit) if bad else short(example.output, limit)


def ends(text: str | None, limit: int) -> str:
    """Start and end of a text on one line: labels often differ only in how they end."""
    line = " ".join(visible(text).split())
    if len(line) <= limit:
        return line
    half = (limit - 1) // 2
    return f"{line[: limit - 1 - half]}…{line[-half:]}"


def plain(text: str) -> str:
    """The text with Markdown's marks escaped, for the few widgets that only take Markdown labels."""
    return re.sub(r"([\\`*_{}\[\]()<>#+.!|~$:^-])", r"\\\1", visible(text))


def command(*words: str | Path) -> str:
    """A command line of this product to copy into a shell, as text: what a shell would take apart is quoted."""
    return visible(shlex.join(["curation", *map(str, words)]))


def time_left(job: Job, now: datetime | None = None) -> str:
    """About how long a job still takes, where that can be told; else how long it has taken.

    Steps of very different length make up the checks: at 100,000 rows their first tenth promised 22 s and they took
    558. So those go by the last time, and the first time nothing is promised.
    """
    spent = ((now or datetime.now(UTC)) - datetime.fromisoformat(job.at)).total_seconds()
    if VERBS[job.verb].is_even:
        return wording.time_left(job.done, spent)
    if spent < SOON:
        return ""
    if job.before is None:
        return f", {wording.lasted(spent)} so far"
    left = job.before - spent
    return f", about {wording.lasted(left)} left by the last time" if left > 1 else ", longer than the last time"


def words(name: str) -> str:
    """A snake_case name as words."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def sources_frame(sources: Sequence[Any]) -> pd.DataFrame:
    """The files loaded, one a row."""
    rows = [
        {
            "In the set": bool(source.active),
            "File": visible(source.name),
            "Rows": source.stored + source.rejected,
            "Stored": source.stored,
            "Rejected": source.rejected,
            "Columns": columns_line(json.loads(source.columns)),
            "Read as": Examples.formats().get(source.format, source.format),
            "Loaded": source.at.replace("T", " ")[:16],
        }
        for source in sources
    ]
    return pd.DataFrame(rows)


def columns_line(columns: Mapping[str, Any]) -> str:
    """Which columns became what, on one line."""
    parts = []
    for side, name in columns.items():
        if side == "bare":
            continue
        shown = " + ".join(name) if isinstance(name, list | tuple) else name
        parts.append(f"{side}: {visible(shown)}")
    return ", ".join(parts)


def examples_frame(rows: Sequence[Mapping[str, Any]], is_classification: bool) -> pd.DataFrame:
    """A preview of examples as text."""
    labelled = ["label"] if any(row.get("label") for row in rows) else []
    names = ["input", "label"] if is_classification else ["input", *labelled, "output"]
    bad = [bad_answers.bad_answer(row.get("output") or "", row.get("label"), row.get("meta") or "") for row in rows]
    texts = [{**row, "output": f"{BAD_ANSWER}: {said}"} if said else row for row, said in zip(rows, bad, strict=True)]
    return pd.DataFrame([{words(name): short(row.get(name)) for name in names} for row in texts])


def suggestion(text: str) -> str:
    """What a check proposes, in words."""
    action, _, value = text.partition(":")
    title = SUGGESTIONS[action].title
    if action == "relabel":
        return f"{title} {visible(value)}"
    return f"{title}: {short(value)}" if action == "replace" else title


NUMBERS = "123456789"
LETTERS = "bghijklopqvw"
"""Keys of labels beyond nine: the letters that decide nothing here or on another page (A, D, E, F, N, S, T, U, X, Y),
change no view (M, Z) and are not Streamlit's (C, R)."""


def label_keys(labels: Sequence[str], given: Sequence[str] = ()) -> list[str]:
    """The labels in the order of their keys, NUMBERS then LETTERS; a label keeps the key it was `given`.

    `labels` come commonest first. Without keys given, the commonest nine have the numbers, in name order, and those
    after them the letters. After that new labels take the next free keys, and the key of a label that is gone (still
    listed here) stays unused.
    """
    if not given:
        most, more = len(NUMBERS), len(NUMBERS + LETTERS)
        return [*sorted(labels[:most]), *sorted(labels[most:more])]
    new = [label for label in labels if label not in given]
    return [*given, *sorted(new[: len(NUMBERS + LETTERS) - len(given)])]


def keys_of(kept: Sequence[str], own: Mapping[str, str]) -> dict[str, str]:
    """Key by label: those a person chose (`own`, key by label), and for the rest those `kept` for them in order.

    A label whose kept key a person gave to another one takes the first key that is free.
    """
    taken = {label: key.lower() for label, key in own.items() if key.lower() in NUMBERS + LETTERS and key}
    chosen = set(taken.values())
    rest = {label: key for key, label in zip(NUMBERS + LETTERS, kept) if label not in taken}
    stays = {label: key for label, key in rest.items() if key not in chosen}
    free = (key for key in NUMBERS + LETTERS if key not in chosen and key not in stays.values())
    return taken | {label: stays.get(label) or next(free) for label in rest}


def suggested_label(findings: Sequence[FindingRow]) -> str | None:
    """The label the surest finding proposes."""
    return next((f.suggestion.partition(":")[2] for f in findings if f.suggestion.startswith("relabel:")), None)


def findings_lines(findings: Sequence[FindingRow], titles: Mapping[str, str]) -> list[str]:
    """Why this example is here, one sentence a finding."""
    lines = []
    for finding in findings:
        sure = how_sure(finding)
        title = titles.get(finding.check, words(finding.check))
        lines.append(f"{title}{f' ({sure})' if sure else ''}: {reason(finding)}")
    return lines


def reason(finding: FindingRow) -> str:
    """What a check says of a row, and of a row with personal data what accepting it means."""
    said = visible(finding.message)
    return f"{said} {ACCEPTED_PRIVATE}" if finding.check in PRIVATE_CHECKS else said


def how_sure(finding: FindingRow) -> str:
    """How sure a finding is, in words; "" where it is a count of the set and no guess."""
    return "" if finding.suggestion == OF_THE_SET else f"{percent(finding.confidence)} sure"


def rejected_frame(rows: Sequence[Any]) -> pd.DataFrame:
    """Rejected rows, the beginning of each."""
    return pd.DataFrame(
        {
            "File": [visible(row.name) for row in rows],
            "Row": [row.row + 1 for row in rows],
            "Reason": [visible(row.message) for row in rows],
            "Begins": [short(row.raw) for row in rows],
        }
    )


def reasons_frame(reasons: Sequence[tuple[str, str, int]]) -> pd.DataFrame:
    """Rejected rows by file and reason."""
    return pd.DataFrame(
        [{"File": visible(file), "Reason": word(REJECTIONS, reason).title, "Rows": n} for file, reason, n in reasons]
    )


def effective_rows(stored: StoredVerdict | None) -> float | None:
    """Rows that remain when near-duplicates count once, from the last verdict's evidence."""
    facts = stored.verdict.evidence if stored else ()
    return next((fact.value for fact in facts if fact.id == "effective_size"), None)


def next_steps(step: Step, stored: StoredVerdict | None) -> list[str]:
    """What to do next, in a sentence or two."""
    if stored is None:
        return []
    lines = [visible(stored.verdict.next_step)] if stored.verdict.next_step else []
    return [
        *lines,
        *(["The examples or your settings have changed since: run the checks again."] if step.stale else []),
    ]


def nearest_frame(near: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The nearest examples that carry a suggested label."""
    rows = [{"Input": short(n.get("text") or n.get("input")), "Similarity": n.get("similarity")} for n in near]
    return pd.DataFrame(rows)


def value_line(fact: Evidence) -> str:
    """How sure a figure is and what it was held against, on one line."""
    if fact.kind == "declared" and fact.low == fact.high:
        return f"{KINDS['declared'].title}."
    value, low, high = (number(one, fact.detail) for one in (fact.value, fact.low, fact.high))
    between = f", 90 % interval {low} to {high}" if fact.low != fact.high else ""
    return f"{KINDS[fact.kind].title}: {value}{between}. {threshold_line(fact)}"


def threshold_line(fact: Evidence) -> str:
    """What a value was held against and where that figure comes from."""
    against = "" if fact.threshold is None else f"Threshold {number(fact.threshold, fact.detail)}. "
    return against + plain(f"{words(fact.origin)}.")


def sample_frame(examples: Sequence[Example]) -> pd.DataFrame:
    """A few examples to look at."""
    rows = [
        {
            "File": visible(e.source),
            "Row": e.row + 1,
            "Input": asked(e.input),
            "Output or label": short(e.label or e.output),
        }
        for e in examples
    ]
    return pd.DataFrame(rows)


def split_figures(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The figures of an export in reading order."""
    shown = ("rows_in", "train", "validation", "test", "removed", "rejected")
    return [(TOTALS[name], counts.get(name, 0)) for name in shown]


def files_frame(files: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """The files of an export with size and hash."""
    rows = [{"File": name, "Bytes": file["bytes"], "SHA-256": file["sha256"]} for name, file in sorted(files.items())]
    return pd.DataFrame(rows)


def filter_words(filter: Filter, titles: Mapping[str, str]) -> str:
    """A filter as words, for the name of a bulk decision."""
    parts = [titles.get(filter.check, words(filter.check)) if filter.check else "all checks"]
    if filter.given:
        parts.append(f"“{filter.given}” read as “{filter.suggested}”")
    if filter.label:
        parts.append(f"label “{filter.label}”")
    if filter.text:
        parts.append(f"text contains “{filter.text}”")
    if filter.status:
        parts.append(word(DECISIONS, filter.status).noun)
    return ", ".join([*parts, f"at least {percent(filter.sure)} sure"])


def rows_words(filter: Filter, titles: Mapping[str, str], files: Mapping[int, str]) -> str:
    """A filter of rows as words, for the name of a bulk decision or a queue."""
    parts = []
    if filter.text:
        parts.append(f"{SEARCHES[filter.search].noun} “{filter.text}”")
    if filter.topic is not None:
        parts.append(f"topic {filter.topic}")
    if filter.area:
        parts.append("a box of the map")
    if filter.like:
        parts.append(f"like the row {short(filter.like, 60)}")
    if filter.check not in ("", "all"):
        parts.append("not labelled yet" if filter.check == "unlabelled" else titles.get(filter.check, filter.check))
    named = {
        "label “{}”": filter.label, "{}": word(DECISIONS, filter.status).noun if filter.status else "",
        "file {}": files.get(filter.source, str(filter.source)) if filter.source else "",
        "decided by {}": filter.reviewer, "sent to {}": filter.assigned, "tag “{}”": filter.tag,
        "cluster {}": "" if filter.cluster is None else str(filter.cluster),
        "at least {} characters": f"{filter.shortest:,}" if filter.shortest else "",
        "at most {} characters": f"{filter.longest:,}" if filter.longest else "",
        "decided since {}": filter.since, "decided until {}": filter.until,
    }  # fmt: skip
    parts += [said.format(value) for said, value in named.items() if value]
    return ", ".join([*parts, *(["answered differently"] if filter.disputed else [])]) or "all rows"
