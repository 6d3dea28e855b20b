"""The list of findings, surest first."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from curation.records import (
    FindingRow,
)
from curation.ui.widgets.formatting import asked, short, suggestion, words
from curation.wording import DECISIONS

COLUMNS: Any = {
    "Sure": st.column_config.NumberColumn(format="%.0f %%", width=56),
    "Check": st.column_config.TextColumn(width=150),
    "Input": st.column_config.TextColumn(width=195),
    "Why": st.column_config.TextColumn(width=200),
    "Output or label": st.column_config.TextColumn(width=115),
    "Suggestion": st.column_config.TextColumn(width=145),
    "Decision": st.column_config.TextColumn(width=80),
}


def findings_frame(findings: Sequence[FindingRow], titles: Mapping[str, str]) -> pd.DataFrame:
    """One page of findings, surest first."""
    rows = [
        {
            "Sure": 100 * finding.confidence,
            "Check": titles.get(finding.check, words(finding.check)),
            "Input": asked(finding.example.input, 70),
            "Why": short(finding.message),
            "Output or label": short(finding.example.label or finding.example.output),
            "Suggestion": suggestion(finding.suggestion),
            "Decision": DECISIONS[finding.example.status].title,
        }
        for finding in findings
    ]
    return pd.DataFrame(rows)
