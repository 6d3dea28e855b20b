"""The context form: what people know about the task, saved as context.toml."""

from dataclasses import fields, replace
from typing import Any

import pandas as pd
import streamlit as st

from curation.context import Arm, Context, told
from curation.errors import CurationError
from curation.project import Project
from curation.ui import state
from curation.ui.widgets import steps
from curation.wording import ARMS, METRICS, PACES, TASKS, word

CHOICES = {**METRICS, **TASKS, **PACES, "": PACES["unknown"]}
"""What a person chooses in a list, by name; nothing chosen is not known."""


def draw(project: Project) -> None:
    """The form, filled with what is saved; saving draws the verdict anew."""
    context = project.settings.context()
    with st.form("context", border=False):
        left, right = st.columns(2)
        with left:
            new = _task(context)
        with right:
            new = _needs(new)
        with st.popover("Traffic, prices and the model", width="stretch"):
            new = replace(
                new,
                traffic=_numbers(new.traffic, "traffic"),
                prices=_numbers(new.prices, "prices"),
                model=_numbers(new.model, "model"),
            )
        with st.popover("Scores measured elsewhere (a prompt, a tuned model)", width="stretch"):
            arms = _arms(context)
        saved = st.form_submit_button("Save and judge again", type="primary")
    if saved:
        _save(project, replace(new, arms=arms))


def _save(project: Project, context: Context) -> None:
    try:
        project.settings.save_context(context)
    except CurationError as error:
        st.text(str(error))
        return
    steps.judge(project)
    st.rerun()


def _task(context: Context) -> Context:
    task, knowledge = context.task, context.knowledge
    st.caption("The task")
    new = replace(
        task,
        kind=_choice(task, "kind"),
        metric=_choice(task, "metric"),
        target=st.number_input(_title(task, "target"), 0.0, 1.0, task.target, 0.01, placeholder="Don't know"),
        minimum_lift=st.number_input(
            _title(task, "minimum_lift"),
            0.0,
            1.0,
            task.minimum_lift,
            0.01,
            placeholder="5 points, or a third of the errors",
        ),
    )
    known = replace(
        knowledge,
        changes=_choice(knowledge, "changes"),
        source_available=_tick(knowledge, "source_available"),
        must_cite=_tick(knowledge, "must_cite"),
    )
    labels = st.text_area(f"{_title(task, 'labels')}, one a line", "\n".join(task.labels), height=90)
    new = replace(new, labels=tuple(dict.fromkeys(line.strip() for line in labels.splitlines() if line.strip())))
    return replace(context, task=new, knowledge=known)


def _needs(context: Context) -> Context:
    needs = context.needs
    st.caption("Hard needs")
    new = replace(
        needs,
        **{name: _tick(needs, name) for name in ("offline", "privacy", "quality_only", "accept_forgetting", "gpus")},
        p95_latency_ms=int(st.number_input(_title(needs, "p95_latency_ms"), 0, None, needs.p95_latency_ms)),
    )
    return replace(context, needs=new)


def _title(section: Any, field: str) -> str:
    return told(section, field).title


def _tick(section: Any, field: str) -> bool:
    return st.checkbox(_title(section, field), getattr(section, field))


def _choice(section: Any, field: str) -> str:
    asks = told(section, field)
    index = asks.choices.index(getattr(section, field))
    shown = st.selectbox(asks.title, asks.choices, index=index, format_func=lambda name: word(CHOICES, name).title)
    return str(shown)


def _numbers(value: Any, section: str) -> Any:
    changed: dict[str, Any] = {}
    columns = st.columns(3)
    for n, field in enumerate(fields(value)):
        old, asks, key = getattr(value, field.name), told(value, field.name), f"{section}-{field.name}"
        with columns[n % 3]:
            if isinstance(old, str):
                changed[field.name] = st.text_input(asks.title, old, key=key)
                continue
            whole = "int" in str(field.type)
            low = 0 if whole else 0.0
            number = st.number_input(asks.title, low, None, old, key=key, placeholder="Don't know")
            may_be_unknown = field.default is None
            changed[field.name] = number if number is not None or may_be_unknown else old
    return replace(value, **changed)


def _arms(context: Context) -> tuple[Arm, ...]:
    rows = [{"Arm": arm.name, "Score": arm.score, "Rows scored": arm.n} for arm in context.arms]
    frame = pd.DataFrame(rows, columns=["Arm", "Score", "Rows scored"])
    edited = st.data_editor(
        frame,
        num_rows="dynamic",
        hide_index=True,
        key=f"arms-{state.project().place.version()}",
        column_config={
            "Arm": st.column_config.SelectboxColumn(
                options=told(Arm, "name").choices, required=True, format_func=lambda name: word(ARMS, str(name)).title
            ),
            "Score": st.column_config.NumberColumn(min_value=0.0, max_value=1.0, required=True),
            "Rows scored": st.column_config.NumberColumn(min_value=1, step=1, required=True),
        },
    )
    known = {arm.name: arm for arm in context.arms}
    whole = edited.dropna().to_dict("records")
    return tuple(
        replace(known.get(row["Arm"], Arm(row["Arm"], 0.0, 1)), score=float(row["Score"]), n=int(row["Rows scored"]))
        for row in whole
    )
