"""The labels as a table, the commonest first."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from curation.project import Project
from curation.project.rows.labels import LabelRow
from curation.ui.widgets import fit, parts
from curation.ui.widgets.formatting import short, told_apart, visible
from curation.wording import counted

COLUMNS: Any = {
    "Label": st.column_config.TextColumn(width=360),
    "Rows": st.column_config.NumberColumn(format="localized", width=75),
    "Meaning": st.column_config.TextColumn(width=360),
    "Key": st.column_config.TextColumn(width=55),
    "Its rows": st.column_config.LinkColumn(display_text="Open", width=70),
}
NARROW = {"Label": 168, "Rows": 50, "Key": 44, "Its rows": 60}
"""Columns in sight on a phone, and their widths in pixels."""
SHORT_LABEL = 28
"""Characters of a label that are in sight on a phone."""


def count_line(labels: Sequence[LabelRow], unlabelled: int) -> str:
    """How many labels there are, and rows without one."""
    unused = sum(not label.rows for label in labels)
    never = f", {unused:,} of them without a row" if unused else ""
    return f"{counted(len(labels), 'label')}{never}. {counted(unlabelled, 'row')} not labelled yet."


def labels_frame(labels: Sequence[LabelRow], keys: Mapping[str, str], project: str) -> pd.DataFrame:
    """One label a row, with the key that gives it in review (chosen or not) and the link to its rows."""
    names = told_apart([label.name for label in labels], 80)
    made = [
        {
            "Label": name,
            "Rows": label.rows,
            "Meaning": short(label.description),
            "Key": visible(keys.get(label.name, label.key)).upper(),
            "Its rows": f"rows?project={quote(project)}&label={quote(label.name)}",
        }
        for name, label in zip(names, labels, strict=True)
    ]
    frame = pd.DataFrame(made)
    return frame.drop(columns=[name for name in ("Meaning", "Key") if not frame[name].any()])


def choose(project: Project, labels: Sequence[LabelRow]) -> LabelRow | None:
    """The table of all labels and the list to choose one from; None while none is chosen."""
    # Asked first: the keys are kept from then on, which makes another version of the project.
    keys = {name: known for known, name in parts.label_keys(project, project.examples.label_set())}
    height: Any = "content" if len(labels) <= 15 else 560
    choice, key = f"label-choice-{project.name}", f"labels-{project.name}-{project.place.version()}"
    names = [label.name for label in labels]
    frame = labels_frame(labels, keys, project.name)
    st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height=height,
        **fit.fitted(frame, COLUMNS, NARROW, wraps=any(len(name) > SHORT_LABEL for name in names)),
        on_select=lambda: _take(choice, key, names),
        selection_mode="single-row",
        key=key,
    )
    named = {label.name: label for label in labels}
    name = st.selectbox(
        "Change a label",
        list(named),
        index=None,
        format_func=visible,
        placeholder="Choose a label, or tick it above",
        key=choice,
    )
    return named.get(name or "")


def _take(choice: str, key: str, names: Sequence[str]) -> None:
    chosen = list(st.session_state[key].selection.rows)
    st.session_state[choice] = names[chosen[0]] if chosen and chosen[0] < len(names) else None
