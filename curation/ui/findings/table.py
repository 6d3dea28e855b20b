"""The list of findings, surest first."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from curation.records import (
    OF_THE_SET,
    FindingRow,
)
from curation.ui import state
from curation.ui.widgets.formatting import asked, short, suggestion, words
from curation.wording import DECISIONS

COLUMNS: Any = {
    "Sure": st.column_config.NumberColumn(format="%.0f %%", width=54),
    "Check": st.column_config.TextColumn(width=105),
    "Input": st.column_config.TextColumn(width=180),
    "Why": st.column_config.TextColumn(width=250),
    "Output or label": st.column_config.TextColumn(width=165),
    "Suggestion": st.column_config.TextColumn(width=165),
    "Decision": st.column_config.TextColumn(width=82),
}
NARROW = {"Sure": 50, "Input": 105, "Why": 170}
"""Columns in sight on a phone: a reason names the label, and the one suggested."""
WHY = 150
"""Characters of a reason that fill its column in four lines."""
ROW_HEIGHT, HIGHER, TALL = 88, 130, 132
"""Pixels of a table row of four lines, of six where words are longer than their column, and of six where the window is
narrow: Streamlit wraps the texts of rows higher than 4 rem (64), and a line takes 21."""
LONG_WORD = 25
"""Letters that fill a line of the reasons: a longer word, such as a label, is broken and leaves a line half empty."""


def findings_frame(findings: Sequence[FindingRow], titles: Mapping[str, str]) -> pd.DataFrame:
    """One page of findings, surest first."""
    rows = [
        {
            "Sure": None if finding.suggestion == OF_THE_SET else 100 * finding.confidence,
            "Check": titles.get(finding.check, words(finding.check)),
            "Input": asked(finding.example.input, 70),
            "Why": short(finding.message, WHY),
            "Output or label": short(finding.example.label or finding.example.output, 40),
            "Suggestion": suggestion(finding.suggestion),
            "Decision": DECISIONS[finding.example.status].title,
        }
        for finding in findings
    ]
    return pd.DataFrame(rows)


def row_height(frame: pd.DataFrame) -> int:
    """How high a row is, in pixels."""
    has_long = any(len(word) > LONG_WORD for reason in frame["Why"] for word in reason.split())
    return TALL if state.is_narrow() else HIGHER if has_long else ROW_HEIGHT
