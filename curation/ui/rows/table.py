"""The list of rows as a table; which columns is the person's choice."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from curation.records import ListedRow
from curation.ui import state
from curation.ui.widgets.formatting import asked, output, short, visible, words
from curation.wording import DECISIONS

CONFIG: Any = {
    "Input": st.column_config.TextColumn(width=330),
    "Output": st.column_config.TextColumn(width=260),
    "Label": st.column_config.TextColumn(width=200),
    "Decision": st.column_config.TextColumn(width=95),
    "Decided by": st.column_config.TextColumn(width=95),
    "Decided at": st.column_config.TextColumn(width=125),
    "Findings": st.column_config.TextColumn(width=200),
    "Tags": st.column_config.TextColumn(width=110),
    "Sent to": st.column_config.TextColumn(width=90),
    "Length": st.column_config.NumberColumn(format="localized", width=70, help="Characters of input and output"),
    "Cluster": st.column_config.NumberColumn(format="%d", width=70),
    "File": st.column_config.TextColumn(width=140),
    "Row": st.column_config.NumberColumn(format="localized", width=65),
    "ID": st.column_config.TextColumn(width=130),
    "Link": st.column_config.LinkColumn(display_text="Open", width=55, help="This row in a tab of its own"),
}
NARROW = {"Input": 142, "Output": 142, "Label": 97, "Decision": 86}
"""Columns in sight on a phone, and their widths in pixels."""
SHORT, SHORT_LABEL, LONG = 46, 24, 90
"""Characters of a text and of a label that fill three lines of a narrow column, and of a text that fill a wide one."""


def rows_frame(
    rows: Sequence[ListedRow], columns: Sequence[str], titles: Mapping[str, str], project: str
) -> pd.DataFrame:
    """One page of rows with these columns, and a link to each."""
    is_narrow = state.is_narrow()
    made, start = [], SHORT if is_narrow else LONG
    for row in rows:
        example = row.example
        cells = {
            "Input": asked(example.input, start),
            "Output": output(example, start),
            "Label": short(example.label, SHORT_LABEL if is_narrow else 60),
            "Decision": DECISIONS[example.status].title,
            "Decided by": visible(row.reviewer),
            "Decided at": row.decided.replace("T", " ")[:16],
            "Findings": ", ".join(titles.get(check, words(check)) for check in row.checks),
            "Tags": visible(", ".join(row.tags)),
            "Sent to": visible(", ".join(row.assigned)),
            "Length": len(example.input) + len(example.output),
            "Cluster": row.cluster,
            "File": visible(example.source),
            "Row": example.row + 1,
            "ID": example.id,
        }
        link = f"?project={quote(project)}&row={quote(example.id)}"
        made.append({name: cells[name] for name in columns} | {"Link": link})
    return pd.DataFrame(made, columns=[*columns, "Link"])
