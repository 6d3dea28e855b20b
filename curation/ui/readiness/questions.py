"""For somebody who has said little: what the data shows by itself, and the few questions that matter most for it."""

from dataclasses import replace
from typing import Any

import streamlit as st

from curation.project import Project
from curation.records import Question
from curation.records.context import Arm, Context
from curation.ui.readiness import context_form, fields, sentences
from curation.ui.widgets import formatting, parts


def draw(project: Project) -> None:
    """The first look and the open questions; nothing where all that matters was said."""
    asked = project.verdict.questions()
    if not asked:
        return
    with st.container(border=True):
        if project.settings.context() == Context() and (said := project.verdict.first_look()):
            st.header("What the data shows by itself", anchor=False)
            parts.lines([formatting.visible(f"•  {line}") for line in said])
        st.header(formatting.plain(sentences.asked_title(len(asked))), anchor=False)
        st.caption("Leave empty what you do not know. Whatever you say makes the verdict surer.")
        with st.form("questions", border=False):
            answers = {one.id: _ask(project, number, one) for number, one in enumerate(asked, 1)}
            saved = st.form_submit_button("Save and judge again", type="primary", key="save-questions")
    half = answers.get("score", {}).pop("half", False)
    if saved and half:
        st.text("Not saved: a score needs the number of rows it was measured on. Give both, or neither.")
    elif saved:
        context_form.save(project, answered(project.settings.context(), answers))


def _ask(project: Project, number: int, one: Question) -> dict[str, Any]:
    """The question with a widget for each field it fills in; what stands in them, by field."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.text(f"{number}. {one.title}")
        st.caption(formatting.plain(one.why))
    with right:
        if one.id == "score":
            return _score()
        context = project.settings.context()
        return fields.row(context, one.fields, f"question-{one.id}")


def _score() -> dict[str, Any]:
    columns = st.columns([4, 3, 3])
    with columns[0]:
        name = fields.choice(Arm("few_shot", 0.0, 1), "name", "question-arm")
    with columns[1]:
        score = fields.number(Arm, "score", None, "question-score")
    with columns[2]:
        rows = fields.number(Arm, "n", None, "question-n", whole=True)
    if score is None or rows is None:
        return {"arm": None, "half": score is not None or rows is not None}
    return {"arm": Arm(name, float(score), int(rows))}


def answered(context: Context, answers: dict[str, dict[str, Any]]) -> Context:
    """The context with what was answered put in, field ("task.target") by field."""
    for values in answers.values():
        for field, value in values.items():
            if field == "arm":
                context = context if value is None else replace(context, arms=(*context.arms, value))
                continue
            section, name = field.split(".")
            context = replace(context, **{section: replace(getattr(context, section), **{name: value})})
    return context
