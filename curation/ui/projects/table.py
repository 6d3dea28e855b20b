"""The projects as a table, without opening any of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from curation.project.place import folders, stores
from curation.records import LOCAL
from curation.ui.widgets import formatting
from curation.wording import EVENTS, capital, word

COLUMNS = {
    "Open": st.column_config.LinkColumn(display_text="Open", width=70),
    "Project": st.column_config.TextColumn(width="large"),
}
NARROW = {"Project": 190, "State": 92, "Open": 58}
"""Columns in sight on a phone, and their widths in pixels."""


def frame(known: Mapping[str, Path], current: str) -> pd.DataFrame:
    """One project a row, those in the list first; `current` is the one that is open here."""
    rows = [
        {
            "Project": formatting.visible(name),
            "State": "Archived" if folders.is_archived(folder) else "Open here" if name == current else "",
            "Last changed": "" if stores.is_on_server(folder) else _changed(folder),
            "Size": "on a server" if stores.is_on_server(folder) else f"{_size(folder) / 1e6:,.1f} MB",
            "Open": f"/?{urlencode({'project': name})}",
        }
        for name, folder in known.items()
    ]
    rows.sort(key=lambda row: row["State"] == "Archived")
    return pd.DataFrame(rows)


def activity_frame(acts: Sequence[tuple[str, str, str, int]]) -> pd.DataFrame:
    """Who did what, by day."""
    rows = [
        {"Day": day, "Who": _who(who), "What": capital(word(EVENTS, kind).title), "How many": number}
        for day, who, kind, number in acts
    ]
    return pd.DataFrame(rows)


def _who(name: str) -> str:
    # Nobody signs in at one's own computer: what a person does besides deciding has no name then.
    return "At this computer" if name == LOCAL else formatting.visible(name)


def _changed(folder: Path) -> str:
    last = max((path.stat().st_mtime for path in stores.files(folder)), default=0.0)
    return datetime.fromtimestamp(last, UTC).strftime("%Y-%m-%d %H:%M")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in stores.files(folder))
