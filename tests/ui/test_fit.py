"""Tables in a narrow window: what people need first, nothing left out."""

from typing import Any

from streamlit.testing.v1 import AppTest

from curation.ui import kept


def draw() -> None:
    import pandas as pd
    import streamlit as st

    from curation.ui.widgets import fit

    columns = {"Kind": {"width": 130}, "Text": {"width": 400, "help": "As imported"}}
    frame = pd.DataFrame({"Kind": ["near"], "Rows": [3], "Text": ["hello"]})
    st.session_state["drawn"] = fit.fitted(frame, columns, {"Text": 170, "Label": 90, "Rows": 48})


def drawn(narrow: bool) -> Any:
    test = AppTest.from_function(draw)
    test.session_state[kept.KEY] = {"narrow": narrow}
    test.run()
    assert not test.exception
    return test.session_state["drawn"]


def test_a_narrow_window_has_what_matters_first_and_everything_after_it() -> None:
    wide = {"Kind": {"width": 130}, "Text": {"width": 400, "help": "As imported"}}
    assert drawn(False) == {"column_config": wide}
    narrow = drawn(True)
    assert narrow["column_order"] == ["Text", "Rows", "Kind"]
    assert narrow["column_config"] == {
        "Kind": {"width": 130},
        "Text": {"width": 170, "help": "As imported"},
        "Rows": {"width": 48},
    }
