"""What people said of rows they answer differently, side by side for whoever settles them."""

from collections.abc import Sequence
from typing import Any

from curation.project import Project
from curation.records import Example, Filter
from curation.ui.widgets.formatting import visible
from curation.wording import ANSWERS


def of(project: Project, filter: Filter, examples: Sequence[Example]) -> dict[str, list[dict[str, Any]]]:
    """By example, in the queue of disputes alone: everybody's answer and what they wrote, as the card draws it."""
    if not filter.disputed:
        return {}
    said = project.rounds.team_answers()
    return {one.id: _beside(said.get(one.id, {}), project.rows.comments(one.id)) for one in examples}


def _beside(answers: dict[str, str], comments: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    given = [_line(name, _said(answer)) for name, answer in sorted(answers.items())]
    written = [_line(name, text) for name, text in comments]
    found = [("What people answered", given), ("What they wrote", written)]
    return [{"title": title, "lines": lines} for title, lines in found if lines]


def _line(name: str, text: str) -> dict[str, Any]:
    return {"similarity": "", "runs": [("same", visible(name))], "answer": visible(text)}


def _said(answer: str) -> str:
    return ANSWERS[answer].title if answer in ("right", "wrong") else answer
