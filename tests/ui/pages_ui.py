"""A page of the app as a test opens it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from curation.ui import state

APP = Path(__file__).parents[2] / "app.py"
registered: dict[str, Any] = {}
"""The pages that app.py names to `st.navigation`, once a test has opened one."""


def opened(page: str, project: str, session: Mapping[str, Any] | None = None) -> AppTest:
    """The page of a project, opened by its own address and drawn without an error; `session` is set before."""
    test = AppTest.from_file(str(APP), default_timeout=60)
    test.query_params["project"] = project
    test.query_params["plain"] = "1"  # the review card runs in a browser alone: tests/browser/
    for key, value in (session or {}).items():
        test.session_state[key] = value
    if not registered:
        registered.update(test.run()._registered_pages)
    # Known beforehand, the page is drawn alone; else Streamlit draws the overview first, twice the time of most tests.
    test._registered_pages = registered
    test.switch_page(str(state.page_file(page).relative_to(APP.parent)))
    return shown(test)


def shown(test: AppTest) -> AppTest:
    """The page drawn again without an error."""
    test.run()
    assert not test.exception
    return test
