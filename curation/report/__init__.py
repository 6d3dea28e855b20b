"""Report: a verdict and what it rests on, on one page of HTML, Markdown or JSON; same input, same bytes."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from curation import wording
from curation.errors import UsageError
from curation.records import StoredVerdict, stored_json
from curation.report.drawing import curve_svg
from curation.report.text import markdown, visible
from curation.wording import minutes, money, number, percent, plain, sentence, word

Suffix = Literal["html", "md", "json"]
SUFFIXES: tuple[Suffix, ...] = ("html", "md", "json")


def render(stored: StoredVerdict, summary: Mapping[str, Any], suffix: str) -> str:
    """The report as text in the form `suffix` names: html, md or json (a leading dot is allowed).

    `summary` may hold, each optional: `name` (of the dataset), `totals` (words to numbers), `labels` (their number),
    `sources` (list of {name, stored, rejected}), `clusters` (list of {kind, clusters, rows}), `checks` (list of
    {check, title, status, reason, findings}), `context` (sections of fields), `versions` (program to version), `notes`
    (sentences), `changes` (sentences: how it differs from the verdict before).
    Sources marked `active: false` are left out. Further keys appear in the JSON form only.
    Raises UsageError on another suffix.
    """
    form = suffix.removeprefix(".").lower()
    if form == "json":
        return _json(stored, summary)
    if form not in SUFFIXES:
        raise UsageError(
            f"a report is written as html, md or json, not {suffix!r}; end the file's name in one of these"
        )
    style = resources.files("curation.report").joinpath("templates/report.css").read_text("utf-8")
    return (
        _environment(form)
        .get_template(f"report.{form}.j2")
        .render(
            stored=stored,
            verdict=stored.verdict,
            summary=_shown(summary),
            checks=_checks(summary),
            style=Markup(style),  # noqa: S704 - our own file, holds no data
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            outcomes=partial(word, wording.OUTCOMES),
            **_WORDS,
            curve=next((curve_svg(item.detail) for item in stored.verdict.evidence if item.id == "curve"), ""),
        )
    )


_WORDS = {
    "statuses": wording.STATUSES, "marks": wording.MARKS, "kinds": wording.KINDS, "totals": wording.TOTALS,
    "groups": wording.GROUPS, "fields": wording.THRESHOLDS, "gates": wording.GATE_STATES,
    "states": wording.CHECK_STATES,
}  # fmt: skip
_PARTS = ("name", "totals", "labels", "sources", "clusters", "context", "versions", "notes", "changes")
_JSON_ORDER = (
    "name", "totals", "path", "versions", "sources", "labels", "clusters", "checks", "plan", "costs", "policy",
    "context", "changes",
)  # fmt: skip
"""In which order the JSON form tells the summary, for the same report to have the same bytes."""


def _shown(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The parts a page has, None for those that are not given; of the sources the active ones alone."""
    shown = {name: summary.get(name) for name in _PARTS}
    shown["sources"] = [source for source in shown["sources"] or () if source.get("active", True)]
    shown["context"] = _declared(shown["context"] or {})
    return shown


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
    environment.filters["sentence"] = sentence
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


def _json(stored: StoredVerdict, summary: Mapping[str, Any]) -> str:
    kept = stored_json(stored)
    besides = {name: kept[name] for name in ("plan", "costs", "policy") if kept.get(name)}
    whole: dict[str, Any] = {**summary, "path": kept["path"], **besides}
    ordered = {name: whole[name] for name in _JSON_ORDER if name in whole} | whole
    told = {**kept["verdict"], "evidence": kept["evidence"], "summary": ordered}
    return json.dumps(told, indent=2, default=dict, allow_nan=False) + "\n"
