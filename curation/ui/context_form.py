"""The context form: what people know about the task, saved as context.toml."""

from dataclasses import fields, replace
from typing import Any

import pandas as pd
import streamlit as st

from curation.context import Arm, Context, Model, Prices, Traffic
from curation.errors import CurationError
from curation.project import Project
from curation.ui import parts, state, views

METRICS = ["", "accuracy", "exact_match", "token_f1", "chrf", "judged"]
KINDS = ["", "classification", "rewriting", "extraction", "question_answering", "generation"]
CADENCES = ["unknown", "never", "yearly", "monthly", "weekly", "daily"]
ARMS = ["zero_shot", "few_shot", "retrieved_few_shot", "knowledge_base", "lora", "full"]

TITLES = {
    "prompt_tokens": "Prompt tokens a call, today",
    "tuned_prompt_tokens": "Prompt tokens a call, tuned",
    "output_tokens": "Output tokens a call",
    "cached_prompt_share": "Share of prompt tokens cached (0 to 1)",
    "input_per_million": "Price of a million input tokens",
    "output_per_million": "Price of a million output tokens",
    "tuned_input_per_million": "A million input tokens, tuned model",
    "tuned_output_per_million": "A million output tokens, tuned model",
    "cached_input_per_million": "A million cached input tokens",
    "hosting_per_month": "Hosting a month, tuned model",
    "gpu_hour": "Price of a GPU hour",
    "gpu_tflops": "GPU speed, TFLOPS at peak",
    "label_hour": "Price of an hour of labelling",
    "label_minutes_per_row": "Minutes to label a row",
    "as_of": "Prices as of (date)",
    "parameters": "Size of the model, in parameters",
    "retrains_per_year": "Retrainings a year",
}


def draw(project: Project) -> None:
    """The form, filled with what is saved; saving draws the verdict anew."""
    context = project.context()
    with st.form("context", border=False):
        left, right = st.columns(2)
        with left:
            new = _task(context)
        with right:
            new = _needs(new)
        with st.popover("Traffic, prices and the model", width="stretch"):
            new = replace(
                new,
                traffic=_numbers(Traffic, new.traffic, "traffic"),
                prices=_numbers(Prices, new.prices, "prices"),
                model=_numbers(Model, new.model, "model"),
            )
        with st.popover("Scores measured elsewhere (a prompt, a tuned model)", width="stretch"):
            arms = _arms(context)
        saved = st.form_submit_button("Save and judge again", type="primary")
    if saved:
        _save(project, replace(new, arms=arms))


def _save(project: Project, context: Context) -> None:
    try:
        project.save_context(context)
    except CurationError as error:
        st.text(str(error))
        return
    parts.judge(project)
    st.rerun()


def _task(context: Context) -> Context:
    task, knowledge = context.task, context.knowledge
    st.caption("The task")
    kind = _choice("Kind of task", KINDS, task.kind)
    metric = _choice("How is it scored?", METRICS, task.metric)
    target = st.number_input(
        "Score that would be good enough (0 to 1)", 0.0, 1.0, task.target, 0.01, placeholder="Don't know"
    )
    lift = st.number_input("Smallest gain worth the effort (0 to 1)", 0.0, 1.0, task.minimum_lift, 0.01)
    changes = _choice("How often do right answers change?", CADENCES, knowledge.changes)
    source = st.checkbox("There is a knowledge base to retrieve from", knowledge.source_available)
    cite = st.checkbox("Answers must cite their source", knowledge.must_cite)
    known = st.text_area("Labels there should be, one a line (may stay empty)", "\n".join(task.labels), height=90)
    labels = tuple(dict.fromkeys(line.strip() for line in known.splitlines() if line.strip()))
    task = replace(task, kind=kind, metric=metric, target=target, minimum_lift=lift, labels=labels)
    return replace(
        context, task=task, knowledge=replace(knowledge, changes=changes, source_available=source, must_cite=cite)
    )


def _needs(context: Context) -> Context:
    needs = context.needs
    st.caption("Hard needs")
    new = replace(
        needs,
        offline=st.checkbox("Must work offline or on a device", needs.offline),
        privacy=st.checkbox("Data may not leave our own machines", needs.privacy),
        quality_only=st.checkbox("Worth it whatever it costs", needs.quality_only),
        accept_forgetting=st.checkbox("Losing some general ability is acceptable", needs.accept_forgetting),
        gpus=st.checkbox("We have GPUs", needs.gpus),
        p95_latency_ms=int(st.number_input("Slowest answer allowed, ms (0: no limit)", 0, None, needs.p95_latency_ms)),
    )
    return replace(context, needs=new)


def _choice(title: str, options: list[str], value: str) -> str:
    index = options.index(value) if value in options else 0
    shown = st.selectbox(title, options, index=index, format_func=lambda name: views.words(name) or "Don't know")
    return str(shown)


def _numbers(kind: Any, value: Any, section: str) -> Any:
    changed: dict[str, Any] = {}
    columns = st.columns(3)
    for n, field in enumerate(fields(kind)):
        old = getattr(value, field.name)
        title, key = TITLES.get(field.name, views.words(field.name)), f"{section}-{field.name}"
        with columns[n % 3]:
            if isinstance(old, str):
                changed[field.name] = st.text_input(title, old, key=key)
                continue
            whole = "int" in str(field.type)
            number = st.number_input(title, 0 if whole else 0.0, None, old, key=key, placeholder="Don't know")
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
        key=f"arms-{state.project().version()}",
        column_config={
            "Arm": st.column_config.SelectboxColumn(
                options=ARMS, required=True, format_func=lambda name: views.words(str(name))
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
