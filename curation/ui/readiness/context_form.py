"""The context form: all that people can say about the task, saved as context.toml."""

from collections.abc import Sequence
from dataclasses import fields as fields_of
from dataclasses import replace
from typing import Any
from zlib import crc32

import pandas as pd
import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.records.context import Arm, Context, Label, form_field
from curation.ui.readiness import fields, sentences
from curation.ui.widgets import formatting, steps
from curation.wording import ARMS, word

APART = {
    "Traffic, prices and the model": ("traffic", "prices", "model"),
    "What it is worth, and the data": ("value", "data"),
}
"""Sections that open on request, by what opens them."""
TASK = ("kind", "metric", "target", "minimum_lift", "recall_of")
SEEN = "context-seen-{}"
"""What a person's form was filled with, by project."""
HOSTED = {fields.UNKNOWN: None, "Yes": True, "No": False}


def draw(project: Project) -> None:
    """The form, filled with what is saved; saving draws the verdict anew."""
    context = project.settings.context()
    if near := project.verdict.near_target(project.measuring.context()):
        st.badge("Target and smallest gain", color="orange", icon=":material/warning:")
        st.text(formatting.visible(near))
    filled = _filled_with(project, context)
    with st.form(f"context-{filled}", border=False):
        left, right = st.columns(2)
        with left:
            st.caption("The task")
            new = replace(context, task=_part(context.task, f"task-{filled}", TASK))
            title = form_field(Label, "name").title
            new = new.with_labels(fields.lines(title, context.label_names, f"labels-{filled}"))
        with right:
            st.caption("The knowledge in the answers")
            new = replace(new, knowledge=_part(context.knowledge, f"knowledge-{filled}"))
            st.caption("Hard needs")
            new = replace(new, needs=_part(context.needs, f"needs-{filled}"))
        for title, sections in APART.items():
            with st.popover(title, width="stretch"):
                for section in sections:
                    new = replace(new, **{section: _wide(context, section, filled)})
        with st.popover("Scores measured elsewhere (a prompt, a tuned model)", width="stretch"):
            arms = _arms(context, filled)
        saved = st.form_submit_button("Save and judge again", type="primary")
    if saved:
        save(project, replace(new, arms=arms))


def _filled_with(project: Project, context: Context) -> str:
    """Stands for what is saved now: a field keeps what it held, so that fields filled with something else are other
    ones. Says so where it is not this form that changed it."""
    now, key = f"{crc32(repr(context).encode(errors='replace')):08x}", SEEN.format(project.name)
    if st.session_state.get(key, now) != now:
        st.caption("What is saved has changed since this form was filled. It shows what is saved now.")
    st.session_state[key] = now
    return now


def save(project: Project, context: Context) -> None:
    """Keep the context and judge again, or say why not."""
    try:
        project.settings.save_context(context)
    except CurationError as error:
        st.text(str(error))
        return
    st.session_state.pop(SEEN.format(project.name), None)
    steps.judge(project)
    st.rerun()


def _part(section: Any, name: str, order: Sequence[str] = ()) -> Any:
    """A section's fields under each other."""
    names = order or [one.name for one in fields_of(section)]
    return replace(section, **{field: fields.draw(section, field, f"{name}-{field}") for field in names})


def _wide(context: Context, section: str, filled: str) -> Any:
    """A section's fields side by side."""
    part = getattr(context, section)
    shown = fields.row(context, [f"{section}.{one.name}" for one in fields_of(part)], f"{section}-{filled}")
    return replace(part, **{name.split(".")[1]: value for name, value in shown.items()})


def arms_frame(arms: Sequence[Arm]) -> pd.DataFrame:
    """The arms to edit, one a row."""
    hosted = {value: name for name, value in HOSTED.items()}
    rows = [
        {
            "Arm": one.name,
            "Model": one.model,
            "Score (%)": sentences.in_percent(one.score),
            "Rows scored": one.n,
            "Hosted": hosted[one.hosted],
        }
        for one in arms
    ]
    return pd.DataFrame(rows, columns=["Arm", "Model", "Score (%)", "Rows scored", "Hosted"])


def edited_arms(arms: Sequence[Arm], edited: pd.DataFrame) -> tuple[Arm, ...]:
    """The arms as edited: one that was there keeps what the table does not show, one without a score is left out."""
    made = []
    for place, line in edited.iterrows():
        if line[["Arm", "Score (%)", "Rows scored"]].isna().any():
            continue
        known = arms[int(str(place))] if int(str(place)) < len(arms) else Arm(line["Arm"], 0.0, 1)
        model = "" if pd.isna(line["Model"]) else str(line["Model"]).strip()
        hosted = None if pd.isna(line["Hosted"]) else HOSTED[line["Hosted"]]
        shown = float(line["Score (%)"])
        # an arm that nobody touched keeps its score to the last digit
        score = known.score if shown == sentences.in_percent(known.score) else sentences.of_percent(shown)
        changed = {"name": line["Arm"], "score": score, "n": int(line["Rows scored"])}
        made.append(replace(known, **changed, model=model, hosted=hosted))
    return tuple(made)


def _arms(context: Context, filled: str) -> tuple[Arm, ...]:
    edited = st.data_editor(
        arms_frame(context.arms),
        num_rows="dynamic",
        hide_index=True,
        key=f"arms-{filled}",
        column_config={
            "Arm": st.column_config.SelectboxColumn(
                options=form_field(Arm, "name").choices,
                required=True,
                format_func=lambda name: word(ARMS, str(name)).title,
            ),
            "Model": st.column_config.TextColumn(),
            "Score (%)": st.column_config.NumberColumn(min_value=0.0, max_value=100.0, required=True),
            "Rows scored": st.column_config.NumberColumn(min_value=1, step=1, required=True),
            "Hosted": st.column_config.SelectboxColumn(options=list(HOSTED), help=form_field(Arm, "hosted").title),
        },
    )
    return edited_arms(context.arms, edited)
