"""Records -> frames and strings for the pages: pure, so that what people read is tested without a browser."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from curation.load import format_titles
from curation.project.examples import Step
from curation.project.jobs import Job
from curation.store.pages import Example, FindingRow
from curation.text.private import mask
from curation.wording import KINDS, REJECTIONS, SUGGESTIONS, TOTALS, number, percent, word

SHORT = 140  # characters of a text in a table cell: two lines at 1440 px


personal_data_is_shown: ContextVar[bool] = ContextVar("personal_data_is_shown", default=False)
"""Whether this session asked for personal data and keys as they are; where nobody asked they are masked."""


_SYSTEM = re.compile(r"\Asystem: .*?\nuser: (?=.)", re.DOTALL)


def visible(text: str | None) -> str:
    """The text as people see it: the one door through which data reaches the screen.

    Personal data and keys are masked unless the session asked for them; hidden and control characters become marks a
    person can see, for example ⟨U+200B⟩.
    """
    if text is None:
        return ""
    if not personal_data_is_shown.get():
        text = mask(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_mark(character) for character in text)


def _mark(character: str) -> str:
    # Zero-width joiners hold emoji together and are meant; everything else in Cf, and controls, is not seen otherwise.
    kept = character in "\n\t\u200d"
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs")
    return character if kept or not hidden else f"⟨U+{ord(character):04X}⟩"


def short(text: str | None, limit: int = SHORT) -> str:
    """The start of a text on one line."""
    line = " ".join(visible(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def asked(text: str | None, limit: int = SHORT) -> str:
    """The start of an input on one line; a chat's system turn, the same in every row, is passed over."""
    return short(_SYSTEM.sub("", text or "", count=1), limit)


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


def time_left(job: Job, now: datetime | None = None) -> str:
    """About how long a job still takes, once it has done enough to tell."""
    spent = ((now or datetime.now(UTC)) - datetime.fromisoformat(job.at)).total_seconds()
    if job.done < 0.1 or spent < 3:
        return ""
    left = spent * (1 - job.done) / job.done
    return f", about {left:.0f} s left" if left < 90 else f", about {left / 60:.0f} min left"


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
            "Read as": format_titles().get(source.format, source.format),
            "Loaded": source.at.replace("T", " ")[:16],
        }
        for source in sources
    ]
    return pd.DataFrame(rows)


def columns_line(columns: Mapping[str, Any]) -> str:
    """Which columns became what, on one line."""
    parts = []
    for side, name in columns.items():
        shown = " + ".join(name) if isinstance(name, list | tuple) else name
        parts.append(f"{side}: {visible(shown)}")
    return ", ".join(parts)


def examples_frame(rows: Sequence[Mapping[str, Any]], is_classification: bool) -> pd.DataFrame:
    """A preview of examples as text."""
    labelled = ["label"] if any(row.get("label") for row in rows) else []
    names = ["input", "label"] if is_classification else ["input", *labelled, "output"]
    return pd.DataFrame([{words(name): short(row.get(name)) for name in names} for row in rows])


def suggestion(text: str) -> str:
    """What a check proposes, in words."""
    action, _, value = text.partition(":")
    title = SUGGESTIONS[action].title
    if action == "relabel":
        return f"{title} {visible(value)}"
    return f"{title}: {short(value)}" if action == "replace" else title


def label_keys(labels: Sequence[str], given: Sequence[str] = ()) -> list[str]:
    """The labels on the keys 1-9, in their order; a label keeps the key it was `given`, whatever else comes or goes.

    `labels` come commonest first. Without keys given: all in name order if they fit, else the commonest nine. After
    that new labels take the next free keys, and the key of a label that is gone (still listed here) stays unused.
    """
    if not given:
        return sorted(labels[:9])
    new = [label for label in labels if label not in given]
    return [*given, *sorted(new[: 9 - len(given)])]


def suggested_label(findings: Sequence[FindingRow]) -> str | None:
    """The label the surest finding proposes."""
    return next((f.suggestion.partition(":")[2] for f in findings if f.suggestion.startswith("relabel:")), None)


def findings_lines(findings: Sequence[FindingRow], titles: Mapping[str, str]) -> list[str]:
    """Why this example is here, one sentence a finding."""
    return [
        f"{titles.get(f.check, words(f.check))} ({percent(f.confidence)} sure): {visible(f.message)}" for f in findings
    ]


def reasons_frame(reasons: Sequence[tuple[str, str, int]]) -> pd.DataFrame:
    """Rejected rows by file and reason."""
    return pd.DataFrame(
        [{"File": visible(file), "Reason": word(REJECTIONS, reason).title, "Rows": n} for file, reason, n in reasons]
    )


def effective_rows(body: Mapping[str, Any] | None) -> float | None:
    """Rows that remain when near-duplicates count once, from the last verdict's evidence."""
    facts = body["evidence"] if body else []
    return next((fact["value"] for fact in facts if fact["id"] == "effective_size"), None)


def next_steps(step: Step, body: Mapping[str, Any] | None) -> list[str]:
    """What to do next, in a sentence or two."""
    if body is None:
        return []
    verdict = body["verdict"]
    lines = [visible(verdict["next_step"])] if verdict["next_step"] else []
    return [*lines, *(["The examples have changed since: run the checks again."] if step.stale else [])]


def nearest_frame(near: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The nearest examples that carry a suggested label."""
    rows = [{"Input": short(n.get("text") or n.get("input")), "Similarity": n.get("similarity")} for n in near]
    return pd.DataFrame(rows)


def value_line(fact: Mapping[str, Any]) -> str:
    """How sure a figure is and what it was held against, on one line."""
    if fact["kind"] == "declared":
        return f"{KINDS['declared'].title}."
    value, low, high = (number(fact[key], fact["detail"]) for key in ("value", "low", "high"))
    between = f", 90 % interval {low} to {high}" if fact["low"] != fact["high"] else ""
    return f"{KINDS[fact['kind']].title}: {value}{between}. {threshold_line(fact)}"


def threshold_line(fact: Mapping[str, Any]) -> str:
    """What a value was held against and where that figure comes from."""
    against = "" if fact["threshold"] is None else f"Threshold {number(fact['threshold'], fact['detail'])}. "
    return against + plain(f"{words(fact['origin'])}.")


def missing_frame(evidence: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """What was not checked, and why."""
    rows = [{"Evidence": f["title"], "Why": visible(f["message"])} for f in evidence]
    return pd.DataFrame(rows)


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
