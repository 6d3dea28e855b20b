"""Report: a verdict and what it rests on, as HTML, Markdown or JSON; the same input gives the same bytes."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache, partial
from importlib import resources
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from curation import wording
from curation.records import StoredVerdict, stored_json
from curation.records.context import SECTIONS, form_field
from curation.report.bars import costs_svg, rows_svg, swatch
from curation.report.drawing import curve_svg
from curation.report.first_page import first_page
from curation.report.further_pages import coverage, groups, in_the_set, labels_shown
from curation.report.text import css_string, markdown, visible
from curation.wording import minutes, money, number, percent, plain, sentence, word

Suffix = Literal["html", "md", "json"]
SUFFIXES: tuple[Suffix, ...] = ("html", "md", "json")


def render(stored: StoredVerdict, summary: Mapping[str, Any], suffix: str) -> str:
    """The report as text in the form `suffix` names: html, md or json (a leading dot is allowed).

    `summary` may hold, each optional: `name` (of the dataset), `date` (ISO), `who` (made the report), `rows`
    ({kept, rejected, removed: {reason: rows}}), `corrected` ({labels, texts}: rows that people changed), `totals`
    (words to numbers), `labels` (their number), `classes` (see `labels_shown`), `examples` (list of {what, before,
    after}), `sources` (list of {name, stored, rejected}), `clusters` (list of {kind, clusters, rows}), `checks`
    (list of {check, title, status, reason, findings}), `context` (sections of fields), `versions` (program to
    version), `notes` (sentences), `changes` (sentences: how it differs from the verdict before), `topics` (list of
    {name, rows, undecided, labels, findings, central}), `topics_stale`, `wanted` (sentences: what to collect more
    of), `crowded` (sentences: where faults are crowded), `origins` (sentences: topics of one file, time or person),
    `to_know` (evidence id to how it could be known).
    Sources marked `active: false` are left out. Further keys appear in the JSON form only.
    Raises ValueError on another suffix.
    """
    form = suffix.removeprefix(".").lower()
    if form not in SUFFIXES:
        raise ValueError(f"a report is one of {', '.join(SUFFIXES)}, not {suffix!r}")
    if form == "json":
        return _json(stored, summary)
    return _environment(form).get_template(f"report.{form}.j2").render(**_values(stored, summary))


def _values(stored: StoredVerdict, summary: Mapping[str, Any]) -> dict[str, Any]:
    """All that the templates read."""
    style, page = _style(summary), first_page(stored, summary)
    evidence = stored.verdict.evidence
    grows = next((item for item in evidence if item.id == "curve"), None)
    return {
        "stored": stored,
        "verdict": stored.verdict,
        "summary": _shown(summary),
        "checks": _checks(summary),
        "style": Markup(style),  # noqa: S704 - our own file, what it holds of the data is escaped
        "style_hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        "outcomes": partial(word, wording.OUTCOMES),
        "page": page,
        "rows_bar": rows_svg(page.parts),
        "costs_bar": costs_svg(page.ways),
        "swatch": swatch,
        "curve": curve_svg(grows.detail) if grows else "",
        "growth": grows.message if grows else "",
        "labels": labels_shown(summary),
        "set": in_the_set(summary),
        "evidence": groups(evidence, summary.get("to_know")),
        "coverage": coverage(stored.verdict.coverage),
        **_WORDS,
    }


def _style(summary: Mapping[str, Any]) -> str:
    """The style sheet, the name and date of the report in the foot of its printed pages."""
    style = resources.files("curation.report").joinpath("templates/report.css").read_text("utf-8")
    parts = ("Readiness report", summary.get("date"), summary.get("name"))
    foot = "  ·  ".join(str(one) for one in parts if one)
    return style.replace("FOOT", css_string(foot))


_WORDS = {
    "statuses": wording.STATUSES, "marks": wording.MARKS, "kinds": wording.KINDS, "totals": wording.TOTALS,
    "groups": wording.GROUPS, "fields": wording.THRESHOLDS, "gates": wording.GATE_STATES,
    "states": wording.CHECK_STATES, "believed": wording.believed,
    "between": wording.between,
}  # fmt: skip
_PARTS = (
    "name", "who", "totals", "labels", "sources", "clusters", "context", "versions", "notes", "changes", "examples",
    "model",
)  # fmt: skip
_JSON_ORDER = (
    "name", "date", "who", "rows", "corrected", "totals", "path", "versions", "sources", "labels", "classes",
    "clusters", "checks", "plan", "costs", "policy",
    "context", "changes", "to_know", "wanted", "crowded", "origins", "topics", "examples", "model",
)  # fmt: skip
"""In which order the JSON form tells the summary, for the same report to have the same bytes."""


def _shown(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The parts a page has, None for those that are not given; of the sources the active ones alone."""
    shown = {name: summary.get(name) for name in _PARTS}
    shown["sources"] = [source for source in shown["sources"] or () if source.get("active", True)]
    shown["context"] = _declared(shown["context"] or {})
    hidden = () if shown["labels"] else ("labelled", "unlabelled")  # free text is not waiting for labels
    totals = (shown["totals"] or {}).items()
    shown["totals"] = {key: n for key, n in totals if key in wording.TOTALS and key not in hidden}
    return shown


@cache  # a template is compiled once for each environment
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


def _declared(context: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was said, as (title in the form, value); "no", "unknown" and nothing were not said, nor was a currency
    without a price."""
    said = {
        section: {name: value for name, value in fields.items() if _is_said(name, value)}
        for section, fields in context.items()
        if isinstance(fields, Mapping)
    }
    return [
        (_asked(section, name), _value(value))
        for section, fields in said.items()
        if [*fields] != ["currency"]
        for name, value in fields.items()
    ]


def _value(value: Any) -> str:
    """What was said, as text."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,g}"
    return "yes" if value is True else str(plain(value))


def _asked(section: str, name: str) -> str:
    """What a field asks; one that is not known (from another version) by its name."""
    kind = SECTIONS.get(section)
    known = kind is not None and name in {field.name for field in fields(kind)}
    return form_field(kind, name).title if known else f"{section}: {name}".replace("_", " ")


def _is_said(name: str, value: Any) -> bool:
    nothing = name in ("p95_latency_ms", "cached_prompt_share", "batch_share") and value == 0
    return not (value is None or value is False or value in ("", "unknown") or value == [] or nothing)


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
