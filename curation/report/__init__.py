"""Report: a verdict and what it rests on, on one page of HTML, Markdown or JSON; same input, same bytes."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from curation.errors import UsageError
from curation.report.drawing import curve_svg
from curation.report.text import markdown, visible
from curation.wording import minutes, money, number, percent, plain

Suffix = Literal["html", "md", "json"]
SUFFIXES: tuple[Suffix, ...] = ("html", "md", "json")

STATUS_WORDS = {
    "ok": "in order",
    "warn": "look closer",
    "fail": "not in order",
    "missing": "not checked",
    "not_applicable": "does not apply",
}
STATUS_MARKS = {"ok": "✓", "warn": "!", "fail": "✗", "missing": "?", "not_applicable": "–"}
KIND_WORDS = {"measured": "measured", "estimated": "estimated", "declared": "declared by you"}
TOTAL_WORDS = {
    "stored": "Rows stored", "rejected": "Rows rejected", "sources": "Files", "labelled": "Rows with a label",
    "unlabelled": "Rows without a label", "rows": "Rows",
}  # fmt: skip
GROUP_WORDS = {"exact": "Groups of exact repeats", "near": "Groups of near-duplicates", "unique": "Rows without a like"}
"""What counts and groups of rows are called."""
OUTCOME_TONES = {
    "lora": "go", "full_fine_tune": "go", "retrieve_and_lora": "go",
    "fix_data": "hold", "clean": "hold", "collect": "hold", "cannot_judge": "hold", "need_unproven": "hold",
}  # fmt: skip
"""Tune, not yet, or (every other outcome) something else than tuning."""


def render(
    verdict: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]], summary: Mapping[str, Any], suffix: str
) -> str:
    """The report as text in the form `suffix` names: html, md or json (a leading dot is allowed).

    `verdict` is the contract's verdict object, `evidence` its items in full (every field of `records.Evidence`).
    `summary` may hold, each optional: `name` (of the dataset), `totals` (words to numbers), `labels` (their number),
    `sources` (list of {name, stored, rejected}), `clusters` (list of {kind, clusters, rows}), `checks` (list of
    {check, title, status, reason, findings}), `context` (sections of fields), `path` (the gates in order: {question,
    status, reason}), `versions` (program to version), `notes` (sentences), `names` (outcome to what it is called),
    `plan`, `costs` and `policy` as kept with a verdict, `changes` (sentences: what the one before said otherwise).
    Sources marked `active: false` are left out. Further keys appear in the JSON form only.
    Raises UsageError on another suffix.
    """
    form = suffix.removeprefix(".").lower()
    if form == "json":
        return _json(verdict, evidence, summary)
    if form not in SUFFIXES:
        raise UsageError(
            f"a report is written as html, md or json, not {suffix!r}; end the file's name in one of these"
        )
    shown = {name: summary.get(name) for name in _PARTS}
    shown["sources"] = [one for one in shown["sources"] or () if one.get("active", True)]
    shown["context"] = _declared(shown["context"] or {})
    names = shown["names"] or {}
    style = resources.files("curation.report").joinpath("templates/report.css").read_text("utf-8")
    return (
        _environment(form)
        .get_template(f"report.{form}.j2")
        .render(
            verdict=verdict,
            evidence=evidence,
            summary=shown,
            checks=_checks(summary),
            style=Markup(style),  # noqa: S704 - our own file, holds no data
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            tone=OUTCOME_TONES.get(verdict["outcome"], "other"),
            status_words=STATUS_WORDS,
            status_marks=STATUS_MARKS,
            kind_words=KIND_WORDS,
            total_words=TOTAL_WORDS,
            group_words=GROUP_WORDS,
            name_of=lambda outcome: names.get(outcome, str(outcome).replace("_", " ")),
            curve=next((curve_svg(item["detail"]) for item in evidence if item["id"] == "curve"), ""),
        )
    )


_PARTS = (
    "name", "totals", "labels", "sources", "clusters", "context", "path", "versions", "notes", "names", "plan", "costs",
    "policy", "changes",
)  # fmt: skip


def _environment(form: str) -> Environment:
    finalize: Callable[[Any], Any] = visible if form == "html" else markdown
    environment = Environment(
        loader=PackageLoader("curation.report"),
        autoescape=select_autoescape(["html.j2"]),
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = number
    environment.filters["plain"] = plain
    environment.filters["percent"] = percent
    environment.filters["money"] = money
    environment.filters["minutes"] = minutes
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    return environment


def _declared(context: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Section -> field -> value of what was said; "no", "unknown" and nothing were not said."""
    return {
        section: {name: "yes" if value is True else value for name, value in fields.items() if _is_said(name, value)}
        for section, fields in context.items()
        if isinstance(fields, Mapping)
    }


def _is_said(name: str, value: Any) -> bool:
    unlimited = name == "p95_latency_ms" and value == 0
    return not (value is None or value is False or value in ("", "unknown") or value == [] or unlimited)


def _checks(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row a check, those that did not run said to be so."""
    return [
        {
            "title": str(run.get("title") or run["check"]).replace("_", " "),
            "done": run.get("status") == "done",
            "reason": run.get("reason", ""),
            "findings": run.get("findings", 0),
        }
        for run in summary.get("checks") or ()
    ]


def _json(verdict: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]) -> str:
    whole = {**verdict, "evidence": list(evidence), "summary": summary}
    return json.dumps(whole, indent=2, default=dict, allow_nan=False) + "\n"
