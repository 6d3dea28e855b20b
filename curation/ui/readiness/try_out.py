"""Trying answers out: sliders that change the verdict at once and store nothing until asked to."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.records import Evidence
from curation.records.context import Context, Knowledge, form_field
from curation.ui import state
from curation.ui.readiness import evidence_card, sentences
from curation.ui.widgets import formatting, outcomes, steps
from curation.wording import OUTCOMES, PACES, firmness

ASSUMED = 0.9
"""Where no target is given, the slider has to stand somewhere; the page says that it is assumed."""


def draw(project: Project, outcome: str) -> None:
    """The sliders beside the verdict they give."""
    st.caption("Change these to see another verdict. Nothing is stored until you press “Keep these”.")
    context = project.measuring.context()
    left, right = st.columns(2, gap="large")
    with left:
        chosen = _sliders(project, context)
    with right:
        _answer(project, context, chosen, outcome)


def _sliders(project: Project, context: Context) -> dict[str, Any]:
    at = project.place.step("verdict").at
    task, needs = context.task, context.needs
    if task.target is None:
        st.caption("No target is given yet: the slider starts at an assumed one.")
    target_start = ASSUMED if task.target is None else task.target
    target: float | None = _slider("Good enough from", 1.0, target_start, 1.0, f"try-target-{at}")
    if task.target is None and not st.checkbox("Use this target", key=f"try-aim-{at}"):
        target = None
    lift_start = min(0.3, project.verdict.planner.lift(context))
    lift: float | None = _slider("Smallest gain worth the effort", 0.3, lift_start, 0.5, f"try-lift-{at}")
    if lift == lift_start:
        lift = task.minimum_lift
    known = project.verdict.planner.prompt_score(context)
    label = "Best prompt scores" if known is not None else "Best prompt would score (not measured yet)"
    score = _slider(label, 1.0, 0.7 if known is None else known, 0.5, f"try-score-{at}")
    is_assumed = known is not None or st.checkbox("Use this assumed score", key=f"try-imagine-{at}")
    volume, volumes = sentences.volumes(context.traffic.calls_per_month)
    calls = st.select_slider("Calls a month", volumes, volume, format_func=lambda n: f"{n:,}", key=f"try-calls-{at}")
    paces = form_field(Knowledge, "changes").choices
    changes = st.selectbox(
        "Right answers change",
        paces,
        paces.index(context.knowledge.changes),
        format_func=lambda name: PACES[name].title,
        key=f"try-pace-{at}",
    )
    with st.container(horizontal=True):
        offline = st.checkbox("Works offline", needs.offline, key=f"try-offline-{at}")
        privacy = st.checkbox("Data stays here", needs.privacy, key=f"try-privacy-{at}")
        quality = st.checkbox("Quality at any price", needs.quality_only, key=f"try-quality-{at}")
    declared = context.traffic.calls_per_month
    money = _money(context, at)
    return money | {
        "target": target, "lift": lift, "score": score if is_assumed and score != known else None,
        "calls": declared if calls == volume else calls, "changes": changes, "offline": offline, "privacy": privacy,
        "quality": quality,
    }  # fmt: skip


def _slider(title: str, most: float, share: float, step: float, key: str) -> float:
    """A share of 0 to 1, shown in per cent; one that was not moved is what it was, whatever the steps are."""
    start = sentences.in_percent(share)
    found = st.slider(f"{title} (%)", 0.0, sentences.in_percent(most), start, step, format="%g", key=key)
    return share if found == start else sentences.of_percent(found)


MONEY: Mapping[str, str] = {
    "right_answer": "value", "hosting_per_month": "prices", "parameters": "model", "engineering_days": "value",
    "day_rate": "value",
}  # fmt: skip
"""What decides whether tuning pays besides the volume: field -> section of the context."""


def _money(context: Context, at: str) -> dict[str, float | None]:
    """What a right answer is worth, what the model costs to make and to run; empty is not known."""
    chosen: dict[str, float | None] = {}
    with st.expander("Value of a right answer, hosting, engineering, model"):
        for field, section in MONEY.items():
            part = getattr(context, section)
            chosen[field] = st.number_input(
                form_field(part, field).title,
                0.0,
                None,
                getattr(part, field),
                key=f"try-{field}-{at}",
                placeholder="Don't know",
            )
    return chosen


def _answer(project: Project, context: Context, chosen: dict[str, Any], outcome: str) -> None:
    score = chosen["score"]
    assumed = context if score is None else project.verdict.planner.with_prompt_score(context, score)
    imagined = sentences.tried_context(assumed, chosen)
    verdict = project.verdict.what_if(imagined).verdict
    if near := project.verdict.near_target(imagined):
        st.caption(formatting.plain(near))
    if score is not None:
        st.caption(formatting.plain(sentences.imagined_line(score)))
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge("No change" if verdict.outcome == outcome else "It would change", color="gray")
            outcomes.badge(OUTCOMES[verdict.outcome])
        st.text(formatting.visible(verdict.headline))
        evidence_card.reasons(verdict, 3)
        if verdict.nearest_flip:
            st.caption("What would change the verdict")
            st.text(formatting.visible(verdict.nearest_flip))
        st.text(formatting.visible(firmness(verdict.stability, verdict.outcome, verdict.provisional, verdict.grounds)))
    st.button("Keep these", key="try-keep", on_click=_keep, args=(project, context, chosen))
    st.caption(
        "Saves what you changed and judges again. An assumed prompt score is not saved: only a measurement counts."
    )


def _keep(project: Project, context: Context, chosen: dict[str, Any]) -> None:
    declared = project.settings.context()
    try:
        project.settings.save_context(sentences.tried_context(declared, chosen))
    except CurationError as error:
        state.notify(str(error))
        return
    steps.judge(project)


def planner(project: Project, evidence: Sequence[Evidence]) -> None:
    """How many held-out rows show the improvement one wants to see."""
    st.header("How many held-out rows?", anchor=False)
    context = project.measuring.context()
    base, rows = project.verdict.planner.prompt_score(context), sentences.held_out(evidence)
    score = sentences.BASE if base is None else base
    start = min(20.0, max(0.5, 100 * project.verdict.planner.lift(context)))
    points = st.slider("Improvement you want to see, in points", 0.5, 20.0, start, 0.5, key="plan-lift")
    needed = project.verdict.planner.rows_to_see((points / 100, *sentences.LIFTS), score)
    st.text(sentences.lift_line(points / 100, base, rows, needed[points / 100]))
    st.dataframe(sentences.lift_frame(score, rows, needed), hide_index=True, width="content")
    st.caption(
        "Both systems answer the same rows; with this many the gain is found four times in five (Connor, "
        "Biometrics 1987)."
    )
