"""A page of the app as a test opens it."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from curation.ui import state

APP = Path(__file__).parents[2] / "app.py"


def opened(page: str, project: str) -> AppTest:
    """The page of a project, drawn without an error."""
    test = AppTest.from_file(str(APP), default_timeout=60)
    test.query_params["project"] = project
    test.query_params["plain"] = "1"  # the review card runs in a browser alone: tests/browser/
    test.run()
    test.switch_page(str(state.page_file(page).relative_to(APP.parent)))
    return shown(test)


def shown(test: AppTest) -> AppTest:
    """The page drawn again without an error."""
    test.run()
    assert not test.exception
    return test
