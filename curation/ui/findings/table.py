"""The list of findings, surest first."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from curation.records import (
    OF_THE_SET,
    FindingRow,
)
from curation.ui.widgets.formatting import asked, short, suggestion, words
from curation.wording import DECISIONS

COLUMNS: Any = {
    "Sure": st.column_config.NumberColumn(format="%.0f %%", width=56),
    "Check": st.column_config.TextColumn(width=120),
    "Input": st.column_config.TextColumn(width=190),
    "Why": st.column_config.TextColumn(width=270),
    "Output or label": st.column_config.TextColumn(width=115),
    "Suggestion": st.column_config.TextColumn(width=115),
    "Decision": st.column_config.TextColumn(width=75),
}
WHY = 100
"""Characters of a reason that fill its column in three lines."""
ROW_HEIGHT = 66
"""Pixels of a table row: Streamlit wraps the texts of rows higher than 4 rem (64)."""


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
